/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "clusterctl upgrade" was asked for, and what it found.
 */
#ifndef UPGRADE_H
#define UPGRADE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "module_file.h"
#include "objects.h"
#include "setup.h"

/**
 * struct upgrade - A run of it.
 * @setup: The cluster file, and which node this is.
 * @module: The file to be loaded; NULL for that of modprobe.
 * @timeout: Milliseconds that each condition is waited for.
 * @force: Go on though something will be missed.
 * @check: Only see whether it can be done.
 * @lock: Held while it runs, a file descriptor.
 * @wanted: The file to be loaded.
 * @was: The module that was loaded.
 * @former: Its file; without a path if that is not there any more.
 * @standby: The node stood by before, and shall do so again.
 * @standby_until: When that ends, in milliseconds since boot; 0 for never.
 * @half: A former run ended between the modules, so what there is now is not set up.
 * @alive: Names of the peers that were alive.
 * @alive_count: How many.
 * @taken: Names of the virtual routers and cluster IPs that others take over.
 * @taken_count: How many.
 * @kept: Commands that make again what was made by hand.
 */
struct upgrade {
	struct setup setup;
	const char *module;
	uint32_t timeout;
	bool force;
	bool check;
	int lock;
	struct module_file wanted;
	struct module_now was;
	struct module_file former;
	bool standby;
	int64_t standby_until;
	bool half;
	char **alive;
	unsigned int alive_count;
	char **taken;
	unsigned int taken_count;
	char *kept;
};

/* upgrade_look.c: what there is, and who takes it over */
enum status upgrade_look(struct upgrade *upgrade);
void upgrade_say_kept(const char *kept);
void upgrade_free(struct upgrade *upgrade);

/* upgrade_spaces.c: who else would lose something */
enum status upgrade_check_spaces(bool force);

/* upgrade_state.c: what must not be lost if it ends in the middle */
enum status upgrade_lock(struct upgrade *upgrade);
bool upgrade_is_running(void);
bool upgrade_recall(struct upgrade *upgrade, uint64_t *instance);
enum status upgrade_remember(const struct upgrade *upgrade, uint64_t instance);
enum status upgrade_make_kept(const struct upgrade *upgrade);
void upgrade_forget(void);

/* upgrade_wait.c: until something is so */
enum status upgrade_wait_away(struct upgrade *upgrade);
enum status upgrade_wait_known(struct upgrade *upgrade);
enum status upgrade_wait_back(struct upgrade *upgrade);

/* upgrade_kept.c: what the cluster file does not know */
char *kept_text(const struct objects *is, const struct objects *want, bool standby);

#define KEPT_STANDBY "vrrp standby "

/* upgrade_lines.c: of it and of what was kept before */
void kept_orders(char *kept);
char *kept_join(const char *first, const char *second);

#endif
