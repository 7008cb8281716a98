// SPDX-License-Identifier: GPL-2.0
/*
 * Changes that wait to be told to peers.
 *
 * Conntrack's callback may run under its spinlocks and on every CPU at once, so
 * nothing here takes a lock: an item is allocated and put on one of some lists,
 * found by the hash of the flow. What happens to a flow is thereby read in the
 * order in which it happened, also when its ports are used again.
 *
 * A flow waits once at most: KC_CT_QUEUED says that it does, and its state is
 * read when its turn comes. Its end is no message of its own: a flow that is
 * found dying has ended.
 */
#include <linux/jhash.h>
#include <linux/slab.h>

#include "mirror.h"

static struct kmem_cache *items;

static struct llist_head *bucket_of(struct kc_mirror *m,
				    const struct nf_conntrack_tuple *tuple)
{
	u32 hash = jhash2((const u32 *)&tuple->src.u3,
			  sizeof(tuple->src.u3) / sizeof(u32),
			  (__force u16)tuple->src.u.all |
			  (u32)(__force u16)tuple->dst.u.all << 16);

	BUILD_BUG_ON(!is_power_of_2(KC_MIRROR_BUCKETS));
	return &m->queue.bucket[hash & (KC_MIRROR_BUCKETS - 1)];
}

static bool has_room(struct kc_mirror *m)
{
	if (atomic_inc_return(&m->queue.count) <=
	    READ_ONCE(m->queue.limit))
		return true;
	atomic_dec(&m->queue.count);
	return false;
}

/* Without the news peers would be wrong until they are told everything. */
static void overflow(struct kc_mirror *m)
{
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_OVERFLOW);
	set_bit(KC_MIRROR_TODO_OVERFLOW, &m->todo);
}

/**
 * kc_mirror_push() - let a flow wait until it is looked at
 * @m: the mirror
 * @ct: the connection; a reference is taken if it did not wait already
 *
 * Context: any, under RCU
 * Return: false if there was no room
 */
bool kc_mirror_push(struct kc_mirror *m, struct nf_conn *ct)
{
	struct kc_mirror_item *item;

	if (test_and_set_bit(KC_CT_QUEUED_BIT, &ct->status))
		return true;
	if (!has_room(m)) {
		item = NULL;
	} else {
		item = kmem_cache_alloc(items, GFP_ATOMIC | __GFP_NOWARN);
		if (!item)
			atomic_dec(&m->queue.count);
	}
	if (!item) {
		clear_bit(KC_CT_QUEUED_BIT, &ct->status);
		overflow(m);
		return false;
	}
	nf_conntrack_get(&ct->ct_general);
	item->flow = ct;
	item->gone = false;
	llist_add(&item->node,
		  bucket_of(m, nf_ct_tuple(ct, IP_CT_DIR_ORIGINAL)));
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_EVENTS);
	kc_mirror_gather(m);
	return true;
}

/**
 * kc_mirror_push_expect() - likewise an expectation
 * @m: the mirror
 * @expect: all about it, copied
 * @gone: it is no more
 *
 * It waits behind the flow because of which there is an expectation.
 *
 * Context: any, under RCU
 */
void kc_mirror_push_expect(struct kc_mirror *m,
			   const struct kc_flow_expect *expect, bool gone)
{
	struct kc_mirror_item *item = NULL;
	struct nf_conntrack_tuple tuple;

	if (!kc_flow_key_to_tuple(&expect->master, &tuple))
		return;
	if (has_room(m)) {
		item = kmalloc(struct_size(item, expect, 1),
			       GFP_ATOMIC | __GFP_NOWARN);
		if (!item)
			atomic_dec(&m->queue.count);
	}
	if (!item) {
		overflow(m);
		return;
	}
	item->flow = NULL;
	item->gone = gone;
	item->expect[0] = *expect;
	llist_add(&item->node, bucket_of(m, &tuple));
	kc_mirror_count(m, KCLUSTER_A_MIRROR_STATS_EVENTS);
	kc_mirror_gather(m);
}

/**
 * kc_mirror_pull() - what waits longest, of some list
 * @m: the mirror, locked
 *
 * Return: an item, NULL if there is none
 */
struct kc_mirror_item *kc_mirror_pull(struct kc_mirror *m)
{
	struct llist_node *node;
	unsigned int i;

	for (i = 0; !m->pending && i < KC_MIRROR_BUCKETS; i++) {
		node = llist_del_all(&m->queue.bucket[m->next_bucket]);
		m->pending = llist_reverse_order(node);
		m->next_bucket = (m->next_bucket + 1) % KC_MIRROR_BUCKETS;
	}
	if (!m->pending)
		return NULL;
	node = m->pending;
	m->pending = node->next;
	return llist_entry(node, struct kc_mirror_item, node);
}

/**
 * kc_mirror_item_free() - it need not wait any more
 * @m: the mirror, locked
 * @item: from kc_mirror_pull()
 *
 * The reference to its flow is given back.
 */
void kc_mirror_item_free(struct kc_mirror *m, struct kc_mirror_item *item)
{
	atomic_dec(&m->queue.count);
	if (!item->flow) {
		kfree(item);
		return;
	}
	nf_ct_put(item->flow);
	kmem_cache_free(items, item);
}

/**
 * kc_mirror_queue_drain() - nobody pushes any more; forget all that waits
 * @m: the mirror, locked
 */
void kc_mirror_queue_drain(struct kc_mirror *m)
{
	struct kc_mirror_item *item;

	while ((item = kc_mirror_pull(m))) {
		if (item->flow)
			clear_bit(KC_CT_QUEUED_BIT, &item->flow->status);
		kc_mirror_item_free(m, item);
		cond_resched();
	}
}

/**
 * kc_mirror_queue_init() - when the module is loaded
 *
 * Return: 0 or a negative errno
 */
int kc_mirror_queue_init(void)
{
	items = kmem_cache_create("kcluster_mirror_item",
				  sizeof(struct kc_mirror_item), 0, 0, NULL);
	return items ? 0 : -ENOMEM;
}

/**
 * kc_mirror_queue_exit() - when it goes; nothing waits anywhere
 */
void kc_mirror_queue_exit(void)
{
	kmem_cache_destroy(items);
}
