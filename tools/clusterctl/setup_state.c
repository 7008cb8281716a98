// SPDX-License-Identifier: GPL-2.0
/*
 * What setup found on a machine, and the way back to it.
 */
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "setup_state.h"

/**
 * setup_state_free() - Give back what a state holds.
 * @state: The state.
 */
void setup_state_free(struct setup_state *state)
{
	free(state->rules);
	tunnel_free(&state->tunnel);
	tunnels_free(&state->others);
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

static enum status read_tunnel(struct tunnel *tunnel, const struct objects *all,
			       struct nl_sock *sock)
{
	enum status status = link_read(sock, tunnel);

	if (status == DONE && tunnel->exists)
		status = wg_read(tunnel);
	leave_virtual(tunnel, all);
	tunnel_sort(tunnel);
	return status;
}

/**
 * setup_state_read() - Read the WireGuard device and what the module has; not the table.
 * @is: Filled in; starts out zeroed. To be freed with setup_state_free().
 * @setup: The cluster, and which node this is.
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED.
 */
enum status setup_state_read(struct setup_state *is, const struct setup *setup,
			     struct nl_sock *sock)
{
	const struct cluster *cluster = &setup->cluster;
	enum status status;
	unsigned int i;

	is->sysctls = sysctls_kept();
	/* Asking whether it is there does not load it. */
	status = module_there(&is->module);
	if (status == DONE && is->module)
		status = objects_read(&is->objects);
	if (cluster->networks.count)
		snprintf(is->tunnel.name, sizeof(is->tunnel.name), "%s",
			 cluster->nodes[setup->node].interface);
	if (status == DONE)
		status = links_other(sock, is->tunnel.name, &is->others);
	for (i = 0; status == DONE && i < is->others.count; i++)
		status = read_tunnel(&is->others.list[i], &is->objects, sock);
	if (status != DONE || !cluster->networks.count)
		return status;
	return read_tunnel(&is->tunnel, &is->objects, sock);
}

/**
 * setup_state_return() - Whatever state there is now becomes that of before; not the table.
 * @setup: The cluster, and which node this is.
 * @before: That of before; its objects as from objects_again().
 * @sock: From link_connect().
 *
 * Return: DONE or REFUSED.
 */
enum status setup_state_return(const struct setup *setup, struct setup_state *before,
			       struct nl_sock *sock)
{
	struct setup_state now = { 0 };
	struct tunnel none = { 0 };
	struct work work = { 0 };
	unsigned int i;
	enum status sysctls = sysctls_return(&work, before->sysctls);
	enum status status = setup_state_read(&now, setup, sock);

	if (status == DONE && now.module)
		status = objects_change(&work, &now.objects, &before->objects);
	/* What has moved since does not move back. */
	tunnel_keep_moving(&before->tunnel, &now.tunnel, &before->objects);
	for (i = 0; i < before->others.count; i++)
		tunnel_keep_moving(&before->others.list[i], &none, &before->objects);
	if (status == DONE && *before->tunnel.name)
		status = tunnel_change(&work, &now.tunnel, &before->tunnel, sock);
	if (status == DONE)
		status = tunnels_return(&work, &now.others, &before->others, sock);
	setup_state_free(&now);
	return status == DONE ? sysctls : status;
}
