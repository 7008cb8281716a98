/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IPs: addresses that all nodes have at one multicast MAC, so that each
 * hears every client, and of which each node answers its share.
 *
 * A cluster IP (struct kc_cip) is made and changed by requests, and looked after
 * by the worker of the namespace: it puts addresses in place, and puts them back
 * when a device comes or somebody took them away. All of these hold
 * kc_cip_net.mutex. What packets need is found from their device
 * (struct kc_cip_device), which has the hooks and, under RCU, a set that leads
 * from an address to its cluster IP, and from there to the map that says which
 * buckets are ours. Packets take no lock and change nothing but counters of
 * their CPU.
 *
 * What follows another one (@leader) has addresses and a device of its own, but
 * no nodes: it goes by the map of the other one, with which it is replaced. So
 * that one outlives it.
 *
 * Devices, and which cluster IPs are on them, are under RTNL, which is taken
 * inside the mutex: whoever hears of the end of a device has RTNL but not the
 * mutex.
 *
 * A cluster IP dies in this order, the mutex held: off the list; its addresses
 * taken away; off its device, which forgets it in its set and, if it was the
 * last one there, loses its hooks; a grace period; freed. A device that goes
 * first takes its set and its hooks along; its cluster IPs wait for it then.
 */
#ifndef KC_CLUSTERIP_H
#define KC_CLUSTERIP_H

#include <linux/if.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/types.h>
#include <uapi/linux/kcluster.h>

#include "../clock.h"
#include "../core/clusterip_plan.h"
#include "../core/clusterip_quick.h"
#include "../core/neigh.h"
#include "../core/types.h"
#include "../estate.h"

struct kc_cip_share;
struct kc_net;
struct net_device;
struct netlink_ext_ack;
struct nlattr;
struct notifier_block;

#define KC_CIP_STATS (KCLUSTER_A_CLUSTERIP_STATS_MAX + 1)
#define KC_CIP_REASON_MAX 144

/* Set of buckets as user space writes it: bit n % 8 of octet n / 8. */
#define KC_CIP_BITS_LEN (KC_CIP_BUCKETS_MAX / 8)

/* What belongs to this node belongs to it for good. */
#define KC_CIP_FOR_GOOD U64_MAX

/**
 * struct kc_cip_split - who a packet belongs to
 *
 * With static nodes it is never changed, only replaced. What peers divide it is
 * made once for; @mine, @ours and @until are written under the lock of the share.
 */
struct kc_cip_split {
	struct rcu_head rcu;
	/** @hash: enum kc_cip_mode */
	u8 hash;
	/** @ports: what it needs of a packet besides its source */
	enum kc_cip_ports ports;
	/** @buckets: how many there are */
	u16 buckets;
	u32 seed;
	/** @mix: both of them, prepared */
	struct kc_cip_mix mix;
	/** @until: and until when, ns */
	u64 until;
	/** @mine: those that belong to this node */
	u8 mine[KC_CIP_BITS_LEN];
	/** @ours: the same, as packets look at it */
	bool ours[KC_CIP_BUCKETS_MAX];
};

/**
 * struct kc_cip_counts - what packets count, per CPU
 */
struct kc_cip_counts {
	/** @stats: by KCLUSTER_A_CLUSTERIP_STATS_* */
	u64 stats[KC_CIP_STATS];
	/** @bucket: packets for it, whoever it belongs to */
	u64 bucket[KC_CIP_BUCKETS_MAX];
};

/**
 * struct kc_cip - a cluster IP
 */
struct kc_cip {
	/** @list: in kc_cip_net.objects; under the mutex */
	struct list_head list;
	/** @kn: where it lives */
	struct kc_net *kn;
	char name[KCLUSTER_NAME_MAX + 1];
	char ifname[IFNAMSIZ];
	/** @mac: shared by all nodes; multicast, or that of a virtual router */
	u8 mac[KC_MAC_LEN];
	/** @items: addresses, &struct kc_vrrp_item; under the mutex */
	struct list_head items;
	/** @n_items: in @items */
	unsigned int n_items;
	/** @share: what peers divide, NULL with static nodes; never changes */
	struct kc_cip_share *share;
	/** @leader: whom it follows, NULL if nobody; never changes */
	struct kc_cip *leader;
	/**
	 * @map: written under the mutex, read under RCU; never with @share. That
	 * of @leader, if there is one.
	 */
	struct kc_cip_split __rcu *map;
	/** @counts: per CPU */
	struct kc_cip_counts __percpu *counts;
	/** @estate: for those who copy flows; published under the mutex */
	struct kc_estate_holder estate;
	/** @state: enum kcluster_clusterip_state that was told last; mutex */
	u8 state;
	/** @told_shares: buckets of ours then */
	u16 told_shares;
	/** @told_nodes: how many there were */
	u16 told_nodes;
	/** @told_epoch: of the authority then */
	u64 told_epoch;
	/** @told_authority: its number */
	u64 told_authority;
	/** @told_seq: of its map */
	u32 told_seq;
	/** @told_role: enum kcluster_clusterip_role */
	u8 told_role;
	/** @gateway: what is for others passes through; mutex and RTNL */
	bool gateway;
	/** @restored: addresses put back; under the mutex */
	u64 restored;

