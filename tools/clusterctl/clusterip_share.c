// SPDX-License-Identifier: GPL-2.0
/*
 * What peers divide among themselves: who decides, and who has what.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include "attributes.h"
#include "clusterip.h"
#include "output.h"
#include "parse.h"
#include "words.h"

/**
 * clusterip_role_text() - The word for what a node is in the sharing.
 * @role: enum kcluster_clusterip_role.
 *
 * Return: The word; "unknown" for a role newer than this tool.
 */
const char *clusterip_role_text(uint8_t role)
{
	static const char * const names[] = {
		[KCLUSTER_CLUSTERIP_ROLE_WITHOUT] = "without",
		[KCLUSTER_CLUSTERIP_ROLE_MEMBER] = "member",
		[KCLUSTER_CLUSTERIP_ROLE_AUTHORITY] = "authority",
	};

	return role < sizeof(names) / sizeof(names[0]) ? names[role] : "unknown";
}

/**
 * clusterip_node_text() - The number by which nodes name each other, as the MAC it is.
 * @id: The number.
 * @text: Buffer of MAC_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *clusterip_node_text(uint64_t id, char *text)
{
	uint8_t mac[6];
	unsigned int i;

	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)(id >> 8 * (5 - i));
	return mac_text(mac, text);
}

/* As we call it, or as it calls itself. */
static const char *authority_text(const struct clusterip *ip, char *text)
{
	if (ip->role == KCLUSTER_CLUSTERIP_ROLE_AUTHORITY)
		return "this node";
	if (ip->authority_name)
		return ip->authority_name;
	return clusterip_node_text(ip->authority, text);
}

static void show_members(const struct clusterip *ip)
{
	char text[MAC_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < ip->member_count; i++) {
		const struct clusterip_member *member = &ip->members[i];

		printf("    node ");
		print_colored(COLOR_NAME, member->name ? member->name : "(this one)");
		printf(" %s", member->id ? clusterip_node_text(member->id, text) : "not heard yet");
		printf(" %s", member->alive ? "alive" : "dead");
		if (member->id)
			printf(" weight %u buckets %u", (unsigned int)member->weight,
			       (unsigned int)member->buckets);
		if (member->has_obeys)
			printf(member->obeys ? " lease %" PRIu32 "ms" : " does not obey",
			       member->lease_left);
		putchar('\n');
	}
}

/**
 * clusterip_show_share() - Print what peers divide, and how.
 * @ip: The cluster IP, with its members if they are wanted.
 */
void clusterip_show_share(const struct clusterip *ip)
{
	char text[MAC_TEXT_MAX], lease[TIME_TEXT_MAX];

	printf("    nodes peers router ");
	print_colored(COLOR_NAME, ip->router);
	printf(" weight %u on-partition %s successors %u lease %s buckets %u\n",
	       (unsigned int)ip->weight, word_for(clusterip_partition_words, ip->on_partition) ?:
	       "unknown", (unsigned int)ip->successors, time_text(ip->lease, lease),
	       (unsigned int)ip->bucket_total);
	printf("    role %s", clusterip_role_text(ip->role));
	if (ip->epoch)
		printf(" epoch %" PRIu64 " of %s map %" PRIu32, ip->epoch,
		       authority_text(ip, text), ip->map);
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_DECIDED))
		printf(" decided %" PRIu64 "s ago", ip->decided / 1000);
	printf(" votes %u members %u lease left %" PRIu32 "ms\n", (unsigned int)ip->votes,
	       (unsigned int)ip->taking_part, ip->lease_left);
	show_members(ip);
}

static struct json_object *members_json(const struct clusterip *ip)
{
	struct json_object *array = need_memory(json_object_new_array());
	char text[MAC_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < ip->member_count; i++) {
		const struct clusterip_member *member = &ip->members[i];
		struct json_object *object = need_memory(json_object_new_object());

		json_add_text(object, "peer", member->name);
		json_add_text(object, "id",
			      member->id ? clusterip_node_text(member->id, text) : NULL);
		json_add_bool(object, "alive", member->alive);
		json_add_number(object, "weight", member->weight);
		json_add_number(object, "buckets", member->buckets);
		if (member->has_obeys) {
			json_add_bool(object, "obeys", member->obeys);
			json_add_number(object, "lease_left_ms", member->lease_left);
		}
		json_object_array_add(array, object);
	}
	return array;
}

/**
 * clusterip_share_json() - Add what peers divide, and how.
 * @object: The cluster IP.
 * @ip: The cluster IP, with its members.
 */
void clusterip_share_json(struct json_object *object, const struct clusterip *ip)
{
	char text[MAC_TEXT_MAX];

	json_add_text(object, "router", ip->router);
	json_add_number(object, "weight", ip->weight);
	json_add_text(object, "on_partition",
		      word_for(clusterip_partition_words, ip->on_partition));
	json_add_number(object, "successors", ip->successors);
	json_add_number(object, "lease_ms", ip->lease);
	json_add_number(object, "bucket_count", ip->bucket_total);
	json_add_bool(object, "vmac", ip->vmac);
	json_add_text(object, "role", clusterip_role_text(ip->role));
	json_add_text(object, "id", ip->id ? clusterip_node_text(ip->id, text) : NULL);
	json_add_number(object, "epoch", ip->epoch);
	json_add_text(object, "authority",
		      ip->epoch ? clusterip_node_text(ip->authority, text) : NULL);
	json_add_text(object, "authority_peer", ip->authority_name);
	json_add_number(object, "map", ip->map);
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_DECIDED))
		json_add_number(object, "decided_ms", ip->decided);
	json_add_number(object, "lease_left_ms", ip->lease_left);
	json_add_number(object, "votes", ip->votes);
	json_add_number(object, "taking_part", ip->taking_part);
	json_object_object_add(object, "members", members_json(ip));
}
