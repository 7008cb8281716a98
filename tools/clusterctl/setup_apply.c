// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of setup: WireGuard, the module, what it has. One that fails takes back
 * what this run did, so that all that worked before works as before.
 */
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>

#include "load.h"
#include "module.h"
#include "objects.h"
#include "setup.h"
#include "wireguard.h"

/**
 * struct state - Of a machine, what setup is concerned with.
 * @tunnel: The WireGuard device; without a name if there is no VPN.
 * @objects: What the module has.
 */
struct state {
	struct tunnel tunnel;
	struct objects objects;
};

static void state_free(struct state *state)
{
	tunnel_free(&state->tunnel);
	objects_free(&state->objects);
}

static bool same_address(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}

static bool is_virtual(const struct objects *all, const struct ipaddr *address)
{
	unsigned int i, j;

	for (i = 0; i < all->routers.count; i++)
		for (j = 0; j < all->routers.list[i].address_count; j++)
			if (same_address(&all->routers.list[i].addresses[j].address, address))
				return true;
	for (i = 0; i < all->ips.count; i++)
		for (j = 0; j < all->ips.list[i].holder.address_count; j++)
			if (same_address(&all->ips.list[i].holder.addresses[j].address, address))
				return true;
	return false;
}

/* The addresses that the module puts there come and go without us. */
static void leave_virtual(struct tunnel *tunnel, const struct objects *all)
{
	struct net_prefixes *addresses = &tunnel->addresses;
	unsigned int i, kept = 0;

	for (i = 0; i < addresses->count; i++)
		if (!is_virtual(all, &addresses->list[i].address))
			addresses->list[kept++] = addresses->list[i];
	addresses->count = kept;
}

static enum status read_state(struct state *is, const struct setup *setup, struct nl_sock *sock)
{
	const struct cluster *cluster = &setup->cluster;
	enum status status = DONE;

	/* Asking whether it is there does not load it. */
	if (module_is_there())
		status = objects_read(&is->objects);
	if (status != DONE || !cluster->networks.count)
		return status;
	snprintf(is->tunnel.name, sizeof(is->tunnel.name), "%s",
		 cluster->nodes[setup->node].interface);
	status = link_read(sock, &is->tunnel);
	if (status == DONE && is->tunnel.exists)
		status = wg_read(&is->tunnel);
	leave_virtual(&is->tunnel, &is->objects);
	tunnel_sort(&is->tunnel);
	return status;
}

/* There is none if there is nothing for it to do. */
static enum status need_module(struct work *work, const struct objects *want)
{
	struct info info;
	bool loaded;

	if (module_is_there() || !objects_any(want) || !work_do(work, "+ modprobe kcluster"))
		return DONE;
	return load_module(&loaded, &info);
}

/* Whatever state there is now becomes that of before. */
static enum status take_back(const struct setup *setup, struct state *before,
			     struct nl_sock *sock)
{
	struct state now = { 0 };
	struct work work = { 0 };
	enum status status = read_state(&now, setup, sock);

	if (status == DONE && module_is_there())
		status = objects_change(&work, &now.objects, &before->objects);
	if (status == DONE && *before->tunnel.name)
		status = tunnel_change(&work, &now.tunnel, &before->tunnel, sock);
	state_free(&now);
	return status;
}

static enum status change(struct work *work, const struct setup *setup, struct state *is,
			  struct state *want, struct nl_sock *sock)
{
	struct state before = { .tunnel = is->tunnel };
	const char *step = "WireGuard";
	enum status status = objects_again(&before.objects, &is->objects);

	if (status == DONE && setup->cluster.networks.count)
		status = tunnel_change(work, &is->tunnel, &want->tunnel, sock);
	if (status == DONE) {
		step = "the kcluster module";
		status = need_module(work, &want->objects);
	}
	if (status == DONE && (module_is_there() || work->diff)) {
		step = "what the module shall have";
		status = objects_change(work, &is->objects, &want->objects);
	}
	if (status == DONE || work->diff)
		goto out;
	if (!work->changes)
		error("setup: %s failed, nothing was changed", step);
	else if (take_back(setup, &before, sock) == DONE)
		error("setup: %s failed, all is again as it was before", step);
	else
		error("setup: %s failed, and not all could be made as it was before", step);
out:
	objects_free(&before.objects);
	return status;
}

/**
 * setup_apply() - Make this machine its part of the cluster.
 * @setup: The cluster, and which node this is.
 * @changes: How many there were, or would be.
 *
 * Return: DONE or REFUSED.
 */
enum status setup_apply(struct setup *setup, unsigned int *changes)
{
	struct work work = { .diff = setup->diff };
	struct state is = { 0 }, want = { 0 };
	struct nl_sock *sock = link_connect();
	enum status status = REFUSED;

	if (sock)
		status = read_state(&is, setup, sock);
	if (status == DONE && setup->cluster.networks.count)
		status = tunnel_want(&want.tunnel, &is.tunnel, setup, sock);
	if (status == DONE) {
		objects_want(&want.objects, setup);
		status = change(&work, setup, &is, &want, sock);
	}
	*changes = work.changes;
	state_free(&want);
	state_free(&is);
	nl_socket_free(sock);
	return status;
}
