// SPDX-License-Identifier: GPL-2.0
/*
 * What a request asks of virtual routers: attributes become structures.
 *
 * Here is refused what is wrong by itself. What is wrong because of something
 * that exists already is for the concept to say.
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <linux/inetdevice.h>
#include <linux/limits.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/router.h"

#define PRIORITY_DEFAULT 100
#define INTERVAL_DEFAULT 1000		/* ms */
#define V3_INTERVAL_MAX 40950		/* ms, 12 bits of centiseconds */
#define V3_INTERVAL_STEP 10		/* ms */
#define V2_INTERVAL_STEP 1000		/* ms */
#define WEIGHT_MAX 254
#define METRIC6_DEFAULT 1

static struct nlattr *given(const struct genl_info *info, u16 type)
{
	return info->attrs[type];
}

static bool is_one_of(const struct nlattr *attr, u8 *family)
{
	switch (nla_len(attr)) {
	case 4:
		*family = KC_AF_INET;
		return true;
	case 16:
		*family = KC_AF_INET6;
		return true;
	}
	return false;
}

static void print_addr(char *buf, size_t size, u8 family, const u8 *addr)
{
	snprintf(buf, size, family == KC_AF_INET6 ? "%pI6c" : "%pI4", addr);
}

/* What kind of address is it that no node can have? NULL if one can. */
static const char *flaw4(const u8 *addr)
{
	__be32 a;

	memcpy(&a, addr, sizeof(a));
	if (ipv4_is_zeronet(a))
		return "unspecified";
	if (ipv4_is_loopback(a))
		return "loopback";
	if (ipv4_is_multicast(a))
		return "multicast";
	if (ipv4_is_lbcast(a))
		return "broadcast";
	return NULL;
}

static const char *flaw6(const u8 *addr)
{
	struct in6_addr a;

	memcpy(&a, addr, sizeof(a));
	if (ipv6_addr_any(&a))
		return "unspecified";
	if (ipv6_addr_loopback(&a))
		return "loopback";
	if (ipv6_addr_is_multicast(&a))
		return "multicast";
	if (ipv6_addr_v4mapped(&a))
		return "mapped IPv4";
	return NULL;
}

static bool is_link_local6(const u8 *addr)
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
}

static int check_unicast(u8 family, const u8 *addr, const struct nlattr *attr,
			 const char *what, struct netlink_ext_ack *extack)
{
	const char *flaw = family == KC_AF_INET6 ? flaw6(addr) : flaw4(addr);
	char text[INET6_ADDRSTRLEN];

	if (!flaw)
		return 0;
	print_addr(text, sizeof(text), family, addr);
	return kc_refuse(extack, attr, -EINVAL,
			 "%s is a%s %s address; a %s must be a unicast address",
			 text, *flaw == 'u' ? "n" : "", flaw, what);
}

static int get_ifname(char *ifname, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	const char *name = nla_data(attr);

	if (!dev_valid_name(name))
		return kc_refuse(extack, attr, -EINVAL,
				 "not a device name: it has 1 to %d characters without spaces, \"/\" and \":\"",
				 KCLUSTER_IFNAME_MAX);
	strscpy(ifname, name, IFNAMSIZ);
	return 0;
}

static int refuse_read_only(const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	return kc_refuse(extack, attr, -EINVAL,
			 "this attribute is read only: leave it out");
}

/**
 * kc_netlink_check_name() - is there a name, and does it look like one?
 * @info: the request
 *
 * Names appear in the log, in file names and on command lines.
 *
 * Return: 0 or a negative errno, explained
 */
int kc_netlink_check_name(const struct genl_info *info)
{
	const struct nlattr *attr = given(info, KCLUSTER_A_VRRP_NAME);
	const char *c;

	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_VRRP_NAME);
		return kc_refuse(info->extack, NULL, -EINVAL,
				 "the request names no virtual router");
	}
	for (c = nla_data(attr); *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			break;
	if (*c || c == nla_data(attr))
		return kc_refuse(info->extack, attr, -EINVAL,
				 "not a name: it has 1 to %d printable ASCII characters without spaces and \"/\"",
				 KCLUSTER_NAME_MAX);
	return 0;
}

