// SPDX-License-Identifier: GPL-2.0
/*
 * Prefixes become allowed IPs of the WireGuard peer that their owner is, and those
 * of nobody where there is none.
 *
 * The mutex is not held while WireGuard is asked or told something. What is used
 * meanwhile is the worker's; claims are added behind those that are looked at.
 */
#include <linux/bitmap.h>

#include "../net.h"
#include "claim.h"

/* Devices that can be in use at once. */
#define DEVICES_MAX 16

/**
 * struct batch - prefixes of a claim that have the same way to go
 * @ifname: the device
 * @key: the WireGuard peer; not for @remove
 * @remove: they are to be nobody's
 * @n: how many
 * @numbers: which
 */
struct batch {
	char ifname[IFNAMSIZ];
	u8 key[WG_KEY_LEN];
	bool remove;
	unsigned int n;
	unsigned int numbers[KC_TUNNEL_BATCH];
};

static void note(struct kc_claim *claim, const struct batch *b, int err)
{
	unsigned int i;

	for (i = 0; i < b->n; i++) {
		struct kc_claim_prefix *p = &claim->prefixes[b->numbers[i]];

		if (err) {
			p->flaw = KC_CLAIM_REFUSED;
			p->error = -err;
			claim->kn->claim.look = true;
		} else if (b->remove) {
			p->at[0] = 0;
			if (p->flaw == KC_CLAIM_REFUSED)
				p->flaw = KC_CLAIM_FINE;
		} else {
			p->flaw = KC_CLAIM_FINE;
			strscpy(p->at, b->ifname, sizeof(p->at));
			memcpy(p->key, b->key, sizeof(p->key));
		}
	}
	kc_claim_count(claim, err ? KCLUSTER_A_CLAIM_STATS_ERRORS :
			      b->remove ? KCLUSTER_A_CLAIM_STATS_REMOVED :
					  KCLUSTER_A_CLAIM_STATS_MOVED, b->n);
}

/* Drops the mutex and takes it again. */
static void carry_out(struct kc_claim *claim, struct batch *b)
{
	struct kc_claim_net *cn = &claim->kn->claim;
	struct kc_prefix prefixes[KC_TUNNEL_BATCH];
	unsigned int i;
	int err;

	if (!b->n)
		return;
	for (i = 0; i < b->n; i++)
		prefixes[i] = claim->prefixes[b->numbers[i]].prefix;
	mutex_unlock(&cn->mutex);
	err = b->remove ? kc_tunnel_remove(&cn->request, b->ifname, prefixes,
					   b->n) :
			  kc_tunnel_move(&cn->request, b->ifname, b->key,
					 prefixes, b->n);
	mutex_lock(&cn->mutex);
	/* On a device that is gone, it is nobody's as well. */
	note(claim, b, b->remove && err == -ENODEV ? 0 : err);
	b->n = 0;
}

static void gather(struct kc_claim *claim, struct batch *b, unsigned int number,
		   const char *ifname, const u8 *key)
{
	if (b->n && (b->n == KC_TUNNEL_BATCH || b->remove != !key ||
		     strcmp(b->ifname, ifname) ||
		     (key && memcmp(b->key, key, WG_KEY_LEN))))
		carry_out(claim, b);
	strscpy(b->ifname, ifname, sizeof(b->ifname));
	b->remove = !key;
	if (key)
		memcpy(b->key, key, WG_KEY_LEN);
	b->numbers[b->n++] = number;
}

/* By which path does a prefix go to its owner? -1 for none. */
static int path_of(const struct kc_claim_node *node, const char *ifname)
{
	const struct kc_peer *p = node->peer;
	int best = READ_ONCE(p->live.best);
	unsigned int i;

	if (best == KC_LIVE_NO_PATH)
		best = 0;
	if (!ifname[0] || !strcmp(p->paths[best].ifname, ifname))
		return best;
	for (i = 0; i < p->n_paths; i++)
		if (!strcmp(p->paths[i].ifname, ifname))
			return i;
	return -1;
}

