// SPDX-License-Identifier: GPL-2.0
/*
 * The object status: what works and what does not, at a glance.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "clusterip.h"
#include "info.h"
#include "mirror.h"
#include "output.h"
#include "peer.h"
#include "router.h"
#include "status_file.h"
#include "why.h"

const char status_usage[] =
	"Usage: clusterctl [ -j ] [ -s ] status\n"
	"Exits with 3 when a virtual router is in FAULT or lacks votes, when an address, a route or\n"
	"a path failed, when a peer is dead, when a cluster IP waits for its device, or when\n"
	"connections would not survive a failover.\n";

/**
 * struct problems - What is degraded, one sentence each.
 * @array: JSON array of strings.
 */
struct problems {
	struct json_object *array;
};

static void __attribute__((format(printf, 2, 3)))
add_problem(struct problems *problems, const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	json_object_array_add(problems->array, need_memory(json_object_new_string(text)));
}

/**
 * struct everything - All that there is.
 * @routers: The virtual routers.
 * @peers: The peers.
 * @clusterips: The cluster IPs.
 * @claims: The claims.
 * @mirror: The mirror.
 * @info: The module.
 */
struct everything {
	struct routers routers;
	struct peers peers;
	struct clusterips clusterips;
	struct claims claims;
	struct mirror mirror;
	struct info info;
};

/* So many addresses of a block that failed are named. */
#define FAILED_MAX 16

static const char *error_text(uint32_t error_number)
{
	return error_number ? strerror((int)error_number) : "refused by the kernel";
}

static void find_problems(const struct router *router, struct problems *problems)
{
	unsigned int i, failed = 0;
	char text[ADDRESS_TEXT_MAX];

	if (router->state == KCLUSTER_VRRP_STATE_FAULT)
		add_problem(problems, "%s is in FAULT: %s", router->name,
			    router->reason && *router->reason ? router->reason : "no reason given");
	if (router->candidate) {
		char *votes = why_no_majority(router);

		add_problem(problems, "%s: %s", router->name, votes);
		free(votes);
	} else if (router->state == KCLUSTER_VRRP_STATE_MASTER && router->votes &&
		   router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD &&
		   router->votes_granted < router->votes) {
		add_problem(problems, "%s: %u of %u votes", router->name,
			    (unsigned int)router->votes_granted, (unsigned int)router->votes);
	}
	for (i = 0; i < router->address_count; i++)
		if (router->addresses[i].state == KCLUSTER_VRRP_ITEM_STATE_FAILED &&
		    failed++ < FAILED_MAX)
			add_problem(problems, "%s: address %s%s%s failed: %s", router->name,
				    address_text(&router->addresses[i].address, text),
				    router->addresses[i].ifname ? " on " : "",
				    router->addresses[i].ifname ? router->addresses[i].ifname : "",
				    error_text(router->addresses[i].error));
	if (failed > FAILED_MAX)
		add_problem(problems, "%s: %u more addresses failed", router->name,
			    failed - FAILED_MAX);
	for (i = 0; i < router->path_count; i++) {
		const struct path *path = &router->paths[i];

		if (path->up && path->silent)
			add_problem(problems, "%s: no advertisements by %s, though they come by others",
				    router->name, path->ifname);
		else if (!path->up && router->state != KCLUSTER_VRRP_STATE_FAULT)
			add_problem(problems, "%s: path: %s %s", router->name, path->ifname,
				    path->flaw ? path->flaw : "is down");
	}
	if (router->vmac_flaw)
		add_problem(problems, "%s: no virtual MAC: %s", router->name, router->vmac_flaw);
	for (i = 0; i < router->route_count; i++) {
		const struct route *route = &router->routes[i];

		if (route->state != KCLUSTER_VRRP_ITEM_STATE_FAILED)
			continue;
		add_problem(problems, "%s: route %s failed: %s", router->name,
			    route_is_default(route, router->family) ? "default" :
			    address_text(&route->dst, text), error_text(route->error));
	}
}

