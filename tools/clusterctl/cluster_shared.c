// SPDX-License-Identifier: GPL-2.0
/*
 * What nodes share, as one of them has it: each line of a section becomes the words
 * that "vrrp add", "clusterip add" and "mirror set on" know, and what those complain
 * about is said of that line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

/* One line's words, with those that stand before them. */
struct phrase {
	char *list[2];
	char **words;
};

/* "what" of a complaint: which section. */
static void section_text(const struct conf_section *section, char *text, size_t size)
{
	snprintf(text, size, "%s%s%s", conf_kind_text(section->kind), section->name ? " " : "",
		 section->name ?: "");
}

static bool names(const char *nodes, const char *name)
{
	size_t length = strlen(name);

	while (nodes && *nodes) {
		nodes += strspn(nodes, ", \t");
		if (!strncmp(nodes, name, length) && (!nodes[length] || strchr(", \t", nodes[length])))
			return true;
		nodes = strchr(nodes, ',');
	}
	return false;
}

/* Whether what a section says of a key for all is something else for this node. */
static bool has_own(const struct conf_section *section, const struct conf_key *key,
		    const char *name)
{
	unsigned int i;

	for (i = 0; i < section->count; i++)
		if (section->lines[i].key == key && names(section->lines[i].nodes, name))
			return true;
	return false;
}

/**
 * conf_line_is_for() - Does a line count for a node?
 * @section: Where it stands.
 * @line: The line.
 * @name: The node.
 */
bool conf_line_is_for(const struct conf_section *section, const struct conf_line *line,
		      const char *name)
{
	if (line->key->flags & CONF_PER_NODE && has_own(section, line->key, name))
		return names(line->nodes, name);
	return !line->nodes;
}

/* The next line of a key for a node, from *@at on. */
static const struct conf_line *next_line(const struct conf_section *section,
					 const struct conf_key *key, const char *name,
					 unsigned int *at)
{
	bool own = key->flags & CONF_PER_NODE && has_own(section, key, name);

	for (; *at < section->count; ++*at) {
		const struct conf_line *line = &section->lines[*at];

		if (line->key != key || (own ? !names(line->nodes, name) : line->nodes != NULL))
			continue;
		++*at;
		return line;
	}
	return NULL;
}

/* The line of a key that a node can have once; complains about a second one. */
static const struct conf_line *one_line(struct cluster *cluster,
					const struct conf_section *section, const char *key,
					const char *name)
{
	const struct conf_line *line, *more;
	unsigned int at = 0;

	line = next_line(section, conf_find_key(section->kind, key), name, &at);
	if (!line)
		return NULL;
	more = next_line(section, line->key, name, &at);
	if (more)
		conf_wrong(cluster->conf, more->number, "%s: node %s has it already from line %u: leave one of them",
			   key, name, line->number);
	return line;
}

/**
 * cluster_line_of() - Where something is said of a node, for a complaint.
 * @cluster: The cluster.
 * @section: The section.
 * @word: The word of the command.
 * @node: The node.
 *
 * Return: The line; that of the section if nothing is said.
 */
unsigned int cluster_line_of(const struct cluster *cluster, const struct conf_section *section,
			     const char *word, unsigned int node)
{
	const struct conf_key *key;
	const struct conf_line *line;
	unsigned int at = 0;

	for (key = conf_keys(section->kind); key->name; key++)
		if (key->word && !strcmp(key->word, word))
			break;
	line = key->name ? next_line(section, key, node_name(cluster, node), &at) : NULL;
	return line ? line->number : section->number;
}

static char **phrase_make(struct phrase *phrase, const char *first, const char *second,
			  char **words, int count)
{
	int i, n = 0;

	memset(phrase, 0, sizeof(*phrase));
	phrase->words = need_memory(calloc((size_t)count + 3, sizeof(*phrase->words)));
	if (first)
		phrase->words[n++] = phrase->list[0] = copy_text(first);
	if (second)
		phrase->words[n++] = phrase->list[1] = copy_text(second);
	for (i = 0; i < count; i++)
		phrase->words[n++] = words[i];
	return phrase->words;
}

static void phrase_free(struct phrase *phrase)
{
	free(phrase->list[0]);
	free(phrase->list[1]);
	free(phrase->words);
	memset(phrase, 0, sizeof(*phrase));
}

/* "Peer = nodes": all others that have the router, by their addresses in the VPN. */
static bool take_node_peers(struct cluster *cluster, const struct shared *shared,
			    unsigned int node, const struct conf_line *line,
			    struct router *router)
{
	unsigned int i;

	if (line->value.count > 1) {
		conf_wrong(cluster->conf, line->number, "Peer: either nodes or addresses expected");
		return false;
	}
	for (i = 0; i < cluster->node_count; i++) {
		const struct node *other = &cluster->nodes[i];

		if (i == node || !shared_has(shared, i))
			continue;
		if (!other->addresses.count) {
			conf_wrong(cluster->conf, line->number,
				   "Peer: node %s has no address in the VPN: 'Peer = ADDRESS' expected",
				   node_name(cluster, i));
			return false;
		}
		*router_new_peer(router) = other->addresses.list[0].address;
		router_mark(router, KCLUSTER_A_VRRP_PEER);
	}
	return true;
}

