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

#include "args.h"
#include "attributes.h"
#include "block.h"
#include "group.h"
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
	{ "address-from", KCLUSTER_A_VRRP_ADDRESS },
	{ "route", KCLUSTER_A_VRRP_ROUTE },
	{ "track", KCLUSTER_A_VRRP_TRACK },
	{ "path", KCLUSTER_A_VRRP_PATH },
	{ "vmac", KCLUSTER_A_VRRP_VMAC },
	{ "accept", KCLUSTER_A_VRRP_ACCEPT },
	{ "on-isolation", KCLUSTER_A_VRRP_ON_ISOLATION },
	{ "witness", KCLUSTER_A_VRRP_WITNESS },
	{ "group", KCLUSTER_A_VRRP_GROUP },
	{ NULL, 0 },
};

static const struct word set_words[] = {
	{ "state", KCLUSTER_A_VRRP_INITIAL_STATE },
	{ "priority", KCLUSTER_A_VRRP_PRIORITY },
	{ "interval", KCLUSTER_A_VRRP_INTERVAL },
	{ "preempt", KCLUSTER_A_VRRP_PREEMPT },
	{ "preempt-delay", KCLUSTER_A_VRRP_PREEMPT_DELAY },
	{ "startup-delay", KCLUSTER_A_VRRP_STARTUP_DELAY },
	{ "auth-pass", KCLUSTER_A_VRRP_AUTH_PASS },
	{ "checksum", KCLUSTER_A_VRRP_CHECKSUM },
	{ "peer", KCLUSTER_A_VRRP_PEER },
	{ "vmac", KCLUSTER_A_VRRP_VMAC },
	{ "accept", KCLUSTER_A_VRRP_ACCEPT },
	{ "on-isolation", KCLUSTER_A_VRRP_ON_ISOLATION },
	{ "witness", KCLUSTER_A_VRRP_WITNESS },
	{ "group", KCLUSTER_A_VRRP_GROUP },
	{ NULL, 0 },
};

static const struct word no_words[] = { { NULL, 0 } };

static const struct word address_words[] = {
	{ "dev", KCLUSTER_A_ADDRESS_IFNAME },
	{ "scope", KCLUSTER_A_ADDRESS_SCOPE },
	{ "excluded", KCLUSTER_A_ADDRESS_EXCLUDED },
	{ "local", KCLUSTER_A_ADDRESS_LOCAL },
	{ NULL, 0 },
};

static const struct word block_words[] = {
	{ "prefixlen", KCLUSTER_A_ADDRESS_PREFIXLEN },
	{ "dev", KCLUSTER_A_ADDRESS_IFNAME },
	{ "scope", KCLUSTER_A_ADDRESS_SCOPE },
	{ "excluded", KCLUSTER_A_ADDRESS_EXCLUDED },
	{ "local", KCLUSTER_A_ADDRESS_LOCAL },
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
	{ "value", KCLUSTER_A_TRACK_VALUE },
	{ "weight", KCLUSTER_A_TRACK_WEIGHT },
	{ "arp", KCLUSTER_A_TRACK_NEIGHBOUR },
	{ NULL, 0 },
};

/* The same once a neighbour is meant: interval is that of the questions. */
static const struct word arp_words[] = {
	{ "dev", KCLUSTER_A_TRACK_IFNAME },
	{ "interval", KCLUSTER_A_TRACK_INTERVAL },
	{ "lose", KCLUSTER_A_TRACK_LOSE },
	{ "weight", KCLUSTER_A_TRACK_WEIGHT },
	{ "value", KCLUSTER_A_TRACK_VALUE },
	{ "arp", KCLUSTER_A_TRACK_NEIGHBOUR },
	{ NULL, 0 },
};

/* What follows an address, or a file of them. */
static enum status parse_vip_words(struct args *args, const struct word *words, struct vip *vip)
{
	const char *value, *why;
	unsigned int seen = 0;
	int key, more;

	while ((more = args_take_key(args, words, "address", &seen, &key)) > 0) {
		enum status status = DONE;
		uint8_t length;

		switch (key) {
		case KCLUSTER_A_ADDRESS_PREFIXLEN:
			status = args_take_u8(args, "address: prefixlen", "a prefix length", &length);
			if (status == DONE)
				vip->prefixlen = length;
			break;
		case KCLUSTER_A_ADDRESS_IFNAME:
			status = args_take_text(args, "address: dev", "the name of a device",
						&vip->ifname);
			break;
		case KCLUSTER_A_ADDRESS_SCOPE:
			value = args_take(args, "address: scope", "a scope");
			if (!value)
				return WRONG_USAGE;
			if (parse_scope(value, &vip->scope, &why))
				return args_bad_value(args, "address: scope", value, why);
			vip->has_scope = true;
			break;
		case KCLUSTER_A_ADDRESS_EXCLUDED:
			vip->excluded = true;
			break;
		case KCLUSTER_A_ADDRESS_LOCAL:
			vip->local = true;
			break;
		}
		if (status != DONE)
			return status;
	}
	return more < 0 ? WRONG_USAGE : DONE;
}