/* Where it shall be; false if nowhere, or nobody knows. */
static bool wanted(struct kc_claim *claim, unsigned int number,
		   const char **ifname, const u8 **key)
{
	struct kc_claim_prefix *p = &claim->prefixes[number];
	struct kc_claim_node *node = claim->believed;
	struct kc_claim_mate *mate;
	int path;

	if (!node)
		return false;
	mate = kc_claim_mate(claim, node);
	/* Its owner is asked again: it stays. */
	if (!mate || !mate->has) {
		*ifname = p->at;
		*key = p->key;
		return p->at[0];
	}
	if (!test_bit(number, mate->has))
		return false;
	path = path_of(node, p->ifname);
	p->flaw = path < 0 ? KC_CLAIM_NO_PATH :
		  node->bits[path] < 0 ? KC_CLAIM_NO_KEY : p->flaw;
	if (path < 0 || node->bits[path] < 0) {
		claim->kn->claim.look = true;
		return false;
	}
	*ifname = node->peer->paths[path].ifname;
	*key = node->key[path];
	return true;
}

static void place(struct kc_claim *claim, struct batch *b, unsigned int number)
{
	struct kc_claim_prefix *p = &claim->prefixes[number];
	const char *ifname;
	const u8 *key;

	if (!p->checked) {
		claim->kn->claim.look = true;
		return;
	}
	if (p->flaw == KC_CLAIM_STATIC || p->flaw == KC_CLAIM_COVERS)
		return;
	if (!wanted(claim, number, &ifname, &key)) {
		if (!claim->believed)
			p->flaw = KC_CLAIM_FINE;
		if (p->at[0])
			gather(claim, b, number, p->at, NULL);
		return;
	}
	if (p->at[0] && strcmp(p->at, ifname)) {
		/* Off the one device first; the other follows. */
		gather(claim, b, number, p->at, NULL);
		carry_out(claim, b);
		if (p->at[0])
			return;
	}
	if (p->at[0] && !memcmp(p->key, key, WG_KEY_LEN))
		p->flaw = KC_CLAIM_FINE;
	else
		gather(claim, b, number, ifname, key);
}

/**
 * kc_claim_place() - let all prefixes be where they belong
 * @kn: the namespace
 *
 * Context: process, by the worker, without locks
 */
void kc_claim_place(struct kc_net *kn)
{
	struct kc_claim *claim;
	struct batch b;
	unsigned int i;

	mutex_lock(&kn->claim.mutex);
	list_for_each_entry(claim, &kn->claim.claims, list) {
		b.n = 0;
		for (i = 0; i < claim->n; i++)
			place(claim, &b, i);
		carry_out(claim, &b);
	}
	mutex_unlock(&kn->claim.mutex);
	kc_claim_orphans_remove(kn);
}

/**
 * kc_claim_remove_all() - take all away that we gave to anybody
 * @kn: the namespace, in which no worker runs any more
 *
 * Context: process, without locks
 */
void kc_claim_remove_all(struct kc_net *kn)
{
	struct kc_claim *claim;
	struct batch b;
	unsigned int i;

	mutex_lock(&kn->claim.mutex);
	list_for_each_entry(claim, &kn->claim.claims, list) {
		b.n = 0;
		for (i = 0; i < claim->n; i++)
			if (claim->prefixes[i].at[0])
				gather(claim, &b, i, claim->prefixes[i].at,
				       NULL);
		carry_out(claim, &b);
	}
	mutex_unlock(&kn->claim.mutex);
	kc_claim_orphans_remove(kn);
}

/* A device that is read. */
struct look {
	struct kc_net *kn;
	const char *ifname;
};

/* An allowed IP that moves says nothing of where a peer is. */
static bool is_ours(struct kc_net *kn, const u8 *key,
		    const struct kc_prefix *prefix)
{
	struct kc_claim *claim;
	bool ours = false;
	int number;

	list_for_each_entry(claim, &kn->claim.claims, list) {
		number = kc_claim_number(claim, prefix);
		if (number < 0)
			continue;
		claim->prefixes[number].found = true;
		memcpy(claim->prefixes[number].found_key, key, WG_KEY_LEN);
		ours = true;
	}
	return ours;
}

