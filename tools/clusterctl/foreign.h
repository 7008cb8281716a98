/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules of others, in tables that are not ours, that eat what the cluster sends: an
 * accept of ours cannot undo their reject. Pure but for foreign_read.c: a ruleset as
 * "nft -j" lists it, and what a node of a cluster file is sent.
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cluster.h"

struct json_object;

/**
 * enum extent - How much of some traffic a rule matches.
 * @EXTENT_NONE: Nothing.
 * @EXTENT_FEW: Something special, if anything.
 * @EXTENT_PART: Not all, but what is surely ours.
 * @EXTENT_MOST: All but something special.
 * @EXTENT_ALL: All.
 */
enum extent {
	EXTENT_NONE, EXTENT_FEW, EXTENT_PART, EXTENT_MOST, EXTENT_ALL,
};

/**
 * enum traffic_kind - What a node is sent, or forwards.
 * @TRAFFIC_WIREGUARD: Packets of WireGuard.
 * @TRAFFIC_TUNNEL: What comes out of the tunnel to the node.
 * @TRAFFIC_CHANNEL: What the modules say to each other.
 * @TRAFFIC_VRRP: Advertisements.
 * @TRAFFIC_RELAY: From tunnel to tunnel.
 * @TRAFFIC_OUT_OF: Out of the tunnel to others.
 * @TRAFFIC_INTO: From others into the tunnel.
 * @TRAFFIC_PODS: From pod to pod.
 */
enum traffic_kind {
	TRAFFIC_WIREGUARD, TRAFFIC_TUNNEL, TRAFFIC_CHANNEL, TRAFFIC_VRRP, TRAFFIC_RELAY,
	TRAFFIC_OUT_OF, TRAFFIC_INTO, TRAFFIC_PODS,
};

/**
 * struct traffic - Packets that are alike.
 * @kind: What they are.
 * @forward: They are forwarded rather than for this node.
 * @family: Length of their addresses.
 * @in: Device they come in by, NULL if that is not known.
 * @out: Device they go out by, NULL if that is not known or there is none.
 * @protocol: Number of their protocol.
 * @port: Destination port, -1 if that is not known or there is none.
 * @from: Where they come from; without an address if that is not known.
 * @to: Where they go to; without an address if that is not known.
 * @answers: They belong to what this node has begun.
 */
struct traffic {
	enum traffic_kind kind;
	bool forward;
	uint8_t family;
	const char *in;
	const char *out;
	int protocol;
	int port;
	struct net_prefix from;
	struct net_prefix to;
	bool answers;
};

/**
 * struct traffics - All that a node is sent.
 * @list: They, @count of them.
 * @count: See @list.
 * @names: Names of devices that they point to, @name_count of them.
 * @name_count: See @names.
 */
struct traffics {
	struct traffic *list;
	unsigned int count;
	char **names;
	unsigned int name_count;
};

/**
 * struct foreign_hit - A rule that eats something.
 * @chain: The chain it is in; with a hook, if the chain's policy does it.
 * @base: The chain with the hook.
 * @rule: The rule, NULL if it is the policy.
 * @reject: It says so to who sent it.
 * @traffics: What it eats, @count of them.
 * @count: See @traffics.
 */
struct foreign_hit {
	struct json_object *chain;
	struct json_object *base;
	struct json_object *rule;
	bool reject;
	const struct traffic **traffics;
	unsigned int count;
};

/**
 * struct foreign - What was found.
 * @ruleset: All rules, an array as in "nft -j list ruleset". A table that is not of
 *	nftables has "legacy"; a rule may have its "text".
 * @hits: What eats something, @count of them.
 * @count: See @hits.
 * @steps: How many more rules are looked at.
 */
struct foreign {
	struct json_object *ruleset;
	struct foreign_hit *hits;
	unsigned int count;
	unsigned int steps;
};

/* foreign_traffic.c: what a node is sent */
void traffics_make(struct traffics *traffics, struct cluster *cluster, unsigned int node,
		   char **outside, unsigned int outside_count);
void traffics_free(struct traffics *traffics);

/* foreign.c: what eats it */
void foreign_find(struct foreign *foreign, const struct traffics *traffics);
void foreign_free(struct foreign *foreign);

/* foreign_match.c: whether a rule matches */
enum extent foreign_match(struct json_object *ruleset, struct json_object *rule,
			  struct json_object *match, const struct traffic *traffic);
enum extent foreign_contains(struct json_object *ruleset, struct json_object *rule,
			     struct json_object *left, struct json_object *right,
			     const struct traffic *traffic);
struct json_object *foreign_named(struct json_object *ruleset, struct json_object *rule,
				  const char *kind, const char *name);
const char *json_text(struct json_object *object, const char *key);

/* foreign_save.c: rules as iptables-save prints them */
void foreign_take_save(struct json_object *ruleset, const char *text, uint8_t family,
		       bool legacy);

/* foreign_text.c: rules as nft prints them */
void foreign_take_text(struct foreign *foreign, const char *text);

/* foreign_say.c: what to do about it */
void foreign_warn(const struct foreign *foreign);
struct json_object *foreign_json(const struct foreign *foreign);

/* foreign_remedy.c: commands that let it pass */
struct json_object *foreign_remedies(const struct foreign *foreign,
				     const struct foreign_hit *hit);
bool foreign_is_in_another(const struct foreign_hit *hit, const struct traffic *traffic);
const char *foreign_program(const struct foreign *foreign, const struct foreign_hit *hit);

/* foreign_read.c: what there is on this machine */
bool foreign_read(struct foreign *foreign);
char *foreign_text(void);
char **foreign_outside(unsigned int *count);

#endif
