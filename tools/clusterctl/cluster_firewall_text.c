// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall of a node, in the language of nft: a table of its own, of which each
 * node has its part of what the file says once.
 *
 * Numbers stand where names would need /etc/protocols.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cluster_firewall.h"
#include "cluster_firewall_match.h"

static const char *family_word(uint8_t length)
{
	return length == 16 ? "ip6" : "ip";
}

/* What a packet must have besides the zones; blanks behind each. */
static char *rest_of_match(const struct rule *rule, bool zoned)
{
	uint8_t family = rule_family(rule);
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	if (family && !zoned && !rule->from.prefix.address.length &&
	    !rule->to.prefix.address.length)
		fprintf(out, "meta nfproto %s ", family == 16 ? "ipv6" : "ipv4");
	match_prefix(out, "saddr", &rule->from.prefix);
	match_prefix(out, "daddr", &rule->to.prefix);
	match_protocol(out, rule);
	fclose(out);
	return text;
}

/* All ways from where it comes to where it goes, each a line. */
static void put_ways(FILE *out, const struct zones *zones, const struct rule *rule, bool forward,
		     const char *verdict)
{
	struct ways from = { 0 }, to = { 0 };
	unsigned int i, j;

	zones_match(zones, &from, rule->from.zones & ZONE_AWAY, false);
	zones_match(zones, &to, forward ? rule->to.zones & ZONE_AWAY : ZONE_AWAY, true);
	for (i = 0; i < from.count; i++)
		for (j = 0; j < to.count; j++) {
			uint8_t family = from.list[i].family ?: to.list[j].family;
			uint8_t own = rule_family(rule);
			char *rest;

			if ((to.list[j].family && family != to.list[j].family) ||
			    (own && family && own != family))
				continue;
			rest = rest_of_match(rule, family);
			fprintf(out, "\t\t%s%s%s%s\n", from.list[i].text, to.list[j].text, rest,
				verdict);
			free(rest);
		}
	ways_free(&from);
	ways_free(&to);
}

/*
 * Published ports that somebody, here or Docker or Kubernetes, leads elsewhere. A line
 * for each: sets of such ports are listed by nft 1.0.6 as it does not take them.
 */
static void put_led_on(FILE *out, const struct rule *rule)
{
	const char *word = family_word(rule->target.length);
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < rule->port_count; i++) {
		const struct port_range *range = &rule->ports[i];

		fprintf(out, "\t\tct status dnat ");
		if (rule->to.prefix.address.length)
			fprintf(out, "ct original %s daddr %s ",
				family_word(rule->to.prefix.address.length),
				address_text(&rule->to.prefix.address, text));
		if (rule->target.length)
			fprintf(out, "%s daddr %s ", word, address_text(&rule->target, text));
		fprintf(out, "meta l4proto %d ct original proto-dst %u", rule->protocol,
			(unsigned int)range->first);
		if (range->first < range->last)
			fprintf(out, "-%u", (unsigned int)range->last);
		fprintf(out, " accept\n");
	}
}

static void put_rules(FILE *out, const struct zones *zones, const struct firewall *firewall,
		      bool forward)
{
	static const char * const verdicts[] = {
		[RULE_ACCEPT] = "accept", [RULE_DROP] = "drop",
		[RULE_REJECT] = "reject with icmpx admin-prohibited", [RULE_PUBLISH] = "accept",
	};
	unsigned int i;

	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->action == RULE_SNAT)
			continue;
		if (rule->action == RULE_PUBLISH && forward)
			put_led_on(out, rule);
		else if (rule->action == RULE_PUBLISH && rule->target.length)
			continue;
		else if (rule->to.zones & (forward ? ZONE_AWAY : ZONE_NODE))
			put_ways(out, zones, rule, forward, verdicts[rule->action]);
	}
}

static void target_text(const struct rule *rule, const char *word, char *text, size_t size)
{
	const char *family = family_word(rule->target.length);
	char address[ADDRESS_TEXT_MAX];
	bool brackets = rule->target_port && rule->target.length == 16;

	address_text(&rule->target, address);
	if (rule->target_port)
		snprintf(text, size, "%s %s to %s%s%s:%u", word, family, brackets ? "[" : "",
			 address, brackets ? "]" : "", (unsigned int)rule->target_port);
	else
		snprintf(text, size, "%s %s to %s", word, family, address);
}

/* As long as nothing is led elsewhere, what is published needs no chain. */
static bool leads_on(const struct firewall *firewall, enum rule_action action)
{
	unsigned int i;

	for (i = 0; i < firewall->rule_count; i++)
		if (firewall->rules[i].action == action &&
		    (action == RULE_SNAT || firewall->rules[i].target.length))
			return true;
	return false;
}

