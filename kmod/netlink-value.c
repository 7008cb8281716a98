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

static int fill_object(struct sk_buff *skb, struct list_head *object,
		       bool secrets)
{
	return fill_value(skb, list_entry(object, struct kc_vrrp_value, list));
}

int kcluster_nl_value_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kc_net *kn = kc_net(genl_info_net(info));
	char name[KCLUSTER_NAME_MAX + 1];
	struct kc_vrrp_value *value;
	struct sk_buff *reply;
	int err;

	err = get_name(info, name);
	if (err)
		return err;
	mutex_lock(&kn->vrrp.mutex);
	value = kc_vrrp_value_find(kn, name);
	if (value)
		reply = kc_netlink_reply(info, KCLUSTER_CMD_VALUE_GET,
					 fill_object, &value->list);
	else
		reply = ERR_PTR(kc_refuse(info->extack,
					  info->attrs[KCLUSTER_A_VALUE_NAME],
					  -ENOENT,
					  "no tracked value named \"%s\"",
					  name));
	mutex_unlock(&kn->vrrp.mutex);
	if (IS_ERR(reply))
		return PTR_ERR(reply);
	return genlmsg_reply(reply, info);
}

int kcluster_nl_value_get_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	struct kc_net *kn = kc_net(sock_net(skb->sk));
	int ret;

	mutex_lock(&kn->vrrp.mutex);
	ret = kc_netlink_dump(skb, cb, KCLUSTER_CMD_VALUE_GET,
			      &kn->vrrp.values, kn->vrrp.values_generation,
			      fill_object, false);
	mutex_unlock(&kn->vrrp.mutex);
	return ret;
}
