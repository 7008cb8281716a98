// SPDX-License-Identifier: GPL-2.0
/*
 * Claims over generic netlink: parse a request, call the concept, fill a reply.
 */
#include <linux/mm.h>
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "claim/claim.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"

static int get_name(const struct genl_info *info, char *name)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_CLAIM_NAME];

	if (attr)
		return kc_netlink_get_name(name, attr, info->extack);
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_CLAIM_NAME);
	return kc_refuse(info->extack, NULL, -EINVAL,
			 "the request names no claim");
}

static int parse_length(const struct nlattr *attr, struct kc_prefix *prefix,
			const struct nlattr *addr,
			struct netlink_ext_ack *extack)
{
	unsigned int most = 8 * kc_addr_len(prefix->family);
	struct kc_prefix masked;

	prefix->length = attr ? nla_get_u8(attr) : most;
	if (prefix->length > most)
		return kc_refuse(extack, attr, -ERANGE,
				 "a prefix of this family has 0 to %u bits, not %u",
				 most, prefix->length);
	masked = *prefix;
	kc_prefix_mask(&masked);
	if (memcmp(&masked, prefix, sizeof(masked)))
		return kc_refuse(extack, addr, -EINVAL,
				 "there are bits set behind the first %u: give the address of the network, or a longer prefix",
				 prefix->length);
	return 0;
}

static int parse_prefix(const struct nlattr *attr, struct kc_claim_want *want,
			struct netlink_ext_ack *extack)
{
	static const u16 read_only[] = {
		KCLUSTER_A_CLAIM_PREFIX_ROUTED,
		KCLUSTER_A_CLAIM_PREFIX_ROUTER,
		KCLUSTER_A_CLAIM_PREFIX_FLAW,
	};
	struct nlattr *tb[KCLUSTER_A_CLAIM_PREFIX_MAX + 1];
	const struct nlattr *addr;
	int err;

	err = nla_parse_nested(tb, KCLUSTER_A_CLAIM_PREFIX_MAX, attr,
			       kcluster_claim_prefix_nl_policy, extack);
	if (!err)
		err = kc_netlink_check_read_only(tb, read_only,
						 ARRAY_SIZE(read_only), extack);
	if (err)
		return err;
	addr = tb[KCLUSTER_A_CLAIM_PREFIX_ADDRESS];
	if (!addr)
		return kc_refuse(extack, attr, -EINVAL,
				 "a prefix without an address");
	if (nla_len(addr) != kc_addr_len(KC_AF_INET) &&
	    nla_len(addr) != kc_addr_len(KC_AF_INET6))
		return kc_refuse(extack, addr, -EINVAL,
				 "an address has 4 or 16 octets, not %d",
				 nla_len(addr));
	want->attr = addr;
	want->prefix.family = nla_len(addr) == kc_addr_len(KC_AF_INET6) ?
			      KC_AF_INET6 : KC_AF_INET;
	memcpy(want->prefix.addr, nla_data(addr), nla_len(addr));
	err = parse_length(tb[KCLUSTER_A_CLAIM_PREFIX_PREFIXLEN], &want->prefix,
			   addr, extack);
	if (err || !tb[KCLUSTER_A_CLAIM_PREFIX_IFNAME])
		return err;
	return kc_netlink_get_ifname(want->ifname,
				     tb[KCLUSTER_A_CLAIM_PREFIX_IFNAME],
				     extack);
}

static int parse_spec(const struct genl_info *info, struct kc_claim_spec *spec)
{
	struct netlink_ext_ack *extack = info->extack;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem, err;

	spec->name_attr = info->attrs[KCLUSTER_A_CLAIM_NAME];
	err = get_name(info, spec->name);
	if (err)
		return err;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		n += nla_type(attr) == KCLUSTER_A_CLAIM_PREFIX;
	if (!n) {
		NL_SET_ERR_ATTR_MISS(extack, NULL, KCLUSTER_A_CLAIM_PREFIX);
		return kc_refuse(extack, NULL, -EINVAL,
				 "a claim needs a prefix");
	}
	if (n > KCLUSTER_CLAIM_PREFIXES_MAX)
		return kc_refuse(extack, NULL, -E2BIG,
				 "a claim has %d prefixes at most, not %u",
				 KCLUSTER_CLAIM_PREFIXES_MAX, n);
	spec->wants = kvcalloc(n, sizeof(*spec->wants), GFP_KERNEL_ACCOUNT);
	if (!spec->wants)
		return -ENOMEM;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != KCLUSTER_A_CLAIM_PREFIX)
			continue;
		err = parse_prefix(attr, &spec->wants[spec->n++], extack);
		if (err)
			break;
	}
	return err;
}

