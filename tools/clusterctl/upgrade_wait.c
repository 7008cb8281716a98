// SPDX-License-Identifier: GPL-2.0
/*
 * Waiting, in an upgrade, until something is so; what is missing yet is said in a line
 * whenever it is something else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "upgrade.h"

#define MISSING_MAX 256
#define LOOK_EACH_MS 100
/* Counts change with each look: one line in so many milliseconds is enough. */
#define SAY_EACH_MS 1000
/* A master was heard within that, or within its own time if that is longer. */
#define PATIENCE_MS 1000

/* What is missing, in one clause; false if nothing is. */
typedef bool (*missing_fn)(const struct upgrade *upgrade, const struct objects *is, char *text);

static enum status wait_for(const struct upgrade *upgrade, const char *what, missing_fn missing)
{
	const struct timespec pause = { .tv_nsec = LOOK_EACH_MS * 1000000L };
	int64_t end = boot_ms() + upgrade->timeout, say_at = 0;
	char text[MISSING_MAX], said[MISSING_MAX] = "";

	for (;;) {
		struct objects is = { 0 };
		enum status status = objects_read(&is);
		bool lacks = status == DONE && missing(upgrade, &is, text);

		objects_free(&is);
		if (status != DONE || !lacks)
			return status;
		if (boot_ms() >= end)
			break;
		if (!options.json && strcmp(text, said) && boot_ms() >= say_at) {
			printf("waiting: %s\n", text);
			fflush(stdout);
			strcpy(said, text);
			say_at = boot_ms() + SAY_EACH_MS;
		}
		nanosleep(&pause, NULL);
	}
	error("upgrade: %s: %s, for longer than %u s (-timeout)", what, text,
	      upgrade->timeout / 1000);
	return REFUSED;
}

static bool is_taken(const struct upgrade *upgrade, const char *name)
{
	unsigned int i;

	for (i = 0; i < upgrade->taken_count; i++)
		if (!strcmp(upgrade->taken[i], name))
			return true;
	return false;
}

static bool hears_master(const struct router *router)
{
	uint64_t patience = router->master_down_interval;

	if (patience < PATIENCE_MS)
		patience = PATIENCE_MS;

	return router->master_address.length && router->last_heard <= patience;
}

/* What this node still has, and what nobody has yet. */
static bool not_away(const struct upgrade *upgrade, const struct objects *is, char *text)
{
	unsigned int i, j;

	for (i = 0; i < is->routers.count; i++) {
		const struct router *router = &is->routers.list[i];

		if (router->state == KCLUSTER_VRRP_STATE_MASTER) {
			snprintf(text, MISSING_MAX, "this node is still master of %s",
				 router->name);
			return true;
		}
		for (j = 0; j < router->address_count; j++)
			if (router->addresses[j].state == KCLUSTER_VRRP_ITEM_STATE_HELD) {
				snprintf(text, MISSING_MAX,
					 "this node still has addresses of %s", router->name);
				return true;
			}
		if (is_taken(upgrade, router->name) && !hears_master(router)) {
			snprintf(text, MISSING_MAX, "nobody is master of %s yet", router->name);
			return true;
		}
	}
	for (i = 0; i < is->ips.count; i++)
		if (is->ips.list[i].shares && is_taken(upgrade, is->ips.list[i].name)) {
			snprintf(text, MISSING_MAX, "this node still answers for cluster IP %s",
				 is->ips.list[i].name);
			return true;
		}
	return false;
}

/* What this node has told, and is not in the table of the others. */
static bool not_known(const struct upgrade *upgrade, const struct objects *is, char *text)
{
	const struct mirror *mirror = &is->mirror;
	unsigned int i;

	(void)upgrade;
	if (!mirror->on)
		return false;
	if (mirror->owner && !mirror->safe) {
		snprintf(text, MISSING_MAX, "%s",
			 mirror->reason ? mirror->reason : "connections are not known elsewhere");
		return true;
	}
	for (i = 0; i < mirror->peer_count; i++) {
		const struct mirror_peer *peer = &mirror->peers[i];

		if (peer->state == KCLUSTER_MIRROR_STATE_BULK) {
			snprintf(text, MISSING_MAX, "%s is being told of all connections",
				 peer->name);
			return true;
		}
	}
	return false;
}

/* As not_known(); for who owns nothing, nothing may be on its way any more. */
static bool not_told(const struct upgrade *upgrade, const struct objects *is, char *text)
{
	const struct mirror *mirror = &is->mirror;
	unsigned int i;

	if (not_away(upgrade, is, text))
		return true;
	if (!mirror->on)
		return false;
	if (mirror->queue) {
		snprintf(text, MISSING_MAX, "changes of connections are not sent yet");
		return true;
	}
	for (i = 0; i < mirror->peer_count; i++)
		if (mirror->peers[i].state == KCLUSTER_MIRROR_STATE_BULK ||
		    (mirror->peers[i].state != KCLUSTER_MIRROR_STATE_IDLE &&
		     mirror->peers[i].in_flight)) {
			snprintf(text, MISSING_MAX, "%s has not confirmed all connections yet",
				 mirror->peers[i].name);
			return true;
		}
	return false;
}

static bool was_alive(const struct upgrade *upgrade, const char *name)
{
	unsigned int i;

	for (i = 0; i < upgrade->alive_count; i++)
		if (!strcmp(upgrade->alive[i], name))
			return true;
	return false;
}

/* What this node has to know before it takes anything back. */
static bool not_back(const struct upgrade *upgrade, const struct objects *is, char *text)
{
	const struct mirror *mirror = &is->mirror;
	unsigned int i;

	for (i = 0; i < is->peers.count; i++) {
		const struct peer *peer = &is->peers.list[i];

		/* Who was dead may be so again; that it is takes a moment to be seen. */
		if (peer->state == KCLUSTER_PEER_STATE_ADDED ||
		    (peer->state != KCLUSTER_PEER_STATE_ALIVE &&
		     was_alive(upgrade, peer->name))) {
			snprintf(text, MISSING_MAX, "peer %s is not heard yet", peer->name);
			return true;
		}
	}
	for (i = 0; mirror->on && i < mirror->peer_count; i++) {
		const struct mirror_peer *peer = &mirror->peers[i];

		if (peer->peer_state == KCLUSTER_MIRROR_STATE_BULK ||
		    (peer->peer_state == KCLUSTER_MIRROR_STATE_SYNC && peer->missing)) {
			snprintf(text, MISSING_MAX, "%s has not told of all its connections yet",
				 peer->name);
			return true;
		}
	}
	if (mirror->on && upgrade->alive_count && !mirror->safe) {
		snprintf(text, MISSING_MAX, "%s",
			 mirror->reason ? mirror->reason : "connections are not known here");
		return true;
	}
	return false;
}

/**
 * upgrade_wait_known() - Wait until others know the connections of this node.
 * @upgrade: The run.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_wait_known(struct upgrade *upgrade)
{
	return wait_for(upgrade, "before it stands by", not_known);
}

/**
 * upgrade_wait_away() - Wait until this node, which stands by, has nothing any more.
 * @upgrade: The run.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_wait_away(struct upgrade *upgrade)
{
	return wait_for(upgrade, "standing by", not_told);
}

/**
 * upgrade_wait_back() - Wait until this node, which stands by, knows what others know.
 * @upgrade: The run.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_wait_back(struct upgrade *upgrade)
{
	return wait_for(upgrade, "with the new module", not_back);
}
