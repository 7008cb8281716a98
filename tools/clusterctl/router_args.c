// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router from the words of a command line.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "attributes.h"
#include "router.h"

static const struct word add_words[] = {
	{ "dev", KCLUSTER_A_VRRP_IFNAME },
	{ "vrid", KCLUSTER_A_VRRP_VRID },
	{ "state", KCLUSTER_A_VRRP_INITIAL_STATE },
	{ "priority", KCLUSTER_A_VRRP_PRIORITY },
	{ "interval", KCLUSTER_A_VRRP_INTERVAL },
	{ "version", KCLUSTER_A_VRRP_VERSION },
	{ "family", KCLUSTER_A_VRRP_FAMILY },
	{ "preempt", KCLUSTER_A_VRRP_PREEMPT },
	{ "preempt-delay", KCLUSTER_A_VRRP_PREEMPT_DELAY },
	{ "startup-delay", KCLUSTER_A_VRRP_STARTUP_DELAY },
	{ "peer", KCLUSTER_A_VRRP_PEER },
	{ "auth-pass", KCLUSTER_A_VRRP_AUTH_PASS },
	{ "checksum", KCLUSTER_A_VRRP_CHECKSUM },
	{ "address", KCLUSTER_A_VRRP_ADDRESS },
	{ "route", KCLUSTER_A_VRRP_ROUTE },
	{ "track", KCLUSTER_A_VRRP_TRACK },
	{ NULL, 0 },
};

static const struct word set_words[] = {
	{ "priority", KCLUSTER_A_VRRP_PRIORITY },
	{ "interval", KCLUSTER_A_VRRP_INTERVAL },
	{ "preempt", KCLUSTER_A_VRRP_PREEMPT },
	{ "preempt-delay", KCLUSTER_A_VRRP_PREEMPT_DELAY },
	{ "startup-delay", KCLUSTER_A_VRRP_STARTUP_DELAY },
	{ "auth-pass", KCLUSTER_A_VRRP_AUTH_PASS },
	{ "checksum", KCLUSTER_A_VRRP_CHECKSUM },
	{ "peer", KCLUSTER_A_VRRP_PEER },
	{ NULL, 0 },
};

static const struct word no_words[] = { { NULL, 0 } };

static const struct word address_words[] = {
	{ "dev", KCLUSTER_A_ADDRESS_IFNAME },
	{ "scope", KCLUSTER_A_ADDRESS_SCOPE },
	{ "excluded", KCLUSTER_A_ADDRESS_EXCLUDED },
	{ NULL, 0 },
};

static const struct word route_words[] = {
	{ "via", KCLUSTER_A_ROUTE_VIA },
	{ "dev", KCLUSTER_A_ROUTE_IFNAME },
	{ "metric", KCLUSTER_A_ROUTE_METRIC },
	{ "table", KCLUSTER_A_ROUTE_TABLE },
	{ NULL, 0 },
};

static const struct word track_words[] = {
	{ "dev", KCLUSTER_A_TRACK_IFNAME },
	{ "weight", KCLUSTER_A_TRACK_WEIGHT },
	{ NULL, 0 },
};

/**
 * struct args - Where we are in the words of a command.
 * @at: The next word; NULL at the end.
 * @outer: Words that end a clause.
 * @of: What the command works on, for messages: "vrrp add KA1".
 */
struct args {
	char **at;
	const struct word *outer;
	char of[96];
};

#define bad(args, format, ...) wrong("vrrp", "%s: " format, (args)->of, ##__VA_ARGS__)

/* Complains about a word that stands where a key is expected. */
static enum status bad_key(const struct args *args, const struct word *clause,
			   const char *clause_name, int found, const char *word)
{
	char list[512], more[256];

	if (found == WORD_AMBIGUOUS) {
		word_list(args->outer, word, list, sizeof(list));
		word_list(clause, word, more, sizeof(more));
		return bad(args, "'%s' could be any of: %s%s%s", word, more,
			   *list && *more ? ", " : "", list);
	}
	word_list(args->outer, "", list, sizeof(list));
	word_list(clause, "", more, sizeof(more));
	if (!clause_name)
		return bad(args, "'%s' is not known here; one of these is expected: %s", word, list);
	return bad(args, "'%s' is not known here; a%s %s goes on with: %s%s%s", word,
		   *clause_name == 'a' ? "n" : "", clause_name, more, *list ? "; then: " : "",
		   list);
}

/* Takes the value of @key, or complains. */
static const char *take_value(struct args *args, const char *key, const char *expected)
{
	if (*args->at)
		return *args->at++;
	bad(args, "%s: %s expected", key, expected);
	return NULL;
}

