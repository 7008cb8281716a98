// SPDX-License-Identifier: GPL-2.0
/*
 * Virtual routes of a vrrp_instance.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "keepalived.h"

#define METRIC6_USUAL 1024	/* of a route without a metric, as keepalived makes it */

enum keyword {
	VIA, DEV, METRIC, TABLE, SOURCE, SCOPE, TO, FAMILY4, FAMILY6,
	FLAG_IGNORED, VALUE_IGNORED, FLAG_LOST, VALUE_LOST, FATAL,
};

/* FATAL: what is left without it is another route. */
static const struct word keywords[] = {
	{ "via", VIA }, { "gw", VIA }, { "dev", DEV }, { "oif", DEV },
	{ "metric", METRIC }, { "priority", METRIC }, { "preference", METRIC },
	{ "table", TABLE }, { "src", SOURCE }, { "from", SOURCE }, { "scope", SCOPE },
	{ "to", TO }, { "inet", FAMILY4 }, { "inet6", FAMILY6 },
	{ "no_track", FLAG_IGNORED }, { "append", FLAG_LOST }, { "onlink", FLAG_LOST },
	{ "protocol", VALUE_IGNORED }, { "track_group", VALUE_IGNORED },
	{ "unicast", FLAG_IGNORED },
	{ "mtu", VALUE_LOST }, { "hoplimit", VALUE_LOST }, { "advmss", VALUE_LOST },
	{ "rtt", VALUE_LOST }, { "rttvar", VALUE_LOST }, { "reordering", VALUE_LOST },
	{ "window", VALUE_LOST }, { "cwnd", VALUE_LOST }, { "ssthresh", VALUE_LOST },
	{ "realms", VALUE_LOST }, { "rto_min", VALUE_LOST }, { "initcwnd", VALUE_LOST },
	{ "initrwnd", VALUE_LOST }, { "features", VALUE_LOST }, { "quickack", VALUE_LOST },
	{ "congctl", VALUE_LOST }, { "pref", VALUE_LOST },
	{ "fastopen_no_cookie", VALUE_LOST }, { "ttl-propagate", VALUE_LOST },
	{ "or", FATAL }, { "nexthop", FATAL }, { "tos", FATAL }, { "dsfield", FATAL },
	{ "vrf", FATAL }, { "encap", FATAL }, { "blackhole", FATAL }, { "unreachable", FATAL },
	{ "prohibit", FATAL }, { "throw", FATAL }, { "local", FATAL }, { "nat", FATAL },
	{ "broadcast", FATAL }, { "anycast", FATAL }, { "multicast", FATAL },
	{ NULL, 0 },
};

/* keepalived knows no abbreviations. */
static int keyword_find(const char *text)
{
	const struct word *word;

	for (word = keywords; word->text; word++)
		if (!strcmp(word->text, text))
			return word->value;
	return WORD_UNKNOWN;
}

/**
 * struct reading - A route being read.
 * @in: The instance.
 * @node: The line.
 * @what: The line as text, for messages.
 * @route: The route.
 * @before: Number of remarks before the first one about the line.
 * @has_dst: Whether the destination was there.
 * @family: AF_INET or AF_INET6 when it is written there, else 0.
 */
struct reading {
	struct ka_instance *in;
	const struct ka_node *node;
	char what[64];
	struct route route;
	unsigned int before;
	bool has_dst;
	int family;
};

#define lose(r, kind, ...) \
	ka_remark(&(r)->in->import->report, (r)->node->file, (r)->node->line, kind, \
		  (r)->in->router.name, (r)->what, __VA_ARGS__)

/* What else there was to say about the route is of no interest then. */
static bool refuse(struct reading *r, const char *why)
{
	ka_report_cut(&r->in->import->report, r->before);
	lose(r, KA_LEFT_OUT, "%s", why);
	return false;
}

/* Clears what lies behind the prefix length, which the kernel insists on. */
static void cut_host_bits(struct reading *r)
{
	struct ipaddr *dst = &r->route.dst;
	bool cut = false;
	int i;

	for (i = 0; i < dst->length; i++) {
		int bits = r->route.prefixlen - 8 * i;
		uint8_t mask = bits >= 8 ? 0xff : bits > 0 ? (uint8_t)(0xff << (8 - bits)) : 0;

		cut |= dst->bytes[i] & ~mask;
		dst->bytes[i] &= mask;
	}
	if (cut)
		lose(r, KA_CHANGED, "the address has bits behind its prefix length: without them");
}

static bool take_destination(struct reading *r, const char *text)
{
	const char *why;

	r->has_dst = true;
	if (!strcmp(text, "default"))
		return true;
	if (!strcmp(text, "default6")) {
		r->family = AF_INET6;
		return true;
	}
	if (parse_prefix(text, &r->route.dst, &r->route.prefixlen, &why))
		return refuse(r, "its destination is none: default or an address with its prefix length expected");
	if (r->route.prefixlen < 0)
		r->route.prefixlen = r->route.dst.length * 8;
	if (r->route.prefixlen > r->route.dst.length * 8)
		return refuse(r, "its prefix length is too long");
	cut_host_bits(r);
	return true;
}

