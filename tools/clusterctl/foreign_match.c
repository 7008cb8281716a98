// SPDX-License-Identifier: GPL-2.0
/*
 * How much of some traffic a comparison of nftables matches.
 *
 * Of a packet is known what the cluster file says, and the rest can be anything. So the
 * answer is no yes or no: what depends on something that is not known is somebody's
 * special case, which neither lets our traffic pass nor eats it.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

/* What a field of a packet is compared as. */
enum field_kind {
	FIELD_UNKNOWN, FIELD_NAME, FIELD_NUMBER, FIELD_ADDRESS, FIELD_WORD, FIELD_OTHER,
};

/**
 * struct field - What is known of a field.
 * @kind: How it is compared. FIELD_OTHER: the packet has no such field.
 * @name: A device.
 * @number: A number, such as a port.
 * @words: Words that are right, such as a state, ended by NULL.
 * @prefix: Where its address is.
 * @local: It is one of this node, whichever.
 */
struct field {
	enum field_kind kind;
	const char *name;
	int number;
	const char *words[3];
	struct net_prefix prefix;
	bool local;
};

static const struct word protocols[] = {
	{ "icmp", 1 }, { "igmp", 2 }, { "tcp", 6 }, { "udp", 17 }, { "gre", 47 }, { "esp", 50 },
	{ "ah", 51 }, { "icmpv6", 58 }, { "ipv6-icmp", 58 }, { "comp", 108 }, { "vrrp", 112 },
	{ "sctp", 132 }, { "udplite", 136 }, { NULL, 0 },
};

/**
 * json_text() - A string in an object.
 * @object: The object.
 * @key: Its key.
 *
 * Return: The string, or "" if there is none.
 */
const char *json_text(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	if (!json_object_is_type(object, json_type_object) ||
	    !json_object_object_get_ex(object, key, &value) ||
	    !json_object_is_type(value, json_type_string))
		return "";
	return json_object_get_string(value);
}

/* --- what is known of a packet ------------------------------------------------ */

static bool is_multicast(const struct ipaddr *address)
{
	return address->length == 4 ? (address->bytes[0] & 0xf0) == 0xe0 :
	       address->length == 16 && address->bytes[0] == 0xff;
}

static void know_name(struct field *field, const char *name)
{
	field->kind = FIELD_NAME;
	field->name = name;
}

static void know_number(struct field *field, int number)
{
	field->kind = number < 0 ? FIELD_UNKNOWN : FIELD_NUMBER;
	field->number = number;
}

static void know_words(struct field *field, const char *first, const char *second)
{
	field->kind = FIELD_WORD;
	field->words[0] = first;
	field->words[1] = second;
}

static void know_meta(struct field *field, const char *key, const struct traffic *traffic)
{
	bool six = traffic->family == 16, multicast = is_multicast(&traffic->to.address);

	if (!strcmp(key, "iifname") || !strcmp(key, "iif"))
		know_name(field, traffic->in);
	else if (!strcmp(key, "oifname") || !strcmp(key, "oif"))
		know_name(field, traffic->out);
	else if (!strcmp(key, "l4proto"))
		know_number(field, traffic->protocol);
	else if (!strcmp(key, "nfproto"))
		know_words(field, six ? "ipv6" : "ipv4", NULL);
	else if (!strcmp(key, "protocol"))
		know_words(field, six ? "ip6" : "ip", NULL);
	else if (!strcmp(key, "pkttype"))
		know_words(field, multicast ? "multicast" : "unicast", multicast ? NULL : "host");
}

static void know_address(struct field *field, const char *name, const struct traffic *traffic)
{
	bool to = !strcmp(name, "daddr");

	field->kind = FIELD_ADDRESS;
	field->prefix = to ? traffic->to : traffic->from;
	field->local = to && !traffic->forward;
}

static void know_network(struct field *field, const char *name, bool six,
			 const struct traffic *traffic)
{
	if (six != (traffic->family == 16))
		field->kind = FIELD_OTHER;
	else if (!strcmp(name, "saddr") || !strcmp(name, "daddr"))
		know_address(field, name, traffic);
	else if (!strcmp(name, "protocol") || !strcmp(name, "nexthdr"))
		know_number(field, traffic->protocol);
	else if (traffic->kind == TRAFFIC_VRRP && (!strcmp(name, "ttl") ||
						   !strcmp(name, "hoplimit")))
		know_number(field, 255);
}

static void know_payload(struct field *field, const char *protocol, const char *name,
			 const struct traffic *traffic)
{
	if (!strcmp(protocol, "ip") || !strcmp(protocol, "ip6"))
		know_network(field, name, protocol[2], traffic);
	else if (strcmp(protocol, "th") && word_find(protocols, protocol) >= 0 &&
		 word_find(protocols, protocol) != traffic->protocol)
		field->kind = FIELD_OTHER;
	else if (!strcmp(name, "dport"))
		know_number(field, traffic->port);
}

