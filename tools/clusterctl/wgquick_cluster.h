/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who is in a VPN of which there are files of wg-quick.
 */
#ifndef WGQUICK_CLUSTER_H
#define WGQUICK_CLUSTER_H

#include "wgquick.h"

/**
 * struct wq_member - A machine of the VPN.
 * @name: What it is called.
 * @file: Its own file, NULL if there is none.
 * @key: Its public key.
 * @addresses: Its addresses in the VPN.
 * @behind: Networks behind it.
 * @endpoint: Where it is reached, NULL for nowhere.
 * @relay: Others are reached through it.
 * @listed: By how many it is named.
 * @lister: Index of the first of these.
 * @said_file: Its file, or that which names it first, for messages.
 * @said_line: Line in that.
 */
struct wq_member {
	char *name;
	const struct wq_file *file;
	uint8_t key[KEY_BYTES];
	struct net_prefixes addresses;
	struct net_prefixes behind;
	const char *endpoint;
	bool relay;
	unsigned int listed;
	unsigned int lister;
	const char *said_file;
	unsigned int said_line;
};

/**
 * struct wq_vpn - All of it.
 * @networks: Its networks.
 * @members: Who is in it, @count of them; those with files come first.
 * @count: See @members.
 */
struct wq_vpn {
	struct net_prefixes networks;
	struct wq_member *members;
	unsigned int count;
};

/* wgquick_vpn.c */
void wq_vpn_make(struct wq_vpn *vpn, struct ka_report *report, const struct wq_file *files,
		 unsigned int count);
void wq_vpn_free(struct wq_vpn *vpn);
bool wq_is_device(const struct wq_vpn *vpn, const struct wq_member *member);

#endif
