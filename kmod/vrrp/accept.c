// SPDX-License-Identifier: GPL-2.0
/*
 * Accept_Mode (RFC 9568, 6.1): where it is off, and the node does not own the
 * addresses, packets to them are not delivered here. What is only routed
 * through the virtual router, whether by its MAC or not, is not touched.
 *
 * The hook is there only in namespaces in which a router has it off.
 */
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ndisc.h>

#include "../net.h"
#include "router.h"
#include "vmac.h"

/*
 * A host that has the address by itself is not to lose it: only what the
 * router holds, or is about to put in place, is meant.
 */
static bool denies(const struct kc_vrrp_claim *claim)
{
	return claim->deny && !claim->foreign &&
	       (claim->held || READ_ONCE(claim->router->want_held));
}

static unsigned int hook4(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct kc_net *kn = kc_net(state->net);
	const struct kc_vrrp_claim *claim = NULL;
	__be32 addr = ip_hdr(skb)->daddr;

	while ((claim = kc_vrrp_claim_next(kn, KC_AF_INET, &addr, claim)))
		if (denies(claim))
			return NF_DROP;
	return NF_ACCEPT;
}

/* "IPv6 Neighbor Solicitations and Advertisements MUST NOT be dropped" */
static bool is_neighbour_discovery(const struct sk_buff *skb)
{
	const u8 *type;
	u8 buf;

	if (ipv6_hdr(skb)->nexthdr != IPPROTO_ICMPV6)
		return false;
	type = skb_header_pointer(skb, skb_network_offset(skb) +
				  sizeof(struct ipv6hdr), 1, &buf);
	return type && (*type == NDISC_NEIGHBOUR_SOLICITATION ||
			*type == NDISC_NEIGHBOUR_ADVERTISEMENT);
}

static unsigned int hook6(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct in6_addr *addr = &ipv6_hdr(skb)->daddr;
	const struct kc_net *kn = kc_net(state->net);
	const struct kc_vrrp_claim *claim = NULL;
	bool link_local = ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL;

	while ((claim = kc_vrrp_claim_next(kn, KC_AF_INET6, addr, claim))) {
		/* Another link may have the same link-local address. */
		if (link_local && claim->ifindex != inet6_iif(skb))
			continue;
		if (denies(claim) && !is_neighbour_discovery(skb))
			return NF_DROP;
	}
	return NF_ACCEPT;
}

/* Before anything else learns of a packet that is not to arrive. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = hook4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_FIRST,
	}, {
		.hook = hook6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/**
 * kc_vrrp_accept_get() - one more router does not accept packets
 * @kn: the namespace, its mutex held
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_accept_get(struct kc_net *kn)
{
	int err = 0;

	lockdep_assert_held(&kn->vrrp.mutex);
	if (!kn->vrrp.deniers)
		err = nf_register_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
	if (!err)
		kn->vrrp.deniers++;
	return err;
}

/**
 * kc_vrrp_accept_put() - one of them accepts packets now, or goes
 * @kn: the namespace, its mutex held
 */
void kc_vrrp_accept_put(struct kc_net *kn)
{
	lockdep_assert_held(&kn->vrrp.mutex);
	if (!--kn->vrrp.deniers)
		nf_unregister_net_hooks(kn->net, hooks, ARRAY_SIZE(hooks));
}
