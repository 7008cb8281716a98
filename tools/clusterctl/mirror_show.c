// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror, shown.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "mirror.h"
#include "output.h"

/**
 * mirror_state_text() - How far one direction is.
 * @state: enum kcluster_mirror_state.
 *
 * Return: The word for it; "unknown" for a state newer than this tool.
 */
const char *mirror_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_MIRROR_STATE_IDLE] = "idle",
		[KCLUSTER_MIRROR_STATE_BULK] = "bulk",
		[KCLUSTER_MIRROR_STATE_SYNC] = "sync",
		[KCLUSTER_MIRROR_STATE_STALLED] = "stalled",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

static enum color state_color(uint8_t state)
{
	switch (state) {
	case KCLUSTER_MIRROR_STATE_SYNC:
		return COLOR_GOOD;
	case KCLUSTER_MIRROR_STATE_STALLED:
		return COLOR_BAD;
	}
	return COLOR_WARN;
}

/* Microseconds, as a reader wants them. */
static void print_lag(uint64_t us)
{
	if (us < 1000)
		printf("%" PRIu64 "us", us);
	else if (us < UINT64_C(10000000))
		printf("%" PRIu64 "ms", us / 1000);
	else
		printf("%" PRIu64 "s", us / 1000000);
}

static void show_peer(const struct mirror_peer *peer)
{
	printf("    ");
	print_colored(COLOR_NAME, peer->name);
	printf(": to it ");
	print_colored(state_color(peer->state), mirror_state_text(peer->state));
	if (peer->state != KCLUSTER_MIRROR_STATE_IDLE) {
		printf(", %u in flight, lag ", (unsigned int)peer->in_flight);
		print_lag(peer->lag);
	}
	if (peer->state == KCLUSTER_MIRROR_STATE_BULK)
		printf(", %" PRIu64 " flows so far", peer->bulk_sent);
	if (peer->table_full)
		printf(", its table is full");
	printf("; from it ");
	print_colored(state_color(peer->peer_state), mirror_state_text(peer->peer_state));
	if (peer->peer_state != KCLUSTER_MIRROR_STATE_IDLE) {
		printf(", %u missing, %u queued there, lag ", (unsigned int)peer->missing,
		       (unsigned int)peer->peer_queue);
		print_lag(peer->peer_lag);
	}
	putchar('\n');
}

/**
 * mirror_show_line() - Whether a failover would be safe, in one line.
 * @mirror: The mirror, which is on.
 */
void mirror_show_line(const struct mirror *mirror)
{
	printf("safe to fail over: ");
	print_colored(mirror->safe ? COLOR_GOOD : COLOR_BAD, mirror->safe ? "yes" : "no");
	if (mirror->reason && *mirror->reason)
		printf(", because %s", mirror->reason);
	putchar('\n');
}

/**
 * mirror_show() - Show all of it.
 * @mirror: The mirror.
 */
void mirror_show(const struct mirror *mirror)
{
	unsigned int i;

	printf("mirror: ");
	if (!mirror->on) {
		print_colored(COLOR_WARN, "off");
		putchar('\n');
		return;
	}
	print_colored(COLOR_GOOD, "on");
	mirror_print_settings(stdout, mirror);
	printf("\n    %s; %u own flows told, %u flows of others, %u events queued",
	       mirror->owner ? "owns flows" : "stands by", (unsigned int)mirror->own,
	       (unsigned int)mirror->imported, (unsigned int)mirror->queue);
	if (mirror->stats[KCLUSTER_A_MIRROR_STATS_OVERFLOW])
		printf(", %" PRIu64 " overflowed",
		       mirror->stats[KCLUSTER_A_MIRROR_STATS_OVERFLOW]);
	putchar('\n');
	for (i = 0; i < mirror->peer_count; i++)
		show_peer(&mirror->peers[i]);
	printf("    ");
	mirror_show_line(mirror);
	if (!options.statistics)
		return;
	for (i = 1; i <= KCLUSTER_A_MIRROR_STATS_MAX; i++)
		if (mirror_stats_name(i) && (mirror->stats_given & (UINT64_C(1) << i)))
			printf("    %s %" PRIu64 "\n", mirror_stats_name(i), mirror->stats[i]);
}

static struct json_object *filter_json(const struct mirror_filter *filter)
{
	struct json_object *object = need_memory(json_object_new_object());
	char text[8];

	json_add_text(object, "action",
		      filter->action == KCLUSTER_MIRROR_ACTION_ONLY ? "only" : "except");
	if (filter->given & (1u << KCLUSTER_A_MIRROR_FILTER_PROTOCOL))
		json_add_text(object, "protocol", mirror_protocol_text(filter->protocol, text));
	if (filter->address.length) {
		json_add_address(object, "address", &filter->address);
		json_add_number(object, "prefixlen", filter->prefixlen);
	}
	if (filter->port)
		json_add_number(object, "port", filter->port);
	return object;
}

static struct json_object *peer_json(const struct mirror_peer *peer)
{
	struct json_object *object = need_memory(json_object_new_object());

	json_add_text(object, "name", peer->name);
	json_add_text(object, "state", mirror_state_text(peer->state));
	json_add_text(object, "peer_state", mirror_state_text(peer->peer_state));
	json_add_number(object, "in_flight", peer->in_flight);
	json_add_number(object, "lag_us", peer->lag);
	json_add_number(object, "bulk_sent", peer->bulk_sent);
	json_add_number(object, "missing", peer->missing);
	json_add_number(object, "peer_queue", peer->peer_queue);
	json_add_number(object, "peer_lag_us", peer->peer_lag);
	json_add_number(object, "resyncs", peer->resyncs);
	json_add_bool(object, "table_full", peer->table_full);
	return object;
}

/**
 * mirror_json() - All of it as JSON.
 * @mirror: The mirror.
 *
 * Return: An object.
 */
struct json_object *mirror_json(const struct mirror *mirror)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *filters, *peers, *stats;
	unsigned int i;

	json_add_bool(object, "on", mirror->on);
	if (!mirror->on)
		return object;
	json_add_text(object, "from",
		      mirror->from == KCLUSTER_MIRROR_FROM_NEW ? "new" : "assured");
	json_add_number(object, "limit", mirror->limit);
	json_add_bool(object, "defer", mirror->defer);
	filters = need_memory(json_object_new_array());
	for (i = 0; i < mirror->filter_count; i++)
		json_object_array_add(filters, filter_json(&mirror->filters[i]));
	json_object_object_add(object, "filters", filters);
	json_add_number(object, "queue", mirror->queue);
	json_add_bool(object, "owner", mirror->owner);
	json_add_number(object, "own", mirror->own);
	json_add_number(object, "imported", mirror->imported);
	json_add_bool(object, "safe", mirror->safe);
	json_add_text(object, "reason", mirror->reason);
	peers = need_memory(json_object_new_array());
	for (i = 0; i < mirror->peer_count; i++)
		json_object_array_add(peers, peer_json(&mirror->peers[i]));
	json_object_object_add(object, "peers", peers);
	stats = need_memory(json_object_new_object());
	for (i = 1; i <= KCLUSTER_A_MIRROR_STATS_MAX; i++)
		if (mirror_stats_name(i) && (mirror->stats_given & (UINT64_C(1) << i)))
			json_add_number(stats, mirror_stats_name(i), mirror->stats[i]);
	json_object_object_add(object, "statistics", stats);
	return object;
}