static void know_connection(struct field *field, const char *key, const struct traffic *traffic)
{
	if (!strcmp(key, "state"))
		know_words(field, traffic->answers ? "established" : "new", NULL);
	else if (!strcmp(key, "status"))
		/* It is not led on by anybody. */
		know_words(field, "", NULL);
}

/* What the left side of a comparison is in a packet. */
static void know(struct field *field, struct json_object *left, const struct traffic *traffic)
{
	struct json_object *what = NULL;

	memset(field, 0, sizeof(*field));
	if (!json_object_is_type(left, json_type_object))
		return;
	if (json_object_object_get_ex(left, "meta", &what))
		know_meta(field, json_text(what, "key"), traffic);
	else if (json_object_object_get_ex(left, "payload", &what))
		know_payload(field, json_text(what, "protocol"), json_text(what, "field"), traffic);
	else if (json_object_object_get_ex(left, "ct", &what))
		know_connection(field, json_text(what, "key"), traffic);
	else if (json_object_object_get_ex(left, "fib", &what) &&
		 !strcmp(json_text(what, "result"), "type") && !traffic->forward &&
		 strstr(json_object_to_json_string(what), "daddr"))
		know_words(field, is_multicast(&traffic->to.address) ? "multicast" : "local", NULL);
}

/* --- comparisons ----------------------------------------------------------------- */

static enum extent compare_name(const struct field *field, const char *text)
{
	size_t length = strlen(text);

	if (!strcmp(text, "*"))
		return EXTENT_ALL;
	/* What is forwarded or comes from outside does not come from this node. */
	if (!field->name)
		return !strcmp(text, "lo") ? EXTENT_NONE : EXTENT_FEW;
	if (length && text[length - 1] == '*')
		return strncmp(field->name, text, length - 1) ? EXTENT_NONE : EXTENT_ALL;
	return strcmp(field->name, text) ? EXTENT_NONE : EXTENT_ALL;
}

static bool take_number_of(struct json_object *value, int *number)
{
	char *end;

	if (json_object_is_type(value, json_type_int)) {
		*number = json_object_get_int(value);
		return true;
	}
	if (!json_object_is_type(value, json_type_string))
		return false;
	*number = word_find(protocols, json_object_get_string(value));
	if (*number >= 0)
		return true;
	*number = (int)strtol(json_object_get_string(value), &end, 0);
	return !*end && end != json_object_get_string(value);
}

static enum extent compare_number(const struct field *field, struct json_object *first,
				  struct json_object *last)
{
	int low, high;

	if (!take_number_of(first, &low) || !take_number_of(last, &high))
		return EXTENT_FEW;
	return field->number >= low && field->number <= high ? EXTENT_ALL : EXTENT_NONE;
}

static bool take_address_of(struct json_object *value, struct ipaddr *address)
{
	const char *why;

	return json_object_is_type(value, json_type_string) &&
	       !parse_address(json_object_get_string(value), address, &why);
}

/* Whether an address is one that no single machine has. */
static bool is_shared(const struct ipaddr *address)
{
	return is_multicast(address) || (address->length == 4 && address->bytes[0] == 255) ||
	       (address->length == 4 && address->bytes[0] == 127);
}

static enum extent compare_prefix(const struct field *field, struct net_prefix *prefix)
{
	const struct ipaddr *known = &field->prefix.address;

	if (!prefix->length)
		return EXTENT_ALL;
	if (!known->length && field->local)
		return is_shared(&prefix->address) ? EXTENT_NONE : EXTENT_MOST;
	if (!known->length)
		return EXTENT_FEW;
	if (known->length != prefix->address.length)
		return EXTENT_NONE;
	if (prefix->length <= field->prefix.length)
		return prefix_contains(prefix, known) ? EXTENT_ALL : EXTENT_NONE;
	return prefix_contains(&field->prefix, &prefix->address) ? EXTENT_PART : EXTENT_NONE;
}

static enum extent compare_range(const struct field *field, struct json_object *range)
{
	struct json_object *first = json_object_array_get_idx(range, 0);
	struct json_object *last = json_object_array_get_idx(range, 1);
	const struct ipaddr *known = &field->prefix.address;
	struct ipaddr low, high;

	if (field->kind == FIELD_NUMBER)
		return compare_number(field, first, last);
	if (field->kind != FIELD_ADDRESS || !known->length || !take_address_of(first, &low) ||
	    !take_address_of(last, &high) || low.length != known->length)
		return EXTENT_FEW;
	if (memcmp(known->bytes, low.bytes, low.length) < 0 ||
	    memcmp(known->bytes, high.bytes, high.length) > 0)
		return EXTENT_NONE;
	return field->prefix.length == 8 * known->length ? EXTENT_ALL : EXTENT_PART;
}

static enum extent compare_one(const struct field *field, struct json_object *value)
{
	struct net_prefix prefix = { 0 };
	struct json_object *inner = NULL, *length = NULL;
	unsigned int i;

