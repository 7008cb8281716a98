// SPDX-License-Identifier: GPL-2.0
/*
 * What this machine is like, as far as Kubernetes is concerned.
 */
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "foreign.h"
#include "kubernetes.h"
#include "rules.h"

#define SUBNET_ENV "/run/flannel/subnet.env"
#define KUBEADM_FLAGS "/var/lib/kubelet/kubeadm-flags.env"

/* Files of /proc/sys cannot be read by much at once. */
static char *slurp(const char *file)
{
	FILE *in = fopen(file, "re");
	char *text = NULL;
	size_t size = 0;

	if (!in)
		return NULL;
	if (getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = NULL;
	}
	fclose(in);
	return text;
}

/* A number of /proc/sys; -1 if it is not there. */
static int read_switch(const char *before, const char *name, const char *after)
{
	char *path, *text;
	int value = -1;

	if (asprintf(&path, "/proc/sys/net/%s%s%s", before, name, after) < 0)
		need_memory(NULL);
	text = slurp(path);
	if (text)
		value = atoi(text);
	free(text);
	free(path);
	return value;
}

/* The files of /sys are those of the network namespace that has mounted them. */
static uint32_t device_mtu(const char *name)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = { 0 };
	uint32_t mtu = 0;

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (fd >= 0 && !ioctl(fd, SIOCGIFMTU, &request))
		mtu = (uint32_t)request.ifr_mtu;
	if (fd >= 0)
		close(fd);
	return mtu;
}

static void look_at_device(struct kube_device *device, const char *name)
{
	int all = read_switch("ipv4/conf/", "all", "/rp_filter");
	int own = read_switch("ipv4/conf/", name, "/rp_filter");

	device->mtu = device_mtu(name);
	device->exists = device->mtu;
	device->rp_filter = own > all ? own : all;
}

static uint32_t way_out(void)
{
	unsigned int i, count;
	char **outside = foreign_outside(&count);
	uint32_t least = 0;

	for (i = 0; i < count; i++) {
		uint32_t mtu = device_mtu(outside[i]);

		if (mtu && (!least || mtu < least))
			least = mtu;
		free(outside[i]);
	}
	free(outside);
	return least;
}

static int look_for_table(void)
{
	bool there;
	char *table;

	if (geteuid() || rules_read(&table, false) != DONE)
		return -1;
	there = table;
	free(table);
	return there;
}

static void look_at_flannel(struct kube_facts *facts, const char *net_conf)
{
	const char *file = net_conf ?: facts->known && !access(SUBNET_ENV, R_OK) ? SUBNET_ENV : NULL;
	char *text = file ? slurp(file) : NULL;

	facts->net_conf = file;
	if (net_conf && !text)
		warning("net-conf '%s': cannot be read", net_conf);
	if (!text)
		return;
	if (strstr(text, "FLANNEL_"))
		kube_take_subnet_env(facts, text);
	else if (!kube_take_net_conf(facts, text))
		warning("net-conf '%s': flannel's net-conf.json, a manifest that contains it, or its subnet.env expected",
			file);
	free(text);
}

/* What kubeadm says comes before what the user says, who therefore wins. */
static void look_at_kubelet(struct kube_facts *facts)
{
	static const char * const signs[] = {
		"/usr/bin/kubelet", "/usr/local/bin/kubelet", "/var/lib/kubelet/config.yaml",
	};
	char *own = slurp(facts->kubelet_file), *theirs = slurp(KUBEADM_FLAGS);
	unsigned int i;

	if (own)
		facts->kubelet_ip = kubelet_find(own, "--node-ip=");
	if (theirs && !facts->kubelet_ip)
		facts->kubelet_ip = kubelet_find(theirs, "--node-ip=");
	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		facts->kubelet_there |= !access(signs[i], F_OK);
	free(own);
	free(theirs);
}

static int look_for_wireguard(const struct kube_facts *facts)
{
	if (facts->tunnel.exists || !access("/sys/module/wireguard", F_OK))
		return 1;
	return !system("modprobe -q -n wireguard 2>/dev/null");
}

/**
 * kube_look() - See what this machine is like.
 * @facts: Filled in; says whether this is the machine of the node. To be freed with
 *	kube_facts_free().
 * @kube: The node.
 * @net_conf: File with flannel's network, NULL for what it tells itself.
 */
void kube_look(struct kube_facts *facts, const struct kube *kube, const char *net_conf)
{
	facts->kubelet_file = kubelet_file("");
	facts->wireguard = -1;
	facts->table = -1;
	if (facts->known) {
		look_at_device(&facts->tunnel, kube->cluster->nodes[kube->node].interface);
		look_at_device(&facts->vxlan, "flannel.1");
		look_at_device(&facts->bridge, "cni0");
		facts->link_mtu = way_out();
		facts->forwarding = read_switch("ipv4/", "ip_forward", "") > 0;
		facts->forwarding6 = read_switch("ipv6/conf/", "all", "/forwarding") > 0;
		facts->wireguard = look_for_wireguard(facts);
		if (kube->has_firewall)
			facts->table = look_for_table();
		look_at_kubelet(facts);
	}
	look_at_flannel(facts, net_conf);
}

/**
 * kube_beta() - Which configuration does the kubeadm of this machine take?
 *
 * v1beta4 is there since 1.31, and v1beta3 is to go after 1.33.
 *
 * Return: 3 or 4; 4 where there is no kubeadm.
 */
unsigned int kube_beta(void)
{
	FILE *in = popen("kubeadm version -o short 2>/dev/null", "re");
	unsigned int minor = 0, beta = 4;

	if (in && fscanf(in, "v1.%u", &minor) == 1 && minor < 31)
		beta = 3;
	if (in)
		pclose(in);
	return beta;
}
