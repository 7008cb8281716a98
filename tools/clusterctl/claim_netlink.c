// SPDX-License-Identifier: GPL-2.0
/*
 * A claim as netlink attributes.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "claim.h"
#include "extack.h"
#include "module.h"

/**
 * claim_encode() - Write what is given of a claim into a request.
 * @msg: The request.
 * @claim: The claim; only what can be set is written.
 */
void claim_encode(struct nl_msg *msg, const struct claim *claim)
{
	struct nlattr *nest;
	unsigned int i;

	module_must(nla_put_string(msg, KCLUSTER_A_CLAIM_NAME, claim->name));
	for (i = 0; i < claim->count; i++) {
		const struct claim_prefix *prefix = &claim->prefixes[i];

		nest = module_nest(msg, KCLUSTER_A_CLAIM_PREFIX);
		module_must(nla_put(msg, KCLUSTER_A_CLAIM_PREFIX_ADDRESS,
				    prefix->address.length, prefix->address.bytes));
		module_must(nla_put_u8(msg, KCLUSTER_A_CLAIM_PREFIX_PREFIXLEN,
				       prefix->length));
		if (prefix->ifname)
			module_must(nla_put_string(msg, KCLUSTER_A_CLAIM_PREFIX_IFNAME,
						   prefix->ifname));
		module_must(nla_nest_end(msg, nest));
	}
}

static void replace_text(char **text, const struct nlattr *attr)
{
	free(*text);
	*text = text_from_attribute(attr);
}

static void decode_prefix(struct claim_prefix *prefix, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_CLAIM_PREFIX_ADDRESS:
			address_from_attribute(&prefix->address, attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX_PREFIXLEN:
			prefix->length = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX_IFNAME:
			replace_text(&prefix->ifname, attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX_ROUTED:
			prefix->routed = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX_ROUTER:
			prefix->router = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX_FLAW:
			replace_text(&prefix->flaw, attr);
			break;
		}
	}
}

static void decode_stats(struct claim *claim, struct nlattr *nest)
{
	struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left)
		if (nla_type(attr) <= KCLUSTER_A_CLAIM_STATS_MAX)
			claim->stats[nla_type(attr)] = number_from_attribute(attr);
}

/**
 * claim_decode() - Read a claim from a message of the kernel.
 * @claim: Filled in; starts out zeroed. To be freed with claim_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void claim_decode(struct claim *claim, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		switch (nla_type(attr)) {
		case KCLUSTER_A_CLAIM_NAME:
			replace_text(&claim->name, attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIX:
			decode_prefix(claim_new_prefix(claim), attr);
			break;
		case KCLUSTER_A_CLAIM_STATE:
			claim->state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_OLD_STATE:
			claim->old_state = (uint8_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_OWNER:
			replace_text(&claim->owner, attr);
			break;
		case KCLUSTER_A_CLAIM_EPOCH:
			claim->epoch = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_NODE:
			claim->node = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_SINCE:
			claim->since = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_PREFIXES:
			claim->total = (uint32_t)number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_FLAW:
			replace_text(&claim->flaw, attr);
			break;
		case KCLUSTER_A_CLAIM_CONFIGURED:
			claim->configured = number_from_attribute(attr);
			break;
		case KCLUSTER_A_CLAIM_STATS:
			decode_stats(claim, attr);
			break;
		case KCLUSTER_A_CLAIM_SEQUENCE:
			claim->sequence = (uint32_t)number_from_attribute(attr);
			break;
		}
	}
	if (!claim->name)
		claim->name = copy_text("");
}

static void take_claim(const struct nlmsghdr *message, void *arg)
{
	struct claim claim = { 0 };
	struct claims *claims = arg;

	claim_decode(&claim, message);
	/* One that was deleted stays until peers know, and is of no interest. */
	if (!claim.configured && !claim.total) {
		claim_free(&claim);
		return;
	}
	claims->list = need_memory(realloc(claims->list, (claims->count + 1) *
					   sizeof(*claims->list)));
	claims->list[claims->count++] = claim;
}

static void take_prefixes(const struct nlmsghdr *message, void *arg)
{
	struct claim *claim = arg;

	claim_decode(claim, message);
}

static int get_prefixes(struct claim *claim)
{
	struct extack extack;
	struct nl_msg *msg;
	int result, tries = 20;

	do {
		while (claim->count) {
			claim->count--;
			free(claim->prefixes[claim->count].ifname);
			free(claim->prefixes[claim->count].flaw);
		}
		msg = module_new(KCLUSTER_CMD_CLAIM_PREFIX_GET, NLM_F_DUMP);
		module_must(nla_put_string(msg, KCLUSTER_A_CLAIM_NAME, claim->name));
		result = module_transact(msg, take_prefixes, claim, &extack);
	} while (result == -EAGAIN && --tries);
	/* It went meanwhile, or it goes on changing: as good as it gets. */
	return result == -ENOENT || result == -EAGAIN ? 0 : result;
}

static int get_all_prefixes(struct claims *claims)
{
	unsigned int i;
	int result = 0;

	for (i = 0; !result && i < claims->count; i++)
		result = get_prefixes(&claims->list[i]);
	return result;
}

/**
 * claims_try_get() - Ask for all claims, again if a change gets in between.
 * @claims: Filled in; starts out zeroed. To be freed with claims_free().
 *
 * The socket must be connected. A module that knows no claims has none.
 *
 * Return: 0 or a negative errno.
 */
int claims_try_get(struct claims *claims)
{
	struct extack extack;
	int result, tries = 20;

	do {
		claims_free(claims);
		result = module_transact(module_new(KCLUSTER_CMD_CLAIM_GET, NLM_F_DUMP),
					 take_claim, claims, &extack);
	} while (result == -EAGAIN && --tries);
	if (result == -EOPNOTSUPP || result == -EAGAIN)
		result = 0;
	return result ? result : get_all_prefixes(claims);
}

/**
 * claims_get() - Ask for all claims, and report what goes wrong.
 * @claims: Filled in; starts out zeroed. To be freed with claims_free().
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status claims_get(struct claims *claims, const char *what)
{
	int result;

	if (module_connect() != DONE)
		return REFUSED;
	result = claims_try_get(claims);
	if (!result)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}

/**
 * claims_get_one() - Ask for one claim, and report what goes wrong.
 * @claims: Filled in; starts out zeroed. To be freed with claims_free().
 * @name: Its name.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status claims_get_one(struct claims *claims, const char *name, const char *what)
{
	enum status status;
	struct nl_msg *msg;
	int result;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_CLAIM_GET, NLM_F_ACK);
	module_must(nla_put_string(msg, KCLUSTER_A_CLAIM_NAME, name));
	status = module_request(msg, what, take_claim, claims);
	if (status != DONE)
		return status;
	result = get_all_prefixes(claims);
	if (!result)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}
