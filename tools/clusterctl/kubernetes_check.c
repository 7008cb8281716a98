// SPDX-License-Identifier: GPL-2.0
/*
 * What went wrong with Kubernetes in a VPN before, looked for: each check says what is, and
 * what would be right.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "kubernetes.h"

/* What WireGuard adds to a packet over IPv4, and over IPv6. */
#define WIREGUARD_OVERHEAD 60

/**
 * kube_add_check() - Add what became of a check.
 * @checks: They.
 * @name: Which.
 * @good: It is as it shall be.
 * @format: What is, and what would be right, as for printf().
 */
void kube_add_check(struct kube_checks *checks, const char *name, bool good,
		    const char *format, ...)
{
	struct kube_check *check;
	va_list args;

	checks->list = need_memory(realloc(checks->list, (checks->count + 1) *
					   sizeof(*checks->list)));
	check = &checks->list[checks->count++];
	check->name = name;
	check->good = good;
	va_start(args, format);
	if (vasprintf(&check->text, format, args) < 0)
		check->text = need_memory(NULL);
	va_end(args);
}

/**
 * kube_checks_free() - Give back what checks hold; there are none afterwards.
 * @checks: They.
 */
void kube_checks_free(struct kube_checks *checks)
{
	while (checks->count)
		free(checks->list[--checks->count].text);
	free(checks->list);
	checks->list = NULL;
}

static void check_forwarding(struct kube_checks *checks, const struct kube *kube,
			     const struct kube_facts *facts)
{
	bool six = kube_pods(kube, 16);

	if (!facts->forwarding)
		kube_add_check(checks, "forwarding", false,
			       "IPv4 is not forwarded, so pods reach nobody: 'sysctl -w net.ipv4.ip_forward=1' and a line in /etc/sysctl.d expected");
	if (six && !facts->forwarding6)
		kube_add_check(checks, "forwarding", false,
			       "IPv6 is not forwarded, so pods reach nobody: 'sysctl -w net.ipv6.conf.all.forwarding=1' and a line in /etc/sysctl.d expected");
	if (facts->forwarding && (!six || facts->forwarding6))
		kube_add_check(checks, "forwarding", true, "packets are forwarded");
}

static void check_filter(struct kube_checks *checks, const char *name,
			 const struct kube_device *device)
{
	if (!device->exists || device->rp_filter < 0)
		return;
	if (device->rp_filter == 1)
		kube_add_check(checks, "rp_filter", false,
			       "%s takes packets only by the way that leads back, so those of pods of other nodes can be dropped: 'sysctl -w net/ipv4/conf/%s/rp_filter=2' expected, which counts more than that of all",
			       name, name);
	else
		kube_add_check(checks, "rp_filter", true, "%s takes packets by any way (%d)", name,
			       device->rp_filter);
}

static void check_mtu(struct kube_checks *checks, const struct kube *kube,
		      const struct kube_facts *facts)
{
	const char *interface = kube->cluster->nodes[kube->node].interface;
	uint32_t most = kube->mtu - kube_overhead(kube);
	unsigned int before = checks->count;

	if (facts->tunnel.exists && facts->link_mtu &&
	    facts->tunnel.mtu + WIREGUARD_OVERHEAD > facts->link_mtu)
		kube_add_check(checks, "mtu", false,
			       "%s has %u, but the way to other nodes only %u, of which WireGuard takes 80: 'MTU = auto' or at most %u expected in the cluster file",
			       interface, facts->tunnel.mtu, facts->link_mtu,
			       facts->link_mtu > 80 ? facts->link_mtu - 80 : 0);
	if (facts->vxlan.exists && facts->vxlan.mtu > most)
		kube_add_check(checks, "mtu", false,
			       "flannel.1 has %u, but %s only %u, of which vxlan takes %u: at most %u expected, which flannel takes by itself when it is started anew with --iface=%s",
			       facts->vxlan.mtu, interface, kube->mtu, kube_overhead(kube), most,
			       interface);
	if (facts->bridge.exists && facts->bridge.mtu > most)
		kube_add_check(checks, "mtu", false,
			       "cni0 has %u, but packets of pods may have only %u: 'ip link delete cni0' and new pods expected, once flannel has the right device",
			       facts->bridge.mtu, most);
	if (before == checks->count)
		kube_add_check(checks, "mtu", true, "%s has %u, which leaves %u for pods", interface,
			       kube->mtu, most);
}

