/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracked neighbours: a switch, a gateway, whatever answers ARP or neighbour
 * discovery, is asked over and over through a device.
 *
 * Virtual routers that ask the same in the same way share a probe. It has no
 * timer of its own: each router comes by when it is due, and the first one
 * does what there is to do; the others come at the same time and see what
 * became of it.
 *
 * It is created and freed under kc_vrrp_net.mutex. Packets find it under RCU
 * and take no lock; routers have it in their tracks and take its lock within
 * their own. It dies when the last track lets go of it: unlinked, one grace
 * period, freed.
 */
#ifndef KC_VRRP_PROBE_H
#define KC_VRRP_PROBE_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../core/probe.h"

struct kc_net;
struct kc_vrrp;
struct kc_vrrp_item;
struct net_device;
struct netlink_ext_ack;
struct nlattr;

/* Longest clause on a neighbour */
#define KC_VRRP_PROBE_TEXT 96

/**
 * struct kc_vrrp_probe_spec - whom to ask, and how
 */
struct kc_vrrp_probe_spec {
	/** @ifname: device, which need not exist */
	char ifname[IFNAMSIZ];
	/** @family: KC_AF_INET or KC_AF_INET6 */
	u8 family;
	/** @lose: questions in a row that change its state */
	u8 lose;
	/** @interval_ms: between questions */
	u32 interval_ms;
	/** @addr: network order, filled up with 0 */
	u8 addr[16];
};

/**
 * struct kc_vrrp_probe - a neighbour that is asked
 */
struct kc_vrrp_probe {
	struct rcu_head rcu;
	/** @kn: where it lives; outlives it */
	struct kc_net *kn;
	/** @hash: in kc_vrrp_net.probes; written under mutex, read under RCU */
	struct hlist_node hash;
	/** @users: tracks that have it; under mutex */
	unsigned int users;
	/** @spec: never changes */
	struct kc_vrrp_probe_spec spec;

	/** @heard: an answer came since the last judgement; no lock */
	int heard;
	/** @ifindex: device it was asked by, 0 if none; written under @lock */
	int ifindex;
	/** @nameless: it was asked with no address; likewise */
	bool nameless;

	/** @lock: protects what follows; softirq-safe */
	spinlock_t lock;
	/** @logic: when to ask, and what the answers mean */
	struct kc_probe logic;
	/** @flaw: why it cannot be asked, NULL if it can */
	const char *flaw;
};

/**
 * struct kc_vrrp_probe_sight - a neighbour at one moment
 */
struct kc_vrrp_probe_sight {
	/** @up: it answers */
	bool up;
	/** @flaw: why it cannot be asked, NULL if it can */
	const char *flaw;
	/** @due_at: when to look again, ns; KC_FSM_NEVER when told to */
	u64 due_at;
};

/* probe.c: for tracks; kc_vrrp_net.mutex held */
struct kc_vrrp_probe *
kc_vrrp_probe_hold(struct kc_net *kn, const struct kc_vrrp_probe_spec *spec,
		   const struct nlattr *attr, struct netlink_ext_ack *extack);
void kc_vrrp_probe_put(struct kc_vrrp_probe *probe);

/* probe.c: for routers, which are locked; under RCU */
void kc_vrrp_probe_look(struct kc_vrrp_probe *probe, const struct kc_vrrp *r,
			const struct net_device *going,
			struct kc_vrrp_probe_sight *sight);
void kc_vrrp_probe_name(const struct kc_vrrp_probe_spec *spec, char *text,
			size_t size);
void kc_vrrp_probe_describe(const struct kc_vrrp_probe_spec *spec, bool up,
			    const char *flaw, char *text, size_t size);

/* ask.c: frames that go and come */
int kc_vrrp_ask(struct kc_vrrp_probe *probe, const struct kc_vrrp *r,
		struct net_device *dev);
int kc_vrrp_hear(struct kc_net *kn, u8 family);
void kc_vrrp_hear_exit(struct kc_net *kn);
struct hlist_head *kc_vrrp_probe_bucket(struct kc_net *kn, u8 family,
					const u8 *addr);

#endif
