/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a node of a cluster file needs to be one of Kubernetes as well: kubelet, kubeadm
 * and flannel told to stay inside the VPN, and what can be checked of that. Pure but for
 * kubernetes_facts.c.
 */
#ifndef KUBERNETES_H
#define KUBERNETES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cluster.h"
#include "cluster_firewall.h"

struct json_object;

#define KUBE_API_PORT	6443
/* What a packet of VXLAN has around it, over IPv4 and over IPv6. */
#define KUBE_VXLAN_OVERHEAD	50
#define KUBE_VXLAN_OVERHEAD6	70
/* Linux' port, which is flannel's. */
#define KUBE_VXLAN_PORT	8472

/**
 * struct kube - A node as Kubernetes shall see it.
 * @cluster: The cluster, which was checked.
 * @node: The node.
 * @pods: Networks of pods.
 * @has_firewall: Whether the node has one.
 * @firewall: Its firewall, if it has one.
 * @api: Where all reach the API, an address or a name; NULL if nothing is said.
 * @api_of: What has that address, for people; NULL if it was given as it is.
 * @mtu: MTU of the tunnel, if @mtu_known.
 * @mtu_known: It is that of the device, or in the file.
 * @beta: 3 or 4: version of kubeadm's configuration.
 */
struct kube {
	struct cluster *cluster;
	unsigned int node;
	struct net_prefixes pods;
	bool has_firewall;
	struct firewall firewall;
	char *api;
	char *api_of;
	uint32_t mtu;
	bool mtu_known;
	unsigned int beta;
};

/**
 * struct kube_device - A device of this machine.
 * @exists: It is there.
 * @mtu: Its MTU.
 * @rp_filter: 0, 1 or 2, what counts of all and its own; -1 if not known.
 */
struct kube_device {
	bool exists;
	uint32_t mtu;
	int rp_filter;
};

/**
 * struct kube_facts - What this machine is like.
 * @known: Anything is known: it is the node that is asked for.
 * @wireguard: The kernel has WireGuard; -1 if that is not known.
 * @forwarding: IPv4 is forwarded.
 * @forwarding6: IPv6 is forwarded.
 * @table: Our table of nftables is there; -1 if that is not known.
 * @tunnel: The WireGuard device.
 * @link_mtu: MTU of the way to the endpoints, 0 if not known.
 * @vxlan: flannel.1.
 * @bridge: cni0.
 * @kubelet_file: Where kubelet's arguments are read from.
 * @kubelet_ip: What they say of node-ip; NULL if nothing.
 * @kubelet_there: There is a kubelet.
 * @net_conf: File with flannel's network; NULL if there is none.
 * @network: Flannel's network, of IPv4; NULL for none.
 * @network6: The same of IPv6.
 * @backend: Flannel's backend; NULL if not known.
 */
struct kube_facts {
	bool known;
	int wireguard;
	bool forwarding;
	bool forwarding6;
	int table;
	struct kube_device tunnel;
	uint32_t link_mtu;
	struct kube_device vxlan;
	struct kube_device bridge;
	const char *kubelet_file;
	char *kubelet_ip;
	bool kubelet_there;
	const char *net_conf;
	char *network;
	char *network6;
	char *backend;
};

/**
 * struct kube_check - What became of a check.
 * @name: Which.
 * @good: It is as it shall be.
 * @text: What is, and if it is not good what would be right.
 */
struct kube_check {
	const char *name;
	bool good;
	char *text;
};

/**
 * struct kube_checks - All of them.
 * @list: They, @count of them.
 * @count: See @list.
 */
struct kube_checks {
	struct kube_check *list;
	unsigned int count;
};

/* kubernetes_plan.c: out of a cluster */
bool kube_make(struct kube *kube, struct cluster *cluster, unsigned int node, const char *api);
void kube_free(struct kube *kube);
const struct net_prefix *kube_address(const struct kube *kube, uint8_t family);
const struct net_prefix *kube_pods(const struct kube *kube, uint8_t family);
char *kube_node_ip(const struct kube *kube);
uint32_t kube_overhead(const struct kube *kube);

/* kubernetes_text.c: what to write where */
void kube_print_kubelet(FILE *out, const struct kube *kube, const char *file);
void kube_print_kubeadm(FILE *out, const struct kube *kube);
void kube_print_flannel(FILE *out, const struct kube *kube);
char *kube_api_endpoint(const struct kube *kube);
char *kube_net_conf(const struct kube *kube);
char **kube_interfaces(const struct kube *kube, unsigned int *count);

/* kubernetes_kubelet.c: kubelet's file */
const char *kubelet_file(const char *root);
char *kubelet_merge(const char *text, const char *node_ip, char **before);
char *kubelet_find(const char *text, const char *option);

/* kubernetes_check.c: what is right and what is not */
void kube_check(struct kube_checks *checks, const struct kube *kube,
		const struct kube_facts *facts);
void kube_add_check(struct kube_checks *checks, const char *name, bool good,
		    const char *format, ...) __attribute__((format(printf, 4, 5)));
void kube_checks_free(struct kube_checks *checks);

/* kubernetes_ports.c: of the section [Firewall] */
void kube_check_firewall(struct kube_checks *checks, const struct kube *kube,
			 const struct kube_facts *facts);

/* kubernetes_network.c: flannel's network */
bool kube_take_net_conf(struct kube_facts *facts, const char *text);
void kube_take_subnet_env(struct kube_facts *facts, const char *text);
void kube_facts_free(struct kube_facts *facts);

/* kubernetes_facts.c: what this machine is like */
void kube_look(struct kube_facts *facts, const struct kube *kube, const char *net_conf);
unsigned int kube_beta(void);

#endif