	if (json_object_is_type(value, json_type_object)) {
		if (json_object_object_get_ex(value, "range", &inner) &&
		    json_object_is_type(inner, json_type_array))
			return compare_range(field, inner);
		if (field->kind != FIELD_ADDRESS ||
		    !json_object_object_get_ex(value, "prefix", &inner) ||
		    !json_object_object_get_ex(inner, "len", &length))
			return EXTENT_FEW;
		prefix.length = (uint8_t)json_object_get_int(length);
		json_object_object_get_ex(inner, "addr", &value);
		if (!take_address_of(value, &prefix.address) ||
		    prefix.length > 8 * prefix.address.length)
			return EXTENT_FEW;
		return compare_prefix(field, &prefix);
	}
	switch (field->kind) {
	case FIELD_NAME:
		return compare_name(field, json_object_get_string(value) ?: "");
	case FIELD_NUMBER:
		return compare_number(field, value, value);
	case FIELD_ADDRESS:
		if (!take_address_of(value, &prefix.address))
			return EXTENT_FEW;
		prefix.length = 8 * prefix.address.length;
		return compare_prefix(field, &prefix);
	case FIELD_WORD:
		for (i = 0; field->words[i]; i++)
			if (!strcmp(json_object_get_string(value) ?: "", field->words[i]))
				return EXTENT_ALL;
		return EXTENT_NONE;
	default:
		return EXTENT_FEW;
	}
}

/**
 * foreign_named() - Find a set or a map by its name.
 * @ruleset: All rules.
 * @rule: A rule in the same table.
 * @kind: "set" or "map".
 * @name: Its name.
 *
 * Return: Its elements, or NULL.
 */
struct json_object *foreign_named(struct json_object *ruleset, struct json_object *rule,
				  const char *kind, const char *name)
{
	size_t i;

	for (i = 0; i < json_object_array_length(ruleset); i++) {
		struct json_object *set = NULL;

		if (json_object_object_get_ex(json_object_array_get_idx(ruleset, i), kind, &set) &&
		    !strcmp(json_text(set, "name"), name) &&
		    !strcmp(json_text(set, "table"), json_text(rule, "table")) &&
		    !strcmp(json_text(set, "family"), json_text(rule, "family")))
			return json_object_object_get(set, "elem");
	}
	return NULL;
}

static enum extent any_of(const struct field *field, struct json_object *list)
{
	enum extent extent = EXTENT_NONE;
	size_t i;

	for (i = 0; list && i < json_object_array_length(list); i++) {
		struct json_object *one = json_object_array_get_idx(list, i), *inner = NULL;
		enum extent found;

		if (json_object_is_type(one, json_type_object) &&
		    json_object_object_get_ex(one, "elem", &inner))
			json_object_object_get_ex(inner, "val", &one);
		found = compare_one(field, one);
		if (found > extent)
			extent = found;
	}
	return extent;
}

static enum extent contains(struct json_object *ruleset, struct json_object *rule,
			    const struct field *field, struct json_object *right)
{
	struct json_object *set = NULL;

	if (json_object_is_type(right, json_type_string) &&
	    json_object_get_string(right)[0] == '@')
		right = foreign_named(ruleset, rule, "set", json_object_get_string(right) + 1);
	else if (json_object_is_type(right, json_type_object) &&
		 json_object_object_get_ex(right, "set", &set))
		right = set;
	if (!right)
		return EXTENT_NONE;
	return json_object_is_type(right, json_type_array) ? any_of(field, right) :
							     compare_one(field, right);
}

/**
 * foreign_contains() - How much of some traffic has a field that is among values?
 * @ruleset: All rules, for sets that have names.
 * @rule: The rule.
 * @left: The field.
 * @right: The values.
 * @traffic: The traffic.
 */
enum extent foreign_contains(struct json_object *ruleset, struct json_object *rule,
			     struct json_object *left, struct json_object *right,
			     const struct traffic *traffic)
{
	struct field field;

	know(&field, left, traffic);
	if (field.kind == FIELD_OTHER)
		return EXTENT_NONE;
	return field.kind == FIELD_UNKNOWN ? EXTENT_FEW : contains(ruleset, rule, &field, right);
}

/**
 * foreign_match() - How much of some traffic does a comparison match?
 * @ruleset: All rules.
 * @rule: The rule it is in.
 * @match: The comparison, what "match" is in JSON.
 * @traffic: The traffic.
 */
enum extent foreign_match(struct json_object *ruleset, struct json_object *rule,
			  struct json_object *match, const struct traffic *traffic)
{
	struct json_object *left = json_object_object_get(match, "left");
	struct json_object *right = json_object_object_get(match, "right");
	const char *op = json_text(match, "op");
	struct field field;
	enum extent extent;

	know(&field, left, traffic);
	if (field.kind == FIELD_OTHER)
		return EXTENT_NONE;
	if (!strcmp(op, "==") || !strcmp(op, "in"))
		return foreign_contains(ruleset, rule, left, right, traffic);
	if (strcmp(op, "!="))
		return EXTENT_FEW;
	extent = foreign_contains(ruleset, rule, left, right, traffic);
	/* What is not all is what remains. */
	return EXTENT_ALL - extent;
}
