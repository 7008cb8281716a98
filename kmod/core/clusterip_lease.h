/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cluster IP: a bucket has one owner at a time.
 *
 * One node is the authority. It makes the map of who owns what and grants every
 * node the time in which that may answer for its buckets, its lease. Nodes obey
 * the authority with the highest epoch, of two with the same epoch that with the
 * higher number, and never a lower one again. Clocks need nearly the same pace,
 * not the same time: whoever is given some time takes a 32nd off it.
 *
 * A node sends STATUS with a stamp, and a lease that answers it runs from that
 * stamp on, by the node's own clock: one that is late is worth less. What the
 * authority sends has a stamp as well, and the next STATUS repeats it: so it
 * knows who still obeyed it when. It is the authority, and its leases last,
 * until a lease after the last stamp that a majority repeated.
 *
 * A bucket moves in two steps. A map in which nobody owns it takes it away; the
 * next one, which gives it to another, is made when the former owner said that
 * it goes by the first, or when its lease has lapsed and a majority has repeated
 * a stamp from after that. The latter is what a new authority relies on: what it
 * found held when it got its majority is not given away by an earlier one.
 *
 * A new authority takes over like this. Its claim makes nodes obey it, and they
 * go on with what they hold and say what that is. Having a majority it grants
 * them just that, on condition that they hold it still (KC_CIP_KEEP). All else
 * may be held by somebody who is silent, and by no means for longer than a lease
 * after that: then, or when all nodes have said that they go by its map, it is
 * free. Until then nothing moves. An authority that had no majority for so long
 * that it lapsed begins anew, with a higher epoch.
 *
 * The settings have to be the same everywhere: who says that it has other ones
 * does not count. The number of nodes may differ by one, while one comes or goes:
 * then a majority of the fewer and one of the more still have a node in common.
 * As long as it differs, or a node went, somebody may hold what no member knows of.
 *
 * A node that starts may have forgotten whom it obeyed. It promises nothing for
 * two leases: one in which a majority that counts on it may last, and one in
 * which the stamps were repeated that another majority is made of.
 *
 * The authority is a node like others, and sends to itself by kc_cip_self().
 *
 * With fewer than three nodes that vote there is no majority in a partition;
 * with @serve the authority does not ask for one, and then a bucket may have two
 * owners.
 *
 * Times are nanoseconds of one monotonic clock, not 0. The caller serializes.
 */
#ifndef KC_CORE_CLUSTERIP_LEASE_H
#define KC_CORE_CLUSTERIP_LEASE_H

#include "clusterip_msg.h"

#define KC_CIP_NEVER U64_MAX

/* Fewer cannot be cut in two of which one is a majority. */
#define KC_CIP_VOTES_MIN 3

/* What has to be done after a call, a set of these. */
enum kc_cip_actions {
	/* Send STATUS to whom is obeyed, or to all if nobody is heard. */
	KC_CIP_SAY = 1 << 0,
	/* Send STATUS to the sender of what came: it does not know better. */
	KC_CIP_SAY_BACK = 1 << 1,
	/* What is held, or until when, is another: let packets see it. */
	KC_CIP_CHANGED = 1 << 2,
	/* Send to who said STATUS what kc_cip_rule_grant() makes. */
	KC_CIP_GRANT = 1 << 3,
	/* Send that to all. */
	KC_CIP_GRANT_ALL = 1 << 4,
	/* Send that to all and ask them to answer at once. */
	KC_CIP_ASK_ALL = 1 << 5,
	/* Likewise, but only to those that kc_cip_rule_silent() names. */
	KC_CIP_ASK_SILENT = 1 << 6,
};

/**
 * struct kc_cip_config - what all nodes of an object have in common, and who
 * this one is
 * @object: its name
 * @id: our number, not 0
 * @life: another one each time we start
 * @lease: the longest lease, ns; at most the time after which a peer is dead
 * @seed: of the hash
 * @buckets: how many
 * @mode: enum kc_cip_mode
 * @votes: nodes that vote, with ours
 * @serve: with fewer than KC_CIP_VOTES_MIN do not ask for a majority
 */