static int parse_peer(const struct nlattr *attr, u8 family,
		      struct kc_vrrp_settings *settings,
		      struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KCLUSTER_A_PEER_ADDRESS + 1];
	struct kc_vrrp_peer *peer = &settings->peers[settings->n_peers];
	size_t len = kc_addr_len(family);
	const struct nlattr *addr;
	unsigned int i;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_PEER_ADDRESS, attr,
			       kcluster_peer_nl_policy, extack);
	if (err)
		return err;
	addr = tb[KCLUSTER_A_PEER_ADDRESS];
	if (!addr)
		return kc_refuse(extack, attr, -EINVAL,
				 "a peer without an address");
	if (nla_len(addr) != len)
		return kc_refuse(extack, addr, -EINVAL,
				 "peers of this virtual router have %s addresses",
				 family == KC_AF_INET6 ? "IPv6" : "IPv4");
	memset(peer, 0, sizeof(*peer));
	memcpy(peer->addr, nla_data(addr), len);
	err = check_unicast(family, peer->addr, addr, "peer", extack);
	if (err)
		return err;
	for (i = 0; i < settings->n_peers; i++) {
		char text[INET6_ADDRSTRLEN];

		if (memcmp(settings->peers[i].addr, peer->addr, len))
			continue;
		print_addr(text, sizeof(text), family, peer->addr);
		return kc_refuse(extack, addr, -EEXIST, "peer %s twice", text);
	}
	settings->n_peers++;
	return 0;
}

static int parse_peers(const struct genl_info *info, u8 family,
		       struct kc_vrrp_settings *settings)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_PEER)
			continue;
		if (++n > KCLUSTER_VRRP_PEERS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d peers",
					 KCLUSTER_VRRP_PEERS_MAX);
	}
	settings->n_peers = 0;
	settings->peers = kcalloc(n, sizeof(*settings->peers),
				  GFP_KERNEL_ACCOUNT);
	if (!settings->peers)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_PEER)
			continue;
		err = parse_peer(attr, family, settings, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int check_interval(const struct kc_fsm_config *cfg,
			  const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	if (cfg->version == 2) {
		if (!cfg->interval_ms || cfg->interval_ms % V2_INTERVAL_STEP)
			return kc_refuse(extack, attr, -ERANGE,
					 "VRRPv2 takes intervals of 1 to 255 whole seconds, not %u ms",
					 cfg->interval_ms);
		return 0;
	}
	if (cfg->interval_ms > V3_INTERVAL_MAX ||
	    cfg->interval_ms % V3_INTERVAL_STEP)
		return kc_refuse(extack, attr, -ERANGE,
				 "VRRPv3 takes intervals of 10 to %d ms in steps of %d ms, not %u ms",
				 V3_INTERVAL_MAX, V3_INTERVAL_STEP,
				 cfg->interval_ms);
	return 0;
}

/* Do the settings go together, whether given now or before? */
static int check_settings(const struct genl_info *info, u8 family,
			  const struct kc_vrrp_settings *settings)
{
	const struct kc_fsm_config *cfg = &settings->fsm;
	struct netlink_ext_ack *extack = info->extack;
	int err;

	err = check_interval(cfg, given(info, KCLUSTER_A_VRRP_INTERVAL),
			     extack);
	if (err)
		return err;
	if (settings->auth_pass[0] && cfg->version != 2)
		return kc_refuse(extack,
				 given(info, KCLUSTER_A_VRRP_AUTH_PASS),
				 -EINVAL,
				 "VRRPv3 has no authentication: use peers through WireGuard");
	if (settings->checksum == KCLUSTER_VRRP_CHECKSUM_RFC5798 &&
	    (cfg->version != 3 || family != KC_AF_INET))
		return kc_refuse(extack,
				 given(info, KCLUSTER_A_VRRP_CHECKSUM),
				 -EINVAL,
				 "only VRRPv3 over IPv4 has a choice of checksums");
	return 0;
}

/**
 * kc_netlink_parse_settings() - change settings as a request asks for
 * @info: the request
 * @family: of the router
 * @settings: present ones, with @peers NULL; those of the request are put in
 *
 * Return: 0 or a negative errno, explained. The caller frees @peers.
 */
int kc_netlink_parse_settings(const struct genl_info *info, u8 family,
			      struct kc_vrrp_settings *settings)
{
	struct kc_fsm_config *cfg = &settings->fsm;
	const struct nlattr *attr;
	int err;

	attr = given(info, KCLUSTER_A_VRRP_PRIORITY);
	if (attr)
		cfg->priority = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_INTERVAL);
	if (attr)
		cfg->interval_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_PREEMPT);
	if (attr)
		cfg->preempt = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_PREEMPT_DELAY);
	if (attr)
		cfg->preempt_delay_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_STARTUP_DELAY);
	if (attr)
		cfg->startup_delay_ms = nla_get_u32(attr);
	attr = given(info, KCLUSTER_A_VRRP_CHECKSUM);
	if (attr)
		settings->checksum = nla_get_u8(attr);
	attr = given(info, KCLUSTER_A_VRRP_AUTH_PASS);
	if (attr) {
		memset(settings->auth_pass, 0, sizeof(settings->auth_pass));
		strscpy(settings->auth_pass, nla_data(attr),
			sizeof(settings->auth_pass));
	}
	err = check_settings(info, family, settings);
	if (err || !given(info, KCLUSTER_A_VRRP_PEER))
		return err;
	return parse_peers(info, family, settings);
}

