// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the cluster file. Prints KTAP.
 *
 * In conf/ there are files NAME.conf, and NAME.err with what is wrong with each, word
 * for word; for one that is right NAME.nodes has the commands of each node. Each
 * complaint there is in the code stands in one NAME.err at least.
 *
 *	clusterctl-conf-test conf ../../docs/kcluster.conf.5 [write]
 */
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "claim.h"
#include "../cluster_firewall.h"
#include "../key.h"
#include "check.h"
#include "edit.h"

extern struct conf_site *__start_conf_sites[], *__stop_conf_sites[];

static FILE *real_stderr;
static bool writing;

static bool eth_exists(const char *name)
{
	return !strncmp(name, "eth", 3);
}

static void print_router(FILE *out, struct cluster *cluster, const struct shared *shared,
			 unsigned int node)
{
	struct router router = { 0 };

	if (cluster_router(cluster, shared, node, &router)) {
		fprintf(out, "%s vrid %u priority %u", router.ifname, (unsigned int)router.vrid,
			(unsigned int)router.priority);
		for (unsigned int i = 0; i < router.peer_count; i++) {
			char text[ADDRESS_TEXT_MAX];

			fprintf(out, " peer %s", address_text(&router.peers[i], text));
		}
		for (unsigned int i = 0; i < router.address_count; i++) {
			fputc(' ', out);
			router_save_address(out, &router.addresses[i]);
		}
		for (unsigned int i = 0; i < router.route_count; i++) {
			fputc(' ', out);
			router_save_route(out, &router.routes[i], router.family);
		}
		fputc('\n', out);
	}
	router_free(&router);
}

static void print_shared(FILE *out, struct cluster *cluster, const struct shared *shared,
			 unsigned int node)
{
	struct clusterip ip = { 0 };
	struct mirror mirror = { 0 };

	fprintf(out, "\t%s %s: ", conf_kind_text(shared->section->kind),
		shared->section->name ?: "");
	if (shared->section->kind == CONF_ROUTER) {
		print_router(out, cluster, shared, node);
	} else if (shared->section->kind == CONF_CLUSTERIP) {
		if (cluster_clusterip(cluster, shared, node, &ip))
			clusterip_save(out, &ip);
	} else {
		if (cluster_mirror(cluster, shared, node, &mirror))
			mirror_print_settings(out, &mirror);
		fputc('\n', out);
	}
	clusterip_free(&ip);
	mirror_free(&mirror);
}

static void print_node(FILE *out, struct cluster *cluster, unsigned int node)
{
	static const char * const shares[] = {
		[SHARE_NOTHING] = "", [SHARE_CLAIMS] = " observer", [SHARE_OBJECTS] = " peer",
	};
	const struct node *self = &cluster->nodes[node];
	char text[PREFIX_TEXT_MAX], *rules;
	unsigned int i;

	fprintf(out, "node %s: %s port %u mtu %u keepalive %u%s", node_name(cluster, node),
		self->interface, (unsigned int)self->listen_port, self->mtu,
		(unsigned int)self->keepalive,
		cluster_is_relay(cluster, node) ? " relay" : "");
	for (i = 0; i < self->addresses.count; i++)
		fprintf(out, " %s", prefix_text(&self->addresses.list[i], text));
	fputc('\n', out);
	for (i = 0; i < cluster->node_count && cluster->networks.count; i++) {
		const struct endpoint *endpoint;
		unsigned int via;

		if (i == node)
			continue;
		via = cluster_via(cluster, node, i);
		endpoint = cluster_endpoint(cluster, node, i);
		fprintf(out, "\t%s via %s", node_name(cluster, i), node_name(cluster, via));
		if (via == i && endpoint)
			fprintf(out, " at %s port %u", endpoint->host, (unsigned int)endpoint->port);
		fprintf(out, "%s\n", shares[cluster_share(cluster, node, i)]);
	}
	for (i = 0; i < cluster->device_count && cluster->networks.count; i++)
		fprintf(out, "\tdevice %s %s via %s\n", cluster->devices[i].section->name,
			prefix_text(&cluster->devices[i].addresses.list[0], text),
			node_name(cluster, cluster->devices[i].via));
	for (i = 0; i < cluster->shared_count; i++) {
		struct claim claim = { .configured = true };

		if (shared_has(&cluster->shared[i], node))
			print_shared(out, cluster, &cluster->shared[i], node);
		if (cluster_claim(cluster, &cluster->shared[i], node, &claim)) {
			fputc('\t', out);
			claim_save(out, &claim);
		}
		claim_free(&claim);
	}
	rules = firewall_text(cluster, node);
	fputs(rules ?: "", out);
	free(rules);
}

