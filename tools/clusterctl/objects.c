// SPDX-License-Identifier: GPL-2.0
/*
 * All that the module has been told by the tool, as it is and as a cluster file says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "module.h"
#include "objects.h"
#include "words.h"

/* Nothing waits for these: a claim is told at once, whoever is alive. */
#define OBSERVER_INTERVAL 1000

/**
 * objects_free() - Give back what objects hold; there are none afterwards.
 * @all: They.
 */
void objects_free(struct objects *all)
{
	peers_free(&all->peers);
	claims_free(&all->claims);
	routers_free(&all->routers);
	clusterips_free(&all->ips);
	mirror_free(&all->mirror);
}

/**
 * objects_any() - Is there anything for the module to do?
 * @want: What it shall have.
 */
bool objects_any(const struct objects *want)
{
	return want->peers.count || want->claims.count || want->routers.count || want->ips.count || want->mirror.on;
}

/* Those that were added. What was only found belongs to a virtual router. */
static enum status read_claims(struct claims *claims)
{
	enum status status = claims_get(claims, "setup");
	unsigned int i, kept = 0;

	for (i = 0; i < claims->count; i++)
		if (claims->list[i].configured)
			claims->list[kept++] = claims->list[i];
		else
			claim_free(&claims->list[i]);
	claims->count = kept;
	return status;
}

/**
 * objects_read() - Ask the module what it has.
 * @is: Filled in; starts out zeroed. To be freed with objects_free().
 *
 * Return: DONE or REFUSED.
 */
enum status objects_read(struct objects *is)
{
	enum status status = routers_get(&is->routers, "setup");
	struct info info;
	int result;

	if (status == DONE)
		status = peers_get(&is->peers, "setup");
	if (status == DONE)
		status = clusterips_get(&is->ips, "setup");
	if (status == DONE)
		status = read_claims(&is->claims);
	if (status != DONE)
		return status;
	result = mirror_try_get(&is->mirror);
	if (result) {
		error("setup: mirror: %s", strerror(-result));
		return REFUSED;
	}
	result = info_try_get(&info);
	if (result) {
		error("setup: %s", strerror(-result));
		return REFUSED;
	}
	is->file = info.file;
	is->file_known = info.file_known;
	return DONE;
}

static void *one_more(void *list, unsigned int *count, size_t size)
{
	char *grown = need_memory(realloc(list, (*count + 1) * size));

	memset(grown + *count * size, 0, size);
	++*count;
	return grown;
}

/* As the others know it, by the device of this one. */
static void want_peer(struct objects *want, const struct node *other, const char *interface,
		      bool observer)
{
	const struct peer *from = &other->peer;
	struct peer *peer;
	unsigned int i;

	want->peers.list = one_more(want->peers.list, &want->peers.count,
				    sizeof(*want->peers.list));
	peer = &want->peers.list[want->peers.count - 1];
	peer->given = from->given;
	peer->name = copy_text(from->name);
	peer->observer = observer;
	peer->interval = peer_has(from, KCLUSTER_A_NODE_INTERVAL) ? from->interval :
			 observer ? OBSERVER_INTERVAL : KCLUSTER_PEER_INTERVAL;
	peer->lose = peer_has(from, KCLUSTER_A_NODE_LOSE) ? from->lose : KCLUSTER_PEER_LOSE;
	peer_mark(peer, KCLUSTER_A_NODE_INTERVAL);
	peer_mark(peer, KCLUSTER_A_NODE_LOSE);
	for (i = 0; i < from->path_count; i++) {
		struct peer_path *path = peer_new_path(peer);

		path->address = from->paths[i].address;
		path->ifname = copy_text(i ? from->paths[i].ifname : interface);
	}
}

static void want_claim(struct objects *want, struct cluster *cluster,
		       const struct shared *shared, unsigned int me)
{
	struct claim claim = { 0 };

	if (!cluster_claim(cluster, shared, me, &claim))
		return;
	claim.configured = true;
	want->claims.list = one_more(want->claims.list, &want->claims.count,
				     sizeof(*want->claims.list));
	want->claims.list[want->claims.count - 1] = claim;
}

/**
 * objects_want() - What the module shall have.
 * @want: Filled in; starts out zeroed. To be freed with objects_free().
 * @setup: The cluster, which was checked, and which node this is.
 *
 * Its peers are those with which the node shares something.
 */
