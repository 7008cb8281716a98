// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror as netlink attributes.
 */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "mirror.h"
#include "module.h"

static void encode_filter(struct nl_msg *msg, const struct mirror_filter *filter)
{
	struct nlattr *nest = module_nest(msg, KCLUSTER_A_MIRROR_FILTER);

	module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_FILTER_ACTION, filter->action));
	if (filter->given & (1u << KCLUSTER_A_MIRROR_FILTER_PROTOCOL))
		module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_FILTER_PROTOCOL, filter->protocol));
	if (filter->address.length) {
		module_must(nla_put(msg, KCLUSTER_A_MIRROR_FILTER_ADDRESS,
				    filter->address.length, filter->address.bytes));
		module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_FILTER_PREFIXLEN,
				       filter->prefixlen));
	}
	if (filter->port)
		module_must(nla_put_u16(msg, KCLUSTER_A_MIRROR_FILTER_PORT, filter->port));
	nla_nest_end(msg, nest);
}

/**
 * mirror_encode() - Write what is wanted into a request.
 * @msg: The request.
 * @mirror: The mirror.
 */
void mirror_encode(struct nl_msg *msg, const struct mirror *mirror)
{
	unsigned int i;

	module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_ON, mirror->on));
	if (mirror->given & (1u << KCLUSTER_A_MIRROR_FROM))
		module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_FROM, mirror->from));
	if (mirror->given & (1u << KCLUSTER_A_MIRROR_LIMIT))
		module_must(nla_put_u32(msg, KCLUSTER_A_MIRROR_LIMIT, mirror->limit));
	if (mirror->given & (1u << KCLUSTER_A_MIRROR_DEFER))
		module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_DEFER, mirror->defer));
	for (i = 0; i < mirror->filter_count; i++)
		encode_filter(msg, &mirror->filters[i]);
}

static void decode_filter(struct mirror_filter *filter, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		unsigned int type = (unsigned int)nla_type(attr);
		uint64_t number = number_from_attribute(attr);

		if (type > KCLUSTER_A_MIRROR_FILTER_MAX)
			continue;
		filter->given |= 1u << type;
		switch (type) {
		case KCLUSTER_A_MIRROR_FILTER_ACTION:
			filter->action = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_FILTER_PROTOCOL:
			filter->protocol = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_FILTER_ADDRESS:
			address_from_attribute(&filter->address, attr);
			break;
		case KCLUSTER_A_MIRROR_FILTER_PREFIXLEN:
			filter->prefixlen = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_FILTER_PORT:
			filter->port = (uint16_t)number;
			break;
		}
	}
}

static void decode_peer(struct mirror_peer *peer, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		uint64_t number = number_from_attribute(attr);

		switch (nla_type(attr)) {
		case KCLUSTER_A_MIRROR_PEER_NAME:
			free(peer->name);
			peer->name = text_from_attribute(attr);
			break;
		case KCLUSTER_A_MIRROR_PEER_STATE:
			peer->state = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_PEER_STATE:
			peer->peer_state = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_IN_FLIGHT:
			peer->in_flight = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_LAG:
			peer->lag = number;
			break;
		case KCLUSTER_A_MIRROR_PEER_BULK_SENT:
			peer->bulk_sent = number;
			break;
		case KCLUSTER_A_MIRROR_PEER_MISSING:
			peer->missing = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_PEER_QUEUE:
			peer->peer_queue = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_PEER_LAG:
			peer->peer_lag = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER_RESYNCS:
			peer->resyncs = number;
			break;
		case KCLUSTER_A_MIRROR_PEER_TABLE_FULL:
			peer->table_full = true;
			break;
		}
	}
	if (!peer->name)
		peer->name = copy_text("");
}

static void decode_stats(struct mirror *mirror, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		unsigned int type = (unsigned int)nla_type(attr);

		if (type > KCLUSTER_A_MIRROR_STATS_MAX)
			continue;
		mirror->stats[type] = number_from_attribute(attr);
		mirror->stats_given |= UINT64_C(1) << type;
	}
}

static struct mirror_peer *peer_new(struct mirror *mirror)
{
	struct mirror_peer *peer;

	mirror->peers = need_memory(realloc(mirror->peers, (mirror->peer_count + 1) *
					    sizeof(*mirror->peers)));
	peer = &mirror->peers[mirror->peer_count++];
	memset(peer, 0, sizeof(*peer));
	return peer;
}