static void take_path(const struct look *look, const struct kc_peer_path *path,
		      const u8 *key, const struct kc_prefix *prefix)
{
	struct kc_claim_node *node = kc_claim_node_of(path->peer);
	unsigned int i = path - path->peer->paths;

	if (!node || strcmp(path->ifname, look->ifname) ||
	    prefix->length <= node->bits[i] ||
	    !kc_prefix_has(prefix, path->family, path->addr))
		return;
	node->bits[i] = prefix->length;
	memcpy(node->key[i], key, WG_KEY_LEN);
}

/* Whose address is that? There may be as many of these as there are nodes. */
static void take_address(const struct look *look, const u8 *key,
			 const struct kc_prefix *prefix)
{
	const struct kc_peer_path *path;

	rcu_read_lock();
	hlist_for_each_entry_rcu(path, kc_peer_bucket(look->kn, prefix->family,
						      prefix->addr), hash)
		take_path(look, path, key, prefix);
	rcu_read_unlock();
}

static void take(void *arg, const u8 *key, const struct kc_prefix *prefix)
{
	const struct look *look = arg;
	const struct kc_claim_node *node;
	unsigned int i;

	mutex_lock(&look->kn->claim.mutex);
	if (is_ours(look->kn, key, prefix))
		goto out;
	if (prefix->length == 8 * kc_addr_len(prefix->family)) {
		take_address(look, key, prefix);
		goto out;
	}
	list_for_each_entry(node, &look->kn->claim.nodes, list)
		for (i = 0; i < node->peer->n_paths; i++)
			take_path(look, &node->peer->paths[i], key, prefix);
out:
	mutex_unlock(&look->kn->claim.mutex);
}

static void forget(const struct look *look)
{
	struct kc_claim_node *node;
	struct kc_claim *claim;
	unsigned int i;

	list_for_each_entry(node, &look->kn->claim.nodes, list)
		for (i = 0; i < node->peer->n_paths; i++) {
			if (strcmp(node->peer->paths[i].ifname, look->ifname))
				continue;
			node->old_bits[i] = node->bits[i];
			memcpy(node->old_key[i], node->key[i], WG_KEY_LEN);
			node->bits[i] = -1;
		}
	list_for_each_entry(claim, &look->kn->claim.claims, list)
		for (i = 0; i < claim->n; i++)
			claim->prefixes[i].found = false;
}

/* It could not be read: what was known of it before is as good as can be. */
static void recall(const struct look *look)
{
	struct kc_claim_node *node;
	unsigned int i;

	list_for_each_entry(node, &look->kn->claim.nodes, list)
		for (i = 0; i < node->peer->n_paths; i++) {
			if (strcmp(node->peer->paths[i].ifname, look->ifname))
				continue;
			node->bits[i] = node->old_bits[i];
			memcpy(node->key[i], node->old_key[i], WG_KEY_LEN);
		}
}

static void blame(struct kc_claim_prefix *p, u8 flaw,
		  const struct kc_claim_node *node)
{
	p->flaw = flaw;
	strscpy(p->culprit, node ? node->peer->name : "", sizeof(p->culprit));
}

/* Is it with him who shall have it, though not from us, as it seems? */
static bool is_in_place(const struct look *look, struct kc_claim *claim,
			const struct kc_claim_prefix *p)
{
	struct kc_claim_node *node = claim->believed;
	struct kc_claim_mate *mate;
	unsigned int i;

	mate = node ? kc_claim_mate(claim, node) : NULL;
	if (!mate || !mate->has || !test_bit(p - claim->prefixes, mate->has))
		return false;
	for (i = 0; i < node->peer->n_paths; i++)
		if (node->bits[i] >= 0 &&
		    !strcmp(node->peer->paths[i].ifname, look->ifname) &&
		    !memcmp(node->key[i], p->found_key, WG_KEY_LEN))
			return true;
	return false;
}

/* Whose key is it, or whom does it cover? */
static void judge(const struct look *look, struct kc_claim *claim,
		  struct kc_claim_prefix *p)
{
	struct kc_claim_node *node;
	unsigned int i;