/* One that fades is there for nobody but the worker. */
static bool is_shown(const struct kc_claim *claim)
{
	return claim->configured || claim->n;
}

/* The claim that a request names; needs the mutex. */
static struct kc_claim *find_claim(struct kc_net *kn,
				   const struct genl_info *info)
{
	char name[KCLUSTER_NAME_MAX + 1];
	struct kc_claim *claim;
	int err;

	err = get_name(info, name);
	if (err)
		return ERR_PTR(err);
	claim = kc_claim_find(kn, name);
	if (claim && is_shown(claim))
		return claim;
	return ERR_PTR(kc_refuse(info->extack,
				 info->attrs[KCLUSTER_A_CLAIM_NAME], -ENOENT,
				 "no claim named \"%s\"", name));
}

int kcluster_nl_claim_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_claim_spec spec = {};
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, &spec);
	if (!err) {
		mutex_lock(&kn->claim.mutex);
		err = kc_claim_add(kn, &spec, info->extack);
		mutex_unlock(&kn->claim.mutex);
	}
	kvfree(spec.wants);
	return err;
}

int kcluster_nl_claim_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_claim_spec spec = {};
	struct kc_claim *claim;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, &spec);
	if (!err) {
		mutex_lock(&kn->claim.mutex);
		claim = find_claim(kn, info);
		err = IS_ERR(claim) ? PTR_ERR(claim) :
				      kc_claim_set(claim, &spec, info->extack);
		mutex_unlock(&kn->claim.mutex);
	}
	kvfree(spec.wants);
	return err;
}

static int del(struct kc_claim *claim, const struct genl_info *info)
{
	if (!claim->configured)
		return kc_refuse(info->extack,
				 info->attrs[KCLUSTER_A_CLAIM_NAME], -EBUSY,
				 "claim \"%s\" is there because the virtual router has addresses on a WireGuard device: delete those",
				 claim->name);
	kc_claim_del(claim);
	return 0;
}

int kcluster_nl_claim_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_claim *claim;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	mutex_lock(&kn->claim.mutex);
	claim = find_claim(kn, info);
	err = IS_ERR(claim) ? PTR_ERR(claim) : del(claim, info);
	mutex_unlock(&kn->claim.mutex);
	return err;
}

int kcluster_nl_claim_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	mutex_lock(&kn->claim.mutex);
	kc_claim_flush(kn);
	mutex_unlock(&kn->claim.mutex);
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct kc_claim *claim)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_CLAIM_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = KCLUSTER_A_CLAIM_STATS_PAD + 1; i < KC_CLAIM_STATS; i++)
		if (nla_put_u64_64bit(skb, i, atomic64_read(&claim->stats[i]),
				      KCLUSTER_A_CLAIM_STATS_PAD))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_owner(struct sk_buff *skb, const struct kc_claim *claim)
{
	if (claim->state == KCLUSTER_CLAIM_STATE_NOBODY)
		return 0;
	if (claim->believed &&
	    nla_put_string(skb, KCLUSTER_A_CLAIM_OWNER,
			   claim->believed->peer->name))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, KCLUSTER_A_CLAIM_EPOCH,
				 claim->believed_epoch, KCLUSTER_A_CLAIM_PAD) ?:
	       nla_put_u64_64bit(skb, KCLUSTER_A_CLAIM_NODE,
				 claim->believed_node, KCLUSTER_A_CLAIM_PAD);
}

