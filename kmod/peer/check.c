// SPDX-License-Identifier: GPL-2.0
/*
 * May a peer be had as it is asked for?
 */
#include <linux/inet.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <net/dst.h>

#include "../extack.h"
#include "../link.h"
#include "../net.h"
#include "../send.h"
#include "peer.h"

static void print_addr(char *text, size_t size,
		       const struct kc_peer_path_spec *path)
{
	snprintf(text, size, path->family == KC_AF_INET6 ? "%pI6c" : "%pI4",
		 path->addr);
}

static bool same(const struct kc_peer_path_spec *a, u8 family,
		 const u8 *addr, const char *ifname)
{
	return a->family == family &&
	       !memcmp(a->addr, addr, kc_addr_len(family)) &&
	       !strcmp(a->ifname, ifname);
}

/* By which device does the address go at present? Needs RCU. */
static int find_device(struct kc_net *kn, struct kc_peer_path_spec *path,
		       const char *addr, struct netlink_ext_ack *extack)
{
	struct kc_send to = {
		.family = path->family,
		.protocol = IPPROTO_UDP,
	};
	struct dst_entry *route;

	memcpy(to.dst, path->addr, kc_addr_len(path->family));
	route = kc_send_route(kn->net, NULL, &to);
	if (IS_ERR(route))
		return kc_refuse(extack, path->attr, PTR_ERR(route),
				 "no route leads to %s: name the WireGuard device with \"dev\"",
				 addr);
	strscpy(path->ifname, route->dev->name, sizeof(path->ifname));
	dst_release(route);
	return 0;
}

/* Needs RCU. */
static int check_device(struct kc_net *kn, struct kc_peer_path_spec *path,
			struct netlink_ext_ack *extack)
{
	struct net_device *dev, *any;
	char addr[INET6_ADDRSTRLEN];
	bool given = path->ifname[0];
	int err;

	print_addr(addr, sizeof(addr), path);
	if (path->family == KC_AF_INET6 && !ipv6_mod_enabled())
		return kc_refuse(extack, path->attr, -EAFNOSUPPORT,
				 "%s cannot be reached: this system has no IPv6",
				 addr);
	/* Any device does, it is there to tell the namespace. */
	any = kn->net->loopback_dev;
	if (any && kc_link_is_local(any, path->family, path->addr))
		return kc_refuse(extack, path->attr, -EINVAL,
				 "%s is an address of this node: give that of the other one",
				 addr);
	if (!given) {
		err = find_device(kn, path, addr, extack);
		if (err)
			return err;
	}
	dev = dev_get_by_name_rcu(kn->net, path->ifname);
	if (!dev || kc_link_is_wireguard(dev))
		return 0;
	if (given)
		return kc_refuse(extack, path->attr, -EOPNOTSUPP,
				 "%s is not a WireGuard device: only these know who sends",
				 path->ifname);
	return kc_refuse(extack, path->attr, -EOPNOTSUPP,
			 "%s is not a WireGuard device: the route to %s has to lead through one, or name it with \"dev\"",
			 path->ifname, addr);
}

static int check_path(struct kc_net *kn, struct kc_peer_spec *spec,
		      unsigned int n, struct netlink_ext_ack *extack)
{
	struct kc_peer_path_spec *path = &spec->paths[n];
	const struct kc_peer_path *other;
	char addr[INET6_ADDRSTRLEN];
	unsigned int i;
	int err;

	rcu_read_lock();
	err = check_device(kn, path, extack);
	rcu_read_unlock();
	if (err)
		return err;

	print_addr(addr, sizeof(addr), path);
	for (i = 0; i < n; i++)
		if (same(path, spec->paths[i].family, spec->paths[i].addr,
			 spec->paths[i].ifname))
			return kc_refuse(extack, path->attr, -EEXIST,
					 "two paths to %s by %s", addr,
					 path->ifname);
	hlist_for_each_entry(other, kc_peer_bucket(kn, path->family,
						   path->addr), hash)
		if (same(path, other->family, other->addr, other->ifname))
			return kc_refuse(extack, path->attr, -EEXIST,
					 "%s by %s is a path to peer \"%s\" already",
					 addr, path->ifname, other->peer->name);
	return 0;
}

/**
 * kc_peer_check_interval() - is it allowed here?
 * @kn: the namespace
 * @spec: what is asked for
 * @extack: why not
 *
 * Return: 0 or a negative errno, explained
 */
int kc_peer_check_interval(struct kc_net *kn, const struct kc_peer_spec *spec,
			   struct netlink_ext_ack *extack)
{
	if (kc_net_privileged(kn) || !spec->interval_ms ||
	    spec->interval_ms >= KC_PEER_INTERVAL_MIN_USER)
		return 0;
	return kc_refuse(extack, spec->attrs[KCLUSTER_A_NODE_INTERVAL], -EPERM,
			 "a user namespace may talk to a peer once per second at most: give an interval of %u ms or more",
			 KC_PEER_INTERVAL_MIN_USER);
}

/**
 * kc_peer_check() - may there be such a peer?
 * @kn: the namespace, mutex of its peers held
 * @spec: what is asked for; devices that were left out are filled in, and the
 *	interval where the default is too short
 * @extack: why not
 *
 * Context: process
 * Return: 0 or a negative errno, explained
 */
int kc_peer_check(struct kc_net *kn, struct kc_peer_spec *spec,
		  struct netlink_ext_ack *extack)
{
	const struct nlattr *name = spec->attrs[KCLUSTER_A_NODE_NAME];
	unsigned int i;
	int err;

	lockdep_assert_held(&kn->peer.mutex);

	if (kn->peer.dying)
		return kc_refuse(extack, NULL, -ENODEV,
				 "the network namespace is going away");
	if (kc_peer_find(kn, spec->name))
		return kc_refuse(extack, name, -EEXIST,
				 "peer \"%s\" exists already", spec->name);
	if (spec->observer && kn->peer.observers >= kc_observers_max(kn))
		return kc_refuse(extack, name, -ENOSPC,
				 "this network namespace may have %u observers and has them",
				 kc_observers_max(kn));
	if (!spec->observer &&
	    kn->peer.count - kn->peer.observers >= kc_peers_max(kn))
		return kc_refuse(extack, name, -ENOSPC,
				 "this network namespace may have %u peers and has them",
				 kc_peers_max(kn));
	err = kc_peer_check_interval(kn, spec, extack);
	if (err)
		return err;
	if (!spec->interval_ms && !kc_net_privileged(kn))
		spec->interval_ms = KC_PEER_INTERVAL_MIN_USER;
	for (i = 0; i < spec->n_paths; i++) {
		err = check_path(kn, spec, i, extack);
		if (err)
			return err;
	}
	return 0;
}
