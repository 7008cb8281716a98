// SPDX-License-Identifier: GPL-2.0
/*
 * Claims: how they come, change and go. See claim.h for who may do what.
 */
#include <linux/inet.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "../extack.h"
#include "../net.h"
#include "claim.h"

/**
 * kc_claims_max() - how many claims a network namespace may have
 * @kn: the namespace
 *
 * Return: the number
 */
unsigned int kc_claims_max(const struct kc_net *kn)
{
	return kc_net_privileged(kn) ? KC_CLAIMS_MAX : KC_CLAIMS_MAX_USER;
}

/**
 * kc_claim_find() - a claim by its name
 * @kn: the namespace, mutex of its claims held
 * @name: the name
 *
 * Return: the claim, also one that fades, or NULL
 */
struct kc_claim *kc_claim_find(struct kc_net *kn, const char *name)
{
	struct kc_claim *claim;

	lockdep_assert_held(&kn->claim.mutex);

	list_for_each_entry(claim, &kn->claim.claims, list)
		if (!strcmp(claim->name, name))
			return claim;
	return NULL;
}

/**
 * kc_claim_new() - a claim without prefixes
 * @kn: the namespace, mutex of its claims held
 * @name: its name, which no other one has
 *
 * Return: the claim, or NULL for want of memory
 */
struct kc_claim *kc_claim_new(struct kc_net *kn, const char *name)
{
	struct kc_claim *claim = kzalloc(sizeof(*claim), GFP_KERNEL_ACCOUNT);

	if (!claim)
		return NULL;
	claim->kn = kn;
	strscpy(claim->name, name, sizeof(claim->name));
	INIT_LIST_HEAD(&claim->mates);
	claim->state = KCLUSTER_CLAIM_STATE_NOBODY;
	claim->since = kc_now();
	claim->changed = true;
	list_add_tail_rcu(&claim->list, &kn->claim.claims);
	kn->claim.count++;
	kn->claim.generation++;
	kc_claim_news(claim, KCLUSTER_CLAIM_STATE_GONE, claim->state);
	return claim;
}

/**
 * kc_claim_unlink() - a claim has faded
 * @claim: it, without prefixes; mutex held; gone afterwards
 *
 * Context: process, by the worker
 */
void kc_claim_unlink(struct kc_claim *claim)
{
	struct kc_claim_mate *mate, *next;

	kc_claim_news(claim, claim->state, KCLUSTER_CLAIM_STATE_GONE);
	list_for_each_entry_safe(mate, next, &claim->mates, list)
		kc_claim_mate_free(mate);
	list_del_rcu(&claim->list);
	claim->kn->claim.count--;
	claim->kn->claim.generation++;
	kvfree(claim->prefixes);
	kvfree(claim->wants);
	kfree_rcu(claim, rcu);
}

static int compare(const void *a, const void *b)
{
	const struct kc_claim_want *one = a, *other = b;

	return kc_prefix_compare(&one->prefix, &other->prefix);
}

static void print(char *text, size_t size, const struct kc_prefix *prefix)
{
	snprintf(text, size, prefix->family == KC_AF_INET6 ? "%pI6c/%u" :
							     "%pI4/%u",
		 prefix->addr, prefix->length);
}

/* Room for a prefix as text. */
#define PREFIX_TEXT (INET6_ADDRSTRLEN + 4)

/* Peers are reached by addresses which must not move. */
static int check_peers(struct kc_net *kn, const struct kc_claim_want *want,
		       struct netlink_ext_ack *extack)
{
	const struct kc_prefix *prefix = &want->prefix;
	char text[PREFIX_TEXT];
	const struct kc_peer *p;
	unsigned int i;
	int err = 0;