static bool take_value(struct reading *r, int keyword, const char *word, const char *value)
{
	struct route *route = &r->route;
	const char *why;

	switch (keyword) {
	case VIA:
		if (parse_address(value, &route->via, &why) || !ka_is_unicast(&route->via))
			return refuse(r, "its gateway is no address of a machine");
		break;
	case DEV:
		if (!ka_is_device(value))
			return refuse(r, "its device has no name that a device can have");
		free(route->ifname);
		route->ifname = copy_text(value);
		break;
	case METRIC:
		if (parse_number(value, 0, UINT32_MAX, &route->metric, &why))
			return refuse(r, "its metric is no number");
		route->has_metric = true;
		break;
	case TABLE:
		if (parse_table(value, &route->table, &why))
			return refuse(r, "its table is not known to this machine: write its number");
		/* 0 and main are what a route without a table has. */
		route->has_table = route->table && route->table != 254;
		break;
	case SOURCE:
		lose(r, KA_CHANGED, "without 'src %s': the system chooses the source", value);
		break;
	case SCOPE:
		/* What the module sets by itself: link without a gateway. */
		if (strcmp(value, "link") && strcmp(value, "global") && strcmp(value, "253") &&
		    strcmp(value, "0"))
			lose(r, KA_CHANGED, "without 'scope %s'", value);
		break;
	case VALUE_LOST:
		lose(r, KA_CHANGED, "without '%s %s'", word, value);
		break;
	}
	return true;
}

static bool take_words(struct reading *r)
{
	const struct ka_node *node = r->node;
	unsigned int i = 0;

	while (i < node->count) {
		const char *word = node->words[i++], *value;
		int keyword = keyword_find(word);

		switch (keyword) {
		case WORD_UNKNOWN:
			if (r->has_dst)
				return refuse(r, "a word in it is not known");
			if (!take_destination(r, word))
				return false;
			continue;
		case FATAL:
			return refuse(r, "a virtual route leads through one gateway or device, and nothing else");
		case FLAG_LOST:
			lose(r, KA_CHANGED, "without '%s'", word);
			continue;
		case FAMILY4:
		case FAMILY6:
			r->family = keyword == FAMILY6 ? AF_INET6 : AF_INET;
			continue;
		case TO:
		case FLAG_IGNORED:
			continue;
		}
		if (i == node->count)
			return refuse(r, "its last word needs a value");
		value = node->words[i++];
		/* "via inet6 ADDRESS" */
		if (keyword == VIA && i < node->count && !strncmp(value, "inet", 4))
			value = node->words[i++];
		/* "mtu lock 1400" */
		if (keyword == VALUE_LOST && i < node->count && !strcmp(value, "lock"))
			value = node->words[i++];
		if (!take_value(r, keyword, word, value))
			return false;
	}
	return true;
}

/* "default" is that of the gateway, or what keepalived takes it for. */
static bool settle_family(struct reading *r)
{
	struct route *route = &r->route;
	uint8_t length = r->family == AF_INET6 ? 16 : r->family == AF_INET ? 4 : 0;

	if (!r->has_dst)
		return refuse(r, "it has no destination");
	if (!route->dst.length) {
		route->dst.length = length ? length : route->via.length ? route->via.length : 4;
		route->prefixlen = 0;
	}
	if (route->via.length && route->via.length != route->dst.length)
		return refuse(r, "destination and gateway are of different families");
	return true;
}

static bool check_route(struct reading *r)
{
	const struct route *route = &r->route;

	if (!route->via.length && !route->ifname)
		return refuse(r, "it has neither a gateway nor a device");
	if (route->via.length == 16 && route->via.bytes[0] == 0xfe &&
	    (route->via.bytes[1] & 0xc0) == 0x80 && !route->ifname)
		return refuse(r, "its gateway is link-local: it needs a 'dev'");
	if (route->dst.length == 16 && !route->metric) {
		r->route.metric = 1;
		r->route.has_metric = true;
		lose(r, KA_CHANGED, "its metric is 1, keepalived's is %d: it comes before other routes",
		     METRIC6_USUAL);
	}
	return true;
}

static bool same_route(const struct route *a, const struct route *b)
{
	return a->dst.length == b->dst.length && a->prefixlen == b->prefixlen &&
	       !memcmp(a->dst.bytes, b->dst.bytes, a->dst.length) && a->metric == b->metric &&
	       (a->has_table ? a->table : 0) == (b->has_table ? b->table : 0);
}

static bool is_new(struct reading *r)
{
	const struct router *router = &r->in->router;
	unsigned int i;

	for (i = 0; i < router->route_count; i++)
		if (same_route(&router->routes[i], &r->route))
			return refuse(r, "the virtual router has a route to it: give this one another 'metric'");
	if (ka_held_route(r->in->import, router, &r->route))
		return refuse(r, "another virtual router has this route already");
	if (router->route_count == KCLUSTER_VRRP_ROUTES_MAX)
		return refuse(r, "a virtual router can have no more routes");
	return true;
}

static void convert_route(struct ka_instance *in, const struct ka_node *node)
{
	struct reading r = {
		.in = in, .node = node, .route = { .prefixlen = -1 },
		.before = in->import->report.count,
	};
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < node->count && used < sizeof(r.what); i++)
		used += (size_t)snprintf(r.what + used, sizeof(r.what) - used, "%s%s",
					 i ? " " : "route ", node->words[i]);
	if (used >= sizeof(r.what))
		strcpy(r.what + sizeof(r.what) - sizeof("..."), "...");
	if (!take_words(&r) || !settle_family(&r) || !check_route(&r) || !is_new(&r)) {
		free(r.route.ifname);
		return;
	}
	*router_new_route(&in->router) = r.route;
}

/**
 * ka_convert_routes() - Give the router the routes of its instance.
 * @in: The instance; its family is known.
 */
void ka_convert_routes(struct ka_instance *in)
{
	const struct ka_node *block, *node;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "virtual_routes"))
			continue;
		ka_for_each(node, block)
			convert_route(in, node);
	}
}