	/* The device; under RTNL */
	/** @device: where it is, NULL while it waits for it */
	struct kc_cip_device *device;
	/** @beside: in kc_cip_device.members */
	struct list_head beside;
};

/**
 * struct kc_cip_device - a device with cluster IPs
 */
struct kc_cip_device {
	struct rcu_head rcu;
	/** @list: in kc_cip_net.devices; under RTNL, read under RCU */
	struct list_head list;
	/** @kn: where it lives */
	struct kc_net *kn;
	/** @dev: the device; its end ends this object first */
	struct net_device *dev;
	/** @ifindex: of @dev */
	int ifindex;
	/** @hooks: ingress and egress */
	struct nf_hook_ops hooks[2];
	/** @set: addresses, never NULL; written under RTNL, read under RCU */
	struct kc_cip_set __rcu *set;
	/** @members: &struct kc_cip; under RTNL */
	struct list_head members;
	/** @unicast: how many have a virtual MAC; under RTNL, packets peek */
	unsigned int unicast;
};

/**
 * struct kc_cip_spec - what is asked for
 */
struct kc_cip_spec {
	char name[KCLUSTER_NAME_MAX + 1];
	char ifname[IFNAMSIZ];
	/** @attrs: of the request; what is not there is not asked for */
	struct nlattr **attrs;
	/** @items: &struct kc_vrrp_item, taken over if it succeeds */
	struct list_head items;
	u8 mac[KC_MAC_LEN];
	/** @hash: enum kcluster_clusterip_hash */
	u8 hash;
	u16 nodes;
	u32 seed;
	/** @local: nodes that this one is, as said or as they were before */
	u8 local[KC_CIP_BITS_LEN];
	/** @add: nodes that it is besides */
	u8 add[KC_CIP_BITS_LEN];
	/** @remove: nodes that it is no more */
	u8 remove[KC_CIP_BITS_LEN];
	/** @peers: they divide it; @nodes are buckets then */
	bool peers;
	/** @vmac: the MAC is that of @router */
	bool vmac;
	/** @serve: enum kcluster_clusterip_partition is to serve */
	bool serve;
	u8 successors;
	u16 weight;
	u32 lease_ms;
	char router[KCLUSTER_NAME_MAX + 1];
	/** @follow: name of whom it shall follow; empty for nobody */
	char follow[KCLUSTER_NAME_MAX + 1];
	/** @leader: who that is, when it has been checked */
	struct kc_cip *leader;
	bool gateway;
};

/**
 * struct kc_cip_news - a cluster IP came, changed or went
 */
struct kc_cip_news {
	const char *name;
	const char *reason;
	/** @old_state: enum kcluster_clusterip_state */
	u8 old_state;
	/** @state: likewise */
	u8 state;
	u16 nodes;
	u16 shares;
	/** @peers: they divide it, @nodes are buckets, and what follows counts */
	bool peers;
	/** @role: enum kcluster_clusterip_role */
	u8 role;
	u32 seq;
	u64 epoch;
	u64 authority;
};

/* --- for the floors above ------------------------------------------------- */

/* object.c; all but the first need the mutex */
unsigned int kc_cips_max(const struct kc_net *kn);
struct kc_cip *kc_cip_find(struct kc_net *kn, const char *name);
int kc_cip_add(struct kc_net *kn, struct kc_cip_spec *spec,
	       struct netlink_ext_ack *extack);
int kc_cip_set(struct kc_cip *cip, struct kc_cip_spec *spec,
	       struct netlink_ext_ack *extack);
int kc_cip_del(struct kc_cip *cip, struct netlink_ext_ack *extack);
void kc_cip_flush(struct kc_net *kn);
const struct kc_cip_split *kc_cip_map(const struct kc_cip *cip);
struct kc_cip_share *kc_cip_share_of(const struct kc_cip *cip);
enum kcluster_clusterip_state kc_cip_state(const struct kc_cip *cip,
					   char *reason);
u64 kc_cip_count(const struct kc_cip *cip, unsigned int stat);
u64 kc_cip_count_bucket(const struct kc_cip *cip, unsigned int bucket);

/* share_hear.c: what peers divide goes to others */
void kc_cip_standby(struct kc_net *kn, bool standby, u32 ms);
void kc_cip_net_goodbye(struct kc_net *kn);

/* map.c: what is ours */
unsigned int kc_cip_map_shares(const struct kc_cip_split *map);

/* net.c: the concept in a network namespace and in the module */
void kc_cip_net_init(struct kc_net *kn);
void kc_cip_net_exit(struct kc_net *kn);
int kc_cip_init(void);
void kc_cip_exit(void);

/* --- between the files of this folder ------------------------------------- */

/* object.c: what the worker does; needs the mutex */
bool kc_cip_run(struct kc_cip *cip, bool recheck);
void kc_cip_assess(struct kc_cip *cip);

/* follow.c: what follows another one; all need the mutex */
int kc_cip_follow_check(struct kc_net *kn, struct kc_cip_spec *spec,
			struct netlink_ext_ack *extack);
