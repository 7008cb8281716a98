// SPDX-License-Identifier: GPL-2.0
/*
 * Asking neighbours, and hearing their answers.
 *
 * What counts is a frame that has come, not what the neighbour table says: an
 * entry stays there for a long time after the neighbour is gone. ARP replies
 * are heard before the stack, which a device without an address does not need;
 * neighbour advertisements where IPv6 packets come in.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/netfilter_ipv6.h>
#include <linux/pkt_sched.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "../core/solicit.h"
#include "../net.h"
#include "device.h"
#include "probe.h"
#include "router.h"

/* Longer ones are no answers. */
#define ANSWER_LEN_MAX 2048

/* The address of the device that the neighbour has a route to, or 0.0.0.0. */
static bool sender4(const struct kc_vrrp *r, const struct net_device *dev,
		    const u8 *target, u8 *sender)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;
	__be32 to;

	if (!in_dev)
		return false;
	memcpy(&to, target, sizeof(to));
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (!inet_ifa_match(to, ifa) ||
		    kc_vrrp_is_virtual(r, KC_AF_INET, &ifa->ifa_local,
				       ifa->ifa_proto))
			continue;
		memcpy(sender, &ifa->ifa_local, sizeof(ifa->ifa_local));
		return true;
	}
	return false;
}

/* The link-local address of the device, or :: while it has none. */
static bool sender6(const struct kc_vrrp *r, const struct net_device *dev,
		    u8 *sender)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;
	bool found = false;

	if (!idev)
		return false;
	read_lock_bh(&idev->lock);
	list_for_each_entry(ifa, &idev->addr_list, if_list) {
		if (ifa->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED) ||
		    !(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL) ||
		    kc_vrrp_is_virtual(r, KC_AF_INET6, &ifa->addr,
				       ifa->ifa_proto))
			continue;
		memcpy(sender, &ifa->addr, sizeof(ifa->addr));
		found = true;
		break;
	}
	read_unlock_bh(&idev->lock);
	return found;
}

/* Nobody answers his own questions. */
static bool is_here(const struct kc_vrrp_probe *probe, struct net_device *dev)
{
	struct net *net = probe->kn->net;
	struct in6_addr addr6;
	__be32 addr4;

	if (probe->spec.family == KC_AF_INET6) {
		memcpy(&addr6, probe->spec.addr, sizeof(addr6));
		return ipv6_chk_addr(net, &addr6, dev, 0);
	}
	memcpy(&addr4, probe->spec.addr, sizeof(addr4));
	return inet_addr_type_dev_table(net, dev, addr4) == RTN_LOCAL;
}

/**
 * kc_vrrp_ask() - ask a neighbour once
 * @probe: the neighbour, locked
 * @r: a router that wants to know, locked
 * @dev: the device, up, with neighbours
 *
 * A virtual address is never the sender: it would teach the others that the
 * address lives here, whoever is master. Without an address that fits the
 * question is that of RFC 5227 and RFC 4862 for an address that is not taken
 * yet, which teaches nobody anything.
 *
 * An address that this node has itself answers at once.
 *
 * Context: under RCU; any but hard interrupts
 * Return: 0 or -ENOMEM
 */
int kc_vrrp_ask(struct kc_vrrp_probe *probe, const struct kc_vrrp *r,
		struct net_device *dev)
{
	const struct kc_vrrp_probe_spec *spec = &probe->spec;
	bool ipv6 = spec->family == KC_AF_INET6;
	size_t room = ipv6 ? KC_NS_LEN_MAX : KC_ARP_REQUEST_LEN, len;
	u8 sender[16] = {}, frame[KC_NS_LEN_MAX];
	struct sk_buff *skb;
	bool named;

