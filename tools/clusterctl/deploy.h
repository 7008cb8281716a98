/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What "clusterctl deploy" was asked for, and what it knows of each node.
 */
#ifndef DEPLOY_H
#define DEPLOY_H

#include <stdbool.h>
#include <stdint.h>

#include "setup.h"
#include "words.h"

/**
 * enum deploy_result - How far it came with a node.
 * @DEPLOY_UNTOUCHED: It is as it was.
 * @DEPLOY_SAME: It had the file already.
 * @DEPLOY_DONE: It is set up from the file.
 * @DEPLOY_FAILED: It is not, and is as it was, or will be by itself.
 */
enum deploy_result {
	DEPLOY_UNTOUCHED, DEPLOY_SAME, DEPLOY_DONE, DEPLOY_FAILED,
};

/**
 * struct deploy_node - A node to be set up.
 * @node: Its index in the cluster.
 * @name: Its name.
 * @target: What ssh is told; NULL for this machine.
 * @masters: How many virtual routers it is master of.
 * @faults: How many are in FAULT, which a new file need not mend.
 * @file: The cluster file it was set up from, as conf_hash(); 0 if it does not tell.
 * @has_copy: A file was put beside its own.
 * @result: How far it came.
 */
struct deploy_node {
	unsigned int node;
	const char *name;
	const char *target;
	unsigned int masters;
	unsigned int faults;
	uint64_t file;
	bool has_copy;
	enum deploy_result result;
};

/**
 * struct deploy - A run of it.
 * @setup: The cluster file, and which node this is, if it is one.
 * @where: Name of the file on each node.
 * @ssh: The command that reaches others, its first words.
 * @confirm: Milliseconds after which a node goes back unless it was confirmed.
 * @plan: Only print what would be done.
 * @text: The file, as it was checked here.
 * @length: Octets of it.
 * @list: Nodes, in the order in which they are set up.
 * @count: How many.
 */
struct deploy {
	struct setup setup;
	const char *where;
	struct words ssh;
	uint32_t confirm;
	bool plan;
	char *text;
	size_t length;
	struct deploy_node *list;
	unsigned int count;
};

/* deploy_order.c: who comes when, and what a node says of itself */
void deploy_sort(struct deploy_node *list, unsigned int count);
bool deploy_take_status(struct deploy_node *node, const char *json);
bool deploy_is_settled(const struct deploy_node *node, const char *json, char *why, size_t size);
#define DEPLOY_WHY_MAX 256

/* deploy_node.c: the steps, on one node */
enum status deploy_ask(struct deploy *deploy, struct deploy_node *node);
enum status deploy_check(struct deploy *deploy, struct deploy_node *node);
enum status deploy_set_up(struct deploy *deploy, struct deploy_node *node);
void deploy_clean(struct deploy *deploy, struct deploy_node *node);

#endif
