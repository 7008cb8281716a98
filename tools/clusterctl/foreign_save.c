// SPDX-License-Identifier: GPL-2.0
/*
 * Rules as iptables-save prints them become rules as "nft -j" lists them.
 *
 * Those of iptables-legacy are seen nowhere else, and of those of iptables-nft nft
 * knows only the names of what it has no word for itself.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "words.h"

/**
 * struct save - What is being read.
 * @ruleset: What it becomes.
 * @family: "ip" or "ip6".
 * @legacy: It is not of nftables.
 * @table: Name of the table; freed with the text.
 */
struct save {
	struct json_object *ruleset;
	const char *family;
	bool legacy;
	char *table;
};

/**
 * struct option - An option that is understood.
 * @word: It.
 * @left: What it compares, as nft has it in JSON, or the name of an address; NULL for
 *	nothing.
 * @ports: Its value has ports, as in 1:2,5.
 * @small: Its value has words, which nft writes in small letters.
 */
static const struct option {
	const char *word;
	const char *left;
	bool ports;
	bool small;
} known[] = {
	{ "-i", "{\"meta\":{\"key\":\"iifname\"}}", false, false },
	{ "-o", "{\"meta\":{\"key\":\"oifname\"}}", false, false },
	{ "-p", "{\"meta\":{\"key\":\"l4proto\"}}", false, false },
	{ "-s", "saddr", false, false },
	{ "-d", "daddr", false, false },
	{ "--dport", "{\"payload\":{\"protocol\":\"th\",\"field\":\"dport\"}}", true, false },
	{ "--dports", "{\"payload\":{\"protocol\":\"th\",\"field\":\"dport\"}}", true, false },
	{ "--ctstate", "{\"ct\":{\"key\":\"state\"}}", false, true },
	{ "--state", "{\"ct\":{\"key\":\"state\"}}", false, true },
	{ "--dst-type", "{\"fib\":{\"result\":\"type\",\"flags\":[\"daddr\"]}}", false, true },
	{ "--pkt-type", "{\"meta\":{\"key\":\"pkttype\"}}", false, true },
	{ "-m", NULL, false, false },
	{ "--comment", NULL, false, false },
	{ NULL, NULL, false, false },
};

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, need_memory(value));
}

static void add_string(struct json_object *object, const char *key, const char *text)
{
	add(object, key, json_object_new_string(text));
}

static struct json_object *new_object(void)
{
	return need_memory(json_object_new_object());
}

/* { KEY: VALUE } */
static struct json_object *wrap(const char *key, struct json_object *value)
{
	struct json_object *object = new_object();

	add(object, key, value);
	return object;
}

static struct json_object *pair_of(struct json_object *first, struct json_object *last)
{
	struct json_object *pair = need_memory(json_object_new_array());

	json_object_array_add(pair, first);
	json_object_array_add(pair, last);
	return pair;
}

/* 22, 1000:2000, and without an end it is the first or the last one. */
static struct json_object *port_value(char *text)
{
	char *colon = strchr(text, ':');
	int first = atoi(text), last = colon && colon[1] ? atoi(colon + 1) : 65535;

	if (!colon)
		return json_object_new_int(first);
	return wrap("range", pair_of(json_object_new_int(first), json_object_new_int(last)));
}

static struct json_object *prefix_value(char *text)
{
	char *slash = strchr(text, '/');
	struct json_object *prefix;

	/* A mask that is no length is nothing that is understood. */
	if (!slash || strspn(slash + 1, "0123456789") != strlen(slash + 1))
		return json_object_new_string(text);
	*slash = '\0';
	prefix = new_object();
	add_string(prefix, "addr", text);
	add(prefix, "len", json_object_new_int(atoi(slash + 1)));
	return wrap("prefix", prefix);
}

static struct json_object *one_value(const struct option *option, char *text)
{
	size_t length = strlen(text);
	char *c;

	if (option->ports)
		return port_value(text);
	if (option->left[0] != '{')
		return prefix_value(text);
	/* iptables' wildcard is nft's other one. */
	if ((option->word[1] == 'i' || option->word[1] == 'o') && length &&
	    text[length - 1] == '+')
		text[length - 1] = '*';
	for (c = text; option->small && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 'a' - 'A';
	return json_object_new_string(text);
}

static struct json_object *left_of(const struct save *save, const struct option *option)
{
	struct json_object *payload;

	if (*option->left == '{')
		return json_tokener_parse(option->left);
	payload = new_object();
	add_string(payload, "protocol", save->family);
	add_string(payload, "field", option->left);
	return wrap("payload", payload);
}

/* A comparison; @value is taken apart. */
static struct json_object *comparison(const struct save *save, const struct option *option,
				      char *value, bool not)
{
	struct json_object *match = new_object(), *list = need_memory(json_object_new_array());
	char *one;

	while ((one = strsep(&value, ",")))
		json_object_array_add(list, need_memory(one_value(option, one)));
	add_string(match, "op", not ? "!=" : "==");
	add(match, "left", left_of(save, option));
	add(match, "right", wrap("set", list));
	return wrap("match", match);
}

/* A comparison that is not understood. */
static struct json_object *unknown_comparison(bool not)
{
	struct json_object *match = new_object();