	if (is_here(probe, dev)) {
		WRITE_ONCE(probe->heard, 1);
		return 0;
	}
	skb = alloc_skb(LL_RESERVED_SPACE(dev) + room + dev->needed_tailroom,
			GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	named = ipv6 ? sender6(r, dev, sender) :
		       sender4(r, dev, spec->addr, sender);
	WRITE_ONCE(probe->nameless, !named);
	WRITE_ONCE(probe->ifindex, dev->ifindex);
	len = ipv6 ? kc_ns_build(frame, dev->dev_addr, sender, spec->addr) :
		     kc_arp_request_build(frame, dev->dev_addr, sender,
					  spec->addr);
	/* The frame is complete: its header takes ETH_HLEN of the reserve. */
	skb_reserve(skb, LL_RESERVED_SPACE(dev) - ETH_HLEN);
	skb_reset_mac_header(skb);
	skb_put_data(skb, frame, len);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = htons(ipv6 ? ETH_P_IPV6 : ETH_P_ARP);
	skb->priority = TC_PRIO_CONTROL;
	skb->dev = dev;
	/* What becomes of it the answers show. */
	dev_queue_xmit(skb);
	return 0;
}

/* Under RCU, and no lock: whoever sends may hear himself. */
static void hear(struct kc_net *kn, u8 family, const struct net_device *dev,
		 const u8 *packet, size_t len)
{
	struct kc_vrrp_probe *probe;
	struct kc_answer answer;

	if (!kc_answer_parse(family, packet, len, &answer))
		return;
	hlist_for_each_entry_rcu(probe, kc_vrrp_probe_bucket(kn, family,
							     answer.addr), hash) {
		if (probe->spec.family != family ||
		    memcmp(probe->spec.addr, answer.addr,
			   kc_addr_len(family)) ||
		    READ_ONCE(probe->ifindex) != dev->ifindex)
			continue;
		/* Those that ask without a name are answered to all. */
		if (answer.asked || READ_ONCE(probe->nameless))
			WRITE_ONCE(probe->heard, 1);
	}
}

static int hear4(struct sk_buff *skb, struct net_device *dev,
		 struct packet_type *type, struct net_device *orig)
{
	const u8 *packet;
	u8 buf[28];

	/* Replies to others say nothing about the way between us. */
	if (skb->pkt_type == PACKET_HOST) {
		packet = skb_header_pointer(skb, 0, sizeof(buf), buf);
		if (packet)
			hear(kc_net(dev_net(dev)), KC_AF_INET, dev, packet,
			     sizeof(buf));
	}
	consume_skb(skb);
	return NET_RX_SUCCESS;
}

static unsigned int hear6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const u8 *type;
	u8 buf;

	if (ip6->nexthdr != IPPROTO_ICMPV6 || ip6->hop_limit != 255 ||
	    skb->len > ANSWER_LEN_MAX)
		return NF_ACCEPT;
	type = skb_header_pointer(skb, sizeof(*ip6), 1, &buf);
	if (!type || *type != NDISC_NEIGHBOUR_ADVERTISEMENT ||
	    !pskb_may_pull(skb, skb->len))
		return NF_ACCEPT;
	hear(kc_net(state->net), KC_AF_INET6, skb->dev, skb->data, skb->len);
	return NF_ACCEPT;
}

/* One for all namespaces that want it; how many these are, under the mutex. */
static DEFINE_MUTEX(hear4_mutex);
static unsigned int hear4_users;
static struct packet_type hear4_type = {
	.type = cpu_to_be16(ETH_P_ARP),
	.func = hear4,
};

static const struct nf_hook_ops hear6_hook = {
	.hook = hear6,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_PRE_ROUTING,
	.priority = NF_IP6_PRI_RAW - 1,
};

/**
 * kc_vrrp_hear() - hear answers, until the namespace goes
 * @kn: the namespace, its mutex held
 * @family: KC_AF_INET or KC_AF_INET6
 *
 * A namespace that asks nobody pays for nothing.
 *
 * Context: process
 * Return: 0 or a negative errno
 */
int kc_vrrp_hear(struct kc_net *kn, u8 family)
{
	bool *hears = family == KC_AF_INET6 ? &kn->vrrp.hears6 :
					      &kn->vrrp.hears4;
	int err;

	lockdep_assert_held(&kn->vrrp.mutex);

	if (*hears)
		return 0;
	if (family == KC_AF_INET6) {
		err = nf_register_net_hook(kn->net, &hear6_hook);
		if (err)
			return err;
	} else {
		mutex_lock(&hear4_mutex);
		if (!hear4_users++)
			dev_add_pack(&hear4_type);
		mutex_unlock(&hear4_mutex);
	}
	*hears = true;
	return 0;
}

/**
 * kc_vrrp_hear_exit() - hear nothing more
 * @kn: the namespace, its mutex held; no probe is left
 *
 * Context: process
 */
void kc_vrrp_hear_exit(struct kc_net *kn)
{
	lockdep_assert_held(&kn->vrrp.mutex);

	if (kn->vrrp.hears6)
		nf_unregister_net_hook(kn->net, &hear6_hook);
	if (kn->vrrp.hears4) {
		mutex_lock(&hear4_mutex);
		if (!--hear4_users)
			dev_remove_pack(&hear4_type);
		mutex_unlock(&hear4_mutex);
	}
	kn->vrrp.hears6 = false;
	kn->vrrp.hears4 = false;
}
