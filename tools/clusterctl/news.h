/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the monitor prints.
 */
#ifndef NEWS_H
#define NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct news - A change of a virtual router or a group, or the state it was found in.
 * @is_group: Whether it is a group, of which no more is known than the states.
 * @name: Its name.
 * @ifname: Its device; NULL when not known.
 * @reason: What led to it; NULL when not known.
 * @state: The new state.
 * @old_state: The state before; not with @replay.
 * @priority: Its priority after tracking.
 * @vrid: Its virtual router identifier.
 * @sequence: Number of the event; not with @replay.
 * @replay: Whether it was found by looking, not told by an event.
 */
struct news {
	bool is_group;
	const char *name;
	const char *ifname;
	const char *reason;
	uint8_t state;
	uint8_t old_state;
	uint8_t priority;
	uint8_t vrid;
	uint32_t sequence;
	bool replay;
};

struct claim;
struct clusterip;
struct clusterips;
struct json_object;
struct path;
struct peer;
struct peers;
struct told_list;
struct value;
struct values;

/* news.c */
struct json_object *news_begin(const char *type);
void news_stamp(void);
const char *news_type(const struct news *news);
void news_print(const struct news *news);
void news_print_path(const char *name, const struct path *path, uint32_t sequence);

/* news_value.c: tracked values */
void news_tell_value(struct told_list *told, const struct value *value, bool replay);
void news_replay_values(struct told_list *told, const struct values *values);

/* news_clusterip.c: cluster IPs */
void news_tell_clusterip(struct told_list *told, const struct clusterip *ip, bool replay);
void news_replay_clusterips(struct told_list *told, const struct clusterips *ips);

/* news_claim.c: claims */
void news_print_claim(const struct claim *claim);

/* news_peer.c: peers */
void news_tell_peer(struct told_list *told, const struct peer *peer, bool replay);
void news_replay_peers(struct told_list *told, const struct peers *peers);
void news_print_peer_path(const struct peer *peer);
void news_print_peer_file(const struct peer *peer);

#endif
