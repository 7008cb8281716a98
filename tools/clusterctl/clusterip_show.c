// SPDX-License-Identifier: GPL-2.0
/*
 * A cluster IP for people and for programs.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "clusterip.h"
#include "output.h"

static const char * const stats_names[KCLUSTER_A_CLUSTERIP_STATS_MAX + 1] = {
	[KCLUSTER_A_CLUSTERIP_STATS_MINE] = "mine",
	[KCLUSTER_A_CLUSTERIP_STATS_OTHERS] = "others",
	[KCLUSTER_A_CLUSTERIP_STATS_FRAGMENTS] = "fragments",
	[KCLUSTER_A_CLUSTERIP_STATS_EVERYBODY] = "everybody",
	[KCLUSTER_A_CLUSTERIP_STATS_MALFORMED] = "malformed",
	[KCLUSTER_A_CLUSTERIP_STATS_NEIGHBOURS] = "neighbours",
	[KCLUSTER_A_CLUSTERIP_STATS_RESTORED] = "restored",
};

/**
 * clusterip_show_state() - Print the state of a cluster IP, in its colour.
 * @state: enum kcluster_clusterip_state.
 */
void clusterip_show_state(uint8_t state)
{
	enum color color = COLOR_BAD;

	if (state == KCLUSTER_CLUSTERIP_STATE_SERVING)
		color = COLOR_GOOD;
	else if (state == KCLUSTER_CLUSTERIP_STATE_IDLE)
		color = COLOR_CALM;
	print_colored(color, clusterip_state_text(state));
}

static void show_head(const struct clusterip *ip)
{
	print_colored(COLOR_NAME, ip->name);
	printf(": ");
	clusterip_show_state(ip->state);
	printf(" %u of %u", (unsigned int)ip->shares, clusterip_total(ip));
	printf(" dev %s", ip->ifname);
	if (ip->reason && *ip->reason)
		printf(" (%s)", ip->reason);
	putchar('\n');
}

/**
 * clusterip_show_brief() - Print how a cluster IP does.
 * @ip: The cluster IP.
 */
void clusterip_show_brief(const struct clusterip *ip)
{
	printf("cluster IP ");
	show_head(ip);
}

/* Other connections of a client go by other ports, and so elsewhere. */
static bool keeps_clients(const struct clusterip *ip)
{
	return ip->hash == KCLUSTER_CLUSTERIP_HASH_SOURCE_IP ||
	       ip->hash == KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP;
}

static void show_owner(const char *what, const char *owner)
{
	if (owner)
		printf(" %s %s", what, *owner ? owner : "(this one)");
}

static void show_bucket(const struct clusterip *ip, const struct clusterip_bucket *bucket)
{
	unsigned int i;

	printf("    %s %u%s packets %" PRIu64, clusterip_is_shared(ip) ? "bucket" : "node",
	       (unsigned int)bucket->number, bucket->mine ? " mine" : "", bucket->packets);
	show_owner("owner", bucket->owner);
	for (i = 0; i < KCLUSTER_CLUSTERIP_SUCCESSORS_MAX; i++)
		show_owner(i ? "then" : "successor", bucket->successors[i]);
	putchar('\n');
}

static void show_statistics(const struct clusterip *ip)
{
	unsigned int i;

	for (i = 1; i <= KCLUSTER_A_CLUSTERIP_STATS_MAX; i++)
		if (stats_names[i])
			printf("    %s %" PRIu64 "\n", stats_names[i], ip->stats[i]);
	for (i = 0; i < ip->bucket_count; i++)
		show_bucket(ip, &ip->buckets[i]);
}

static void show_nodes(const struct clusterip *ip)
{
	char nodes[CLUSTERIP_LIST_MAX];

	if (ip->follow) {
		printf("    follows ");
		print_colored(COLOR_NAME, ip->follow);
		putchar('\n');
	} else if (clusterip_is_shared(ip)) {
		clusterip_show_share(ip);
	} else {
		printf("    nodes static %u local %s\n", (unsigned int)ip->nodes,
		       clusterip_nodes_text(ip->local, nodes));
	}
}

/**
 * clusterip_show() - Print all of a cluster IP.
 * @ip: The cluster IP, with its buckets if they are wanted.
 */
