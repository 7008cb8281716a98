// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor prints of peers: a line per change.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "clusterctl.h"
#include "news.h"
#include "output.h"
#include "peer.h"
#include "told.h"

static void print_peer_json(const struct peer *peer, bool replay)
{
	struct json_object *object = news_begin("PEER");

	json_add_text(object, "name", peer->name);
	json_add_text(object, "state", peer_state_text(peer->state));
	json_add_bool(object, "replay", replay);
	if (!replay) {
		json_add_text(object, "old_state", peer_state_text(peer->old_state));
		json_add_bool(object, "restarted", peer->restarted);
		json_add_number(object, "sequence", peer->sequence);
	}
	json_add_text(object, "reason", peer->reason);
	json_print(object);
}

static void print_peer_text(const struct peer *peer, bool replay)
{
	news_stamp();
	printf("peer ");
	print_colored(COLOR_NAME, peer->name);
	printf(": ");
	if (!replay && peer->old_state != peer->state)
		printf("%s -> ", peer_state_text(peer->old_state));
	peer_show_state(peer->state);
	if (peer->restarted)
		printf(" restarted");
	if (peer->reason && *peer->reason)
		printf(" (%s)", peer->reason);
	putchar('\n');
}

static void print_peer(const struct peer *peer, bool replay)
{
	if (options.json)
		print_peer_json(peer, replay);
	else
		print_peer_text(peer, replay);
	fflush(stdout);
}

/* For the list of what was told, one that is gone is as a router that stopped. */
static uint8_t told_state(const struct peer *peer)
{
	return peer->state == KCLUSTER_PEER_STATE_GONE ? (uint8_t)KCLUSTER_VRRP_STATE_STOP :
							 peer->state;
}

/**
 * news_tell_peer() - Print a line about a peer, at once.
 * @told: What was told last of peers.
 * @peer: Its name and its state; of an event also the state before.
 * @replay: Whether it was found by looking, not told by an event; then it is only
 *	news if it differs.
 */
void news_tell_peer(struct told_list *told, const struct peer *peer, bool replay)
{
	bool changed = told_update(told, peer->name, told_state(peer), 0);

	if (changed || !replay)
		print_peer(peer, replay);
}

/**
 * news_replay_peers() - Print what differs from what was told last.
 * @told: What was told last of peers.
 * @peers: Those there are.
 */
void news_replay_peers(struct told_list *told, const struct peers *peers)
{
	const struct told *gone;
	unsigned int i;

	told_begin(told);
	for (i = 0; i < peers->count; i++)
		news_tell_peer(told, &peers->list[i], true);
	while ((gone = told_next_gone(told))) {
		struct peer peer = {
			.name = copy_text(gone->name), .state = KCLUSTER_PEER_STATE_GONE,
		};

		news_tell_peer(told, &peer, true);
		peer_free(&peer);
	}
}

/**
 * news_print_peer_path() - Print a line about a path to a peer, at once.
 * @peer: The peer, with the path as its only one.
 */
void news_print_peer_path(const struct peer *peer)
{
	const struct peer_path *path = peer->paths;
	char text[ADDRESS_TEXT_MAX];
	struct json_object *object;

	if (!peer->path_count)
		return;
	if (options.json) {
		object = news_begin("PEER_PATH");
		json_add_text(object, "name", peer->name);
		json_add_address(object, "address", &path->address);
		json_add_text(object, "ifname", path->ifname);
		json_add_bool(object, "up", path->up);
		json_add_number(object, "sequence", peer->sequence);
		json_print(object);
	} else {
		news_stamp();
		printf("peer ");
		print_colored(COLOR_NAME, peer->name);
		printf(": path %s dev %s ", address_text(&path->address, text),
		       path->ifname ? path->ifname : "?");
		print_colored(path->up ? COLOR_GOOD : COLOR_BAD, path->up ? "up" : "down");
		putchar('\n');
	}
	fflush(stdout);
}

/**
 * news_print_peer_file() - Print that a peer was set up from another file, at once.
 * @peer: The peer.
 */
void news_print_peer_file(const struct peer *peer)
{
	struct json_object *object;

	if (options.json) {
		object = news_begin("PEER_FILE");
		json_add_text(object, "name", peer->name);
		json_add_file(object, peer->file);
		json_add_number(object, "sequence", peer->sequence);
		json_print(object);
	} else {
		news_stamp();
		printf("peer ");
		print_colored(COLOR_NAME, peer->name);
		if (peer->file)
			printf(": cluster file %016" PRIx64 "\n", peer->file);
		else
			printf(": no cluster file\n");
	}
	fflush(stdout);
}
