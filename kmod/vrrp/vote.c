// SPDX-License-Identifier: GPL-2.0
/*
 * Votes on the network.
 *
 * A message about votes goes to every address of every voter, by the paths of
 * the virtual router that lead there, and is accepted on them as an
 * advertisement is: by the right device, with the hop limit of the path, where
 * the path counts, and from an address that was named.
 */
#include <linux/inet.h>
#include <linux/inetdevice.h>
#include <linux/netdevice.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/addrconf.h>

#include "../extack.h"
#include "../log.h"
#include "../net.h"
#include "group.h"
#include "router.h"

/**
 * kc_vrrp_votes() - does this node vote on a virtual router?
 * @r: the router, locked
 */
bool kc_vrrp_votes(const struct kc_vrrp *r)
{
	return r->settings.fsm.voting || r->settings.fsm.witness;
}

/**
 * kc_vrrp_votes_check() - do settings and voters go together?
 * @r: the router, mutex of its namespace held; NULL for a new one
 * @settings: what it shall be
 * @witnesses: how many others vote
 * @attrs: the request
 * @extack: why not
 *
 * Return: 0 or a negative errno
 */
int kc_vrrp_votes_check(const struct kc_vrrp *r,
			const struct kc_vrrp_settings *settings,
			unsigned int witnesses, struct nlattr **attrs,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = attrs[KCLUSTER_A_VRRP_WITNESS] ?:
				    attrs[KCLUSTER_A_VRRP_ON_ISOLATION];

	if (r && r->settings.fsm.witness != settings->fsm.witness)
		return kc_refuse(extack, attrs[KCLUSTER_A_VRRP_INITIAL_STATE],
				 -EINVAL,
				 "a witness stays one: delete the virtual router and add it anew");
	if (settings->fsm.witness && witnesses + 1 < KC_VOTES_MIN)
		return kc_refuse(extack, attr ?:
				 attrs[KCLUSTER_A_VRRP_INITIAL_STATE], -EINVAL,
				 "a witness votes with two nodes or more: name each of them with \"witness ADDRESS\"");
	if (settings->fsm.voting && witnesses + 1 < KC_VOTES_MIN)
		return kc_refuse(extack, attr, -EINVAL,
				 "%u vote%s no majority when nodes are cut off from each other: name two or more other nodes with \"witness ADDRESS\"",
				 witnesses + 1, witnesses ? "s have" : " has");
	return 0;
}

static bool same_node(const struct kc_vrrp_witness *a,
		      const struct kc_vrrp_witness *b, size_t len)
{
	unsigned int i, j;

	for (i = 0; i < a->n; i++)
		for (j = 0; j < b->n; j++)
			if (!memcmp(a->addr[i], b->addr[j], len))
				return true;
	return false;
}

/**
 * kc_vrrp_votes_set() - settings or voters are others than before
 * @r: the router, locked, with its new settings
 * @witnesses: other nodes that vote, swapped with those before; NULL if they
 *	stay
 * @voted: it voted before
 *
 * What this node promised holds, and so does what those who stay promised.
 */
void kc_vrrp_votes_set(struct kc_vrrp *r, struct kc_vrrp_witnesses *witnesses,
		       bool voted)
{
	struct kc_voter voters[KC_VOTERS_MAX] = {};
	u32 lease_ms = kc_fsm_lease_ms(&r->settings.fsm);
	unsigned int i, j;

	lockdep_assert_held(&r->lock);
	BUILD_BUG_ON(KCLUSTER_VRRP_WITNESSES_MAX > KC_VOTERS_MAX);

	if (witnesses) {
		swap(r->witnesses, *witnesses);
		for (i = 0; i < r->witnesses.n; i++)
			for (j = 0; j < witnesses->n; j++)
				if (same_node(&r->witnesses.list[i],
					      &witnesses->list[j],
					      kc_addr_len(r->family)))
					voters[i] = r->ballot.voters[j];
		memcpy(r->ballot.voters, voters, sizeof(voters));
	}
	if (!kc_vrrp_votes(r))
		return;
	/* 0 says that a number is not known. */
	if (!voted)
		kc_ballot_init(&r->ballot, get_random_u64() ?: 1, lease_ms,
			       kc_now());
	r->ballot.lease_ms = lease_ms;
	r->ballot.n = r->witnesses.n;
}

/**
 * kc_vrrp_votes_describe() - what the votes look like without a majority
 * @r: the router, locked
 * @now: present time, ns
 * @text: filled in
 * @size: of @text
 */