static enum status parse_vip(struct args *args, struct router *router)
{
	const char *value, *why = "an address with its prefix length";
	struct vip *vip = router_new_address(router);
	unsigned int at = router->address_count - 1;
	struct ipaddr last;
	enum status status;

	value = args_take(args, "address", why);
	if (!value)
		return WRONG_USAGE;
	if (block_parse(value, &vip->address, &last, &vip->prefixlen, &why))
		return args_bad_value(args, "address", value, why);
	status = parse_vip_words(args, address_words, vip);
	if (status == DONE)
		block_fill(router, at, block_size(&vip->address, &last));
	return status;
}

static enum status parse_file(struct args *args, struct router *router)
{
	struct vip like = { .prefixlen = -1 };
	enum status status;
	const char *file;

	file = args_take(args, "address-from", "a file with one address per line");
	if (!file)
		return WRONG_USAGE;
	status = parse_vip_words(args, block_words, &like);
	if (status == DONE)
		status = block_read(router, file, &like);
	free(like.ifname);
	return status;
}

static enum status parse_route(struct args *args, struct route *route)
{
	const char *value, *why = "a prefix or default";
	enum status status = DONE;
	unsigned int seen = 0;
	int key, more;

	value = args_take(args, "route", why);
	if (!value)
		return WRONG_USAGE;
	if (strcmp(value, "default") && parse_prefix(value, &route->dst, &route->prefixlen, &why))
		return args_wrong(args, "route: '%s' given, default or %s expected", value, why);
	while ((more = args_take_key(args, route_words, "route", &seen, &key)) > 0) {
		switch (key) {
		case KCLUSTER_A_ROUTE_VIA:
			status = args_take_address(args, "route: via", &route->via);
			break;
		case KCLUSTER_A_ROUTE_IFNAME:
			status = args_take_text(args, "route: dev", "the name of a device",
						&route->ifname);
			break;
		case KCLUSTER_A_ROUTE_METRIC:
			status = args_take_number(args, "route: metric", &route->metric);
			route->has_metric = true;
			break;
		case KCLUSTER_A_ROUTE_TABLE:
			value = args_take(args, "route: table", "a routing table");
			if (!value)
				return WRONG_USAGE;
			if (parse_table(value, &route->table, &why))
				return args_bad_value(args, "route: table", value, why);
			route->has_table = true;
			break;
		}
		if (status != DONE)
			return status;
	}
	return more < 0 ? WRONG_USAGE : DONE;
}

static enum status take_weight(struct args *args, struct track *track)
{
	static const char range[] = "a number from -254 to 254";
	const char *value = args_take(args, "track: weight", range), *unused;

	if (!value)
		return WRONG_USAGE;
	if (parse_integer(value, &track->weight, &unused))
		return args_bad_value(args, "track: weight", value, range);
	track->has_weight = true;
	return DONE;
}

static enum status take_track_word(struct args *args, struct track *track, int key)
{
	switch (key) {
	case KCLUSTER_A_TRACK_IFNAME:
		return args_take_text(args, "track: dev", "the name of a device", &track->ifname);
	case KCLUSTER_A_TRACK_VALUE:
		return args_take_text(args, "track: value", "the name of a tracked value",
				      &track->value);
	case KCLUSTER_A_TRACK_INTERVAL:
		track->has_interval = true;
		return args_take_time(args, "track: interval", &track->interval);
	case KCLUSTER_A_TRACK_LOSE:
		track->has_lose = true;
		return args_take_u8(args, "track: lose", "a number from 1 to 100", &track->lose);
	case KCLUSTER_A_TRACK_NEIGHBOUR:
		return args_take_address(args, "track: arp", &track->neighbour);
	default:
		return take_weight(args, track);
	}
}

static enum status parse_track(struct args *args, struct track *track)
{
	static const char expected[] = "'dev DEV', 'arp ADDR dev DEV' or 'value NAME'";
	const struct word *words = track_words;
	unsigned int seen = 0;
	int key, more;

