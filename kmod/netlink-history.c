// SPDX-License-Identifier: GPL-2.0
/*
 * Orders of the operator, and what happened before somebody asked.
 */
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/time64.h>
#include <net/genetlink.h>

#include "clusterip/clusterip.h"
#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink.h"
#include "vrrp/router.h"

static int fill_transition(struct sk_buff *skb,
			   const struct kc_vrrp_transition *was)
{
	struct nlattr *nest = nla_nest_start(skb, KCLUSTER_A_VRRP_TRANSITION);

	if (!nest ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_TRANSITION_TIME,
			      div_u64(was->at, NSEC_PER_MSEC),
			      KCLUSTER_A_TRANSITION_PAD) ||
	    nla_put_u8(skb, KCLUSTER_A_TRANSITION_OLD_STATE, was->old) ||
	    nla_put_u8(skb, KCLUSTER_A_TRANSITION_STATE, was->state) ||
	    nla_put_u8(skb, KCLUSTER_A_TRANSITION_PRIORITY, was->priority) ||
	    nla_put_string(skb, KCLUSTER_A_TRANSITION_REASON, was->reason))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_history(struct sk_buff *skb, struct kc_vrrp *r)
{
	unsigned int i;
	int err = 0;

	if (nla_put_string(skb, KCLUSTER_A_VRRP_NAME, r->name))
		return -EMSGSIZE;
	spin_lock_bh(&r->lock);
	i = r->n_history > KC_VRRP_HISTORY ? r->n_history - KC_VRRP_HISTORY : 0;
	for (; !err && i < r->n_history; i++)
		err = fill_transition(skb, &r->history[i % KC_VRRP_HISTORY]);
	spin_unlock_bh(&r->lock);
	return err;
}

static struct sk_buff *history_reply(struct kc_vrrp *r,
				     const struct genl_info *info)
{
	size_t one = nla_total_size(0) + nla_total_size_64bit(sizeof(u64)) +
		     3 * nla_total_size(sizeof(u8)) +
		     nla_total_size(KC_VRRP_REASON_MAX);
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(nla_total_size(sizeof(r->name)) +
			  KC_VRRP_HISTORY * one, GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	hdr = genlmsg_put(skb, info->snd_portid, info->snd_seq,
			  &kcluster_nl_family, 0, KCLUSTER_CMD_VRRP_HISTORY);
	if (!hdr || fill_history(skb, r)) {
		nlmsg_free(skb);
		return ERR_PTR(-EMSGSIZE);
	}
	genlmsg_end(skb, hdr);
	return skb;
}

int kcluster_nl_vrrp_history_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct sk_buff *reply;
	struct kc_vrrp *r;

	mutex_lock(&kn->vrrp.mutex);
	r = kc_netlink_find_router(kn, info);
	reply = IS_ERR(r) ? ERR_CAST(r) : history_reply(r, info);
	mutex_unlock(&kn->vrrp.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_vrrp_standby_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *time = info->attrs[KCLUSTER_A_VRRP_STANDBY_TIME];
	const struct nlattr *attr = info->attrs[KCLUSTER_A_VRRP_STANDBY];
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_vrrp *r = NULL;
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;
	if (!attr) {
		NL_SET_ERR_ATTR_MISS(info->extack, NULL,
				     KCLUSTER_A_VRRP_STANDBY);
		return kc_refuse(info->extack, NULL, -EINVAL,
				 "the request does not say whether to stand by");
	}
	if (time && !nla_get_u8(attr))
		return kc_refuse(info->extack, time, -EINVAL,
				 "only standing by takes a time");
	if (time && !nla_get_u32(time))
		return kc_refuse(info->extack, time, -ERANGE,
				 "for no time: leave it out to stand by until told otherwise");

	/* What others are to take they get while we can still be reached. */
	if (!info->attrs[KCLUSTER_A_VRRP_NAME])
		kc_cip_standby(kn, nla_get_u8(attr),
			       time ? nla_get_u32(time) : 0);
	mutex_lock(&kn->vrrp.mutex);
	if (info->attrs[KCLUSTER_A_VRRP_NAME])
		r = kc_netlink_find_router(kn, info);
	err = IS_ERR(r) ? PTR_ERR(r) :
	      kc_vrrp_standby_set(kn, r, nla_get_u8(attr),
				  time ? nla_get_u32(time) : 0, attr,
				  info->extack);
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}
