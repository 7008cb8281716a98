/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel as a netlink user: requests to rtnetlink, as ip(8) makes them, and
 * to generic netlink, as wg(8) does.
 */
#ifndef KC_REQUEST_H
#define KC_REQUEST_H

#include <linux/types.h>
#include <net/netlink.h>

struct net;
struct socket;

#define KC_REQUEST_SIZE 512

/* What we put in place is marked: IFA_PROTO and RTA_PROTOCOL. */
#define KC_MARK_VRRP 112
#define KC_MARK_CLUSTERIP 113

/* Is it one of our marks? Then it is lent, not the host's own. */
static inline bool kc_mark_is_ours(u8 mark)
{
	return mark == KC_MARK_VRRP || mark == KC_MARK_CLUSTERIP;
}

/**
 * struct kc_request - a client and its present message
 *
 * One user at a time; the owner sees to that. Holds no reference to the
 * namespace and must be closed before it goes.
 */
struct kc_request {
	/** @sock: netlink socket in the namespace, NULL while closed */
	struct socket *sock;
	/** @net: the namespace */
	struct net *net;
	/** @mark: of what this client puts in place, KC_MARK_* */
	u8 mark;
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

int kc_request_open(struct kc_request *req, struct net *net, u8 mark);
int kc_request_open_generic(struct kc_request *req, struct net *net);
void kc_request_close(struct kc_request *req);
void *kc_request_begin(struct kc_request *req, u16 type, u16 flags,
		       size_t header_len);
void kc_request_put(struct kc_request *req, u16 type, const void *data,
		    size_t len);
struct nlattr *kc_request_nest(struct kc_request *req, u16 type);
void kc_request_nest_end(struct kc_request *req, struct nlattr *nest);
int kc_request_send(struct kc_request *req);

/* Takes one message of an answer. */
typedef void (*kc_request_take)(void *arg, const struct nlmsghdr *nlh);

int kc_request_ask(struct kc_request *req, kc_request_take take, void *arg);
int kc_request_family(struct kc_request *req, const char *name);

#endif