static int get_addr(u8 *addr, u8 *family, const struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	if (!is_one_of(attr, family))
		return kc_refuse(extack, attr, -EINVAL,
				 "an address has 4 or 16 octets, not %d",
				 nla_len(attr));
	memcpy(addr, nla_data(attr), nla_len(attr));
	return 0;
}

static int get_prefixlen(u8 *prefixlen, u8 family, u8 min,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u8 bits = 8 * kc_addr_len(family);

	*prefixlen = attr ? nla_get_u8(attr) : bits;
	if (*prefixlen >= min && *prefixlen <= bits)
		return 0;
	return kc_refuse(extack, attr, -ERANGE,
			 "prefix length %u is out of range: it is %u to %u",
			 *prefixlen, min, bits);
}

/* What the parsers of items need to know. */
struct context {
	struct netlink_ext_ack *extack;
	const char *ifname;
	u8 family;
	enum kc_netlink_purpose purpose;
};

static int parse_address(const struct context *ctx, const struct nlattr *attr,
			 struct kc_vrrp_item *item)
{
	struct nlattr *tb[KCLUSTER_A_ADDRESS_ERROR + 1];
	struct netlink_ext_ack *extack = ctx->extack;
	const struct nlattr *at;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_ADDRESS_ERROR, attr,
			       kcluster_address_nl_policy, extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_ADDRESS_STATE])
		return refuse_read_only(tb[KCLUSTER_A_ADDRESS_STATE], extack);
	if (tb[KCLUSTER_A_ADDRESS_ERROR])
		return refuse_read_only(tb[KCLUSTER_A_ADDRESS_ERROR], extack);

	at = tb[KCLUSTER_A_ADDRESS_ADDRESS];
	if (!at)
		return kc_refuse(extack, attr, -EINVAL,
				 "an address entry without the address");
	err = get_addr(item->addr, &item->family, at, extack);
	if (err)
		return err;
	err = check_unicast(item->family, item->addr, at, "virtual address",
			    extack);
	if (err)
		return err;
	/* Length 0 would make the rest of the world a neighbour. */
	err = get_prefixlen(&item->prefixlen, item->family, 1,
			    tb[KCLUSTER_A_ADDRESS_PREFIXLEN], extack);
	if (err)
		return err;

	at = tb[KCLUSTER_A_ADDRESS_IFNAME];
	if (at) {
		err = get_ifname(item->ifname, at, extack);
		if (err)
			return err;
		/* One way to say "the router's own device". */
		if (!strcmp(item->ifname, ctx->ifname))
			memset(item->ifname, 0, sizeof(item->ifname));
	}

	at = tb[KCLUSTER_A_ADDRESS_SCOPE];
	if (at)
		item->scope = nla_get_u8(at);
	else if (item->family == KC_AF_INET6 && is_link_local6(item->addr))
		item->scope = RT_SCOPE_LINK;
	if (item->scope == RT_SCOPE_NOWHERE)
		return kc_refuse(extack, at, -EINVAL,
				 "scope 255 is nowhere: use 0 global, 200 site, 253 link or 254 host");

	item->excluded = nla_get_flag(tb[KCLUSTER_A_ADDRESS_EXCLUDED]);
	if (ctx->purpose == KC_NETLINK_ADD && !item->excluded &&
	    item->family != ctx->family)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "an %s virtual router cannot advertise an %s address: add it as excluded",
				 ctx->family == KC_AF_INET6 ? "IPv6" : "IPv4",
				 item->family == KC_AF_INET6 ? "IPv6" : "IPv4");
	return 0;
}

