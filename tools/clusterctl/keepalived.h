/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the settings of keepalived to virtual routers of kcluster. What the
 * module would refuse does not get into them.
 */
#ifndef KEEPALIVED_H
#define KEEPALIVED_H

#include <stdbool.h>
#include <stdint.h>

#include "keepalived_parse.h"
#include "keepalived_report.h"
#include "router.h"

/* As many as the module takes in a network namespace. */
#define KA_ROUTERS_MAX 4080

/**
 * struct ka_import - What became of a configuration.
 * @report: What is to be said about it.
 * @routers: The virtual routers.
 * @nodes: The vrrp_instance each of them comes from.
 * @version: VRRP version from global_defs; 0 for keepalived's default.
 * @startup_delay: Milliseconds that every virtual router waits.
 * @plain_checksum: Whether VRRPv3 over IPv4 goes without a pseudo-header.
 * @held: Addresses and routes of @routers, for tsearch().
 * @root: The configuration, not owned.
 */
struct ka_import {
	struct ka_report report;
	struct routers routers;
	const struct ka_node **nodes;
	uint8_t version;
	uint32_t startup_delay;
	bool plain_checksum;
	void *held;
	const struct ka_node *root;
};

/**
 * struct ka_instance - A vrrp_instance on its way to a virtual router.
 * @import: The import.
 * @node: The block.
 * @router: What is known of it so far.
 */
struct ka_instance {
	struct ka_import *import;
	const struct ka_node *node;
	struct router router;
};

/**
 * struct ka_rule - What to say about a setting that has no counterpart.
 * @name: The setting.
 * @kind: enum ka_kind, or KA_HANDLED when it is not this table's to say.
 * @harmless: A value with which nothing is lost; "off" stands for all its forms.
 * @advice: What to do instead.
 */
struct ka_rule {
	const char *name;
	int kind;
	const char *harmless;
	const char *advice;
};

#define KA_HANDLED (-1)

#define ka_for_each(child, block) \
	for (child = (block)->children; child; child = child->next)

/* Says something about a setting of an instance. */
#define ka_say(in, node, kind, what, ...) \
	ka_remark(&(in)->import->report, (node)->file, (node)->line, kind, (in)->router.name, \
		  what, __VA_ARGS__)

static inline const char *ka_value(const struct ka_node *node)
{
	return node->count > 1 ? node->words[1] : "";
}

/* keepalived_import.c */
void ka_import_config(struct ka_import *import, const struct ka_config *config);
void ka_import_print(FILE *out, const struct ka_import *import, const char *file);
void ka_import_free(struct ka_import *import);

/* keepalived_instance.c */
bool ka_instance_convert(struct ka_instance *in);
bool ka_seconds(const char *text, uint64_t *us);

/* keepalived_items.c */
void ka_convert_addresses(struct ka_instance *in);
void ka_convert_peers(struct ka_instance *in);
void ka_convert_tracks(struct ka_instance *in);
bool ka_is_device(const char *name);
bool ka_is_unicast(const struct ipaddr *address);
bool ka_weight(const char *text, int32_t *weight);
struct track *ka_new_track(struct ka_instance *in, const struct ka_node *node, int32_t weight);

/* keepalived_routes.c */
void ka_convert_routes(struct ka_instance *in);

/* keepalived_scripts.c */
void ka_convert_scripts(struct ka_instance *in);
void ka_tell_scripts(struct ka_import *import, const struct ka_node *root);
void ka_print_scripts(FILE *out, const struct ka_import *import, const char *file);

/* keepalived_group.c */
void ka_convert_groups(struct ka_import *import, const struct ka_node *root);

/* keepalived_held.c */
const char *ka_held_address(const struct ka_import *import, const struct router *router,
			    const struct vip *vip);
const char *ka_held_route(const struct ka_import *import, const struct router *router,
			  const struct route *route);
void ka_hold(struct ka_import *import, const struct router *router);
void ka_held_free(struct ka_import *import);

/* keepalived_rules.c */
extern const struct ka_rule ka_top_rules[];
extern const struct ka_rule ka_global_rules[];
extern const struct ka_rule ka_instance_rules[];
extern const struct ka_rule ka_group_rules[];
bool ka_is_off(const char *text);
void ka_apply_rule(struct ka_report *report, const char *router, const struct ka_rule *rules,
		   const struct ka_node *node);

#endif
