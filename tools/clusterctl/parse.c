// SPDX-License-Identifier: GPL-2.0
/*
 * From the user's words to values: numbers, times, addresses, keywords.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse.h"

/*
 * Looks in one table. Returns the meaning of @text, WORD_UNKNOWN or
 * WORD_AMBIGUOUS; *exact tells whether the word was written out.
 */
static int find_one(const struct word *table, const char *text, bool *exact)
{
	size_t length = strlen(text);
	int found = WORD_UNKNOWN;

	*exact = false;
	if (!length)
		return WORD_UNKNOWN;
	for (; table->text; table++) {
		if (strncmp(table->text, text, length))
			continue;
		if (!table->text[length]) {
			*exact = true;
			return table->value;
		}
		if (found == WORD_UNKNOWN)
			found = table->value;
		else if (found != table->value)
			found = WORD_AMBIGUOUS;
	}
	return found;
}

/**
 * word_find() - Look a word up by its name or an unambiguous beginning of it.
 * @table: The words that can stand here.
 * @text: What the user wrote.
 *
 * Return: The value of the word, WORD_UNKNOWN or WORD_AMBIGUOUS.
 */
int word_find(const struct word *table, const char *text)
{
	bool exact;

	return find_one(table, text, &exact);
}

/**
 * word_find_in_clause() - Look a word up inside a clause of a longer command.
 * @clause: Words of the clause; they win when written out.
 * @outer: Words of the command, which end the clause.
 * @text: What the user wrote.
 * @in_clause: Set to whether the word belongs to the clause.
 *
 * Return: The value of the word, WORD_UNKNOWN or WORD_AMBIGUOUS.
 */
int word_find_in_clause(const struct word *clause, const struct word *outer,
			const char *text, bool *in_clause)
{
	bool clause_exact, outer_exact;
	int in = find_one(clause, text, &clause_exact);
	int out = find_one(outer, text, &outer_exact);

	*in_clause = true;
	if (clause_exact)
		return in;
	if (outer_exact || in == WORD_UNKNOWN) {
		*in_clause = false;
		return out;
	}
	return out == WORD_UNKNOWN ? in : WORD_AMBIGUOUS;
}

/**
 * word_for() - The word that stands for a value.
 * @table: The words.
 * @value: The value.
 *
 * Return: The first word with that value, or NULL.
 */
const char *word_for(const struct word *table, int value)
{
	for (; table->text; table++)
		if (table->value == value)
			return table->text;
	return NULL;
}

/**
 * word_list() - Write "a, b, c" for a message.
 * @table: The words; of synonyms only the first is listed.
 * @start: Only words that begin with this.
 * @list: Buffer.
 * @size: Its size.
 */
void word_list(const struct word *table, const char *start, char *list, size_t size)
{
	const struct word *word;
	size_t used = 0;

	list[0] = '\0';
	for (word = table; word->text; word++) {
		int n;

		if (strncmp(word->text, start, strlen(start)))
			continue;
		if (!*start && word_for(table, word->value) != word->text)
			continue;
		n = snprintf(list + used, size - used, "%s%s", used ? ", " : "", word->text);
		if (n < 0 || (size_t)n >= size - used)
			return;
		used += (size_t)n;
	}
}

/**
 * parse_number() - Read an unsigned decimal number.
 * @text: What the user wrote.
 * @min: Smallest value that can be told to the kernel.
 * @max: Largest one.
 * @value: The number.
 * @why: On failure: what would be right. Valid until the next call.
 *
 * Return: 0, or -1 when @text is no such number.
 */
int parse_number(const char *text, uint32_t min, uint32_t max, uint32_t *value, const char **why)
{
	static char range[64];
	unsigned long long number;
	char *end;

	snprintf(range, sizeof(range), "a number from %" PRIu32 " to %" PRIu32, min, max);
	*why = range;
	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	number = strtoull(text, &end, 10);
	if (errno || *end || number < min || number > max)
		return -1;
	*value = (uint32_t)number;
	return 0;
}

/**
 * parse_integer() - Read a decimal number that may be negative.
 * @text: What the user wrote.
 * @value: The number.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no such number.
 */
int parse_integer(const char *text, int32_t *value, const char **why)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;
	long long number;

	*why = "a whole number, which may be negative";
	if (!isdigit((unsigned char)*digits))
		return -1;
	errno = 0;
	number = strtoll(text, &end, 10);
	if (errno || *end || number < INT32_MIN || number > INT32_MAX)
		return -1;
	*value = (int32_t)number;
	return 0;
}

/**
 * parse_time() - Read a duration such as 10ms, 1s, 1.5s, 2min, 1h or 3.
 * @text: What the user wrote; a plain number counts seconds, as keepalived's do.
 * @ms: The duration in milliseconds.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no duration, is finer than a millisecond or
 * does not fit.
 */
