// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says about a request it refused, in the user's words.
 *
 * The kernel points at the attribute it did not like by its offset in the
 * request; what the policy allows there comes along with it.
 */
#include <errno.h>
#include <inttypes.h>
#include <netlink/attr.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <linux/kcluster.h>

#include "attributes.h"
#include "extack.h"

static int64_t limit(const struct nlattr *attr)
{
	uint64_t value;

	if (nla_len(attr) < (int)sizeof(value))
		return 0;
	memcpy(&value, nla_data(attr), sizeof(value));
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static int64_t signed_limit(const struct nlattr *attr)
{
	int64_t value;

	if (nla_len(attr) < (int)sizeof(value))
		return 0;
	memcpy(&value, nla_data(attr), sizeof(value));
	return value;
}

static void read_policy(struct extack *extack, struct nlattr *nest)
{
	const struct nlattr *attr;
	int left;

	nla_for_each_nested(attr, nest, left) {
		switch (nla_type(attr)) {
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_U:
			extack->min = limit(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_U:
			extack->max = limit(attr);
			extack->has_range = true;
			break;
		case NL_POLICY_TYPE_ATTR_MIN_VALUE_S:
			extack->min = signed_limit(attr);
			break;
		case NL_POLICY_TYPE_ATTR_MAX_VALUE_S:
			extack->max = signed_limit(attr);
			extack->has_range = true;
			break;
		case NL_POLICY_TYPE_ATTR_MAX_LENGTH:
			if (nla_len(attr) < 4)
				break;
			extack->max_length = nla_get_u32(attr);
			extack->has_length = true;
			break;
		}
	}
}

static void read_attribute(struct extack *extack, struct nlattr *attr)
{
	int length = nla_len(attr);

	switch (nla_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		if (length <= 0)
			break;
		if (length > (int)sizeof(extack->message) - 1)
			length = sizeof(extack->message) - 1;
		memcpy(extack->message, nla_data(attr), (size_t)length);
		extack->message[length] = '\0';
		break;
	case NLMSGERR_ATTR_OFFS:
		extack->has_offset = length >= 4;
		extack->offset = extack->has_offset ? nla_get_u32(attr) : 0;
		break;
	case NLMSGERR_ATTR_POLICY:
		read_policy(extack, attr);
		break;
	case NLMSGERR_ATTR_MISS_TYPE:
		extack->has_missing = length >= 4;
		extack->missing = extack->has_missing ? nla_get_u32(attr) : 0;
		break;
	case NLMSGERR_ATTR_MISS_NEST:
		extack->has_nest = length >= 4;
		extack->nest = extack->has_nest ? nla_get_u32(attr) : 0;
		break;
	}
}

/**
 * extack_read() - Read the message that ends an exchange.
 * @extack: Filled in; starts out zeroed.
 * @message: A NLMSG_ERROR or NLMSG_DONE message, whole.
 */
void extack_read(struct extack *extack, const struct nlmsghdr *message)
{
	size_t skip = sizeof(int);
	const char *payload = (const char *)message + NLMSG_HDRLEN;
	size_t length = message->nlmsg_len - NLMSG_HDRLEN;
	struct nlmsgerr header;
	struct nlattr *attr, *first;
	int left;

	if (message->nlmsg_len < NLMSG_HDRLEN + sizeof(int))
		return;
	memcpy(&extack->error, payload, sizeof(int));
	if (!(message->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (message->nlmsg_type == NLMSG_ERROR) {
		if (length < sizeof(header))
			return;
		memcpy(&header, payload, sizeof(header));
		skip = sizeof(header);
		/* Without NETLINK_CAP_ACK a refused request comes back whole. */
		if (!(message->nlmsg_flags & NLM_F_CAPPED))
			skip += header.msg.nlmsg_len - NLMSG_HDRLEN;
	}
	skip = NLMSG_ALIGN(skip);
	if (skip >= length)
		return;
	first = (void *)((char *)(uintptr_t)payload + skip);
	nla_for_each_attr(attr, first, (int)(length - skip), left)
		read_attribute(extack, attr);
}

/**
 * struct phrase - A text that grows.
 * @text: Buffer.
 * @size: Its size.
 * @used: Bytes in use.
 * @last: Where the last part of a path starts.
 */
struct phrase {
	char *text;
	size_t size;
	size_t used;
	size_t last;
};

static void __attribute__((format(printf, 2, 3)))
add(struct phrase *phrase, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(phrase->text + phrase->used, phrase->size - phrase->used, format, args);
	va_end(args);
	if (n > 0)
		phrase->used += (size_t)n;
	if (phrase->used >= phrase->size)
		phrase->used = phrase->size - 1;
}

/* Adds " TEXT", in quotes when it would not be seen as one word otherwise. */
static void add_text(struct phrase *phrase, const char *text, int length)
{
	int used = length > 0 ? (int)strnlen(text, (size_t)length) : 0;
	bool plain = used && !memchr(text, ' ', (size_t)used);

	add(phrase, plain ? " %.*s" : " '%.*s'", used, text);
}

static void add_value(struct phrase *phrase, const struct attribute *attribute,
		      struct nlattr *attr);

/* Adds what the user knows an item of a list by: its first attribute. */
static void add_item(struct phrase *phrase, const struct attribute *attribute, struct nlattr *nest)
{
	const struct attribute *first = attribute_find(attribute->nested, 1);
	struct nlattr *inner = nla_find(nla_data(nest), nla_len(nest), 1);

	/* What is tracked is a device, perhaps with a neighbour, or a value. */
	if (!inner && attribute->type == KCLUSTER_A_VRRP_TRACK) {
		first = attribute_find(attribute->nested, KCLUSTER_A_TRACK_VALUE);
		inner = nla_find(nla_data(nest), nla_len(nest), KCLUSTER_A_TRACK_VALUE);
	}
	if (inner && first) {
		if (first->kind == KIND_TEXT)
			add(phrase, " %s", first->name);
		add_value(phrase, first, inner);
	} else if (attribute->type == KCLUSTER_A_VRRP_ROUTE) {
		add(phrase, " default");
	}
}

/* Adds " VALUE" for an attribute whose value is worth repeating. */
static void add_value(struct phrase *phrase, const struct attribute *attribute,
		      struct nlattr *attr)
{
	struct ipaddr address = { 0 };
	char text[TIME_TEXT_MAX];
	const char *word;

	switch (attribute->kind) {
	case KIND_NUMBER:
		add(phrase, " %" PRIu64, number_from_attribute(attr));
		break;
	case KIND_INTEGER:
		add(phrase, " %" PRId32, nla_get_s32(attr));
		break;
	case KIND_TIME:
		add(phrase, " %s", time_text(nla_get_u32(attr), text));
		break;
	case KIND_WORD:
		word = word_for(attribute->words, (int)number_from_attribute(attr));
		if (word)
			add(phrase, " %s", word);
		break;
	case KIND_TEXT:
		add_text(phrase, nla_data(attr), nla_len(attr));
		break;
	case KIND_ADDRESS:
		if (nla_len(attr) != 4 && nla_len(attr) != 16)
			break;
		address.length = (uint8_t)nla_len(attr);
		memcpy(address.bytes, nla_data(attr), address.length);
		add(phrase, " %s", address_text(&address, text));
		break;
	case KIND_NEST:
		add_item(phrase, attribute, attr);
		break;
	case KIND_SECRET:
	case KIND_FLAG:
		break;
	}
}

/* The first attribute of a nest is what the user knows the item by. */
static bool is_item_itself(const struct attribute *table, const struct attribute *attribute)
{
	return table != vrrp_attributes && attribute->type == 1;
}

/*
 * Adds the name and the value of the attribute at @offset, from the outermost
 * nest that holds it on. The name of the router is left out: the report starts
 * with it. Returns the attribute, or NULL when there is none.
 */
static const struct attribute *add_path(struct phrase *phrase, const struct nlmsghdr *request,
					uint32_t offset, const struct nlattr **at)
{
	const char *base = (const char *)request;
	const struct attribute *table = attributes_of(request);
	int left;
	struct nlattr *attr = message_attributes(request, &left);

	while (nla_ok(attr, left)) {
		uint32_t start = (uint32_t)((const char *)attr - base);
		const struct attribute *attribute = attribute_find(table, (uint16_t)nla_type(attr));

		if (offset >= start + (uint32_t)nla_total_size(nla_len(attr))) {
			attr = nla_next(attr, &left);
			continue;
		}
		if (!attribute || offset < start)
			return NULL;
		if (!is_item_itself(table, attribute) &&
		    !(table == vrrp_attributes && attribute->type == KCLUSTER_A_VRRP_NAME)) {
			phrase->last = phrase->used;
			add(phrase, "%s", phrase->used ? ": " : "");
			add(phrase, "%s", attribute->name);
			add_value(phrase, attribute, attr);
		}
		if (offset == start || attribute->kind != KIND_NEST) {
			*at = attr;
			return attribute;
		}
		table = attribute->nested;
		left = nla_len(attr);
		attr = nla_data(attr);
	}
	return NULL;
}

static const char *errno_text(int error)
{
	switch (-error) {
	case EPERM:
		return "needs CAP_NET_ADMIN (run as root or with sudo)";
	case ENOENT:
		return "there is no such virtual router";
	case EEXIST:
		return "exists already";
	case EOPNOTSUPP:
		return "the loaded kcluster module is too old for this";
	case ENOBUFS:
		return "the answer did not fit into the socket's buffer";
	case EAGAIN:
		return "the configuration kept changing while it was read";
	default:
		return strerror(-error);
	}
}

/* Adds what the policy allows for @attribute. */
static void add_range(struct phrase *phrase, const struct extack *extack,
		      const struct attribute *attribute)
{
	char low[TIME_TEXT_MAX], high[TIME_TEXT_MAX];
	int64_t min = extack->min;

	if (attribute->kind == KIND_TIME && min >= 0 && extack->max <= UINT32_MAX)
		add(phrase, "%s to %s allowed", time_text((uint32_t)min, low),
		    time_text((uint32_t)extack->max, high));
	else if (extack->max >= UINT32_MAX)
		add(phrase, "at least %" PRId64 " expected", min);
	else
		add(phrase, "%" PRId64 " to %" PRId64 " allowed", min, extack->max);
}

/* Tells whether the kernel's text only says that a value broke its policy. */
static bool is_policy_text(const char *message)
{
	return !*message || strstr(message, "out of range") || strstr(message, "policy") ||
	       strstr(message, "invalid attribute length");
}

/* Tells whether the kernel's text names the attribute by itself. */
static bool starts_with_word(const char *message, const char *word)
{
	size_t length = strlen(word);

	return !strncasecmp(message, word, length) && message[length] == ' ';
}

/**
 * extack_text() - Say in the user's words what the kernel says.
 * @extack: What it said.
 * @error: The negative errno.
 * @request: The request it refused.
 * @text: Buffer.
 * @size: Its size.
 */
void extack_text(const struct extack *extack, int error, const struct nlmsghdr *request,
		 char *text, size_t size)
{
	struct phrase phrase = { .text = text, .size = size };
	const struct attribute *attribute = NULL;
	const struct nlattr *at = NULL;
	const char *message = extack->message;
	bool named;

	text[0] = '\0';
	if (extack->has_missing) {
		const struct attribute *table = attributes_of(request);

		if (extack->has_nest) {
			attribute = add_path(&phrase, request, extack->nest, &at);
			table = attribute && attribute->nested ? attribute->nested : NULL;
		}
		attribute = table ? attribute_find(table, (uint16_t)extack->missing) : NULL;
		if (attribute) {
			add(&phrase, "%s%s is missing", phrase.used ? ": " : "", attribute->name);
			return;
		}
		phrase.used = 0;
		text[0] = '\0';
	} else if (extack->has_offset) {
		attribute = add_path(&phrase, request, extack->offset, &at);
		if (!attribute) {
			phrase.used = 0;
			text[0] = '\0';
		}
	}
	named = attribute && starts_with_word(message, attribute->name);
	if (named) {
		phrase.used = phrase.last;
		text[phrase.used] = '\0';
	}
	if (!phrase.used && attribute && !named && is_policy_text(message))
		add(&phrase, "%s", attribute->name);
	if (phrase.used)
		add(&phrase, ": ");
	if (attribute && extack->has_range && is_policy_text(message))
		add_range(&phrase, extack, attribute);
	else if (attribute && extack->has_length && is_policy_text(message) &&
		 nla_len(at) > (int)extack->max_length)
		add(&phrase, "at most %" PRIu32 " characters allowed", extack->max_length);
	else if (strstr(message, "nknown attribute") || strstr(message, "nsupported attribute"))
		add(&phrase, "the loaded kcluster module is too old for this");
	else if (*message)
		add(&phrase, "%s", message);
	else
		add(&phrase, "%s", errno_text(error));
	if (error == -EPERM && *message)
		add(&phrase, " (run as root or with sudo)");
}
