// SPDX-License-Identifier: GPL-2.0
/*
 * The authority over who owns which bucket, see clusterip_lease.h.
 */
#include "clusterip_move.h"

/* As what a node takes off its lease. */
#define MARGIN_SHARE 32

/* Nodes that do not obey are asked so often in a lease; others tell us. */
#define ASK_SHARE 16

#define NS_PER_US 1000ULL

/**
 * kc_cip_rule_needed() - how many have to obey us, ourselves among them?
 * @r: the authority
 */
unsigned int kc_cip_rule_needed(const struct kc_cip_rule *r)
{
	if (r->hold->cfg.serve && r->n < KC_CIP_VOTES_MIN)
		return 1;
	return r->n / 2 + 1;
}

/**
 * kc_cip_rule_init() - a node that may be the authority some day
 * @r: the authority, in zeroed memory or used before
 * @hold: what the same node holds as such, initialized
 * @ids: numbers of all nodes, with its own; for one whose number is not known yet
 *	any that nobody has
 * @n: how many
 *
 * Return: 0; -EINVAL if there are too many, if two are the same or none is us, or
 * if there are not as many as vote
 */
int kc_cip_rule_init(struct kc_cip_rule *r, struct kc_cip_hold *hold,
		     const u64 *ids, unsigned int n)
{
	unsigned int i, j, self = n;

	if (!n || n > KC_CIP_NODES_MAX || n != hold->cfg.votes)
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	for (i = 0; i < n; i++) {
		if (!ids[i])
			return -EINVAL;
		for (j = 0; j < i; j++)
			if (ids[i] == ids[j])
				return -EINVAL;
		if (ids[i] == hold->cfg.id)
			self = i;
		r->members[i].id = ids[i];
	}
	if (self == n)
		return -EINVAL;
	r->hold = hold;
	r->n = n;
	r->self = self;
	r->members[self].alive = true;
	return 0;
}

/**
 * kc_cip_rule_name() - a node has another number than was thought
 * @r: the authority, also while it is none
 * @member: which node, an index of @r->members
 * @id: its number
 *
 * What it held under another number it had in an earlier life, if ever.
 *
 * Return: false if another node has that number
 */
bool kc_cip_rule_name(struct kc_cip_rule *r, unsigned int member, u64 id)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (i != member && r->members[i].id == id)
			return false;
	if (r->members[member].id == id)
		return true;
	r->members[member].id = id;
	r->members[member].obeys = false;
	r->members[member].confirmed = false;
	r->dirty = true;
	return true;
}

/* A term begins: we obey ourselves, and claim that others do. */
static unsigned int begin(struct kc_cip_rule *r, u64 epoch, u64 now)
{
	struct kc_cip_lease claim = {
		.head = {
			.authority = r->hold->cfg.id, .life = r->hold->cfg.life,
		},
	};
	unsigned int i;

	epoch = kc_later(epoch, r->hold->seen + 1);
	/* No term has the epoch of another. Somebody has used up all of them. */
	r->on = epoch <= KC_CIP_EPOCH_MAX;
	if (!r->on)
		return 0;
	r->epoch = epoch;
	r->behind = false;
	r->seq = 0;
	r->began_at = now;
	r->majority_at = 0;
	r->majority = 0;
	r->stamped = kc_later(now, r->stamped + 1);
	r->asked_at = now;
	r->ask_at = now + kc_cip_rule_lease(r) / ASK_SHARE;
	r->wait_at = KC_CIP_NEVER;
	for (i = 0; i < r->n; i++) {
		struct kc_cip_member *m = &r->members[i];

		m->obeys = false;
		m->confirmed = false;
		m->planned = false;
		m->echoed = 0;
		m->seq = 0;
		m->acked = 0;
		m->lapse = 0;
	}
	kc_cip_move_begin(r);
	claim.head.epoch = r->epoch;
	claim.head.stamp = r->stamped;
	return kc_cip_hold_hear(r->hold, claim.head.authority, &claim, NULL,
				now) | KC_CIP_ASK_ALL;
}

/**
 * kc_cip_rule_want() - shall we be the authority, or be it no more?
 * @r: the authority
 * @wanted: shall we
 * @epoch: the lowest epoch to begin with, such that no earlier life of ours had
 *	a higher one, such as the real time
 * @now: present time
 *
 * Leases that were granted last until they lapse.
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_rule_want(struct kc_cip_rule *r, bool wanted, u64 epoch,
			      u64 now)
{
	if (!wanted)
		r->on = false;
	if (wanted == r->wanted)
		return 0;
	r->wanted = wanted;
	r->epoch = kc_later(r->epoch, kc_earlier(epoch, KC_CIP_EPOCH_MAX - 1));
	/* One that may not promise anything begins when it may. */
	if (!wanted || now < r->hold->silent_until)
		return 0;
	return begin(r, r->epoch + 1, now);
}

