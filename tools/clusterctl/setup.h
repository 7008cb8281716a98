/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "clusterctl setup" was asked for.
 */
#ifndef SETUP_H
#define SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "cluster.h"

#define SETUP_FILE "/etc/kcluster/cluster.conf"

/**
 * struct setup - What was asked for, and for whom.
 * @file: The cluster file.
 * @key_file: The private key of this node.
 * @check: Only see whether the file is right.
 * @diff: Only print what would change.
 * @confirm: Milliseconds after which the old state returns unless confirmed; 0 for never.
 * @confirmed: Only say that what was set up stays.
 * @resolve: Only look up names of endpoints that are not reached.
 * @cluster: What the file says.
 * @node: This node, NO_NODE if that is not known.
 * @private_key: Of this node.
 */
struct setup {
	const char *file;
	const char *key_file;
	bool check;
	bool diff;
	uint32_t confirm;
	bool confirmed;
	bool resolve;
	struct cluster cluster;
	unsigned int node;
	uint8_t private_key[KEY_BYTES];
};

/* setup.c */
enum status setup_read(struct setup *setup);
enum status setup_find_node(struct setup *setup);

/* setup_lock.c */
enum status setup_lock(void);
void setup_unlock(void);

/* setup_apply.c */
enum status setup_apply(struct setup *setup, unsigned int *changes);

/* setup_confirm.c */
enum status confirm_begin(const struct setup *setup);
bool confirm_is_pending(void);
bool confirm_end(void);

#endif