	if (prefix->length != 8 * kc_addr_len(prefix->family))
		return 0;
	mutex_lock(&kn->peer.mutex);
	list_for_each_entry(p, &kn->peer.peers, list)
		for (i = 0; i < p->n_paths && !err; i++) {
			if (!kc_prefix_has(prefix, p->paths[i].family,
					   p->paths[i].addr))
				continue;
			print(text, sizeof(text), prefix);
			err = kc_refuse(extack, want->attr, -EINVAL,
					"%s is the address by which peer \"%s\" is reached: it cannot move",
					text, p->name);
		}
	mutex_unlock(&kn->peer.mutex);
	return err;
}

static int check_others(struct kc_net *kn, const struct kc_claim *own,
			const struct kc_claim_want *want,
			struct netlink_ext_ack *extack)
{
	const struct kc_claim *claim;
	char text[PREFIX_TEXT];

	list_for_each_entry(claim, &kn->claim.claims, list) {
		if (claim == own || kc_claim_number(claim, &want->prefix) < 0)
			continue;
		print(text, sizeof(text), &want->prefix);
		return kc_refuse(extack, want->attr, -EEXIST,
				 "%s belongs to claim \"%s\" already", text,
				 claim->name);
	}
	return 0;
}

static int check(struct kc_net *kn, const struct kc_claim *own,
		 struct kc_claim_spec *spec, struct netlink_ext_ack *extack)
{
	char text[PREFIX_TEXT];
	unsigned int i;
	int err;

	sort(spec->wants, spec->n, sizeof(*spec->wants), compare, NULL);
	for (i = 0; i < spec->n; i++) {
		const struct kc_claim_want *want = &spec->wants[i];

		if (i && !compare(want - 1, want)) {
			print(text, sizeof(text), &want->prefix);
			return kc_refuse(extack, want->attr, -EEXIST,
					 "%s is given twice", text);
		}
		err = check_peers(kn, want, extack) ?:
		      check_others(kn, own, want, extack);
		if (err)
			return err;
	}
	return 0;
}

static void take_over(struct kc_claim *claim, struct kc_claim_spec *spec)
{
	kvfree(claim->wants);
	claim->wants = spec->wants;
	claim->n_wants = spec->n;
	spec->wants = NULL;
	claim->configured = true;
	claim->changed = true;
	kc_claim_wake(claim->kn);
}

/**
 * kc_claim_add() - let prefixes move with the virtual router of that name
 * @kn: the namespace, mutex of its claims held
 * @spec: what is asked for
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_claim_add(struct kc_net *kn, struct kc_claim_spec *spec,
		 struct netlink_ext_ack *extack)
{
	struct kc_claim *claim;
	int err;

	if (kn->claim.dying)
		return kc_refuse(extack, NULL, -ENODEV,
				 "the network namespace is going away");
	claim = kc_claim_find(kn, spec->name);
	if (claim && claim->configured)
		return kc_refuse(extack, spec->name_attr, -EEXIST,
				 "claim \"%s\" exists already", spec->name);
	if (!claim && kn->claim.count >= kc_claims_max(kn))
		return kc_refuse(extack, spec->name_attr, -ENOSPC,
				 "this network namespace may have %u claims and has them",
				 kc_claims_max(kn));
	err = check(kn, claim, spec, extack);
	if (err)
		return err;
	err = kc_claim_net_start(kn);
	if (err)
		return kc_refuse(extack, NULL, err,
				 "cannot talk to WireGuard (error %d)", err);
	if (!claim)
		claim = kc_claim_new(kn, spec->name);
	if (!claim)
		return -ENOMEM;
	take_over(claim, spec);
	return 0;
}

/**
 * kc_claim_set() - let other prefixes move
 * @claim: the claim, mutex held
 * @spec: what is asked for, in the place of what was
 * @extack: why not
 *
 * Context: process, not under RTNL
 * Return: 0 or a negative errno; then nothing has changed
 */
int kc_claim_set(struct kc_claim *claim, struct kc_claim_spec *spec,
		 struct netlink_ext_ack *extack)
{
	int err = check(claim->kn, claim, spec, extack);

	if (!err)
		take_over(claim, spec);
	return err;
}

