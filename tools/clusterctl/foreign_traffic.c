// SPDX-License-Identifier: GPL-2.0
/*
 * What a node is sent and forwards, as its cluster file has it.
 *
 * With a section [Firewall] it is only what that lets pass: what we drop ourselves, others
 * may drop as well.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "cluster_firewall.h"
#include "foreign.h"

#define TCP 6
#define UDP 17
#define VRRP 112

/* The device is copied, if it is one that does not outlive this. */
static const char *keep_name(struct traffics *traffics, const char *name)
{
	traffics->names = need_memory(realloc(traffics->names, (traffics->name_count + 1) *
					      sizeof(*traffics->names)));
	traffics->names[traffics->name_count] = copy_text(name);
	return traffics->names[traffics->name_count++];
}

static struct traffic *add(struct traffics *traffics, enum traffic_kind kind, uint8_t family)
{
	struct traffic *traffic;

	traffics->list = need_memory(realloc(traffics->list, (traffics->count + 1) *
					     sizeof(*traffics->list)));
	traffic = &traffics->list[traffics->count++];
	memset(traffic, 0, sizeof(*traffic));
	traffic->kind = kind;
	traffic->family = family;
	traffic->protocol = TCP;
	traffic->port = -1;
	return traffic;
}

/**
 * struct passes - What the firewall of the node lets pass.
 * @in: Out of the tunnel to the node.
 * @out_of: Out of the tunnel to elsewhere.
 * @into: From elsewhere into the tunnel.
 */
struct passes {
	bool in;
	bool out_of;
	bool into;
};

static void look_at_rules(const struct firewall *firewall, struct passes *passes)
{
	unsigned int i;

	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];
		unsigned int others = ZONE_OUTSIDE | ZONE_LAN | ZONE_PODS;

		if (rule->action != RULE_ACCEPT)
			continue;
		if (rule->from.zones & ZONE_VPN && rule->to.zones & ZONE_NODE)
			passes->in = true;
		if (rule->from.zones & ZONE_VPN && rule->to.zones & others)
			passes->out_of = true;
		if (rule->from.zones & others && rule->to.zones & ZONE_VPN)
			passes->into = true;
	}
}

/* Whether others may begin, by a family: a name can become an address of any. */
static bool is_reached_by(const struct endpoint *endpoint, uint8_t family)
{
	uint8_t address[16];

	if (!endpoint->host)
		return false;
	if (inet_pton(AF_INET, endpoint->host, address) == 1)
		return family == 4;
	if (inet_pton(AF_INET6, endpoint->host, address) == 1)
		return family == 16;
	return true;
}

static void add_wireguard(struct traffics *traffics, const struct node *node, const char *device)
{
	for (uint8_t family = 4; family <= 16; family += 12) {
		bool reached = is_reached_by(&node->endpoint, family) ||
			       is_reached_by(&node->site_endpoint, family);
		struct traffic *traffic;

		/* A node that nobody reaches first is answered, as a rule by IPv4. */
		if (!reached && (family == 16 || node->endpoint.host || node->site_endpoint.host))
			continue;
		traffic = add(traffics, TRAFFIC_WIREGUARD, family);
		traffic->in = device;
		traffic->protocol = UDP;
		traffic->port = node->listen_port;
		traffic->answers = !reached;
	}
}

static const struct net_prefix *address_in(const struct node *node, uint8_t family)
{
	unsigned int i;

	for (i = 0; i < node->addresses.count; i++)
		if (node->addresses.list[i].address.length == family)
			return &node->addresses.list[i];
	return NULL;
}

static void add_inside(struct traffics *traffics, const struct cluster *cluster,
		       unsigned int node, const struct net_prefix *network,
		       const struct passes *passes)
{
	const struct node *self = &cluster->nodes[node];
	const struct net_prefix *own = address_in(self, network->address.length);
	struct traffic *traffic;
	bool peers = false;
	unsigned int i;

	for (i = 0; i < cluster->node_count; i++)
		peers |= i != node && cluster_share(cluster, node, i) != SHARE_NOTHING;
	for (i = 0; i < 2; i++) {
		if (!own || (i && !peers))
			continue;
		traffic = add(traffics, i ? TRAFFIC_CHANNEL : TRAFFIC_TUNNEL,
			      network->address.length);
		traffic->in = self->interface;
		traffic->from = *network;
		traffic->to = *own;
		traffic->to.length = 8 * own->address.length;
		traffic->answers = !i && !passes->in;
		if (i) {
			traffic->protocol = UDP;
			traffic->port = KCLUSTER_PORT;
		}
	}
	if (cluster_is_relay(cluster, node)) {
		traffic = add(traffics, TRAFFIC_RELAY, network->address.length);
		traffic->forward = true;
		traffic->in = self->interface;
		traffic->out = self->interface;
		traffic->from = *network;
		traffic->to = *network;
	}
}

