/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that the module has been told by the tool: as it is, as it shall be, and the way
 * from one to the other.
 */
#ifndef OBJECTS_H
#define OBJECTS_H

#include "claim.h"
#include "clusterip.h"
#include "mirror.h"
#include "peer.h"
#include "router.h"
#include "setup.h"
#include "work.h"

/**
 * struct objects - What a module has or shall have.
 * @peers: Other nodes.
 * @claims: What was claimed, not what virtual routers claim by themselves.
 * @routers: Virtual routers.
 * @ips: Cluster IPs.
 * @mirror: The mirror.
 * @file: Which cluster file all that is from, 0 for none.
 * @file_known: Of what a module has: whether it can tell peers of @file.
 */
struct objects {
	struct peers peers;
	struct claims claims;
	struct routers routers;
	struct clusterips ips;
	struct mirror mirror;
	uint64_t file;
	bool file_known;
};

/* objects.c: what there is and what shall be */
void objects_free(struct objects *all);
bool objects_any(const struct objects *want);
enum status objects_read(struct objects *is);
void objects_want(struct objects *want, struct setup *setup);
enum status objects_again(struct objects *want, const struct objects *is);

/* objects_text.c: as it is written */
char *claim_text(const struct claim *claim);
char *peer_text(const struct peer *peer);
char *router_text(const struct router *router);
char *clusterip_text(const struct clusterip *ip);
char *mirror_text(const struct mirror *mirror);
char *file_text(uint64_t file);

/* objects_diff.c: what changes, as JSON */
void objects_tell(struct work *work, const char *object, const char *name, const char *before,
		  const char *after);
void objects_tell_router(struct work *work, const struct router *is, const struct router *want);
void objects_tell_peer(struct work *work, const struct peer *is, const struct peer *want);

/* objects_change.c: from one to the other */
enum status objects_change(struct work *work, struct objects *is, struct objects *want);

#endif
