// SPDX-License-Identifier: GPL-2.0
/*
 * A peer as the tool knows it, and how it is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "attributes.h"
#include "peer.h"
#include "words.h"

/**
 * peer_free() - Give back what a peer holds; it is empty afterwards.
 * @peer: The peer.
 */
void peer_free(struct peer *peer)
{
	unsigned int i;

	for (i = 0; i < peer->path_count; i++) {
		free(peer->paths[i].ifname);
		free(peer->paths[i].flaw);
	}
	free(peer->paths);
	free(peer->name);
	free(peer->reason);
	memset(peer, 0, sizeof(*peer));
}

/**
 * peers_free() - Give back what several peers hold.
 * @peers: The peers; none afterwards.
 */
void peers_free(struct peers *peers)
{
	unsigned int i;

	for (i = 0; i < peers->count; i++)
		peer_free(&peers->list[i]);
	free(peers->list);
	peers->list = NULL;
	peers->count = 0;
}

/**
 * peers_find() - Find a peer by its name.
 * @peers: All of them; there may be thousands.
 * @name: The name.
 * @near: Where it is looked for first: two lists are mostly in the same order.
 *
 * Return: The peer, or NULL.
 */
struct peer *peers_find(const struct peers *peers, const char *name, unsigned int near)
{
	unsigned int i;

	for (i = 0; i < peers->count; i++) {
		struct peer *peer = &peers->list[(near + i) % peers->count];

		if (!strcmp(peer->name, name))
			return peer;
	}
	return NULL;
}

/**
 * peer_new_path() - Add a path.
 * @peer: The peer.
 *
 * Return: The path, empty; valid until the next one is added.
 */
struct peer_path *peer_new_path(struct peer *peer)
{
	peer->paths = need_memory(realloc(peer->paths,
					  (peer->path_count + 1) * sizeof(*peer->paths)));
	memset(&peer->paths[peer->path_count], 0, sizeof(*peer->paths));
	return &peer->paths[peer->path_count++];
}

/**
 * peer_state_text() - The word for the state of a peer.
 * @state: enum kcluster_peer_state.
 *
 * Return: The word; "unknown" for a state newer than this tool.
 */
const char *peer_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_PEER_STATE_ADDED] = "added",
		[KCLUSTER_PEER_STATE_ALIVE] = "alive",
		[KCLUSTER_PEER_STATE_SUSPECT] = "suspect",
		[KCLUSTER_PEER_STATE_DEAD] = "dead",
		[KCLUSTER_PEER_STATE_GONE] = "gone",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

enum key {
	KEY_ADDRESS, KEY_PATH, KEY_DEV, KEY_OBSERVER, KEY_INTERVAL, KEY_LOSE,
};

static const struct word add_words[] = {
	{ "address", KEY_ADDRESS },
	{ "path", KEY_PATH },
	{ "dev", KEY_DEV },
	{ "observer", KEY_OBSERVER },
	{ "interval", KEY_INTERVAL },
	{ "lose", KEY_LOSE },
	{ NULL, 0 },
};

/* The settings are the end of it. */
static const struct word * const set_words = add_words + KEY_INTERVAL;

static enum status take_path(struct args *args, struct peer *peer, int key)
{
	const char *name = word_for(add_words, key);

	if (key == KEY_ADDRESS && peer->path_count)
		return args_wrong(args, "address is given twice; 'path ADDRESS' adds another way");
	if (key == KEY_PATH && !peer->path_count)
		return args_wrong(args, "'address ADDRESS' has to come before 'path'");
	return args_take_address(args, name, &peer_new_path(peer)->address);
}

static enum status take_device(struct args *args, struct peer *peer)
{
	struct peer_path *path;

	if (!peer->path_count)
		return args_wrong(args, "'dev' belongs to the address before it, and there is none");
	path = &peer->paths[peer->path_count - 1];
	if (path->ifname)
		return args_wrong(args, "dev is given twice for one address");
	return args_take_text(args, "dev", "the name of a device", &path->ifname);
}

