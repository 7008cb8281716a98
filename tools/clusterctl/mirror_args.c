// SPDX-License-Identifier: GPL-2.0
/*
 * The mirror, and what is mirrored as it is written on a command line.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "mirror.h"

enum {
	KEY_FROM, KEY_LIMIT, KEY_DEFER, KEY_ONLY, KEY_EXCEPT,
};

static const struct word keys[] = {
	{ "from", KEY_FROM },
	{ "limit", KEY_LIMIT },
	{ "defer", KEY_DEFER },
	{ "only", KEY_ONLY },
	{ "except", KEY_EXCEPT },
	{ NULL, 0 },
};

static const struct word filter_keys[] = {
	{ "protocol", KCLUSTER_A_MIRROR_FILTER_PROTOCOL },
	{ "address", KCLUSTER_A_MIRROR_FILTER_ADDRESS },
	{ "port", KCLUSTER_A_MIRROR_FILTER_PORT },
	{ NULL, 0 },
};

static const struct word from_words[] = {
	{ "assured", KCLUSTER_MIRROR_FROM_ASSURED },
	{ "new", KCLUSTER_MIRROR_FROM_NEW },
	{ NULL, 0 },
};

static const struct word switches[] = {
	{ "on", 1 },
	{ "off", 0 },
	{ NULL, 0 },
};

static const struct word protocols[] = {
	{ "icmp", IPPROTO_ICMP },
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "gre", IPPROTO_GRE },
	{ "esp", IPPROTO_ESP },
	{ "ipv6-icmp", IPPROTO_ICMPV6 },
	{ "sctp", IPPROTO_SCTP },
	{ "udplite", IPPROTO_UDPLITE },
	{ NULL, 0 },
};

/**
 * mirror_free() - Give back what a mirror holds; it is empty afterwards.
 * @mirror: The mirror.
 */
void mirror_free(struct mirror *mirror)
{
	unsigned int i;

	for (i = 0; i < mirror->peer_count; i++)
		free(mirror->peers[i].name);
	free(mirror->peers);
	free(mirror->filters);
	free(mirror->reason);
	memset(mirror, 0, sizeof(*mirror));
}

/**
 * mirror_filter_new() - One more filter.
 * @mirror: The mirror.
 *
 * Return: The filter, all zero; valid until there is another one.
 */
struct mirror_filter *mirror_filter_new(struct mirror *mirror)
{
	struct mirror_filter *filter;

	mirror->filters = need_memory(realloc(mirror->filters, (mirror->filter_count + 1) *
					      sizeof(*mirror->filters)));
	filter = &mirror->filters[mirror->filter_count++];
	memset(filter, 0, sizeof(*filter));
	return filter;
}

/**
 * mirror_protocol_text() - An IP protocol as users write it.
 * @protocol: Its number.
 * @text: At least 8 characters.
 *
 * Return: A name or a number.
 */
const char *mirror_protocol_text(uint8_t protocol, char *text)
{
	const char *name = word_for(protocols, protocol);

	if (name)
		return name;
	snprintf(text, 8, "%u", (unsigned int)protocol);
	return text;
}

static enum status take_protocol(struct args *args, struct mirror_filter *filter)
{
	static const char expected[] = "a name such as tcp or udp, or a number from 0 to 255";
	const char *text = args_take(args, "protocol", expected), *unused;
	uint32_t number;
	int found;

	if (!text)
		return WRONG_USAGE;
	found = word_find(protocols, text);
	if (found >= 0)
		number = (uint32_t)found;
	else if (parse_number(text, 0, 255, &number, &unused))
		return args_bad_value(args, "protocol", text, expected);
	filter->protocol = (uint8_t)number;
	return DONE;
}

static enum status take_address(struct args *args, struct mirror_filter *filter)
{
	const char *why = "an address or a prefix such as 192.0.2.0/24";
	const char *text = args_take(args, "address", why);
	int prefixlen;

	if (!text)
		return WRONG_USAGE;
	if (parse_prefix(text, &filter->address, &prefixlen, &why))
		return args_bad_value(args, "address", text, why);
	if (prefixlen < 0)
		prefixlen = 8 * filter->address.length;
	filter->prefixlen = (uint8_t)prefixlen;
	filter->given |= 1u << KCLUSTER_A_MIRROR_FILTER_PREFIXLEN;
	return DONE;
}

static enum status take_port(struct args *args, struct mirror_filter *filter)
{
	static const char expected[] = "a number from 1 to 65535";
	const char *text = args_take(args, "port", expected), *unused;
	uint32_t number;

