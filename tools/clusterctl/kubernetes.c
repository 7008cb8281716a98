// SPDX-License-Identifier: GPL-2.0
/*
 * The object kubernetes: what a node of the cluster file needs to be one of Kubernetes.
 */
#include <json-c/json.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "key.h"
#include "kubernetes.h"
#include "output.h"
#include "setup.h"

const char kubernetes_usage[] =
	"Usage: clusterctl [ -j ] kubernetes [ kubelet [ write ] | kubeadm | flannel | check ]\n"
	"                  [ node NAME ] [ api NAME | ADDRESS ] [ net-conf FILE ]\n"
	"                  [ kubeadm-config v1beta3 | v1beta4 ] [ -f FILE ] [ -key FILE ]\n"
	"Prints what kubelet, kubeadm and flannel need on this node, or on NAME, to stay in the\n"
	"VPN of a cluster file, and checks what can be checked. With api all reach the API by\n"
	"that virtual router or cluster IP, or by that address; else it is the first one that\n"
	"has an address in the VPN. With write kubelet's file is changed, else nothing is.\n"
	"check exits with 1 if something is wrong.\n";

enum part {
	PART_KUBELET, PART_KUBEADM, PART_FLANNEL, PART_CHECK, PART_ALL,
};

/**
 * struct request - What was asked for.
 * @part: Of all that there is.
 * @write: kubelet's file is to be changed.
 * @name: Of the node, NULL for this one.
 * @api: What was said of the API, NULL for nothing.
 * @net_conf: File with flannel's network, NULL for what it tells itself.
 * @beta: Version of kubeadm's configuration, 0 for that of this machine.
 */
struct request {
	enum part part;
	bool write;
	const char *name;
	const char *api;
	const char *net_conf;
	unsigned int beta;
};

static enum status write_kubelet(const struct kube *kube, const struct kube_facts *facts)
{
	const char *file = facts->kubelet_file;
	char *node_ip = kube_node_ip(kube), *text = NULL, *before, *merged;
	bool there = !access(file, F_OK);
	enum status status = DONE;
	size_t length;

	if (!facts->known) {
		error("kubernetes: kubelet write: this machine is not node %s: without 'node NAME' expected, on the node itself",
		      node_name(kube->cluster, kube->node));
		free(node_ip);
		return REFUSED;
	}
	if (there)
		text = conf_slurp(file, &length);
	if (there && !text) {
		free(node_ip);
		return REFUSED;
	}
	merged = kubelet_merge(text ?: "", node_ip, &before);
	if (before && !strcmp(before, node_ip))
		printf("%s: it has --node-ip=%s already\n", file, node_ip);
	else if (there ? file_replace(file, merged) : file_create(file, merged, 0644, false))
		status = REFUSED;
	else
		printf("%s: --node-ip=%s %s%s; 'systemctl restart kubelet' makes kubelet take it\n",
		       file, node_ip, before ? "put in the place of " : "added", before ?: "");
	free(merged);
	free(before);
	free(text);
	free(node_ip);
	return status;
}

/* --- JSON ------------------------------------------------------------------------ */

static struct json_object *kubelet_json(const struct kube *kube, const struct kube_facts *facts)
{
	struct json_object *object = need_memory(json_object_new_object());
	char *node_ip = kube_node_ip(kube);

	json_add_text(object, "file", facts->kubelet_file);
	json_add_text(object, "node-ip", node_ip);
	free(node_ip);
	return object;
}

static struct json_object *list_of(const struct net_prefixes *prefixes, bool networks)
{
	struct json_object *list = need_memory(json_object_new_array());
	char text[PREFIX_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < prefixes->count; i++) {
		const struct net_prefix *prefix = &prefixes->list[i];

		json_object_array_add(list, json_object_new_string(networks ?
			prefix_text(prefix, text) : address_text(&prefix->address, text)));
	}
	return list;
}

static struct json_object *kubeadm_json(const struct kube *kube)
{
	struct json_object *object = need_memory(json_object_new_object()), *names;
	char *node_ip = kube_node_ip(kube), *endpoint = kube_api_endpoint(kube);

	node_ip[strcspn(node_ip, ",")] = '\0';
	json_add_text(object, "apiVersion", kube->beta == 3 ? "kubeadm.k8s.io/v1beta3" :
							       "kubeadm.k8s.io/v1beta4");
	json_add_text(object, "advertiseAddress", node_ip);
	json_add_number(object, "bindPort", KUBE_API_PORT);
	json_add_text(object, "controlPlaneEndpoint", endpoint);
	json_object_object_add(object, "podSubnet", list_of(&kube->pods, true));
	names = list_of(&kube->cluster->nodes[kube->node].addresses, false);
	if (kube->api)
		json_object_array_add(names, json_object_new_string(kube->api));
	json_object_object_add(object, "certSANs", names);
	free(endpoint);
	free(node_ip);
	return object;
}

