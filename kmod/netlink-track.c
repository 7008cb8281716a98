// SPDX-License-Identifier: GPL-2.0
/*
 * What virtual routers track, over generic netlink: attributes become tracks,
 * and tracks attributes.
 */
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"
#include "vrrp/track.h"

static int parse_neighbour(struct nlattr **tb, struct kc_vrrp_probe_spec *of,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[KCLUSTER_A_TRACK_NEIGHBOUR];
	const struct nlattr *how = tb[KCLUSTER_A_TRACK_INTERVAL] ?:
				   tb[KCLUSTER_A_TRACK_LOSE];

	if (!attr)
		return !how ? 0 :
		       kc_refuse(extack, how, -EINVAL,
				 "only a neighbour is asked: say which one");
	if (!tb[KCLUSTER_A_TRACK_IFNAME])
		return kc_refuse(extack, attr, -EINVAL,
				 "a neighbour without the device to ask it through");
	if (nla_len(attr) != 4 && nla_len(attr) != 16)
		return kc_refuse(extack, attr, -EINVAL,
				 "an address has 4 or 16 octets, not %d",
				 nla_len(attr));
	of->family = nla_len(attr) == 16 ? KC_AF_INET6 : KC_AF_INET;
	memcpy(of->addr, nla_data(attr), nla_len(attr));
	of->interval_ms = KCLUSTER_NEIGHBOUR_INTERVAL;
	if (tb[KCLUSTER_A_TRACK_INTERVAL])
		of->interval_ms = nla_get_u32(tb[KCLUSTER_A_TRACK_INTERVAL]);
	of->lose = KCLUSTER_NEIGHBOUR_LOSE;
	if (tb[KCLUSTER_A_TRACK_LOSE])
		of->lose = nla_get_u8(tb[KCLUSTER_A_TRACK_LOSE]);
	return kc_netlink_check_unicast(of->family, of->addr, attr,
					"neighbour", extack);
}

static int parse_track(const struct nlattr *attr, struct kc_vrrp_track *track,
		       struct netlink_ext_ack *extack)
{
	static const u16 read_only[] = { KCLUSTER_A_TRACK_UP };
	struct nlattr *tb[KCLUSTER_A_TRACK_MAX + 1];
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_TRACK_MAX, attr,
			       kcluster_track_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;
	err = parse_neighbour(tb, &track->of, extack);
	if (err)
		return err;
	if (!tb[KCLUSTER_A_TRACK_IFNAME] == !tb[KCLUSTER_A_TRACK_VALUE])
		return kc_refuse(extack, attr, -EINVAL,
				 "a track names either a device or a value");
	if (tb[KCLUSTER_A_TRACK_VALUE])
		err = kc_netlink_get_name(track->value_name,
					  tb[KCLUSTER_A_TRACK_VALUE], extack);
	else
		err = kc_netlink_get_ifname(track->of.ifname,
					    tb[KCLUSTER_A_TRACK_IFNAME],
					    extack);
	if (err || !tb[KCLUSTER_A_TRACK_WEIGHT])
		return err;
	track->has_weight = true;
	return kc_netlink_get_weight(&track->weight,
				     tb[KCLUSTER_A_TRACK_WEIGHT], "weight",
				     extack);
}

static int check_not_twice(const struct list_head *tracks,
			   const struct kc_vrrp_track *track,
			   struct netlink_ext_ack *extack)
{
	const struct kc_vrrp_track *other;
	char name[KC_VRRP_PROBE_TEXT];

	list_for_each_entry(other, tracks, list) {
		if (other == track || !kc_vrrp_track_same(other, track))
			continue;
		kc_vrrp_track_name(track, name, sizeof(name));
		return kc_refuse(extack, track->attr, -EEXIST,
				 "%s%s tracked twice",
				 track->of.family ? "" :
				 track->value_name[0] ? "value " : "device ",
				 name);
	}
	return 0;
}

/**
 * kc_netlink_parse_tracks() - what a request wants tracked
 * @info: the request
 * @tracks: &struct kc_vrrp_track are appended here
 *
 * Return: 0 or a negative errno, explained. The caller frees @tracks.
 */
int kc_netlink_parse_tracks(const struct genl_info *info,
			    struct list_head *tracks)
{
	struct kc_vrrp_track *track;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_TRACK)
			continue;
		if (++n > KCLUSTER_VRRP_TRACKS_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d tracked devices, neighbours and values",
					 KCLUSTER_VRRP_TRACKS_MAX);
		track = kzalloc(sizeof(*track), GFP_KERNEL_ACCOUNT);
		if (!track)
			return -ENOMEM;
		track->attr = attr;
		list_add_tail(&track->list, tracks);
		err = parse_track(attr, track, info->extack);
		if (!err)
			err = check_not_twice(tracks, track, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int fill_what(struct sk_buff *skb, const struct kc_vrrp_track *track)
{
	const struct kc_vrrp_probe_spec *of = &track->of;

	if (track->value_name[0])
		return nla_put_string(skb, KCLUSTER_A_TRACK_VALUE,
				      track->value_name);
	if (nla_put_string(skb, KCLUSTER_A_TRACK_IFNAME, of->ifname))
		return -EMSGSIZE;
	if (!of->family)
		return 0;
	if (nla_put(skb, KCLUSTER_A_TRACK_NEIGHBOUR, kc_addr_len(of->family),
		    of->addr) ||
	    nla_put_u32(skb, KCLUSTER_A_TRACK_INTERVAL, of->interval_ms) ||
	    nla_put_u8(skb, KCLUSTER_A_TRACK_LOSE, of->lose))
		return -EMSGSIZE;
	return 0;
}

static int fill_track(struct sk_buff *skb, const struct kc_vrrp_track *track)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_VRRP_TRACK);

	if (!nest || fill_what(skb, track))
		return -EMSGSIZE;
	/* Without one, a value's own counts. */
	if ((track->has_weight || !track->value_name[0]) &&
	    nla_put_s32(skb, KCLUSTER_A_TRACK_WEIGHT, track->weight))
		return -EMSGSIZE;
	if (nla_put_u8(skb, KCLUSTER_A_TRACK_UP, READ_ONCE(track->up)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * kc_netlink_fill_tracks() - what a router tracks
 * @skb: the message
 * @r: the router, mutex of its namespace held
 *
 * Return: 0 or -EMSGSIZE
 */
int kc_netlink_fill_tracks(struct sk_buff *skb, const struct kc_vrrp *r)
{
	const struct kc_vrrp_track *track;
	int err;

	/* The list is written under the mutex too, only @up is not. */
	list_for_each_entry(track, &r->tracks, list) {
		err = fill_track(skb, track);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kc_netlink_tracks_size() - upper bound of what that needs
 * @r: the router, mutex of its namespace held
 *
 * Return: octets
 */
size_t kc_netlink_tracks_size(const struct kc_vrrp *r)
{
	return r->n_tracks * (nla_total_size(0) +
			      nla_total_size(KCLUSTER_NAME_MAX + 1) +
			      nla_total_size(16) +
			      4 * nla_total_size(sizeof(u32)));
}
