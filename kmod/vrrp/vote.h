/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Votes on the network: who the other voters of a virtual router are, and the
 * messages between them. What the votes mean is in core/vote.h.
 */
#ifndef KC_VRRP_VOTE_H
#define KC_VRRP_VOTE_H

#include <linux/types.h>
#include <uapi/linux/kcluster.h>

#include "../core/vote.h"

struct kc_vrrp;
struct kc_vrrp_path;
struct kc_vrrp_settings;
struct netlink_ext_ack;
struct nlattr;

/**
 * struct kc_vrrp_witness - another node that votes
 */
struct kc_vrrp_witness {
	/** @n: addresses, by each path one at most */
	unsigned int n;
	/** @addr: 4 or 16 octets each, network order */
	u8 addr[KCLUSTER_VRRP_PATHS_MAX][16];
};

/**
 * struct kc_vrrp_witnesses - the other nodes that vote
 */
struct kc_vrrp_witnesses {
	/** @n: how many */
	unsigned int n;
	/** @list: @n of them, or NULL */
	struct kc_vrrp_witness *list;
};

/* Under the mutex. */
int kc_vrrp_votes_check(const struct kc_vrrp *r,
			const struct kc_vrrp_settings *settings,
			unsigned int witnesses, struct nlattr **attrs,
			struct netlink_ext_ack *extack);

/* With r->lock held. */
void kc_vrrp_votes_set(struct kc_vrrp *r, struct kc_vrrp_witnesses *witnesses,
		       bool voted);
bool kc_vrrp_votes(const struct kc_vrrp *r);
void kc_vrrp_votes_describe(const struct kc_vrrp *r, u64 now, char *text,
			    size_t size);
void kc_vrrp_votes_ask(struct kc_vrrp *r);
void kc_vrrp_votes_settle(struct kc_vrrp *r);
void kc_vrrp_votes_heard(struct kc_vrrp_path *path,
			 struct kc_vrrp_packet *packet);

/* By the worker. */
void kc_vrrp_votes_release(struct kc_vrrp *r);

#endif
