// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that tell the neighbours where an address lives: seen on their way
 * out of a device, made to say something else, or made by us.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <linux/pkt_sched.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "core/vrrp_packet.h"
#include "frame.h"

/* Longer ones are no business of ours. */
#define ND_LEN_MAX 2048

static bool is_discovery(const struct sk_buff *skb, unsigned int offset)
{
	const u8 *octet;
	u8 buf;

	octet = skb_header_pointer(skb, offset + offsetof(struct ipv6hdr,
							  nexthdr), 1, &buf);
	if (!octet || *octet != IPPROTO_ICMPV6)
		return false;
	octet = skb_header_pointer(skb, offset + sizeof(struct ipv6hdr), 1,
				   &buf);
	return octet && *octet >= NDISC_ROUTER_SOLICITATION &&
	       *octet <= NDISC_NEIGHBOUR_ADVERTISEMENT;
}

/* Could the frame speak for an address? Sets what of it is of interest. */
static u8 family_of(const struct sk_buff *skb, const struct net_device *dev,
		    struct kc_frame *frame)
{
	const struct vlan_ethhdr *eth;
	struct vlan_ethhdr buf;
	__be16 proto;

	if (kc_frame_is_of_vlan(skb))
		return 0;
	eth = skb_header_pointer(skb, 0, sizeof(buf), &buf);
	if (!eth)
		return 0;
	proto = eth->h_vlan_proto;
	frame->offset = ETH_HLEN;
	if (eth_type_vlan(proto)) {
		/* That of another device, unless a VLAN device wrote it. */
		if (!is_vlan_dev(dev))
			return 0;
		proto = eth->h_vlan_encapsulated_proto;
		frame->offset = VLAN_ETH_HLEN;
	}
	if (proto == htons(ETH_P_ARP)) {
		frame->len = frame->offset + KC_ARP_LEN;
		return KC_AF_INET;
	}
	if (proto != htons(ETH_P_IPV6) || skb->len > ND_LEN_MAX ||
	    !is_discovery(skb, frame->offset))
		return 0;
	frame->len = skb->len;
	return KC_AF_INET6;
}

/**
 * kc_frame_parse() - does a frame tell where an address lives?
 * @skb: the frame, as an egress hook sees it
 * @dev: the device of the hook
 * @frame: filled in if it does
 *
 * Context: egress hook
 * Return: true if it does
 */
bool kc_frame_parse(struct sk_buff *skb, const struct net_device *dev,
		    struct kc_frame *frame)
{
	u8 family = family_of(skb, dev, frame);

	return family && pskb_may_pull(skb, frame->len) &&
	       kc_neigh_parse(family, skb->data + frame->offset,
			      frame->len - frame->offset, &frame->neigh);
}

/**
 * kc_frame_rewrite() - let the address live at another link-layer address
 * @skb: the frame
 * @frame: what kc_frame_parse() found
 * @mac: what it is to say; the Ethernet header stays as it is
 *
 * Context: egress hook
 * Return: 0, or a negative errno if the frame must not leave as it is
 */
int kc_frame_rewrite(struct sk_buff *skb, struct kc_frame *frame,
		     const u8 *mac)
{
	/* Others may have the data too: captures, a clone in a queue. */
	int err = skb_ensure_writable(skb, frame->len);

	if (err)
		return err;
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		frame->neigh.check = 0;	/* the device computes it */
	else
		skb->ip_summed = CHECKSUM_NONE;
	kc_neigh_rewrite(skb->data + frame->offset, &frame->neigh, mac);
	return 0;
}

/**
 * kc_frame_announce() - tell all neighbours where an address lives
 * @dev: the device, up, Ethernet with neighbours
 * @mac: link-layer address that answers for @addr, and that sends
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Gratuitous ARP or an unsolicited neighbour advertisement.
 *
 * Context: any but hard interrupts
 * Return: 0 or a negative errno
 */
int kc_frame_announce(struct net_device *dev, const u8 *mac, u8 family,
		      const u8 *addr)
{
	bool ipv6 = family == KC_AF_INET6;
	size_t len = ipv6 ? KC_NA_LEN : KC_GARP_LEN;
	struct sk_buff *skb;
	int ret;

	skb = alloc_skb(LL_RESERVED_SPACE(dev) + len + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	/* The frame is complete: its header takes ETH_HLEN of the reserve. */
	skb_reserve(skb, LL_RESERVED_SPACE(dev) - ETH_HLEN);
	skb_reset_mac_header(skb);
	if (ipv6)
		kc_na_build(skb_put(skb, len), mac, addr);
	else
		kc_garp_build(skb_put(skb, len), mac, addr);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_ARP);
	skb->priority = TC_PRIO_CONTROL;
	skb->dev = dev;
	ret = dev_queue_xmit(skb);
	return net_xmit_eval(ret);
}
