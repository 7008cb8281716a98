/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending unicast packets of our own: the IP header by hand, the rest as the
 * stack does it.
 */
#ifndef KC_SEND_H
#define KC_SEND_H

#include <linux/skbuff.h>
#include <linux/types.h>

struct dst_entry;
struct net;
struct net_device;

#define KC_SEND_TOS_CONTROL 0xc0	/* CS6, network control */

/**
 * struct kc_send - where a packet comes from and goes to
 * @family: KC_AF_INET or KC_AF_INET6
 * @protocol: IPPROTO_*
 * @ttl: or hop limit
 * @tos: or traffic class
 * @src: network order; all zero until kc_send_route() has chosen one
 * @dst: network order
 */
struct kc_send {
	u8 family;
	u8 protocol;
	u8 ttl;
	u8 tos;
	u8 src[16];
	u8 dst[16];
};

struct sk_buff *kc_send_alloc(size_t headroom, size_t size, gfp_t gfp);
struct dst_entry *kc_send_route(struct net *net, const struct net_device *dev,
				struct kc_send *to);
void kc_send_push_ip(struct sk_buff *skb, const struct kc_send *to);
int kc_send_out(struct net *net, struct sk_buff *skb, const struct kc_send *to,
		struct dst_entry *route);

/* Congestion further on is no failure of ours. The macro evaluates twice. */
static inline int kc_send_error(int ret)
{
	return net_xmit_eval(ret);
}

#endif
