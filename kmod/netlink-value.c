// SPDX-License-Identifier: GPL-2.0
/*
 * Tracked values over generic netlink: parse a request, call the concept, fill
 * a reply.
 */
#include <linux/math64.h>
#include <linux/mutex.h>
#include <net/genetlink.h>
#include <net/sock.h>

#include "extack.h"
#include "net.h"
#include "netlink-gen.h"
#include "netlink-parse.h"
#include "netlink.h"
#include "vrrp/router.h"
#include "vrrp/value.h"

/* The name in the request; @name has KCLUSTER_NAME_MAX + 1 octets. */
static int get_name(const struct genl_info *info, char *name)
{
	const struct nlattr *attr = info->attrs[KCLUSTER_A_VALUE_NAME];

	if (attr)
		return kc_netlink_get_name(name, attr, info->extack);
	NL_SET_ERR_ATTR_MISS(info->extack, NULL, KCLUSTER_A_VALUE_NAME);
	return kc_refuse(info->extack, NULL, -EINVAL,
			 "the request names no tracked value");
}

static int parse_spec(const struct genl_info *info, char *name,
		      struct kc_vrrp_value_spec *spec)
{
	const struct nlattr *attr;
	int err;

	spec->attrs = info->attrs;
	spec->name = name;
	err = get_name(info, name);
	if (err)
		return err;

	attr = info->attrs[KCLUSTER_A_VALUE_STATE];
	spec->up = !attr || nla_get_u8(attr) == KCLUSTER_VALUE_STATE_UP;
	spec->initial = nla_get_flag(info->attrs[KCLUSTER_A_VALUE_INITIAL]);
	attr = info->attrs[KCLUSTER_A_VALUE_NUMBER];
	if (attr) {
		err = kc_netlink_get_weight(&spec->number, attr, "number",
					    info->extack);
		if (err)
			return err;
	}
	attr = info->attrs[KCLUSTER_A_VALUE_WEIGHT];
	if (attr) {
		spec->has_weight = true;
		err = kc_netlink_get_weight(&spec->weight, attr, "weight",
					    info->extack);
		if (err)
			return err;
	}
	attr = info->attrs[KCLUSTER_A_VALUE_TTL];
	if (attr) {
		spec->has_ttl = true;
		spec->ttl_ms = nla_get_u32(attr);
	}
	return 0;
}

int kcluster_nl_value_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	struct kc_vrrp_value_spec spec = {};
	char name[KCLUSTER_NAME_MAX + 1];
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = parse_spec(info, name, &spec);
	if (!err)
		err = kc_vrrp_value_set(kn, &spec, info->extack);
	return err;
}

int kcluster_nl_value_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	char name[KCLUSTER_NAME_MAX + 1];
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (!err)
		err = get_name(info, name);
	if (err)
		return err;

	mutex_lock(&kn->vrrp.mutex);
	err = kc_vrrp_value_del(kn, name, info->attrs[KCLUSTER_A_VALUE_NAME],
				info->extack);
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}

int kcluster_nl_value_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	int err;

	err = kc_netlink_check_may_write(skb, info, kn);
	if (err)
		return err;

	mutex_lock(&kn->vrrp.mutex);
	kc_vrrp_values_flush(kn);
	mutex_unlock(&kn->vrrp.mutex);
	return 0;
}

/* Needs the mutex. */
static int fill_value(struct sk_buff *skb, struct kc_vrrp_value *value)
{
	struct kc_vrrp_value_sight sight;
	u64 age;

	kc_vrrp_value_look(value, &sight);
	if (nla_put_string(skb, KCLUSTER_A_VALUE_NAME, value->name) ||
	    nla_put_u8(skb, KCLUSTER_A_VALUE_STATE, sight.state))
		return -EMSGSIZE;
	if (sight.state == KCLUSTER_VALUE_STATE_UNSET)
		return 0;
	age = div_u64(kc_now() - sight.set_at, NSEC_PER_MSEC);
	if (nla_put_s32(skb, KCLUSTER_A_VALUE_NUMBER, sight.number) ||
	    nla_put_s32(skb, KCLUSTER_A_VALUE_WEIGHT, sight.weight) ||
	    nla_put_u32(skb, KCLUSTER_A_VALUE_TTL, sight.ttl_ms) ||
	    nla_put_u64_64bit(skb, KCLUSTER_A_VALUE_AGE, age,
			      KCLUSTER_A_VALUE_PAD))
		return -EMSGSIZE;
	return 0;
}

static int reply_value(struct kc_net *kn, const struct genl_info *info,
		       const char *name, struct sk_buff *reply)
{
	struct kc_vrrp_value *value;
	int err = -EMSGSIZE;
	void *hdr;

	mutex_lock(&kn->vrrp.mutex);
	value = kc_vrrp_value_find(kn, name);
	if (!value) {
		err = kc_refuse(info->extack, info->attrs[KCLUSTER_A_VALUE_NAME],
				-ENOENT, "no tracked value named \"%s\"", name);
		goto out;
	}
	hdr = genlmsg_put(reply, info->snd_portid, info->snd_seq,
			  &kcluster_nl_family, 0, KCLUSTER_CMD_VALUE_GET);
	if (!hdr)
		goto out;
	err = fill_value(reply, value);
	if (!err)
		genlmsg_end(reply, hdr);
out:
	mutex_unlock(&kn->vrrp.mutex);
	return err;
}

int kcluster_nl_value_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	char name[KCLUSTER_NAME_MAX + 1];
	struct sk_buff *reply;
	int err;

	err = get_name(info, name);
	if (err)
		return err;
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	err = reply_value(kn, info, name, reply);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	return genlmsg_reply(reply, info);
}

static int dump_value(struct sk_buff *skb, struct netlink_callback *cb,
		      struct kc_vrrp_value *value)
{
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &kcluster_nl_family, NLM_F_MULTI,
			  KCLUSTER_CMD_VALUE_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	err = fill_value(skb, value);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

int kcluster_nl_value_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	unsigned long index = 0, first = cb->args[0];
	struct kc_vrrp_value *value;
	int err = 0;

	mutex_lock(&kn->vrrp.mutex);
	/* 0 would mean that there is nothing to compare. */
	cb->seq = kn->vrrp.values_generation + 1;
	list_for_each_entry(value, &kn->vrrp.values, list) {
		if (index >= first) {
			err = dump_value(skb, cb, value);
			if (err)
				break;
		}
		index++;
	}
	mutex_unlock(&kn->vrrp.mutex);
	cb->args[0] = index;
	return skb->len ?: err;
}
