// SPDX-License-Identifier: GPL-2.0
/*
 * What nft compares packets with: zones, prefixes, protocols.
 *
 * A zone is what comes in or goes out by some devices; pods are networks, for their
 * devices come and go; outside is all the rest.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall_match.h"

/* One as it is, several as a set. */
static void put_list(FILE *out, char **list, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		fprintf(out, "%s%s", i ? ", " : count > 1 ? "{ " : "", list[i]);
	if (count > 1)
		fprintf(out, " }");
}

static bool is_in_another(const struct net_prefixes *prefixes, unsigned int index)
{
	const struct net_prefix *prefix = &prefixes->list[index];
	unsigned int i;

	for (i = 0; i < prefixes->count; i++) {
		const struct net_prefix *other = &prefixes->list[i];

		if (i != index && other->length <= prefix->length &&
		    prefix_contains(other, &prefix->address) &&
		    (other->length < prefix->length || i < index))
			return true;
	}
	return false;
}

static char *network_text(const struct net_prefix *prefix)
{
	char text[PREFIX_TEXT_MAX];

	if (prefix->length == 8 * prefix->address.length)
		address_text(&prefix->address, text);
	else
		prefix_text(prefix, text);
	return copy_text(text);
}

/**
 * prefixes_text() - Prefixes of one family, as nft takes them.
 * @prefixes: The prefixes; one that is in another one is left out.
 * @family: Length of an address.
 *
 * Return: The text, to be freed; NULL if there is none.
 */
char *prefixes_text(const struct net_prefixes *prefixes, uint8_t family)
{
	char **list = need_memory(calloc(prefixes->count + 1, sizeof(*list))), *text = NULL;
	unsigned int i, count = 0;
	size_t size;
	FILE *out;

	for (i = 0; i < prefixes->count; i++)
		if (prefixes->list[i].address.length == family && !is_in_another(prefixes, i))
			list[count++] = network_text(&prefixes->list[i]);
	if (count) {
		out = need_memory(open_memstream(&text, &size));
		put_list(out, list, count);
		fclose(out);
	}
	for (i = 0; i < count; i++)
		free(list[i]);
	free(list);
	return text;
}

/**
 * zones_make() - What zones are on a node.
 * @zones: Filled in. To be freed with zones_free().
 * @cluster: The cluster; must outlive @zones, as must @firewall.
 * @node: The node.
 * @firewall: Its firewall.
 */
void zones_make(struct zones *zones, const struct cluster *cluster, unsigned int node,
		const struct firewall *firewall)
{
	zones->cluster = cluster;
	zones->node = node;
	zones->firewall = firewall;
	zones->pods4 = prefixes_text(&firewall->pods, 4);
	zones->pods6 = prefixes_text(&firewall->pods, 16);
}

/**
 * zones_free() - Give back what zones hold.
 * @zones: The zones.
 */
void zones_free(struct zones *zones)
{
	free(zones->pods4);
	free(zones->pods6);
}

/**
 * ways_free() - Give back what comparisons hold.
 * @ways: The comparisons.
 */
void ways_free(struct ways *ways)
{
	while (ways->count)
		free(ways->list[--ways->count].text);
}

static void add_way(struct ways *ways, uint8_t family, const char *first, const char *second)
{
	char *text;

	if (asprintf(&text, "%s%s", first, second) < 0)
		text = NULL;
	ways->list[ways->count].family = family;
	ways->list[ways->count++].text = need_memory(text);
}

/* The devices of zones, with what comes before and behind them; empty without any. */
static char *devices_text(const struct zones *zones, unsigned int wanted, const char *before)
{
	const struct firewall *firewall = zones->firewall;
	char **list = need_memory(calloc(firewall->lan_count + 1, sizeof(*list))), *text = NULL;
	unsigned int i, count = 0;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	for (i = 0; i < firewall->lan_count && wanted & ZONE_LAN; i++)
		if (asprintf(&list[count++], "\"%s\"", firewall->lan[i]) < 0)
			need_memory(NULL);
	if (wanted & ZONE_VPN && zones->cluster->networks.count &&
	    asprintf(&list[count++], "\"%s\"", zones->cluster->nodes[zones->node].interface) < 0)
		need_memory(NULL);
	if (count) {
		fputs(before, out);
		put_list(out, list, count);
		fputc(' ', out);
	}
	for (i = 0; i < count; i++)
		free(list[i]);
	free(list);
	fclose(out);
	return text;
}

