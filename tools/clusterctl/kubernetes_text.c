// SPDX-License-Identifier: GPL-2.0
/*
 * What Kubernetes needs, as text that can be copied: all that is not to be copied is a
 * comment.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "kubernetes.h"

/**
 * kube_print_kubelet() - Print what is kubelet's.
 * @out: Where to.
 * @kube: The node.
 * @file: Where its arguments are read from.
 */
void kube_print_kubelet(FILE *out, const struct kube *kube, const char *file)
{
	char *node_ip = kube_node_ip(kube);

	fprintf(out, "# kubelet of node %s: %s\n"
		"# ('clusterctl kubernetes kubelet write' puts it there; then 'systemctl restart kubelet')\n"
		"KUBELET_EXTRA_ARGS=--node-ip=%s\n", node_name(kube->cluster, kube->node), file,
		node_ip);
	free(node_ip);
}

/**
 * kube_api_endpoint() - Where the API is reached, with its port.
 * @kube: The node.
 *
 * Return: The text, to be freed; NULL if nothing is said of it.
 */
char *kube_api_endpoint(const struct kube *kube)
{
	bool brackets = kube->api && strchr(kube->api, ':');
	char *text = NULL;

	if (kube->api && asprintf(&text, "%s%s%s:%d", brackets ? "[" : "", kube->api,
				  brackets ? "]" : "", KUBE_API_PORT) < 0)
		text = need_memory(NULL);
	return text;
}

static void print_registration(FILE *out, const struct kube *kube, const char *node_ip)
{
	fprintf(out, "nodeRegistration:\n  kubeletExtraArgs:\n");
	if (kube->beta == 3)
		fprintf(out, "    node-ip: \"%s\"\n", node_ip);
	else
		fprintf(out, "  - name: node-ip\n    value: \"%s\"\n", node_ip);
}

static void print_addresses(FILE *out, const struct kube *kube)
{
	const struct net_prefixes *own = &kube->cluster->nodes[kube->node].addresses;
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	fprintf(out, "apiServer:\n  certSANs:\n");
	if (kube->api)
		fprintf(out, "  - \"%s\"\n", kube->api);
	for (i = 0; i < own->count; i++)
		fprintf(out, "  - \"%s\"\n", address_text(&own->list[i].address, text));
}

static void print_pods(FILE *out, const struct kube *kube)
{
	char text[PREFIX_TEXT_MAX];
	unsigned int i;

	if (!kube->pods.count) {
		fprintf(out, "# podSubnet is not known: 'Pods = PREFIX' in [Firewall] says it\n");
		return;
	}
	fprintf(out, "networking:\n  podSubnet: \"");
	for (i = 0; i < kube->pods.count; i++)
		fprintf(out, "%s%s", i ? "," : "", prefix_text(&kube->pods.list[i], text));
	fprintf(out, "\"\n");
}

/**
 * kube_print_kubeadm() - Print what is kubeadm's.
 * @out: Where to.
 * @kube: The node.
 */
void kube_print_kubeadm(FILE *out, const struct kube *kube)
{
	char *node_ip = kube_node_ip(kube), *endpoint = kube_api_endpoint(kube), *first;

	first = copy_text(node_ip);
	first[strcspn(first, ",")] = '\0';
	fprintf(out, "# kubeadm, the first node of the control plane: kubeadm init --config FILE\n");
	if (kube->api_of)
		fprintf(out, "# %s is that of %s, which this node has to hold meanwhile\n",
			kube->api, kube->api_of);
	else if (!kube->api)
		fprintf(out, "# Without an address that fails over, a [VirtualRouter] on the VPN device or a\n"
			"# [ClusterIP], the API is gone with this node: 'api NAME' says which one it is\n");
	fprintf(out, "apiVersion: kubeadm.k8s.io/v1beta%u\nkind: InitConfiguration\n"
		"localAPIEndpoint:\n  advertiseAddress: \"%s\"\n  bindPort: %d\n", kube->beta, first,
		KUBE_API_PORT);
	print_registration(out, kube, node_ip);
	fprintf(out, "---\napiVersion: kubeadm.k8s.io/v1beta%u\nkind: ClusterConfiguration\n",
		kube->beta);
	if (endpoint)
		fprintf(out, "controlPlaneEndpoint: \"%s\"\n", endpoint);
	print_pods(out, kube);
	print_addresses(out, kube);
	if (endpoint)
		fprintf(out, "# others: kubeadm join %s ..., and for the control plane\n"
			"#   --control-plane --apiserver-advertise-address=%s\n", endpoint, first);
	free(first);
	free(endpoint);
	free(node_ip);
}