static int check_host_bits(const struct kc_vrrp_item *item,
			   const struct nlattr *attr,
			   struct netlink_ext_ack *extack)
{
	size_t len = kc_addr_len(item->family), i;
	char is[INET6_ADDRSTRLEN], should[INET6_ADDRSTRLEN];
	u8 net[16] = {};

	for (i = 0; i < len; i++) {
		int bits = item->prefixlen - 8 * (int)i;

		net[i] = item->addr[i];
		if (bits < 8)
			net[i] &= bits > 0 ? 0xff << (8 - bits) : 0;
	}
	if (!memcmp(net, item->addr, len))
		return 0;
	print_addr(is, sizeof(is), item->family, item->addr);
	print_addr(should, sizeof(should), item->family, net);
	return kc_refuse(extack, attr, -EINVAL,
			 "%s/%u has host bits set, did you mean %s/%u?",
			 is, item->prefixlen, should, item->prefixlen);
}

static int parse_via(const struct context *ctx, struct nlattr **tb,
		     struct kc_vrrp_item *item)
{
	const struct nlattr *at = tb[KCLUSTER_A_ROUTE_VIA];
	struct netlink_ext_ack *extack = ctx->extack;
	u8 family;
	int err;

	if (!at)
		return 0;
	err = get_addr(item->via, &family, at, extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_ROUTE_DST] && family != item->family)
		return kc_refuse(extack, at, -EAFNOSUPPORT,
				 "destination and gateway must be of the same family");
	item->family = family;
	item->has_via = true;
	err = check_unicast(family, item->via, at, "gateway", extack);
	if (err)
		return err;
	if (ctx->purpose == KC_NETLINK_ADD && family == KC_AF_INET6 &&
	    is_link_local6(item->via) && !tb[KCLUSTER_A_ROUTE_IFNAME])
		return kc_refuse(extack, at, -EINVAL,
				 "a link-local gateway needs a device");
	return 0;
}

static int parse_route(const struct context *ctx, const struct nlattr *attr,
		       struct kc_vrrp_item *item)
{
	struct nlattr *tb[KCLUSTER_A_ROUTE_ERROR + 1];
	struct netlink_ext_ack *extack = ctx->extack;
	const struct nlattr *at;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_ROUTE_ERROR, attr,
			       kcluster_route_nl_policy, extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_ROUTE_STATE])
		return refuse_read_only(tb[KCLUSTER_A_ROUTE_STATE], extack);
	if (tb[KCLUSTER_A_ROUTE_ERROR])
		return refuse_read_only(tb[KCLUSTER_A_ROUTE_ERROR], extack);

	item->is_route = true;
	item->family = ctx->family;
	at = tb[KCLUSTER_A_ROUTE_DST];
	if (at) {
		err = get_addr(item->addr, &item->family, at, extack);
		if (err)
			return err;
	}
	err = parse_via(ctx, tb, item);
	if (err)
		return err;

	if (at || tb[KCLUSTER_A_ROUTE_PREFIXLEN]) {
		err = get_prefixlen(&item->prefixlen, item->family, 0,
				    tb[KCLUSTER_A_ROUTE_PREFIXLEN], extack);
		if (err)
			return err;
	}
	if (!at && item->prefixlen)
		return kc_refuse(extack, tb[KCLUSTER_A_ROUTE_PREFIXLEN],
				 -EINVAL,
				 "a prefix length without a destination: leave both out for the default route");
	err = check_host_bits(item, at, extack);
	if (err)
		return err;

	at = tb[KCLUSTER_A_ROUTE_IFNAME];
	if (at) {
		err = get_ifname(item->ifname, at, extack);
		if (err)
			return err;
	}
	if (ctx->purpose == KC_NETLINK_ADD && !at && !item->has_via)
		return kc_refuse(extack, attr, -EINVAL,
				 "a route needs a gateway, a device or both");

	at = tb[KCLUSTER_A_ROUTE_METRIC];
	if (at)
		item->metric = nla_get_u32(at);
	else if (item->family == KC_AF_INET6)
		item->metric = METRIC6_DEFAULT;
	/* IPv6 takes 0 for "the usual 1024". */
	if (item->family == KC_AF_INET6 && !item->metric)
		return kc_refuse(extack, at, -ERANGE,
				 "IPv6 has no metric 0: 1, the default, comes first");

	at = tb[KCLUSTER_A_ROUTE_TABLE];
	if (at && nla_get_u32(at) != RT_TABLE_MAIN)
		item->table = nla_get_u32(at);
	return 0;
}

