// SPDX-License-Identifier: GPL-2.0
/*
 * WireGuard as wg(8) sees it: which peer of a device has which allowed IPs, and
 * that they become those of another peer.
 */
#include <linux/genetlink.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <net/genetlink.h>

#include "../link.h"
#include "../net.h"
#include "claim.h"

/* A device that changes all the time is read when it does so less. */
#define TRIES 3

/**
 * kc_tunnel_open() - become a client of WireGuard
 * @req: the client
 * @kn: the namespace
 *
 * Context: process
 * Return: 0 or a negative errno
 */
int kc_tunnel_open(struct kc_request *req, struct kc_net *kn)
{
	return kc_request_open_generic(req, kn->net);
}

/* The kernel would load a module, for which some of our callers cannot wait. */
static bool is_there(const struct kc_request *req, const char *ifname)
{
	const struct net_device *dev;
	bool is;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(req->net, ifname);
	is = dev && kc_link_is_wireguard(dev);
	rcu_read_unlock();
	return is;
}

/* Each time anew: another family may have the number if the module was reloaded. */
static int begin(struct kc_request *req, u8 command, u16 flags,
		 const char *ifname)
{
	struct genlmsghdr *header;
	int family;

	if (!is_there(req, ifname))
		return -ENODEV;
	family = kc_request_family(req, WG_GENL_NAME);
	if (family < 0)
		return family;
	header = kc_request_begin(req, family, flags, GENL_HDRLEN);
	header->cmd = command;
	header->version = WG_GENL_VERSION;
	kc_request_put(req, WGDEVICE_A_IFNAME, ifname, strlen(ifname) + 1);
	return 0;
}

struct reading {
	kc_tunnel_take take;
	void *arg;
};

static void take_allowed_ip(const struct reading *reading, const u8 *key,
			    const struct nlattr *nest)
{
	struct nlattr *tb[WGALLOWEDIP_A_MAX + 1];
	struct kc_prefix prefix = {};

	if (nla_parse_nested_deprecated(tb, WGALLOWEDIP_A_MAX, nest, NULL,
					NULL) ||
	    !tb[WGALLOWEDIP_A_FAMILY] || !tb[WGALLOWEDIP_A_IPADDR] ||
	    !tb[WGALLOWEDIP_A_CIDR_MASK])
		return;
	prefix.family = nla_get_u16(tb[WGALLOWEDIP_A_FAMILY]);
	prefix.length = nla_get_u8(tb[WGALLOWEDIP_A_CIDR_MASK]);
	if (nla_len(tb[WGALLOWEDIP_A_IPADDR]) !=
	    (int)kc_addr_len(prefix.family))
		return;
	memcpy(prefix.addr, nla_data(tb[WGALLOWEDIP_A_IPADDR]),
	       kc_addr_len(prefix.family));
	if (kc_prefix_valid(&prefix))
		reading->take(reading->arg, key, &prefix);
}

static void take_peer(const struct reading *reading, const struct nlattr *nest)
{
	struct nlattr *tb[WGPEER_A_MAX + 1], *ip;
	const u8 *key;
	int rem;

	if (nla_parse_nested_deprecated(tb, WGPEER_A_MAX, nest, NULL, NULL) ||
	    !tb[WGPEER_A_PUBLIC_KEY] || !tb[WGPEER_A_ALLOWEDIPS] ||
	    nla_len(tb[WGPEER_A_PUBLIC_KEY]) != WG_KEY_LEN)
		return;
	key = nla_data(tb[WGPEER_A_PUBLIC_KEY]);
	nla_for_each_nested(ip, tb[WGPEER_A_ALLOWEDIPS], rem)
		take_allowed_ip(reading, key, ip);
}

/* What of a peer does not fit into one message comes with the next one. */
static void take_device(void *arg, const struct nlmsghdr *nlh)
{
	const struct nlattr *peers;
	struct nlattr *peer;
	int rem;

	peers = nlmsg_find_attr(nlh, GENL_HDRLEN, WGDEVICE_A_PEERS);
	if (!peers)
		return;
	nla_for_each_nested(peer, peers, rem)
		take_peer(arg, peer);
}