/* What is behind the node, or behind the tunnel for those behind the node. */
static void add_beyond(struct traffics *traffics, const struct cluster *cluster,
		       unsigned int node, const struct net_prefix *network, bool into,
		       const struct net_prefix *behind, bool answers)
{
	struct traffic *traffic = add(traffics, into ? TRAFFIC_INTO : TRAFFIC_OUT_OF,
				      network->address.length);

	traffic->forward = true;
	*(into ? &traffic->out : &traffic->in) = cluster->nodes[node].interface;
	*(into ? &traffic->to : &traffic->from) = *network;
	if (behind)
		*(into ? &traffic->from : &traffic->to) = *behind;
	traffic->answers = answers;
}

static void add_forwarded(struct traffics *traffics, const struct cluster *cluster,
			  unsigned int node, const struct net_prefix *network,
			  const struct passes *passes, bool guarded)
{
	const struct net_prefixes *allowed = &cluster->nodes[node].allowed;
	unsigned int i;

	for (i = 0; !guarded && i < allowed->count; i++) {
		if (allowed->list[i].address.length != network->address.length)
			continue;
		add_beyond(traffics, cluster, node, network, false, &allowed->list[i], false);
		add_beyond(traffics, cluster, node, network, true, &allowed->list[i], false);
	}
	if (!guarded || (!passes->out_of && !passes->into))
		return;
	/* What passes one way is answered the other way. */
	add_beyond(traffics, cluster, node, network, false, NULL, !passes->out_of);
	add_beyond(traffics, cluster, node, network, true, NULL, !passes->into);
}

static void add_pods(struct traffics *traffics, const struct net_prefixes *pods)
{
	struct traffic *traffic;
	unsigned int i;

	for (i = 0; i < pods->count; i++) {
		traffic = add(traffics, TRAFFIC_PODS, pods->list[i].address.length);
		traffic->forward = true;
		traffic->from = pods->list[i];
		traffic->to = pods->list[i];
	}
}

static void add_advertisements(struct traffics *traffics, const struct router *router,
			       const char *device, const struct ipaddr *peers,
			       unsigned int peer_count)
{
	static const uint8_t groups[2][16] = {
		{ 224, 0, 0, 18 }, { 0xff, 2, [15] = 0x12 },
	};
	bool six = router->family == AF_INET6;
	unsigned int i;

	for (i = 0; i < (peer_count ?: 1); i++) {
		struct traffic *traffic = add(traffics, TRAFFIC_VRRP, six ? 16 : 4);

		traffic->in = keep_name(traffics, device);
		traffic->protocol = VRRP;
		if (peer_count) {
			traffic->from.address = peers[i];
			traffic->from.length = 8 * peers[i].length;
			continue;
		}
		traffic->to.address.length = six ? 16 : 4;
		traffic->to.length = 8 * traffic->to.address.length;
		memcpy(traffic->to.address.bytes, groups[six], traffic->to.address.length);
	}
}

static void add_router(struct traffics *traffics, const struct router *router)
{
	unsigned int i;

	for (i = 0; i < router->path_count; i++)
		add_advertisements(traffics, router, router->paths[i].ifname,
				   router->paths[i].peers, router->paths[i].peer_count);
	if (!router->path_count)
		add_advertisements(traffics, router, router->ifname, router->peers,
				   router->peer_count);
}

/**
 * traffics_make() - What a node is sent.
 * @traffics: Filled in; starts out zeroed. To be freed with traffics_free().
 * @cluster: The cluster, which was checked; must outlive @traffics.
 * @node: The node.
 * @outside: Devices by which WireGuard's packets come; must outlive @traffics.
 * @outside_count: How many; if none they are not known.
 */
void traffics_make(struct traffics *traffics, struct cluster *cluster, unsigned int node,
		   char **outside, unsigned int outside_count)
{
	bool guarded = cluster_has_firewall(cluster, node);
	struct passes passes = { .in = !guarded };
	struct firewall firewall = { 0 };
	unsigned int i;

	if (guarded && cluster_firewall(cluster, node, &firewall))
		look_at_rules(&firewall, &passes);
	for (i = 0; cluster->networks.count && i < (outside_count ?: 1); i++)
		add_wireguard(traffics, &cluster->nodes[node], outside_count ? outside[i] : NULL);
	for (i = 0; i < cluster->networks.count; i++) {
		add_inside(traffics, cluster, node, &cluster->networks.list[i], &passes);
		add_forwarded(traffics, cluster, node, &cluster->networks.list[i], &passes,
			      guarded);
	}
	for (i = 0; i < cluster->shared_count; i++) {
		struct router router = { 0 };

		if (cluster->shared[i].section->kind != CONF_ROUTER ||
		    !shared_has(&cluster->shared[i], node))
			continue;
		if (cluster_router(cluster, &cluster->shared[i], node, &router))
			add_router(traffics, &router);
		router_free(&router);
	}
	add_pods(traffics, &firewall.pods);
	firewall_free(&firewall);
}

/**
 * traffics_free() - Give back what traffics hold; they are empty afterwards.
 * @traffics: They.
 */
void traffics_free(struct traffics *traffics)
{
	while (traffics->name_count)
		free(traffics->names[--traffics->name_count]);
	free(traffics->names);
	free(traffics->list);
	memset(traffics, 0, sizeof(*traffics));
}