static enum status bad_value(const struct args *args, const char *key, const char *value,
			     const char *why)
{
	return bad(args, "%s: '%s' given, %s expected", key, value, why);
}

static enum status take_text(struct args *args, const char *key, const char *expected, char **text)
{
	const char *value = take_value(args, key, expected);

	if (!value)
		return WRONG_USAGE;
	if (!*value)
		return bad_value(args, key, value, expected);
	free(*text);
	*text = copy_text(value);
	return DONE;
}

static enum status take_number(struct args *args, const char *key, uint32_t max, uint32_t *number)
{
	const char *value, *why = "a number";

	value = take_value(args, key, why);
	if (!value)
		return WRONG_USAGE;
	return parse_number(value, 0, max, number, &why) ? bad_value(args, key, value, why) : DONE;
}

static enum status take_u8(struct args *args, const char *key, uint8_t *number)
{
	uint32_t value;
	enum status status = take_number(args, key, 255, &value);

	if (status == DONE)
		*number = (uint8_t)value;
	return status;
}

static enum status take_time(struct args *args, const char *key, uint32_t *ms)
{
	const char *value, *why = "a time";

	value = take_value(args, key, why);
	if (!value)
		return WRONG_USAGE;
	return parse_time(value, ms, &why) ? bad_value(args, key, value, why) : DONE;
}

static enum status take_word(struct args *args, const char *key, const struct word *words,
			     uint8_t *number)
{
	const char *value;
	char list[128], expected[160];
	int found;

	word_list(words, "", list, sizeof(list));
	snprintf(expected, sizeof(expected), "one of %s", list);
	value = take_value(args, key, expected);
	if (!value)
		return WRONG_USAGE;
	found = word_find(words, value);
	if (found < 0)
		return bad_value(args, key, value, expected);
	*number = (uint8_t)found;
	return DONE;
}

static enum status take_address(struct args *args, const char *key, struct ipaddr *address)
{
	const char *value, *why = "an address";

	value = take_value(args, key, why);
	if (!value)
		return WRONG_USAGE;
	return parse_address(value, address, &why) ? bad_value(args, key, value, why) : DONE;
}

/*
 * Finds the next key of a clause. Returns 1 with its number, 0 when the clause
 * ends here, or -1 after a complaint. A key that was seen in the clause already
 * ends it, so that "dev" can follow an address that has its own.
 */
static int clause_key(struct args *args, const struct word *clause, const char *name,
		      unsigned int *seen, int *key)
{
	bool inside;

	if (!*args->at)
		return 0;
	*key = word_find_in_clause(clause, args->outer, *args->at, &inside);
	if (*key >= 0 && (!inside || (*seen & (1u << *key))))
		return 0;
	/* Not a key of ours: the next item of the list, or a mistake. */
	if (*key == WORD_UNKNOWN && !args->outer->text)
		return 0;
	if (*key < 0) {
		bad_key(args, clause, name, *key, *args->at);
		return -1;
	}
	*seen |= 1u << *key;
	args->at++;
	return 1;
}

static enum status parse_vip(struct args *args, struct vip *vip)
{
	const char *value, *why = "an address with its prefix length";
	enum status status = DONE;
	unsigned int seen = 0;
	int key, more;

	value = take_value(args, "address", why);
	if (!value)
		return WRONG_USAGE;
	if (parse_prefix(value, &vip->address, &vip->prefixlen, &why))
		return bad_value(args, "address", value, why);
	while ((more = clause_key(args, address_words, "address", &seen, &key)) > 0) {
		switch (key) {
		case KCLUSTER_A_ADDRESS_IFNAME:
			status = take_text(args, "address: dev", "the name of a device",
					   &vip->ifname);
			break;
		case KCLUSTER_A_ADDRESS_SCOPE:
			value = take_value(args, "address: scope", "a scope");
			if (!value)
				return WRONG_USAGE;
			if (parse_scope(value, &vip->scope, &why))
				return bad_value(args, "address: scope", value, why);
			vip->has_scope = true;
			break;
		case KCLUSTER_A_ADDRESS_EXCLUDED:
			vip->excluded = true;
			break;
		}
		if (status != DONE)
			return status;
	}
	return more < 0 ? WRONG_USAGE : DONE;
}

static enum status parse_route(struct args *args, struct route *route)
{
	const char *value, *why = "a prefix or default";
	enum status status = DONE;
	unsigned int seen = 0;
	int key, more;

