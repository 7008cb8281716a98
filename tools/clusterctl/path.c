// SPDX-License-Identifier: GPL-2.0
/*
 * A path of a virtual router: a device by which its advertisements go. The object,
 * what the command line says of it and what a batch does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "path.h"
#include "words.h"

const struct word path_words[] = {
	{ "dev", KCLUSTER_A_PATH_IFNAME },
	{ "peer", KCLUSTER_A_PATH_PEER },
	{ "hop-limit", KCLUSTER_A_PATH_HOP_LIMIT },
	{ "trust", KCLUSTER_A_PATH_TRUSTED },
	{ NULL, 0 },
};

/**
 * path_is_key() - Tell whether a word belongs to a path.
 * @text: The word.
 *
 * Return: Whether it is one of the keys of a path.
 */
bool path_is_key(const char *text)
{
	return word_find(path_words, text) >= 0;
}

/**
 * path_new_peer() - Add a peer.
 * @path: The path.
 *
 * Return: The peer, empty; valid until the next one is added.
 */
struct ipaddr *path_new_peer(struct path *path)
{
	path->peers = need_memory(realloc(path->peers,
					  (path->peer_count + 1) * sizeof(*path->peers)));
	memset(&path->peers[path->peer_count], 0, sizeof(*path->peers));
	return &path->peers[path->peer_count++];
}

/**
 * path_parse() - Read what follows "path".
 * @args: The command.
 * @path: The path, empty.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status path_parse(struct args *args, struct path *path)
{
	enum status status = DONE;
	unsigned int seen = 0;
	int key, more;

	if (*args->at && !path_is_key(*args->at))
		return args_bad_value(args, "path", *args->at, "'dev DEV'");
	while ((more = args_take_key(args, path_words, "path", &seen, &key)) > 0) {
		switch (key) {
		case KCLUSTER_A_PATH_IFNAME:
			status = args_take_text(args, "path: dev", "the name of a device",
						&path->ifname);
			break;
		case KCLUSTER_A_PATH_PEER:
			/* There can be several. */
			seen &= ~(1u << key);
			status = args_take_address(args, "path: peer", path_new_peer(path));
			break;
		case KCLUSTER_A_PATH_HOP_LIMIT:
			status = args_take_u8(args, "path: hop-limit", "a number from 1 to 255",
					      &path->hop_limit);
			break;
		case KCLUSTER_A_PATH_TRUSTED:
			path->trusted = true;
			break;
		}
		if (status != DONE)
			return status;
	}
	if (more < 0)
		return WRONG_USAGE;
	return path->ifname ? DONE : args_wrong(args, "path: 'dev DEV' expected");
}

/**
 * path_free() - Give back what a path holds.
 * @path: The path.
 */
void path_free(struct path *path)
{
	free(path->ifname);
	free(path->peers);
	free(path->flaw);
}

/**
 * path_save() - Write a path as it is configured, for a batch.
 * @out: Where to.
 * @path: The path.
 */
void path_save(FILE *out, const struct path *path)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	fprintf(out, "path dev ");
	word_quote(out, path->ifname ? path->ifname : "");
	for (i = 0; i < path->peer_count; i++)
		fprintf(out, " peer %s", address_text(&path->peers[i], text));
	if (path->hop_limit && path->hop_limit != 255)
		fprintf(out, " hop-limit %u", (unsigned int)path->hop_limit);
	if (path->trusted)
		fprintf(out, " trust");
}
