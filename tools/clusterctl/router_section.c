// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router as lines of its section in a cluster file.
 */
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "block.h"
#include "router_section.h"
#include "words.h"

/* Text that is written word by word. */
static FILE *begin(char **text, size_t *size)
{
	return need_memory(open_memstream(text, size));
}

static void end(struct settings *lines, const char *key, FILE *out, char **text)
{
	fclose(out);
	setting_add(lines, key, *text);
	free(*text);
}

/* What a batch has with its word before it, which is the key here. */
static void end_list(struct settings *lines, const char *key, FILE *out, char **text)
{
	const char *blank;

	fclose(out);
	blank = strchr(*text, ' ');
	setting_add(lines, key, blank ? blank + 1 : *text);
	free(*text);
}

static void add_quoted(struct settings *lines, const char *key, const char *value)
{
	char *text;
	size_t size;
	FILE *out = begin(&text, &size);

	word_quote(out, value);
	end(lines, key, out, &text);
}

static void add_number(struct settings *lines, const char *key, unsigned int number)
{
	char *text;
	size_t size;
	FILE *out = begin(&text, &size);

	fprintf(out, "%u", number);
	end(lines, key, out, &text);
}

static void add_time(struct settings *lines, const char *key, uint32_t ms)
{
	char text[TIME_TEXT_MAX];

	setting_add(lines, key, time_text(ms, text));
}

/* What is usual is not said, but for what everybody looks for. */
static void take_settings(struct settings *lines, const struct router *router)
{
	const char *word = word_for(initial_state_words, router->initial_state);

	add_quoted(lines, "Dev", router->ifname);
	add_number(lines, "VRID", router->vrid);
	add_number(lines, "Version", router->version);
	setting_add(lines, "Family", word_for(family_words, router->family) ?: "inet");
	setting_add(lines, "State", word ?: "backup");
	add_number(lines, "Priority", router->priority);
	add_time(lines, "Interval", router->interval);
	if (!router->preempt)
		setting_add(lines, "Preempt", "off");
	if (router->preempt_delay)
		add_time(lines, "PreemptDelay", router->preempt_delay);
	if (router->startup_delay)
		add_time(lines, "StartupDelay", router->startup_delay);
	if (router->auth_pass && *router->auth_pass)
		add_quoted(lines, "AuthPass", router->auth_pass);
	word = word_for(checksum_words, router->checksum);
	if (word && router->checksum != KCLUSTER_VRRP_CHECKSUM_RFC9568)
		setting_add(lines, "Checksum", word);
	if (router->vmac)
		setting_add(lines, "VMAC", "on");
	if (router_has(router, KCLUSTER_A_VRRP_ACCEPT) && !router->accept)
		setting_add(lines, "Accept", "off");
	if (router->on_isolation == KCLUSTER_VRRP_ISOLATION_YIELD)
		setting_add(lines, "OnIsolation", "yield");
	if (router->group && *router->group)
		add_quoted(lines, "Group", router->group);
}

/**
 * router_lines() - Write a virtual router as lines of its section.
 * @lines: Added to; values are quoted as far as they need it. Of the kind CONF_ROUTER.
 * @router: It.
 */
void router_lines(struct settings *lines, const struct router *router)
{
	char address[ADDRESS_TEXT_MAX], *text;
	unsigned int i, run;
	size_t size;
	FILE *out;

	take_settings(lines, router);
	for (i = 0; i < router->peer_count; i++)
		setting_add(lines, "Peer", address_text(&router->peers[i], address));
	for (i = 0; i < router->witness_count; i++) {
		char *witness = witness_text(&router->witnesses[i]);

		setting_add(lines, "Witness", witness);
		free(witness);
	}
	for (i = 0; i < router->address_count; i += run) {
		run = block_run(router, i, false);
		out = begin(&text, &size);
		router_save_addresses(out, &router->addresses[i], run);
		end_list(lines, "Address", out, &text);
	}
	for (i = 0; i < router->route_count; i++) {
		out = begin(&text, &size);
		router_save_route(out, &router->routes[i], router->family);
		end_list(lines, "Route", out, &text);
	}
	for (i = 0; i < router->track_count; i++) {
		out = begin(&text, &size);
		router_save_track(out, &router->tracks[i]);
		end_list(lines, "Track", out, &text);
	}
	for (i = 0; i < router->path_count; i++) {
		out = begin(&text, &size);
		path_save(out, &router->paths[i]);
		end_list(lines, "Path", out, &text);
	}
}

