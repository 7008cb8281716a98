// SPDX-License-Identifier: GPL-2.0
/*
 * What Kubernetes has to know of a node, out of the cluster file.
 */
#include <stdlib.h>
#include <string.h>

#include "kubernetes.h"

/* As setup takes it where nothing tells more. */
#define MTU_USUAL 1420

static bool is_inside(const struct cluster *cluster, const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < cluster->networks.count; i++)
		if (prefix_contains(&cluster->networks.list[i], address))
			return true;
	return false;
}

/* The first address of one that nodes share; only one inside the VPN, if that is wanted. */
static bool address_of(struct cluster *cluster, const struct shared *shared, bool inside,
		       struct ipaddr *address)
{
	struct clusterip ip = { 0 };
	struct router router = { 0 };
	const struct router *holder = &router;
	unsigned int i, node = 0;
	bool found = false, good;

	while (!shared_has(shared, node))
		node++;
	if (shared->section->kind == CONF_ROUTER) {
		good = cluster_router(cluster, shared, node, &router);
	} else {
		good = cluster_clusterip(cluster, shared, node, &ip);
		holder = &ip.holder;
	}
	for (i = 0; good && !found && i < holder->address_count; i++) {
		*address = holder->addresses[i].address;
		found = !inside || is_inside(cluster, address);
	}
	router_free(&router);
	clusterip_free(&ip);
	return found;
}

static void take_api(struct kube *kube, const struct shared *shared,
		     const struct ipaddr *address)
{
	char text[ADDRESS_TEXT_MAX];

	kube->api = copy_text(address_text(address, text));
	if (asprintf(&kube->api_of, "%s %s", conf_kind_text(shared->section->kind),
		     shared->section->name) < 0)
		kube->api_of = need_memory(NULL);
}

/* That which has an address inside the VPN: everybody reaches it, and no one else does. */
static void find_api(struct kube *kube)
{
	struct cluster *cluster = kube->cluster;
	struct ipaddr address;
	unsigned int i;

	for (i = 0; i < cluster->shared_count && !kube->api; i++) {
		enum conf_kind kind = cluster->shared[i].section->kind;

		if ((kind == CONF_ROUTER || kind == CONF_CLUSTERIP) &&
		    address_of(cluster, &cluster->shared[i], true, &address))
			take_api(kube, &cluster->shared[i], &address);
	}
}

static bool is_host_name(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789.-") == strlen(text) && strchr(text, '.');
}

/* The name of a section, an address, or a name that is resolved. */
static bool name_api(struct kube *kube, const char *api)
{
	struct cluster *cluster = kube->cluster;
	struct ipaddr address;
	const char *why;
	unsigned int i;

	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];

		if (shared->section->kind == CONF_MIRROR ||
		    strcmp(shared->section->name, api))
			continue;
		if (address_of(cluster, shared, false, &address)) {
			take_api(kube, shared, &address);
			return true;
		}
		error("kubernetes: api: %s %s has no address: another one expected, or an address",
		      conf_kind_text(shared->section->kind), api);
		return false;
	}
	if (!parse_address(api, &address, &why) || is_host_name(api)) {
		kube->api = copy_text(api);
		return true;
	}
	error("kubernetes: api: '%s' is no [VirtualRouter] or [ClusterIP] of %s, and no address: the name of one of these, an address, or a name such as api.example.com expected",
	      api, cluster->conf->file);
	return false;
}

/**
 * kube_make() - What Kubernetes has to know of a node.
 * @kube: Filled in; starts out zeroed. To be freed with kube_free().
 * @cluster: The cluster, which was checked; must outlive @kube.
 * @node: The node.
 * @api: What the user calls the address of the API; NULL to find one.
 *
 * Return: Whether it could be done, else after a complaint.
 */
bool kube_make(struct kube *kube, struct cluster *cluster, unsigned int node, const char *api)
{
	kube->cluster = cluster;
	kube->node = node;
	kube->beta = 4;
	if (!cluster->networks.count) {
		error("%s: there is no VPN for Kubernetes to stay in: 'Network = PREFIX' expected in [Cluster]",
		      cluster->conf->file);
		return false;
	}
	kube->has_firewall = cluster_has_firewall(cluster, node);
	if (kube->has_firewall && !cluster_firewall(cluster, node, &kube->firewall))
		return false;
	/* Of all nodes they are the same. */
	kube->pods = kube->firewall.pods;
	kube->mtu = cluster->nodes[node].mtu ?: MTU_USUAL;
	kube->mtu_known = cluster->nodes[node].mtu;
	if (api)
		return name_api(kube, api);
	find_api(kube);
	return true;
}

/**
 * kube_free() - Give back what it holds; it is empty afterwards.
 * @kube: It.
 */
void kube_free(struct kube *kube)
{
	firewall_free(&kube->firewall);
	free(kube->api);
	free(kube->api_of);
	memset(kube, 0, sizeof(*kube));
}

static const struct net_prefix *first_of(const struct net_prefixes *prefixes, uint8_t family)
{
	unsigned int i;

	for (i = 0; i < prefixes->count; i++)
		if (prefixes->list[i].address.length == family)
			return &prefixes->list[i];
	return NULL;
}

/**
 * kube_address() - The address of the node in the VPN.
 * @kube: The node.
 * @family: Length of the address.
 *
 * Return: The address, or NULL.
 */
const struct net_prefix *kube_address(const struct kube *kube, uint8_t family)
{
	return first_of(&kube->cluster->nodes[kube->node].addresses, family);
}

/**
 * kube_pods() - The network of pods.
 * @kube: The node.
 * @family: Length of its addresses.
 *
 * Return: The network, or NULL.
 */
const struct net_prefix *kube_pods(const struct kube *kube, uint8_t family)
{
	return first_of(&kube->pods, family);
}

/**
 * kube_node_ip() - What kubelet takes for its address.
 * @kube: The node.
 *
 * It is of the family that pods have, or of both.
 *
 * Return: The text, to be freed.
 */
char *kube_node_ip(const struct kube *kube)
{
	const struct net_prefix *four = kube_address(kube, 4), *six = kube_address(kube, 16);
	char first[ADDRESS_TEXT_MAX], second[ADDRESS_TEXT_MAX], *text;
	bool both = four && six && kube_pods(kube, 4) && kube_pods(kube, 16);

	if (!four || (six && !kube_pods(kube, 4) && kube_pods(kube, 16)))
		four = six;
	address_text(&four->address, first);
	if (asprintf(&text, "%s%s%s", first, both ? "," : "",
		     both ? address_text(&six->address, second) : "") < 0)
		text = NULL;
	return need_memory(text);
}

/**
 * kube_overhead() - What VXLAN adds to packets of pods.
 * @kube: The node.
 *
 * Return: Bytes.
 */
uint32_t kube_overhead(const struct kube *kube)
{
	return kube_address(kube, 4) ? KUBE_VXLAN_OVERHEAD : KUBE_VXLAN_OVERHEAD6;
}
