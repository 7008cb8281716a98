// SPDX-License-Identifier: GPL-2.0
/*
 * The object peer: the other nodes of the cluster.
 */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "module.h"
#include "output.h"
#include "peer.h"

const char peer_usage[] =
	"Usage: clusterctl peer add NAME address ADDRESS [ dev DEV ]\n"
	"                    [ path ADDRESS [ dev DEV ] ]... [ observer on ]\n"
	"                    [ interval TIME ] [ lose NUMBER ]\n"
	"       clusterctl peer set NAME [ interval TIME ] [ lose NUMBER ]\n"
	"       clusterctl peer del NAME\n"
	"       clusterctl [ -j ] [ -s ] peer show [ NAME ]\n"
	"       clusterctl peer flush\n"
	"DEV is a WireGuard device; that of the route to ADDRESS when not given. A peer is dead\n"
	"after NUMBER (2 to 20, default 3) intervals (10ms to 10s, default 100ms) of silence.\n"
	"An observer shares nothing but claims.\n";

enum command {
	ADD, SET, DEL, SHOW, FLUSH,
};

static const struct word commands[] = {
	{ "add", ADD },
	{ "set", SET },
	{ "del", DEL },
	{ "delete", DEL },
	{ "show", SHOW },
	{ "list", SHOW },
	{ "lst", SHOW },
	{ "ls", SHOW },
	{ "flush", FLUSH },
	{ NULL, 0 },
};

/**
 * peer_send() - Send a request about a peer that only has an answer when it is refused.
 * @command: KCLUSTER_CMD_PEER_*.
 * @peer: The peer.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status peer_send(uint8_t command, const struct peer *peer, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(command, NLM_F_ACK);
	peer_encode(msg, peer);
	return module_request(msg, what, NULL, NULL);
}

/* With -replace a peer that exists becomes what it shall be. */
static enum status replace(struct peer *peer, const char *what)
{
	const struct peer *present;
	struct peers peers = { 0 };
	enum status status;

	status = peers_get(&peers, what);
	present = peers_find(&peers, peer->name, 0);
	if (status != DONE || !present) {
		if (status == DONE)
			status = peer_send(KCLUSTER_CMD_PEER_ADD, peer, what);
	} else if (peer_same_place(peer, present)) {
		struct peer change = {
			.name = peer->name,
			.interval = peer_has(peer, KCLUSTER_A_NODE_INTERVAL) ?
				    peer->interval : KCLUSTER_PEER_INTERVAL,
			.lose = peer_has(peer, KCLUSTER_A_NODE_LOSE) ?
				peer->lose : KCLUSTER_PEER_LOSE,
		};

		peer_mark(&change, KCLUSTER_A_NODE_INTERVAL);
		peer_mark(&change, KCLUSTER_A_NODE_LOSE);
		status = peer_send(KCLUSTER_CMD_PEER_SET, &change, what);
	} else {
		struct peer gone = { .name = peer->name };

		status = peer_send(KCLUSTER_CMD_PEER_DEL, &gone, what);
		if (status == DONE)
			status = peer_send(KCLUSTER_CMD_PEER_ADD, peer, what);
	}
	peers_free(&peers);
	return status;
}

/* What add, set and del have in common: a name, and what follows it. */
static enum status change(enum command command, const char *word, int argc, char **argv)
{
	struct peer peer = { 0 };
	enum status status = DONE;
	char what[128];

	if (!argc || !argv[0][0])
		return wrong("peer", "peer %s: the name of a peer expected", word);
	snprintf(what, sizeof(what), "peer %s %s", word, argv[0]);
	if (command == DEL && argc > 1)
		return wrong("peer", "%s: '%s' is too much, only a name is expected", what, argv[1]);
	peer.name = copy_text(argv[0]);
	if (command == ADD)
		status = peer_parse_add(&peer, argv + 1, what);
	else if (command == SET)
		status = peer_parse_set(&peer, argv + 1, what);
	if (status == DONE && command == ADD && options.replace)
		status = replace(&peer, what);
	else if (status == DONE)
		status = peer_send(command == ADD ? KCLUSTER_CMD_PEER_ADD :
				   command == SET ? KCLUSTER_CMD_PEER_SET :
						    KCLUSTER_CMD_PEER_DEL, &peer, what);
	peer_free(&peer);
	return status;
}

static void show_all(const struct peers *peers)
{
	struct json_object *array;
	unsigned int i;

	if (!options.json) {
		for (i = 0; i < peers->count; i++)
			peer_show(&peers->list[i]);
		return;
	}
	array = need_memory(json_object_new_array());
	for (i = 0; i < peers->count; i++)
		json_object_array_add(array, peer_json(&peers->list[i]));
	json_print(array);
}

static enum status show(int argc, char **argv)
{
	struct peers peers = { 0 };
	const char *name = NULL;
	enum status status;
	char what[128];

	if (option_for_name("peer", "peer show", argc, argv, &name) != DONE)
		return WRONG_USAGE;
	snprintf(what, sizeof(what), "peer show%s%s", name ? " " : "", name ? name : "");
	status = name ? peers_get_one(&peers, name, what) : peers_get(&peers, what);
	if (status == DONE)
		show_all(&peers);
	peers_free(&peers);
	return status;
}

static enum status flush(int argc, char **argv)
{
	return module_flush(KCLUSTER_CMD_PEER_FLUSH, "peer", argc, argv);
}

/**
 * peer_command() - Run a command of the object peer.
 * @argc: Number of words after "peer".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status peer_command(int argc, char **argv)
{
	char list[64];
	int command;

	if (!argc)
		return show(argc, argv);
	if (option_for_output(argv[0]))
		return show(argc, argv);
	command = word_find(commands, argv[0]);
	switch (command) {
	case ADD:
	case SET:
	case DEL:
		return change((enum command)command, word_for(commands, command), argc - 1,
			      argv + 1);
	case SHOW:
		return show(argc - 1, argv + 1);
	case FLUSH:
		return flush(argc - 1, argv + 1);
	case WORD_AMBIGUOUS:
		word_list(commands, argv[0], list, sizeof(list));
		return wrong("peer", "peer: '%s' could be any of: %s", argv[0], list);
	default:
		return wrong("peer", "peer: there is no command '%s'; the commands are: add, set, del, show, flush",
			     argv[0]);
	}
}
