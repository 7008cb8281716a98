/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as a netlink user: requests to rtnetlink, as ip(8) makes them.
 */
#ifndef KC_REQUEST_H
#define KC_REQUEST_H

#include <linux/types.h>
#include <net/netlink.h>

struct net;
struct socket;

#define KC_REQUEST_SIZE 512

/**
 * struct kc_request - a client and its present message
 *
 * One user at a time; the owner sees to that. Holds no reference to the
 * namespace and must be closed before it goes.
 */
struct kc_request {
	/** @sock: NETLINK_ROUTE socket in the namespace, NULL while closed */
	struct socket *sock;
	/** @seq: of the last message */
	u32 seq;
	/** @overflow: the message did not fit */
	bool overflow;
	/** @buf: the message */
	union {
		struct nlmsghdr nlh;
		u8 bytes[KC_REQUEST_SIZE];
	} buf;
};

int kc_request_open(struct kc_request *req, struct net *net);
void kc_request_close(struct kc_request *req);
void *kc_request_begin(struct kc_request *req, u16 type, u16 flags,
		       size_t header_len);
void kc_request_put(struct kc_request *req, u16 type, const void *data,
		    size_t len);
struct nlattr *kc_request_nest(struct kc_request *req, u16 type);
void kc_request_nest_end(struct kc_request *req, struct nlattr *nest);
int kc_request_send(struct kc_request *req);

#endif
