/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The paths of a virtual router: devices by which its advertisements go.
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"
#include "parse.h"

struct args;
struct json_object;
struct nl_msg;
struct nlattr;
struct word;

/**
 * struct path - A device by which advertisements go and come.
 * @ifname: The device.
 * @flaw: What the device lacks, NULL if nothing.
 * @peers: Unicast peers, @peer_count of them; none for multicast.
 * @source: Source address of our advertisements.
 * @last_heard: Milliseconds since an advertisement came by it, if @heard.
 * @peer_count: See @peers.
 * @hop_limit: Least TTL or hop limit that is accepted; 0 when not given.
 * @trusted: Counts even where another path goes through WireGuard.
 * @up: Advertisements can go.
 * @silent: None come, though they do by others.
 * @heard: Whether one came at all.
 */
struct path {
	char *ifname;
	char *flaw;
	struct ipaddr *peers;
	struct ipaddr source;
	uint64_t last_heard;
	unsigned int peer_count;
	uint8_t hop_limit;
	bool trusted;
	bool up;
	bool silent;
	bool heard;
};

/* path.c: the object, and from the command line */
extern const struct word path_words[];
struct ipaddr *path_new_peer(struct path *path);
void path_free(struct path *path);
bool path_is_key(const char *text);
enum status path_parse(struct args *args, struct path *path);
void path_save(FILE *out, const struct path *path);

/* path_netlink.c: to and from the kernel */
void path_encode(struct nl_msg *msg, const struct path *path);
void path_decode(struct path *path, struct nlattr *nest);

/* path_show.c: for people and programs */
void path_show_state(const struct path *path);
void path_show(const struct path *path);
struct json_object *path_json(const struct path *path);

#endif