void clusterip_show(const struct clusterip *ip)
{
	char mac[MAC_TEXT_MAX];

	show_head(ip);
	show_nodes(ip);
	printf("    hash %s seed %" PRIu32 " mac %s%s\n", clusterip_hash_text(ip->hash), ip->seed,
	       mac_text(ip->mac, mac), ip->gateway ? " gateway on" : "");
	if (!keeps_clients(ip))
		printf("    with this hash other connections of a client, such as FTP data, can be another node's\n");
	router_show_addresses(&ip->holder, "  ");
	if (options.statistics)
		show_statistics(ip);
}

static struct json_object *local_json(const struct clusterip *ip)
{
	struct json_object *array = need_memory(json_object_new_array());
	int i;

	for (i = 0; i < KCLUSTER_CLUSTERIP_NODES_MAX; i++)
		if (ip->local[i / 8] & (1u << i % 8))
			json_object_array_add(array, need_memory(json_object_new_int(i + 1)));
	return array;
}

static struct json_object *successors_json(const struct clusterip_bucket *bucket)
{
	struct json_object *array = need_memory(json_object_new_array());
	unsigned int i;

	for (i = 0; i < KCLUSTER_CLUSTERIP_SUCCESSORS_MAX && bucket->successors[i]; i++)
		json_object_array_add(array, need_memory(
				      json_object_new_string(bucket->successors[i])));
	return array;
}

static void json_add_statistics(struct json_object *object, const struct clusterip *ip)
{
	struct json_object *stats = need_memory(json_object_new_object());
	struct json_object *buckets = need_memory(json_object_new_array());
	unsigned int i;

	for (i = 1; i <= KCLUSTER_A_CLUSTERIP_STATS_MAX; i++)
		if (stats_names[i])
			json_add_number(stats, stats_names[i], ip->stats[i]);
	json_object_object_add(object, "statistics", stats);
	for (i = 0; i < ip->bucket_count; i++) {
		struct json_object *bucket = need_memory(json_object_new_object());

		json_add_number(bucket, clusterip_is_shared(ip) ? "bucket" : "node",
				ip->buckets[i].number);
		json_add_bool(bucket, "mine", ip->buckets[i].mine);
		json_add_number(bucket, "packets", ip->buckets[i].packets);
		json_add_text(bucket, "owner", ip->buckets[i].owner);
		if (ip->buckets[i].successors[0])
			json_object_object_add(bucket, "successors",
					       successors_json(&ip->buckets[i]));
		json_object_array_add(buckets, bucket);
	}
	json_object_object_add(object, "buckets", buckets);
}

static void json_add_nodes(struct json_object *object, const struct clusterip *ip)
{
	if (clusterip_is_shared(ip) && ip->follow) {
		json_add_number(object, "bucket_count", ip->bucket_total);
	} else if (clusterip_is_shared(ip)) {
		clusterip_share_json(object, ip);
	} else {
		json_add_number(object, "nodes", ip->nodes);
		json_object_object_add(object, "local", local_json(ip));
	}
}

/**
 * clusterip_json() - All of a cluster IP as a JSON object.
 * @ip: The cluster IP, with its buckets if they are wanted.
 *
 * Return: The object, to be freed with json_object_put().
 */
struct json_object *clusterip_json(const struct clusterip *ip)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *addresses = need_memory(json_object_new_array());
	char mac[MAC_TEXT_MAX];
	unsigned int i;

	json_add_text(object, "name", ip->name);
	json_add_text(object, "state", clusterip_state_text(ip->state));
	json_add_text(object, "reason", ip->reason);
	json_add_text(object, "ifname", ip->ifname);
	json_add_text(object, "hash", clusterip_hash_text(ip->hash));
	json_add_bool(object, "keeps_clients", keeps_clients(ip));
	json_add_number(object, "seed", ip->seed);
	json_add_text(object, "mac", mac_text(ip->mac, mac));
	json_add_text(object, "mode", clusterip_is_shared(ip) ? "peers" : "static");
	json_add_number(object, "shares", ip->shares);
	json_add_bool(object, "gateway", ip->gateway);
	json_add_text(object, "follows", ip->follow);
	json_add_nodes(object, ip);
	for (i = 0; i < ip->holder.address_count; i++)
		json_object_array_add(addresses, vip_json(&ip->holder.addresses[i]));
	json_object_object_add(object, "addresses", addresses);
	if (options.statistics)
		json_add_statistics(object, ip);
	return object;
}