/**
 * kc_cip_rule_until() - until when are we the authority?
 * @r: the authority
 *
 * Return: when the last lease lapses, 0 if we have no majority
 */
u64 kc_cip_rule_until(const struct kc_cip_rule *r)
{
	if (!kc_cip_rule_on(r) || !r->majority)
		return 0;
	return r->majority + kc_cip_rule_lease(r) - kc_cip_rule_lease(r) / MARGIN_SHARE;
}

/* The highest stamp that so many have repeated as are needed. */
static void count_echoes(struct kc_cip_rule *r)
{
	unsigned int i, j, count;

	for (i = 0; i < r->n; i++) {
		u64 stamp = r->members[i].echoed;

		if (stamp <= r->majority)
			continue;
		for (count = 0, j = 0; j < r->n; j++)
			count += r->members[j].echoed >= stamp;
		if (count >= kc_cip_rule_needed(r))
			r->majority = stamp;
	}
}

/* True if the map is another one now. */
static bool advance(struct kc_cip_rule *r, u64 now)
{
	bool changed = false;

	if (now >= kc_cip_rule_until(r))
		return false;
	if (!r->majority_at) {
		r->majority_at = now;
		changed = true;
	}
	changed |= kc_cip_move_on(r, now);
	if (changed)
		r->seq++;
	return changed;
}

/* It obeys us: what does it hold, and by which map? */
static void obeyed(struct kc_cip_rule *r, unsigned int member,
		   const struct kc_cip_status *status, u64 now)
{
	struct kc_cip_member *m = &r->members[member];
	const struct kc_cip_head *head = &status->head;
	u16 weight = head->flags & KC_CIP_STANDBY ? 0 : status->weight;
	bool released = head->flags & KC_CIP_RELEASED;
	bool changed = false;

	if (!m->obeys)
		changed |= kc_cip_move_found(r, member, status->held);
	m->obeys = true;
	m->heard_at = now;
	if (head->echo <= r->stamped)
		m->echoed = kc_later(m->echoed, head->echo);
	m->seq = head->seq;
	if (head->seq > m->acked)
		m->acked = head->seq;
	if (head->seq && (!m->confirmed || head->seq == r->seq)) {
		changed |= kc_cip_move_checked(r, member, status->held);
		r->dirty |= !m->confirmed;
		m->confirmed = true;
	}
	r->dirty |= m->weight != weight || m->released != released;
	m->agrees = status->votes == r->n;
	m->weight = weight;
	m->released = released;
	/* Before there is a first map there is nothing to change. */
	if (changed && r->seq)
		r->seq++;
}

/*
 * A majority was silent for so long that others may have been obeyed meanwhile,
 * by those who forgot us. From then on nothing that we know is certain.
 */
static bool lapsed(const struct kc_cip_rule *r, u64 now)
{
	return r->majority_at && now >= kc_cip_rule_until(r);
}

static bool is_ours(const struct kc_cip_rule *r,
		    const struct kc_cip_head *head)
{
	return head->epoch == r->epoch &&
	       head->authority == r->hold->cfg.id &&
	       head->echo_life == r->hold->cfg.life;
}

/*
 * Was a STATUS overtaken by another one? Of one life the stamps tell. Numbers of
 * lives have no order, but what was sent later repeats a later stamp of ours;
 * and who has just started does not obey anybody for so long that it would not
 * have been heard for a lease.
 */
static bool is_late(const struct kc_cip_rule *r, const struct kc_cip_member *m,
		    const struct kc_cip_head *head, u64 now)
{
	if (head->life == m->life)
		return head->stamp <= m->stamp;
	if (is_ours(r, head))
		return head->echo <= m->echoed;
	return m->obeys && now < m->heard_at + kc_cip_rule_lease(r);
}

/* Can what it says be counted? */
static bool is_alike(const struct kc_cip_rule *r,
		     const struct kc_cip_status *status)
{
	return status->votes + 1U >= r->n && status->votes <= r->n + 1 &&
	       status->buckets == r->hold->cfg.buckets &&
	       status->lease_us == div_u64(kc_cip_rule_lease(r), NS_PER_US);
}

/* Will it not obey us, whatever we say in this term? */
static bool is_above(const struct kc_cip_rule *r,
		     const struct kc_cip_head *head)
{
	return head->epoch > r->epoch ||
	       (head->epoch == r->epoch &&
		head->authority >= r->hold->cfg.id);
}

