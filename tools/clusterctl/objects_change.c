// SPDX-License-Identifier: GPL-2.0
/*
 * From what the module has to what it shall have: what is the same is not touched, not
 * even by a request that would change nothing.
 *
 * What depends on something else goes before it and comes after it: a cluster IP on its
 * virtual router, that on nothing, all of them on peers. What is claimed is known before
 * a virtual router claims more.
 */
#include <stdlib.h>
#include <string.h>

#include "info.h"
#include "objects.h"
#include "replace.h"

/*
 * Counts a change and shows it; whether it is to be made. What JSON has to say of
 * one that stays may have been said already.
 */
static bool shown(struct work *work, const char *object, const char *name, char *before,
		  char *after)
{
	if (object)
		objects_tell(work, object, name, before, after);
	if (before)
		work_show(work, '-', before);
	if (after)
		work_show(work, '+', after);
	work->changes++;
	return !work->diff;
}

static enum status change_peer(struct work *work, const struct peer *is, const struct peer *want)
{
	struct peer change = { .name = want->name, .interval = want->interval,
			       .lose = want->lose };
	enum status status = DONE;
	char what[64];

	snprintf(what, sizeof(what), "peer %s", want->name);
	if (is && peer_same_place(want, is)) {
		if (is->interval == want->interval && is->lose == want->lose)
			return DONE;
		peer_mark(&change, KCLUSTER_A_NODE_INTERVAL);
		peer_mark(&change, KCLUSTER_A_NODE_LOSE);
		objects_tell_peer(work, is, want);
		return shown(work, NULL, NULL, peer_text(is), peer_text(want)) ?
		       peer_send(KCLUSTER_CMD_PEER_SET, &change, what) : DONE;
	}
	if (!shown(work, "peer", want->name, is ? peer_text(is) : NULL, peer_text(want)))
		return DONE;
	if (is)
		status = peer_send(KCLUSTER_CMD_PEER_DEL, &change, what);
	return status == DONE ? peer_send(KCLUSTER_CMD_PEER_ADD, want, what) : status;
}

static bool claims_all_in(const struct claim *these, const struct claim *those)
{
	unsigned int i, j;

	for (i = 0; i < these->count; i++) {
		const struct claim_prefix *one = &these->prefixes[i];

		for (j = 0; j < those->count; j++)
			if (claim_same_prefix(one, &those->prefixes[j]))
				break;
		/* What a virtual router has as well comes with it. */
		if (j == those->count && !one->router)
			return false;
	}
	return true;
}

static enum status change_claim(struct work *work, const struct claim *is,
				const struct claim *want)
{
	char what[64];

	snprintf(what, sizeof(what), "claim %s", want->name);
	if (is && claims_all_in(is, want) && claims_all_in(want, is))
		return DONE;
	if (!shown(work, "claim", want->name, is ? claim_text(is) : NULL, claim_text(want)))
		return DONE;
	return claim_send(is ? KCLUSTER_CMD_CLAIM_SET : KCLUSTER_CMD_CLAIM_ADD, want, what);
}

static enum status remove_claims(struct work *work, const struct claims *is,
				 const struct claims *want)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < is->count; i++) {
		struct claim gone = { .name = is->list[i].name };

		if (!claims_find(want, gone.name) &&
		    shown(work, "claim", gone.name, claim_text(&is->list[i]), NULL))
			status = claim_send(KCLUSTER_CMD_CLAIM_DEL, &gone, gone.name);
	}
	return status;
}

static enum status change_router(struct work *work, struct router *is, struct router *want)
{
	struct router gone = { .name = want->name };
	bool same, given_paths = want->path_count;
	struct replace_plan plan;
	enum status status = DONE;
	char what[64];
	unsigned int i;

	snprintf(what, sizeof(what), "vrrp %s", want->name);
	if (!is) {
		/* Shown with what is not said, sent without. */
		if (work->diff)
			replace_usual(want);
		return shown(work, "vrrp", want->name, NULL, router_text(want)) ?
		       router_send(KCLUSTER_CMD_VRRP_ADD, want, what) : DONE;
	}
	replace_prepare(&plan, is, want);
	same = !plan.fixed && !plan.change_set;
	for (i = 0; same && i < REPLACE_STEPS; i++)
		same = plan.steps[i].empty;
	if (!same)
		objects_tell_router(work, is, want);
	if (!same && shown(work, NULL, NULL, router_text(is), router_text(want))) {
		if (!plan.fixed) {
			status = router_run_plan(&plan, want->name, what);
		} else {
			/* The only one, which was completed, has its peers twice. */
			if (!given_paths)
				router_drop_paths(want);
			status = router_send(KCLUSTER_CMD_VRRP_DEL, &gone, what);
			if (status == DONE)
				status = router_send(KCLUSTER_CMD_VRRP_ADD, want, what);
		}
	}
	replace_free(&plan);
	return status;
}

/*
 * Where it is, it can become what it shall be; one that follows another only if that
 * stays, too.
 */
static bool can_stay(const struct objects *is, const struct objects *want, const char *name)
{
	const struct clusterip *now = clusterips_find(&is->ips, name);
	const struct clusterip *then = clusterips_find(&want->ips, name);

	return now && then && clusterip_same_place(then, now) &&
	       (!now->follow || can_stay(is, want, now->follow));
}