	value = take_value(args, "route", why);
	if (!value)
		return WRONG_USAGE;
	if (strcmp(value, "default") && parse_prefix(value, &route->dst, &route->prefixlen, &why))
		return bad(args, "route: '%s' given, default or %s expected", value, why);
	while ((more = clause_key(args, route_words, "route", &seen, &key)) > 0) {
		switch (key) {
		case KCLUSTER_A_ROUTE_VIA:
			status = take_address(args, "route: via", &route->via);
			break;
		case KCLUSTER_A_ROUTE_IFNAME:
			status = take_text(args, "route: dev", "the name of a device",
					   &route->ifname);
			break;
		case KCLUSTER_A_ROUTE_METRIC:
			status = take_number(args, "route: metric", UINT32_MAX, &route->metric);
			route->has_metric = true;
			break;
		case KCLUSTER_A_ROUTE_TABLE:
			value = take_value(args, "route: table", "a routing table");
			if (!value)
				return WRONG_USAGE;
			if (parse_table(value, &route->table, &why))
				return bad_value(args, "route: table", value, why);
			route->has_table = true;
			break;
		}
		if (status != DONE)
			return status;
	}
	return more < 0 ? WRONG_USAGE : DONE;
}

static enum status parse_track(struct args *args, struct track *track)
{
	const char *value, *why;
	unsigned int seen = 0;
	int key, more;

	while ((more = clause_key(args, track_words, "track", &seen, &key)) > 0) {
		if (key == KCLUSTER_A_TRACK_IFNAME) {
			if (take_text(args, "track: dev", "the name of a device",
				      &track->ifname) != DONE)
				return WRONG_USAGE;
			continue;
		}
		value = take_value(args, "track: weight", "a number from -254 to 254");
		if (!value)
			return WRONG_USAGE;
		if (parse_integer(value, &track->weight, &why))
			return bad_value(args, "track: weight", value, "a number from -254 to 254");
		track->has_weight = true;
	}
	if (more < 0)
		return WRONG_USAGE;
	if (!track->ifname)
		return bad(args, "track: 'dev DEV' expected%s%s%s", *args->at ? ", not '" : "",
			   *args->at ? *args->at : "", *args->at ? "'" : "");
	return DONE;
}

static enum status take_auth_pass(struct args *args, struct router *router)
{
	const char *value = take_value(args, "auth-pass", "a password");

	if (!value)
		return WRONG_USAGE;
	free(router->auth_pass);
	router->auth_pass = copy_text(value);
	if (strlen(value) > KCLUSTER_AUTH_PASS_MAX) {
		warning("%s: auth-pass: only the first %d characters count, the rest is cut off",
			args->of, KCLUSTER_AUTH_PASS_MAX);
		router->auth_pass[KCLUSTER_AUTH_PASS_MAX] = '\0';
	}
	return DONE;
}

static enum status take_setting(struct args *args, struct router *router, int key, bool set)
{
	switch (key) {
	case KCLUSTER_A_VRRP_IFNAME:
		return take_text(args, "dev", "the name of a device", &router->ifname);
	case KCLUSTER_A_VRRP_VRID:
		return take_u8(args, "vrid", &router->vrid);
	case KCLUSTER_A_VRRP_INITIAL_STATE:
		return take_word(args, "state", initial_state_words, &router->initial_state);
	case KCLUSTER_A_VRRP_PRIORITY:
		return take_u8(args, "priority", &router->priority);
	case KCLUSTER_A_VRRP_INTERVAL:
		return take_time(args, "interval", &router->interval);
	case KCLUSTER_A_VRRP_VERSION:
		return take_u8(args, "version", &router->version);
	case KCLUSTER_A_VRRP_FAMILY:
		return take_word(args, "family", family_words, &router->family);
	case KCLUSTER_A_VRRP_PREEMPT:
		return take_word(args, "preempt", on_off_words, &router->preempt);
	case KCLUSTER_A_VRRP_PREEMPT_DELAY:
		return take_time(args, "preempt-delay", &router->preempt_delay);
	case KCLUSTER_A_VRRP_STARTUP_DELAY:
		return take_time(args, "startup-delay", &router->startup_delay);
	case KCLUSTER_A_VRRP_AUTH_PASS:
		return take_auth_pass(args, router);
	case KCLUSTER_A_VRRP_CHECKSUM:
		return take_word(args, "checksum", checksum_words, &router->checksum);
	case KCLUSTER_A_VRRP_PEER:
		return take_address(args, "peer", router_new_peer(router));
	case KCLUSTER_A_VRRP_ADDRESS:
		return parse_vip(args, router_new_address(router));
	case KCLUSTER_A_VRRP_ROUTE:
		return parse_route(args, router_new_route(router));
	case KCLUSTER_A_VRRP_TRACK:
		return parse_track(args, router_new_track(router));
	}
	return bad(args, "internal error: no setting %d%s", key, set ? " to set" : "");
}

