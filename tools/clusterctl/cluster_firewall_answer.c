// SPDX-License-Identifier: GPL-2.0
/*
 * What answers at a virtual address answers from there only.
 *
 * A service without connections, such as WireGuard, goes on to send when the address has
 * moved, then from another one of the node; and a peer that follows whom it hears from
 * would leave the node that has the address now.
 */
#include <stdlib.h>

#include "cluster_firewall_match.h"

#define PROTO_UDP	17

/* Does it let those outside reach what listens at this port of the node? */
static bool opens(const struct rule *rule, uint16_t port)
{
	if (rule->action == RULE_PUBLISH ? rule->target.length :
	    rule->action != RULE_ACCEPT || !(rule->from.zones & ZONE_OUTSIDE) ||
	    !(rule->to.zones & ZONE_NODE))
		return false;
	return rule->protocol == PROTO_ALL ||
	       (rule->protocol == PROTO_UDP && rule_has_ports(rule, port, port));
}

/* Does it name this port by itself? Of a range the node may take ports for other ends. */
static bool names_port(const struct rule *rule, uint16_t port)
{
	unsigned int i;

	for (i = 0; i < rule->port_count; i++)
		if (rule->ports[i].first == port && rule->ports[i].last == port)
			return true;
	return false;
}

/* Where it is reached from outside; false if everywhere. */
static bool addresses_of(const struct firewall *firewall, uint16_t port, uint8_t family,
			 struct net_prefixes *addresses)
{
	unsigned int i;

	addresses->count = 0;
	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (!opens(rule, port) || (rule_family(rule) && rule_family(rule) != family))
			continue;
		if (!rule->to.prefix.address.length)
			return false;
		addresses->list[addresses->count++] = rule->to.prefix;
	}
	return true;
}

static void put_answer(FILE *out, const struct zones *zones, uint16_t port, uint8_t family,
		       const struct net_prefixes *addresses)
{
	char *text = prefixes_text(addresses, family);
	struct ways ways = { 0 };
	unsigned int i;

	zones_match(zones, &ways, ZONE_OUTSIDE, true);
	for (i = 0; i < ways.count; i++)
		if (!ways.list[i].family || ways.list[i].family == family)
			fprintf(out, "\t\t%s%s saddr != %s udp sport %u drop\n", ways.list[i].text,
				family == 16 ? "ip6" : "ip", text, (unsigned int)port);
	ways_free(&ways);
	free(text);
}

/* One that was not there before, and to which others do not come for the tunnel. */
static bool is_new_port(const struct zones *zones, unsigned int rule, unsigned int port)
{
	const struct firewall *firewall = zones->firewall;
	uint16_t number = firewall->rules[rule].ports[port].first;
	uint8_t family = firewall->rules[rule].to.prefix.address.length;
	unsigned int i;

	if (firewall->rules[rule].ports[port].last != number ||
	    (zones->cluster->networks.count &&
	     zones->cluster->nodes[zones->node].listen_port == number))
		return false;
	for (i = 0; i < rule; i++) {
		const struct rule *earlier = &firewall->rules[i];

		if (earlier->action == RULE_PUBLISH && opens(earlier, number) &&
		    names_port(earlier, number) &&
		    earlier->to.prefix.address.length == family)
			return false;
	}
	return true;
}

/**
 * firewall_put_answers() - What services answer from.
 * @out: Written to: nothing if nothing is published at an address.
 * @zones: The zones of the node, with its firewall.
 */
void firewall_put_answers(FILE *out, const struct zones *zones)
{
	const struct firewall *firewall = zones->firewall;
	struct net_prefixes addresses = { 0 };
	char *text = NULL;
	unsigned int i, j;
	size_t size;
	FILE *rules = need_memory(open_memstream(&text, &size));

	addresses.list = need_memory(calloc(firewall->rule_count + 1, sizeof(*addresses.list)));
	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];
		uint8_t family = rule->to.prefix.address.length;

		if (rule->action != RULE_PUBLISH || rule->protocol != PROTO_UDP ||
		    rule->target.length || !family)
			continue;
		for (j = 0; j < rule->port_count; j++)
			if (is_new_port(zones, i, j) &&
			    addresses_of(firewall, rule->ports[j].first, family, &addresses))
				put_answer(rules, zones, rule->ports[j].first, family, &addresses);
	}
	fclose(rules);
	if (size)
		fprintf(out, "\n\tchain answers {\n"
			"\t\ttype filter hook output priority filter; policy accept;\n"
			"\t\toifname \"lo\" accept\n"
			"%s\t}\n", text);
	free(text);
	free(addresses.list);
}
