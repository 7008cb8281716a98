// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of the firewall that can never match, because one before them has all that
 * they could match.
 */
#include "cluster_firewall.h"

static bool prefix_covers(const struct net_prefix *outer, const struct net_prefix *inner)
{
	if (!outer->address.length)
		return true;
	return inner->address.length && outer->length <= inner->length &&
	       prefix_contains(outer, &inner->address);
}

static bool end_covers(const struct rule_end *outer, const struct rule_end *inner)
{
	return !(inner->zones & ~outer->zones) && prefix_covers(&outer->prefix, &inner->prefix);
}

static bool ports_cover(const struct rule *outer, const struct rule *inner)
{
	unsigned int i;

	if (!outer->port_count)
		return true;
	for (i = 0; i < inner->port_count; i++)
		if (!rule_has_ports(outer, inner->ports[i].first, inner->ports[i].last))
			return false;
	return inner->port_count;
}

/*
 * What is published may have been led on by others already, to wherever and to another
 * port: only who has all ports of all that passes has that as well.
 */
static bool has_led_on(const struct rule *outer)
{
	return outer->action == RULE_PUBLISH ||
	       (!(ZONE_ANY & ~outer->to.zones) && !outer->to.prefix.address.length &&
		!outer->port_count);
}

/* A packet passes what changes its destination, then what lets it pass, then its source. */
static bool same_place(const struct rule *outer, const struct rule *inner)
{
	if (outer->action == RULE_SNAT || inner->action == RULE_SNAT)
		return outer->action == inner->action;
	if (inner->action != RULE_PUBLISH)
		return true;
	return inner->target.length ? outer->action == RULE_PUBLISH : has_led_on(outer);
}

static bool covers(const struct rule *outer, const struct rule *inner)
{
	uint8_t family = rule_family(outer);

	return same_place(outer, inner) && (!family || rule_family(inner) == family) &&
	       end_covers(&outer->from, &inner->from) && end_covers(&outer->to, &inner->to) &&
	       (outer->protocol == PROTO_ALL || outer->protocol == inner->protocol) &&
	       ports_cover(outer, inner);
}

static void check_order(struct cluster *cluster, const struct firewall *firewall)
{
	unsigned int i, j;

	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];

		for (j = 0; j < i && !covers(&firewall->rules[j], rule); j++)
			;
		if (j < i)
			conf_wrong(cluster->conf, rule->line->number,
				   "%s: this never matches, for line %u before it has all of that already: leave it out, or put it before that line",
				   rule->line->key->name, firewall->rules[j].line->number);
	}
}

/* Whether something is said for this node only. */
static bool is_special(const struct cluster *cluster, unsigned int node)
{
	const struct conf_section *section = cluster->firewall.section;
	unsigned int i;

	for (i = 0; i < section->count; i++)
		if (section->lines[i].nodes &&
		    conf_line_is_for(section, &section->lines[i], node_name(cluster, node)))
			return true;
	return false;
}

/**
 * cluster_check_firewall() - Is the firewall right on each node?
 * @cluster: The cluster, of which nodes are right.
 */
void cluster_check_firewall(struct cluster *cluster)
{
	unsigned int i, errors = cluster->conf->errors;
	bool plain = false;

	for (i = 0; i < cluster->node_count && errors == cluster->conf->errors; i++) {
		struct firewall firewall = { 0 };
		bool special;

		if (!cluster_has_firewall(cluster, i))
			continue;
		/* Nodes of which nothing special is said are all the same. */
		special = is_special(cluster, i) ||
			  conf_get(cluster->nodes[i].section, "Interface");
		if (!special && plain)
			continue;
		plain |= !special;
		if (cluster_firewall(cluster, i, &firewall))
			check_order(cluster, &firewall);
		firewall_free(&firewall);
	}
}
