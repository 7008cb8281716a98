// SPDX-License-Identifier: GPL-2.0
/*
 * Votes: who the voters are, from a request, and what they say, to a reply.
 */
#include <linux/inet.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "extack.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"

static int parse_address(const struct nlattr *attr, u8 family,
			 struct kc_vrrp_witnesses *witnesses,
			 struct kc_vrrp_witness *witness,
			 struct netlink_ext_ack *extack)
{
	size_t len = kc_addr_len(family);
	char text[INET6_ADDRSTRLEN];
	const u8 *addr = nla_data(attr);
	unsigned int i, j;
	int err;

	if (nla_len(attr) != len)
		return kc_refuse(extack, attr, -EINVAL,
				 "witnesses of this virtual router have %s addresses",
				 family == KC_AF_INET6 ? "IPv6" : "IPv4");
	if (witness->n == KCLUSTER_VRRP_PATHS_MAX)
		return kc_refuse(extack, attr, -E2BIG,
				 "a witness has at most %d addresses, one by each path",
				 KCLUSTER_VRRP_PATHS_MAX);
	err = kc_netlink_check_unicast(family, addr, attr, "witness", extack);
	if (err)
		return err;
	memcpy(witness->addr[witness->n++], addr, len);
	for (i = 0; i < witnesses->n; i++)
		for (j = 0; j < witnesses->list[i].n; j++) {
			const u8 *other = witnesses->list[i].addr[j];

			if (other == witness->addr[witness->n - 1] ||
			    memcmp(other, addr, len))
				continue;
			kc_netlink_print_addr(text, sizeof(text), family,
					      addr);
			return kc_refuse(extack, attr, -EEXIST,
					 "witness %s twice", text);
		}
	return 0;
}

static int parse_witness(const struct nlattr *nest, u8 family,
			 struct kc_vrrp_witnesses *witnesses,
			 struct netlink_ext_ack *extack)
{
	static const u16 read_only[] = {
		KCLUSTER_A_WITNESS_VOTE, KCLUSTER_A_WITNESS_LAST_HEARD,
		KCLUSTER_A_WITNESS_PROMISE,
	};
	struct kc_vrrp_witness *witness = &witnesses->list[witnesses->n++];
	struct nlattr *tb[KCLUSTER_A_WITNESS_MAX + 1];
	const struct nlattr *attr;
	int rem, err;

	err = nla_parse_nested(tb, KCLUSTER_A_WITNESS_MAX, nest,
			       kcluster_witness_nl_policy, extack);
	if (err)
		return err;
	err = kc_netlink_check_read_only(tb, read_only, ARRAY_SIZE(read_only),
					 extack);
	if (err)
		return err;
	if (!tb[KCLUSTER_A_WITNESS_ADDRESS])
		return kc_refuse(extack, nest, -EINVAL,
				 "a witness without an address");
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != KCLUSTER_A_WITNESS_ADDRESS)
			continue;
		err = parse_address(attr, family, witnesses, witness, extack);
		if (err)
			return err;
	}
	return 0;
}

/**
 * kc_netlink_parse_witnesses() - the other voters of a request
 * @info: the request
 * @family: of the router
 * @witnesses: empty, filled in
 *
 * A single empty attribute says that there is none.
 *
 * Return: 0 or a negative errno, explained. The caller frees
 * @witnesses->list.
 */
int kc_netlink_parse_witnesses(const struct genl_info *info, u8 family,
			       struct kc_vrrp_witnesses *witnesses)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	bool empty = false;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_WITNESS)
			continue;
		empty |= !nla_len(attr);
		if (++n > KCLUSTER_VRRP_WITNESSES_MAX)
			return kc_refuse(info->extack, attr, -E2BIG,
					 "more than %d witnesses",
					 KCLUSTER_VRRP_WITNESSES_MAX);
	}
	if (!n || (empty && n == 1))
		return 0;
	witnesses->list = kcalloc(n, sizeof(*witnesses->list),
				  GFP_KERNEL_ACCOUNT);
	if (!witnesses->list)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_VRRP_WITNESS)
			continue;
		err = parse_witness(attr, family, witnesses, info->extack);
		if (err)
			return err;
	}
	return 0;
}