static bool same_clusterip(const struct clusterip *is, const struct clusterip *want)
{
	if (want->follow)
		return true;
	if (is->gateway != want->gateway)
		return false;
	if (clusterip_is_shared(want))
		return is->weight == want->weight && is->on_partition == want->on_partition &&
		       is->successors == want->successors;
	return is->hash == want->hash && is->seed == want->seed && is->nodes == want->nodes &&
	       !memcmp(is->local, want->local, sizeof(is->local));
}

static enum status change_clusterip(struct work *work, const struct objects *all_is,
				    const struct objects *all_want,
				    const struct clusterip *want)
{
	const struct clusterip *is = clusterips_find(&all_is->ips, want->name);
	char what[64];

	snprintf(what, sizeof(what), "clusterip %s", want->name);
	/* What cannot stay has gone already. */
	if (!can_stay(all_is, all_want, want->name))
		return shown(work, "clusterip", want->name, NULL, clusterip_text(want)) ?
		       clusterip_send(KCLUSTER_CMD_CLUSTERIP_ADD, want, what) : DONE;
	if (same_clusterip(is, want))
		return DONE;
	return shown(work, "clusterip", want->name, clusterip_text(is), clusterip_text(want)) ?
	       clusterip_become(want, is, what) : DONE;
}

/* Those that follow others, or all others: one that is followed stays. */
static enum status remove_clusterips(struct work *work, const struct objects *is,
				     const struct objects *want, bool followers)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < is->ips.count; i++) {
		const struct clusterip *ip = &is->ips.list[i];
		struct clusterip gone = { .name = ip->name };

		if (!ip->follow == followers || can_stay(is, want, ip->name))
			continue;
		if (shown(work, "clusterip", ip->name, clusterip_text(ip), NULL))
			status = clusterip_send(KCLUSTER_CMD_CLUSTERIP_DEL, &gone, gone.name);
	}
	return status;
}

static enum status remove_routers(struct work *work, const struct routers *is,
				  const struct routers *want)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < is->count; i++) {
		struct router gone = { .name = is->list[i].name };

		if (!routers_find(want, gone.name) &&
		    shown(work, "vrrp", gone.name, router_text(&is->list[i]), NULL))
			status = router_send(KCLUSTER_CMD_VRRP_DEL, &gone, gone.name);
	}
	return status;
}

static enum status remove_peers(struct work *work, const struct peers *is,
				const struct peers *want)
{
	enum status status = DONE;
	unsigned int i;

	for (i = 0; status == DONE && i < is->count; i++) {
		struct peer gone = { .name = is->list[i].name };

		if (!peers_find(want, gone.name, i) &&
		    shown(work, "peer", gone.name, peer_text(&is->list[i]), NULL))
			status = peer_send(KCLUSTER_CMD_PEER_DEL, &gone, gone.name);
	}
	return status;
}

static enum status change_mirror(struct work *work, const struct mirror *is,
				 const struct mirror *want)
{
	char *before = mirror_text(is), *after = mirror_text(want);
	struct mirror full = *want;

	if (!strcmp(before, after)) {
		free(before);
		free(after);
		return DONE;
	}
	/* That there is none is nothing to be shown. */
	if (!is->on)
		*before = '\0';
	if (!want->on)
		*after = '\0';
	return shown(work, "mirror", NULL, before, after) ? mirror_send(&full, "mirror set") : DONE;
}

/* A module that cannot tell peers of it is not asked to. */
static enum status change_file(struct work *work, const struct objects *is,
			       const struct objects *want)
{
	bool known = is->file_known || work->diff;

	if (is->file == want->file || !known)
		return DONE;
	return shown(work, "file", NULL, file_text(is->file), file_text(want->file)) ?
	       info_tell_file(want->file) : DONE;
}

/**
 * objects_change() - Make what the module has what it shall have.
 * @work: The run.
 * @is: What it has; it is completed.
 * @want: What it shall have; it is completed.
 *
 * Return: DONE or REFUSED; then some of it may have been done.
 */
enum status objects_change(struct work *work, struct objects *is, struct objects *want)
{
	enum status status;
	unsigned int i;

	work->step = "objects";
	status = want->mirror.on ? DONE : change_mirror(work, &is->mirror, &want->mirror);
	if (status == DONE)
		status = remove_clusterips(work, is, want, true);
	if (status == DONE)
		status = remove_clusterips(work, is, want, false);
	if (status == DONE)
		status = remove_routers(work, &is->routers, &want->routers);
	if (status == DONE)
		status = remove_claims(work, &is->claims, &want->claims);
	for (i = 0; status == DONE && i < want->peers.count; i++)
		status = change_peer(work, peers_find(&is->peers, want->peers.list[i].name, i),
				     &want->peers.list[i]);
	/* Who comes back with nothing learns before it takes anything. */
	if (status == DONE && want->mirror.on)
		status = change_mirror(work, &is->mirror, &want->mirror);
	for (i = 0; status == DONE && i < want->claims.count; i++)
		status = change_claim(work, claims_find(&is->claims, want->claims.list[i].name),
				      &want->claims.list[i]);
	for (i = 0; status == DONE && i < want->routers.count; i++)
		status = change_router(work, routers_find(&is->routers,
							 want->routers.list[i].name),
				       &want->routers.list[i]);
	for (i = 0; status == DONE && i < want->ips.count; i++)
		status = change_clusterip(work, is, want, &want->ips.list[i]);
	if (status == DONE)
		status = remove_peers(work, &is->peers, &want->peers);
	if (status == DONE)
		status = change_file(work, is, want);
	return status;
}