/**
 * kc_claim_del() - let the prefixes that were added move no more
 * @claim: the claim, mutex held
 *
 * The worker does the rest; what the virtual router has on WireGuard stays.
 */
void kc_claim_del(struct kc_claim *claim)
{
	kvfree(claim->wants);
	claim->wants = NULL;
	claim->n_wants = 0;
	claim->configured = false;
	claim->changed = true;
	kc_claim_wake(claim->kn);
}

/**
 * kc_claim_flush() - delete all claims that were added
 * @kn: the namespace, mutex of its claims held
 */
void kc_claim_flush(struct kc_net *kn)
{
	struct kc_claim *claim;

	list_for_each_entry(claim, &kn->claim.claims, list)
		if (claim->configured)
			kc_claim_del(claim);
}

/**
 * kc_claim_describe_prefix() - one clause on why a prefix is not where it should
 *	be
 * @claim: its claim, mutex held
 * @prefix: the prefix
 * @text: where to; empty if it is
 * @size: of @text
 */
void kc_claim_describe_prefix(const struct kc_claim *claim,
			      const struct kc_claim_prefix *prefix, char *text,
			      size_t size)
{
	const struct kc_claim_node *owner = claim->believed;
	const char *name = owner ? owner->peer->name : "its owner";

	text[0] = 0;
	switch (prefix->flaw) {
	case KC_CLAIM_NO_KEY:
		snprintf(text, size,
			 "no WireGuard peer has the address of peer %s among its allowed IPs",
			 name);
		break;
	case KC_CLAIM_NO_PATH:
		snprintf(text, size, "peer %s has no path by %s", name,
			 prefix->ifname);
		break;
	case KC_CLAIM_STATIC:
		snprintf(text, size,
			 "it is an allowed IP of %s%s: remove it there, it moves by itself",
			 prefix->culprit[0] ? "peer " :
					      "another WireGuard peer",
			 prefix->culprit);
		break;
	case KC_CLAIM_COVERS:
		snprintf(text, size,
			 "peer %s is reached by an address in it: give it an allowed IP that is as long",
			 prefix->culprit);
		break;
	case KC_CLAIM_REFUSED:
		snprintf(text, size, "WireGuard refused it (error %d)",
			 prefix->error);
		break;
	}
}

/**
 * kc_claim_describe() - one clause on what is wrong with a claim
 * @claim: the claim, mutex held
 * @text: where to; empty if nothing is
 * @size: of @text
 */
void kc_claim_describe(const struct kc_claim *claim, char *text, size_t size)
{
	unsigned int i;
	int len;

	text[0] = 0;
	for (i = 0; i < claim->n; i++) {
		if (!claim->prefixes[i].flaw)
			continue;
		print(text, size, &claim->prefixes[i].prefix);
		len = strlen(text);
		len += scnprintf(text + len, size - len, ": ");
		kc_claim_describe_prefix(claim, &claim->prefixes[i],
					 text + len, size - len);
		return;
	}
}

/**
 * kc_claim_epoch_of() - by which epoch does this node own a claim?
 * @kn: the namespace
 * @name: of the claim
 *
 * Context: any; takes no lock
 * Return: the epoch, 0 if it does not
 */
u64 kc_claim_epoch_of(struct kc_net *kn, const char *name)
{
	const struct kc_claim *claim;
	u64 epoch = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(claim, &kn->claim.claims, list)
		if (!strcmp(claim->name, name) && READ_ONCE(claim->owner))
			epoch = READ_ONCE(claim->epoch);
	rcu_read_unlock();
	return epoch;
}

/**
 * kc_claims_of() - how many claims has a peer?
 * @kn: the namespace
 * @p: the peer
 *
 * Context: any; takes no lock
 * Return: the number
 */
unsigned int kc_claims_of(struct kc_net *kn, const struct kc_peer *p)
{
	const struct kc_claim *claim;
	unsigned int n = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(claim, &kn->claim.claims, list)
		n += READ_ONCE(claim->believed_peer) == p;
	rcu_read_unlock();
	return n;
}