void kc_vrrp_votes_describe(const struct kc_vrrp *r, u64 now, char *text,
			    size_t size)
{
	const struct kc_ballot *b = &r->ballot;
	u64 lease = (u64)b->lease_ms * NSEC_PER_MSEC;
	unsigned int i, silent = 0;
	int len;

	len = scnprintf(text, size, "no majority: %u of %u votes",
			kc_ballot_granted(b, now), b->n + 1);
	for (i = 0; i < b->n; i++) {
		const struct kc_voter *v = &b->voters[i];

		/* Not even the last three requests. */
		if (v->proven && now < v->proven + lease - lease / 12)
			continue;
		len += scnprintf(text + len, size - len,
				 r->family == KC_AF_INET6 ? "%s%pI6c" :
							    "%s%pI4",
				 silent++ ? ", " : " (no answer from ",
				 r->witnesses.list[i].addr[0]);
	}
	if (silent)
		scnprintf(text + len, size - len, ")");
}

static bool is_peer(const struct kc_vrrp_path *path, const u8 *addr)
{
	unsigned int i;

	for (i = 0; i < path->peers.n; i++)
		if (!memcmp(path->peers.list[i].addr, addr,
			    kc_addr_len(path->router->family)))
			return true;
	return false;
}

/* Is it in a network of the path's device? Under RCU. */
static bool on_link(const struct kc_vrrp_path *path, const u8 *addr)
{
	const struct in_ifaddr *ifa;
	struct in_device *in_dev;
	struct net_device *dev;
	struct in6_addr addr6;
	__be32 addr4;

	dev = dev_get_by_index_rcu(path->router->kn->net, path->now.ifindex);
	if (!dev)
		return false;
	if (path->router->family == KC_AF_INET6) {
		memcpy(&addr6, addr, sizeof(addr6));
		return (ipv6_addr_type(&addr6) & IPV6_ADDR_LINKLOCAL) ||
		       ipv6_chk_prefix(&addr6, dev);
	}
	memcpy(&addr4, addr, sizeof(addr4));
	in_dev = __in_dev_get_rcu(dev);
	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (inet_ifa_match(addr4, ifa))
			return true;
	return false;
}

/*
 * The path to an address: the one of which it is a peer, the one in whose
 * network it is, or the first one.
 */
static const struct kc_vrrp_path *path_to(const struct kc_vrrp *r,
					  const u8 *addr)
{
	const struct kc_vrrp_path *path, *found = NULL;
	unsigned int best = 0;

	list_for_each_entry(path, &r->paths, list) {
		unsigned int fit = 1;

		if (!path->now.up || !kc_vrrp_path_counts(path))
			continue;
		if (r->n_paths > 1)
			fit = is_peer(path, addr) ? 3 :
			      on_link(path, addr) ? 2 : 1;
		if (fit > best) {
			best = fit;
			found = path;
		}
	}
	return found;
}

static void send_by(struct kc_vrrp *r, const struct kc_vrrp_path *path,
		    const struct kc_vote_message *message, const u8 *src,
		    const u8 *dst)
{
	u8 buf[KC_VOTE_LEN];

	kc_vote_build(&r->format, r->vrid, message, src, dst, buf);
	if (kc_vrrp_send_to(path, src, dst, buf, sizeof(buf)))
		r->stats[KCLUSTER_A_VRRP_STATS_SEND_ERRORS]++;
}

static void send_all(struct kc_vrrp *r, const struct kc_vote_message *message)
{
	const struct kc_vrrp_path *path;
	unsigned int i, j;

	rcu_read_lock();
	for (i = 0; i < r->witnesses.n; i++) {
		const struct kc_vrrp_witness *w = &r->witnesses.list[i];

		for (j = 0; j < w->n; j++) {
			path = path_to(r, w->addr[j]);
			if (path)
				send_by(r, path, message, path->now.source,
					w->addr[j]);
		}
	}
	rcu_read_unlock();
}

/**
 * kc_vrrp_votes_ask() - ask all others for their votes, if votes count
 * @r: the router, locked
 */
void kc_vrrp_votes_ask(struct kc_vrrp *r)
{
	struct kc_vote_message request;
	u64 now = kc_now();

	lockdep_assert_held(&r->lock);
	if (!r->settings.fsm.voting)
		return;
	if (kc_vrrp_group_earnest(r))
		kc_ballot_ask(&r->ballot, r->fsm.priority,
			      kc_fsm_preempts(&r->fsm), &request, now);
	else
		kc_ballot_probe(&r->ballot, &request, now);
	send_all(r, &request);
	/* It has asked long enough to say so. */
	if (r->fsm.state != KC_FSM_BACKUP || r->fsm.asks < KC_FSM_HURRY)
		return;
	kc_vrrp_votes_describe(r, now, r->reason, sizeof(r->reason));
	if (__ratelimit(&r->log))
		kc_info("(%s) stays backup on %s: %s\n", r->name, r->ifname,
			r->reason);
}

static void give_back(struct kc_vrrp *r)
{
	struct kc_vote_message release;

	kc_ballot_release(&r->ballot, &release, kc_now());
	send_all(r, &release);
}

/**
 * kc_vrrp_votes_settle() - whoever does not want to be master any more gives
 *	the votes back
 * @r: the router, locked
 *
 * One who was master does so when the addresses are gone, not before.
 */
