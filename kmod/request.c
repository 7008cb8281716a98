// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel as a netlink user: requests to rtnetlink, as ip(8) makes them, and
 * to generic netlink, as wg(8) does.
 */
#include <linux/errno.h>
#include <linux/genetlink.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "request.h"

/* Far more than can wait: nobody but the kernel writes to us. */
#define STRAY_MAX 256

/* What an answer comes in. The kernel makes no message longer than it fits. */
#define ANSWER_SIZE 16384

/**
 * kc_request_open() - become a client of rtnetlink
 * @req: the client
 * @net: the namespace to talk to; no reference is taken
 * @mark: of what it puts in place, KC_MARK_*
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno
 */
int kc_request_open(struct kc_request *req, struct net *net, u8 mark)
{
	memset(req, 0, sizeof(*req));
	req->net = net;
	req->mark = mark;
	return sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
				&req->sock);
}

/**
 * kc_request_open_generic() - become a client of generic netlink
 * @req: the client
 * @net: the namespace to talk to; no reference is taken
 *
 * Context: process, may sleep
 * Return: 0 or a negative errno
 */
int kc_request_open_generic(struct kc_request *req, struct net *net)
{
	memset(req, 0, sizeof(*req));
	req->net = net;
	return sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC,
				&req->sock);
}

/**
 * kc_request_close() - be a client no more
 * @req: the client, open or not
 *
 * Context: process, may sleep; before the namespace goes.
 */
void kc_request_close(struct kc_request *req)
{
	if (req->sock)
		sock_release(req->sock);
	req->sock = NULL;
}

/**
 * kc_request_begin() - start a message
 * @req: the client
 * @type: RTM_*
 * @flags: NLM_F_* beyond NLM_F_REQUEST and NLM_F_ACK
 * @header_len: octets of the header of the family, such as struct rtmsg
 *
 * Return: that header, all zero
 */
void *kc_request_begin(struct kc_request *req, u16 type, u16 flags,
		       size_t header_len)
{
	struct nlmsghdr *nlh = &req->buf.nlh;

	memset(&req->buf, 0, sizeof(req->buf));
	req->overflow = false;
	nlh->nlmsg_len = nlmsg_msg_size(header_len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	return nlmsg_data(nlh);
}

/* Room for an attribute with @len octets, NULL if there is none. */
static struct nlattr *put(struct kc_request *req, u16 type, size_t len)
{
	size_t at = NLMSG_ALIGN(req->buf.nlh.nlmsg_len);
	struct nlattr *attr;

	if (req->overflow || len > KC_REQUEST_SIZE ||
	    at + nla_total_size(len) > KC_REQUEST_SIZE) {
		req->overflow = true;
		return NULL;
	}
	attr = (struct nlattr *)(req->buf.bytes + at);
	attr->nla_type = type;
	attr->nla_len = nla_attr_size(len);
	req->buf.nlh.nlmsg_len = at + nla_total_size(len);
	return attr;
}

/**
 * kc_request_put() - append an attribute
 * @req: the client, with a message begun
 * @type: type of the attribute
 * @data: its payload
 * @len: octets of @data
 *
 * What does not fit makes kc_request_send() fail.
 */
void kc_request_put(struct kc_request *req, u16 type, const void *data,
		    size_t len)
{
	struct nlattr *attr = put(req, type, len);

	if (attr)
		memcpy(nla_data(attr), data, len);
}

/**
 * kc_request_nest() - append an attribute that holds others
 * @req: the client, with a message begun
 * @type: type of the attribute
 *
 * Return: what kc_request_nest_end() wants to have
 */
struct nlattr *kc_request_nest(struct kc_request *req, u16 type)
{
	return put(req, type | NLA_F_NESTED, 0);
}

/**
 * kc_request_nest_end() - what follows is outside
 * @req: the client
 * @nest: from kc_request_nest()
 */
void kc_request_nest_end(struct kc_request *req, struct nlattr *nest)
{
	if (nest)
		nest->nla_len = req->buf.bytes + req->buf.nlh.nlmsg_len -
				(u8 *)nest;
}

/*
 * rtnetlink has answered before sendmsg returns, so there is nothing to wait
 * for. The answer to a refusal repeats the request behind what we
 * want to know; that part is cut off.
 */
static int receive_ack(struct kc_request *req)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
	} ack;
	unsigned int strays;
	int len;

	for (strays = 0; strays < STRAY_MAX; strays++) {
		struct sockaddr_nl from = {};
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
		};
		struct kvec vec = {
			.iov_base = &ack,
			.iov_len = sizeof(ack),
		};

		len = kernel_recvmsg(req->sock, &msg, &vec, 1, sizeof(ack),
				     MSG_DONTWAIT);
		if (len == -EAGAIN)
			break;
		if (len < 0)
			return len;
		if (len == sizeof(ack) && !from.nl_pid &&
		    ack.nlh.nlmsg_type == NLMSG_ERROR &&
		    ack.nlh.nlmsg_seq == req->seq)
			return ack.err.error;
	}
	return -EPROTO;
}