static bool is_list(int key)
{
	return key == KCLUSTER_A_VRRP_PEER || key == KCLUSTER_A_VRRP_ADDRESS ||
	       key == KCLUSTER_A_VRRP_ROUTE || key == KCLUSTER_A_VRRP_TRACK;
}

/* Complains about a word that is no key of "set", where "add" may know it. */
static enum status bad_setting(const struct args *args, bool set, int found, const char *word)
{
	int elsewhere = set && found == WORD_UNKNOWN ? word_find(add_words, word) : WORD_UNKNOWN;

	if (elsewhere < 0)
		return bad_key(args, no_words, NULL, found, word);
	if (is_list(elsewhere))
		return bad(args, "%s cannot be set: use 'vrrp %s add' and 'vrrp %s del'",
			   word_for(add_words, elsewhere), word_for(add_words, elsewhere),
			   word_for(add_words, elsewhere));
	return bad(args, "%s cannot be changed: delete the virtual router and add it anew",
		   word_for(add_words, elsewhere));
}

/*
 * The family is that of the addresses that will be advertised, or of those who
 * hear them, so it need not be said.
 */
static void guess_family(struct router *router)
{
	const struct ipaddr *address = NULL;
	unsigned int i;

	if (router->peer_count)
		address = &router->peers[0];
	for (i = 0; !address && i < router->address_count; i++)
		if (!router->addresses[i].excluded)
			address = &router->addresses[i].address;
	if (!address || address->length != 16)
		return;
	router->family = AF_INET6;
	router_mark(router, KCLUSTER_A_VRRP_FAMILY);
}

/**
 * router_parse_settings() - Read what follows "vrrp add NAME" or "vrrp set NAME".
 * @router: Has its name; the settings are added to it.
 * @argv: The words, followed by NULL.
 * @set: Whether only what can be changed later is allowed.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_settings(struct router *router, char **argv, bool set)
{
	struct args args = { .at = argv, .outer = set ? set_words : add_words };
	enum status status;

	snprintf(args.of, sizeof(args.of), "vrrp %s %s", set ? "set" : "add", router->name);
	while (*args.at) {
		const char *word = *args.at;
		int key = word_find(args.outer, word);

		if (key < 0)
			return bad_setting(&args, set, key, word);
		if (!is_list(key) && router_has(router, (unsigned int)key))
			return bad(&args, "%s is given twice", word_for(args.outer, key));
		router_mark(router, (unsigned int)key);
		args.at++;
		status = take_setting(&args, router, key, set);
		if (status != DONE)
			return status;
	}
	if (set) {
		if (!router->given)
			return bad(&args, "nothing to set is given");
		return DONE;
	}
	if (!router->ifname)
		return bad(&args, "dev is missing: 'dev DEV' before any address, route or track names the device that carries the advertisements");
	if (!router_has(router, KCLUSTER_A_VRRP_VRID))
		return bad(&args, "vrid is missing: a number from 1 to 255, the same on all nodes");
	if (!router_has(router, KCLUSTER_A_VRRP_FAMILY))
		guess_family(router);
	return DONE;
}

/* Reads a list of items, each of which may be preceded by the word for it. */
static enum status parse_list(struct router *router, char **argv, const char *word, int key)
{
	struct args args = { .at = argv, .outer = no_words };
	enum status status;

	snprintf(args.of, sizeof(args.of), "vrrp %s %s", word, router->name);
	do {
		if (*args.at && !strcmp(*args.at, word))
			args.at++;
		status = take_setting(&args, router, key, false);
	} while (status == DONE && *args.at);
	return status;
}

/**
 * router_parse_addresses() - Read what follows "vrrp address add NAME".
 * @router: Has its name; the addresses are added to it.
 * @argv: The words, followed by NULL.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_addresses(struct router *router, char **argv)
{
	return parse_list(router, argv, "address", KCLUSTER_A_VRRP_ADDRESS);
}

/**
 * router_parse_routes() - Read what follows "vrrp route add NAME".
 * @router: Has its name; the routes are added to it.
 * @argv: The words, followed by NULL.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_routes(struct router *router, char **argv)
{
	return parse_list(router, argv, "route", KCLUSTER_A_VRRP_ROUTE);
}

/**
 * router_parse_tracks() - Read what follows "vrrp track add NAME".
 * @router: Has its name; the devices are added to it.
 * @argv: The words, followed by NULL.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_tracks(struct router *router, char **argv)
{
	return parse_list(router, argv, "track", KCLUSTER_A_VRRP_TRACK);
}