static enum status take_observer(struct args *args, struct peer *peer)
{
	if (peer_has(peer, KCLUSTER_A_NODE_OBSERVER))
		return args_wrong(args, "observer is given twice");
	peer_mark(peer, KCLUSTER_A_NODE_OBSERVER);
	return args_take_word(args, "observer", on_off_words, &peer->observer);
}

static enum status take_setting(struct args *args, struct peer *peer, int key)
{
	unsigned int attribute = key == KEY_INTERVAL ? KCLUSTER_A_NODE_INTERVAL :
						       KCLUSTER_A_NODE_LOSE;
	const char *name = word_for(add_words, key);

	if (peer_has(peer, attribute))
		return args_wrong(args, "%s is given twice", name);
	peer_mark(peer, attribute);
	if (key == KEY_INTERVAL)
		return args_take_time(args, name, &peer->interval);
	return args_take_u8(args, name, "a number from 2 to 20", &peer->lose);
}

static enum status parse(struct args *args, struct peer *peer, const struct word *words)
{
	enum status status = DONE;

	while (status == DONE && *args->at) {
		const char *word = *args->at;
		int key = word_find(words, word);

		if (key < 0)
			return args_bad_key(args, words, NULL, key, word);
		args->at++;
		switch (key) {
		case KEY_ADDRESS:
		case KEY_PATH:
			status = take_path(args, peer, key);
			break;
		case KEY_DEV:
			status = take_device(args, peer);
			break;
		case KEY_OBSERVER:
			status = take_observer(args, peer);
			break;
		default:
			status = take_setting(args, peer, key);
		}
	}
	return status;
}

/**
 * peer_parse_add() - Read what follows "peer add NAME".
 * @peer: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status peer_parse_add(struct peer *peer, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = add_words, .object = "peer" };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	status = parse(&args, peer, add_words);
	if (status == DONE && !peer->path_count)
		return args_wrong(&args, "'address ADDRESS' expected");
	return status;
}

/**
 * peer_parse_set() - Read what follows "peer set NAME".
 * @peer: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status peer_parse_set(struct peer *peer, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = set_words, .object = "peer" };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	if (*argv && word_find(set_words, *argv) == WORD_UNKNOWN &&
	    word_find(add_words, *argv) >= 0)
		return args_wrong(&args, "%s cannot be changed: delete the peer and add it anew",
				  word_for(add_words, word_find(add_words, *argv)));
	status = parse(&args, peer, set_words);
	if (status == DONE && !peer->given)
		return args_wrong(&args, "nothing to set; 'interval TIME' or 'lose NUMBER' expected");
	return status;
}

/**
 * peer_same_place() - Is a peer what it is wanted to be, but for its settings?
 * @wanted: As the command line says; without a device any will do.
 * @present: As the kernel has it.
 */
bool peer_same_place(const struct peer *wanted, const struct peer *present)
{
	unsigned int i;

	if (wanted->path_count != present->path_count || !wanted->observer != !present->observer)
		return false;
	for (i = 0; i < wanted->path_count; i++) {
		const struct peer_path *a = &wanted->paths[i], *b = &present->paths[i];

		if (a->address.length != b->address.length ||
		    memcmp(a->address.bytes, b->address.bytes, a->address.length))
			return false;
		if (a->ifname && (!b->ifname || strcmp(a->ifname, b->ifname)))
			return false;
	}
	return true;
}

/**
 * peer_save() - Write a peer as it is configured, for a batch.
 * @out: Where to.
 * @peer: The peer.
 */
void peer_save(FILE *out, const struct peer *peer)
{
	char text[TIME_TEXT_MAX];
	unsigned int i;

	fprintf(out, "peer add ");
	word_quote(out, peer->name);
	for (i = 0; i < peer->path_count; i++) {
		fprintf(out, " %s %s", i ? "path" : "address",
			address_text(&peer->paths[i].address, text));
		if (!peer->paths[i].ifname)
			continue;
		fprintf(out, " dev ");
		word_quote(out, peer->paths[i].ifname);
	}
	if (peer->observer)
		fprintf(out, " observer on");
	fprintf(out, " interval %s lose %u\n", time_text(peer->interval, text),
		(unsigned int)peer->lose);
}
