// SPDX-License-Identifier: GPL-2.0
/*
 * A way through all of the connection table, which all namespaces share.
 *
 * Bucket by bucket under conntrack's own lock for it, as its dump to user space
 * does; so nothing is moved meanwhile. Under the lock is only decided which
 * connections are wanted; they are handed out with a reference each. Most buckets
 * are empty, and taking the lock costs most of looking at them: so those come one
 * after the other that have the same lock.
 *
 * A table that is given another size puts everything elsewhere: a walk that was
 * on its way then has seen too little and is torn.
 */
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_core.h>

#include "mirror.h"

/* So many buckets are looked at under a lock that packets may wait for. */
#define HELD 64U

/**
 * kc_mirror_walk_begin() - start at the beginning
 * @walk: the way
 */
void kc_mirror_walk_begin(struct kc_mirror_walk *walk)
{
	walk->bucket = 0;
	walk->passed = 0;
	walk->size = READ_ONCE(nf_conntrack_htable_size);
}

/**
 * kc_mirror_walk_over() - is it through?
 * @walk: the way
 */
bool kc_mirror_walk_over(const struct kc_mirror_walk *walk)
{
	return walk->passed >= walk->size;
}

/**
 * kc_mirror_walk_torn() - could it have missed something?
 * @walk: the way
 */
bool kc_mirror_walk_torn(const struct kc_mirror_walk *walk)
{
	return walk->size != READ_ONCE(nf_conntrack_htable_size);
}

/* Each connection is in the table twice; that of its replies is always there. */
static unsigned int look_at(struct kc_mirror *m, unsigned int bucket,
			    kc_mirror_want want, void *arg)
{
	struct nf_conntrack_tuple_hash *hash;
	struct hlist_nulls_node *node;
	unsigned int n = 0;

	hlist_nulls_for_each_entry(hash, node, &nf_conntrack_hash[bucket],
				   hnnode) {
		struct nf_conn *ct = nf_ct_tuplehash_to_ctrack(hash);

		if (NF_CT_DIRECTION(hash) != IP_CT_DIR_REPLY ||
		    !net_eq(nf_ct_net(ct), m->net) || nf_ct_is_expired(ct) ||
		    nf_ct_is_dying(ct) || !want(m, ct, arg))
			continue;
		/* Chains have a limit far below. */
		if (n == KC_MIRROR_FOUND_MAX)
			break;
		nf_conntrack_get(&ct->ct_general);
		m->found[n++] = ct;
	}
	return n;
}

/* False if the next bucket has another lock. */
static bool advance(struct kc_mirror_walk *walk)
{
	walk->passed++;
	walk->bucket += CONNTRACK_LOCKS;
	if (walk->bucket < walk->size)
		return true;
	walk->bucket = walk->bucket % CONNTRACK_LOCKS + 1;
	return false;
}

/* Up to @buckets that have the same lock, until something wanted is found. */
static unsigned int look_on(struct kc_mirror *m, struct kc_mirror_walk *walk,
			    kc_mirror_want want, void *arg,
			    unsigned int buckets)
{
	spinlock_t *lock = &nf_conntrack_locks[walk->bucket % CONNTRACK_LOCKS];
	unsigned int n = 0;
	bool same = true;

	local_bh_disable();
	nf_conntrack_lock(lock);
	__acquire(lock);	/* what its declaration does not say */
	while (!n && same && buckets--) {
		if (walk->bucket < nf_conntrack_htable_size)
			n = look_at(m, walk->bucket, want, arg);
		same = advance(walk);
	}
	spin_unlock(lock);
	local_bh_enable();
	return n;
}

/**
 * kc_mirror_walk_on() - go on until something wanted is found
 * @m: the mirror, locked
 * @walk: the way
 * @want: whether a connection is; called under a lock of conntrack and RCU
 * @arg: for @want
 * @buckets: go no farther
 *
 * Return: how many there are in kc_mirror.found; the caller gives back the
 * references
 */
unsigned int kc_mirror_walk_on(struct kc_mirror *m,
			       struct kc_mirror_walk *walk,
			       kc_mirror_want want, void *arg,
			       unsigned int buckets)
{
	unsigned int n = 0, passed;

	while (!n && buckets && !kc_mirror_walk_over(walk)) {
		passed = walk->passed;
		rcu_read_lock();
		n = look_on(m, walk, want, arg, min(buckets, HELD));
		rcu_read_unlock();
		buckets -= walk->passed - passed;
	}
	return n;
}

static bool forget(struct kc_mirror *m, struct nf_conn *ct, void *arg)
{
	unsigned long bits = *(unsigned long *)arg;

	if (READ_ONCE(ct->status) & bits)
		set_mask_bits(&ct->status, bits, 0);
	return false;
}

/**
 * kc_mirror_forget() - take away what was noted with connections
 * @m: the mirror, locked
 * @bits: set of bits of &enum kc_ct_bit
 *
 * Context: process
 */
void kc_mirror_forget(struct kc_mirror *m, unsigned long bits)
{
	struct kc_mirror_walk walk;

	kc_mirror_walk_begin(&walk);
	while (!kc_mirror_walk_over(&walk)) {
		kc_mirror_walk_on(m, &walk, forget, &bits, 1024);
		cond_resched();
	}
}
