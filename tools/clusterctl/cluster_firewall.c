// SPDX-License-Identifier: GPL-2.0
/*
 * The section [Firewall] of a cluster file, as a node has it.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"

/**
 * firewall_free() - Give back what a firewall holds; it is empty afterwards.
 * @firewall: The firewall.
 */
void firewall_free(struct firewall *firewall)
{
	free(firewall->lan);
	free(firewall->pods.list);
	free(firewall->rules);
	memset(firewall, 0, sizeof(*firewall));
}

static void take_lan(struct cluster *cluster, unsigned int node, const struct conf_line *line,
		     struct firewall *firewall)
{
	int i;

	for (i = 0; i < line->value.count; i++) {
		const char *name = line->value.list[i];

		if (!is_device_name(name))
			conf_wrong(cluster->conf, line->number,
				   "LAN: '%s' can be no device: at most %d letters, digits and . _ - + expected, and blanks between devices",
				   name, KCLUSTER_IFNAME_MAX);
		else if (cluster->networks.count && !strcmp(name, cluster->nodes[node].interface))
			conf_wrong(cluster->conf, line->number,
				   "LAN: %s is the WireGuard device of node %s, which is vpn in rules: other devices expected",
				   name, node_name(cluster, node));
		firewall->lan = need_memory(realloc(firewall->lan, (firewall->lan_count + 1) *
						    sizeof(*firewall->lan)));
		firewall->lan[firewall->lan_count++] = name;
	}
}

static void take_line(struct cluster *cluster, unsigned int node, const struct conf_line *line,
		      struct firewall *firewall)
{
	const char *key = line->key->name;
	struct rule *rule;

	if (!strcmp(key, "Nodes"))
		return;
	if (!strcmp(key, "LAN")) {
		take_lan(cluster, node, line, firewall);
	} else if (!strcmp(key, "Pods")) {
		take_prefixes(cluster, line, &firewall->pods);
	} else {
		firewall->rules = need_memory(realloc(firewall->rules, (firewall->rule_count + 1) *
						      sizeof(*firewall->rules)));
		rule = &firewall->rules[firewall->rule_count++];
		memset(rule, 0, sizeof(*rule));
		take_rule(cluster, line, rule);
	}
}

/* What is named alone is there; that other nodes have it is enough. */
static void check_zones(struct cluster *cluster, const struct rule *rule)
{
	const struct conf_section *section = cluster->firewall.section;
	unsigned int zones = 0;

	if ((rule->from.zones & ZONE_AWAY) != ZONE_AWAY)
		zones |= rule->from.zones;
	if ((rule->to.zones & ZONE_AWAY) != ZONE_AWAY)
		zones |= rule->to.zones;
	if (zones & ZONE_LAN && !conf_get(section, "LAN"))
		conf_wrong(cluster->conf, rule->line->number,
			   "%s: what lan is, is not said: 'LAN = DEV...' expected as well",
			   rule->line->key->name);
	if (zones & ZONE_PODS && !conf_get(section, "Pods"))
		conf_wrong(cluster->conf, rule->line->number,
			   "%s: what pods are, is not said: 'Pods = PREFIX...' expected as well",
			   rule->line->key->name);
	if (zones & ZONE_VPN && !cluster->networks.count)
		conf_wrong(cluster->conf, rule->line->number,
			   "%s: there is no vpn, for [Cluster] names no network: 'Network = PREFIX' expected there",
			   rule->line->key->name);
}

/**
 * cluster_firewall() - The firewall as a node has it.
 * @cluster: The cluster.
 * @node: The node, which has one.
 * @firewall: Filled in; starts out zeroed. To be freed with firewall_free().
 *
 * Return: Whether it is right, else after complaints.
 */
bool cluster_firewall(struct cluster *cluster, unsigned int node, struct firewall *firewall)
{
	const struct conf_section *section = cluster->firewall.section;
	unsigned int i, errors = cluster->conf->errors;
	bool good;

	for (i = 0; i < section->count; i++)
		if (conf_line_is_for(section, &section->lines[i], node_name(cluster, node)))
			take_line(cluster, node, &section->lines[i], firewall);
	for (i = 0; i < firewall->pods.count; i++)
		prefix_clear_host(&firewall->pods.list[i]);
	good = errors == cluster->conf->errors;
	for (i = 0; good && i < firewall->rule_count; i++)
		check_zones(cluster, &firewall->rules[i]);
	return errors == cluster->conf->errors;
}