static void find_peer_problems(const struct peer *peer, struct problems *problems)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	/* Nothing is lost when one of them is away, such as a machine that is off. */
	if (peer->observer)
		return;
	if (peer->state == KCLUSTER_PEER_STATE_DEAD) {
		add_problem(problems, "peer %s is dead: %s", peer->name,
			    peer->reason ? peer->reason : "no reason given");
		return;
	}
	if (peer->state != KCLUSTER_PEER_STATE_ALIVE)
		return;
	if (peer_has(peer, KCLUSTER_A_NODE_VERSION) && !peer->version)
		add_problem(problems, "peer %s: both nodes know no common version of messages",
			    peer->name);
	for (i = 0; i < peer->path_count; i++)
		if (!peer->paths[i].up)
			add_problem(problems, "peer %s: path %s by %s %s", peer->name,
				    address_text(&peer->paths[i].address, text),
				    peer->paths[i].ifname ? peer->paths[i].ifname : "?",
				    peer->paths[i].flaw ? peer->paths[i].flaw : "is down");
}

static void find_clusterip_problems(const struct clusterip *ip, bool standby,
				    struct problems *problems)
{
	unsigned int i, failed = 0;
	char text[ADDRESS_TEXT_MAX];

	if (ip->state == KCLUSTER_CLUSTERIP_STATE_WAITING)
		add_problem(problems, "cluster IP %s waits: %s", ip->name,
			    ip->reason && *ip->reason ? ip->reason : "no reason given");
	/* Idle with a reason is not as it should be, unless it was ordered. */
	if (ip->state == KCLUSTER_CLUSTERIP_STATE_IDLE && ip->reason && *ip->reason && !standby &&
	    (!clusterip_is_shared(ip) || ip->weight))
		add_problem(problems, "cluster IP %s answers nobody: %s", ip->name, ip->reason);
	for (i = 0; i < ip->holder.address_count; i++) {
		const struct vip *vip = &ip->holder.addresses[i];

		if (vip->state == KCLUSTER_VRRP_ITEM_STATE_FAILED && failed++ < FAILED_MAX)
			add_problem(problems, "cluster IP %s: address %s failed: %s", ip->name,
				    address_text(&vip->address, text), error_text(vip->error));
	}
	if (failed > FAILED_MAX)
		add_problem(problems, "cluster IP %s: %u more addresses failed", ip->name,
			    failed - FAILED_MAX);
}

static void find_claim_problems(const struct claim *claim, struct problems *problems)
{
	if (claim->flaw)
		add_problem(problems, "claim %s: %s", claim->name, claim->flaw);
	if (claim->state == KCLUSTER_CLAIM_STATE_NOBODY)
		add_problem(problems, "claim %s: nobody has its prefixes", claim->name);
}

static void show_master(const struct router *router)
{
	char text[TIME_TEXT_MAX];

	if (router->state == KCLUSTER_VRRP_STATE_MASTER) {
		printf("    master this node\n");
	} else if (router->master_address.length) {
		printf("    master %s", address_text(&router->master_address, text));
		if (router_has(router, KCLUSTER_A_VRRP_MASTER_PRIORITY))
			printf(", priority %u", (unsigned int)router->master_priority);
		if (router_has(router, KCLUSTER_A_VRRP_LAST_HEARD))
			printf(", heard %s ago", age_text(router->last_heard, text));
		putchar('\n');
	} else {
		printf("    master unknown\n");
	}
	if (router->handover_wait)
		printf("    waits for the connections of its peers, for another %s at most\n",
		       age_text(router->handover_wait, text));
}

