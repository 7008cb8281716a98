// SPDX-License-Identifier: GPL-2.0
/*
 * Talking to the module over generic netlink: one socket for all requests.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/kcluster.h>

#include "explain.h"
#include "extack.h"
#include "module.h"

/* The largest request: every list of a router full, with all its attributes. */
#define REQUEST_MAX (400 * 1024)
/* Large enough for any message of a dump; the kernel fills what it is given. */
#define RECEIVE_MAX (64 * 1024)

static struct nl_sock *sock;
static int family;

/**
 * struct exchange - A request and what has come back for it.
 * @reply: Takes the messages of the reply; may be NULL.
 * @arg: For @reply.
 * @extack: What the kernel says about the request.
 * @done: Whether the last message has come.
 * @interrupted: Whether a dump mixes the states of different moments.
 */
struct exchange {
	reply_fn reply;
	void *arg;
	struct extack *extack;
	bool done;
	bool interrupted;
};

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;
	const struct nlmsghdr *message = nlmsg_hdr(msg);

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		exchange->interrupted = true;
	if (exchange->reply && genlmsg_valid_hdr(nlmsg_hdr(msg), 0))
		exchange->reply(message, exchange->arg);
	return NL_OK;
}

static int on_end(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;
	const struct nlmsghdr *message = nlmsg_hdr(msg);

	if (message->nlmsg_flags & NLM_F_DUMP_INTR)
		exchange->interrupted = true;
	extack_read(exchange->extack, message);
	exchange->done = true;
	return NL_STOP;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->interrupted = true;
	return NL_OK;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *header, void *arg)
{
	struct exchange *exchange = arg;
	const void *start = (const char *)header - NLMSG_HDRLEN;

	(void)from;
	extack_read(exchange->extack, start);
	exchange->done = true;
	return NL_STOP;
}

/**
 * module_disconnect() - Forget the socket, so that the family is looked up anew.
 */
void module_disconnect(void)
{
	nl_socket_free(sock);
	sock = NULL;
}

/**
 * module_try_connect() - Open the socket and look the family up, once.
 *
 * Return: 0 or a negative errno; -ENOENT when the module is not there.
 */
int module_try_connect(void)
{
	int fd, on = 1, room = REQUEST_MAX, result;

	if (sock)
		return 0;
	sock = need_memory(nl_socket_alloc());
	result = genl_connect(sock);
	if (result)
		goto fail;
	fd = nl_socket_get_fd(sock);
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	/* The kernel doubles what it is asked for, so that is enough also where
	 * net.core.wmem_max has its usual value.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	result = nl_socket_set_msg_buf_size(sock, RECEIVE_MAX) ? -ENOMEM : 0;
	if (result)
		goto fail;
	family = genl_ctrl_resolve(sock, KCLUSTER_FAMILY_NAME);
	if (family < 0) {
		result = family == -NLE_OBJ_NOTFOUND ? -ENOENT : -EPROTO;
		goto fail;
	}
	return 0;

fail:
	module_disconnect();
	return result;
}

/**
 * module_try_there() - Whether the kernel has the family now.
 *
 * Asking for it by its name would make the kernel load the module; the list of
 * all families is only read. Who waits must not undo an rmmod.
 *
 * Return: 1 if it has, 0 if not, or a negative error of libnl.
 */
int module_try_there(void)
{
	struct nl_sock *asker = need_memory(nl_socket_alloc());
	struct genl_family *found = NULL;
	struct nl_cache *families;
	int result = genl_connect(asker);

	if (!result)
		result = genl_ctrl_alloc_cache(asker, &families);
	if (!result) {
		found = genl_ctrl_search_by_name(families, KCLUSTER_FAMILY_NAME);
		if (found)
			genl_family_put(found);
		nl_cache_free(families);
	}
	nl_socket_free(asker);
	return result < 0 ? result : !!found;
}

/**
 * module_there() - As module_try_there(), and say what went wrong.
 * @there: Filled in.
 *
 * Return: DONE or REFUSED. What is not known is not to be taken for nothing.
 */
enum status module_there(bool *there)
{
	int result = module_try_there();

	*there = result > 0;
	if (result >= 0)
		return DONE;
	error("generic netlink: what families there are: %s", nl_geterror(result));
	return REFUSED;
}

/**
 * module_connect() - As module_try_connect(), and explain why it failed.
 *
 * Return: DONE or REFUSED.
 */
enum status module_connect(void)
{
	int error_number = module_try_connect();

	if (!error_number)
		return DONE;
	if (error_number == -ENOENT)
		explain_missing_module();
	else
		error("generic netlink: %s", strerror(-error_number));
	return REFUSED;
}

/**
 * module_family() - The family's number, after module_connect().
 *
 * Return: The number.
 */
int module_family(void)
{
	return family;
}

/**
 * module_must() - Check that an attribute was put into a request.
 * @result: What nla_put_*() or nla_nest_end() returned.
 *
 * Requests are allocated for the largest legal router, so this only fails for
 * lists that are longer than any kernel accepts.
 */
void module_must(int result)
{
	if (result < 0) {
		error("the request is too long: split it into several commands");
		exit(REFUSED);
	}
}

/**
 * module_nest() - Begin an attribute that holds others.
 * @msg: The request.
 * @type: Its number.
 *
 * Return: The attribute, for nla_nest_end().
 */
struct nlattr *module_nest(struct nl_msg *msg, int type)
{
	struct nlattr *nest = nla_nest_start(msg, NLA_F_NESTED | type);

	if (!nest)
		module_must(-1);
	return nest;
}

/**
 * module_new() - Start a request.
 * @command: KCLUSTER_CMD_*.
 * @flags: NLM_F_* besides NLM_F_REQUEST; NLM_F_ACK for anything but a dump.
 *
 * The socket must be connected.
 *
 * Return: The message, which module_transact() or module_request() frees.
 */
struct nl_msg *module_new(uint8_t command, int flags)
{
	struct nl_msg *msg = need_memory(nlmsg_alloc_size(REQUEST_MAX));

	need_memory(genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
				KCLUSTER_FAMILY_VERSION));
	return msg;
}