void objects_want(struct objects *want, struct setup *setup)
{
	struct cluster *cluster = &setup->cluster;
	unsigned int i, me = setup->node;

	for (i = 0; i < cluster->node_count && cluster->networks.count; i++) {
		enum cluster_share share = i == me ? SHARE_NOTHING : cluster_share(cluster, me, i);

		if (share != SHARE_NOTHING)
			want_peer(want, &cluster->nodes[i], cluster->nodes[me].interface,
				  share == SHARE_CLAIMS);
	}
	for (i = 0; i < cluster->shared_count; i++) {
		const struct shared *shared = &cluster->shared[i];
		struct routers *routers = &want->routers;
		struct clusterips *ips = &want->ips;

		want_claim(want, cluster, shared, me);
		if (!shared_has(shared, me))
			continue;
		switch (shared->section->kind) {
		case CONF_ROUTER:
			routers->list = one_more(routers->list, &routers->count,
						 sizeof(*routers->list));
			cluster_router(cluster, shared, me, &routers->list[routers->count - 1]);
			break;
		case CONF_CLUSTERIP:
			ips->list = one_more(ips->list, &ips->count, sizeof(*ips->list));
			cluster_clusterip(cluster, shared, me, &ips->list[ips->count - 1]);
			break;
		default:
			cluster_mirror(cluster, shared, me, &want->mirror);
		}
	}
	if (objects_any(want))
		want->file = cluster->conf->hash;
}

/* The words of what was written for a batch, from the fourth on. */
static enum status read_again(char *text, enum status (*parse)(void *object, char **argv),
			      void *object)
{
	struct words words = { 0 };
	enum status status = REFUSED;
	const char *why;

	if (words_split(&words, text, &why) == WORDS_DONE && words.count >= 3)
		status = parse(object, words.list + 3);
	words_free(&words);
	free(text);
	return status;
}

static enum status parse_peer(void *object, char **argv)
{
	return peer_parse_add(object, argv, "peer");
}

static enum status parse_claim(void *object, char **argv)
{
	return claim_parse(object, argv, "claim");
}

static enum status parse_router(void *object, char **argv)
{
	return router_parse_settings(object, argv, false);
}

static enum status parse_clusterip(void *object, char **argv)
{
	return clusterip_parse_add(object, argv, "clusterip");
}

static enum status parse_mirror(void *object, char **argv)
{
	return mirror_parse(object, argv - 1, "mirror");
}

/**
 * objects_again() - What would be wanted to have all as it is.
 * @want: Filled in; starts out zeroed. To be freed with objects_free().
 * @is: As it is.
 *
 * It takes the way of "clusterctl save": what the kernel tells of an object is more
 * than what it takes.
 *
 * Return: DONE or REFUSED.
 */
enum status objects_again(struct objects *want, const struct objects *is)
{
	enum status status = DONE;
	unsigned int i;

	want->file = is->file;
	for (i = 0; status == DONE && i < is->peers.count; i++) {
		struct peers *peers = &want->peers;

		peers->list = one_more(peers->list, &peers->count, sizeof(*peers->list));
		peers->list[i].name = copy_text(is->peers.list[i].name);
		status = read_again(peer_text(&is->peers.list[i]), parse_peer, &peers->list[i]);
	}
	for (i = 0; status == DONE && i < is->claims.count; i++) {
		struct claims *claims = &want->claims;

		claims->list = one_more(claims->list, &claims->count, sizeof(*claims->list));
		claims->list[i].name = copy_text(is->claims.list[i].name);
		claims->list[i].configured = true;
		status = read_again(claim_text(&is->claims.list[i]), parse_claim,
				    &claims->list[i]);
	}
	for (i = 0; status == DONE && i < is->routers.count; i++) {
		struct routers *routers = &want->routers;

		routers->list = one_more(routers->list, &routers->count, sizeof(*routers->list));
		routers->list[i].name = copy_text(is->routers.list[i].name);
		status = read_again(router_text(&is->routers.list[i]), parse_router,
				    &routers->list[i]);
	}
	for (i = 0; status == DONE && i < is->ips.count; i++) {
		struct clusterips *ips = &want->ips;

		ips->list = one_more(ips->list, &ips->count, sizeof(*ips->list));
		ips->list[i].name = copy_text(is->ips.list[i].name);
		status = read_again(clusterip_text(&is->ips.list[i]), parse_clusterip,
				    &ips->list[i]);
	}
	if (status == DONE && is->mirror.on)
		status = read_again(mirror_text(&is->mirror), parse_mirror, &want->mirror);
	return status;
}
