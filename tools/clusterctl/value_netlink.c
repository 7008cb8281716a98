// SPDX-License-Identifier: GPL-2.0
/*
 * A tracked value as netlink attributes.
 */
#include <errno.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "extack.h"
#include "module.h"
#include "value.h"

/**
 * value_encode() - Write what is given of a value into a request.
 * @msg: The request.
 * @value: The value; only what can be set is written.
 */
void value_encode(struct nl_msg *msg, const struct value *value)
{
	module_must(nla_put_string(msg, KCLUSTER_A_VALUE_NAME, value->name));
	if (value_has(value, KCLUSTER_A_VALUE_STATE))
		module_must(nla_put_u8(msg, KCLUSTER_A_VALUE_STATE, value->state));
	if (value_has(value, KCLUSTER_A_VALUE_NUMBER))
		module_must(nla_put_s32(msg, KCLUSTER_A_VALUE_NUMBER, value->number));
	if (value_has(value, KCLUSTER_A_VALUE_WEIGHT))
		module_must(nla_put_s32(msg, KCLUSTER_A_VALUE_WEIGHT, value->weight));
	if (value_has(value, KCLUSTER_A_VALUE_TTL))
		module_must(nla_put_u32(msg, KCLUSTER_A_VALUE_TTL, value->ttl));
	if (value->initial)
		module_must(nla_put_flag(msg, KCLUSTER_A_VALUE_INITIAL));
}

/**
 * value_decode() - Read a value from a message of the kernel.
 * @value: Filled in; starts out zeroed. To be freed with value_free().
 * @message: A message with a generic netlink header. What it has that this
 *	tool does not know is passed over.
 */
void value_decode(struct value *value, const struct nlmsghdr *message)
{
	struct nlattr *attr, *first;
	int length, left;

	first = message_attributes(message, &length);
	nla_for_each_attr(attr, first, length, left) {
		unsigned int type = (unsigned int)nla_type(attr);
		uint64_t number = number_from_attribute(attr);

		if (type > KCLUSTER_A_VALUE_MAX)
			continue;
		value_mark(value, type);
		switch (type) {
		case KCLUSTER_A_VALUE_NAME:
			free(value->name);
			value->name = text_from_attribute(attr);
			break;
		case KCLUSTER_A_VALUE_STATE:
			value->state = (uint8_t)number;
			break;
		case KCLUSTER_A_VALUE_OLD_STATE:
			value->old_state = (uint8_t)number;
			break;
		case KCLUSTER_A_VALUE_NUMBER:
			value->number = (int32_t)number;
			break;
		case KCLUSTER_A_VALUE_WEIGHT:
			value->weight = (int32_t)number;
			break;
		case KCLUSTER_A_VALUE_TTL:
			value->ttl = (uint32_t)number;
			break;
		case KCLUSTER_A_VALUE_AGE:
			value->age = number;
			break;
		case KCLUSTER_A_VALUE_SEQUENCE:
			value->sequence = (uint32_t)number;
			break;
		}
	}
	if (!value->name)
		value->name = copy_text("");
}

static void take_value(const struct nlmsghdr *message, void *arg)
{
	struct values *values = arg;

	values->list = need_memory(realloc(values->list, (values->count + 1) *
					   sizeof(*values->list)));
	memset(&values->list[values->count], 0, sizeof(*values->list));
	value_decode(&values->list[values->count], message);
	values->count++;
}

/**
 * values_try_get() - Ask for all values, again if a change gets in between.
 * @values: Filled in; starts out zeroed. To be freed with values_free().
 *
 * The socket must be connected. A module that knows no values has none.
 *
 * Return: 0 or a negative errno; -EAGAIN when changes did not cease, and the list
 * may lack some values or have others twice.
 */
int values_try_get(struct values *values)
{
	struct extack extack;
	int result, tries = 20;

	do {
		values_free(values);
		result = module_transact(module_new(KCLUSTER_CMD_VALUE_GET, NLM_F_DUMP),
					 take_value, values, &extack);
	} while (result == -EAGAIN && --tries);
	return result == -EOPNOTSUPP ? 0 : result;
}

/**
 * values_get() - Ask for all values, and report what goes wrong.
 * @values: Filled in; starts out zeroed. To be freed with values_free().
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status values_get(struct values *values, const char *what)
{
	int result;

	if (module_connect() != DONE)
		return REFUSED;
	result = values_try_get(values);
	/* For a reader, what was read last is as good as it gets. */
	if (!result || result == -EAGAIN)
		return DONE;
	error("%s: %s", what, strerror(-result));
	return REFUSED;
}

/**
 * values_get_one() - Ask for one value, and report what goes wrong.
 * @values: Filled in; starts out zeroed. To be freed with values_free().
 * @name: Its name.
 * @what: What the user asked for, for the report.
 *
 * Return: DONE or REFUSED.
 */
enum status values_get_one(struct values *values, const char *name, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_VALUE_GET, NLM_F_ACK);
	module_must(nla_put_string(msg, KCLUSTER_A_VALUE_NAME, name));
	return module_request(msg, what, take_value, values);
}