	add_string(match, "op", not ? "!=" : "==");
	add(match, "left", new_object());
	add_string(match, "right", "");
	return wrap("match", match);
}

static bool has_chain(const struct save *save, const char *name)
{
	struct json_object *chain = NULL;
	size_t i;

	for (i = json_object_array_length(save->ruleset); i; i--)
		if (json_object_object_get_ex(json_object_array_get_idx(save->ruleset, i - 1),
					      "chain", &chain) &&
		    !strcmp(json_text(chain, "name"), name) &&
		    !strcmp(json_text(chain, "table"), save->table) &&
		    !strcmp(json_text(chain, "family"), save->family))
			return true;
	return false;
}

/* Where it goes; other targets do something and let it go on. */
static struct json_object *verdict(const struct save *save, const char *target, bool jump)
{
	static const struct {
		const char *target;
		const char *verdict;
	} verdicts[] = {
		{ "ACCEPT", "accept" }, { "DROP", "drop" }, { "REJECT", "reject" },
		{ "RETURN", "return" }, { "QUEUE", "queue" }, { "NFQUEUE", "queue" },
	};
	struct json_object *where;
	unsigned int i;

	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (!strcmp(verdicts[i].target, target))
			return wrap(verdicts[i].verdict, new_object());
	if (!has_chain(save, target))
		return wrap("counter", new_object());
	where = new_object();
	add_string(where, "target", target);
	return wrap(jump ? "jump" : "goto", where);
}

static const struct option *find_option(const char *word)
{
	const struct option *option;

	for (option = known; option->word; option++)
		if (!strcmp(option->word, word))
			return option;
	return NULL;
}

/* @words: what is behind the name of the chain. */
static struct json_object *expressions(const struct save *save, char **words)
{
	struct json_object *list = need_memory(json_object_new_array()), *one;
	bool not = false;

	for (; *words; words++) {
		const char *word = *words;
		const struct option *option = find_option(word);

		if (!strcmp(word, "!")) {
			not = true;
			continue;
		}
		if ((!strcmp(word, "-j") || !strcmp(word, "-g")) && words[1]) {
			json_object_array_add(list, verdict(save, words[1], word[1] == 'j'));
			/* The rest is of the target. */
			break;
		}
		one = NULL;
		if (!option || (!option->left && words[1] && !strcmp(words[1], "limit")))
			one = unknown_comparison(not);
		else if (option->left && words[1])
			one = comparison(save, option, words[1], not);
		if (one)
			json_object_array_add(list, one);
		/* Its values: whatever the first one looks like, and all that looks like none. */
		if (option && words[1])
			words++;
		while (words[1] && words[1][0] != '-' && strcmp(words[1], "!"))
			words++;
		not = false;
	}
	return list;
}

/* :INPUT DROP [0:0] */
static void take_chain(struct save *save, char *line)
{
	const char *hook = !strncmp(line, "INPUT ", 6) ? "input" :
			   !strncmp(line, "FORWARD ", 8) ? "forward" : NULL;
	struct json_object *chain = new_object();
	char *name = strsep(&line, " "), *policy = strsep(&line, " ");

	add_string(chain, "family", save->family);
	add_string(chain, "table", save->table);
	add_string(chain, "name", name);
	if (save->legacy)
		add(chain, "legacy", json_object_new_boolean(true));
	if (hook) {
		add_string(chain, "hook", hook);
		add_string(chain, "policy", policy && !strcmp(policy, "DROP") ? "drop" : "accept");
	}
	json_object_array_add(save->ruleset, wrap("chain", chain));
}

/* -A INPUT -i lo -j ACCEPT */
static void take_rule_line(struct save *save, const char *line)
{
	struct words words = { 0 };
	struct json_object *rule;
	const char *why;

	if (words_split(&words, line, &why) == WORDS_DONE && words.count > 2) {
		rule = new_object();
		add_string(rule, "family", save->family);
		add_string(rule, "table", save->table);
		add_string(rule, "chain", words.list[1]);
		add_string(rule, "text", line);
		if (save->legacy)
			add(rule, "legacy", json_object_new_boolean(true));
		add(rule, "expr", expressions(save, words.list + 2));
		json_object_array_add(save->ruleset, wrap("rule", rule));
	}
	words_free(&words);
}

static bool is_of_table(struct json_object *item, const struct save *save)
{
	struct json_object *inner = NULL;

	if (!json_object_object_get_ex(item, "chain", &inner) &&
	    !json_object_object_get_ex(item, "rule", &inner))
		return false;
	return !strcmp(json_text(inner, "table"), save->table) &&
	       !strcmp(json_text(inner, "family"), save->family) &&
	       !json_object_object_get(inner, "legacy");
}

/* What nft has told of the same table is told better here. */
static void forget_table(struct save *save)
{
	size_t i;

	for (i = json_object_array_length(save->ruleset); !save->legacy && i; i--)
		if (is_of_table(json_object_array_get_idx(save->ruleset, i - 1), save))
			json_object_array_del_idx(save->ruleset, i - 1, 1);
}

/**
 * foreign_take_save() - Take rules as iptables-save prints them.
 * @ruleset: All rules, added to; chains and rules that nft told of the same table go.
 * @text: What it has printed.
 * @family: Length of the addresses.
 * @legacy: They are not of nftables.
 */
void foreign_take_save(struct json_object *ruleset, const char *text, uint8_t family,
		       bool legacy)
{
	struct save save = {
		.ruleset = ruleset, .family = family == 16 ? "ip6" : "ip", .legacy = legacy,
	};
	char *copy = copy_text(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n"))) {
		if (*line == '*') {
			save.table = line + 1;
			/* Chains of others than this one do not eat anything on these hooks. */
			if (strcmp(save.table, "filter"))
				save.table = NULL;
			else
				forget_table(&save);
		} else if (save.table && *line == ':') {
			take_chain(&save, line + 1);
		} else if (save.table && !strncmp(line, "-A ", 3)) {
			take_rule_line(&save, line);
		}
	}
	free(copy);
}
