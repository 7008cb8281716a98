// SPDX-License-Identifier: GPL-2.0
/*
 * A peer for people and for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "output.h"
#include "peer.h"

static const char * const stats_names[KCLUSTER_A_NODE_STATS_MAX + 1] = {
	[KCLUSTER_A_NODE_STATS_HELLOS_SENT] = "hellos-sent",
	[KCLUSTER_A_NODE_STATS_HELLOS_RECEIVED] = "hellos-received",
	[KCLUSTER_A_NODE_STATS_SEND_ERRORS] = "send-errors",
	[KCLUSTER_A_NODE_STATS_DEATHS] = "deaths",
	[KCLUSTER_A_NODE_STATS_RESTARTS] = "restarts",
	[KCLUSTER_A_NODE_STATS_DUPLICATES] = "duplicates",
	[KCLUSTER_A_NODE_STATS_LATE] = "late",
	[KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED] = "discard-malformed",
	[KCLUSTER_A_NODE_STATS_DISCARD_CHECKSUM] = "discard-checksum",
	[KCLUSTER_A_NODE_STATS_DISCARD_VERSION] = "discard-version",
	[KCLUSTER_A_NODE_STATS_DISCARD_STALE] = "discard-stale",
	[KCLUSTER_A_NODE_STATS_DISCARD_TYPE] = "discard-type",
	[KCLUSTER_A_NODE_STATS_CLAIMS_IGNORED] = "claims-ignored",
	[KCLUSTER_A_NODE_STATS_CLAIMS_DROPPED] = "claims-dropped",
};

/**
 * peer_show_state() - Print the state of a peer, in its colour.
 * @state: enum kcluster_peer_state.
 */
void peer_show_state(uint8_t state)
{
	enum color color = COLOR_WARN;

	if (state == KCLUSTER_PEER_STATE_ALIVE)
		color = COLOR_GOOD;
	else if (state == KCLUSTER_PEER_STATE_DEAD)
		color = COLOR_BAD;
	print_colored(color, peer_state_text(state));
}

static void show_path(const struct peer_path *path)
{
	char text[TIME_TEXT_MAX];

	printf("    path %s dev %s  ", address_text(&path->address, text),
	       path->ifname ? path->ifname : "?");
	print_colored(path->up ? COLOR_GOOD : COLOR_BAD, path->up ? "up" : "down");
	if (path->best)
		printf(" best");
	if (path->flaw)
		printf(" (%s %s)", path->ifname ? path->ifname : "it", path->flaw);
	if (path->rtt)
		printf(" rtt %" PRIu32 ".%03" PRIu32 "ms", path->rtt / 1000, path->rtt % 1000);
	if (path->heard)
		printf(" loss %u%% heard %s ago", (unsigned int)path->loss,
		       age_text(path->last_heard, text));
	putchar('\n');
}

/**
 * peer_show_brief() - Print how a peer does, and which of its paths do not.
 * @peer: The peer.
 */
void peer_show_brief(const struct peer *peer)
{
	char text[TIME_TEXT_MAX];
	unsigned int i;

	printf("peer ");
	print_colored(COLOR_NAME, peer->name);
	printf(": ");
	peer_show_state(peer->state);
	printf(", for %s", age_text(peer->since, text));
	if (peer->reason && *peer->reason)
		printf(" (%s)", peer->reason);
	putchar('\n');
	for (i = 0; i < peer->path_count; i++)
		if (!peer->paths[i].up)
			show_path(&peer->paths[i]);
}

/**
 * peer_show() - Print all of a peer.
 * @peer: The peer.
 */
void peer_show(const struct peer *peer)
{
	char text[TIME_TEXT_MAX];
	unsigned int i;

	print_colored(COLOR_NAME, peer->name);
	printf(": ");
	peer_show_state(peer->state);
	printf(" for %s", age_text(peer->since, text));
	if (peer->reason && *peer->reason)
		printf(" (%s)", peer->reason);
	putchar('\n');
	printf("    interval %s lose %u", time_text(peer->interval, text), (unsigned int)peer->lose);
	if (peer_has(peer, KCLUSTER_A_NODE_PEER_INTERVAL))
		printf(" its-interval %s", time_text(peer->peer_interval, text));
	if (peer_has(peer, KCLUSTER_A_NODE_VERSION))
		printf(" version %u", (unsigned int)peer->version);
	if (peer_has(peer, KCLUSTER_A_NODE_LAST_HEARD))
		printf(" heard %s ago", age_text(peer->last_heard, text));
	if (peer->observer)
		printf(" observer");
	if (peer->claims)
		printf(" claims %u", peer->claims);
	if (peer->file)
		printf(" file %016" PRIx64, peer->file);
	putchar('\n');
	for (i = 0; i < peer->path_count; i++)
		show_path(&peer->paths[i]);
	for (i = 1; options.statistics && i <= KCLUSTER_A_NODE_STATS_MAX; i++)
		if (stats_names[i])
			printf("    %s %" PRIu64 "\n", stats_names[i], peer->stats[i]);
}

static struct json_object *path_json(const struct peer_path *path)
{
	struct json_object *object = need_memory(json_object_new_object());

	json_add_address(object, "address", &path->address);
	json_add_text(object, "ifname", path->ifname);
	json_add_bool(object, "up", path->up);
	json_add_bool(object, "best", path->best);
	json_add_text(object, "flaw", path->flaw);
	if (path->heard)
		json_add_number(object, "last_heard", path->last_heard);
	if (path->rtt) {
		json_add_number(object, "rtt", path->rtt);
		json_add_number(object, "rtt_deviation", path->rtt_deviation);
	}
	json_add_number(object, "loss", path->loss);
	json_add_number(object, "sent", path->sent);
	json_add_number(object, "received", path->received);
	return object;
}

/**
 * peer_json() - All of a peer as a JSON object.
 * @peer: The peer.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *peer_json(const struct peer *peer)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *paths = need_memory(json_object_new_array());
	struct json_object *stats;
	unsigned int i;

	json_add_text(object, "name", peer->name);
	json_add_text(object, "state", peer_state_text(peer->state));
	json_add_text(object, "reason", peer->reason);
	json_add_number(object, "since", peer->since);
	json_add_number(object, "interval", peer->interval);
	json_add_number(object, "lose", peer->lose);
	json_add_number(object, "claims", peer->claims);
	json_add_bool(object, "observer", peer->observer);
	if (peer_has(peer, KCLUSTER_A_NODE_PEER_INTERVAL))
		json_add_number(object, "peer_interval", peer->peer_interval);
	if (peer_has(peer, KCLUSTER_A_NODE_LAST_HEARD))
		json_add_number(object, "last_heard", peer->last_heard);
	if (peer_has(peer, KCLUSTER_A_NODE_INCARNATION)) {
		json_add_number(object, "incarnation", peer->incarnation);
		json_add_number(object, "version", peer->version);
	}
	json_add_file(object, peer->file);
	if (peer_has(peer, KCLUSTER_A_NODE_PAYLOAD_MAX))
		json_add_number(object, "payload_max", peer->payload_max);
	for (i = 0; i < peer->path_count; i++)
		json_object_array_add(paths, path_json(&peer->paths[i]));
	json_object_object_add(object, "paths", paths);
	if (!options.statistics)
		return object;
	stats = need_memory(json_object_new_object());
	for (i = 1; i <= KCLUSTER_A_NODE_STATS_MAX; i++)
		if (stats_names[i])
			json_add_number(stats, stats_names[i], peer->stats[i]);
	json_object_object_add(object, "statistics", stats);
	return object;
}