static void add_pods(struct ways *ways, uint8_t family, const char *devices, const char *pods,
		     bool out, bool without)
{
	char text[64];
	char *match;

	snprintf(text, sizeof(text), "%s %s %s", family == 16 ? "ip6" : "ip",
		 out ? "daddr" : "saddr", without ? "!= " : "");
	if (asprintf(&match, "%s%s ", text, pods) < 0)
		match = NULL;
	add_way(ways, family, devices, need_memory(match));
	free(match);
}

/* All that is not of other zones. */
static void match_outside(const struct zones *zones, struct ways *ways, unsigned int wanted,
			  bool out)
{
	char *devices = devices_text(zones, ~wanted, out ? "oifname != " : "iifname != ");

	if (wanted & ZONE_PODS || !zones->firewall->pods.count) {
		add_way(ways, 0, devices, "");
		free(devices);
		return;
	}
	if (zones->pods4)
		add_pods(ways, 4, devices, zones->pods4, out, true);
	else
		add_way(ways, 4, devices, "meta nfproto ipv4 ");
	if (zones->pods6)
		add_pods(ways, 16, devices, zones->pods6, out, true);
	else
		add_way(ways, 16, devices, "meta nfproto ipv6 ");
	free(devices);
}

/**
 * zones_match() - Compare with zones.
 * @zones: What they are.
 * @ways: The comparisons, added to; none if this node has none of these zones.
 * @wanted: ZONE_OUTSIDE and its like, without ZONE_NODE.
 * @out: Where a packet goes to rather than where it comes from.
 */
void zones_match(const struct zones *zones, struct ways *ways, unsigned int wanted, bool out)
{
	char *devices;

	if (wanted == ZONE_AWAY) {
		add_way(ways, 0, "", "");
		return;
	}
	if (wanted & ZONE_OUTSIDE) {
		match_outside(zones, ways, wanted, out);
	} else {
		devices = devices_text(zones, wanted, out ? "oifname " : "iifname ");
		if (*devices)
			add_way(ways, 0, devices, "");
		free(devices);
	}
	if (wanted & ZONE_PODS && zones->pods4)
		add_pods(ways, 4, "", zones->pods4, out, false);
	if (wanted & ZONE_PODS && zones->pods6)
		add_pods(ways, 16, "", zones->pods6, out, false);
}

/**
 * match_prefix() - Compare with a prefix.
 * @out: Written to, with a blank behind it.
 * @field: "saddr" or "daddr".
 * @prefix: The prefix; without an address nothing is written.
 */
void match_prefix(FILE *out, const char *field, const struct net_prefix *prefix)
{
	char *text;

	if (!prefix->address.length)
		return;
	text = network_text(prefix);
	fprintf(out, "%s %s %s ", prefix->address.length == 16 ? "ip6" : "ip", field, text);
	free(text);
}

static void match_ports(FILE *out, const struct rule *rule)
{
	char ranges[FIREWALL_PORTS_MAX][16], *list[FIREWALL_PORTS_MAX];
	unsigned int i;

	for (i = 0; i < rule->port_count; i++) {
		const struct port_range *range = &rule->ports[i];

		list[i] = ranges[i];
		if (range->first == range->last)
			snprintf(ranges[i], sizeof(ranges[i]), "%u", (unsigned int)range->first);
		else
			snprintf(ranges[i], sizeof(ranges[i]), "%u-%u", (unsigned int)range->first,
				 (unsigned int)range->last);
	}
	put_list(out, list, rule->port_count);
	fputc(' ', out);
}

/**
 * match_protocol() - Compare with protocol and ports of a rule.
 * @out: Written to, with a blank behind it.
 * @rule: The rule; if it is for all of them nothing is written.
 */
void match_protocol(FILE *out, const struct rule *rule)
{
	if (rule->protocol == PROTO_ALL)
		return;
	if (rule->port_count) {
		fprintf(out, "%s dport ", rule->protocol == 6 ? "tcp" : rule->protocol == 17 ?
			"udp" : "sctp");
		match_ports(out, rule);
	} else if (rule->protocol == PROTO_ICMP) {
		fprintf(out, "meta l4proto { 1, 58 } ");
	} else {
		fprintf(out, "meta l4proto %d ", rule->protocol);
	}
}