struct kc_cip_config {
	u8 object[KC_CIP_NAME_LEN];
	u64 id;
	u32 life;
	u64 lease;
	u32 seed;
	u16 buckets;
	u8 mode;
	u16 votes;
	bool serve;
};

/**
 * struct kc_cip_hold - what this node holds, and whom it obeys
 * @cfg: see there
 * @weight: ours
 * @standby: what we have shall move away
 * @released: we have nothing and take nothing
 * @differs: the last map was of other buckets, or of another hash
 * @silent_until: what was promised before we started counts no more then
 * @since: what answers an earlier STATUS is not for us
 * @asked: stamp of our last STATUS, 0 if none
 * @status_at: when the next one is due
 * @seen: the highest epoch that anybody has named
 * @epoch: of whom we obey, 0 if nobody
 * @authority: its number
 * @authority_life: which life of it
 * @seq: of its map that we go by, 0 if none yet
 * @echo: the last stamp of it that we heard
 * @heard_at: when we did
 * @mine: bit map of our buckets
 * @until: we may answer for them until then
 * @its_lease: and that was granted by whom we obey now, not by an earlier one
 */
struct kc_cip_hold {
	struct kc_cip_config cfg;
	u16 weight;
	bool standby;
	bool released;
	bool differs;
	u64 silent_until;
	u64 since;
	u64 asked;
	u64 status_at;
	u64 seen;
	u64 epoch;
	u64 authority;
	u32 authority_life;
	u32 seq;
	u64 echo;
	u64 heard_at;
	u64 mine[KC_CIP_HELD_MAX];
	u64 until;
	bool its_lease;
};

void kc_cip_hold_init(struct kc_cip_hold *h, const struct kc_cip_config *cfg,
		      u64 now);
unsigned int kc_cip_hold_hear(struct kc_cip_hold *h, u64 from,
			      const struct kc_cip_lease *lease,
			      const struct kc_cip_map *map, u64 now);
void kc_cip_hold_status(struct kc_cip_hold *h, struct kc_cip_status *status,
			u64 now);
unsigned int kc_cip_hold_release(struct kc_cip_hold *h, bool released, u64 now);
bool kc_cip_hold_lost(const struct kc_cip_hold *h, u64 now);

/**
 * kc_cip_owns() - may we answer for a bucket?
 * @h: what we hold
 * @bucket: which
 * @now: present time
 */
static inline bool kc_cip_owns(const struct kc_cip_hold *h, unsigned int bucket,
			       u64 now)
{
	return now < h->until && kc_cip_held(h->mine, bucket);
}

/* --- the authority -------------------------------------------------------- */

/* Who might still hold a bucket that nobody owns: somebody. */
#define KC_CIP_SOMEBODY 0xfe

/**
 * struct kc_cip_member - a node as the authority knows it
 * @id: its number
 * @weight: as it last said, 0 on standby
 * @alive: it is no dead peer
 * @released: it has nothing and takes nothing
 * @obeys: it has said so in this term, in its present life
 * @confirmed: it goes by a map of this term
 * @planned: it was one of those among whom buckets were divided
 * @agrees: it counts the same number of nodes as we do
 * @life: which life of it
 * @stamp: of its last STATUS, 0 if none
 * @heard_at: when that came
 * @echoed: our last stamp that it repeated, 0 if none in this term
 * @seq: of the map it goes by
 * @acked: the highest that it ever went by in this term
 * @lapse: all leases that it was granted have lapsed then
 */
struct kc_cip_member {
	u64 id;
	u16 weight;
	bool alive;
	bool released;
	bool obeys;
	bool confirmed;
	bool planned;
	bool agrees;
	u32 life;
	u64 stamp;
	u64 heard_at;
	u64 echoed;
	u32 seq;
	u32 acked;
	u64 lapse;
};

