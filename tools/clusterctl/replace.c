// SPDX-License-Identifier: GPL-2.0
/*
 * vrrp replace: what has to be done so that a virtual router that exists becomes
 * the one that is wanted, and nothing more than that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "replace.h"
#include "router.h"

/* As in linux/rtnetlink.h, which does not go together with libnl's headers. */
#define SCOPE_LINK 253
#define TABLE_MAIN 254

#define LISTS 4

static const int list_keys[LISTS] = {
	KCLUSTER_A_VRRP_PATH, KCLUSTER_A_VRRP_ADDRESS, KCLUSTER_A_VRRP_ROUTE, KCLUSTER_A_VRRP_TRACK,
};

static bool is_link_local6(const struct ipaddr *address)
{
	return address->length == 16 && address->bytes[0] == 0xfe &&
	       (address->bytes[1] & 0xc0) == 0x80;
}

static void complete_address(const struct router *router, struct vip *vip)
{
	if (vip->prefixlen < 0)
		vip->prefixlen = vip->address.length * 8;
	if (!vip->has_scope && is_link_local6(&vip->address))
		vip->scope = SCOPE_LINK;
	if (vip->ifname && !strcmp(vip->ifname, router->ifname)) {
		free(vip->ifname);
		vip->ifname = NULL;
	}
}

static void complete_route(struct route *route)
{
	if (route->prefixlen < 0 && route->dst.length)
		route->prefixlen = route->dst.length * 8;
	if (route->has_table && route->table == TABLE_MAIN)
		route->has_table = false;
}

/* The path that is there when none is given. */
static void complete_paths(struct router *router)
{
	struct path *path;
	unsigned int i;

	if (router->path_count)
		return;
	path = router_new_path(router);
	path->ifname = copy_text(router->ifname);
	for (i = 0; i < router->peer_count; i++)
		*path_new_peer(path) = router->peers[i];
}

/**
 * replace_usual() - What is not said of a router means something all the same: say it.
 * @router: The router; its lists are left alone.
 */
void replace_usual(struct router *router)
{
	if (!router_has(router, KCLUSTER_A_VRRP_PRIORITY))
		router->priority = 100;
	if (!router_has(router, KCLUSTER_A_VRRP_INTERVAL))
		router->interval = 1000;
	if (!router_has(router, KCLUSTER_A_VRRP_PREEMPT))
		router->preempt = 1;
	if (!router_has(router, KCLUSTER_A_VRRP_VERSION))
		router->version = 3;
	if (!router_has(router, KCLUSTER_A_VRRP_FAMILY))
		router->family = AF_INET;
	if (!router_has(router, KCLUSTER_A_VRRP_INITIAL_STATE))
		router->initial_state = KCLUSTER_VRRP_STATE_BACKUP;
	if (!router_has(router, KCLUSTER_A_VRRP_ACCEPT))
		router->accept = 1;
}

static void complete(struct router *router)
{
	unsigned int i;

	replace_usual(router);
	for (i = 0; i < router->address_count; i++)
		complete_address(router, &router->addresses[i]);
	for (i = 0; i < router->route_count; i++)
		complete_route(&router->routes[i]);
	complete_paths(router);
}

static unsigned int count_of(const struct router *router, int key)
{
	switch (key) {
	case KCLUSTER_A_VRRP_PATH:
		return router->path_count;
	case KCLUSTER_A_VRRP_ADDRESS:
		return router->address_count;
	case KCLUSTER_A_VRRP_ROUTE:
		return router->route_count;
	default:
		return router->track_count;
	}
}

static void write_item(FILE *out, const struct router *router, int key, unsigned int i)
{
	switch (key) {
	case KCLUSTER_A_VRRP_PATH:
		path_save(out, &router->paths[i]);
		break;
	case KCLUSTER_A_VRRP_ADDRESS:
		router_save_address(out, &router->addresses[i]);
		break;
	case KCLUSTER_A_VRRP_ROUTE:
		router_save_route(out, &router->routes[i], router->family);
		break;
	case KCLUSTER_A_VRRP_TRACK:
		router_save_track(out, &router->tracks[i]);
		break;
	}
}

/* An item in words: two that read the same are the same. */
static char *item_text(const struct router *router, int key, unsigned int i)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = need_memory(open_memstream(&text, &size));

	write_item(out, router, key, i);
	fclose(out);
	return need_memory(text);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/**
 * struct texts - All items of a list in words.
 * @list: Sorted; @count of them.
 * @count: See @list.
 */
struct texts {
	char **list;
	unsigned int count;
};

