// SPDX-License-Identifier: GPL-2.0
/*
 * Who was set up from which cluster file, in one line. Pure.
 */
#include <inttypes.h>
#include <stdio.h>

#include "status_file.h"

/* So many are named. */
#define NAMES_MAX 8

/* An observer that tells of none may never have been there. */
static bool counts(const struct peer *peer)
{
	return peer->file || !peer->observer;
}

/* Those that count, or of these only who has another file. */
static unsigned int count(uint64_t own, const struct peers *peers, bool others)
{
	unsigned int i, n = 0;

	for (i = 0; i < peers->count; i++)
		n += counts(&peers->list[i]) && (!others || peers->list[i].file != own);
	return n;
}

/* Each of the others, and what it has; with @names only their names. */
static void print_others(FILE *out, uint64_t own, const struct peers *peers, bool names)
{
	unsigned int i, n = 0;

	for (i = 0; i < peers->count && n < NAMES_MAX; i++) {
		const struct peer *peer = &peers->list[i];

		if (peer->file == own || !counts(peer))
			continue;
		if (names)
			fprintf(out, " %s", peer->name);
		else if (peer->file)
			fprintf(out, "%s%s has %016" PRIx64, n ? ", " : "", peer->name, peer->file);
		else
			fprintf(out, "%s%s tells of none", n ? ", " : "", peer->name);
		n++;
	}
}

/**
 * status_file_line() - Print who was set up from which cluster file.
 * @out: Where to; nothing is printed if nobody tells of one.
 * @own: That of this node, 0 for none.
 * @peers: The others.
 */
void status_file_line(FILE *out, uint64_t own, const struct peers *peers)
{
	unsigned int all = count(own, peers, false), others = count(own, peers, true);

	if (!own && !others)
		return;
	if (own)
		fprintf(out, "cluster file %016" PRIx64, own);
	else
		fprintf(out, "cluster file: this node was set up from none");
	if (!others) {
		if (all)
			fprintf(out, " here and on all of %u peer%s\n", all, all == 1 ? "" : "s");
		else
			fprintf(out, "\n");
		return;
	}
	fprintf(out, " (");
	print_others(out, own, peers, false);
	if (others > NAMES_MAX)
		fprintf(out, " and %u more", others - NAMES_MAX);
	fprintf(out, own ? ": clusterctl deploy" : ": clusterctl setup");
	/* Without names it is for all. */
	if (own && others <= NAMES_MAX)
		print_others(out, own, peers, true);
	fprintf(out, ")\n");
}