/**
 * struct kc_cip_left - a bucket that nobody owns
 * @by: who might hold it still, an index of members; KC_CIP_SOMEBODY;
 *	KC_CIP_NOBODY: it is free
 * @seq: from this map on it was not that node's
 * @lapse: its leases from before have lapsed then
 */
struct kc_cip_left {
	u8 by;
	u32 seq;
	u64 lapse;
};

/**
 * struct kc_cip_rule - the authority
 * @hold: what the same node holds as such
 * @n: nodes, KC_CIP_NODES_MAX at most
 * @members: they, in any order
 * @self: which of them we are
 * @wanted: we shall be the authority
 * @on: we are, as long as nobody with a higher epoch is
 * @settled: of all buckets it is known who may hold them
 * @dirty: there is reason to divide anew
 * @behind: somebody obeys one with a higher epoch
 * @strangers: somebody who is no member any more may hold something
 * @epoch: ours
 * @seq: of our last map, 0 if none yet
 * @began_at: when this term began
 * @majority_at: when we had a majority first in it, 0 if not yet
 * @majority: the last stamp that a majority repeated, 0 if none
 * @stamped: our last stamp
 * @asked_at: when we last asked anybody
 * @ask_at: when to ask again who is silent, or for what is waited for
 * @wait_at: from when on a stamp that is repeated would let us go on
 * @owners: the map
 * @left: of each bucket that nobody owns
 * @nodes: memory for planning
 * @next: likewise
 * @scratch: likewise
 */
struct kc_cip_rule {
	struct kc_cip_hold *hold;
	unsigned int n;
	struct kc_cip_member members[KC_CIP_NODES_MAX];
	unsigned int self;
	bool wanted;
	bool on;
	bool settled;
	bool dirty;
	bool behind;
	bool strangers;
	u64 epoch;
	u32 seq;
	u64 began_at;
	u64 majority_at;
	u64 majority;
	u64 stamped;
	u64 asked_at;
	u64 ask_at;
	u64 wait_at;
	u8 owners[KC_CIP_BUCKETS_MAX];
	struct kc_cip_left left[KC_CIP_BUCKETS_MAX];
	struct kc_cip_node nodes[KC_CIP_NODES_MAX];
	u8 next[KC_CIP_BUCKETS_MAX];
	struct kc_cip_scratch scratch;
};

int kc_cip_rule_init(struct kc_cip_rule *r, struct kc_cip_hold *hold,
		     const u64 *ids, unsigned int n);
bool kc_cip_rule_name(struct kc_cip_rule *r, unsigned int member, u64 id);
unsigned int kc_cip_rule_want(struct kc_cip_rule *r, bool wanted, u64 epoch,
			      u64 now);
unsigned int kc_cip_rule_status(struct kc_cip_rule *r, unsigned int member,
				const struct kc_cip_status *status, u64 now);
unsigned int kc_cip_rule_alive(struct kc_cip_rule *r, unsigned int member,
			       bool alive, u64 now);
unsigned int kc_cip_rule_run(struct kc_cip_rule *r, u64 now);
u64 kc_cip_rule_due(const struct kc_cip_rule *r, u64 now);
bool kc_cip_rule_grant(struct kc_cip_rule *r, unsigned int member, bool ask,
		       struct kc_cip_lease *lease, u64 now);
void kc_cip_rule_map(const struct kc_cip_rule *r, struct kc_cip_map *map);
unsigned int kc_cip_rule_needed(const struct kc_cip_rule *r);
bool kc_cip_rule_silent(const struct kc_cip_rule *r, unsigned int member);
u64 kc_cip_rule_until(const struct kc_cip_rule *r);
unsigned int kc_cip_self(struct kc_cip_rule *r, struct kc_cip_map *map,
			 struct kc_cip_status *status, u64 now);

#endif