static void put_published(FILE *out, const struct firewall *firewall)
{
	unsigned int i;

	if (!leads_on(firewall, RULE_PUBLISH))
		return;
	fprintf(out, "\n\tchain published {\n"
		"\t\ttype nat hook prerouting priority dstnat; policy accept;\n");
	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];
		char target[ADDRESS_TEXT_MAX + 32] = "accept", *rest;

		if (rule->action != RULE_PUBLISH)
			continue;
		rest = rest_of_match(rule, false);
		if (rule->target.length)
			target_text(rule, "dnat", target, sizeof(target));
		fprintf(out, "\t\t%s%s%s\n",
			rule->to.prefix.address.length ? "" : "fib daddr type local ", rest, target);
		free(rest);
	}
	fprintf(out, "\t}\n");
}

static void put_sources(FILE *out, const struct zones *zones, const struct firewall *firewall)
{
	unsigned int i;

	if (!leads_on(firewall, RULE_SNAT))
		return;
	fprintf(out, "\n\tchain sources {\n"
		"\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
		"\t\tfib saddr type local accept\n");
	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];
		char target[ADDRESS_TEXT_MAX + 32] = "masquerade";

		if (rule->action != RULE_SNAT)
			continue;
		if (rule->target.length)
			target_text(rule, "snat", target, sizeof(target));
		put_ways(out, zones, rule, true, target);
	}
	fprintf(out, "\t}\n");
}

/* An address of the VPN or of a pod comes only from where it is. */
static void put_spoofed(FILE *out, const struct cluster *cluster, unsigned int node,
			const struct firewall *firewall)
{
	if (!cluster->networks.count && !firewall->pods.count)
		return;
	fprintf(out, "\tchain spoofed {\n"
		"\t\ttype filter hook prerouting priority raw; policy accept;\n");
	for (uint8_t family = 4; family <= 16; family += 12) {
		char *text = prefixes_text(&cluster->networks, family);

		if (text)
			fprintf(out, "\t\tiifname != { \"lo\", \"%s\" } %s saddr %s drop\n",
				cluster->nodes[node].interface, family_word(family), text);
		free(text);
		text = prefixes_text(&firewall->pods, family);
		if (text)
			fprintf(out, "\t\t%s saddr %s fib saddr . iif oif missing drop\n",
				family_word(family), text);
		free(text);
	}
	fprintf(out, "\t}\n\n");
}

/* What a rule of the file can take back comes behind them, what no node can be without before. */
static void put_input(FILE *out, struct cluster *cluster, unsigned int node,
		      const struct zones *zones, const struct firewall *firewall)
{
	fprintf(out, "\tchain input {\n"
		"\t\ttype filter hook input priority filter; policy drop;\n"
		"\t\tct state established,related accept\n"
		"\t\ticmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept\n"
		"\t\ticmpv6 type { mld-listener-query, mld-listener-report, mld2-listener-report } ip6 saddr fe80::/10 accept\n"
		"\t\tct state invalid drop\n"
		"\t\tiifname \"lo\" accept\n"
		"\t\tip6 saddr fe80::/10 udp sport 547 udp dport 546 accept\n");
	if (cluster->networks.count)
		fprintf(out, "\t\tudp dport %u accept\n",
			(unsigned int)cluster->nodes[node].listen_port);
	match_nodes(out, cluster, node);
	put_rules(out, zones, firewall, false);
	fprintf(out,
		"\t\ticmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } accept\n"
		"\t\ticmpv6 type { echo-request, destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept\n"
		"\t}\n\n");
}

static void put_forward(FILE *out, const struct cluster *cluster, unsigned int node,
			const struct zones *zones, const struct firewall *firewall)
{
	const char *tunnel = cluster->nodes[node].interface;

	fprintf(out, "\tchain forward {\n"
		"\t\ttype filter hook forward priority filter; policy drop;\n"
		"\t\tct state established,related accept\n"
		"\t\tct state invalid drop\n");
	put_rules(out, zones, firewall, true);
	if (cluster->networks.count && cluster_is_relay(cluster, node))
		fprintf(out, "\t\tiifname \"%s\" oifname \"%s\" accept\n", tunnel, tunnel);
	fprintf(out, "\t}\n");
}

/**
 * firewall_text() - The firewall of a node, as nft takes it.
 * @cluster: The cluster, which was checked.
 * @node: The node.
 *
 * Return: The text, to be freed; NULL if the node has none, or after complaints.
 */
char *firewall_text(struct cluster *cluster, unsigned int node)
{
	struct firewall firewall = { 0 };
	struct zones zones = { 0 };
	char *text = NULL;
	size_t size;
	FILE *out;

	if (!cluster_has_firewall(cluster, node))
		return NULL;
	if (cluster_firewall(cluster, node, &firewall)) {
		zones_make(&zones, cluster, node, &firewall);
		out = need_memory(open_memstream(&text, &size));
		fprintf(out, "table inet kcluster {\n");
		put_spoofed(out, cluster, node, &firewall);
		put_input(out, cluster, node, &zones, &firewall);
		put_forward(out, cluster, node, &zones, &firewall);
		firewall_put_answers(out, &zones);
		put_published(out, &firewall);
		put_sources(out, &zones, &firewall);
		fprintf(out, "}\n");
		fclose(out);
		zones_free(&zones);
	}
	firewall_free(&firewall);
	if (!cluster->conf->errors)
		return text;
	free(text);
	return NULL;
}