static int list_key(const char *word)
{
	return !strcmp(word, "address") ? KCLUSTER_A_VRRP_ADDRESS :
	       !strcmp(word, "route") ? KCLUSTER_A_VRRP_ROUTE :
	       !strcmp(word, "track") ? KCLUSTER_A_VRRP_TRACK :
	       !strcmp(word, "path") ? KCLUSTER_A_VRRP_PATH : 0;
}

static enum status take_router_line(const struct conf_line *line, struct router *router,
				    const char *what)
{
	const char *word = line->key->word;
	enum status status = DONE;
	struct phrase phrase = { 0 };
	int i;

	/* Of these a line has one, and what belongs to it. */
	if (list_key(word)) {
		phrase_make(&phrase, NULL, NULL, line->value.list, line->value.count);
		status = router_parse_list(router, phrase.words, list_key(word), what);
	} else if (!strcmp(word, "address-from")) {
		phrase_make(&phrase, "from", NULL, line->value.list, line->value.count);
		status = router_parse_list(router, phrase.words, KCLUSTER_A_VRRP_ADDRESS, what);
	} else {
		for (i = 0; status == DONE && i < line->value.count; i++) {
			phrase_make(&phrase, word, NULL, &line->value.list[i], 1);
			status = router_parse_more(router, phrase.words, what);
			phrase_free(&phrase);
		}
	}
	phrase_free(&phrase);
	return status;
}

/**
 * cluster_router() - A virtual router as a node has it.
 * @cluster: The cluster.
 * @shared: The virtual router.
 * @node: The node.
 * @router: Filled in; starts out zeroed. To be freed with router_free().
 *
 * Return: Whether it is right, else after complaints.
 */
bool cluster_router(struct cluster *cluster, const struct shared *shared, unsigned int node,
		    struct router *router)
{
	const struct conf_section *section = shared->section;
	unsigned int errors = cluster->conf->errors;
	const char *name = node_name(cluster, node);
	const struct conf_line *line;
	const struct conf_key *key;
	char what[64];

	section_text(section, what, sizeof(what));
	router->name = copy_text(section->name);
	for (key = conf_keys(section->kind); key->name; key++) {
		unsigned int at = 0;

		if (!key->word || (!(key->flags & CONF_MANY) &&
				   !one_line(cluster, section, key->name, name)))
			continue;
		while ((line = next_line(section, key, name, &at))) {
			if (!strcmp(key->word, "peer") && !strcmp(line->value.list[0], "nodes")) {
				take_node_peers(cluster, shared, node, line, router);
				continue;
			}
			conf_at(cluster->conf, line->number);
			if (take_router_line(line, router, what) != DONE)
				cluster->conf->errors++;
			if (!(key->flags & CONF_MANY))
				break;
		}
	}
	conf_at(cluster->conf, section->number);
	if (errors == cluster->conf->errors && router_parse_end(router, what) != DONE)
		cluster->conf->errors++;
	conf_at(cluster->conf, 0);
	return errors == cluster->conf->errors;
}

/* "nodes static TOTAL local LIST" or "nodes peers router NAME". */
static void take_division(struct cluster *cluster, const struct conf_section *section,
			  const char *name, struct clusterip *ip, const char *what)
{
	const struct conf_line *total = conf_get(section, "Total");
	const struct conf_line *router = conf_get(section, "Router");
	const struct conf_line *local = one_line(cluster, section, "Local", name);
	const struct conf_line *follow = conf_get(section, "Follow");
	char nodes[] = "nodes", is_static[] = "static", local_word[] = "local", peers[] = "peers";
	char *words[6] = { nodes };

	if (follow && (total || router)) {
		conf_wrong(cluster->conf, follow->number,
			   "Follow: line %u says already how nodes divide it: one of Follow, Router and Total expected",
			   total ? total->number : router->number);
		return;
	}
	if (follow)
		return;
	if (total && router) {
		conf_wrong(cluster->conf, router->number,
			   "Router: nodes divide it as the master of a router says, but line %u divides it by numbers: either Router or Total expected",
			   total->number);
		return;
	}
	if (router) {
		words[1] = peers;
	} else if (total) {
		if (!local) {
			conf_wrong(cluster->conf, total->number,
				   "Total: which of them node %s is, is not said: 'Local@%s = LIST' expected",
				   name, name);
			return;
		}
		words[1] = is_static;
		words[2] = total->value.list[0];
		words[3] = local_word;
		words[4] = local->value.list[0];
	} else {
		conf_wrong(cluster->conf, section->number,
			   "%s: nothing says how nodes divide it: 'Router = NAME' expected, or 'Total = N' and 'Local@NODE = LIST', or 'Follow = NAME'",
			   what);
		return;
	}
	conf_at(cluster->conf, total ? total->number : router->number);
	if (clusterip_parse_more(ip, words, what) != DONE)
		cluster->conf->errors++;
	conf_at(cluster->conf, 0);
}

