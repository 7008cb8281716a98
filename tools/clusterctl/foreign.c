// SPDX-License-Identifier: GPL-2.0
/*
 * What eats our traffic: each kind of it takes its way through the chains of others, as
 * a packet would.
 *
 * Each chain with a hook is passed by itself: one that accepts is no help against the
 * next one.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

/* As deep as the kernel lets rules jump. */
#define DEPTH_MAX 16
/* Rules looked at in all: what has more ways through it is not gone through to its end. */
#define STEPS_MAX 200000

/* Priority of the module's hook in prerouting: raw is -300. */
#define HEARS_VRRP (-301)

/**
 * enum way - What became of a packet.
 * @WAY_ON: It goes on with the next rule.
 * @WAY_BACK: It returns to where it jumped from.
 * @WAY_END: Its way through the chains of this hook is at its end.
 */
enum way {
	WAY_ON, WAY_BACK, WAY_END,
};

/**
 * struct walk - A packet on its way.
 * @foreign: The rules, and what was found.
 * @traffic: The packet.
 * @base: The chain with the hook.
 * @jumped: The chains it has jumped to and not returned from, @depth of them.
 * @depth: See @jumped.
 */
struct walk {
	struct foreign *foreign;
	const struct traffic *traffic;
	struct json_object *base;
	struct json_object *jumped[DEPTH_MAX];
	unsigned int depth;
};

static enum way walk_chain(struct walk *walk, struct json_object *chain, enum extent most);

static void found(struct walk *walk, struct json_object *chain, struct json_object *rule,
		  bool reject)
{
	struct foreign *foreign = walk->foreign;
	struct foreign_hit *hit;
	unsigned int i;

	for (i = 0; i < foreign->count; i++)
		if (foreign->hits[i].chain == chain && foreign->hits[i].rule == rule)
			break;
	if (i == foreign->count) {
		foreign->hits = need_memory(realloc(foreign->hits, (foreign->count + 1) *
						    sizeof(*foreign->hits)));
		memset(&foreign->hits[i], 0, sizeof(*foreign->hits));
		foreign->hits[foreign->count++].chain = chain;
		foreign->hits[i].base = walk->base;
		foreign->hits[i].rule = rule;
		foreign->hits[i].reject = reject;
	}
	hit = &foreign->hits[i];
	for (i = 0; i < hit->count; i++)
		if (hit->traffics[i] == walk->traffic)
			return;
	hit->traffics = need_memory(realloc(hit->traffics, (hit->count + 1) *
					    sizeof(const struct traffic *)));
	hit->traffics[hit->count++] = walk->traffic;
}

static bool same_table(struct json_object *a, struct json_object *b)
{
	return !strcmp(json_text(a, "table"), json_text(b, "table")) &&
	       !strcmp(json_text(a, "family"), json_text(b, "family")) &&
	       !json_object_object_get(a, "legacy") == !json_object_object_get(b, "legacy");
}

static struct json_object *find_chain(struct walk *walk, struct json_object *rule,
				      const char *name)
{
	struct json_object *ruleset = walk->foreign->ruleset, *chain = NULL;
	size_t i;

	for (i = 0; i < json_object_array_length(ruleset); i++)
		if (json_object_object_get_ex(json_object_array_get_idx(ruleset, i), "chain",
					      &chain) &&
		    !strcmp(json_text(chain, "name"), name) && same_table(chain, rule))
			return chain;
	return NULL;
}

static enum extent least(enum extent a, enum extent b)
{
	return a < b ? a : b;
}

/* The kernel takes no loop. */
static bool can_jump(const struct walk *walk, const struct json_object *chain)
{
	unsigned int i;

	for (i = 0; i < walk->depth && walk->jumped[i] != chain; i++)
		;
	return chain && i == walk->depth && walk->depth < DEPTH_MAX;
}

/* Into another chain, of which only so much of the packets comes. */
static enum way jump(struct walk *walk, struct json_object *rule, struct json_object *verdict,
		     enum extent extent, bool back)
{
	struct json_object *chain = find_chain(walk, rule, json_text(verdict, "target"));
	enum way way = WAY_ON;

	if (can_jump(walk, chain)) {
		walk->jumped[walk->depth++] = chain;
		way = walk_chain(walk, chain, extent);
		walk->depth--;
	}
	if (extent < EXTENT_MOST)
		return WAY_ON;
	return way == WAY_END ? WAY_END : back ? WAY_ON : WAY_BACK;
}

