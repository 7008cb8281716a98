// SPDX-License-Identifier: GPL-2.0
/*
 * Which flows are worth mirroring: those that another node could go on with,
 * which are the forwarded ones and those to virtual addresses; and of these
 * what the filters leave.
 *
 * What is found out is noted with the flow, until filters or addresses change.
 */
#include <net/addrconf.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "../core/ports.h"
#include "mirror.h"

static bool ends_here(struct kc_mirror *m, u8 family,
		      const union nf_inet_addr *addr)
{
	if (kc_mirror_is_virtual(m, family, addr))
		return false;
	if (family == AF_INET)
		switch (inet_addr_type(m->net, addr->ip)) {
		case RTN_LOCAL:
		case RTN_BROADCAST:
		case RTN_MULTICAST:
			return true;
		default:
			return false;
		}
	return ipv6_addr_is_multicast(&addr->in6) ||
	       ipv6_addr_loopback(&addr->in6) ||
	       ipv6_chk_addr(m->net, &addr->in6, NULL, 0);
}

static bool in_network(const struct kc_mirror_filter *filter,
		       const union nf_inet_addr *addr)
{
	const u8 *a = (const u8 *)addr;
	unsigned int whole = filter->prefixlen / 8, bits = filter->prefixlen % 8;

	return !memcmp(a, filter->addr, whole) &&
	       (!bits || !((a[whole] ^ filter->addr[whole]) >> (8 - bits)));
}

static bool is_meant(const struct kc_mirror_filter *filter,
		     const struct nf_conn *ct)
{
	const struct nf_conntrack_tuple *o = nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL);
	const struct nf_conntrack_tuple *r = nf_ct_tuple(ct, IP_CT_DIR_REPLY);

	if (filter->has_protocol && filter->protocol != nf_ct_protonum(ct))
		return false;
	if (filter->port &&
	    (!kc_has_ports(nf_ct_protonum(ct)) ||
	     (ntohs(o->dst.u.all) != filter->port &&
	      ntohs(r->src.u.all) != filter->port)))
		return false;
	if (!filter->family)
		return true;
	return filter->family == nf_ct_l3num(ct) &&
	       (in_network(filter, &o->src.u3) ||
		in_network(filter, &o->dst.u3) ||
		in_network(filter, &r->src.u3) ||
		in_network(filter, &r->dst.u3));
}

static bool passes(const struct kc_mirror_settings *settings,
		   const struct nf_conn *ct)
{
	bool any_only = false, only = false;
	unsigned int i;

	for (i = 0; i < settings->n_filters; i++) {
		const struct kc_mirror_filter *filter = &settings->filters[i];

		if (filter->action == KCLUSTER_MIRROR_ACTION_ONLY) {
			any_only = true;
			only = only || is_meant(filter, ct);
		} else if (is_meant(filter, ct)) {
			return false;
		}
	}
	return only || !any_only;
}

/**
 * kc_mirror_moves() - is it worth mirroring?
 * @m: the mirror
 * @ct: the connection
 *
 * Neither what this node began by itself nor what it takes at an address of its
 * own: nobody else could go on with that. So ssh to a node, its tunnels and the
 * channel stay at home.
 *
 * Context: any, under RCU
 */
bool kc_mirror_moves(struct kc_mirror *m, struct nf_conn *ct)
{
	unsigned long status = READ_ONCE(ct->status);
	u8 family = nf_ct_l3num(ct);
	bool moves;

	if (status & KC_CT(MOVES))
		return true;
	if (status & KC_CT(STAYS))
		return false;
	if (family != AF_INET && family != AF_INET6)
		return false;
	moves = !ends_here(m, family,
			   &nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)->src.u3) &&
		!ends_here(m, family,
			   &nf_ct_tuple(ct, IP_CT_DIR_REPLY)->src.u3) &&
		passes(rcu_dereference(m->settings), ct);
	set_bit(moves ? KC_CT_MOVES_BIT : KC_CT_STAYS_BIT, &ct->status);
	return moves;
}

/**
 * kc_mirror_filter_flaw() - what no flow could be
 * @filter: the filter
 *
 * Return: NULL, or a clause that tells what is wrong
 */
const char *kc_mirror_filter_flaw(const struct kc_mirror_filter *filter)
{
	if (filter->port && filter->has_protocol &&
	    !kc_has_ports(filter->protocol))
		return "this protocol has no ports: leave the port out";
	if (!filter->has_protocol && !filter->family && !filter->port)
		return "a filter names a protocol, an address or a port";
	return NULL;
}