int kc_cip_follow_check_map(const struct kc_cip *cip,
			    const struct kc_cip_spec *spec,
			    struct netlink_ext_ack *extack);
int kc_cip_follow_check_del(const struct kc_cip *cip,
			    struct netlink_ext_ack *extack);
void kc_cip_follow_map(struct kc_cip *cip, struct kc_cip_split *map);
bool kc_cip_follow_usable(const struct kc_cip *cip, u8 *mac);
void kc_cip_follow_describe(const struct kc_cip *cip, char *reason,
			    size_t size);

/* near.c: which end of a flow is behind what follows another one? */
struct kc_estate_holder *kc_cip_near(struct kc_net *kn, u8 family,
				     const void *addr);

/* estate.c: what those who copy flows are told */
void kc_cip_estate_run(struct kc_cip *cip);
void kc_cip_estate_init(void);
void kc_cip_estate_exit(void);

/* net.c */
int kc_cip_net_start(struct kc_net *kn);
void kc_cip_estate_soon(struct kc_net *kn);
void kc_cip_wake(struct kc_net *kn, unsigned long delay);
void kc_cip_tell_soon(struct kc_net *kn, unsigned long delay);

/* check.c: what can be refused; needs the mutex */
int kc_cip_check(struct kc_net *kn, struct kc_cip_spec *spec,
		 struct netlink_ext_ack *extack);
int kc_cip_check_set(const struct kc_cip *cip, const struct kc_cip_spec *spec,
		     struct netlink_ext_ack *extack);
int kc_cip_check_map(const struct kc_cip_spec *spec, bool ipv6,
		     struct netlink_ext_ack *extack);
int kc_cip_check_gateway(const struct kc_net *kn, const struct kc_cip *self,
			 const char *ifname, const u8 *mac,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack);
bool kc_cip_has_ipv6(const struct list_head *items);

/* map.c */
struct kc_cip_split *kc_cip_map_make(const struct kc_cip_spec *spec);

/* set.c: the addresses of a device */
struct kc_cip_set *kc_cip_set_make(const struct kc_cip_device *cd);
void kc_cip_set_forget(struct kc_cip_set *set, const struct kc_cip *cip);

/* device.c: what is on a device */
const char *kc_cip_device_flaw(const struct net_device *dev, char *buf,
			       size_t size);
int kc_cip_device_attach(struct kc_cip *cip);
void kc_cip_device_detach(struct kc_cip *cip);
int kc_cip_device_renew(struct kc_cip *cip);
int kc_cip_device_of(const struct kc_cip *cip);
bool kc_cip_device_usable(const struct kc_cip *cip, u8 *mac);
void kc_cip_device_describe(const struct kc_cip *cip, char *reason,
			    size_t size);
int kc_cip_device_event(struct notifier_block *nb, unsigned long event,
			void *ptr);

/* hook.c: packets */
int kc_cip_hook_register(struct kc_cip_device *cd);
void kc_cip_hook_unregister(struct kc_cip_device *cd);

/* defrag.c: packets that came in pieces */
unsigned int kc_cip_assemble(const struct kc_cip_device *cd,
			     struct sk_buff *skb);

/* judge.h, judge.c: whose packet is it? Under RCU. */
enum kc_cip_verdict {
	/* Of no cluster IP. */
	KC_CIP_NONE,
	/* To be delivered here. */
	KC_CIP_TAKE,
	/* Not here. */
	KC_CIP_DROP,
	/* When it has been put together. */
	KC_CIP_LATER,
	/* Look at it closely. */
	KC_CIP_UNCLEAR,
	/* Of no cluster IP, but it may pass through a gateway. */
	KC_CIP_PASSING,
};

enum kc_cip_verdict kc_cip_judge_by(const struct kc_cip *cip,
				    enum kc_cip_side side,
				    const struct sk_buff *skb);

enum kc_cip_verdict kc_cip_judge_closely(const struct kc_cip_device *cd,
					 const struct sk_buff *skb);

/* gateway.c: packets that pass through. Under RCU. */
enum kc_cip_verdict kc_cip_judge_passing(const struct kc_cip_device *cd,
					 const struct sk_buff *skb);

/* hold.c: addresses come and go; need the mutex */
bool kc_cip_hold(struct kc_cip *cip, bool recheck);
void kc_cip_release(struct kc_cip *cip);

/* Counted by packets. */
static inline void kc_cip_stat(const struct kc_cip *cip, unsigned int stat)
{
	this_cpu_inc(cip->counts->stats[stat]);
}

static inline bool kc_cip_bit(const u8 *bits, unsigned int n)
{
	return bits[n / 8] & (1U << n % 8);
}

/*
 * Is it ours, now? The bucket first: what a share gains gets its time before, see
 * share_run.c.
 */
static inline bool kc_cip_is_mine(const struct kc_cip_split *map,
				  unsigned int bucket)
{
	u64 until;

	/* Pairs with show_packets(). */
	if (!smp_load_acquire(&map->ours[bucket]))
		return false;
	until = READ_ONCE(map->until);
	return until == KC_CIP_FOR_GOOD || kc_now() < until;
}

#endif