	if (*args->at && word_find(track_words, *args->at) == WORD_UNKNOWN)
		return args_bad_value(args, "track", *args->at, expected);
	while ((more = args_take_key(args, words, "track", &seen, &key)) > 0) {
		enum status status = take_track_word(args, track, key);

		if (status != DONE)
			return status;
		/* Another one of these starts the next item. */
		if (key == KCLUSTER_A_TRACK_NEIGHBOUR) {
			words = arp_words;
			seen |= 1u << KCLUSTER_A_TRACK_VALUE;
		} else if (key == KCLUSTER_A_TRACK_IFNAME || key == KCLUSTER_A_TRACK_VALUE) {
			seen |= 1u << KCLUSTER_A_TRACK_IFNAME | 1u << KCLUSTER_A_TRACK_VALUE |
				1u << KCLUSTER_A_TRACK_NEIGHBOUR;
		}
	}
	if (more < 0)
		return WRONG_USAGE;
	if (track->neighbour.length && !track->ifname)
		return args_wrong(args, "track: 'dev DEV' expected: the device through which the neighbour is asked");
	return track->ifname || track->value ? DONE :
	       args_wrong(args, "track: %s expected", expected);
}

static enum status take_auth_pass(struct args *args, struct router *router)
{
	const char *value = args_take(args, "auth-pass", "a password");

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

/* "peer none" takes back the peers that were set: multicast again. */
static enum status take_peer(struct args *args, struct router *router)
{
	bool none = *args->at && !strcmp(*args->at, "none");

	if (router->no_peer || (none && router->peer_count))
		return args_wrong(args, "peer: either none or addresses");
	if (!none)
		return args_take_address(args, "peer", router_new_peer(router));
	args->at++;
	router->no_peer = true;
	return DONE;
}

/* "witness none" takes back those that were set. */
static enum status take_witness(struct args *args, struct router *router)
{
	bool none = *args->at && !strcmp(*args->at, "none");

	if (router->no_witness || (none && router->witness_count))
		return args_wrong(args, "witness: either none or addresses");
	if (!none)
		return witness_parse(args, router_new_witness(router));
	args->at++;
	router->no_witness = true;
	return DONE;
}

static enum status take_setting(struct args *args, struct router *router, int key, bool set)
{
	switch (key) {
	case KCLUSTER_A_VRRP_IFNAME:
		return args_take_text(args, "dev", "the name of a device", &router->ifname);
	case KCLUSTER_A_VRRP_VRID:
		return args_take_u8(args, "vrid", "a number from 1 to 255", &router->vrid);
	case KCLUSTER_A_VRRP_INITIAL_STATE:
		return args_take_word(args, "state", initial_state_words, &router->initial_state);
	case KCLUSTER_A_VRRP_PRIORITY:
		return args_take_u8(args, "priority", "a number from 1 to 255", &router->priority);
	case KCLUSTER_A_VRRP_INTERVAL:
		return args_take_time(args, "interval", &router->interval);
	case KCLUSTER_A_VRRP_VERSION:
		return args_take_u8(args, "version", "2 or 3", &router->version);
	case KCLUSTER_A_VRRP_FAMILY:
		return args_take_word(args, "family", family_words, &router->family);
	case KCLUSTER_A_VRRP_PREEMPT:
		return args_take_word(args, "preempt", on_off_words, &router->preempt);
	case KCLUSTER_A_VRRP_PREEMPT_DELAY:
		return args_take_time(args, "preempt-delay", &router->preempt_delay);
	case KCLUSTER_A_VRRP_STARTUP_DELAY:
		return args_take_time(args, "startup-delay", &router->startup_delay);
	case KCLUSTER_A_VRRP_AUTH_PASS:
		return take_auth_pass(args, router);
	case KCLUSTER_A_VRRP_CHECKSUM:
		return args_take_word(args, "checksum", checksum_words, &router->checksum);
	case KCLUSTER_A_VRRP_PEER:
		return take_peer(args, router);
	case KCLUSTER_A_VRRP_ADDRESS:
		return parse_vip(args, router);
	case KCLUSTER_A_VRRP_ROUTE:
		return parse_route(args, router_new_route(router));
	case KCLUSTER_A_VRRP_TRACK:
		return parse_track(args, router_new_track(router));
	case KCLUSTER_A_VRRP_PATH:
		return path_parse(args, router_new_path(router));
	case KCLUSTER_A_VRRP_VMAC:
		return args_take_word(args, "vmac", on_off_words, &router->vmac);
	case KCLUSTER_A_VRRP_ACCEPT:
		return args_take_word(args, "accept", on_off_words, &router->accept);
	case KCLUSTER_A_VRRP_ON_ISOLATION:
		return args_take_word(args, "on-isolation", isolation_words,
				      &router->on_isolation);
	case KCLUSTER_A_VRRP_WITNESS:
		return take_witness(args, router);
	case KCLUSTER_A_VRRP_GROUP:
		return group_take(args, router);
	}
	return args_wrong(args, "internal error: no setting %d%s", key, set ? " to set" : "");
}

static bool is_list(int key)
{
	return key == KCLUSTER_A_VRRP_PEER || key == KCLUSTER_A_VRRP_ADDRESS ||
	       key == KCLUSTER_A_VRRP_ROUTE || key == KCLUSTER_A_VRRP_TRACK ||
	       key == KCLUSTER_A_VRRP_PATH || key == KCLUSTER_A_VRRP_WITNESS;
}

/* Complains about a word that is no key of "set", where "add" may know it. */
static enum status bad_setting(const struct args *args, bool set, int found, const char *word)
{
	int elsewhere = set && found == WORD_UNKNOWN ? word_find(add_words, word) : WORD_UNKNOWN;

