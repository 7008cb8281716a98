/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two to five virtual routers on a simulated network, each step checked against
 * the rules. Everything random comes from a seed.
 *
 *	router 0      router 1   ...  router N-1	 one host beside each
 *	+ host 0      + host 1        + host N-1	 router, for what it was
 *	    |             |               |		 told by announcements
 *	  ==+=============+===============+==	 delays, and splits
 *
 * A router's number is its address: the higher one wins a tie.
 */
#ifndef KC_UNIT_NETWORK_H
#define KC_UNIT_NETWORK_H

#include "fsm_rules.h"

#define ROUTERS_MAX 5

/* RFC 9568 elects the best only if adverts take less than the skews differ. */
#define DELAY_MAX (2 * MS)

struct router {
	struct kc_fsm fsm;
	u64 frozen_until;
	u8 side;	/* of a split network */
	u8 told;	/* whom its host believes in, ROUTERS_MAX if nobody */
};

/* Those that there are, @count of them. */
extern struct router routers[ROUTERS_MAX];
extern unsigned int count;

/* The time, how many messages were sent, and when each router sent its last. */
extern u64 now, messages, last_sent[ROUTERS_MAX];

/* An empty network, and the same random numbers for the same seed. */
void network_begin(u64 seed);
u32 random_below(u32 limit);

struct message;

/* @message: for FSM_ADVERT */
void happen(u8 who, enum fsm_event event, const struct message *message);

/* Everything that happens until then. */
void pass(u64 until);

#endif
