/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Talking to the module over generic netlink.
 */
#ifndef MODULE_H
#define MODULE_H

#include <linux/netlink.h>
#include <stdint.h>

#include "clusterctl.h"

struct extack;
struct nl_msg;

/**
 * typedef reply_fn - Takes one message of a reply.
 * @message: A message of the family, checked to hold a generic netlink header.
 * @arg: What the requester passed.
 */
typedef void (*reply_fn)(const struct nlmsghdr *message, void *arg);

int module_try_there(void);
enum status module_there(bool *there);
int module_try_connect(void);
enum status module_connect(void);
void module_disconnect(void);
int module_family(void);

struct nl_msg *module_new(uint8_t command, int flags);
void module_must(int result);
struct nlattr *module_nest(struct nl_msg *msg, int type);
int module_transact(struct nl_msg *msg, reply_fn reply, void *arg, struct extack *extack);
enum status module_request(struct nl_msg *msg, const char *what, reply_fn reply, void *arg);
enum status module_flush(uint8_t command, const char *object, int argc, char **argv);

#endif