/**
 * cluster_clusterip() - A cluster IP as a node has it.
 * @cluster: The cluster.
 * @shared: The cluster IP.
 * @node: The node.
 * @ip: Filled in; starts out zeroed. To be freed with clusterip_free().
 *
 * Return: Whether it is right, else after complaints.
 */
bool cluster_clusterip(struct cluster *cluster, const struct shared *shared, unsigned int node,
		       struct clusterip *ip)
{
	const struct conf_section *section = shared->section;
	unsigned int errors = cluster->conf->errors;
	const char *name = node_name(cluster, node);
	const struct conf_line *line;
	const struct conf_key *key;
	struct phrase phrase;
	char what[64];

	section_text(section, what, sizeof(what));
	ip->name = copy_text(section->name);
	for (key = conf_keys(section->kind); key->name; key++) {
		unsigned int at = 0;

		if (!key->word || (!(key->flags & CONF_MANY) &&
				   !one_line(cluster, section, key->name, name)))
			continue;
		while ((line = next_line(section, key, name, &at))) {
			conf_at(cluster->conf, line->number);
			phrase_make(&phrase, key->word, NULL, line->value.list, line->value.count);
			if (clusterip_parse_more(ip, phrase.words, what) != DONE)
				cluster->conf->errors++;
			phrase_free(&phrase);
			if (!(key->flags & CONF_MANY))
				break;
		}
	}
	conf_at(cluster->conf, 0);
	take_division(cluster, section, name, ip, what);
	if (cluster->nodes[node].has_weight && !clusterip_has(ip, KCLUSTER_A_CLUSTERIP_WEIGHT)) {
		ip->weight = cluster->nodes[node].weight;
		if (clusterip_is_shared(ip))
			clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_WEIGHT);
	}
	conf_at(cluster->conf, section->number);
	if (errors == cluster->conf->errors && clusterip_parse_end(ip, what) != DONE)
		cluster->conf->errors++;
	conf_at(cluster->conf, 0);
	return errors == cluster->conf->errors;
}

/* A line alone, so that what is wrong with it is said of it. */
static void check_mirror_line(struct cluster *cluster, const struct conf_line *line)
{
	struct mirror alone = { 0 };
	struct phrase phrase;

	phrase_make(&phrase, "on", line->key->word, line->value.list, line->value.count);
	conf_at(cluster->conf, line->number);
	if (mirror_parse(&alone, phrase.words, "Mirror") != DONE)
		cluster->conf->errors++;
	else if (line->key->flags & CONF_WORDS && (alone.filter_count != 1 || alone.given))
		conf_wrong(cluster->conf, line->number,
			   "%s: more than one filter: one on each line expected", line->key->name);
	conf_at(cluster->conf, 0);
	phrase_free(&phrase);
	mirror_free(&alone);
}

/**
 * cluster_mirror() - The mirror as a node has it.
 * @cluster: The cluster.
 * @shared: The mirror.
 * @node: The node.
 * @mirror: Filled in; starts out zeroed. To be freed with mirror_free().
 *
 * Return: Whether it is right, else after complaints.
 */
bool cluster_mirror(struct cluster *cluster, const struct shared *shared, unsigned int node,
		    struct mirror *mirror)
{
	const struct conf_section *section = shared->section;
	unsigned int errors = cluster->conf->errors;
	const char *name = node_name(cluster, node);
	struct words all = { 0 };
	const struct conf_line *line;
	const struct conf_key *key;
	char *text = NULL;
	const char *why;
	size_t size;
	FILE *out;
	int i;

	out = need_memory(open_memstream(&text, &size));
	fputs("on", out);
	for (key = conf_keys(section->kind); key->name; key++) {
		unsigned int at = 0;

		if (!key->word || (!(key->flags & CONF_MANY) &&
				   !one_line(cluster, section, key->name, name)))
			continue;
		while ((line = next_line(section, key, name, &at))) {
			check_mirror_line(cluster, line);
			fprintf(out, " %s", key->word);
			for (i = 0; i < line->value.count; i++) {
				fputc(' ', out);
				word_quote(out, line->value.list[i]);
			}
			if (!(key->flags & CONF_MANY))
				break;
		}
	}
	fclose(out);
	conf_at(cluster->conf, section->number);
	if (errors == cluster->conf->errors &&
	    (words_split(&all, text, &why) != WORDS_DONE ||
	     mirror_parse(mirror, all.list, "Mirror") != DONE))
		cluster->conf->errors++;
	conf_at(cluster->conf, 0);
	words_free(&all);
	free(text);
	return errors == cluster->conf->errors;
}
