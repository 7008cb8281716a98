/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nft compares packets with: zones, prefixes, protocols, and the other nodes.
 */
#ifndef CLUSTER_FIREWALL_MATCH_H
#define CLUSTER_FIREWALL_MATCH_H

#include <stdio.h>

#include "cluster_firewall.h"

/**
 * struct zones - What zones are on a node, as nft writes it.
 * @cluster: The cluster.
 * @node: The node.
 * @firewall: Its firewall.
 * @pods4: Networks of pods, IPv4; NULL for none.
 * @pods6: The same for IPv6.
 */
struct zones {
	const struct cluster *cluster;
	unsigned int node;
	const struct firewall *firewall;
	char *pods4;
	char *pods6;
};

/**
 * struct ways - Comparisons, any of which is enough.
 * @list: They, each with a blank behind it if it is not empty, @count of them.
 * @list.family: Length of the addresses that it is for, 0 for both families.
 * @list.text: The comparison.
 * @count: See @list.
 */
struct ways {
	struct {
		uint8_t family;
		char *text;
	} list[6];
	unsigned int count;
};

void zones_make(struct zones *zones, const struct cluster *cluster, unsigned int node,
		const struct firewall *firewall);
void zones_free(struct zones *zones);
void zones_match(const struct zones *zones, struct ways *ways, unsigned int wanted, bool out);
void ways_free(struct ways *ways);

char *prefixes_text(const struct net_prefixes *prefixes, uint8_t family);
void match_prefix(FILE *out, const char *field, const struct net_prefix *prefix);
void match_protocol(FILE *out, const struct rule *rule);
void match_nodes(FILE *out, struct cluster *cluster, unsigned int node);

/* cluster_firewall_answer.c: from which address */
void firewall_put_answers(FILE *out, const struct zones *zones);

#endif
