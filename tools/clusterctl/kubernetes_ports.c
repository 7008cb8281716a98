// SPDX-License-Identifier: GPL-2.0
/*
 * What the section [Firewall] says of Kubernetes: closed from outside, open where its
 * parts speak with each other.
 */
#include "kubernetes.h"

#define TCP 6
#define UDP 17

/* What Kubernetes listens at, and what would be lost. */
static const struct {
	uint16_t first;
	uint16_t last;
	const char *what;
} listeners[] = {
	{ 2379, 2380, "etcd (TCP 2379-2380)" },
	{ 6443, 6443, "the API (TCP 6443)" },
	{ 10250, 10250, "kubelet (TCP 10250)" },
	{ 10257, 10257, "the controller manager (TCP 10257)" },
	{ 10259, 10259, "the scheduler (TCP 10259)" },
	{ 30000, 32767, "NodePorts (TCP 30000-32767)" },
};

/**
 * struct way - What is looked for in the rules.
 * @from: ZONE_OUTSIDE or its like.
 * @to: The same.
 * @protocol: Of the packets, PROTO_ALL for all of them.
 * @first: First port.
 * @last: Last port.
 */
struct way {
	unsigned int from;
	unsigned int to;
	int protocol;
	uint16_t first;
	uint16_t last;
};

/* Whether a rule has all of it, or only some. */
static bool has(const struct rule *rule, const struct way *way, bool all)
{
	unsigned int i;

	if (!(rule->from.zones & way->from) || !(rule->to.zones & way->to))
		return false;
	if (rule->protocol != PROTO_ALL && rule->protocol != way->protocol)
		return way->protocol == PROTO_ALL && !all;
	/* A prefix is a part of a zone. */
	if (all && (rule->from.prefix.address.length || rule->to.prefix.address.length))
		return false;
	if (!rule->port_count || all)
		return rule_has_ports(rule, way->first, way->last);
	for (i = 0; i < rule->port_count; i++)
		if (rule->ports[i].first <= way->last && rule->ports[i].last >= way->first)
			return true;
	return false;
}

/* The rule that lets some of it pass, NULL for none; what is published shall be open. */
static const struct rule *find_leak(const struct firewall *firewall, const struct way *way)
{
	unsigned int i;

	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->action == RULE_ACCEPT && has(rule, way, false))
			return rule;
		if ((rule->action == RULE_DROP || rule->action == RULE_REJECT) &&
		    has(rule, way, true))
			return NULL;
	}
	return NULL;
}

/* The rule that lets not all of it pass; NULL if all of it passes by @open. */
static const struct rule *find_stop(const struct firewall *firewall, const struct way *way,
				    bool *open)
{
	unsigned int i;

	*open = false;
	for (i = 0; i < firewall->rule_count; i++) {
		const struct rule *rule = &firewall->rules[i];

		if (rule->action == RULE_ACCEPT && has(rule, way, true)) {
			*open = true;
			return NULL;
		}
		if ((rule->action == RULE_DROP || rule->action == RULE_REJECT) &&
		    has(rule, way, false))
			return rule;
	}
	return NULL;
}

static void check_closed(struct kube_checks *checks, const struct kube *kube)
{
	struct way led_on = {
		.from = ZONE_OUTSIDE, .to = ZONE_PODS, .protocol = TCP, .first = 1, .last = 65535,
	};
	const struct rule *leak = find_leak(&kube->firewall, &led_on);
	unsigned int i, open = 0;

	/* Those of services are led on to pods before they come to any rule. */
	if (leak) {
		open++;
		kube_add_check(checks, "ports", false,
			       "line %u of %s opens pods to the outside, and NodePorts that lead to them: leave 'outside' out there, or say 'Publish = tcp PORTS' for what shall be open",
			       leak->line->number, kube->cluster->conf->file);
	}
	for (i = 0; i < sizeof(listeners) / sizeof(listeners[0]); i++) {
		struct way way = {
			.from = ZONE_OUTSIDE, .to = ZONE_NODE, .protocol = TCP,
			.first = listeners[i].first, .last = listeners[i].last,
		};
		const struct rule *rule = find_leak(&kube->firewall, &way);

		if (!rule)
			continue;
		open++;
		kube_add_check(checks, "ports", false,
			       "line %u of %s opens %s to the outside: leave 'outside' out there, or say 'Publish = tcp PORTS' for what shall be open",
			       rule->line->number, kube->cluster->conf->file, listeners[i].what);
	}
	if (!open)
		kube_add_check(checks, "ports", true,
			       "closed from outside but for what is published: 2379-2380, 6443, 10250, 10257, 10259, 30000-32767");
}

static void check_open(struct kube_checks *checks, const struct kube *kube, const char *name,
		       const struct way *way, const char *what, const char *remedy)
{
	const struct rule *rule;
	bool open;

	rule = find_stop(&kube->firewall, way, &open);
	if (open)
		kube_add_check(checks, name, true, "%s passes", what);
	else if (rule)
		kube_add_check(checks, name, false, "line %u of %s stops %s: '%s' expected before it",
			       rule->line->number, kube->cluster->conf->file, what, remedy);
	else
		kube_add_check(checks, name, false, "nothing lets %s pass: '%s' expected in [Firewall]",
			       what, remedy);
}

/**
 * kube_check_firewall() - Check what the section [Firewall] says.
 * @checks: Added to.
 * @kube: The node.
 * @facts: What its machine is like.
 */
void kube_check_firewall(struct kube_checks *checks, const struct kube *kube,
			 const struct kube_facts *facts)
{
	static const struct way api = { ZONE_VPN, ZONE_NODE, TCP, 6443, 6443 };
	static const struct way kubelet = { ZONE_VPN, ZONE_NODE, TCP, 10250, 10250 };
	static const struct way vxlan = {
		ZONE_VPN, ZONE_NODE, UDP, KUBE_VXLAN_PORT, KUBE_VXLAN_PORT,
	};
	static const struct way pods = { ZONE_PODS, ZONE_PODS, PROTO_ALL, 1, 65535 };
	static const struct way pods_api = { ZONE_PODS, ZONE_NODE, TCP, 6443, 6443 };

	if (!kube->has_firewall) {
		kube_add_check(checks, "ports", false,
			       "nothing closes what Kubernetes listens at from outside: a section [Firewall] expected in %s",
			       kube->cluster->conf->file);
		return;
	}
	if (facts->known && !facts->table)
		kube_add_check(checks, "firewall", false,
			       "the table 'inet kcluster' is not there: 'clusterctl setup' makes it");
	check_closed(checks, kube);
	check_open(checks, kube, "api", &api, "the API (TCP 6443 from the VPN)",
		   "Accept = vpn to node tcp 6443");
	check_open(checks, kube, "kubelet-port", &kubelet, "kubelet (TCP 10250 from the VPN)",
		   "Accept = vpn to node tcp 10250");
	check_open(checks, kube, "vxlan", &vxlan, "flannel's vxlan (UDP 8472 from the VPN)",
		   "Accept = vpn to node udp 8472");
	if (!kube->pods.count) {
		kube_add_check(checks, "pods", false,
			       "which network pods have is not said: 'Pods = PREFIX' expected in [Firewall]");
		return;
	}
	check_open(checks, kube, "pods", &pods, "what goes from pod to pod",
		   "Accept = pods to pods");
	check_open(checks, kube, "pods-api", &pods_api, "the API (TCP 6443 from pods)",
		   "Accept = pods to node tcp 6443");
}
