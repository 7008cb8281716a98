/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Paths of a virtual router: the devices by which its advertisements go.
 */
#ifndef KC_VRRP_PATH_H
#define KC_VRRP_PATH_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/types.h>

struct kc_vrrp;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct kc_vrrp_peer - a unicast peer
 */
struct kc_vrrp_peer {
	/** @addr: 4 or 16 octets, network order */
	u8 addr[16];
};

/**
 * struct kc_vrrp_peers - unicast peers
 */
struct kc_vrrp_peers {
	/** @n: how many, 0 for multicast */
	unsigned int n;
	/** @list: @n of them, or NULL */
	struct kc_vrrp_peer *list;
};

/**
 * struct kc_vrrp_outlet - how a path sends
 */
struct kc_vrrp_outlet {
	/** @ifindex: present device, 0 if there is none */
	int ifindex;
	/** @up: it can carry advertisements, and @source is valid */
	bool up;
	/** @source: address of the device that we send from */
	u8 source[16];
};

/**
 * struct kc_vrrp_path - a way by which advertisements go and come
 *
 * A packet finds it under RCU by its VRID, and then takes the lock of its
 * router, which protects all that is not said to be otherwise. It dies as a
 * router does: unlinked, @gone, one grace period, freed.
 */
struct kc_vrrp_path {
	/** @router: whose it is */
	struct kc_vrrp *router;
	/** @list: in &kc_vrrp.paths; written under mutex, RTNL and lock */
	struct list_head list;
	/** @hash: in kc_vrrp_net.hash; written under mutex, read under RCU */
	struct hlist_node hash;
	/** @attr: netlink attribute it came from; only while a request runs */
	const struct nlattr *attr;

	/** @ifname: device, which need not exist; never changes */
	char ifname[IFNAMSIZ];
	/** @implied: nobody asked for it, it is the router's device */
	bool implied;
	/** @trusted: counts even where a path through WireGuard exists */
	bool trusted;
	/** @hop_limit: least one that is accepted of a packet */
	u8 hop_limit;
	/** @peers: unicast peers; written under mutex and lock */
	struct kc_vrrp_peers peers;

	/** @gone: taken away; nothing that comes counts any more */
	bool gone;
	/** @tunnel: its device authenticates the sender, did once, or may */
	bool tunnel;
	/** @seen: its device was there once */
	bool seen;
	/** @silent: adverts come by others, but not by this one */
	bool silent;
	/** @now: how it sends */
	struct kc_vrrp_outlet now;
	/** @before: how it did before it was last looked at, for goodbye */
	struct kc_vrrp_outlet before;
	/** @heard_at: last valid advert that came by it, ns, 0 if none */
	u64 heard_at;
	/** @up_at: since when it can send, ns */
	u64 up_at;
	/** @flaw: what its device lacks, NULL if nothing */
	const char *flaw;

	/** @member: in kc_vrrp_net.members; under RTNL */
	struct list_head member;
	/** @joined: device whose multicast group we are in; under RTNL */
	int joined;
};

/* path.c: the list of paths, and what a path needs; see there */
int kc_vrrp_paths_check(const struct kc_vrrp *r, const struct list_head *paths,
			struct netlink_ext_ack *extack);
void kc_vrrp_paths_adopt(struct kc_vrrp *r, struct list_head *paths);
void kc_vrrp_paths_unlink(struct kc_vrrp *r);
void kc_vrrp_paths_free(struct list_head *paths);
int kc_vrrp_paths_add(struct kc_vrrp *r, struct list_head *paths,
		      struct netlink_ext_ack *extack);
int kc_vrrp_paths_del(struct kc_vrrp *r, struct list_head *paths,
		      struct netlink_ext_ack *extack);
bool kc_vrrp_paths_assess(struct kc_vrrp *r, const struct net_device *going,
			  char *reason, size_t size);
void kc_vrrp_paths_heard(struct kc_vrrp_path *path, u64 now);
void kc_vrrp_path_tell(const struct kc_vrrp_path *path);
void kc_vrrp_path_join(struct kc_vrrp_path *path);
void kc_vrrp_path_leave(struct kc_vrrp_path *path);
void kc_vrrp_paths_rejoin(struct kc_vrrp *r);

#endif