static void texts_make(struct texts *texts, const struct router *router, int key)
{
	unsigned int i;

	texts->count = count_of(router, key);
	texts->list = need_memory(calloc(texts->count + 1, sizeof(*texts->list)));
	for (i = 0; i < texts->count; i++)
		texts->list[i] = item_text(router, key, i);
	qsort(texts->list, texts->count, sizeof(*texts->list), by_text);
}

static void texts_free(struct texts *texts)
{
	unsigned int i;

	for (i = 0; i < texts->count; i++)
		free(texts->list[i]);
	free(texts->list);
}

static bool has_text(const struct texts *in, char *text)
{
	return bsearch(&text, in->list, in->count, sizeof(*in->list), by_text);
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static bool same_address(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}

/* Would the one stand in the way of the other? */
static bool clash(const struct router *a, unsigned int i, const struct router *b, unsigned int j,
		  int key)
{
	switch (key) {
	case KCLUSTER_A_VRRP_PATH:
		return same_text(a->paths[i].ifname, b->paths[j].ifname);
	case KCLUSTER_A_VRRP_ADDRESS:
		return same_text(a->addresses[i].ifname, b->addresses[j].ifname) &&
		       a->addresses[i].prefixlen == b->addresses[j].prefixlen &&
		       same_address(&a->addresses[i].address, &b->addresses[j].address);
	case KCLUSTER_A_VRRP_ROUTE:
		return a->routes[i].prefixlen == b->routes[j].prefixlen &&
		       same_address(&a->routes[i].dst, &b->routes[j].dst);
	default:
		return router_same_track(&a->tracks[i], &b->tracks[j]);
	}
}

/* A shallow copy: what it points to stays the router's. */
static void copy_item(struct router *to, const struct router *from, int key, unsigned int i)
{
	switch (key) {
	case KCLUSTER_A_VRRP_PATH:
		*router_new_path(to) = from->paths[i];
		break;
	case KCLUSTER_A_VRRP_ADDRESS:
		*router_new_address(to) = from->addresses[i];
		break;
	case KCLUSTER_A_VRRP_ROUTE:
		*router_new_route(to) = from->routes[i];
		break;
	case KCLUSTER_A_VRRP_TRACK:
		*router_new_track(to) = from->tracks[i];
		break;
	}
}

/* What of @from is not in @in goes into @step. */
static void collect(struct replace_step *step, const struct router *from, const struct router *in)
{
	struct texts texts;
	unsigned int i;
	char *text;

	texts_make(&texts, in, step->key);
	for (i = 0; i < count_of(from, step->key); i++) {
		text = item_text(from, step->key, i);
		if (!has_text(&texts, text))
			copy_item(&step->part, from, step->key, i);
		free(text);
	}
	texts_free(&texts);
}

/* Moves from @del to @first what stands in the way of @add. */
static void separate(struct replace_step *del, struct replace_step *first,
		     const struct replace_step *add)
{
	struct router all = del->part;
	unsigned int i, j;

	memset(&del->part, 0, sizeof(del->part));
	for (i = 0; i < count_of(&all, del->key); i++) {
		for (j = 0; j < count_of(&add->part, add->key); j++)
			if (clash(&all, i, &add->part, j, del->key))
				break;
		copy_item(j < count_of(&add->part, add->key) ? &first->part : &del->part, &all,
			  del->key, i);
	}
	free(all.paths);
	free(all.addresses);
	free(all.routes);
	free(all.tracks);
}

static const char *differing_identity(const struct router *a, const struct router *b)
{
	if (strcmp(a->ifname, b->ifname))
		return "dev";
	if (a->vrid != b->vrid)
		return "vrid";
	if (a->version != b->version)
		return "version";
	if (a->family != b->family)
		return "family";
	return NULL;
}

static bool same_witnesses(const struct router *a, const struct router *b)
{
	unsigned int i;

	if (a->witness_count != b->witness_count)
		return false;
	for (i = 0; i < a->witness_count; i++)
		if (!witness_same(&a->witnesses[i], &b->witnesses[i]))
			return false;
	return true;
}

/* All of them are set anew, for they count only together. */
static void plan_witnesses(struct router *set, const struct router *wanted)
{
	unsigned int i, j;

	set->no_witness = !wanted->witness_count;
	for (i = 0; i < wanted->witness_count; i++) {
		const struct witness *from = &wanted->witnesses[i];
		struct witness *to = router_new_witness(set);

		for (j = 0; j < from->address_count; j++)
			*witness_new_address(to) = from->addresses[j];
	}
}

static bool same_settings(const struct router *a, const struct router *b)
{
	return a->priority == b->priority && a->interval == b->interval &&
	       a->preempt == b->preempt && a->preempt_delay == b->preempt_delay &&
	       a->startup_delay == b->startup_delay && a->checksum == b->checksum &&
	       a->initial_state == b->initial_state && a->vmac == b->vmac &&
	       a->accept == b->accept && a->on_isolation == b->on_isolation &&
	       same_witnesses(a, b) && same_text(a->auth_pass, b->auth_pass) &&
	       same_text(a->group, b->group);
}

static void plan_set(struct replace_plan *plan, const struct router *is,
		     const struct router *wanted)
{
	static const unsigned int settings[] = {
		KCLUSTER_A_VRRP_PRIORITY, KCLUSTER_A_VRRP_INTERVAL, KCLUSTER_A_VRRP_PREEMPT,
		KCLUSTER_A_VRRP_PREEMPT_DELAY, KCLUSTER_A_VRRP_STARTUP_DELAY,
		KCLUSTER_A_VRRP_CHECKSUM, KCLUSTER_A_VRRP_INITIAL_STATE,
	};
	/* Not known to every module. */
	static const unsigned int newer[] = {
		KCLUSTER_A_VRRP_VMAC, KCLUSTER_A_VRRP_ACCEPT, KCLUSTER_A_VRRP_ON_ISOLATION,
	};
	struct router *set = &plan->set;
	size_t i;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++)
		router_mark(set, settings[i]);
	for (i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (router_has(is, newer[i]))
			router_mark(set, newer[i]);
	set->priority = wanted->priority;
	set->interval = wanted->interval;
	set->preempt = wanted->preempt;
	set->preempt_delay = wanted->preempt_delay;
	set->startup_delay = wanted->startup_delay;
	set->checksum = wanted->checksum;
	set->initial_state = wanted->initial_state;
	set->vmac = wanted->vmac;
	set->accept = wanted->accept;
	set->on_isolation = wanted->on_isolation;
	if (!same_witnesses(is, wanted))
		plan_witnesses(set, wanted);
	if (!same_text(is->group, wanted->group))
		set->group = copy_text(wanted->group ? wanted->group : "");
	if (wanted->version == 2)
		set->auth_pass = copy_text(wanted->auth_pass ? wanted->auth_pass : "");
}

/* The peers of a router that neither has nor wants other paths are set. */
static bool plan_peers(struct replace_plan *plan, const struct router *is,
		       const struct router *wanted)
{
	unsigned int i;

	if (is->path_count || wanted->path_count)
		return false;
	if (is->peer_count == wanted->peer_count) {
		for (i = 0; i < is->peer_count; i++)
			if (!same_address(&is->peers[i], &wanted->peers[i]))
				break;
		if (i == is->peer_count)
			return true;
	}
	plan->change_set = true;
	plan->set.no_peer = !wanted->peer_count;
	for (i = 0; i < wanted->peer_count; i++)
		*router_new_peer(&plan->set) = wanted->peers[i];
	return true;
}

/**
 * replace_prepare() - Find out what differs.
 * @plan: Filled in; to be freed with replace_free().
 * @is: The router as it is; it is completed.
 * @wanted: The router as it shall be; it is completed. Both must outlive @plan.
 *
 * New items come before those that go, so that a router is never without an
 * address or a path in between, except for those that stand in the way.
 */
void replace_prepare(struct replace_plan *plan, struct router *is, struct router *wanted)
{
	unsigned int i, n = 0;
	bool peers_set;

	memset(plan, 0, sizeof(*plan));
	peers_set = plan_peers(plan, is, wanted);
	complete(is);
	complete(wanted);
	plan->fixed = differing_identity(is, wanted);
	if (plan->change_set || !same_settings(is, wanted)) {
		plan->change_set = true;
		plan_set(plan, is, wanted);
	}
	for (i = 0; i < LISTS; i++) {
		struct replace_step *first = &plan->steps[n++];
		struct replace_step *add = &plan->steps[n++];
		struct replace_step *del = &plan->steps[n++];

		first->key = list_keys[i];
		add->key = list_keys[i];
		add->add = true;
		del->key = list_keys[i];
		if (list_keys[i] == KCLUSTER_A_VRRP_PATH && peers_set)
			continue;
		collect(add, wanted, is);
		collect(del, is, wanted);
		separate(del, first, add);
	}
	for (i = 0; i < REPLACE_STEPS; i++)
		plan->steps[i].empty = !count_of(&plan->steps[i].part, plan->steps[i].key);
}

/**
 * replace_free() - Give back what a plan holds.
 * @plan: The plan.
 */
void replace_free(struct replace_plan *plan)
{
	unsigned int i;

	/* Their items are the routers'. */
	for (i = 0; i < REPLACE_STEPS; i++) {
		free(plan->steps[i].part.paths);
		free(plan->steps[i].part.addresses);
		free(plan->steps[i].part.routes);
		free(plan->steps[i].part.tracks);
	}
	router_free(&plan->set);
}
