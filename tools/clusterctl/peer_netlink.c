// SPDX-License-Identifier: GPL-2.0
/*
 * A peer as netlink attributes.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "extack.h"
#include "module.h"
#include "peer.h"

/**
 * peer_encode() - Write what is given of a peer into a request.
 * @msg: The request.
 * @peer: The peer; only what can be set is written.
 */
void peer_encode(struct nl_msg *msg, const struct peer *peer)
{
	struct nlattr *nest;
	unsigned int i;

	module_must(nla_put_string(msg, KCLUSTER_A_NODE_NAME, peer->name));
	for (i = 0; i < peer->path_count; i++) {
		const struct peer_path *path = &peer->paths[i];

		nest = module_nest(msg, KCLUSTER_A_NODE_PATH);
		module_must(nla_put(msg, KCLUSTER_A_NODE_PATH_ADDRESS, path->address.length,
				    path->address.bytes));
		if (path->ifname)
			module_must(nla_put_string(msg, KCLUSTER_A_NODE_PATH_IFNAME,
						   path->ifname));
		module_must(nla_nest_end(msg, nest));
	}
	if (peer_has(peer, KCLUSTER_A_NODE_INTERVAL))
		module_must(nla_put_u32(msg, KCLUSTER_A_NODE_INTERVAL, peer->interval));
	if (peer_has(peer, KCLUSTER_A_NODE_LOSE))
		module_must(nla_put_u8(msg, KCLUSTER_A_NODE_LOSE, peer->lose));
	/* A module that does not know the word would refuse it also where it says nothing. */
	if (peer->observer)
		module_must(nla_put_u8(msg, KCLUSTER_A_NODE_OBSERVER, 1));
}

static void decode_path(struct peer_path *path, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_NODE_PATH_ADDRESS:
			address_from_attribute(&path->address, attr);
			break;
		case KCLUSTER_A_NODE_PATH_IFNAME:
			free(path->ifname);
			path->ifname = text_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_UP:
			path->up = number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_BEST:
			path->best = number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_FLAW:
			free(path->flaw);
			path->flaw = text_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_LAST_HEARD:
			path->last_heard = number_from_attribute(attr);
			path->heard = true;
			break;
		case KCLUSTER_A_NODE_PATH_RTT:
			path->rtt = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_RTT_DEVIATION:
			path->rtt_deviation = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_LOSS:
			path->loss = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_SENT:
			path->sent = number_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_PATH_RECEIVED:
			path->received = number_from_attribute(attr);
			break;
		}
	}
}

static void decode_stats(struct peer *peer, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) <= KCLUSTER_A_NODE_STATS_MAX)
			peer->stats[nla_type(attr)] = number_from_attribute(attr);
}

static void decode_number(struct peer *peer, unsigned int type, uint64_t number)
{
	switch (type) {
	case KCLUSTER_A_NODE_INTERVAL:
		peer->interval = (uint32_t)number;
		break;
	case KCLUSTER_A_NODE_LOSE:
		peer->lose = (uint8_t)number;
		break;
	case KCLUSTER_A_NODE_STATE:
		peer->state = (uint8_t)number;
		break;
	case KCLUSTER_A_NODE_OLD_STATE:
		peer->old_state = (uint8_t)number;
		break;
	case KCLUSTER_A_NODE_SINCE:
		peer->since = number;
		break;
	case KCLUSTER_A_NODE_LAST_HEARD:
		peer->last_heard = number;
		break;
	case KCLUSTER_A_NODE_INCARNATION:
		peer->incarnation = number;
		break;
	case KCLUSTER_A_NODE_VERSION:
		peer->version = (uint8_t)number;
		break;
	case KCLUSTER_A_NODE_PEER_INTERVAL:
		peer->peer_interval = (uint32_t)number;
		break;
	case KCLUSTER_A_NODE_PAYLOAD_MAX:
		peer->payload_max = (uint32_t)number;
		break;
	case KCLUSTER_A_NODE_OBSERVER:
		peer->observer = (uint8_t)number;
		break;
	case KCLUSTER_A_NODE_CLAIMS:
		peer->claims = (uint32_t)number;
		break;
	case KCLUSTER_A_NODE_FILE:
		peer->file = number;
		break;
	case KCLUSTER_A_NODE_SEQUENCE:
		peer->sequence = (uint32_t)number;
		break;
	}
}

/**
 * peer_decode() - Read a peer from a message of the kernel.
 * @peer: Filled in; starts out zeroed. To be freed with peer_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void peer_decode(struct peer *peer, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_NODE_MAX)
			continue;
		peer_mark(peer, type);
		switch (type) {
		case KCLUSTER_A_NODE_NAME:
			free(peer->name);
			peer->name = text_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_REASON:
			free(peer->reason);
			peer->reason = text_from_attribute(attr);
			break;
		case KCLUSTER_A_NODE_RESTARTED:
			peer->restarted = true;
			break;
		case KCLUSTER_A_NODE_PATH:
			decode_path(peer_new_path(peer), attr);
			break;
		case KCLUSTER_A_NODE_STATS:
			decode_stats(peer, attr);
			break;
		default:
			decode_number(peer, type, number_from_attribute(attr));
		}
	}
	if (!peer->name)
		peer->name = copy_text("");
}

static void take_peer(const struct nlmsghdr *message, void *arg)
{
	struct peers *peers = arg;

	peers->list = need_memory(realloc(peers->list, (peers->count + 1) *
					  sizeof(*peers->list)));
	memset(&peers->list[peers->count], 0, sizeof(*peers->list));
	peer_decode(&peers->list[peers->count], message);
	peers->count++;
}

/**
 * peers_try_get() - Ask for all peers, again if a change gets in between.
 * @peers: Filled in; starts out zeroed. To be freed with peers_free().
 *
 * The socket must be connected. A module that knows no peers has none.
 *
 * Return: 0 or a negative errno; -EAGAIN when changes did not cease, and the list
 * may lack some peers or have others twice.
 */
int peers_try_get(struct peers *peers)
{
	struct extack extack;
	int result, tries = 20;

	do {
		peers_free(peers);
		result = module_transact(module_new(KCLUSTER_CMD_PEER_GET, NLM_F_DUMP),
					 take_peer, peers, &extack);
	} while (result == -EAGAIN && --tries);
	return result == -EOPNOTSUPP ? 0 : result;
}

/**
 * peers_get() - Ask for all peers, and report what goes wrong.
 * @peers: Filled in; starts out zeroed. To be freed with peers_free().
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status peers_get(struct peers *peers, const char *what)
{
	int result;

	if (module_connect() != DONE)
		return REFUSED;
	result = peers_try_get(peers);
	/* For a reader, what was read last is as good as it gets. */
	if (!result || result == -EAGAIN)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}

/**
 * peers_get_one() - Ask for one peer, and report what goes wrong.
 * @peers: Filled in; starts out zeroed. To be freed with peers_free().
 * @name: Its name.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status peers_get_one(struct peers *peers, const char *name, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_PEER_GET, NLM_F_ACK);
	module_must(nla_put_string(msg, KCLUSTER_A_NODE_NAME, name));
	return module_request(msg, what, take_peer, peers);
}