static int fill_witness(struct sk_buff *skb, const struct kc_vrrp *r,
			unsigned int voter, u64 now)
{
	const struct kc_vrrp_witness *witness = &r->witnesses.list[voter];
	const struct kc_voter *v = &r->ballot.voters[voter];
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_VRRP_WITNESS);
	u64 lease = (u64)r->ballot.lease_ms * NSEC_PER_MSEC;
	u8 vote = KCLUSTER_VRRP_VOTE_NONE;
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < witness->n; i++)
		if (nla_put(skb, KCLUSTER_A_WITNESS_ADDRESS,
			    kc_addr_len(r->family), witness->addr[i]))
			return -EMSGSIZE;
	/* What it said is worth something for a lease, a vote while it lasts. */
	if (now < v->granted_until)
		vote = KCLUSTER_VRRP_VOTE_GRANTED;
	else if (v->proven && now < v->proven + lease &&
		 v->vote != KC_VOTE_GRANTED)
		vote = v->vote;
	if (nla_put_u8(skb, KCLUSTER_A_WITNESS_VOTE, vote))
		return -EMSGSIZE;
	if (v->heard_at &&
	    nla_put_u64_64bit(skb, KCLUSTER_A_WITNESS_LAST_HEARD,
			      kc_netlink_ms_between(v->heard_at, now),
			      KCLUSTER_A_WITNESS_PAD))
		return -EMSGSIZE;
	if (v->node && v->node == r->ballot.promised_to &&
	    now < r->ballot.promised_until &&
	    nla_put_u32(skb, KCLUSTER_A_WITNESS_PROMISE,
			kc_netlink_ms_between(now, r->ballot.promised_until)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * kc_netlink_fill_votes() - what there is to tell about votes
 * @skb: the reply
 * @r: the router
 *
 * Context: under kc_vrrp_net.mutex; takes the router's lock.
 * Return: 0 or -EMSGSIZE
 */
int kc_netlink_fill_votes(struct sk_buff *skb, struct kc_vrrp *r)
{
	u64 now, lease_ms = 0;
	unsigned int i;
	int err;

	spin_lock_bh(&r->lock);
	now = kc_now();
	err = nla_put_u8(skb, KCLUSTER_A_VRRP_ON_ISOLATION,
			 r->settings.fsm.voting);
	for (i = 0; !err && i < r->witnesses.n; i++)
		err = fill_witness(skb, r, i, now);
	if (!err && kc_vrrp_votes(r)) {
		if (r->fsm.state == KC_FSM_MASTER)
			lease_ms = kc_netlink_ms_between(now,
							 r->fsm.lease_until);
		err = nla_put_u8(skb, KCLUSTER_A_VRRP_VOTES, r->ballot.n + 1) ||
		      nla_put_u8(skb, KCLUSTER_A_VRRP_VOTES_GRANTED,
				 kc_ballot_granted(&r->ballot, now)) ||
		      nla_put_u32(skb, KCLUSTER_A_VRRP_LEASE, lease_ms) ||
		      nla_put_u8(skb, KCLUSTER_A_VRRP_CANDIDATE,
				 r->fsm.state == KC_FSM_BACKUP && r->fsm.asks);
	}
	spin_unlock_bh(&r->lock);
	return err ? -EMSGSIZE : 0;
}

/**
 * kc_netlink_votes_size() - upper bound of what kc_netlink_fill_votes() needs
 * @r: the router, mutex of its namespace held
 *
 * Return: octets
 */
size_t kc_netlink_votes_size(const struct kc_vrrp *r)
{
	size_t number = nla_total_size(sizeof(u32)), size = 5 * number;
	unsigned int i;

	for (i = 0; i < r->witnesses.n; i++)
		size += nla_total_size(0) + 2 * number +
			nla_total_size_64bit(sizeof(u64)) +
			r->witnesses.list[i].n * nla_total_size(16);
	return size;
}
