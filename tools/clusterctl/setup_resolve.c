// SPDX-License-Identifier: GPL-2.0
/*
 * Names of endpoints that have got other addresses: "clusterctl setup -resolve", which
 * kcluster-resolve.timer runs every now and then.
 *
 * A peer that is heard has an endpoint that works, whatever its name says: it may have
 * moved. One that is not heard because nobody speaks with it may have, too. So only that
 * is looked at to which something was sent in vain: since the last run, at which it was
 * silent already. What was sent until then stands in a file of /run.
 */
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "file.h"
#include "key.h"
#include "resolve.h"

#define DIRECTORY "/run/kcluster"

/* What is under one name in two network namespaces are two devices. */
static char *state_file(const char *interface)
{
	struct stat netns = { 0 };
	char *path;

	stat("/proc/self/ns/net", &netns);
	if (asprintf(&path, DIRECTORY "/resolve-%s-%llu", interface,
		     (unsigned long long)netns.st_ino) < 0)
		path = NULL;
	return need_memory(path);
}

static char *read_state(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;

	if (in && getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = NULL;
	}
	if (in)
		fclose(in);
	return text;
}

/* The endpoint that the file names, if it is a name. */
static const struct endpoint *named_of(const struct setup *setup, const struct wg_peer *peer)
{
	const struct cluster *cluster = &setup->cluster;
	unsigned int node = cluster_find_key(cluster, peer->key);
	const struct endpoint *endpoint;
	struct ipaddr address;
	const char *why;

	if (node == NO_NODE || !cluster_is_direct(cluster, setup->node, node))
		return NULL;
	endpoint = cluster_endpoint(cluster, setup->node, node);
	return endpoint && parse_address(endpoint->host, &address, &why) ? endpoint : NULL;
}

static void say(const struct setup *setup, const struct wg_peer *peer,
		const struct endpoint *endpoint, const union wg_endpoint *found)
{
	unsigned int node = cluster_find_key(&setup->cluster, peer->key);
	char text[ENDPOINT_TEXT_MAX];

	printf("%s: %s is %s now\n", node_name(&setup->cluster, node), endpoint->host,
	       endpoint_text(found, text, sizeof(text)));
}

static enum status resolve_peers(const struct setup *setup, const struct tunnel *tunnel,
				 const char *before, FILE *after, unsigned int *changes)
{
	int64_t now = time(NULL);
	bool begun = false;
	unsigned int i;

	for (i = 0; i < tunnel->peer_count; i++) {
		const struct wg_peer *peer = &tunnel->peers[i];
		const struct endpoint *endpoint = named_of(setup, peer);
		union wg_endpoint found;

		if (!endpoint || !resolve_is_due(peer, before, after, now) ||
		    !endpoint_resolve(endpoint, &peer->endpoint, &found) ||
		    endpoint_same(&found, &peer->endpoint))
			continue;
		if (!begun && wg_begin(tunnel->name) != DONE)
			return REFUSED;
		begun = true;
		wg_put_endpoint(peer->key, &found);
		++*changes;
		if (!options.json)
			say(setup, peer, endpoint, &found);
	}
	return begun ? wg_end() : DONE;
}

static enum status run(const struct setup *setup, struct tunnel *tunnel, unsigned int *changes)
{
	char *path = state_file(tunnel->name), *before = read_state(path), *after = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&after, &size));
	enum status status = resolve_peers(setup, tunnel, before, out, changes);

	fclose(out);
	/* Without it the next run is the first one again. */
	if (status == DONE && (file_directory(DIRECTORY) || file_create(path, after, 0600, true)))
		status = REFUSED;
	free(after);
	free(before);
	free(path);
	return status;
}

/**
 * setup_resolve() - Give peers that are sent to in vain the addresses of their names.
 * @setup: The cluster, and which node this is.
 * @changes: How many got another one.
 *
 * Return: DONE or REFUSED.
 */
enum status setup_resolve(const struct setup *setup, unsigned int *changes)
{
	const struct cluster *cluster = &setup->cluster;
	struct tunnel tunnel = { .exists = false };
	enum status status = DONE;
	struct nl_sock *sock;

	*changes = 0;
	if (!cluster->networks.count)
		return DONE;
	snprintf(tunnel.name, sizeof(tunnel.name), "%s",
		 cluster->nodes[setup->node].interface);
	sock = link_connect();
	status = sock ? link_read(sock, &tunnel) : REFUSED;
	nl_socket_free(sock);
	if (status == DONE && tunnel.exists)
		status = wg_read(&tunnel);
	if (status == DONE && tunnel.exists)
		status = run(setup, &tunnel, changes);
	tunnel_free(&tunnel);
	return status;
}
