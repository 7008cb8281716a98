// SPDX-License-Identifier: GPL-2.0
/*
 * A vrrp_script becomes a tracked value, and a file for the unit that checks it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keepalived.h"

/* What keepalived takes when the file says nothing, or nonsense. */
#define SCRIPT_INTERVAL 1000000u	/* us */

/**
 * struct script - The settings of a vrrp_script.
 * @command: What is run, NULL if nothing is.
 * @interval: Microseconds from one run to the next.
 * @timeout: Microseconds that a run may take, 0 when not given.
 * @rise: Good runs that make it up, 0 when not given.
 * @fall: Failed runs that make it down, 0 when not given.
 * @weight: What it counts.
 */
struct script {
	const struct ka_node *command;
	uint64_t interval;
	uint64_t timeout;
	uint32_t rise;
	uint32_t fall;
	int32_t weight;
};

static bool take_count(const char *text, uint32_t *count)
{
	const char *why;

	return !parse_number(text, 1, 1000, count, &why);
}

static bool take_setting(const struct ka_node *node, struct script *script)
{
	const char *name = node->words[0], *value = ka_value(node);

	if (!strcmp(name, "script")) {
		if (*value)
			script->command = node;
		return true;
	}
	if (!strcmp(name, "interval"))
		return ka_seconds(value, &script->interval) && script->interval;
	if (!strcmp(name, "timeout"))
		return ka_seconds(value, &script->timeout) && script->timeout;
	if (!strcmp(name, "rise"))
		return take_count(value, &script->rise);
	if (!strcmp(name, "fall"))
		return take_count(value, &script->fall);
	if (!strcmp(name, "weight"))
		return ka_weight(value, &script->weight);
	/* "user" and "init_fail" are told about with the script itself. */
	return true;
}

/* What is out of range counts as not given. */
static void read_script(const struct ka_node *block, struct script *script)
{
	const struct ka_node *node;
	struct script before;

	memset(script, 0, sizeof(*script));
	script->interval = SCRIPT_INTERVAL;
	ka_for_each(node, block) {
		before = *script;
		if (!take_setting(node, script))
			*script = before;
	}
}

/* keepalived takes the first one of a name. */
static const struct ka_node *find_script(const struct ka_node *root, const char *name)
{
	const struct ka_node *node;

	ka_for_each(node, root)
		if (!strcmp(node->words[0], "vrrp_script") && !strcmp(ka_value(node), name))
			return node;
	return NULL;
}

/* It is the name of a value, of a unit and of a file. */
static bool is_value_name(const char *name)
{
	size_t length = strlen(name);

	return length && length <= KCLUSTER_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-")
	       == length;
}

static bool tracks_value(const struct router *router, const char *name)
{
	unsigned int i;

	for (i = 0; i < router->track_count; i++)
		if (router->tracks[i].value && !strcmp(router->tracks[i].value, name))
			return true;
	return false;
}

static void convert_script(struct ka_instance *in, const struct ka_node *node)
{
	const struct ka_node *block = find_script(in->node->parent, node->words[0]);
	struct script script;
	struct track *track;
	int32_t weight;
	unsigned int i;

	if (!block) {
		ka_say(in, node, KA_NOTE, node->words[0],
		       "there is no vrrp_script of this name, keepalived ignores it, too");
		return;
	}
	if (tracks_value(&in->router, node->words[0]))
		return;
	read_script(block, &script);
	weight = script.weight;
	for (i = 1; i < node->count; i++) {
		if (!strcmp(node->words[i], "weight") && i + 1 < node->count) {
			if (!ka_weight(node->words[++i], &weight))
				ka_say(in, node, KA_NOTE, node->words[0],
				       "weight '%s' is out of range, keepalived ignores it, too",
				       node->words[i]);
		} else if (!strcmp(node->words[i], "reverse")) {
			ka_say(in, node, KA_LEFT_OUT, node->words[0],
			       "a value cannot count in reverse: let the command exit with 0 when it should be up");
			return;
		}
	}
	if (!script.command || !is_value_name(node->words[0])) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "%s",
		       script.command ?
		       "a value, and the unit that checks it, have a name of letters, digits and _.:-" :
		       "its vrrp_script has no 'script'");
		return;
	}
	track = ka_new_track(in, node, weight);
	if (!track)
		return;
	track->value = copy_text(node->words[0]);
	track->has_weight = true;
}

