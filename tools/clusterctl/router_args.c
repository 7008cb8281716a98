// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual router from the words of a command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "args.h"
#include "attributes.h"
#include "block.h"
#include "group.h"
#include "router.h"
#include "router_args.h"

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
		return router_args_address(args, router);
	case KCLUSTER_A_VRRP_ROUTE:
		return router_args_route(args, router_new_route(router));
	case KCLUSTER_A_VRRP_TRACK:
		return router_args_track(args, router_new_track(router));
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

static enum status take_settings(struct args *args, struct router *router, bool set)
{
	enum status status;

	while (*args->at) {
		const char *word = *args->at;
		int key = word_find(args->outer, word);

		if (key < 0)
			return bad_setting(args, set, key, word);
		if (!is_list(key) && router_has(router, (unsigned int)key))
			return args_wrong(args, "%s is given twice", word_for(args->outer, key));
		router_mark(router, (unsigned int)key);
		args->at++;
		/* All of "address-" is needed: without it, it is an address. */
		if (!strncmp(word, "address-", strlen("address-")))
			status = router_args_address_from(args, router);
		else
			status = take_setting(args, router, key, set);
		if (status != DONE)
			return status;
	}
	return DONE;
}

/* Is there all that a router needs? */
static enum status check_complete(struct args *args, struct router *router)
{
	if (!router->ifname)
		return args_wrong(args, "dev is missing: 'dev DEV' before any address, route or track names the device that carries the advertisements");
	if (!router_has(router, KCLUSTER_A_VRRP_VRID))
		return args_wrong(args, "vrid is missing: a number from 1 to 255, the same on all nodes");
	if (!router_has(router, KCLUSTER_A_VRRP_FAMILY))
		guess_family(router);
	return DONE;
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
	status = take_settings(&args, router, set);
	if (status != DONE)
		return status;
	if (set) {
		if (!router->given)
			return args_wrong(&args, "nothing to set is given");
		return DONE;
	}
	return check_complete(&args, router);
}

/**
 * router_parse_more() - Read some of what follows "vrrp add NAME".
 * @router: What is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What they belong to, for messages.
 *
 * The cluster file has its settings line by line. router_parse_end() follows when
 * all are read.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_more(struct router *router, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = add_words };

	snprintf(args.of, sizeof(args.of), "%s", what);
	return take_settings(&args, router, false);
}

/**
 * router_parse_end() - See whether a router has all it needs.
 * @router: The router.
 * @what: What it belongs to, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_parse_end(struct router *router, const char *what)
{
	struct args args = { .outer = add_words };

	snprintf(args.of, sizeof(args.of), "%s", what);
	return check_complete(&args, router);
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
		return word_find(router_args_words(key), text) >= 0;
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
	const struct word *clause = key == KCLUSTER_A_VRRP_PATH ? path_words :
							       router_args_words(key);
	const char *word = word_for(add_words, key);
	struct args args = { .at = argv, .outer = no_words };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	do {
		if (*args.at && !strcmp(*args.at, word))
			args.at++;
		if (key == KCLUSTER_A_VRRP_ADDRESS && *args.at && !strcmp(*args.at, "from")) {
			args.at++;
			status = router_args_address_from(&args, router);
		} else {
			status = take_setting(&args, router, key, false);
		}
		if (status == DONE && *args.at && !starts_item(*args.at, word, key))
			status = args_bad_key(&args, clause, word, WORD_UNKNOWN, *args.at);
	} while (status == DONE && *args.at);
	return status;
}
