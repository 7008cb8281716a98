// SPDX-License-Identifier: GPL-2.0
/*
 * Checks "clusterctl kubernetes", as far as it needs no machine. Prints KTAP.
 *
 * In kubernetes/ there are cluster files NAME.conf, and NAME.out with what is said of
 * each of their nodes, word for word: on no machine, on one that is right, and on one on
 * which all has gone wrong.
 *
 *	clusterctl-kubernetes-test kubernetes [write]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../kubernetes.h"
#include "check.h"

static bool writing;

/* main.c has it. */
bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

static void say_checks(FILE *out, const struct kube *kube, const struct kube_facts *facts,
		       const char *what)
{
	struct kube_checks checks = { 0 };
	unsigned int i;

	fprintf(out, "\n%s:\n", what);
	kube_check(&checks, kube, facts);
	for (i = 0; i < checks.count; i++)
		fprintf(out, "%s %s: %s\n", checks.list[i].good ? "good" : "WRONG",
			checks.list[i].name, checks.list[i].text);
	kube_checks_free(&checks);
}

static void say_all_checks(FILE *out, struct kube *kube)
{
	char own[] = "10.6.0.1", other[] = "192.0.2.1", pods[] = "10.240.0.0/16";
	char wrong[] = "10.244.0.0/16", six[] = "fd07::/56", backend[] = "host-gw";
	struct kube_facts none = { .wireguard = -1, .table = -1 };
	struct kube_facts good = {
		.known = true, .wireguard = 1, .forwarding = true, .forwarding6 = true,
		.table = 1, .tunnel = { true, 1420, 2 }, .link_mtu = 1500,
		.vxlan = { true, 1330, 0 }, .bridge = { true, 1330, 2 },
		.kubelet_file = "/etc/default/kubelet", .kubelet_ip = own, .kubelet_there = true,
		.net_conf = "/run/flannel/subnet.env", .network = pods, .network6 = six,
	};
	struct kube_facts bad = {
		.known = true, .table = 0, .tunnel = { true, 1440, 1 }, .link_mtu = 1450,
		.vxlan = { true, 1450, 1 }, .bridge = { true, 1450, 1 },
		.kubelet_file = "/etc/sysconfig/kubelet", .kubelet_ip = other,
		.kubelet_there = true, .net_conf = "net-conf.json", .network = wrong,
		.backend = backend,
	};

	say_checks(out, kube, &none, "elsewhere");
	kube->mtu = good.tunnel.mtu;
	say_checks(out, kube, &good, "where all is right");
	kube->mtu = bad.tunnel.mtu;
	say_checks(out, kube, &bad, "where all is wrong");
	bad.kubelet_ip = NULL;
	bad.tunnel.exists = false;
	bad.network = NULL;
	say_checks(out, kube, &bad, "where nothing is there");
}

static char *say(const char *path)
{
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	FILE *real_stderr = stderr, *out;
	unsigned int i;
	char *said = NULL;
	size_t size;

	out = open_memstream(&said, &size);
	stderr = out;
	if (!conf_read_file(&conf, path) && !cluster_make(&cluster, &conf))
		for (i = 0; i < cluster.node_count; i++) {
			struct kube kube = { 0 };

			if (kube_make(&kube, &cluster, i, NULL)) {
				kube_print_kubelet(out, &kube, "/etc/default/kubelet");
				kube_print_kubeadm(out, &kube);
				kube.beta = 3;
				kube_print_kubeadm(out, &kube);
				kube_print_flannel(out, &kube);
				say_all_checks(out, &kube);
			}
			kube_free(&kube);
			kube_make(&kube, &cluster, i, "api");
			fprintf(out, "api: %s of %s\n", kube.api ?: "-", kube.api_of ?: "-");
			kube_free(&kube);
		}
	stderr = real_stderr;
	fclose(out);
	cluster_free(&cluster);
	conf_free(&conf);
	return said;
}

static void check_one(const char *name)
{
	char conf[4096], path[4096], *said, *wanted = NULL;
	size_t length;
	FILE *out;

	snprintf(conf, sizeof(conf), "%s.conf", name);
	snprintf(path, sizeof(path), "%s.out", name);
	said = say(conf);
	if (writing) {
		out = fopen(path, "we");
		fputs(said, out);
		fclose(out);
	}
	if (!access(path, R_OK))
		wanted = conf_slurp(path, &length);
	check(wanted && !strcmp(said, wanted), "%s: it is as in %s", conf, path);
	if (!wanted || strcmp(said, wanted))
		fputs(said, stderr);
	free(wanted);
	free(said);
}