/**
 * kc_cip_rule_status() - a node says whom it obeys
 * @r: the authority
 * @member: which node, an index of @r->members
 * @status: what it says
 * @now: present time
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_rule_status(struct kc_cip_rule *r, unsigned int member,
				const struct kc_cip_status *status, u64 now)
{
	const struct kc_cip_head *head = &status->head;
	struct kc_cip_member *m = &r->members[member];
	u32 seq = r->seq;

	r->hold->seen = kc_later(r->hold->seen, head->epoch);
	if (kc_cip_rule_on(r) && lapsed(r, now))
		return begin(r, r->epoch + 1, now);
	if (!kc_cip_rule_on(r) || !is_alike(r, status) ||
	    is_late(r, m, head, now))
		return 0;
	if (head->life != m->life) {
		m->obeys = false;
		m->confirmed = false;
	}
	m->life = head->life;
	m->stamp = head->stamp;
	if (head->flags & KC_CIP_SILENT)
		return 0;
	if (!is_ours(r, head) || head->seq > r->seq) {
		m->obeys = false;
		m->confirmed = false;
		r->behind |= is_above(r, head);
		/* It would answer what it answered. */
		return is_above(r, head) ? 0 : KC_CIP_GRANT;
	}
	obeyed(r, member, status, now);
	count_echoes(r);
	advance(r, now);
	return r->seq != seq ? KC_CIP_GRANT_ALL : KC_CIP_GRANT;
}

/**
 * kc_cip_rule_alive() - a peer is dead, or is not
 * @r: the authority, also while it is none
 * @member: which node, an index of @r->members
 * @alive: what it is
 * @now: present time
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_rule_alive(struct kc_cip_rule *r, unsigned int member,
			       bool alive, u64 now)
{
	if (r->members[member].alive == alive)
		return 0;
	r->members[member].alive = alive;
	r->dirty = true;
	return kc_cip_rule_on(r) && advance(r, now) ? KC_CIP_GRANT_ALL : 0;
}

/* Have those changed among whom buckets are divided? */
static void look_around(struct kc_cip_rule *r, u64 now)
{
	unsigned int i;

	for (i = 0; i < r->n; i++)
		if (r->members[i].planned != kc_cip_move_eligible(r, i, now))
			r->dirty = true;
}

/* Is there another authority, or was there no majority for too long? */
static bool must_begin(const struct kc_cip_rule *r, u64 now)
{
	if (!r->wanted || now < r->hold->silent_until)
		return false;
	if (r->hold->seen >= KC_CIP_EPOCH_MAX)
		return false;
	if (!kc_cip_rule_on(r))
		return now >= r->hold->heard_at + kc_cip_rule_lease(r) ||
		       r->hold->authority == r->hold->cfg.id;
	if (r->behind && now >= r->began_at + kc_cip_rule_lease(r) / 2)
		return true;
	return lapsed(r, now);
}

/**
 * kc_cip_rule_run() - time has passed
 * @r: the authority, also while it is none
 * @now: present time
 *
 * Return: what has to be done, enum kc_cip_actions
 */
unsigned int kc_cip_rule_run(struct kc_cip_rule *r, u64 now)
{
	unsigned int i;
	bool waited;

	if (must_begin(r, now))
		return begin(r, r->epoch + 1, now);
	if (!kc_cip_rule_on(r))
		return 0;
	look_around(r, now);
	if (advance(r, now))
		return KC_CIP_GRANT_ALL;
	/* What is waited for has come, or comes again to be asked for. */
	waited = now >= r->wait_at && r->asked_at < r->wait_at;
	if (!waited && now < r->ask_at)
		return 0;
	r->asked_at = now;
	r->ask_at = now + kc_cip_rule_lease(r) / ASK_SHARE;
	if (now >= r->wait_at || !r->majority_at)
		return KC_CIP_ASK_ALL;
	for (i = 0; i < r->n; i++)
		if (kc_cip_rule_silent(r, i))
			return KC_CIP_ASK_SILENT;
	return 0;
}

/**
 * kc_cip_rule_due() - when to call kc_cip_rule_run()
 * @r: the authority
 * @now: present time
 *
 * Return: the time, KC_CIP_NEVER if there is no need
 */
u64 kc_cip_rule_due(const struct kc_cip_rule *r, u64 now)
{
	u64 soon = now + kc_cip_rule_lease(r) / ASK_SHARE;

	if (!r->wanted)
		return KC_CIP_NEVER;
	/* What is waited for has come: its answers take a while. */
	if (kc_cip_rule_on(r) && r->wait_at > now)
		return kc_earlier(soon, r->wait_at);
	return soon;
}

/**
 * kc_cip_rule_silent() - does a node have to be asked whether it obeys?
 * @r: the authority
 * @member: which node, an index of @r->members
 */
bool kc_cip_rule_silent(const struct kc_cip_rule *r, unsigned int member)
{
	return member != r->self && !r->members[member].obeys;
}