static void show_router(const struct router *router)
{
	char text[TIME_TEXT_MAX];
	unsigned int i;

	print_colored(COLOR_NAME, router->name);
	printf(": ");
	router_show_state(router->state);
	if (router->standby)
		print_colored(COLOR_WARN, " standby");
	printf(" priority %u", (unsigned int)router->effective_priority);
	if (router->effective_priority != router->priority)
		printf(" (of %u)", (unsigned int)router->priority);
	printf(" dev %s vrid %u", router->ifname, (unsigned int)router->vrid);
	if (router->group)
		printf(" group %s", router->group);
	printf(", for %s", age_text(router->since, text));
	if (router->reason && *router->reason)
		printf(" (%s)", router->reason);
	putchar('\n');
	show_master(router);
	router_show_addresses(router, ": ");
	for (i = 0; i < router->route_count; i++) {
		printf("    ");
		router_show_route(&router->routes[i], router->family);
		printf(": ");
		router_show_item_state(router->routes[i].state, router->routes[i].error);
		putchar('\n');
	}
	for (i = 0; i < router->path_count; i++) {
		if (router->paths[i].up && !router->paths[i].silent)
			continue;
		printf("    path dev %s: ", router->paths[i].ifname ? router->paths[i].ifname : "?");
		path_show_state(&router->paths[i]);
		putchar('\n');
	}
	for (i = 0; i < router->track_count; i++) {
		if (router->tracks[i].up)
			continue;
		printf("    ");
		router_show_track(&router->tracks[i]);
		printf(": ");
		print_colored(COLOR_WARN, "down");
		putchar('\n');
	}
}

static void find_mirror_problems(const struct mirror *mirror, struct problems *problems)
{
	if (mirror->on && !mirror->safe)
		add_problem(problems, "connections would not survive a failover: %s",
			    mirror->reason ? mirror->reason : "no reason given");
}

/* Those that only share claims may be thousands. Returns how many others there are. */
static unsigned int show_peers(const struct peers *peers)
{
	unsigned int i, observers = 0, alive = 0;

	for (i = 0; i < peers->count; i++) {
		const struct peer *peer = &peers->list[i];

		if (!peer->observer)
			peer_show_brief(peer);
		observers += peer->observer;
		alive += peer->observer && peer->state == KCLUSTER_PEER_STATE_ALIVE;
	}
	if (observers)
		printf("observers: %u of %u alive\n", alive, observers);
	return peers->count - observers;
}

static void show_text(const struct everything *all, const struct problems *problems)
{
	const struct routers *routers = &all->routers;
	size_t i, count = json_object_array_length(problems->array);
	unsigned int masters = 0, peers;

	for (i = 0; i < routers->count; i++) {
		show_router(&routers->list[i]);
		masters += routers->list[i].state == KCLUSTER_VRRP_STATE_MASTER;
	}
	peers = show_peers(&all->peers);
	for (i = 0; i < all->clusterips.count; i++)
		clusterip_show_brief(&all->clusterips.list[i]);
	for (i = 0; i < all->claims.count; i++)
		claim_show_brief(&all->claims.list[i]);
	if (all->mirror.on)
		mirror_show_line(&all->mirror);
	status_file_line(stdout, all->info.file, &all->peers);
	for (i = 0; i < count; i++) {
		print_colored(COLOR_BAD, "degraded");
		printf(": %s\n", json_object_get_string(json_object_array_get_idx(problems->array,
										  i)));
	}
	if (!routers->count)
		printf("no virtual routers\n");
	else if (!count)
		printf("all well: %u virtual router%s, master of %u\n", routers->count,
		       routers->count == 1 ? "" : "s", masters);
	if (peers && !count)
		printf("all well: %u peer%s\n", peers, peers == 1 ? "" : "s");
	if (all->clusterips.count && !count)
		printf("all well: %u cluster IP%s\n", all->clusterips.count,
		       all->clusterips.count == 1 ? "" : "s");
}

static void show_info(const struct info *info)
{
	unsigned int i;

	for (i = 1; i <= KCLUSTER_A_INFO_STATS_MAX; i++)
		if (info_stats_name(i) && (info->stats_given & (UINT64_C(1) << i)))
			printf("%s %" PRIu64 "\n", info_stats_name(i), info->stats[i]);
}