static bool is_same(const struct kc_vrrp_item *a, const struct kc_vrrp_item *b)
{
	if (a->is_route != b->is_route || a->family != b->family ||
	    memcmp(a->addr, b->addr, kc_addr_len(a->family)))
		return false;
	if (a->is_route)
		return a->prefixlen == b->prefixlen &&
		       a->metric == b->metric && a->table == b->table;
	/* One device has an address once, whatever its prefix length. */
	return !strcmp(a->ifname, b->ifname);
}

static int check_not_twice(const struct list_head *items,
			   const struct kc_vrrp_item *item,
			   struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_item *other;
	char text[INET6_ADDRSTRLEN];

	list_for_each_entry(other, items, list) {
		if (!is_same(other, item))
			continue;
		print_addr(text, sizeof(text), item->family, item->addr);
		return kc_refuse(extack, item->attr, -EEXIST, "%s %s/%u twice",
				 item->is_route ? "route" : "address", text,
				 item->prefixlen);
	}
	return 0;
}

/**
 * kc_netlink_parse_items() - addresses or routes of a request
 * @info: the request
 * @family: of the router
 * @ifname: of the router
 * @type: KCLUSTER_A_VRRP_ADDRESS or KCLUSTER_A_VRRP_ROUTE
 * @purpose: what for
 * @items: &struct kc_vrrp_item are appended here
 *
 * Return: 0 or a negative errno, explained. The caller frees @items.
 */
int kc_netlink_parse_items(const struct genl_info *info, u8 family,
			   const char *ifname, u16 type,
			   enum kc_netlink_purpose purpose,
			   struct list_head *items)
{
	bool is_route = type == KCLUSTER_A_VRRP_ROUTE;
	unsigned int max = is_route ? KCLUSTER_VRRP_ROUTES_MAX :
				      KCLUSTER_VRRP_ADDRESSES_MAX;
	const struct context ctx = {
		.extack = info->extack,
		.ifname = ifname,
		.family = family,
		.purpose = purpose,
	};
	const struct nlattr *attr;
	struct kc_vrrp_item *item;
	unsigned int n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		if (++n > max)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %u %s", max,
					 is_route ? "routes" : "addresses");
		item = kzalloc(sizeof(*item), GFP_KERNEL_ACCOUNT);
		if (!item)
			return -ENOMEM;
		item->attr = attr;
		err = is_route ? parse_route(&ctx, attr, item) :
				 parse_address(&ctx, attr, item);
		if (!err)
			err = check_not_twice(items, item, info->extack);
		if (err) {
			kfree(item);
			return err;
		}
		list_add_tail(&item->list, items);
	}
	return 0;
}

static int parse_track(const struct nlattr *attr, struct kc_vrrp_track *track,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[KCLUSTER_A_TRACK_UP + 1];
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_TRACK_UP, attr,
			       kcluster_track_nl_policy, extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_TRACK_UP])
		return refuse_read_only(tb[KCLUSTER_A_TRACK_UP], extack);
	if (!tb[KCLUSTER_A_TRACK_IFNAME])
		return kc_refuse(extack, attr, -EINVAL,
				 "a tracked device without a name");
	err = get_ifname(track->ifname, tb[KCLUSTER_A_TRACK_IFNAME], extack);
	if (err)
		return err;
	if (tb[KCLUSTER_A_TRACK_WEIGHT])
		track->weight = nla_get_s32(tb[KCLUSTER_A_TRACK_WEIGHT]);
	if (track->weight < -WEIGHT_MAX || track->weight > WEIGHT_MAX)
		return kc_refuse(extack, tb[KCLUSTER_A_TRACK_WEIGHT], -ERANGE,
				 "weight %d is out of range: it is %d to %d",
				 track->weight, -WEIGHT_MAX, WEIGHT_MAX);
	return 0;
}

