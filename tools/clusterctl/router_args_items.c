// SPDX-License-Identifier: GPL-2.0
/*
 * What a virtual router has several of, from the words of a command line:
 * addresses, routes, and what is tracked.
 */
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "attributes.h"
#include "block.h"
#include "router.h"
#include "router_args.h"

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

/**
 * router_args_address() - Read what follows "address".
 * @args: The words.
 * @router: The address, or the range of addresses, is added to it.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_args_address(struct args *args, struct router *router)
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

/**
 * router_args_address_from() - Read what follows "address-from", and that file.
 * @args: The words.
 * @router: Its addresses are added to it.
 *
 * Return: DONE, REFUSED if the file cannot be used, or WRONG_USAGE.
 */
enum status router_args_address_from(struct args *args, struct router *router)
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

/**
 * router_args_route() - Read what follows "route".
 * @args: The words.
 * @route: Empty, filled in.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_args_route(struct args *args, struct route *route)
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

/**
 * router_args_track() - Read what follows "track".
 * @args: The words.
 * @track: Empty, filled in.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status router_args_track(struct args *args, struct track *track)
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

/**
 * router_args_words() - The words that may follow an item.
 * @key: KCLUSTER_A_VRRP_ADDRESS, _ROUTE or _TRACK.
 */
const struct word *router_args_words(int key)
{
	return key == KCLUSTER_A_VRRP_ADDRESS ? address_words :
	       key == KCLUSTER_A_VRRP_ROUTE ? route_words : track_words;
}