/**
 * ka_convert_scripts() - Give the router the scripts that its instance tracks.
 * @in: The instance; its priority is known.
 */
void ka_convert_scripts(struct ka_instance *in)
{
	const struct ka_node *block, *node;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "track_script"))
			continue;
		ka_for_each(node, block)
			convert_script(in, node);
	}
}

static bool is_tracked(const struct ka_import *import, const char *name)
{
	unsigned int i;

	for (i = 0; i < import->routers.count; i++)
		if (tracks_value(&import->routers.list[i], name))
			return true;
	return false;
}

/**
 * ka_tell_scripts() - Say what there is to do for the scripts.
 * @import: The import, with its routers.
 * @root: The configuration.
 */
void ka_tell_scripts(struct ka_import *import, const struct ka_node *root)
{
	const struct ka_node *node;
	char what[96];

	ka_for_each(node, root) {
		const char *name = ka_value(node);

		if (strcmp(node->words[0], "vrrp_script"))
			continue;
		snprintf(what, sizeof(what), "vrrp_script %s", name);
		if (find_script(root, name) != node)
			ka_remark(&import->report, node->file, node->line, KA_LEFT_OUT, NULL, what,
				  "there is one of this name already");
		else if (is_tracked(import, name))
			ka_remark(&import->report, node->file, node->line, KA_CHANGED, NULL, what,
				  "write the two lines that the batch has for it to /etc/kcluster/check-%s, then: systemctl enable --now kcluster-check@%s; until the first run it counts as failed",
				  name, name);
		else
			ka_remark(&import->report, node->file, node->line, KA_MOOT, NULL, what, "%s",
				  "");
	}
}

/* As systemd reads a value of an EnvironmentFile. */
static void print_quoted(FILE *out, const struct ka_node *node)
{
	unsigned int i;
	const char *text;

	fputc('"', out);
	for (i = 1; i < node->count; i++) {
		if (i > 1)
			fputc(' ', out);
		for (text = node->words[i]; *text; text++) {
			/* No command has control characters in its words. */
			if ((unsigned char)*text < ' ' || *text == 0x7f) {
				fputc('?', out);
				continue;
			}
			if (strchr("\"\\$`", *text))
				fputc('\\', out);
			fputc(*text, out);
		}
	}
	fputs("\"\n", out);
}

static void print_script(FILE *out, const struct ka_node *block, const char *file)
{
	char text[TIME_TEXT_MAX];
	struct script script;

	read_script(block, &script);
	fprintf(out, "\n# vrrp_script %s (", ka_value(block));
	ka_print_place(out, block->file, block->line, file);
	fprintf(out, ") is the value %s; /etc/kcluster/check-%s:\n", ka_value(block),
		ka_value(block));
	/* The command's time is in milliseconds, and never none. */
	fprintf(out, "#\tOPTIONS=\"interval %s",
		time_text((uint32_t)((script.interval + 999) / 1000), text));
	if (script.timeout)
		fprintf(out, " timeout %s",
			time_text((uint32_t)((script.timeout + 999) / 1000), text));
	if (script.rise)
		fprintf(out, " rise %u", script.rise);
	if (script.fall)
		fprintf(out, " fall %u", script.fall);
	fputs("\"\n#\tCOMMAND=", out);
	print_quoted(out, script.command);
}

/**
 * ka_print_scripts() - Write what the units that check the values need.
 * @out: Where to.
 * @import: The import.
 * @file: Where it was read.
 *
 * As comments, for a batch says nothing of files and units.
 */
void ka_print_scripts(FILE *out, const struct ka_import *import, const char *file)
{
	const struct ka_node *node, *root = import->root;

	if (!root)
		return;
	ka_for_each(node, root)
		if (!strcmp(node->words[0], "vrrp_script") &&
		    find_script(root, ka_value(node)) == node && is_tracked(import, ka_value(node)))
			print_script(out, node, file);
}
