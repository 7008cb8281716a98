// SPDX-License-Identifier: GPL-2.0
/*
 * The rules of this machine: those of nftables, and those of iptables, which has two
 * kinds: one is in nftables, and the other one is seen by its own tool only.
 */
#include <errno.h>
#include <json-c/json.h>
#include <nftables/libnftables.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "foreign.h"
#include "rules.h"

/* Handles, and protocols as numbers: names need /etc/protocols. */
#define FLAGS (NFT_CTX_OUTPUT_NUMERIC_PROTO | NFT_CTX_OUTPUT_STATELESS | NFT_CTX_OUTPUT_HANDLE)

static char *read_all(FILE *in)
{
	char *text = NULL, part[4096];
	size_t size, got;
	FILE *out = need_memory(open_memstream(&text, &size));

	while ((got = fread(part, 1, sizeof(part), in)))
		fwrite(part, 1, got, out);
	fclose(out);
	return text;
}

/* What a program prints; NULL if it is not there or does not like it. */
static char *run_program(const char *command)
{
	FILE *in = popen(command, "re");
	char *text;

	if (!in)
		return NULL;
	text = read_all(in);
	if (!pclose(in))
		return text;
	free(text);
	return NULL;
}

/* Whether a rule of a family has what nft has no word for. */
static bool has_unknown(struct json_object *ruleset, const char *family)
{
	struct json_object *rule = NULL, *list = NULL;
	size_t i, j;

	for (i = 0; i < json_object_array_length(ruleset); i++) {
		if (!json_object_object_get_ex(json_object_array_get_idx(ruleset, i), "rule",
					       &rule) ||
		    strcmp(json_text(rule, "family"), family) ||
		    !json_object_object_get_ex(rule, "expr", &list))
			continue;
		for (j = 0; j < json_object_array_length(list); j++)
			if (json_object_object_get_ex(json_object_array_get_idx(list, j), "xt",
						      NULL))
				return true;
	}
	return false;
}

static void read_iptables(struct json_object *ruleset, const char *command, uint8_t family,
			  bool legacy)
{
	char *text = run_program(command);

	if (text)
		foreign_take_save(ruleset, text, family, legacy);
	else
		warning("'%s' does not tell the rules of %s, which may eat what the cluster sends: install iptables to have them looked at",
			command, legacy ? "iptables-legacy" : "iptables");
	free(text);
}

/* The kernel has tables of it since somebody has used it. */
static bool has_legacy(const char *file)
{
	FILE *in = fopen(file, "re");
	bool any;

	if (!in)
		return false;
	any = fgetc(in) != EOF;
	fclose(in);
	return any;
}

/**
 * foreign_text() - The rules as nft prints them, for people.
 *
 * Return: The text, to be freed; NULL if there is none.
 */
char *foreign_text(void)
{
	char *text;

	if (!nft_run("list ruleset\n", FLAGS, &text))
		return text;
	free(text);
	return NULL;
}

/**
 * foreign_read() - Read all rules of this network namespace.
 * @foreign: Gets them; starts out zeroed.
 *
 * Return: Whether they could be read, else after a warning.
 */
bool foreign_read(struct foreign *foreign)
{
	struct json_object *all = NULL, *list = NULL;
	char *text;

	if (nft_run("list ruleset\n", FLAGS | NFT_CTX_OUTPUT_JSON, &text)) {
		text[strcspn(text, "\n")] = '\0';
		if (strstr(text, "Operation not permitted")) {
			free(text);
			warning("rules of others, which may eat what the cluster sends, could not be looked at: that needs CAP_NET_ADMIN (run as root or with sudo)");
			return false;
		}
	} else {
		all = json_tokener_parse(text);
	}
	free(text);
	if (all && json_object_object_get_ex(all, "nftables", &list) &&
	    json_object_is_type(list, json_type_array))
		foreign->ruleset = json_object_get(list);
	else
		/* A kernel without nf_tables has no rules of it. */
		foreign->ruleset = need_memory(json_object_new_array());
	json_object_put(all);
	if (has_unknown(foreign->ruleset, "ip"))
		read_iptables(foreign->ruleset, "iptables-nft-save -t filter 2>/dev/null", 4,
			      false);
	if (has_unknown(foreign->ruleset, "ip6"))
		read_iptables(foreign->ruleset, "ip6tables-nft-save -t filter 2>/dev/null", 16,
			      false);
	if (has_legacy("/proc/net/ip_tables_names"))
		read_iptables(foreign->ruleset, "iptables-legacy-save -t filter 2>/dev/null", 4,
			      true);
	if (has_legacy("/proc/net/ip6_tables_names"))
		read_iptables(foreign->ruleset, "ip6tables-legacy-save -t filter 2>/dev/null", 16,
			      true);
	return true;
}

static void add_device(char ***list, unsigned int *count, const char *name)
{
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!strcmp((*list)[i], name))
			return;
	*list = need_memory(realloc(*list, (*count + 1) * sizeof(**list)));
	(*list)[(*count)++] = copy_text(name);
}

/**
 * foreign_outside() - Devices by which packets of WireGuard come.
 * @count: How many there are.
 *
 * They are those of default routes: a firewall may speak of them by their names.
 *
 * Return: Their names, to be freed as is the list.
 */
char **foreign_outside(unsigned int *count)
{
	FILE *four = fopen("/proc/net/route", "re"), *six = fopen("/proc/net/ipv6_route", "re");
	char line[512], name[64], **list = NULL;

	*count = 0;
	/* Device, destination, gateway, flags, uses, metric, mask: a mask of 0 is its end. */
	while (four && fgets(line, sizeof(line), four)) {
		char destination[16], mask[16];

		if (sscanf(line, "%63s %15s %*s %*s %*s %*s %*s %15s", name, destination, mask) == 3 &&
		    !strcmp(destination, "00000000") && !strcmp(mask, "00000000"))
			add_device(&list, count, name);
	}
	while (six && fgets(line, sizeof(line), six))
		if (!strncmp(line, "00000000000000000000000000000000 00 ", 36) &&
		    sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %63s", name) == 1 &&
		    strcmp(name, "lo"))
			add_device(&list, count, name);
	if (four)
		fclose(four);
	if (six)
		fclose(six);
	return list;
}
