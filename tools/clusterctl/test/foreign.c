// SPDX-License-Identifier: GPL-2.0
/*
 * Checks what is said of rules of others. Prints KTAP.
 *
 * In foreign/ there are rulesets: NAME.json and NAME.text as nft lists them, NAME.save4
 * and NAME.save6 as iptables-nft-save and ip6tables-nft-save do, NAME.legacy4 as
 * iptables-legacy-save does; and NAME.out, what is said of them on each node of NAME.conf,
 * or of cluster.conf, word for word.
 *
 *	clusterctl-foreign-test foreign [write]
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../foreign.h"
#include "check.h"

static const char *directory;
static bool writing;

/* main.c has it. */
bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

static void path_of(char *path, const char *name, const char *ending)
{
	snprintf(path, 4096, "%s/%s%s", directory, name, ending);
}

static char *slurp(const char *name, const char *ending)
{
	char path[4096];
	size_t length;

	path_of(path, name, ending);
	return access(path, F_OK) ? NULL : conf_slurp(path, &length);
}

static void take(struct json_object *ruleset, const char *name, const char *ending,
		 uint8_t family, bool legacy)
{
	char *text = slurp(name, ending);

	if (text)
		foreign_take_save(ruleset, text, family, legacy);
	free(text);
}

static struct json_object *read_ruleset(const char *name)
{
	char *text = slurp(name, ".json");
	struct json_object *all = text ? json_tokener_parse(text) : NULL, *list;

	list = all ? json_object_get(json_object_object_get(all, "nftables")) :
		     json_object_new_array();
	json_object_put(all);
	free(text);
	take(list, name, ".save4", 4, false);
	take(list, name, ".save6", 16, false);
	take(list, name, ".legacy4", 4, true);
	return list;
}

static void look(FILE *out, struct cluster *cluster, unsigned int node, const char *name)
{
	struct foreign foreign = { .ruleset = read_ruleset(name) };
	char device[] = "eth0", *outside[] = { device }, *text = slurp(name, ".text");
	struct traffics traffics = { 0 };
	struct json_object *list;

	fprintf(out, "node %s:\n", node_name(cluster, node));
	traffics_make(&traffics, cluster, node, outside, 1);
	foreign_find(&foreign, &traffics);
	if (text)
		foreign_take_text(&foreign, text);
	foreign_warn(&foreign);
	list = foreign_json(&foreign);
	fprintf(out, "%s\n", json_object_to_json_string_ext(list, JSON_C_TO_STRING_PRETTY));
	json_object_put(list);
	traffics_free(&traffics);
	foreign_free(&foreign);
	free(text);
}

static char *say(const char *name)
{
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	FILE *real_stderr = stderr, *out;
	char path[4096], *said = NULL;
	unsigned int i;
	size_t size;

	path_of(path, name, ".conf");
	if (access(path, F_OK))
		path_of(path, "cluster", ".conf");
	out = open_memstream(&said, &size);
	stderr = out;
	if (!conf_read_file(&conf, path) && !cluster_make(&cluster, &conf))
		for (i = 0; i < cluster.node_count; i++)
			look(out, &cluster, i, name);
	stderr = real_stderr;
	fclose(out);
	cluster_free(&cluster);
	conf_free(&conf);
	return said;
}

static void check_one(const char *name)
{
	char path[4096], *said = say(name), *wanted;
	FILE *out;

	if (writing) {
		path_of(path, name, ".out");
		out = fopen(path, "we");
		fputs(said, out);
		fclose(out);
	}
	wanted = slurp(name, ".out");
	check(wanted && !strcmp(said, wanted), "%s: it is as in %s.out", name, name);
	if (!wanted || strcmp(said, wanted))
		fputs(said, stderr);
	free(wanted);
	free(said);
}

/* What is no ruleset, or has parts that are not known, is no harm. */
static void check_broken(void)
{
	static const char * const broken[] = {
		"[]", "[1,null,\"x\"]", "[{\"chain\":1},{\"rule\":[]},{\"chain\":{}}]",
		"[{\"chain\":{\"family\":\"ip\",\"table\":\"t\",\"name\":\"c\",\"hook\":\"input\"}},"
		"{\"rule\":{\"family\":\"ip\",\"table\":\"t\",\"chain\":\"c\",\"expr\":[1,{\"match\":2},"
		"{\"match\":{\"left\":{\"meta\":3},\"right\":{\"set\":4},\"op\":\"==\"}},"
		"{\"vmap\":{\"key\":5,\"data\":{\"set\":[6,[7]]}}},{\"jump\":8},{\"xt\":null},"
		"{\"match\":{\"op\":\"!=\",\"left\":{\"payload\":{\"protocol\":\"ip\",\"field\":\"saddr\"}},"
		"\"right\":{\"prefix\":{\"addr\":\"x\",\"len\":99}}}},{\"jump\":{\"target\":\"c\"}}]}}]",
	};
	struct traffic one = { .family = 4, .protocol = 6, .port = -1, .in = "wg0" };
	struct traffics traffics = { .list = &one, .count = 1 };
	unsigned int i;

	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		struct foreign foreign = { .ruleset = json_tokener_parse(broken[i]) };

		foreign_find(&foreign, &traffics);
		check(!foreign.count, "nothing is found in what is no rule: %u", i);
		foreign_free(&foreign);
	}
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	directory = argv[1];
	writing = argc > 2 && !strcmp(argv[2], "write");
	printf("TAP version 13\n");
	check(for_each_case(directory, ".out", check_one) > 0, "there are rulesets");
	check_broken();
	return checked();
}