	if (elsewhere < 0)
		return args_bad_key(args, no_words, NULL, found, word);
	if (is_list(elsewhere))
		return args_wrong(args, "%s cannot be set: use 'vrrp %s add' and 'vrrp %s del'",
			   word_for(add_words, elsewhere), word_for(add_words, elsewhere),
			   word_for(add_words, elsewhere));
	return args_wrong(args, "%s cannot be changed: delete the virtual router and add it anew",
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
	for (i = 0; !address && i < router->path_count; i++)
		if (router->paths[i].peer_count)
			address = &router->paths[i].peers[0];
	for (i = 0; !address && i < router->address_count; i++)
		if (!router->addresses[i].excluded)
			address = &router->addresses[i].address;
	/* A witness may have nothing else. */
	if (!address && router->witness_count && router->witnesses[0].address_count)
		address = &router->witnesses[0].addresses[0];
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
			return args_wrong(&args, "%s is given twice", word_for(args.outer, key));
		router_mark(router, (unsigned int)key);
		args.at++;
		/* All of "address-" is needed: without it, it is an address. */
		if (!strncmp(word, "address-", strlen("address-")))
			status = parse_file(&args, router);
		else
			status = take_setting(&args, router, key, set);
		if (status != DONE)
			return status;
	}
	if (set) {
		if (!router->given)
			return args_wrong(&args, "nothing to set is given");
		return DONE;
	}
	if (!router->ifname)
		return args_wrong(&args, "dev is missing: 'dev DEV' before any address, route or track names the device that carries the advertisements");
	if (!router_has(router, KCLUSTER_A_VRRP_VRID))
		return args_wrong(&args, "vrid is missing: a number from 1 to 255, the same on all nodes");
	if (!router_has(router, KCLUSTER_A_VRRP_FAMILY))
		guess_family(router);
	return DONE;
}

/* Tells a word that may start the next item of a list from a misspelt key. */
static bool starts_item(const char *text, const char *word, int key)
{
	struct ipaddr address, last;
	const char *unused;
	int prefixlen;

	if (!strcmp(text, word))
		return true;
	if (key == KCLUSTER_A_VRRP_ADDRESS)
		return !strcmp(text, "from") ||
		       !block_parse(text, &address, &last, &prefixlen, &unused);
	if (key == KCLUSTER_A_VRRP_TRACK)
		return word_find(track_words, text) >= 0;
	if (key == KCLUSTER_A_VRRP_PATH)
		return path_is_key(text);
	return !parse_prefix(text, &address, &prefixlen, &unused) ||
	       (key == KCLUSTER_A_VRRP_ROUTE && !strcmp(text, "default"));
}

/**
 * router_parse_list() - Read what follows "vrrp address add NAME" and its like.
 * @router: Has its name; the items are added to it.
 * @argv: The words, followed by NULL; each item may be preceded by the word for it.
 * @key: KCLUSTER_A_VRRP_ADDRESS, _ROUTE, _TRACK or _PATH.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_list(struct router *router, char **argv, int key, const char *what)
{
	const struct word *clause = key == KCLUSTER_A_VRRP_ADDRESS ? address_words :
				    key == KCLUSTER_A_VRRP_ROUTE ? route_words :
				    key == KCLUSTER_A_VRRP_PATH ? path_words : track_words;
	const char *word = word_for(add_words, key);
	struct args args = { .at = argv, .outer = no_words };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	do {
		if (*args.at && !strcmp(*args.at, word))
			args.at++;
		if (key == KCLUSTER_A_VRRP_ADDRESS && *args.at && !strcmp(*args.at, "from")) {
			args.at++;
			status = parse_file(&args, router);
		} else {
			status = take_setting(&args, router, key, false);
		}
		if (status == DONE && *args.at && !starts_item(*args.at, word, key))
			status = args_bad_key(&args, clause, word, WORD_UNKNOWN, *args.at);
	} while (status == DONE && *args.at);
	return status;
}