/**
 * module_transact() - Send a request and wait until it has been answered.
 * @msg: The request; freed.
 * @reply: Called for each message of the answer; may be NULL.
 * @arg: For @reply.
 * @extack: Filled with what the kernel says besides the errno.
 *
 * Return: 0 or a negative errno; -EAGAIN for a dump that was interrupted by a
 * change and is to be asked for again.
 */
int module_transact(struct nl_msg *msg, reply_fn reply, void *arg, struct extack *extack)
{
	struct exchange exchange = { .reply = reply, .arg = arg, .extack = extack };
	struct nl_cb *cb = need_memory(nl_cb_alloc(NL_CB_CUSTOM));
	int result = 0;

	memset(extack, 0, sizeof(*extack));
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, &exchange);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_end, &exchange);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, &exchange);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, &exchange);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, &exchange);
	if (!sock) {
		/* What was asked before has failed. */
		result = -ENOTCONN;
		exchange.done = true;
	} else if (nl_send_auto(sock, msg) < 0) {
		result = errno ? -errno : -EPROTO;
		exchange.done = true;
		/* libnl would wait for an answer to this one all the same. */
		module_disconnect();
	}
	while (!exchange.done) {
		int received = nl_recvmsgs(sock, cb);

		if (received < 0 && !exchange.done) {
			/* libnl has its own numbers; what led to them is in errno. */
			result = received == -NLE_NOMEM ? -ENOBUFS : errno ? -errno : -EPROTO;
			/* Later answers would belong to this request. */
			module_disconnect();
			break;
		}
	}
	nl_cb_put(cb);
	nlmsg_free(msg);
	if (!result)
		result = extack->error;
	if (!result && exchange.interrupted)
		result = -EAGAIN;
	return result;
}

/**
 * module_request() - As module_transact(), and report what the kernel says.
 * @msg: The request; freed.
 * @what: What the user asked for, such as "vrrp add KA1", for the report.
 * @reply: Called for each message of the answer; may be NULL.
 * @arg: For @reply.
 *
 * Return: DONE or REFUSED.
 */
enum status module_request(struct nl_msg *msg, const char *what, reply_fn reply, void *arg)
{
	struct extack extack;
	char text[512];
	int result;

	nlmsg_get(msg);
	result = module_transact(msg, reply, arg, &extack);
	if (result || extack.message[0]) {
		extack_text(&extack, result, nlmsg_hdr(msg), text, sizeof(text));
		if (result)
			error("%s: %s", what, text);
		else
			warning("%s: %s", what, text);
	}
	nlmsg_free(msg);
	return result ? REFUSED : DONE;
}

/**
 * module_flush() - Run the command "flush" of an object.
 * @command: KCLUSTER_CMD_..._FLUSH.
 * @object: Its name, such as "peer".
 * @argc: Number of words after "flush".
 * @argv: Those words.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status module_flush(uint8_t command, const char *object, int argc, char **argv)
{
	char what[32];

	if (argc)
		return wrong(object, "%s flush: '%s' is too much, nothing is expected", object,
			     argv[0]);
	if (module_connect() != DONE)
		return REFUSED;
	snprintf(what, sizeof(what), "%s flush", object);
	return module_request(module_new(command, NLM_F_ACK), what, NULL, NULL);
}
