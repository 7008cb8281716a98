// SPDX-License-Identifier: GPL-2.0
/*
 * What the monitor prints of cluster IPs: a line per change.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "clusterctl.h"
#include "clusterip.h"
#include "news.h"
#include "output.h"
#include "told.h"

static void print_json(const struct clusterip *ip, bool replay)
{
	struct json_object *object = news_begin("CLUSTERIP");
	char node[MAC_TEXT_MAX];

	json_add_text(object, "name", ip->name);
	json_add_text(object, "state", clusterip_state_text(ip->state));
	json_add_number(object, clusterip_is_shared(ip) ? "bucket_count" : "nodes",
			clusterip_total(ip));
	json_add_number(object, "shares", ip->shares);
	if (clusterip_is_shared(ip)) {
		json_add_text(object, "role", clusterip_role_text(ip->role));
		json_add_number(object, "epoch", ip->epoch);
		json_add_text(object, "authority",
			      ip->epoch ? clusterip_node_text(ip->authority, node) : NULL);
		json_add_number(object, "map", ip->map);
	}
	json_add_bool(object, "replay", replay);
	if (!replay) {
		json_add_text(object, "old_state", clusterip_state_text(ip->old_state));
		json_add_number(object, "sequence", ip->sequence);
	}
	json_add_text(object, "reason", ip->reason);
	json_print(object);
}

static void print_text(const struct clusterip *ip, bool replay)
{
	news_stamp();
	printf("cluster IP ");
	print_colored(COLOR_NAME, ip->name);
	printf(": ");
	if (!replay && ip->old_state != ip->state)
		printf("%s -> ", clusterip_state_text(ip->old_state));
	clusterip_show_state(ip->state);
	if (ip->state != KCLUSTER_CLUSTERIP_STATE_GONE)
		printf(" %u of %u", (unsigned int)ip->shares, clusterip_total(ip));
	if (clusterip_is_shared(ip) && ip->epoch)
		printf(" %s epoch %" PRIu64 " map %" PRIu32, clusterip_role_text(ip->role),
		       ip->epoch, ip->map);
	if (ip->reason && *ip->reason)
		printf(" (%s)", ip->reason);
	putchar('\n');
}

static void print_clusterip(const struct clusterip *ip, bool replay)
{
	if (options.json)
		print_json(ip, replay);
	else
		print_text(ip, replay);
	fflush(stdout);
}

/* For the list of what was told, one that is gone is as a router that stopped. */
static uint8_t told_state(const struct clusterip *ip)
{
	return ip->state == KCLUSTER_CLUSTERIP_STATE_GONE ? (uint8_t)KCLUSTER_VRRP_STATE_STOP :
							    ip->state;
}

/**
 * news_tell_clusterip() - Print a line about a cluster IP, at once.
 * @told: What was told last of cluster IPs.
 * @ip: Its name and its state; of an event also the state before.
 * @replay: Whether it was found by looking, not told by an event; then it is only
 *	news if it differs.
 */
void news_tell_clusterip(struct told_list *told, const struct clusterip *ip, bool replay)
{
	bool changed = told_update(told, ip->name, told_state(ip), (uint8_t)ip->shares);

	if (changed || !replay)
		print_clusterip(ip, replay);
}

/**
 * news_replay_clusterips() - Print what differs from what was told last.
 * @told: What was told last of cluster IPs.
 * @ips: Those there are.
 */
void news_replay_clusterips(struct told_list *told, const struct clusterips *ips)
{
	const struct told *gone;
	unsigned int i;

	told_begin(told);
	for (i = 0; i < ips->count; i++)
		news_tell_clusterip(told, &ips->list[i], true);
	while ((gone = told_next_gone(told))) {
		struct clusterip ip = {
			.name = copy_text(gone->name), .state = KCLUSTER_CLUSTERIP_STATE_GONE,
		};

		news_tell_clusterip(told, &ip, true);
		clusterip_free(&ip);
	}
}