/**
 * kc_netlink_parse_tracks() - tracked devices of a request
 * @info: the request
 * @tracks: &struct kc_vrrp_track are appended here
 *
 * Return: 0 or a negative errno, explained. The caller frees @tracks.
 */
int kc_netlink_parse_tracks(const struct genl_info *info,
			    struct list_head *tracks)
{
	const struct kc_vrrp_track *other;
	struct kc_vrrp_track *track;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_TRACK)
			continue;
		if (++n > KCLUSTER_VRRP_TRACKS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d tracked devices",
					 KCLUSTER_VRRP_TRACKS_MAX);
		track = kzalloc(sizeof(*track), GFP_KERNEL_ACCOUNT);
		if (!track)
			return -ENOMEM;
		track->attr = attr;
		list_add_tail(&track->list, tracks);
		err = parse_track(attr, track, info->extack);
		if (err)
			return err;
		list_for_each_entry(other, tracks, list)
			if (other != track &&
			    !strcmp(other->ifname, track->ifname))
				return kc_refuse(info->extack, attr, -EEXIST,
						 "device %s tracked twice",
						 track->ifname);
	}
	return 0;
}

/* What must be there, and what can only be said at the beginning. */
static int parse_identity(const struct genl_info *info,
			  struct kc_vrrp_spec *spec)
{
	struct kc_fsm_config *cfg = &spec->settings.fsm;
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *attr;
	int err;

	err = kc_netlink_check_name(info);
	if (err)
		return err;
	strscpy(spec->name, nla_data(given(info, KCLUSTER_A_VRRP_NAME)),
		sizeof(spec->name));

	attr = given(info, KCLUSTER_A_VRRP_IFNAME);
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, KCLUSTER_A_VRRP_IFNAME);
		return kc_refuse(extack, NULL, -EINVAL,
				 "a virtual router needs a device");
	}
	err = get_ifname(spec->ifname, attr, extack);
	if (err)
		return err;

	attr = given(info, KCLUSTER_A_VRRP_VRID);
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, KCLUSTER_A_VRRP_VRID);
		return kc_refuse(extack, NULL, -EINVAL,
				 "a virtual router needs a VRID, 1 to 255");
	}
	spec->vrid = nla_get_u8(attr);

	attr = given(info, KCLUSTER_A_VRRP_FAMILY);
	spec->family = attr ? nla_get_u8(attr) : KC_AF_INET;
	if (spec->family != KC_AF_INET && spec->family != KC_AF_INET6)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "family %u is neither inet (%d) nor inet6 (%d)",
				 spec->family, KC_AF_INET, KC_AF_INET6);

	attr = given(info, KCLUSTER_A_VRRP_VERSION);
	cfg->version = attr ? nla_get_u8(attr) : 3;
	if (cfg->version == 2 && spec->family != KC_AF_INET)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "VRRPv2 is for IPv4 only: use version 3");

	attr = given(info, KCLUSTER_A_VRRP_INITIAL_STATE);
	cfg->start_master = attr &&
			    nla_get_u8(attr) == KCLUSTER_VRRP_STATE_MASTER;
	return 0;
}

/**
 * kc_netlink_parse_spec() - the virtual router that a request asks for
 * @info: the request
 * @spec: zeroed, with empty lists
 *
 * Return: 0 or a negative errno, explained. The caller frees items, tracks
 * and peers.
 */
int kc_netlink_parse_spec(const struct genl_info *info,
			  struct kc_vrrp_spec *spec)
{
	int err;

	spec->attrs = info->attrs;
	spec->settings.fsm.priority = PRIORITY_DEFAULT;
	spec->settings.fsm.interval_ms = INTERVAL_DEFAULT;
	spec->settings.fsm.preempt = true;
	err = parse_identity(info, spec);
	if (!err)
		err = kc_netlink_parse_settings(info, spec->family,
						&spec->settings);
	if (!err)
		err = kc_netlink_parse_items(info, spec->family, spec->ifname,
					     KCLUSTER_A_VRRP_ADDRESS,
					     KC_NETLINK_ADD, &spec->items);
	if (!err)
		err = kc_netlink_parse_items(info, spec->family, spec->ifname,
					     KCLUSTER_A_VRRP_ROUTE,
					     KC_NETLINK_ADD, &spec->items);
	if (!err)
		err = kc_netlink_parse_tracks(info, &spec->tracks);
	return err;
}
