// SPDX-License-Identifier: GPL-2.0
/*
 * Flannel's network, out of what it is told and what it tells.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "kubernetes.h"

/* As a network is written in the cluster file; NULL for none. */
static char *network_text(const char *given)
{
	struct net_prefix prefix = { 0 };
	char text[PREFIX_TEXT_MAX];
	const char *why;
	int length;

	if (!given || !*given || parse_prefix(given, &prefix.address, &length, &why) ||
	    length > 8 * prefix.address.length)
		return NULL;
	prefix.length = length < 0 ? 8 * prefix.address.length : (uint8_t)length;
	prefix_clear_host(&prefix);
	return copy_text(prefix_text(&prefix, text));
}

/**
 * kube_take_net_conf() - Take flannel's network out of its configuration.
 * @facts: Gets it.
 * @text: net-conf.json, or the manifest that it is in.
 *
 * Return: Whether there was one.
 */
bool kube_take_net_conf(struct kube_facts *facts, const char *text)
{
	const char *inside = strstr(text, "net-conf.json");
	struct json_object *conf, *backend = NULL;

	inside = strchr(inside ?: text, '{');
	conf = inside ? json_tokener_parse(inside) : NULL;
	if (!json_object_is_type(conf, json_type_object)) {
		json_object_put(conf);
		return false;
	}
	facts->network = network_text(json_text(conf, "Network"));
	facts->network6 = network_text(json_text(conf, "IPv6Network"));
	if (json_object_object_get_ex(conf, "Backend", &backend))
		facts->backend = copy_text(json_text(backend, "Type"));
	json_object_put(conf);
	return facts->network || facts->network6;
}

/**
 * kube_take_subnet_env() - Take flannel's network out of what it tells on each node.
 * @facts: Gets it.
 * @text: Its subnet.env.
 */
void kube_take_subnet_env(struct kube_facts *facts, const char *text)
{
	char *four = kubelet_find(text, "FLANNEL_NETWORK=");
	char *six = kubelet_find(text, "FLANNEL_IPV6_NETWORK=");

	facts->network = network_text(four);
	facts->network6 = network_text(six);
	free(four);
	free(six);
}

/**
 * kube_facts_free() - Give back what facts hold; they are empty afterwards.
 * @facts: They.
 */
void kube_facts_free(struct kube_facts *facts)
{
	free(facts->kubelet_ip);
	free(facts->network);
	free(facts->network6);
	free(facts->backend);
	memset(facts, 0, sizeof(*facts));
}