static bool is_reject(struct json_object *verdict)
{
	struct json_object *xt = NULL;

	if (json_object_object_get_ex(verdict, "xt", &xt))
		return !strcmp(json_text(xt, "type"), "target") &&
		       !strcmp(json_text(xt, "name"), "REJECT");
	return json_object_object_get_ex(verdict, "reject", NULL);
}

/* How far a packet comes that has come to this. */
static enum way end_of(struct json_object *verdict)
{
	if (json_object_object_get_ex(verdict, "return", NULL))
		return WAY_BACK;
	return is_reject(verdict) || json_object_object_get_ex(verdict, "drop", NULL) ||
	       json_object_object_get_ex(verdict, "accept", NULL) ||
	       json_object_object_get_ex(verdict, "queue", NULL) ? WAY_END : WAY_ON;
}

/*
 * A verdict, if this is one: "accept", "drop", or a target of iptables. Only what most
 * packets come to ends the way of all.
 */
static enum way decide(struct walk *walk, struct json_object *chain, struct json_object *rule,
		       struct json_object *verdict, enum extent extent)
{
	struct json_object *where = NULL;
	bool reject = is_reject(verdict);
	enum way end = extent >= EXTENT_MOST ? WAY_END : WAY_ON;

	if (json_object_object_get_ex(verdict, "jump", &where))
		return jump(walk, rule, where, extent, true);
	if (json_object_object_get_ex(verdict, "goto", &where))
		return jump(walk, rule, where, extent, false);
	if (reject || json_object_object_get_ex(verdict, "drop", NULL)) {
		if (extent >= EXTENT_PART)
			found(walk, chain, rule, reject);
		return end;
	}
	if (json_object_object_get_ex(verdict, "accept", NULL) ||
	    json_object_object_get_ex(verdict, "queue", NULL))
		return end;
	if (json_object_object_get_ex(verdict, "return", NULL))
		return extent >= EXTENT_MOST ? WAY_BACK : WAY_ON;
	return WAY_ON;
}

static enum way decide_by_map(struct walk *walk, struct json_object *chain,
			      struct json_object *rule, struct json_object *map,
			      enum extent extent)
{
	struct json_object *key = json_object_object_get(map, "key");
	struct json_object *data = json_object_object_get(map, "data"), *list = NULL;
	enum way way = WAY_ON;
	size_t i;

	if (json_object_is_type(data, json_type_string))
		list = foreign_named(walk->foreign->ruleset, rule, "map",
				     json_object_get_string(data) + 1);
	else
		json_object_object_get_ex(data, "set", &list);
	for (i = 0; list && way == WAY_ON && i < json_object_array_length(list); i++) {
		struct json_object *pair = json_object_array_get_idx(list, i);
		enum extent here;

		if (!json_object_is_type(pair, json_type_array))
			continue;
		here = foreign_contains(walk->foreign->ruleset, rule, key,
					json_object_array_get_idx(pair, 0), walk->traffic);
		here = least(here, extent);
		if (here > EXTENT_NONE)
			way = decide(walk, chain, rule, json_object_array_get_idx(pair, 1), here);
	}
	return way;
}

/* What limits a rule without being a comparison that is understood. */
static bool is_special(struct json_object *statement)
{
	struct json_object *xt = NULL;

	if (json_object_object_get_ex(statement, "xt", &xt))
		return strcmp(json_text(xt, "type"), "target") &&
		       strcmp(json_text(xt, "name"), "comment");
	return json_object_object_get_ex(statement, "limit", NULL) ||
	       json_object_object_get_ex(statement, "quota", NULL) ||
	       json_object_object_get_ex(statement, "ct count", NULL);
}

static enum way walk_rule(struct walk *walk, struct json_object *chain,
			  struct json_object *rule, enum extent most)
{
	struct json_object *expressions = json_object_object_get(rule, "expr"), *inner = NULL;
	enum extent own = EXTENT_ALL;
	enum way way = WAY_ON;
	size_t i;

