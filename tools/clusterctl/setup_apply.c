// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of setup: the firewall, WireGuard, the module, what it has. One that fails
 * takes back what this run did, so that all that worked before works as before.
 *
 * A node is never left without the firewall that it shall have, and without a module it
 * is still reached: a firewall where there was none stays whatever fails, and if only
 * the module cannot be loaded WireGuard does as well.
 */
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"
#include "load.h"
#include "module.h"
#include "setup_state.h"

/* There is none if there is nothing for it to do. */
static enum status need_module(struct work *work, const struct objects *want, bool *there)
{
	struct info info;
	enum status status;
	bool loaded;

	work->step = "module";
	if (*there || !objects_any(want) ||
	    !work_do(work, CHANGE("module", "kcluster", "add"), "+ modprobe kcluster"))
		return DONE;
	status = load_module(&loaded, &info);
	*there = status == DONE;
	return status;
}

static void say_failed(const char *step, bool changed, enum status taken_back, bool guarded)
{
	if (!changed)
		error("setup: %s failed, nothing was changed", step);
	else if (taken_back != DONE)
		error("setup: %s failed, and not all could be made as it was before", step);
	else if (guarded)
		error("setup: %s failed, all but the firewall, of which there was none, is again as it was before",
		      step);
	else
		error("setup: %s failed, all is again as it was before", step);
}

/* The table, if it was changed: back to what was there, but not to none. */
static enum status return_rules(const struct work *work, const char *before)
{
	return work->changes && before ? rules_replace(before) : DONE;
}

static void take_back(struct work *work, const struct work *guard, const char *step,
		      const struct setup *setup, struct setup_state *before)
{
	enum status status = return_rules(guard, before->rules);
	struct nl_sock *sock;

	if (work->changes > guard->changes) {
		/* That of before may still wait for the answer that failed. */
		sock = link_connect();
		if (!sock || setup_state_return(setup, before, sock) != DONE)
			status = REFUSED;
		nl_socket_free(sock);
	}
	say_failed(step, work->changes, status, guard->changes && !before->rules);
	if (status == DONE)
		work->changes = before->rules ? 0 : guard->changes;
}

static enum status change(struct work *work, const struct work *guard, const struct setup *setup,
			  struct setup_state *is, struct setup_state *want, struct nl_sock *sock)
{
	struct setup_state before = {
		.tunnel = is->tunnel, .rules = is->rules, .sysctls = is->sysctls,
		.others = is->others,
	};
	const char *step = "WireGuard";
	bool there = is->module;
	enum status status = objects_again(&before.objects, &is->objects);

	/* They may have the port. */
	if (status == DONE)
		status = tunnels_remove(work, &is->others, sock);
	if (status == DONE && setup->cluster.networks.count)
		status = tunnel_change(work, &is->tunnel, &want->tunnel, sock);
	if (status == DONE) {
		status = need_module(work, &want->objects, &there);
		if (status != DONE) {
			error("setup: the kcluster module failed; what comes before it, the firewall and WireGuard, is as the cluster file says");
			goto out;
		}
	}
	if (status == DONE && (there || work->diff)) {
		step = "what the module shall have";
		status = objects_change(work, &is->objects, &want->objects);
	}
	if (status != DONE && !work->diff)
		take_back(work, guard, step, setup, &before);
out:
	objects_free(&before.objects);
	return status;
}

/* All but the firewall. */
static enum status apply_rest(struct work *work, struct setup *setup, struct setup_state *is)
{
	struct nl_sock *sock = link_connect();
	struct work guard = *work;
	struct setup_state want = { 0 };
	enum status status = REFUSED;

	if (sock)
		status = setup_state_read(is, setup, sock);
	if (status == DONE)
		objects_want(&want.objects, setup);
	if (status == DONE && setup->cluster.networks.count) {
		status = tunnel_want(&want.tunnel, &is->tunnel, setup, sock);
		tunnel_keep_moving(&want.tunnel, &is->tunnel, &want.objects);
	}
	if (status == DONE) {
		status = change(work, &guard, setup, is, &want, sock);
	} else if (guard.changes && !work->diff) {
		take_back(work, &guard, "what comes behind the firewall", setup, is);
	}
	setup_state_free(&want);
	nl_socket_free(sock);
	return status;
}

/**
 * setup_apply() - Make this machine its part of the cluster.
 * @setup: The cluster, and which node this is.
 * @changes: How many there were, or would be; after a failure how many were not taken
 *	back.
 *
 * Return: DONE or REFUSED.
 */
enum status setup_apply(struct setup *setup, unsigned int *changes)
{
	bool guarded = cluster_has_firewall(&setup->cluster, setup->node);
	char *rules = firewall_text(&setup->cluster, setup->node);
	struct work work = { .diff = setup->diff };
	struct setup_state is = { 0 };
	enum status status = REFUSED;

	/* What is wrong with it has been said. */
	if (rules || !guarded)
		status = rules_read(&is.rules, guarded);
	if (status == DONE) {
		status = rules_change(&work, is.rules, rules);
		if (status != DONE)
			say_failed("the firewall", work.changes, REFUSED, false);
	}
	if (status == DONE)
		status = apply_rest(&work, setup, &is);
	*changes = work.changes;
	if (status == DONE)
		work_end(&work);
	setup_state_free(&is);
	free(rules);
	return status;
}
