/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The firewall of a cluster file, as one node has it. Pure: no netlink.
 */
#ifndef CLUSTER_FIREWALL_H
#define CLUSTER_FIREWALL_H

#include <stdbool.h>
#include <stdint.h>

#include "cluster.h"

/* Where packets come from and go to; each is a bit. */
#define ZONE_OUTSIDE	(1u << 0)
#define ZONE_LAN	(1u << 1)
#define ZONE_VPN	(1u << 2)
#define ZONE_PODS	(1u << 3)
#define ZONE_NODE	(1u << 4)
#define ZONE_AWAY	(ZONE_OUTSIDE | ZONE_LAN | ZONE_VPN | ZONE_PODS)
#define ZONE_ANY	(ZONE_AWAY | ZONE_NODE)

/* A protocol that is none: all of them, and that of the other family as well. */
#define PROTO_ALL	(-1)
#define PROTO_ICMP	1

#define FIREWALL_PORTS_MAX 64

/**
 * enum rule_action - What a rule does.
 * @RULE_ACCEPT: Lets pass.
 * @RULE_DROP: Lets not pass, and says nothing.
 * @RULE_REJECT: Lets not pass, and says so.
 * @RULE_PUBLISH: Lets in, to this node or on to another address.
 * @RULE_SNAT: Gives another source.
 */
enum rule_action {
	RULE_ACCEPT, RULE_DROP, RULE_REJECT, RULE_PUBLISH, RULE_SNAT,
};

/**
 * struct rule_end - Where packets of a rule come from, or go to.
 * @zones: ZONE_OUTSIDE and its like.
 * @prefix: Only addresses in it; has no address if all.
 */
struct rule_end {
	unsigned int zones;
	struct net_prefix prefix;
};

/**
 * struct port_range - Ports.
 * @first: The first one.
 * @last: The last one.
 */
struct port_range {
	uint16_t first;
	uint16_t last;
};

/**
 * struct rule - A rule.
 * @line: Where it stands.
 * @action: What it does.
 * @from: Where packets come from.
 * @to: Where they go to.
 * @protocol: Their protocol, PROTO_ALL for all; PROTO_ICMP is that of both families.
 * @ports: Their destination ports, sorted, @port_count of them; none for all.
 * @port_count: See @ports.
 * @target: What becomes of their destination or source; none to leave it, or for
 *	what the node itself has.
 * @target_port: What becomes of their destination port, 0 to leave it.
 */
struct rule {
	const struct conf_line *line;
	enum rule_action action;
	struct rule_end from;
	struct rule_end to;
	int protocol;
	struct port_range ports[FIREWALL_PORTS_MAX];
	unsigned int port_count;
	struct ipaddr target;
	uint16_t target_port;
};

/**
 * struct firewall - The rules of a node.
 * @lan: Devices of its LAN, @lan_count of them.
 * @lan_count: See @lan.
 * @pods: Networks of pods.
 * @rules: Its rules, in the order of the file, @rule_count of them.
 * @rule_count: See @rules.
 */
struct firewall {
	const char **lan;
	unsigned int lan_count;
	struct net_prefixes pods;
	struct rule *rules;
	unsigned int rule_count;
};

static inline bool cluster_has_firewall(const struct cluster *cluster, unsigned int node)
{
	return cluster->firewall.section && shared_has(&cluster->firewall, node);
}

/* cluster_firewall.c: out of the section */
bool cluster_firewall(struct cluster *cluster, unsigned int node, struct firewall *firewall);
void firewall_free(struct firewall *firewall);

/* cluster_firewall_rule.c: out of a line */
bool take_rule(struct cluster *cluster, const struct conf_line *line, struct rule *rule);
uint8_t rule_family(const struct rule *rule);
bool rule_has_ports(const struct rule *rule, uint16_t first, uint16_t last);

/* cluster_firewall_check.c: what can never match */
void cluster_check_firewall(struct cluster *cluster);

/* cluster_firewall_text.c: for nft */
char *firewall_text(struct cluster *cluster, unsigned int node);

#endif