/**
 * kube_interfaces() - The WireGuard devices that nodes have.
 * @kube: The node.
 * @count: How many there are.
 *
 * Return: Their names, each once, that of the node first; the list is to be freed.
 */
char **kube_interfaces(const struct kube *kube, unsigned int *count)
{
	const struct cluster *cluster = kube->cluster;
	char **list = need_memory(calloc(cluster->node_count + 1, sizeof(*list)));
	unsigned int i, j;

	list[0] = (char *)(uintptr_t)cluster->nodes[kube->node].interface;
	*count = 1;
	for (i = 0; i < cluster->node_count; i++) {
		for (j = 0; j < *count && strcmp(list[j], cluster->nodes[i].interface); j++)
			;
		if (j == *count)
			list[(*count)++] = (char *)(uintptr_t)cluster->nodes[i].interface;
	}
	return list;
}

/**
 * kube_net_conf() - Flannel's net-conf.json.
 * @kube: The node.
 *
 * Return: The text, to be freed; NULL if the network of pods is not known.
 */
char *kube_net_conf(const struct kube *kube)
{
	const struct net_prefix *four = kube_pods(kube, 4), *six = kube_pods(kube, 16);
	struct json_object *conf, *backend;
	char text[PREFIX_TEXT_MAX], *copy;

	if (!four && !six)
		return NULL;
	conf = need_memory(json_object_new_object());
	backend = need_memory(json_object_new_object());
	if (four)
		json_object_object_add(conf, "Network",
				       json_object_new_string(prefix_text(four, text)));
	if (!four)
		json_object_object_add(conf, "EnableIPv4", json_object_new_boolean(false));
	if (six) {
		json_object_object_add(conf, "EnableIPv6", json_object_new_boolean(true));
		json_object_object_add(conf, "IPv6Network",
				       json_object_new_string(prefix_text(six, text)));
	}
	json_object_object_add(backend, "Type", json_object_new_string("vxlan"));
	json_object_object_add(conf, "Backend", backend);
	copy = copy_text(json_object_to_json_string_ext(conf, JSON_C_TO_STRING_PRETTY |
							JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(conf);
	return copy;
}

/**
 * kube_print_flannel() - Print what is flannel's.
 * @out: Where to.
 * @kube: The node.
 */
void kube_print_flannel(FILE *out, const struct kube *kube)
{
	char *conf = kube_net_conf(kube), **interfaces;
	unsigned int i, count;

	interfaces = kube_interfaces(kube, &count);
	fprintf(out, "# flannel, arguments of flanneld in its DaemonSet: each node takes the first device\n"
		"# that it has\n");
	for (i = 0; i < count; i++)
		fprintf(out, "- --iface=%s\n", interfaces[i]);
	fprintf(out, "# flannel, net-conf.json of its ConfigMap. With vxlan packets of pods go from node to\n"
		"# node; host-gw cannot work, for WireGuard drops what is not from the allowed IPs of a\n"
		"# peer. Flannel takes the MTU of the device less %u: %s%u.\n", kube_overhead(kube),
		kube->mtu_known ? "" : "usually ", kube->mtu - kube_overhead(kube));
	if (conf)
		fprintf(out, "%s\n", conf);
	else
		fprintf(out, "# Network is not known: 'Pods = PREFIX' in [Firewall] says it\n");
	free(interfaces);
	free(conf);
}