static void json_add_info(struct json_object *top, const struct info *info)
{
	struct json_object *stats = need_memory(json_object_new_object());
	unsigned int i;

	for (i = 1; i <= KCLUSTER_A_INFO_STATS_MAX; i++)
		if (info_stats_name(i) && (info->stats_given & (UINT64_C(1) << i)))
			json_add_number(stats, info_stats_name(i), info->stats[i]);
	json_object_object_add(top, "statistics", stats);
}

static void show_json(const struct everything *all, const struct problems *problems)
{
	const struct routers *routers = &all->routers;
	const struct peers *peers = &all->peers;
	struct json_object *top = need_memory(json_object_new_object());
	struct json_object *array = need_memory(json_object_new_array());
	unsigned int i;

	json_add_file(top, all->info.file);
	json_add_bool(top, "degraded", json_object_array_length(problems->array));
	json_object_object_add(top, "problems", json_object_get(problems->array));
	for (i = 0; i < routers->count; i++)
		json_object_array_add(array, router_json(&routers->list[i], options.statistics));
	json_object_object_add(top, "routers", array);
	array = need_memory(json_object_new_array());
	for (i = 0; i < peers->count; i++)
		json_object_array_add(array, peer_json(&peers->list[i]));
	json_object_object_add(top, "peers", array);
	array = need_memory(json_object_new_array());
	for (i = 0; i < all->clusterips.count; i++)
		json_object_array_add(array, clusterip_json(&all->clusterips.list[i]));
	json_object_object_add(top, "clusterips", array);
	array = need_memory(json_object_new_array());
	for (i = 0; i < all->claims.count; i++)
		json_object_array_add(array, claim_json(&all->claims.list[i]));
	json_object_object_add(top, "claims", array);
	json_object_object_add(top, "mirror", mirror_json(&all->mirror));
	if (options.statistics)
		json_add_info(top, &all->info);
	json_print(top);
}

static enum status get_all(struct everything *all)
{
	enum status status;
	int result;

	status = routers_get(&all->routers, "status");
	if (status == DONE)
		status = peers_get(&all->peers, "status");
	if (status == DONE)
		status = clusterips_get(&all->clusterips, "status");
	if (status == DONE)
		status = claims_get(&all->claims, "status");
	if (status != DONE)
		return status;
	result = info_try_get(&all->info);
	if (!result)
		result = mirror_try_get(&all->mirror);
	if (!result)
		return DONE;
	error("status: %s", strerror(-result));
	return REFUSED;
}

static void find_all_problems(const struct everything *all, struct problems *problems)
{
	unsigned int i;

	for (i = 0; i < all->routers.count; i++)
		find_problems(&all->routers.list[i], problems);
	for (i = 0; i < all->peers.count; i++)
		find_peer_problems(&all->peers.list[i], problems);
	for (i = 0; i < all->clusterips.count; i++)
		find_clusterip_problems(&all->clusterips.list[i], all->info.standby, problems);
	for (i = 0; i < all->claims.count; i++)
		find_claim_problems(&all->claims.list[i], problems);
	find_mirror_problems(&all->mirror, problems);
}

/**
 * status_command() - Show what works and what does not.
 * @argc: Number of words after "status".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, DEGRADED, REFUSED or WRONG_USAGE.
 */
enum status status_command(int argc, char **argv)
{
	struct everything all = { 0 };
	struct problems problems;
	enum status status;

	for (; argc; argc--, argv++)
		if (!option_for_output(argv[0]))
			return wrong("status", "status: '%s' is too much, nothing is expected",
				     argv[0]);
	status = get_all(&all);
	if (status != DONE)
		goto out;
	problems.array = need_memory(json_object_new_array());
	find_all_problems(&all, &problems);
	if (options.json)
		show_json(&all, &problems);
	else
		show_text(&all, &problems);
	if (!options.json && options.statistics)
		show_info(&all.info);
	if (json_object_array_length(problems.array))
		status = DEGRADED;
	json_object_put(problems.array);
out:
	claims_free(&all.claims);
	clusterips_free(&all.clusterips);
	mirror_free(&all.mirror);
	peers_free(&all.peers);
	routers_free(&all.routers);
	return status;
}
