// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses and routes of a request: attributes become items.
 *
 * Here is refused what is wrong by itself. What is wrong because of something
 * that exists already is for the concept to say.
 */
#include <linux/inet.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"

#define METRIC6_DEFAULT 1
/* As many addresses as a router may have. */
#define LOCAL_PREFIXLEN_MIN 20

static bool is_link_local6(const u8 *addr)
{
	return addr[0] == 0xfe && (addr[1] & 0xc0) == 0x80;
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
	kc_netlink_print_addr(is, sizeof(is), item->family, item->addr);
	kc_netlink_print_addr(should, sizeof(should), item->family, net);
	return kc_refuse(extack, attr, -EINVAL,
			 "%s/%u has host bits set, did you mean %s/%u?",
			 is, item->prefixlen, should, item->prefixlen);
}

/* What is held as a local route is all addresses of a prefix. */
static int check_local(const struct context *ctx,
		       const struct kc_vrrp_item *item, struct nlattr **tb)
{
	const struct nlattr *attr = tb[KCLUSTER_A_ADDRESS_LOCAL];
	struct netlink_ext_ack *extack = ctx->extack;

	if (item->family == KC_AF_INET6)
		return kc_refuse(extack, attr, -EOPNOTSUPP,
				 "only for IPv4: an IPv6 neighbour gets no answer for what is no address of the device, leave local out");
	if (tb[KCLUSTER_A_ADDRESS_SCOPE])
		return kc_refuse(extack, tb[KCLUSTER_A_ADDRESS_SCOPE], -EINVAL,
				 "a local route has scope host: leave the scope out");
	if (item->prefixlen < LOCAL_PREFIXLEN_MIN)
		return kc_refuse(extack, tb[KCLUSTER_A_ADDRESS_PREFIXLEN],
				 -ERANGE,
				 "prefix length %u is out of range: it is %d to 32 for local, which holds every address of it",
				 item->prefixlen, LOCAL_PREFIXLEN_MIN);
	if (kc_vrrp_item_size(item) > 1 && !item->excluded &&
	    ctx->purpose == KC_NETLINK_ADD)
		return kc_refuse(extack, attr, -EINVAL,
				 "the %u addresses of a local /%u cannot be listed in advertisements: mark it excluded",
				 kc_vrrp_item_size(item), item->prefixlen);
	return check_host_bits(item, tb[KCLUSTER_A_ADDRESS_ADDRESS], extack);
}

static int parse_address(const struct context *ctx, const struct nlattr *attr,
			 struct kc_vrrp_item *item)
{
	static const u16 read_only[] = {
		KCLUSTER_A_ADDRESS_STATE, KCLUSTER_A_ADDRESS_ERROR,
	};
	struct nlattr *tb[KCLUSTER_A_ADDRESS_LOCAL + 1];
	struct netlink_ext_ack *extack = ctx->extack;
	const struct nlattr *at;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_ADDRESS_LOCAL, attr,
			       kcluster_address_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;

	at = tb[KCLUSTER_A_ADDRESS_ADDRESS];
	if (!at)
		return kc_refuse(extack, attr, -EINVAL,
				 "an address entry without the address");
	err = get_addr(item->addr, &item->family, at, extack);
	if (err)
		return err;
	err = kc_netlink_check_unicast(item->family, item->addr, at,
				       "virtual address", extack);
	if (err)
		return err;
	/* Length 0 would make the rest of the world a neighbour. */
	err = get_prefixlen(&item->prefixlen, item->family, 1,
			    tb[KCLUSTER_A_ADDRESS_PREFIXLEN], extack);
	if (err)
		return err;
	item->excluded = nla_get_flag(tb[KCLUSTER_A_ADDRESS_EXCLUDED]);
	item->local = nla_get_flag(tb[KCLUSTER_A_ADDRESS_LOCAL]);
	if (item->local && ctx->purpose != KC_NETLINK_DEL) {
		err = check_local(ctx, item, tb);
		if (err)
			return err;
	}

