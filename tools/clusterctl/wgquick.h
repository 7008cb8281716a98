/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files of wg-quick(8), one of each machine, on their way to a cluster file. Pure but
 * for the reading of the files.
 */
#ifndef WGQUICK_H
#define WGQUICK_H

#include <stdio.h>

#include "cluster.h"
#include "keepalived_report.h"

#define WQ_PEERS_MAX 65536

/**
 * struct wq_peer - A section [Peer].
 * @line: Where it starts.
 * @comment: What stands before it or in it as a comment, NULL for nothing.
 * @key: Its public key, if @has_key.
 * @has_key: There is one.
 * @endpoint: Where it is reached, NULL for nowhere.
 * @endpoint_line: Line of that.
 * @keepalive: Seconds between keepalives.
 * @allowed: Its allowed IPs, each with its line.
 */
struct wq_peer {
	unsigned int line;
	char *comment;
	uint8_t key[KEY_BYTES];
	bool has_key;
	char *endpoint;
	unsigned int endpoint_line;
	uint32_t keepalive;
	struct net_prefixes allowed;
};

/**
 * struct wq_file - A file, and the machine it is of.
 * @name: What that is called.
 * @file: The file.
 * @endpoint: Where the user says it is reached, NULL for nothing.
 * @key: Its public key, if @has_key.
 * @has_key: There is one.
 * @addresses: Its addresses.
 * @port: Where it listens, 0 if nothing is said.
 * @mtu: Of the device, 0 if nothing is said.
 * @peers: Its peers, @count of them.
 * @count: See @peers.
 */
struct wq_file {
	const char *name;
	const char *file;
	const char *endpoint;
	uint8_t key[KEY_BYTES];
	bool has_key;
	struct net_prefixes addresses;
	uint32_t port;
	uint32_t mtu;
	struct wq_peer *peers;
	unsigned int count;
};

/* wgquick.c: a file */
int wq_read(struct wq_file *file, struct ka_report *report);
void wq_take(struct wq_file *file, struct ka_report *report, char *text);
void wq_free(struct wq_file *file);

/* wgquick_cluster.c: all of them */
void wq_print(FILE *out, struct ka_report *report, const struct wq_file *files,
	      unsigned int count);

#endif
