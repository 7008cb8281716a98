// SPDX-License-Identifier: GPL-2.0
/*
 * Replies: one object, or all of a list.
 */
#include <net/genetlink.h>

#include "netlink-gen.h"
#include "netlink.h"

/**
 * kc_netlink_reply() - a message that tells about one object
 * @info: the request
 * @cmd: of the message, KCLUSTER_CMD_*
 * @fill: fills it in
 * @object: passed to @fill
 *
 * Context: process, with whatever lock keeps the object
 * Return: the message or ERR_PTR()
 */
struct sk_buff *kc_netlink_reply(const struct genl_info *info, u8 cmd,
				 kc_netlink_fill fill, struct list_head *object)
{
	int err = -EMSGSIZE;
	struct sk_buff *skb;
	void *hdr;

	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return ERR_PTR(-ENOMEM);
	hdr = genlmsg_put(skb, info->snd_portid, info->snd_seq,
			  &kcluster_nl_family, 0, cmd);
	if (hdr)
		err = fill(skb, object, false);
	if (err) {
		nlmsg_free(skb);
		return ERR_PTR(err);
	}
	genlmsg_end(skb, hdr);
	return skb;
}

static int dump_one(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    kc_netlink_fill fill, struct list_head *object,
		    bool secrets)
{
	void *hdr;
	int err;

	hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			  &kcluster_nl_family, NLM_F_MULTI, cmd);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, hdr);
	err = fill(skb, object, secrets);
	if (err)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return err;
}

/**
 * kc_netlink_dump() - messages that tell about all objects of a list
 * @skb: gets as many as fit
 * @cb: of the dump; goes on where it ended
 * @cmd: of the messages, KCLUSTER_CMD_*
 * @list: the objects
 * @generation: moves when the list changes
 * @fill: fills one message in
 * @secrets: passed to @fill
 *
 * Context: process, with the lock of the list
 * Return: what dumpit returns
 */
int kc_netlink_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		    struct list_head *list, unsigned int generation,
		    kc_netlink_fill fill, bool secrets)
{
	unsigned long index = 0, first = cb->args[0];
	struct list_head *object;
	int err = 0;

	/* 0 would mean that there is nothing to compare. */
	cb->seq = generation + 1;
	list_for_each(object, list) {
		if (index >= first) {
			err = dump_one(skb, cb, cmd, fill, object, secrets);
			if (err)
				break;
		}
		index++;
	}
	cb->args[0] = index;
	return skb->len ?: err;
}