void kc_vrrp_votes_settle(struct kc_vrrp *r)
{
	u8 was = r->asked_as, as = KC_FSM_INIT;

	lockdep_assert_held(&r->lock);
	if (r->settings.fsm.voting &&
	    (r->fsm.state == KC_FSM_MASTER || r->fsm.asks))
		as = r->fsm.state;
	if (as == was)
		return;
	r->asked_as = as;
	if (as == KC_FSM_MASTER) {
		r->release_due = false;
	} else if (was == KC_FSM_MASTER) {
		r->release_due = true;
	} else if (was == KC_FSM_BACKUP) {
		give_back(r);
		if (r->fsm.state == KC_FSM_BACKUP)
			strscpy(r->reason, "another node is or becomes master",
				sizeof(r->reason));
	}
}

/**
 * kc_vrrp_votes_release() - what the router held is gone
 * @r: the router
 *
 * Context: worker; takes the router's lock
 */
void kc_vrrp_votes_release(struct kc_vrrp *r)
{
	spin_lock_bh(&r->lock);
	if (r->release_due && r->fsm.state != KC_FSM_MASTER) {
		r->release_due = false;
		give_back(r);
	}
	spin_unlock_bh(&r->lock);
}

static int find_voter(const struct kc_vrrp *r, const u8 *addr)
{
	size_t len = kc_addr_len(r->family);
	unsigned int i, j;

	for (i = 0; i < r->witnesses.n; i++)
		for (j = 0; j < r->witnesses.list[i].n; j++)
			if (!memcmp(r->witnesses.list[i].addr[j], addr, len))
				return i;
	return -1;
}

static void asked(struct kc_vrrp_path *path,
		  const struct kc_vrrp_packet *packet,
		  const struct kc_vote_message *request, u64 now)
{
	struct kc_vrrp *r = path->router;
	struct kc_ballot *b = &r->ballot;
	char reason[KC_VRRP_REASON_MAX];
	struct kc_vote_message answer;
	unsigned int actions = 0;

	if (request->votes == b->n + 1 &&
	    kc_ballot_majority(b, request->reach))
		actions = kc_fsm_rival(&r->fsm, request->priority,
				       request->preempt,
				       request->from > b->node, now);
	if (actions) {
		snprintf(reason, sizeof(reason), r->family == KC_AF_INET6 ?
			 "%pI6c asks for votes with priority %u, ours is %u" :
			 "%pI4 asks for votes with priority %u, ours is %u",
			 packet->src, request->priority, r->fsm.priority);
		kc_vrrp_act(r, actions, reason);
	}
	/* Before it answers, it gives back what it has for itself. */
	kc_vrrp_votes_settle(r);
	kc_ballot_asked(b, request, &answer, now);
	/* From the address that was asked: that is the one that was named. */
	send_by(r, path, &answer, packet->dst, packet->src);
}

static void answered(struct kc_vrrp *r, unsigned int voter,
		     const struct kc_vote_message *answer, u64 now)
{
	char reason[KC_VRRP_REASON_MAX];
	unsigned int actions;
	size_t len;

	kc_ballot_answered(&r->ballot, voter, answer, now);
	actions = kc_fsm_lease(&r->fsm, kc_ballot_lease(&r->ballot, now), now);
	if (!actions)
		return;
	kc_vrrp_why_master(r, now, reason, sizeof(reason));
	len = strlen(reason);
	snprintf(reason + len, sizeof(reason) - len, ", %u of %u votes",
		 kc_ballot_granted(&r->ballot, now), r->ballot.n + 1);
	kc_vrrp_act(r, actions, reason);
}

/**
 * kc_vrrp_votes_heard() - a message about votes arrived
 * @path: by which path, its router locked
 * @packet: the packet, for this node, with the hop limit that is accepted
 *
 * Context: softirq, under RCU
 */
void kc_vrrp_votes_heard(struct kc_vrrp_path *path,
			 struct kc_vrrp_packet *packet)
{
	struct kc_vrrp *r = path->router;
	int voter = find_voter(r, packet->src);
	struct kc_vote_message message;
	enum kc_vrrp_verdict verdict;
	u64 now = kc_now();

	lockdep_assert_held(&r->lock);
	if (voter < 0) {
		r->stats[KCLUSTER_A_VRRP_STATS_DISCARD_SOURCE]++;
		return;
	}
	verdict = kc_vote_parse(&r->format, packet, &message);
	if (verdict != KC_VRRP_OK) {
		kc_vrrp_count_verdict(r, verdict);
		return;
	}
	kc_ballot_meet(&r->ballot, voter, message.from, now);
	switch (message.kind) {
	case KC_VOTE_REQUEST:
		asked(path, packet, &message, now);
		break;
	case KC_VOTE_ANSWER:
		answered(r, voter, &message, now);
		break;
	case KC_VOTE_RELEASE:
		kc_ballot_released(&r->ballot, &message);
		break;
	}
	kc_vrrp_requeue(r);
}