/* Needs the mutex. */
static int fill_claim(struct sk_buff *skb, struct list_head *object,
		      bool secrets)
{
	const struct kc_claim *claim = list_entry(object, struct kc_claim,
						  list);
	char flaw[KC_CLAIM_FLAW_MAX];

	kc_claim_describe(claim, flaw, sizeof(flaw));
	if (nla_put_string(skb, KCLUSTER_A_CLAIM_NAME, claim->name) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_STATE, claim->state) ||
	    fill_owner(skb, claim) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_CLAIM_SINCE,
			      kc_netlink_ms_between(claim->since, kc_now()),
			      KCLUSTER_A_CLAIM_PAD) ||
	    nla_put_u32(skb, KCLUSTER_A_CLAIM_PREFIXES, claim->n) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_CONFIGURED, claim->configured) ||
	    (flaw[0] && nla_put_string(skb, KCLUSTER_A_CLAIM_FLAW, flaw)))
		return -EMSGSIZE;
	return fill_stats(skb, claim);
}

int kcluster_nl_claim_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_claim *claim;
	struct sk_buff *reply;

	mutex_lock(&kn->claim.mutex);
	claim = find_claim(kn, info);
	reply = IS_ERR(claim) ? ERR_CAST(claim) :
				kc_netlink_reply(info, KCLUSTER_CMD_CLAIM_GET,
						 fill_claim, &claim->list);
	mutex_unlock(&kn->claim.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_claim_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	int ret;

	mutex_lock(&kn->claim.mutex);
	ret = kc_netlink_dump(skb, cb, KCLUSTER_CMD_CLAIM_GET,
			      &kn->claim.claims, kn->claim.generation,
			      fill_claim, false);
	mutex_unlock(&kn->claim.mutex);
	return ret;
}

static int fill_prefix(struct sk_buff *skb, const struct kc_claim *claim,
		       const struct kc_claim_prefix *p)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_CLAIM_PREFIX);
	char flaw[KC_CLAIM_FLAW_MAX];

	kc_claim_describe_prefix(claim, p, flaw, sizeof(flaw));
	if (!nest ||
	    nla_put(skb, KCLUSTER_A_CLAIM_PREFIX_ADDRESS,
		    kc_addr_len(p->prefix.family), p->prefix.addr) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_PREFIX_PREFIXLEN,
		       p->prefix.length) ||
	    (p->ifname[0] && nla_put_string(skb, KCLUSTER_A_CLAIM_PREFIX_IFNAME,
					    p->ifname)) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_PREFIX_ROUTED, !!p->at[0]) ||
	    nla_put_u8(skb, KCLUSTER_A_CLAIM_PREFIX_ROUTER, p->router) ||
	    (flaw[0] && nla_put_string(skb, KCLUSTER_A_CLAIM_PREFIX_FLAW,
				       flaw))) {
		if (nest)
			nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_prefixes(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct kc_claim *claim)
{
	unsigned long i = cb->args[0];
	void *hdr;

	if (i >= claim->n)
		return 0;
	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &kcluster_nl_family, NLM_F_MULTI,
			  KCLUSTER_CMD_CLAIM_PREFIX_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_string(skb, KCLUSTER_A_CLAIM_NAME, claim->name)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	while (i < claim->n && !fill_prefix(skb, claim, &claim->prefixes[i]))
		i++;
	genlmsg_end(skb, hdr);
	cb->args[0] = i;
	return 0;
}

int kcluster_nl_claim_prefix_get_dumpit(struct sk_buff *skb,
					struct netlink_callback *cb)
{
	const struct genl_info *info = genl_info_dump(cb);
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	struct kc_claim *claim;
	int err;

	mutex_lock(&kn->claim.mutex);
	/* 0 would mean that there is nothing to compare. */
	cb->seq = kn->claim.generation + 1;
	claim = find_claim(kn, info);
	err = IS_ERR(claim) ? PTR_ERR(claim) : dump_prefixes(skb, cb, claim);
	mutex_unlock(&kn->claim.mutex);
	return skb->len ?: err;
}
