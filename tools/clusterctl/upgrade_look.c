// SPDX-License-Identifier: GPL-2.0
/*
 * Before an upgrade: what this node has, who takes it over, and what nobody would.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "info.h"
#include "output.h"
#include "upgrade.h"

static void add_name(char ***list, unsigned int *count, const char *name)
{
	*list = need_memory(realloc(*list, (*count + 1) * sizeof(**list)));
	(*list)[(*count)++] = copy_text(name);
}

static void free_names(char **list, unsigned int count)
{
	while (count)
		free(list[--count]);
	free(list);
}

static const struct shared *find_shared(const struct cluster *cluster, enum conf_kind kind,
					const char *name)
{
	unsigned int i;

	for (i = 0; i < cluster->shared_count; i++)
		if (cluster->shared[i].section->kind == kind &&
		    !strcmp(cluster->shared[i].section->name, name))
			return &cluster->shared[i];
	return NULL;
}

static bool is_alive(const struct peers *peers, const char *name)
{
	const struct peer *peer = peers_find(peers, name, 0);

	return peer && peer->state == KCLUSTER_PEER_STATE_ALIVE;
}

/* Does another node have it as well, and is alive? */
static bool has_heir(const struct upgrade *upgrade, const struct objects *is, enum conf_kind kind,
		     const char *name)
{
	const struct cluster *cluster = &upgrade->setup.cluster;
	const struct shared *shared = find_shared(cluster, kind, name);
	unsigned int i;

	for (i = 0; shared && i < cluster->node_count; i++)
		if (i != upgrade->setup.node && shared_has(shared, i) &&
		    is_alive(&is->peers, node_name(cluster, i)))
			return true;
	return false;
}

/* One line about what nobody takes over; whether that is a reason to stop. */
static bool say_alone(const struct upgrade *upgrade, const char *kind, const char *name)
{
	if (upgrade->force) {
		warning("upgrade: %s %s: no other node that has it is known to be alive; it will be away until this one is back",
			kind, name);
		return false;
	}
	error("upgrade: %s %s: no other node that has it is known to be alive, so it would be away, and its connections broken, until this one is back: start one (clusterctl status), or say 'force'",
	      kind, name);
	return true;
}

static unsigned int find_heirs(struct upgrade *upgrade, const struct objects *is)
{
	unsigned int i, alone = 0;

	for (i = 0; i < is->routers.count; i++) {
		const struct router *router = &is->routers.list[i];
		bool master = router->state == KCLUSTER_VRRP_STATE_MASTER;

		if (!master && !router->master_address.length)
			continue;
		if (has_heir(upgrade, is, CONF_ROUTER, router->name))
			add_name(&upgrade->taken, &upgrade->taken_count, router->name);
		else if (master)
			alone += say_alone(upgrade, "virtual router", router->name);
	}
	for (i = 0; i < is->ips.count; i++) {
		const struct clusterip *ip = &is->ips.list[i];

		if (!ip->shares)
			continue;
		if (clusterip_is_shared(ip) &&
		    has_heir(upgrade, is, CONF_CLUSTERIP, ip->name))
			add_name(&upgrade->taken, &upgrade->taken_count, ip->name);
		else
			alone += say_alone(upgrade, "cluster IP", ip->name);
	}
	if (is->mirror.on && is->mirror.owner && !is->mirror.safe) {
		warning("upgrade: not all connections of this node are known to another one: %s",
			is->mirror.reason ? is->mirror.reason : "no reason given");
	}
	return alone;
}

/**
 * upgrade_say_kept() - Say what was made by hand, and will be made again.
 * @kept: Commands.
 */
void upgrade_say_kept(const char *kept)
{
	while (*kept && !options.json) {
		size_t length = strcspn(kept, "\n");

		if (length)
			printf("by hand, will be made again: %.*s\n", (int)length, kept);
		kept += length + (kept[length] == '\n');
	}
}

/* What the file says otherwise than the module has it. */
static enum status say_changes(struct upgrade *upgrade)
{
	FILE *real = stdout;
	unsigned int changes = 0;
	enum status status;

	/* It also finds what is wrong. */
	if (options.json)
		stdout = need_memory(fopen("/dev/null", "we"));
	upgrade->setup.diff = true;
	status = setup_apply(&upgrade->setup, &changes);
	upgrade->setup.diff = false;
	if (stdout != real) {
		fclose(stdout);
		stdout = real;
		return status;
	}
	if (status == DONE && changes)
		printf("these changes come with it, for %s says so\n", upgrade->setup.file);
	return status;
}

/**
 * upgrade_look() - See what there is, and refuse what would be missed.
 * @upgrade: The run; gets who is alive, what others take over, and what to keep.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_look(struct upgrade *upgrade)
{
	struct objects is = { 0 }, want = { 0 };
	char *kept, *both;
	struct info info;
	enum status status;
	unsigned int i;

	status = objects_read(&is);
	if (status != DONE)
		goto out;
	for (i = 0; i < is.peers.count; i++)
		if (is.peers.list[i].state == KCLUSTER_PEER_STATE_ALIVE)
			add_name(&upgrade->alive, &upgrade->alive_count, is.peers.list[i].name);
	if (find_heirs(upgrade, &is))
		status = REFUSED;
	objects_want(&want, &upgrade->setup);
	/* While the node stands by, each router says that it does. */
	kept = kept_text(&is, &want, info_try_get(&info) || info.standby);
	both = kept_join(kept, upgrade->kept);
	free(kept);
	free(upgrade->kept);
	upgrade->kept = both;
	if (status == DONE)
		status = say_changes(upgrade);
out:
	objects_free(&want);
	objects_free(&is);
	return status;
}

/**
 * upgrade_free() - Give back what a run holds.
 * @upgrade: The run.
 */
void upgrade_free(struct upgrade *upgrade)
{
	free_names(upgrade->alive, upgrade->alive_count);
	free_names(upgrade->taken, upgrade->taken_count);
	free(upgrade->kept);
	if (upgrade->lock >= 0)
		close(upgrade->lock);
}
