/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packets must know of virtual routers whose addresses are not simply
 * those of the host: they live at a virtual MAC, or do not accept packets.
 */
#ifndef KC_VRRP_VMAC_H
#define KC_VRRP_VMAC_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rculist.h>
#include <linux/types.h>

struct kc_net;
struct kc_vrrp;
struct kc_vrrp_settings;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

#define KC_VRRP_CLAIM_BITS 12

/**
 * struct kc_vrrp_claim - an address of a virtual router, as packets find it
 *
 * Made and changed by the worker of the namespace only, read under RCU. The
 * router outlives the grace period that follows the removal.
 */
struct kc_vrrp_claim {
	/** @hash: in &struct kc_vrrp_claim_table */
	struct hlist_node hash;
	/** @router: whose it is */
	struct kc_vrrp *router;
	/** @ifindex: device that carries it, 0 if there is none */
	int ifindex;
	/** @addr: network order */
	u8 addr[16];
	/** @family: KC_AF_INET or KC_AF_INET6 */
	u8 family;
	/** @vmac: lives at the virtual MAC */
	bool vmac;
	/** @deny: packets to it are not delivered here */
	bool deny;
	/** @held: we put it on the device */
	bool held;
	/** @foreign: somebody else did, it is the host's own */
	bool foreign;
};

/**
 * struct kc_vrrp_claims - all claims of a router
 */
struct kc_vrrp_claims {
	struct rcu_head rcu;
	/** @n: how many */
	unsigned int n;
	struct kc_vrrp_claim list[];
};

/**
 * struct kc_vrrp_claim_table - the claims of a namespace by their address
 */
struct kc_vrrp_claim_table {
	struct rcu_head rcu;
	struct hlist_head bucket[1 << KC_VRRP_CLAIM_BITS];
};

/**
 * struct kc_vrrp_segment - a device on which virtual MACs may be used
 *
 * Lives under RTNL as long as a router bears its virtual MAC there, whether
 * it is master or not; the hooks read it under RCU.
 */
struct kc_vrrp_segment {
	struct rcu_head rcu;
	/** @list: in kc_vrrp_net.segments; under RTNL */
	struct list_head list;
	/** @kn: where it lives */
	struct kc_net *kn;
	/** @dev: the device; its end ends this object first */
	struct net_device *dev;
	/** @ifindex: of @dev */
	int ifindex;
	/** @hooks: ingress and egress */
	struct nf_hook_ops hooks[2];
	/** @bearers: &struct kc_vrrp_bearer; under RTNL */
	struct list_head bearers;
	/** @router: who bears a virtual MAC, by IPv4 or IPv6 and the VRID */
	struct kc_vrrp __rcu *router[2][256];
};

/**
 * struct kc_vrrp_bearer - a router bears its virtual MAC on a device
 *
 * All of it is protected by RTNL.
 */
struct kc_vrrp_bearer {
	/** @list: in kc_vrrp.bearers; written under RTNL and its lock */
	struct list_head list;
	/** @beside: in kc_vrrp_segment.bearers */
	struct list_head beside;
	/** @router: who */
	struct kc_vrrp *router;
	/** @segment: where; NULL once the device is gone */
	struct kc_vrrp_segment *segment;
	/** @ifindex: device; negative once it is gone */
	int ifindex;
	/** @wanted: still needed; while the worker looks */
	bool wanted;
	/** @filtered: the device was told to take frames to the MAC */
	bool filtered;
	/** @bridge: bridge that delivers frames by its FDB, 0 if none */
	int bridge;
	/** @vlan: what was asked for there, 0 for all */
	u16 vlan;
	/** @entered: the FDB of @bridge has the MAC */
	bool entered;
};

/* vmac.c: the devices; for the worker unless said otherwise */
int kc_vrrp_vmac_check(const struct kc_vrrp *r,
		       const struct kc_vrrp_settings *settings,
		       const struct list_head *items, struct nlattr **attrs,
		       struct netlink_ext_ack *extack);
int kc_vrrp_vmac_apply(struct kc_vrrp *r, bool want);
const u8 *kc_vrrp_vmac_on(const struct kc_vrrp *r,
			  const struct net_device *dev);
void kc_vrrp_vmac_device_gone(struct kc_net *kn, const struct net_device *dev);
void kc_vrrp_vmac_device_came(struct kc_net *kn);

/* fdb.c: bridges */
int kc_vrrp_fdb_bridge(const struct net_device *dev, u16 *vlan);
int kc_vrrp_fdb_enter(struct kc_vrrp *r, int bridge, u16 *vlan);
int kc_vrrp_fdb_remove(struct kc_vrrp *r, int bridge, u16 vlan);

/* frame.c: the hooks of a device */
int kc_vrrp_frame_register(struct kc_vrrp_segment *segment);
void kc_vrrp_frame_unregister(struct kc_vrrp_segment *segment);

/* claim.c */
int kc_vrrp_claims_build(struct kc_vrrp *r);
void kc_vrrp_claims_exit(struct kc_net *kn);
const struct kc_vrrp_claim *
kc_vrrp_claim_next(const struct kc_net *kn, u8 family, const void *addr,
		   const struct kc_vrrp_claim *after);

/* accept.c: need the mutex */
int kc_vrrp_accept_get(struct kc_net *kn);
void kc_vrrp_accept_put(struct kc_net *kn);

#endif
