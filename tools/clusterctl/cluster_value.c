// SPDX-License-Identifier: GPL-2.0
/*
 * What the values of a cluster file are made of: keys, prefixes, endpoints,
 * numbers.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cluster.h"

/**
 * conf_get() - The line of a key that can be given once.
 * @section: Where to look.
 * @key: Name of the key.
 *
 * Return: The line, NULL if there is none.
 */
const struct conf_line *conf_get(const struct conf_section *section, const char *key)
{
	unsigned int i;

	for (i = 0; i < section->count; i++)
		if (!strcmp(section->lines[i].key->name, key))
			return &section->lines[i];
	return NULL;
}

/**
 * prefix_text() - Write a prefix.
 * @prefix: The prefix.
 * @text: PREFIX_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *prefix_text(const struct net_prefix *prefix, char *text)
{
	char address[ADDRESS_TEXT_MAX];

	snprintf(text, PREFIX_TEXT_MAX, "%s/%u", address_text(&prefix->address, address),
		 (unsigned int)prefix->length);
	return text;
}

/**
 * prefix_contains() - Is an address in a prefix?
 * @outer: The prefix; one that is longer than an address has none.
 * @address: The address.
 */
bool prefix_contains(const struct net_prefix *outer, const struct ipaddr *address)
{
	unsigned int whole = outer->length / 8, rest = outer->length % 8;

	if (outer->address.length != address->length || outer->length > 8 * address->length ||
	    memcmp(outer->address.bytes, address->bytes, whole))
		return false;
	return !rest || (outer->address.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

/**
 * prefix_clear_host() - Cut off what of an address is behind its prefix.
 * @prefix: The prefix.
 */
void prefix_clear_host(struct net_prefix *prefix)
{
	unsigned int bit;

	for (bit = prefix->length; bit < 8u * prefix->address.length; bit++)
		prefix->address.bytes[bit / 8] &= (uint8_t)~(0x80 >> bit % 8);
}

/**
 * prefix_parse() - Read a prefix that is no longer than its address.
 * @text: What the user wrote; without a length it is a host.
 * @prefix: The prefix, with its host bits; its line stays.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no such prefix.
 */
int prefix_parse(const char *text, struct net_prefix *prefix, const char **why)
{
	int length;

	if (parse_prefix(text, &prefix->address, &length, why))
		return -1;
	if (length > 8 * prefix->address.length) {
		*why = prefix->address.length == 4 ? "a length of at most 32 behind an IPv4 address" :
						     "a length of at most 128 behind an IPv6 address";
		return -1;
	}
	prefix->length = (uint8_t)(length < 0 ? 8 * prefix->address.length : length);
	return 0;
}

/**
 * is_device_name() - Is this the name of a device, and one that can stand anywhere?
 * @name: The name.
 *
 * The kernel takes more, such as quotes, which end a name where it is written.
 */
bool is_device_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-+";

	return *name && strlen(name) <= KCLUSTER_IFNAME_MAX && !name[strspn(name, allowed)] &&
	       strcmp(name, ".") && strcmp(name, "..");
}

static bool take_prefix(struct cluster *cluster, const struct conf_line *line, const char *text,
			struct net_prefixes *prefixes)
{
	const char *why = "an address or a prefix such as 10.6.0.0/24";
	struct net_prefix prefix = { .line = line->number };

	if (prefix_parse(text, &prefix, &why)) {
		conf_wrong(cluster->conf, line->number, "%s: '%s' given, %s expected",
			   line->key->name, text, why);
		return false;
	}
	prefixes->list = need_memory(realloc(prefixes->list, (prefixes->count + 1) *
					     sizeof(*prefixes->list)));
	prefixes->list[prefixes->count++] = prefix;
	return true;
}

/**
 * take_prefixes() - Read addresses or prefixes, with blanks or commas between them.
 * @cluster: For complaints.
 * @line: Where they stand.
 * @prefixes: They are added to these; one without a length is as long as can be.
 *
 * Return: Whether all were right.
 */
bool take_prefixes(struct cluster *cluster, const struct conf_line *line,
		   struct net_prefixes *prefixes)
{
	bool good = true;
	int i;

	for (i = 0; i < line->value.count; i++) {
		char *text = copy_text(line->value.list[i]), *rest = text, *one;

		while ((one = strsep(&rest, ",")))
			if (*one && !take_prefix(cluster, line, one, prefixes))
				good = false;
		free(text);
	}
	return good;
}

/**
 * take_number() - Read a number.
 * @cluster: For complaints.
 * @line: Where it stands.
 * @min: Least it may be.
 * @max: Most it may be.
 * @number: The number.
 *
 * Return: Whether it was one.
 */
bool take_number(struct cluster *cluster, const struct conf_line *line, uint32_t min,
		 uint32_t max, uint32_t *number)
{
	const char *why;

	if (!parse_number(line->value.list[0], min, max, number, &why))
		return true;
	conf_wrong(cluster->conf, line->number, "%s: '%s' given, a number from %u to %u expected",
		   line->key->name, line->value.list[0], min, max);
	return false;
}

/**
 * take_switch() - Read yes or no.
 * @cluster: For complaints.
 * @line: Where it stands.
 * @on: Which of them.
 *
 * Return: Whether it was one of them.
 */
bool take_switch(struct cluster *cluster, const struct conf_line *line, bool *on)
{
	static const struct word words[] = {
		{ "yes", 1 }, { "on", 1 }, { "true", 1 }, { "no", 0 }, { "off", 0 },
		{ "false", 0 }, { NULL, 0 },
	};
	int found = word_find(words, line->value.list[0]);

	if (found >= 0) {
		*on = found;
		return true;
	}
	conf_wrong(cluster->conf, line->number, "%s: '%s' given, yes or no expected",
		   line->key->name, line->value.list[0]);
	return false;
}

/**
 * take_key() - Read a public key.
 * @cluster: For complaints.
 * @line: Where it stands.
 * @key: KEY_BYTES, filled in.
 *
 * Return: Whether it was one.
 */
bool take_key(struct cluster *cluster, const struct conf_line *line, uint8_t *key)
{
	const char *text = line->value.list[0];
	size_t length;

	if (sodium_base642bin(key, KEY_BYTES, text, strlen(text), NULL, &length, NULL,
			      sodium_base64_VARIANT_ORIGINAL) || length != KEY_BYTES) {
		conf_wrong(cluster->conf, line->number,
			   "%s: '%s' is no key: the 44 characters expected that 'wg pubkey' prints",
			   line->key->name, text);
		return false;
	}
	if (sodium_is_zero(key, KEY_BYTES)) {
		conf_wrong(cluster->conf, line->number,
			   "%s: this key is zero: that of the node expected, which 'wg pubkey' prints",
			   line->key->name);
		return false;
	}
	return true;
}

/* An address, or what looks like the name of a host. */
static bool is_host(const char *text)
{
	struct ipaddr address;
	const char *why;
	size_t length;

	if (!parse_address(text, &address, &why))
		return true;
	/* Digits and dots only: an address that is none. */
	if (!text[strspn(text, "0123456789.:")])
		return false;
	length = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
	return !text[length] && length <= 253 && *text != '.' && *text != '-';
}

/**
 * split_endpoint() - Split HOST, HOST:PORT, IPv6-ADDRESS or [HOST]:PORT.
 * @text: What is split; it is changed.
 * @host: The host.
 * @port: The port, NULL for none.
 *
 * Return: Whether its brackets are right.
 */
bool split_endpoint(char *text, char **host, char **port)
{
	*host = text;
	*port = NULL;
	if (*text == '[') {
		char *end = strchr(++*host, ']');

		if (end)
			*end++ = '\0';
		if (!end || (*end && *end != ':'))
			return false;
		if (*end)
			*port = end + 1;
	} else if (strchr(text, ':') == strrchr(text, ':')) {
		*port = strchr(text, ':');
		if (*port)
			*(*port)++ = '\0';
	}
	return true;
}

/**
 * take_endpoint() - Read a name or an address, and maybe a port.
 * @cluster: For complaints.
 * @line: Where it stands.
 * @usual: The port if none is given.
 * @endpoint: Filled in.
 *
 * Return: Whether it was right.
 */
bool take_endpoint(struct cluster *cluster, const struct conf_line *line, uint16_t usual,
		   struct endpoint *endpoint)
{
	char *text = copy_text(line->value.list[0]), *host, *port;
	uint32_t number = usual;
	const char *why;
	bool good = split_endpoint(text, &host, &port);

	if (port && parse_number(port, 1, UINT16_MAX, &number, &why))
		good = false;
	if (good && is_host(host)) {
		endpoint->host = copy_text(host);
		endpoint->port = (uint16_t)number;
		endpoint->line = line->number;
	} else {
		conf_wrong(cluster->conf, line->number,
			   "%s: '%s' given, a name or an address with a UDP port expected, such as example.com:15220, 192.0.2.1:51820 or [2001:db8::1]:51820",
			   line->key->name, line->value.list[0]);
		good = false;
	}
	free(text);
	return good;
}