	if (!text)
		return WRONG_USAGE;
	if (parse_number(text, 1, 65535, &number, &unused))
		return args_bad_value(args, "port", text, expected);
	filter->port = (uint16_t)number;
	return DONE;
}

static enum status take_filter(struct args *args, struct mirror *mirror, uint8_t action)
{
	struct mirror_filter *filter = mirror_filter_new(mirror);
	const char *name = action == KCLUSTER_MIRROR_ACTION_ONLY ? "only" : "except";
	enum status status = DONE;
	unsigned int seen = 0;
	int key, more;

	filter->action = action;
	while (status == DONE) {
		more = args_take_key(args, filter_keys, name, &seen, &key);
		if (more < 0)
			return WRONG_USAGE;
		if (!more)
			break;
		filter->given |= 1u << key;
		if (key == KCLUSTER_A_MIRROR_FILTER_PROTOCOL)
			status = take_protocol(args, filter);
		else if (key == KCLUSTER_A_MIRROR_FILTER_ADDRESS)
			status = take_address(args, filter);
		else
			status = take_port(args, filter);
	}
	if (status == DONE && !filter->given)
		return args_wrong(args, "%s: protocol, address or port expected", name);
	return status;
}

/**
 * mirror_parse() - Read what follows "mirror set".
 * @mirror: Starts out zeroed.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status mirror_parse(struct mirror *mirror, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = keys, .object = "mirror" };
	enum status status;
	uint8_t on, defer;

	snprintf(args.of, sizeof(args.of), "%s", what);
	status = args_take_word(&args, "set", switches, &on);
	if (status != DONE)
		return status;
	mirror->on = on;
	if (!on && *args.at)
		return args_wrong(&args, "'%s' is too much, nothing follows off", *args.at);
	while (status == DONE && *args.at) {
		const char *word = *args.at;
		int key = word_find(keys, word);

		if (key < 0)
			return args_bad_key(&args, NULL, NULL, key, word);
		args.at++;
		switch (key) {
		case KEY_FROM:
			mirror->given |= 1u << KCLUSTER_A_MIRROR_FROM;
			status = args_take_word(&args, "from", from_words, &mirror->from);
			break;
		case KEY_LIMIT:
			mirror->given |= 1u << KCLUSTER_A_MIRROR_LIMIT;
			status = args_take_number(&args, "limit", &mirror->limit);
			break;
		case KEY_DEFER:
			mirror->given |= 1u << KCLUSTER_A_MIRROR_DEFER;
			status = args_take_word(&args, "defer", switches, &defer);
			mirror->defer = status == DONE && defer;
			break;
		default:
			status = take_filter(&args, mirror, key == KEY_ONLY ?
					     KCLUSTER_MIRROR_ACTION_ONLY :
					     KCLUSTER_MIRROR_ACTION_EXCEPT);
			break;
		}
	}
	if (status == DONE && mirror->defer && mirror->from != KCLUSTER_MIRROR_FROM_NEW &&
	    mirror->given & (1u << KCLUSTER_A_MIRROR_FROM))
		return args_wrong(&args, "defer on holds a first packet until its flow is told, but from assured tells it later: say from new, or leave from out");
	return status;
}

static void print_filter(FILE *out, const struct mirror_filter *filter)
{
	char text[ADDRESS_TEXT_MAX];

	fprintf(out, " %s", filter->action == KCLUSTER_MIRROR_ACTION_ONLY ? "only" : "except");
	if (filter->given & (1u << KCLUSTER_A_MIRROR_FILTER_PROTOCOL))
		fprintf(out, " protocol %s", mirror_protocol_text(filter->protocol, text));
	if (filter->address.length) {
		fprintf(out, " address %s", address_text(&filter->address, text));
		if (filter->prefixlen != 8 * filter->address.length)
			fprintf(out, "/%u", (unsigned int)filter->prefixlen);
	}
	if (filter->port)
		fprintf(out, " port %u", (unsigned int)filter->port);
}

/**
 * mirror_print_settings() - What is not as by default, as it would be written.
 * @out: Where to.
 * @mirror: The mirror.
 */
void mirror_print_settings(FILE *out, const struct mirror *mirror)
{
	unsigned int i;

	if (mirror->from != KCLUSTER_MIRROR_FROM_ASSURED)
		fprintf(out, " from %s", word_for(from_words, mirror->from) ?: "?");
	if (mirror->limit != KCLUSTER_MIRROR_LIMIT)
		fprintf(out, " limit %u", (unsigned int)mirror->limit);
	if (mirror->defer)
		fprintf(out, " defer on");
	for (i = 0; i < mirror->filter_count; i++)
		print_filter(out, &mirror->filters[i]);
}
