/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Configurations of several machines become sections of one cluster file.
 */
#ifndef IMPORT_CLUSTER_H
#define IMPORT_CLUSTER_H

#include <stdio.h>

#include "keepalived.h"

/**
 * struct import_node - A machine, and its configuration.
 * @name: What it is called in the cluster file.
 * @file: Its configuration.
 * @key: Its public key, as it was written; NULL if that was not said.
 * @config: keepalived's, as it was read.
 * @import: What became of that.
 */
struct import_node {
	const char *name;
	const char *file;
	const char *key;
	struct ka_config config;
	struct ka_import import;
};

/**
 * struct import_nodes - All of them.
 * @list: They, @count of them.
 * @count: See @list.
 */
struct import_nodes {
	struct import_node *list;
	unsigned int count;
};

/* keepalived_cluster.c */
void ka_cluster_print(FILE *out, const struct import_nodes *nodes);
void ka_cluster_report(struct ka_report *report, const struct import_nodes *nodes);

/* import_cluster.c: the words of the command */
enum status import_keepalived_cluster(int argc, char **argv);
enum status import_wg_quick(int argc, char **argv);

/* import.c: what became of it */
enum status import_tell(const char *file, const char *what, char *text,
			const struct ka_report *report);

#endif