	if (!strcmp(p->at, look->ifname)) {
		/* Somebody else has changed it: it is to be moved anew. */
		if (!p->found || memcmp(p->key, p->found_key, WG_KEY_LEN))
			p->at[0] = 0;
		return;
	}
	if (p->found && is_in_place(look, claim, p))
		return;
	if (p->found)
		blame(p, KC_CLAIM_STATIC, NULL);
	list_for_each_entry(node, &look->kn->claim.nodes, list)
		for (i = 0; i < node->peer->n_paths; i++) {
			const struct kc_peer_path *path = &node->peer->paths[i];

			if (node->bits[i] < 0 ||
			    strcmp(path->ifname, look->ifname))
				continue;
			if (p->found &&
			    !memcmp(node->key[i], p->found_key, WG_KEY_LEN))
				blame(p, KC_CLAIM_STATIC, node);
			else if (!p->found &&
				 node->bits[i] < p->prefix.length &&
				 kc_prefix_has(&p->prefix, path->family,
					       path->addr))
				blame(p, KC_CLAIM_COVERS, node);
		}
}

/* What was found wrong is found again, or is no more. Needs the mutex. */
static void acquit(struct kc_net *kn)
{
	struct kc_claim *claim;
	unsigned int i;

	list_for_each_entry(claim, &kn->claim.claims, list)
		for (i = 0; i < claim->n; i++) {
			struct kc_claim_prefix *p = &claim->prefixes[i];

			p->old_flaw = p->flaw;
			p->unread = false;
			if (p->flaw == KC_CLAIM_STATIC ||
			    p->flaw == KC_CLAIM_COVERS)
				p->flaw = KC_CLAIM_FINE;
		}
	kn->claim.look = false;
}

/* It was looked at, unless a device where it can be was not. Needs the mutex. */
static void close_case(struct kc_net *kn)
{
	struct kc_claim *claim;
	unsigned int i;

	list_for_each_entry(claim, &kn->claim.claims, list)
		for (i = 0; i < claim->n; i++) {
			struct kc_claim_prefix *p = &claim->prefixes[i];

			if (!p->unread)
				p->checked = true;
			else if (p->flaw == KC_CLAIM_FINE)
				p->flaw = p->old_flaw;
		}
}

static void look_at(struct kc_net *kn, const char *ifname)
{
	struct look look = { .kn = kn, .ifname = ifname };
	struct kc_claim *claim;
	unsigned int i;
	int err;

	mutex_lock(&kn->claim.mutex);
	forget(&look);
	mutex_unlock(&kn->claim.mutex);
	err = kc_tunnel_read(&kn->claim.request, ifname, take, &look);
	mutex_lock(&kn->claim.mutex);
	/* Without such a device, nobody has anything there. */
	if (err && err != -ENODEV) {
		recall(&look);
		kn->claim.look = true;
	} else {
		err = 0;
	}
	list_for_each_entry(claim, &kn->claim.claims, list)
		for (i = 0; i < claim->n; i++) {
			struct kc_claim_prefix *p = &claim->prefixes[i];

			if (p->ifname[0] && strcmp(p->ifname, ifname))
				continue;
			if (err)
				p->unread = true;
			else
				judge(&look, claim, p);
		}
	mutex_unlock(&kn->claim.mutex);
}

/**
 * kc_claim_look_around() - ask WireGuard who has what
 * @kn: the namespace
 *
 * Finds the key of each peer, and what others have done to allowed IPs that move.
 *
 * Context: process, by the worker, without locks
 */
void kc_claim_look_around(struct kc_net *kn)
{
	char devices[DEVICES_MAX][IFNAMSIZ];
	struct kc_claim_node *node;
	unsigned int n = 0, i, j;

	list_for_each_entry(node, &kn->claim.nodes, list)
		for (i = 0; i < node->peer->n_paths; i++) {
			const char *ifname = node->peer->paths[i].ifname;

			for (j = 0; j < n; j++)
				if (!strcmp(devices[j], ifname))
					break;
			if (j == n && n < DEVICES_MAX)
				strscpy(devices[n++], ifname, IFNAMSIZ);
		}
	mutex_lock(&kn->claim.mutex);
	acquit(kn);
	mutex_unlock(&kn->claim.mutex);
	for (i = 0; i < n; i++)
		look_at(kn, devices[i]);
	mutex_lock(&kn->claim.mutex);
	close_case(kn);
	mutex_unlock(&kn->claim.mutex);
	kn->claim.looked_at = kc_now();
}
