/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that tell the neighbours where an address lives, seen on their way
 * out of a device.
 */
#ifndef KC_FRAME_H
#define KC_FRAME_H

#include <linux/if_vlan.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "core/neigh.h"

struct net_device;

/**
 * struct kc_frame - one that speaks for an address
 * @neigh: what it says
 * @offset: where its packet begins, from the beginning of the frame
 * @len: octets from there on that are of interest, and its beginning
 */
struct kc_frame {
	struct kc_neigh neigh;
	unsigned int offset;
	unsigned int len;
};

/* Frames of a VLAN pass the device below it, too. */
static inline bool kc_frame_is_of_vlan(const struct sk_buff *skb)
{
	return skb_vlan_tag_present(skb) && skb_vlan_tag_get_id(skb);
}

bool kc_frame_parse(struct sk_buff *skb, const struct net_device *dev,
		    struct kc_frame *frame);
int kc_frame_rewrite(struct sk_buff *skb, struct kc_frame *frame,
		     const u8 *mac);

int kc_frame_announce(struct net_device *dev, const u8 *mac, u8 family,
		      const u8 *addr);

#endif
