/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cluster that shall come to be: what "clusterctl gen" was asked for.
 */
#ifndef GEN_H
#define GEN_H

#include <stdbool.h>
#include <stdio.h>

#include "cluster.h"
#include "member.h"

/**
 * struct gen_key - A public key that was said.
 * @name: Of the node or device.
 * @key: The key.
 */
struct gen_key {
	char *name;
	const char *key;
};

/**
 * struct gen - What was asked for, and what comes of it.
 * @directory: Where files go.
 * @force: Files that are there may be replaced, but no keys.
 * @qr: QR codes are to be shown.
 * @common: The section [Cluster].
 * @endpoint: Of the first node, NULL if it was not said this way.
 * @count: So many nodes without a name of their own, 0 for none.
 * @members: Nodes, then devices, @member_count of them.
 * @member_count: See @members.
 * @keys: Public keys that were said by name, @key_count of them.
 * @key_count: See @keys.
 * @text: The cluster file.
 * @conf: Its lines.
 * @cluster: What it says.
 */
struct gen {
	const char *directory;
	bool force;
	bool qr;
	struct settings common;
	const char *endpoint;
	uint32_t count;
	struct member *members;
	unsigned int member_count;
	struct gen_key *keys;
	unsigned int key_count;
	char *text;
	struct conf conf;
	struct cluster cluster;
};

/* gen_args.c: what was asked for */
enum status gen_parse(struct gen *gen, char **argv);
struct member *gen_find(struct gen *gen, const char *name);
struct member *gen_new(struct gen *gen, enum conf_kind kind, const char *name);

/* gen_text.c: the cluster file */
enum status gen_complete(struct gen *gen);
char *gen_text(const struct gen *gen);

/* gen_quick.c: files for wg-quick */
char *gen_quick(const struct cluster *cluster, unsigned int device, const uint8_t *private_key);

#endif