static struct json_object *flannel_json(const struct kube *kube)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *list = need_memory(json_object_new_array());
	char *conf = kube_net_conf(kube), **interfaces;
	unsigned int i, count;

	interfaces = kube_interfaces(kube, &count);
	for (i = 0; i < count; i++)
		json_object_array_add(list, json_object_new_string(interfaces[i]));
	json_object_object_add(object, "iface", list);
	if (conf)
		json_object_object_add(object, "net-conf", json_tokener_parse(conf));
	json_add_number(object, "mtu", kube->mtu - kube_overhead(kube));
	free(interfaces);
	free(conf);
	return object;
}

static struct json_object *checks_json(const struct kube_checks *checks)
{
	struct json_object *list = need_memory(json_object_new_array());
	unsigned int i;

	for (i = 0; i < checks->count; i++) {
		struct json_object *object = need_memory(json_object_new_object());

		json_add_text(object, "check", checks->list[i].name);
		json_add_bool(object, "good", checks->list[i].good);
		json_add_text(object, "text", checks->list[i].text);
		json_object_array_add(list, object);
	}
	return list;
}

static void print_json(const struct kube *kube, const struct kube_facts *facts,
		       const struct kube_checks *checks, enum part part)
{
	struct json_object *object = need_memory(json_object_new_object());

	json_add_text(object, "node", node_name(kube->cluster, kube->node));
	if (part == PART_KUBELET || part == PART_ALL)
		json_object_object_add(object, "kubelet", kubelet_json(kube, facts));
	if (part == PART_KUBEADM || part == PART_ALL)
		json_object_object_add(object, "kubeadm", kubeadm_json(kube));
	if (part == PART_FLANNEL || part == PART_ALL)
		json_object_object_add(object, "flannel", flannel_json(kube));
	if (part == PART_CHECK || part == PART_ALL)
		json_object_object_add(object, "checks", checks_json(checks));
	json_print(object);
}

/* --- text ------------------------------------------------------------------------- */

static void print_checks(const struct kube_checks *checks, const char *before)
{
	unsigned int i;

	for (i = 0; i < checks->count; i++) {
		const struct kube_check *check = &checks->list[i];

		fputs(before, stdout);
		print_colored(check->good ? COLOR_GOOD : COLOR_BAD, check->good ? "good" : "WRONG");
		printf(" %s: %s\n", check->name, check->text);
	}
}

static void print_text(const struct kube *kube, const struct kube_facts *facts,
		       const struct kube_checks *checks, enum part part)
{
	if (part == PART_KUBELET || part == PART_ALL)
		kube_print_kubelet(stdout, kube, facts->kubelet_file);
	if (part == PART_ALL)
		putchar('\n');
	if (part == PART_KUBEADM || part == PART_ALL)
		kube_print_kubeadm(stdout, kube);
	if (part == PART_ALL)
		putchar('\n');
	if (part == PART_FLANNEL || part == PART_ALL)
		kube_print_flannel(stdout, kube);
	if (part == PART_ALL)
		printf("\n# checks\n");
	if (part == PART_CHECK || part == PART_ALL)
		print_checks(checks, part == PART_ALL ? "# " : "");
}

static enum status show(const struct kube *kube, const struct kube_facts *facts,
			enum part part)
{
	struct kube_checks checks = { 0 };
	enum status status = DONE;
	unsigned int i;

	if (part == PART_CHECK || part == PART_ALL)
		kube_check(&checks, kube, facts);
	if (options.json)
		print_json(kube, facts, &checks, part);
	else
		print_text(kube, facts, &checks, part);
	for (i = 0; part == PART_CHECK && i < checks.count; i++)
		if (!checks.list[i].good)
			status = REFUSED;
	kube_checks_free(&checks);
	return status;
}

/* --- the command ------------------------------------------------------------------ */

static enum status find_node(struct setup *setup, const char *name, bool *own)
{
	unsigned int node;
	enum status status;

	/* Who asks for another node needs no key. */
	setup->check = name;
	status = setup_find_node(setup);
	if (status != DONE && !name)
		return status;
	*own = setup->node != NO_NODE;
	if (!name)
		return DONE;
	node = cluster_find_node(&setup->cluster, name);
	if (node == NO_NODE) {
		error("%s: there is no node %s: a name expected that stands in a section [Node NAME]",
		      setup->file, name);
		return REFUSED;
	}
	*own = setup->node == node;
	setup->node = node;
	return DONE;
}