static void check_merge(void)
{
	static const struct {
		const char *text;
		const char *wanted;
		const char *before;
	} cases[] = {
		{ "", "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3\n", NULL },
		{ "# mine\nA=b", "# mine\nA=b\nKUBELET_EXTRA_ARGS=--node-ip=10.6.0.3\n", NULL },
		{ "KUBELET_EXTRA_ARGS=\nX=y\n", "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3\nX=y\n",
		  NULL },
		{ "KUBELET_EXTRA_ARGS=\"\"\n", "KUBELET_EXTRA_ARGS=\"--node-ip=10.6.0.3\"\n",
		  NULL },
		{ "KUBELET_EXTRA_ARGS=--v=4 --x\n",
		  "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3 --v=4 --x\n", NULL },
		{ "KUBELET_EXTRA_ARGS='--v=4'\n", "KUBELET_EXTRA_ARGS='--node-ip=10.6.0.3 --v=4'\n",
		  NULL },
		{ "KUBELET_EXTRA_ARGS=\"--v=4 --node-ip=192.0.2.1 --x\" # y\n",
		  "KUBELET_EXTRA_ARGS=\"--v=4 --node-ip=10.6.0.3 --x\" # y\n", "192.0.2.1" },
		{ "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3", "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3",
		  "10.6.0.3" },
		{ "#KUBELET_EXTRA_ARGS=--node-ip=1.2.3.4\n",
		  "#KUBELET_EXTRA_ARGS=--node-ip=1.2.3.4\nKUBELET_EXTRA_ARGS=--node-ip=10.6.0.3\n",
		  NULL },
		/* The last one counts. */
		{ "KUBELET_EXTRA_ARGS=--a\nKUBELET_EXTRA_ARGS=--b\n",
		  "KUBELET_EXTRA_ARGS=--a\nKUBELET_EXTRA_ARGS=--node-ip=10.6.0.3 --b\n", NULL },
		{ "KUBELET_EXTRA_ARGS=--not--node-ip=7\n",
		  "KUBELET_EXTRA_ARGS=--node-ip=10.6.0.3 --not--node-ip=7\n", NULL },
	};
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *before, *text = kubelet_merge(cases[i].text, "10.6.0.3", &before), *found;

		check(!strcmp(text, cases[i].wanted), "kubelet's arguments %u are merged", i);
		check(cases[i].before ? before && !strcmp(before, cases[i].before) : !before,
		      "and what was there before is known");
		found = kubelet_find(text, "--node-ip=");
		check(found && !strcmp(found, "10.6.0.3"), "it is found there");
		free(found);
		free(before);
		free(text);
	}
}

static void put(const char *root, const char *file, const char *text)
{
	char path[4096], *slash;
	FILE *out;

	snprintf(path, sizeof(path), "%s%s", root, file);
	for (slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	out = fopen(path, "we");
	if (!out)
		return;
	fputs(text, out);
	fclose(out);
}

static void check_places(void)
{
	static const char unit[] = "/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf";
	char root[] = "/tmp/clusterctl-kubernetes.XXXXXX", command[128];

	if (!mkdtemp(root))
		return;
	put(root, "/etc/debian_version", "12\n");
	check(!strcmp(kubelet_file(root), "/etc/default/kubelet"), "Debian's place");
	put(root, "/etc/sysconfig/x", "");
	check(!strcmp(kubelet_file(root), "/etc/default/kubelet"), "it stays that");
	put(root, unit, "[Service]\nEnvironmentFile=-/etc/sysconfig/kubelet\n");
	check(!strcmp(kubelet_file(root), "/etc/sysconfig/kubelet"), "the unit says it");
	put(root, unit, "[Service]\nEnvironmentFile=-/etc/default/kubelet\n");
	snprintf(command, sizeof(command), "rm %s/etc/debian_version", root);
	check(!system(command) && !strcmp(kubelet_file(root), "/etc/default/kubelet"),
	      "also where it is no Debian");
	put(root, unit, "");
	check(!strcmp(kubelet_file(root), "/etc/sysconfig/kubelet"), "Red Hat's place");
	snprintf(command, sizeof(command), "rm -r %s", root);
	check(!system(command), "nothing is left");
}

static void check_network(const char *text, bool env, const char *four, const char *six,
			  const char *backend)
{
	struct kube_facts facts = { 0 };
	bool good = true;

	if (env)
		kube_take_subnet_env(&facts, text);
	else
		good = kube_take_net_conf(&facts, text);
	check(good == (four || six), "flannel's network is found");
	check(four ? facts.network && !strcmp(facts.network, four) : !facts.network, "its IPv4");
	check(six ? facts.network6 && !strcmp(facts.network6, six) : !facts.network6, "its IPv6");
	check(backend ? facts.backend && !strcmp(facts.backend, backend) : !facts.backend,
	      "its backend");
	kube_facts_free(&facts);
}

int main(int argc, char **argv)
{
	if (argc < 2 || chdir(argv[1]))
		return 2;
	writing = argc > 2 && !strcmp(argv[2], "write");
	printf("TAP version 13\n");
	check(for_each_case(".", ".conf", check_one) > 0, "there are clusters");
	check_merge();
	check_places();
	check_network("{\"Network\":\"10.240.0.0/16\",\"Backend\":{\"Type\":\"vxlan\"}}", false,
		      "10.240.0.0/16", NULL, "vxlan");
	check_network("kind: ConfigMap\ndata:\n  cni-conf.json: |\n    { \"Network\": 7 }\n"
		      "  net-conf.json: |\n    {\n      \"Network\": \"10.240.3.1/16\",\n"
		      "      \"IPv6Network\": \"fd07:0::/56\"\n    }\n---\nkind: x\n", false,
		      "10.240.0.0/16", "fd07::/56", NULL);
	check_network("nothing", false, NULL, NULL, NULL);
	check_network("FLANNEL_NETWORK=10.244.0.0/16\nFLANNEL_SUBNET=10.244.1.1/24\nFLANNEL_MTU=1370\n",
		      true, "10.244.0.0/16", NULL, NULL);
	return checked();
}
