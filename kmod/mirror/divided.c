// SPDX-License-Identifier: GPL-2.0
/*
 * Flows of addresses that nodes divide among themselves: ours are those of our
 * buckets, and of each only those nodes hear that would go on with it.
 *
 * The client's address says the bucket, and its port with some hashes, which is
 * the other end of the packets that come to such an address. So it is the
 * original direction of what came in, and the reply direction of what went out
 * under that address. Of flows that pass through without such an address routing
 * tells which end is the near one; the other one's packets say the bucket.
 */
#include "../core/ports.h"
#include "stream.h"

/*
 * Who takes over answers first, and is then told who would take over next: that
 * needs all processors for a moment, and one change of the map seldom comes
 * alone. ns
 */
#define CALM (100 * NSEC_PER_MSEC)

/* What others know of flows takes so long at least to come, ns. */
#define LEARN_MIN (500 * NSEC_PER_MSEC)
/* And is waited for no longer. */
#define LEARN_MAX (60 * (u64)NSEC_PER_SEC)

static u32 bucket_of(const struct kc_estate *estate,
		     const struct nf_conntrack_tuple *tuple)
{
	struct kc_cip_key key = { .family = tuple->src.l3num };

	memcpy(key.src, &tuple->src.u3, sizeof(key.src));
	if (kc_cip_ports(estate->mode) != KC_CIP_PORTS_NONE &&
	    kc_has_ports(tuple->dst.protonum)) {
		key.sport = ntohs(tuple->src.u.all);
		key.dport = ntohs(tuple->dst.u.all);
	}
	return kc_cip_bucket(kc_cip_hash(estate->mode, estate->seed, &key),
			     estate->buckets);
}

/* By which direction of a flow does it belong to something, and to what? */
static const struct kc_estate_holder *
holder_of(struct kc_mirror *m, const struct nf_conn *ct,
	  const struct nf_conntrack_tuple **tuple)
{
	const struct kc_estate_holder *holder;
	unsigned int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		*tuple = nf_ct_tuple(ct, dir);
		holder = kc_estate_find(m->kn, nf_ct_l3num(ct),
					&(*tuple)->dst.u3);
		if (holder)
			return holder;
	}
	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		holder = kc_estate_near(m->kn, nf_ct_l3num(ct),
					&nf_ct_tuple(ct, dir)->src.u3);
		*tuple = nf_ct_tuple(ct, !dir);
		if (holder)
			return holder;
	}
	return NULL;
}

/*
 * To what does a flow belong? NULL if to nothing, or to what nobody knows of yet
 * who has which bucket; then @divided tells.
 */
static const struct kc_estate *estate_of(struct kc_mirror *m,
					 const struct nf_conn *ct,
					 u32 *bucket, bool *divided)
{
	const struct nf_conntrack_tuple *tuple;
	const struct kc_estate_holder *holder;
	const struct kc_estate *estate;

	holder = holder_of(m, ct, &tuple);
	*divided = holder;
	if (!holder)
		return NULL;
	estate = rcu_dereference(holder->present);
	if (estate)
		*bucket = bucket_of(estate, tuple);
	return estate;
}

/**
 * kc_mirror_divided_claim() - is this flow of a bucket of ours?
 * @m: the mirror
 * @ct: the connection
 *
 * Context: any, under RCU
 */
enum kc_mirror_claim kc_mirror_divided_claim(struct kc_mirror *m,
					     const struct nf_conn *ct)
{
	const struct kc_estate *estate;
	bool divided;
	u32 bucket;

	estate = estate_of(m, ct, &bucket, &divided);
	if (!divided)
		return KC_MIRROR_NONE;
	return estate && kc_cip_held(estate->ours, bucket) ? KC_MIRROR_OURS :
							     KC_MIRROR_OTHER;
}

/**
 * kc_mirror_is_divided() - is it an address that nodes divide?
 * @m: the mirror
 * @family: KC_AF_INET or KC_AF_INET6
 * @addr: network order
 *
 * Context: any, under RCU
 */
bool kc_mirror_is_divided(struct kc_mirror *m, u8 family, const void *addr)
{
	return kc_estate_find(m->kn, family, addr);
}

/**
 * kc_mirror_heirs_of() - who is to know a flow?
 * @m: the mirror
 * @ct: the connection
 * @heirs: filled in
 *
 * Context: any, under RCU
 */
void kc_mirror_heirs_of(struct kc_mirror *m, const struct nf_conn *ct,
			struct kc_mirror_heirs *heirs)
{
	const struct kc_estate *estate;
	bool divided;
	u32 bucket;
	u64 left;

	heirs->n = 0;
	estate = estate_of(m, ct, &bucket, &divided);
	heirs->everybody = !divided || (estate && estate->everybody);
	if (!estate || heirs->everybody)
		return;
	for (left = estate->heirs[bucket]; left; left &= left - 1) {
		heirs->peers[heirs->n] = estate->peers[__ffs64(left)];
		heirs->n += !!heirs->peers[heirs->n];
	}
}

/**
 * kc_mirror_is_heir() - is a peer one of those?
 * @heirs: they
 * @mp: the peer
 */
bool kc_mirror_is_heir(const struct kc_mirror_heirs *heirs,
		       const struct kc_mirror_peer *mp)
{
	unsigned int i;

	for (i = 0; i < heirs->n; i++)
		if (heirs->peers[i] == mp->peer)
			return true;
	return heirs->everybody;
}

/**
 * kc_mirror_divided_run() - see who has which bucket now
 * @m: the mirror, locked; what changed until now has been told
 * @now: present time, ns
 *
 * If that changed, a round through the table adopts flows, or leaves them, and
 * a moment later all peers are told again of those that are of any use to them:
 * what else they have from us they then forget.
 *
 * Context: the worker
 */
void kc_mirror_divided_run(struct kc_mirror *m, u64 now)
{
	struct kc_mirror_peer *mp;
	int moves;
	bool any;

	if (!test_and_clear_bit(KC_MIRROR_TODO_ESTATES, &m->todo))
		return;
	moves = atomic_read(&m->kn->estate.moves);
	if (moves != m->moves)
		set_bit(KC_MIRROR_TODO_RECLASSIFY, &m->todo);
	m->moves = moves;
	if (!kc_estate_advance(m->kn, &any))
		return;
	WRITE_ONCE(m->divided, any);
	set_bit(KC_MIRROR_TODO_ROUND, &m->todo);
	kc_mirror_ask_again(m, now);
	if (now >= m->bulk_at)
		m->bulk_at = now + CALM;
	list_for_each_entry(mp, &m->peers, list)
		mp->bulk_due |= kc_mirror_streams(mp);
}

static bool unready(struct kc_net *kn, u64 since)
{
	struct kc_mirror *m = kc_mirror_get(kn);
	u64 now = kc_now();

	if (!m || now > since + LEARN_MAX)
		return false;
	return now < since + LEARN_MIN || READ_ONCE(m->learning);
}

static const struct kc_estate_user user = {
	.unready = unready,
};

/**
 * kc_mirror_divided_init() - let those who divide addresses wait for us
 */
void kc_mirror_divided_init(void)
{
	kc_estate_set_user(&user);
}

/**
 * kc_mirror_divided_exit() - no more; there are no namespaces
 */
void kc_mirror_divided_exit(void)
{
	kc_estate_set_user(NULL);
}
