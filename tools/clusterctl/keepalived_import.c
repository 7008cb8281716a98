// SPDX-License-Identifier: GPL-2.0
/*
 * A whole configuration of keepalived becomes a batch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived.h"

static void take_globals(struct ka_import *import, const struct ka_node *block)
{
	const struct ka_node *node;
	uint64_t us;

	ka_for_each(node, block) {
		const char *name = node->words[0], *value = ka_value(node);

		ka_apply_rule(&import->report, NULL, ka_global_rules, node);
		if (!strcmp(name, "vrrp_version") && (!strcmp(value, "2") || !strcmp(value, "3")))
			import->version = (uint8_t)(*value - '0');
		else if (!strcmp(name, "v3_checksum_as_v2"))
			import->plain_checksum = !ka_is_off(value);
		else if (!strcmp(name, "vrrp_startup_delay") && ka_seconds(value, &us) &&
			 us / 1000 <= UINT32_MAX)
			import->startup_delay = (uint32_t)(us / 1000);
		else if (!strcmp(name, "vrrp_version") || !strcmp(name, "vrrp_startup_delay"))
			ka_remark(&import->report, node->file, node->line, KA_NOTE, NULL, name,
				  "'%s' is none, keepalived ignores it, too", value);
	}
}

/* keepalived takes the first one of a name. */
static bool is_twice(struct ka_import *import, const struct ka_node *node)
{
	unsigned int i;
	char what[96];

	for (i = 0; i < import->routers.count; i++) {
		if (strcmp(ka_value(import->nodes[i]), ka_value(node)))
			continue;
		snprintf(what, sizeof(what), "vrrp_instance %s", ka_value(node));
		ka_remark(&import->report, node->file, node->line, KA_LEFT_OUT, NULL, what,
			  "there is one of this name already");
		return true;
	}
	return false;
}

static void take_instance(struct ka_import *import, const struct ka_node *node)
{
	struct ka_instance in = { .import = import, .node = node };
	unsigned int n = import->routers.count;

	if (n == KA_ROUTERS_MAX) {
		ka_remark(&import->report, node->file, node->line, KA_LEFT_OUT, NULL,
			  "vrrp_instance", "the module takes at most %d virtual routers",
			  KA_ROUTERS_MAX);
		return;
	}
	if (is_twice(import, node))
		return;
	if (!ka_instance_convert(&in))
		return;
	import->routers.list = need_memory(realloc(import->routers.list,
						   (n + 1) * sizeof(*import->routers.list)));
	import->nodes = need_memory(realloc(import->nodes, (n + 1) * sizeof(*import->nodes)));
	import->routers.list[n] = in.router;
	import->nodes[n] = node;
	import->routers.count = n + 1;
	ka_hold(import, &in.router);
}

static void tell_condition(struct ka_import *import, const struct ka_config *config)
{
	const char *id = config->id ? config->id : "";

	if (!config->condition_file)
		return;
	if (config->condition_met)
		ka_remark(&import->report, config->condition_file, config->condition_line, KA_NOTE,
			  NULL, "@NAME", "this is the configuration of '%s': for another machine say 'id NAME'",
			  id);
	else
		ka_remark(&import->report, config->condition_file, config->condition_line,
			  KA_LEFT_OUT, NULL, "@NAME",
			  "no line is meant for '%s': name the machine with 'id NAME'", id);
}

/**
 * ka_import_config() - Make virtual routers of a configuration.
 * @import: Starts out with the remarks of the parser and is filled in.
 * @config: The configuration, which must live as long as @import.
 */
void ka_import_config(struct ka_import *import, const struct ka_config *config)
{
	const struct ka_node *node;
	unsigned int instances = 0;

	if (!config->root)
		return;
	import->root = config->root;
	/* They count for the instances above them as well. */
	ka_for_each(node, config->root)
		if (!strcmp(node->words[0], "global_defs"))
			take_globals(import, node);
	ka_for_each(node, config->root) {
		if (!strcmp(node->words[0], "vrrp_instance")) {
			take_instance(import, node);
			instances++;
		} else {
			ka_apply_rule(&import->report, NULL, ka_top_rules, node);
		}
	}
	ka_convert_groups(import, config->root);
	ka_tell_scripts(import, config->root);
	tell_condition(import, config);
	if (!instances)
		ka_remark(&import->report, config->files[0], 1, KA_LEFT_OUT, NULL,
			  "vrrp_instance", "there is none, so there is nothing to import");
	ka_report_sort(&import->report);
}

/**
 * ka_import_print() - Write the batch.
 * @out: Where to.
 * @import: The import.
 * @file: Where the configuration was read.
 */
void ka_import_print(FILE *out, const struct ka_import *import, const char *file)
{
	unsigned int i;

	fprintf(out, "# Imported from keepalived's ");
	ka_print_clean(out, file);
	fputc('\n', out);
	ka_report_comments(out, &import->report, file, NULL);
	for (i = 0; i < import->routers.count; i++) {
		const struct ka_node *node = import->nodes[i];

		fputs("\n# vrrp_instance ", out);
		ka_print_clean(out, ka_value(node));
		fputs(" (", out);
		ka_print_place(out, node->file, node->line, file);
		fputs(")\n", out);
		ka_report_comments(out, &import->report, file, import->routers.list[i].name);
		router_save(out, &import->routers.list[i]);
	}
	ka_print_scripts(out, import, file);
}

/**
 * ka_import_free() - Give back what an import holds; it is empty afterwards.
 * @import: The import.
 */
void ka_import_free(struct ka_import *import)
{
	routers_free(&import->routers);
	ka_held_free(import);
	ka_report_free(&import->report);
	free(import->nodes);
	memset(import, 0, sizeof(*import));
}
