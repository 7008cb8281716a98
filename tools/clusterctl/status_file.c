// SPDX-License-Identifier: GPL-2.0
/*
 * Who was set up from which cluster file, in one line. Pure.
 */
#include <inttypes.h>
#include <stdio.h>

#include "status_file.h"

static unsigned int count_others(uint64_t own, const struct peers *peers)
{
	unsigned int i, count = 0;

	for (i = 0; i < peers->count; i++)
		count += peers->list[i].file != own;
	return count;
}

/* Each of the others, and what it has. */
static void print_others(FILE *out, uint64_t own, const struct peers *peers)
{
	const char *between = "";
	unsigned int i;

	for (i = 0; i < peers->count; i++) {
		const struct peer *peer = &peers->list[i];

		if (peer->file == own)
			continue;
		if (peer->file)
			fprintf(out, "%s%s has %016" PRIx64, between, peer->name, peer->file);
		else
			fprintf(out, "%s%s tells of none", between, peer->name);
		between = ", ";
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
	unsigned int i, others = count_others(own, peers);

	if (!own && !others)
		return;
	if (own)
		fprintf(out, "cluster file %016" PRIx64, own);
	else
		fprintf(out, "cluster file: this node was set up from none");
	if (!others) {
		if (peers->count)
			fprintf(out, " here and on all of %u peer%s\n", peers->count,
				peers->count == 1 ? "" : "s");
		else
			fprintf(out, "\n");
		return;
	}
	fprintf(out, " (");
	print_others(out, own, peers);
	fprintf(out, own ? ": clusterctl deploy" : ": clusterctl setup");
	for (i = 0; own && i < peers->count; i++)
		if (peers->list[i].file != own)
			fprintf(out, " %s", peers->list[i].name);
	fprintf(out, ")\n");
}