/* What is said of a file, or the commands that come of it. */
static char *understand(const char *path, bool *good)
{
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	char *said = NULL;
	size_t size;
	unsigned int i;
	const char *name = strrchr(path, '/') + 1;
	FILE *out = open_memstream(&said, &size);
	char *directory = strndup(path, (size_t)(name - path));
	int here = chdir(directory);

	stderr = out;
	if (!here && !conf_read_file(&conf, name) && !cluster_make(&cluster, &conf) &&
	    !strncmp(name, "devices", 7))
		cluster_check_devices(&cluster, 0, eth_exists);
	for (i = 0; !conf.errors && i < cluster.node_count; i++)
		free(firewall_text(&cluster, i));
	*good = !conf.errors;
	for (i = 0; *good && i < cluster.node_count; i++)
		print_node(out, &cluster, i);
	fflush(out);
	stderr = real_stderr;
	fclose(out);
	free(directory);
	cluster_free(&cluster);
	conf_free(&conf);
	return said;
}

static char *slurp(const char *file)
{
	char *text = NULL;
	size_t size = 0;
	FILE *in = fopen(file, "re");

	if (!in || getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	if (in)
		fclose(in);
	return text;
}

static void check_file(const char *directory, const char *name)
{
	char path[9216], golden[9216];
	char *said, *wanted;
	bool good;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	said = understand(path, &good);
	snprintf(golden, sizeof(golden), "%s/%.*s.%s", directory, (int)strlen(name) - 5, name,
		 good ? "nodes" : "err");
	if (writing) {
		FILE *out = fopen(golden, "we");

		fputs(said, out);
		fclose(out);
	}
	wanted = slurp(golden);
	check(!strcmp(said, wanted), "%s is understood as in %s", name, strrchr(golden, '/') + 1);
	if (strcmp(said, wanted))
		fprintf(real_stderr, "%s", said);
	free(wanted);
	free(said);
}

static void check_files(const char *directory)
{
	struct dirent **list;
	int i, n;

	n = scandir(directory, &list, NULL, alphasort);
	for (i = 0; i < n; i++) {
		size_t length = strlen(list[i]->d_name);

		if (length > 5 && !strcmp(list[i]->d_name + length - 5, ".conf"))
			check_file(directory, list[i]->d_name);
		free(list[i]);
	}
	check(n > 0, "there are files");
	if (n >= 0)
		free(list);
}

/* Too long to be kept as a file. */
static void check_sizes(void)
{
	char *text = calloc(1, CONF_SIZE_MAX + 1), *said = NULL;
	struct conf conf = { 0 };
	size_t size;

	stderr = open_memstream(&said, &size);
	check(conf_read_text(&conf, "f", text, CONF_SIZE_MAX + 1) < 0, "too much is refused");
	conf_free(&conf);
	check(conf_read_text(&conf, "f", "a\0b\n", 4) < 0, "a NUL is refused");
	conf_free(&conf);
	check(conf_read_file(&conf, "/nowhere") < 0, "no file is refused");
	check(conf_hash("a\n", 2) == 0xbe29a54b934581ab, "the hash is that of b2sum -l 256");
	conf_free(&conf);
	fclose(stderr);
	stderr = real_stderr;
	check(!strcmp(said, "clusterctl: f: this is more than 16 MB, too much to be a cluster file\n"
		      "f:1: this is not text: it has a NUL byte\n"
		      "clusterctl: cluster file '/nowhere': No such file or directory\n"),
	      "with these words");
	free(said);
	free(text);
}

static void check_sites(void)
{
	struct conf_site **site;

	for (site = __start_conf_sites; site < __stop_conf_sites; site++)
		check((*site)->hit, "the complaint at %s:%d has been made", (*site)->file,
		      (*site)->line);
}

/* kcluster.conf(5) explains each key there is, and each section. */
static void check_manual(const char *file)
{
	char *text = slurp(file), wanted[64];
	const struct conf_key *key;
	int kind;

	for (kind = 0; kind < CONF_KINDS; kind++) {
		const char *start, *end;

		snprintf(wanted, sizeof(wanted), "\n.SH THE SECTION [%s", conf_kind_text(kind));
		start = strstr(text, wanted);
		check(start, "the manual has a chapter on [%s]", conf_kind_text(kind));
		if (!start)
			continue;
		end = strstr(start + 1, "\n.SH ");
		for (key = conf_keys(kind); key->name; key++) {
			const char *found;

			snprintf(wanted, sizeof(wanted), "\n.BR %s ", key->name);
			found = strstr(start, wanted);
			check(found && (!end || found < end), "that explains %s", key->name);
		}
	}
	free(text);
}

/* A private key that others can read is none. */
static void check_key(void)
{
	static const char text[] = "4OPLGT0YAnLzYUqtnXZgKm3fLwnGxKpMzSLjVPVvYH8=\n";
	char file[] = "/tmp/clusterctl-key-XXXXXX", *said = NULL;
	uint8_t key[KEY_BYTES], public_key[KEY_BYTES];
	int fd = mkstemp(file);
	size_t size;

	stderr = open_memstream(&said, &size);
	check(key_read("/nowhere", key) == KEY_MISSING, "a key that is not there");
	check(write(fd, text, sizeof(text) - 1) == sizeof(text) - 1, "a key is written");
	if (!getuid()) {
		check(key_read(file, key) == KEY_READ, "a key of mode 0600 is read");
		check(!key_public(key, public_key), "it has a public one");
	}
	fchmod(fd, 0640);
	check(key_read(file, key) == KEY_BAD, "one of mode 0640 is refused");
	fchmod(fd, 0600);
	if (!getuid()) {
		check(!fchown(fd, 1, 1) && key_read(file, key) == KEY_BAD,
		      "as is one of another user");
		check(!fchown(fd, 0, 0) && !ftruncate(fd, 20) && key_read(file, key) == KEY_BAD,
		      "as is half a key");
	}
	check(key_read("/dev/null", key) == KEY_BAD, "as is a device");
	fclose(stderr);
	stderr = real_stderr;
	check(strstr(said, "'chmod 600 ") != NULL, "it says what would be right");
	free(said);
	close(fd);
	unlink(file);
}

static void check_distance(void)
{
	check(!conf_distance("Priority", "priority"), "case is no slip");
	check(conf_distance("Prioriyt", "Priority") == 1, "two letters in the wrong order");
	check(conf_distance("Adress", "Address") == 1, "a letter missing");
	check(conf_distance("", "abc") == 3, "three missing");
	check(!conf_is_near("Weight", "Route"), "another word");
	check(conf_distance("this word is much longer than any key", "Key") > 30, "a long one");
}

int main(int argc, char **argv)
{
	char here[4096], directory[8192];

	if (argc < 3 || !getcwd(here, sizeof(here)))
		return 1;
	real_stderr = stderr;
	writing = argc > 3;
	snprintf(directory, sizeof(directory), "%s%s%s", *argv[1] == '/' ? "" : here,
		 *argv[1] == '/' ? "" : "/", argv[1]);
	check_manual(argv[2]);
	check_distance();
	check_key();
	check_sizes();
	check_files(directory);
	check_edit();
	check_resolve();
	check_sites();
	return checked();
}