static void check_one_network(struct kube_checks *checks, const struct kube_facts *facts,
			      const struct net_prefix *pods, const char *network)
{
	char text[PREFIX_TEXT_MAX];

	if (!pods && !network)
		return;
	if (pods && network && !strcmp(prefix_text(pods, text), network))
		kube_add_check(checks, "pod-network", true, "%s is that of flannel as well (%s)",
			       text, facts->net_conf);
	else if (pods && network)
		kube_add_check(checks, "pod-network", false,
			       "pods have %s in the cluster file, but %s in flannel's %s, so DNS and all else between them fails: the same expected in both, and as kubeadm's podSubnet",
			       prefix_text(pods, text), network, facts->net_conf);
	else if (pods)
		kube_add_check(checks, "pod-network", false,
			       "pods have %s in the cluster file, but flannel's %s has no such network: the same expected in both",
			       prefix_text(pods, text), facts->net_conf);
	else
		kube_add_check(checks, "pod-network", false,
			       "flannel's %s has %s, which the cluster file does not have: 'Pods = %s' expected in [Firewall]",
			       facts->net_conf, network, network);
}

static void check_network(struct kube_checks *checks, const struct kube *kube,
			  const struct kube_facts *facts)
{
	if (!facts->net_conf)
		return;
	check_one_network(checks, facts, kube_pods(kube, 4), facts->network);
	check_one_network(checks, facts, kube_pods(kube, 16), facts->network6);
	if (facts->backend && !strcmp(facts->backend, "host-gw"))
		kube_add_check(checks, "backend", false,
			       "flannel's backend is host-gw, but WireGuard drops what is not from the allowed IPs of a peer: \"Type\": \"vxlan\" expected in %s",
			       facts->net_conf);
}

static void check_kubelet(struct kube_checks *checks, const struct kube *kube,
			  const struct kube_facts *facts)
{
	char *node_ip = kube_node_ip(kube);

	if (facts->kubelet_ip && !strcmp(facts->kubelet_ip, node_ip))
		kube_add_check(checks, "node-ip", true, "kubelet takes %s", node_ip);
	else if (facts->kubelet_ip)
		kube_add_check(checks, "node-ip", false,
			       "kubelet takes %s for its address: %s expected, which 'clusterctl kubernetes kubelet write' puts into %s",
			       facts->kubelet_ip, node_ip, facts->kubelet_file);
	else if (facts->kubelet_there)
		kube_add_check(checks, "node-ip", false,
			       "kubelet takes the address of the default route, so the node is registered with one outside the VPN: --node-ip=%s expected, which 'clusterctl kubernetes kubelet write' puts into %s",
			       node_ip, facts->kubelet_file);
	free(node_ip);
}

/**
 * kube_check() - Check what can be checked.
 * @checks: Filled in; starts out zeroed. To be freed with kube_checks_free().
 * @kube: The node.
 * @facts: What its machine is like, if it is this one.
 */
void kube_check(struct kube_checks *checks, const struct kube *kube,
		const struct kube_facts *facts)
{
	const char *interface = kube->cluster->nodes[kube->node].interface;

	if (facts->known) {
		if (facts->wireguard >= 0)
			kube_add_check(checks, "wireguard", facts->wireguard,
				       facts->wireguard ? "the kernel has WireGuard" :
				       "this kernel has no WireGuard (\"Unknown device type\"): one of 5.6 or later expected, with the module wireguard, as distributions have it");
		if (!facts->tunnel.exists)
			kube_add_check(checks, "tunnel", false,
				       "there is no device %s: 'clusterctl setup' makes it",
				       interface);
		check_forwarding(checks, kube, facts);
		check_filter(checks, interface, &facts->tunnel);
		check_filter(checks, "flannel.1", &facts->vxlan);
		check_filter(checks, "cni0", &facts->bridge);
		check_mtu(checks, kube, facts);
		check_kubelet(checks, kube, facts);
	}
	kube_check_firewall(checks, kube, facts);
	check_network(checks, kube, facts);
}
