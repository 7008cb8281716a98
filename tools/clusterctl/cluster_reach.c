// SPDX-License-Identifier: GPL-2.0
/*
 * Who speaks with whom: two nodes meet directly if one of them can be reached from
 * where the other one is, else a third one forwards.
 */
#include <string.h>

#include "cluster.h"

static bool same_site(const struct node *a, const struct node *b)
{
	return a->site && b->site && !strcmp(a->site, b->site);
}

/**
 * cluster_endpoint() - Where one node reaches another.
 * @cluster: The cluster.
 * @from: A node.
 * @to: Another one.
 *
 * Return: The endpoint, NULL if it has to wait for the other one to speak.
 */
const struct endpoint *cluster_endpoint(const struct cluster *cluster, unsigned int from,
					unsigned int to)
{
	const struct node *a = &cluster->nodes[from], *b = &cluster->nodes[to];

	if (b->site_endpoint.host && same_site(a, b))
		return &b->site_endpoint;
	return b->endpoint.host ? &b->endpoint : NULL;
}

/**
 * cluster_is_direct() - Do two nodes speak without another one in between?
 * @cluster: The cluster.
 * @a: A node.
 * @b: Another one.
 */
bool cluster_is_direct(const struct cluster *cluster, unsigned int a, unsigned int b)
{
	if (cluster->hub_only && cluster->hub != a && cluster->hub != b)
		return false;
	return cluster_endpoint(cluster, a, b) || cluster_endpoint(cluster, b, a);
}

/**
 * cluster_via() - Who forwards between two nodes.
 * @cluster: The cluster.
 * @from: A node.
 * @to: Another one.
 *
 * Both must take the same way, for WireGuard knows one peer for each address. So the
 * one that stands first in the file has the choice.
 *
 * Return: @to if it is nobody; NO_NODE if nobody can.
 */
unsigned int cluster_via(const struct cluster *cluster, unsigned int from, unsigned int to)
{
	unsigned int first = from < to ? from : to, last = from < to ? to : from;
	unsigned int candidates[3], i;

	if (cluster_is_direct(cluster, from, to))
		return to;
	candidates[0] = cluster->hub_only ? NO_NODE : cluster->nodes[first].relay;
	candidates[1] = cluster->hub_only ? NO_NODE : cluster->nodes[last].relay;
	candidates[2] = cluster->hub;
	for (i = 0; i < 3; i++)
		if (candidates[i] != NO_NODE && candidates[i] != from && candidates[i] != to &&
		    cluster_is_direct(cluster, candidates[i], from) &&
		    cluster_is_direct(cluster, candidates[i], to))
			return candidates[i];
	return NO_NODE;
}

/**
 * cluster_is_relay() - May a node have to forward between others, or for a device?
 * @cluster: The cluster.
 * @node: The node.
 */
bool cluster_is_relay(const struct cluster *cluster, unsigned int node)
{
	unsigned int i;

	if (cluster->hub == node)
		return true;
	for (i = 0; i < cluster->node_count; i++)
		if (cluster->nodes[i].relay == node)
			return true;
	for (i = 0; i < cluster->device_count; i++)
		if (cluster->devices[i].via == node)
			return true;
	return false;
}