	for (i = 0; expressions && way == WAY_ON && least(most, own) > EXTENT_NONE &&
	     i < json_object_array_length(expressions); i++) {
		struct json_object *one = json_object_array_get_idx(expressions, i);

		if (json_object_object_get_ex(one, "match", &inner))
			own = least(own, foreign_match(walk->foreign->ruleset, rule, inner,
						       walk->traffic));
		else if (is_special(one))
			own = least(own, EXTENT_FEW);
		else if (json_object_object_get_ex(one, "vmap", &inner))
			way = decide_by_map(walk, chain, rule, inner, least(most, own));
		else
			way = decide(walk, chain, rule, one, least(most, own));
		/* Of those that came as far as this chain. */
		if (way == WAY_ON && own >= EXTENT_MOST)
			way = end_of(one);
	}
	return way;
}

static enum way walk_chain(struct walk *walk, struct json_object *chain, enum extent most)
{
	struct json_object *ruleset = walk->foreign->ruleset, *rule = NULL;
	const char *name = json_text(chain, "name");
	enum way way = WAY_ON;
	size_t i;

	for (i = 0; way == WAY_ON && i < json_object_array_length(ruleset); i++) {
		if (!json_object_object_get_ex(json_object_array_get_idx(ruleset, i), "rule",
					       &rule) ||
		    strcmp(json_text(rule, "chain"), name) || !same_table(chain, rule))
			continue;
		if (!walk->foreign->steps)
			return WAY_END;
		walk->foreign->steps--;
		way = walk_rule(walk, chain, rule, most);
	}
	return way == WAY_END ? WAY_END : WAY_ON;
}

static bool is_ours(struct json_object *chain)
{
	return !strcmp(json_text(chain, "table"), "kcluster") &&
	       !strcmp(json_text(chain, "family"), "inet");
}

/* nft 1.0.6 does not tell the device in JSON: then it can be any. */
static bool is_at(struct json_object *chain, const char *device)
{
	struct json_object *dev = json_object_object_get(chain, "dev");
	size_t i;

	for (i = 0; device && json_object_is_type(dev, json_type_array) &&
	     i < json_object_array_length(dev); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(dev, i)), device))
			return true;
	return device && (!dev || !strcmp(json_text(chain, "dev"), device));
}

/*
 * The module hears VRRP at the start of prerouting, before the chains of most. So a
 * chain on input eats nothing of that.
 */
static bool passes(struct json_object *chain, const struct traffic *traffic)
{
	const char *family = json_text(chain, "family"), *hook = json_text(chain, "hook");
	int priority = json_object_get_int(json_object_object_get(chain, "prio"));

	if (!strcmp(family, "netdev"))
		return !strcmp(hook, "ingress") && is_at(chain, traffic->in);
	if (strcmp(family, "inet") && strcmp(family, traffic->family == 16 ? "ip6" : "ip"))
		return false;
	if (!strcmp(hook, "ingress"))
		return is_at(chain, traffic->in);
	if (!strcmp(hook, "prerouting"))
		return traffic->kind != TRAFFIC_VRRP || priority < HEARS_VRRP;
	return traffic->kind != TRAFFIC_VRRP &&
	       !strcmp(hook, traffic->forward ? "forward" : "input");
}

/**
 * foreign_find() - Find what eats our traffic.
 * @foreign: Has the ruleset; gets what was found.
 * @traffics: What this node is sent; must outlive @foreign.
 */
void foreign_find(struct foreign *foreign, const struct traffics *traffics)
{
	struct json_object *chain = NULL;
	unsigned int j;
	size_t i;

	foreign->steps = STEPS_MAX;
	for (i = 0; i < json_object_array_length(foreign->ruleset); i++) {
		if (!json_object_object_get_ex(json_object_array_get_idx(foreign->ruleset, i),
					       "chain", &chain) || is_ours(chain))
			continue;
		for (j = 0; j < traffics->count; j++) {
			struct walk walk = {
				.foreign = foreign, .traffic = &traffics->list[j], .base = chain,
			};

			if (passes(chain, walk.traffic) &&
			    walk_chain(&walk, chain, EXTENT_ALL) != WAY_END &&
			    !strcmp(json_text(chain, "policy"), "drop"))
				found(&walk, chain, NULL, false);
		}
	}
}

/**
 * foreign_free() - Give back what was found, and the rules.
 * @foreign: It; it is empty afterwards.
 */
void foreign_free(struct foreign *foreign)
{
	unsigned int i;

	for (i = 0; i < foreign->count; i++)
		free(foreign->hits[i].traffics);
	free(foreign->hits);
	json_object_put(foreign->ruleset);
	memset(foreign, 0, sizeof(*foreign));
}
