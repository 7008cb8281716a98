/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The private key of this node, by which it finds itself in a cluster file.
 */
#ifndef KEY_H
#define KEY_H

#include <stdint.h>

#include "cluster.h"

#define KEY_FILE "/etc/kcluster/private.key"

/**
 * enum key_found - What came of the search for this node.
 * @KEY_READ: Here it is.
 * @KEY_MISSING: There is no key.
 * @KEY_HIDDEN: Somebody else may read it, but not this user.
 * @KEY_BAD: It cannot be used; that was said.
 */
enum key_found {
	KEY_READ, KEY_MISSING, KEY_HIDDEN, KEY_BAD,
};

enum key_found key_read(const char *file, uint8_t *private_key);
void key_make(uint8_t *private_key);
int key_public(const uint8_t *private_key, uint8_t *public_key);
const char *key_text(const uint8_t *key, char *text);
void key_forget(uint8_t *private_key);

#endif