int parse_time(const char *text, uint32_t *ms, const char **why)
{
	static const struct {
		const char *name;
		uint32_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "", 1000 }, { "sec", 1000 },
		{ "min", 60 * 1000 }, { "m", 60 * 1000 }, { "h", 60 * 60 * 1000 },
	};
	uint64_t whole = 0, scale = 1, total;
	unsigned int digits = 0;
	const char *p = text;
	size_t i;

	*why = "a time such as 10ms, 1.5s, 2min or 1h (a plain number counts seconds)";
	/* Below 2^32 before the point and six digits after it fit in 64 bits. */
	for (; isdigit((unsigned char)*p); p++, digits++) {
		whole = whole * 10 + (uint64_t)(*p - '0');
		if (whole > UINT32_MAX) {
			*why = "shorter than 50 days";
			return -1;
		}
	}
	if (*p == '.') {
		for (p++; isdigit((unsigned char)*p); p++, digits++) {
			if (scale == 1000000) {
				if (*p == '0')
					continue;
				*why = "a whole number of milliseconds";
				return -1;
			}
			whole = whole * 10 + (uint64_t)(*p - '0');
			scale *= 10;
		}
	}
	if (!digits)
		return -1;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (!strcmp(p, units[i].name))
			break;
	if (i == sizeof(units) / sizeof(units[0]))
		return -1;
	while (scale > 1 && whole % 10 == 0) {
		whole /= 10;
		scale /= 10;
	}
	if (whole / scale > UINT32_MAX / units[i].ms) {
		*why = "shorter than 50 days";
		return -1;
	}
	total = whole * units[i].ms;
	if (total % scale) {
		*why = "a whole number of milliseconds";
		return -1;
	}
	total /= scale;
	if (total > UINT32_MAX) {
		*why = "shorter than 50 days";
		return -1;
	}
	*ms = (uint32_t)total;
	return 0;
}

/**
 * parse_address() - Read an IPv4 or IPv6 address.
 * @text: What the user wrote.
 * @address: The address.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no address.
 */
int parse_address(const char *text, struct ipaddr *address, const char **why)
{
	*why = "an IPv4 or IPv6 address";
	memset(address, 0, sizeof(*address));
	if (strchr(text, '%')) {
		*why = "an address without a zone (name the device with dev)";
		return -1;
	}
	if (strchr(text, '/')) {
		*why = "an address without a prefix length";
		return -1;
	}
	if (inet_pton(AF_INET, text, address->bytes) == 1) {
		address->length = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, text, address->bytes) == 1) {
		address->length = 16;
		return 0;
	}
	return -1;
}

/**
 * parse_prefix() - Read an address with a prefix length, such as 10.0.0.1/24.
 * @text: What the user wrote; without a length it is a host.
 * @address: The address, with its host bits.
 * @prefixlen: The length, -1 when not given.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no prefix.
 */
int parse_prefix(const char *text, struct ipaddr *address, int *prefixlen, const char **why)
{
	const char *slash = strchr(text, '/');
	char host[ADDRESS_TEXT_MAX];
	const char *unused;
	uint32_t length;

	*prefixlen = -1;
	if (!slash) {
		if (!parse_address(text, address, why))
			return 0;
		if (!strchr(text, '%'))
			*why = "an address with its prefix length, such as 192.0.2.1/24 or 2001:db8::1/64";
		return -1;
	}
	*why = "an address with its prefix length, such as 192.0.2.1/24 or 2001:db8::1/64";
	if ((size_t)(slash - text) >= sizeof(host))
		return -1;
	memcpy(host, text, (size_t)(slash - text));
	host[slash - text] = '\0';
	if (parse_address(host, address, strchr(host, '%') ? why : &unused))
		return -1;
	/* Which lengths make sense where is the kernel's to say. */
	if (parse_number(slash + 1, 0, UINT8_MAX, &length, &unused))
		return -1;
	*prefixlen = (int)length;
	return 0;
}

/**
 * address_text() - Write an address.
 * @address: The address.
 * @text: Buffer of ADDRESS_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *address_text(const struct ipaddr *address, char *text)
{
	if (!inet_ntop(address->length == 4 ? AF_INET : AF_INET6, address->bytes, text,
		       ADDRESS_TEXT_MAX) || !address->length)
		snprintf(text, ADDRESS_TEXT_MAX, "none");
	return text;
}

/**
 * address_is_zero() - Tell whether every byte of an address is 0.
 * @address: The address; none at all counts as zero.
 *
 * Return: Whether it is.
 */
bool address_is_zero(const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < address->length; i++)
		if (address->bytes[i])
			return false;
	return true;
}

/**
 * time_text() - Write a duration so that parse_time() reads the same.
 * @ms: Milliseconds.
 * @text: Buffer of TIME_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *time_text(uint32_t ms, char *text)
{
	int digits = 3;
	uint32_t part = ms % 1000;

	if (ms < 1000 && ms) {
		snprintf(text, TIME_TEXT_MAX, "%" PRIu32 "ms", ms);
		return text;
	}
	if (!part) {
		snprintf(text, TIME_TEXT_MAX, "%" PRIu32 "s", ms / 1000);
		return text;
	}
	for (; part % 10 == 0; part /= 10)
		digits--;
	snprintf(text, TIME_TEXT_MAX, "%" PRIu32 ".%0*" PRIu32 "s", ms / 1000, digits, part);
	return text;
}

/**
 * age_text() - Write for a reader how long something has lasted.
 * @ms: Milliseconds.
 * @text: Buffer of TIME_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *age_text(uint64_t ms, char *text)
{
	uint64_t s = ms / 1000;

	if (s < 1)
		snprintf(text, TIME_TEXT_MAX, "%" PRIu64 " ms", ms);
	else if (s < 60)
		snprintf(text, TIME_TEXT_MAX, "%" PRIu64 ".%" PRIu64 " s", s, ms % 1000 / 100);
	else if (s < 3600)
		snprintf(text, TIME_TEXT_MAX, "%" PRIu64 " min %" PRIu64 " s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, TIME_TEXT_MAX, "%" PRIu64 " h %" PRIu64 " min", s / 3600,
			 s % 3600 / 60);
	else
		snprintf(text, TIME_TEXT_MAX, "%" PRIu64 " d %" PRIu64 " h", s / 86400,
			 s % 86400 / 3600);
	return text;
}