static enum status run(struct setup *setup, const struct request *request)
{
	struct kube_facts facts = { 0 };
	struct kube kube = { 0 };
	enum status status = setup_read(setup);

	if (status == DONE)
		status = find_node(setup, request->name, &facts.known);
	if (status != DONE)
		return status;
	if (kube_make(&kube, &setup->cluster, setup->node, request->api)) {
		kube.beta = request->beta ?: kube_beta();
		kube_look(&facts, &kube, request->net_conf);
		if (facts.tunnel.exists) {
			kube.mtu = facts.tunnel.mtu;
			kube.mtu_known = true;
		}
		status = request->write ? write_kubelet(&kube, &facts) :
					  show(&kube, &facts, request->part);
	} else {
		status = REFUSED;
	}
	kube_facts_free(&facts);
	kube_free(&kube);
	return status;
}

enum clause {
	CLAUSE_NODE, CLAUSE_API, CLAUSE_NET_CONF, CLAUSE_CONFIG, CLAUSE_FILE, CLAUSE_KEY,
};

static const struct word clauses[] = {
	{ "node", CLAUSE_NODE }, { "api", CLAUSE_API }, { "net-conf", CLAUSE_NET_CONF },
	{ "kubeadm-config", CLAUSE_CONFIG }, { NULL, 0 },
};

static const struct word file_options[] = {
	{ "f", CLAUSE_FILE }, { "file", CLAUSE_FILE }, { "key", CLAUSE_KEY }, { NULL, 0 },
};

static const struct word parts[] = {
	{ "kubelet", PART_KUBELET }, { "kubeadm", PART_KUBEADM }, { "flannel", PART_FLANNEL },
	{ "check", PART_CHECK }, { NULL, 0 },
};

static enum status take_value(struct request *request, struct setup *setup, int clause,
			      const char *word, const char *value)
{
	if (!value || !*value)
		return wrong("kubernetes", "kubernetes: %s: a value expected behind it", word);
	switch (clause) {
	case CLAUSE_NODE:
		request->name = value;
		break;
	case CLAUSE_API:
		request->api = value;
		break;
	case CLAUSE_NET_CONF:
		request->net_conf = value;
		break;
	case CLAUSE_FILE:
		setup->file = value;
		break;
	case CLAUSE_KEY:
		setup->key_file = value;
		break;
	default:
		if (strcmp(value, "v1beta3") && strcmp(value, "v1beta4"))
			return wrong("kubernetes", "kubernetes: %s: '%s' given, v1beta3 or v1beta4 expected",
				     word, value);
		request->beta = (unsigned int)(value[6] - '0');
	}
	return DONE;
}

static enum status take_words(struct request *request, struct setup *setup, int argc,
			      char **argv)
{
	for (; argc; argc--, argv++) {
		const char *word = argv[0];
		bool option = word[0] == '-' && word[1];
		int found;

		if (option_for_output(word))
			continue;
		if (request->part == PART_KUBELET && !request->write && !strcmp(word, "write")) {
			request->write = true;
			continue;
		}
		/* Whole words: kube could be two of them, and node is no part. */
		found = option || request->part != PART_ALL ? -1 : word_find(parts, word);
		if (found >= 0) {
			request->part = (enum part)found;
			continue;
		}
		found = option ? word_find(file_options, word + 1 + (word[1] == '-')) :
				 word_find(clauses, word);
		if (found < 0)
			return wrong("kubernetes", "kubernetes: '%s' given, kubelet, kubeadm, flannel, check, node, api, net-conf, kubeadm-config, -f or -key expected",
				     word);
		if (take_value(request, setup, found, word, argc > 1 ? argv[1] : NULL) != DONE)
			return WRONG_USAGE;
		argc--;
		argv++;
	}
	return DONE;
}

/**
 * kubernetes_command() - What a node needs to be one of Kubernetes.
 * @argc: Number of words after "kubernetes".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status kubernetes_command(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct setup setup = { .file = SETUP_FILE, .key_file = KEY_FILE, .node = NO_NODE,
			       .cluster.conf = &conf };
	struct request request = { .part = PART_ALL };
	enum status status = take_words(&request, &setup, argc, argv);

	if (status == DONE)
		status = run(&setup, &request);
	key_forget(setup.private_key);
	cluster_free(&setup.cluster);
	conf_free(&conf);
	return status;
}