/**
 * mirror_decode() - Read the mirror from a message of the kernel.
 * @mirror: Filled in; starts out zeroed. To be freed with mirror_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void mirror_decode(struct mirror *mirror, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		unsigned int type = (unsigned int)nla_type(attr);
		uint64_t number = number_from_attribute(attr);

		if (type > KCLUSTER_A_MIRROR_MAX)
			continue;
		mirror->given |= 1u << type;
		switch (type) {
		case KCLUSTER_A_MIRROR_ON:
			mirror->on = number;
			break;
		case KCLUSTER_A_MIRROR_FROM:
			mirror->from = (uint8_t)number;
			break;
		case KCLUSTER_A_MIRROR_LIMIT:
			mirror->limit = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_FILTER:
			decode_filter(mirror_filter_new(mirror), attr);
			break;
		case KCLUSTER_A_MIRROR_QUEUE:
			mirror->queue = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_OWNER:
			mirror->owner = number;
			break;
		case KCLUSTER_A_MIRROR_SAFE:
			mirror->safe = number;
			break;
		case KCLUSTER_A_MIRROR_REASON:
			free(mirror->reason);
			mirror->reason = text_from_attribute(attr);
			break;
		case KCLUSTER_A_MIRROR_IMPORTED:
			mirror->imported = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_OWN:
			mirror->own = (uint32_t)number;
			break;
		case KCLUSTER_A_MIRROR_PEER:
			decode_peer(peer_new(mirror), attr);
			break;
		case KCLUSTER_A_MIRROR_STATS:
			decode_stats(mirror, attr);
			break;
		case KCLUSTER_A_MIRROR_DEFER:
			mirror->defer = number;
			break;
		}
	}
}

/**
 * mirror_stats_name() - What a counter is called.
 * @stat: KCLUSTER_A_MIRROR_STATS_*.
 *
 * Return: The name, or NULL for none.
 */
const char *mirror_stats_name(unsigned int stat)
{
	static const char * const names[] = {
		[KCLUSTER_A_MIRROR_STATS_EVENTS] = "events",
		[KCLUSTER_A_MIRROR_STATS_OVERFLOW] = "overflow",
		[KCLUSTER_A_MIRROR_STATS_SETS_SENT] = "sets_sent",
		[KCLUSTER_A_MIRROR_STATS_DELS_SENT] = "dels_sent",
		[KCLUSTER_A_MIRROR_STATS_EXPECTS_SENT] = "expects_sent",
		[KCLUSTER_A_MIRROR_STATS_DATAGRAMS_SENT] = "datagrams_sent",
		[KCLUSTER_A_MIRROR_STATS_BYTES_SENT] = "bytes_sent",
		[KCLUSTER_A_MIRROR_STATS_SENT_AGAIN] = "sent_again",
		[KCLUSTER_A_MIRROR_STATS_SEND_ERRORS] = "send_errors",
		[KCLUSTER_A_MIRROR_STATS_DATAGRAMS_RECEIVED] = "datagrams_received",
		[KCLUSTER_A_MIRROR_STATS_CREATED] = "created",
		[KCLUSTER_A_MIRROR_STATS_UPDATED] = "updated",
		[KCLUSTER_A_MIRROR_STATS_DELETED] = "deleted",
		[KCLUSTER_A_MIRROR_STATS_SWEPT] = "swept",
		[KCLUSTER_A_MIRROR_STATS_REPLACED] = "replaced",
		[KCLUSTER_A_MIRROR_STATS_CLASHES] = "clashes",
		[KCLUSTER_A_MIRROR_STATS_CONTESTED] = "contested",
		[KCLUSTER_A_MIRROR_STATS_TABLE_FULL] = "table_full",
		[KCLUSTER_A_MIRROR_STATS_INSERT_ERRORS] = "insert_errors",
		[KCLUSTER_A_MIRROR_STATS_NO_HELPER] = "no_helper",
		[KCLUSTER_A_MIRROR_STATS_EXPECTS_RECEIVED] = "expects_received",
		[KCLUSTER_A_MIRROR_STATS_ADOPTED] = "adopted",
		[KCLUSTER_A_MIRROR_STATS_DISOWNED] = "disowned",
		[KCLUSTER_A_MIRROR_STATS_REFRESHED] = "refreshed",
		[KCLUSTER_A_MIRROR_STATS_RESYNCS] = "resyncs",
		[KCLUSTER_A_MIRROR_STATS_DISCARD_MALFORMED] = "discard_malformed",
		[KCLUSTER_A_MIRROR_STATS_DISCARD_UNKNOWN] = "discard_unknown",
		[KCLUSTER_A_MIRROR_STATS_DISCARD_MEMORY] = "discard_memory",
		[KCLUSTER_A_MIRROR_STATS_TAKEOVER_WAITS] = "takeover_waits",
		[KCLUSTER_A_MIRROR_STATS_TAKEOVER_TIMEOUTS] = "takeover_timeouts",
		[KCLUSTER_A_MIRROR_STATS_DEFERRED] = "deferred",
		[KCLUSTER_A_MIRROR_STATS_DEFERRED_LATE] = "deferred_late",
		[KCLUSTER_A_MIRROR_STATS_DEFERRED_FULL] = "deferred_full",
	};

	return stat < sizeof(names) / sizeof(names[0]) ? names[stat] : NULL;
}