/**
 * router_lines_of() - The lines of a key, one below the other.
 * @lines: From router_lines().
 * @key: The key.
 *
 * Return: The text, to be freed; NULL if there are none.
 */
char *router_lines_of(const struct settings *lines, const char *key)
{
	char *text = NULL, *more;
	unsigned int i;

	for (i = 0; i < lines->count; i++) {
		if (strcmp(lines->list[i].key->name, key))
			continue;
		if (asprintf(&more, "%s%s%s", text ?: "", text ? "\n" : "",
			     lines->list[i].value) < 0)
			more = NULL;
		free(text);
		text = need_memory(more);
	}
	return text;
}

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static void print_lines(FILE *out, const char *key, const char *nodes, const char *text)
{
	char *copy = copy_text(text), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		fprintf(out, "%s%s%s = %s\n", key, nodes ? "@" : "", nodes ?: "", line);
	free(copy);
}

/* For all nodes is what most of them have; not if one has nothing, for that cannot be said. */
static const char *common(char **texts, unsigned int count)
{
	unsigned int i, j, best = 0, votes;
	const char *found = NULL;

	for (i = 0; i < count; i++) {
		if (!texts[i])
			return NULL;
		for (j = 0, votes = 0; j < count; j++)
			votes += same(texts[i], texts[j]);
		if (votes > best) {
			best = votes;
			found = texts[i];
		}
	}
	return found;
}

static void print_key(FILE *out, const char *key, char **texts, const char *const *names,
		      unsigned int count)
{
	const char *all = common(texts, count);
	unsigned int i, j;

	if (all)
		print_lines(out, key, NULL, all);
	for (i = 0; i < count; i++) {
		char *nodes = NULL, *more;

		if (!texts[i] || same(texts[i], all))
			continue;
		for (j = 0; j < i && !same(texts[i], texts[j]); j++)
			;
		/* It was said with that node. */
		if (j < i)
			continue;
		for (; j < count; j++) {
			if (!same(texts[i], texts[j]))
				continue;
			if (asprintf(&more, "%s%s%s", nodes ?: "", nodes ? "," : "", names[j]) < 0)
				more = NULL;
			free(nodes);
			nodes = need_memory(more);
		}
		print_lines(out, key, nodes, texts[i]);
		free(nodes);
	}
}

/**
 * router_section_print() - Write the section of a virtual router that some nodes have.
 * @out: Where to.
 * @name: Its name.
 * @lines: What each of them has, from router_lines().
 * @names: What they are called.
 * @count: How many they are.
 * @all: They are all that there are.
 */
void router_section_print(FILE *out, const char *name, const struct settings *lines,
			  const char *const *names, unsigned int count, bool all)
{
	char **texts = need_memory(calloc(count, sizeof(*texts)));
	const struct conf_key *key;
	unsigned int i;

	fprintf(out, "[VirtualRouter %s]\n", name);
	if (!all) {
		fprintf(out, "Nodes =");
		for (i = 0; i < count; i++)
			fprintf(out, " %s", names[i]);
		fputc('\n', out);
	}
	for (key = conf_keys(CONF_ROUTER); key->name; key++) {
		for (i = 0; i < count; i++)
			texts[i] = router_lines_of(&lines[i], key->name);
		print_key(out, key->name, texts, names, count);
		for (i = 0; i < count; i++)
			free(texts[i]);
	}
	free(texts);
}