	at = tb[KCLUSTER_A_ADDRESS_IFNAME];
	if (at) {
		err = kc_netlink_get_ifname(item->ifname, at, extack);
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

	if (ctx->purpose == KC_NETLINK_ADD && !item->excluded &&
	    item->family != ctx->family)
		return kc_refuse(extack, attr, -EAFNOSUPPORT,
				 "an %s virtual router cannot advertise an %s address: add it as excluded",
				 ctx->family == KC_AF_INET6 ? "IPv6" : "IPv4",
				 item->family == KC_AF_INET6 ? "IPv6" : "IPv4");
	return 0;
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
	err = kc_netlink_check_unicast(family, item->via, at, "gateway", extack);
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
	static const u16 read_only[] = {
		KCLUSTER_A_ROUTE_STATE, KCLUSTER_A_ROUTE_ERROR,
	};
	struct nlattr *tb[KCLUSTER_A_ROUTE_ERROR + 1];
	struct netlink_ext_ack *extack = ctx->extack;
	const struct nlattr *at;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_ROUTE_ERROR, attr,
			       kcluster_route_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;

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
		err = kc_netlink_get_ifname(item->ifname, at, extack);
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

/* Not among those before, which are found in @index by their address. */
static int check_not_twice(struct hlist_head *index, struct kc_vrrp_item *item,
			   struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_item *other;
	char text[INET6_ADDRSTRLEN];
	struct hlist_head *bucket;

	bucket = kc_vrrp_index_bucket(index, item->family, item->addr);
	hlist_for_each_entry(other, bucket, index) {
		if (!is_same(other, item))
			continue;
		kc_netlink_print_addr(text, sizeof(text), item->family,
				      item->addr);
		return kc_refuse(extack, item->attr, -EEXIST, "%s %s/%u twice",
				 item->is_route ? "route" : "address", text,
				 item->prefixlen);
	}
	hlist_add_head(&item->index, bucket);
	return 0;
}

static int parse_item(const struct context *ctx, const struct nlattr *attr,
		      bool is_route, struct hlist_head *index,
		      struct list_head *items)
{
	struct kc_vrrp_item *item;
	int err;

	item = kzalloc(sizeof(*item), GFP_KERNEL_ACCOUNT);
	if (!item)
		return -ENOMEM;
	item->attr = attr;
	err = is_route ? parse_route(ctx, attr, item) :
			 parse_address(ctx, attr, item);
	if (!err)
		err = check_not_twice(index, item, ctx->extack);
	if (err)
		kfree(item);
	else
		list_add_tail(&item->list, items);
	return err;
}

/**
 * kc_netlink_parse_items() - addresses or routes of a request
 * @info: the request
 * @family: of the router
 * @ifname: of the router
 * @type: KCLUSTER_A_VRRP_ADDRESS, KCLUSTER_A_VRRP_ROUTE or
 *	KCLUSTER_A_CLUSTERIP_ADDRESS
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
	struct hlist_head *index = NULL;
	const struct nlattr *attr;
	struct kc_vrrp_item *item;
	unsigned int n = 0;
	int rem, err = 0;

	BUILD_BUG_ON((int)KCLUSTER_A_CLUSTERIP_ADDRESS ==
		     (int)KCLUSTER_A_VRRP_ROUTE);
	BUILD_BUG_ON(KCLUSTER_CLUSTERIP_ADDRESSES_MAX !=
		     KCLUSTER_VRRP_ADDRESSES_MAX);

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != type)
			continue;
		if (++n > max) {
			err = kc_refuse(info->extack, attr, -E2BIG,
					"more than %u %s", max,
					is_route ? "routes" : "addresses");
			break;
		}
		if (!index)
			index = kc_vrrp_index_alloc();
		err = index ? parse_item(&ctx, attr, is_route, index, items) :
			      -ENOMEM;
		if (err)
			break;
	}
	list_for_each_entry(item, items, list)
		INIT_HLIST_NODE(&item->index);
	kvfree(index);
	return err;
}