/*
 * The message is addressed to the kernel explicitly. A socket without a file
 * could not pass the capability check otherwise, which looks at the file of
 * connected senders.
 */
static int transmit(struct kc_request *req)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
	};
	struct kvec vec = {
		.iov_base = req->buf.bytes,
		.iov_len = req->buf.nlh.nlmsg_len,
	};
	int err;

	if (!req->sock)
		return -ENOTCONN;
	if (req->overflow)
		return -EMSGSIZE;
	req->buf.nlh.nlmsg_seq = ++req->seq;
	err = kernel_sendmsg(req->sock, &msg, &vec, 1, vec.iov_len);
	return err < 0 ? err : 0;
}

/**
 * kc_request_send() - send the message and hear what became of it
 * @req: the client, with a message begun
 *
 * Context: process, may sleep; takes RTNL, or what the family takes. -ENOBUFS
 * leaves open whether the request was carried out.
 * Return: 0 or a negative errno, mostly that of rtnetlink or the family
 */
int kc_request_send(struct kc_request *req)
{
	return transmit(req) ?: receive_ack(req);
}

static int error_of(const struct nlmsghdr *nlh)
{
	const int *error = nlmsg_data(nlh);

	return nlmsg_len(nlh) < (int)sizeof(*error) ? 0 : *error;
}

/* One datagram of an answer; 1 if there is more to come. */
static int take_some(struct kc_request *req, const void *data, int len,
		     kc_request_take take, void *arg, bool *changed)
{
	const struct nlmsghdr *nlh;

	for (nlh = data; nlmsg_ok(nlh, len); nlh = nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_seq != req->seq)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
			*changed = true;
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE)
			return error_of(nlh);
		take(arg, nlh);
	}
	return 1;
}

/*
 * An answer that is not heard to its end goes on: as long as the socket lives, the
 * kernel refuses another one with -EBUSY.
 */
static void start_anew(struct kc_request *req)
{
	struct socket *sock;

	if (sock_create_kern(req->net, AF_NETLINK, SOCK_RAW,
			     req->sock->sk->sk_protocol, &sock))
		return;
	sock_release(req->sock);
	req->sock = sock;
}

/**
 * kc_request_ask() - send the message and hear the answer
 * @req: the client, with a message begun
 * @take: gets each message of the answer
 * @arg: passed to it
 *
 * Context: process, may sleep
 * Return: 0 or a negative errno, after which the answer is not complete; -EINTR
 * if something changed while it was made: what was told may not fit together
 */
int kc_request_ask(struct kc_request *req, kc_request_take take, void *arg)
{
	void *answer = kvmalloc(ANSWER_SIZE, GFP_KERNEL);
	bool changed = false, whole = true;
	int len, err;

	if (!answer)
		return -ENOMEM;
	err = transmit(req) ?: 1;
	while (err == 1) {
		struct msghdr msg = {};
		struct kvec vec = {
			.iov_base = answer,
			.iov_len = ANSWER_SIZE,
		};

		/* Each time it is asked, the kernel writes the next part. */
		len = kernel_recvmsg(req->sock, &msg, &vec, 1, ANSWER_SIZE,
				     MSG_DONTWAIT);
		whole = len > 0 && !(msg.msg_flags & MSG_TRUNC);
		if (!whole)
			err = len < 0 && len != -EAGAIN ? len : -EPROTO;
		else
			err = take_some(req, answer, len, take, arg, &changed);
	}
	if (!whole)
		start_anew(req);
	kvfree(answer);
	return err ?: changed ? -EINTR : 0;
}

static void take_family(void *arg, const struct nlmsghdr *nlh)
{
	const struct nlattr *id;

	id = nlmsg_find_attr(nlh, GENL_HDRLEN, CTRL_ATTR_FAMILY_ID);
	if (id && nla_len(id) >= (int)sizeof(u16))
		*(int *)arg = nla_get_u16(id);
}

/**
 * kc_request_family() - the number of a family of generic netlink
 * @req: a client of generic netlink
 * @name: of the family
 *
 * Context: process, may sleep
 * Return: the number or a negative errno
 */
int kc_request_family(struct kc_request *req, const char *name)
{
	struct genlmsghdr *header;
	int id = -ENOENT, err;

	header = kc_request_begin(req, GENL_ID_CTRL, 0, GENL_HDRLEN);
	header->cmd = CTRL_CMD_GETFAMILY;
	header->version = 1;
	kc_request_put(req, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	err = kc_request_ask(req, take_family, &id);
	return err ?: id;
}