/**
 * kc_tunnel_read() - read all allowed IPs of a device
 * @req: the client
 * @ifname: of the device
 * @take: gets each of them; some twice if the device changes meanwhile
 * @arg: passed to it
 *
 * Context: process, with no lock that a request of ours takes
 * Return: 0 or a negative errno, after which something may be missing: -ENODEV
 * without such a WireGuard device
 */
int kc_tunnel_read(struct kc_request *req, const char *ifname,
		   kc_tunnel_take take, void *arg)
{
	struct reading reading = { .take = take, .arg = arg };
	unsigned int tries = TRIES;
	int err;

	do {
		err = begin(req, WG_CMD_GET_DEVICE, NLM_F_DUMP, ifname) ?:
		      kc_request_ask(req, take_device, &reading);
	} while (err == -EINTR && --tries);
	return err;
}

static struct nlattr *begin_peer(struct kc_request *req, const u8 *key,
				 u32 flags)
{
	struct nlattr *peer = kc_request_nest(req, 0);

	kc_request_put(req, WGPEER_A_PUBLIC_KEY, key, WG_KEY_LEN);
	if (flags)
		kc_request_put(req, WGPEER_A_FLAGS, &flags, sizeof(flags));
	return peer;
}

static void put_prefixes(struct kc_request *req,
			 const struct kc_prefix *prefixes, unsigned int n)
{
	struct nlattr *all = kc_request_nest(req, WGPEER_A_ALLOWEDIPS), *one;
	u16 family;

	for (; n--; prefixes++) {
		one = kc_request_nest(req, 0);
		family = prefixes->family;
		kc_request_put(req, WGALLOWEDIP_A_FAMILY, &family,
			       sizeof(family));
		kc_request_put(req, WGALLOWEDIP_A_IPADDR, prefixes->addr,
			       kc_addr_len(family));
		kc_request_put(req, WGALLOWEDIP_A_CIDR_MASK, &prefixes->length,
			       sizeof(prefixes->length));
		kc_request_nest_end(req, one);
	}
	kc_request_nest_end(req, all);
}

/**
 * kc_tunnel_move() - make prefixes allowed IPs of a peer, whosever they are
 * @req: the client
 * @ifname: of the device
 * @key: of the peer; if there is none such, nothing happens
 * @prefixes: which
 * @n: how many, KC_TUNNEL_BATCH at most
 *
 * Context: process, with no lock that a request of ours takes
 * Return: 0 or a negative errno
 */
int kc_tunnel_move(struct kc_request *req, const char *ifname, const u8 *key,
		   const struct kc_prefix *prefixes, unsigned int n)
{
	struct nlattr *peers, *peer;
	int err;

	err = begin(req, WG_CMD_SET_DEVICE, 0, ifname);
	if (err)
		return err;
	peers = kc_request_nest(req, WGDEVICE_A_PEERS);
	peer = begin_peer(req, key, WGPEER_F_UPDATE_ONLY);
	put_prefixes(req, prefixes, n);
	kc_request_nest_end(req, peer);
	kc_request_nest_end(req, peers);
	return kc_request_send(req);
}

/**
 * kc_tunnel_remove() - let prefixes be allowed IPs of nobody
 * @req: the client
 * @ifname: of the device
 * @prefixes: which
 * @n: how many, KC_TUNNEL_BATCH at most
 *
 * Kernels before 6.16 cannot take one away: they go to a peer that is made for
 * it, and removed by the same message.
 *
 * Context: process, with no lock that a request of ours takes
 * Return: 0 or a negative errno
 */
int kc_tunnel_remove(struct kc_request *req, const char *ifname,
		     const struct kc_prefix *prefixes, unsigned int n)
{
	struct nlattr *peers, *peer;
	u8 key[WG_KEY_LEN];
	int err;

	err = begin(req, WG_CMD_SET_DEVICE, 0, ifname);
	if (err)
		return err;
	get_random_bytes(key, sizeof(key));
	peers = kc_request_nest(req, WGDEVICE_A_PEERS);
	peer = begin_peer(req, key, 0);
	put_prefixes(req, prefixes, n);
	kc_request_nest_end(req, peer);
	peer = begin_peer(req, key, WGPEER_F_REMOVE_ME);
	kc_request_nest_end(req, peer);
	kc_request_nest_end(req, peers);
	return kc_request_send(req);
}
