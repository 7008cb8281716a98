// SPDX-License-Identifier: GPL-2.0
/*
 * Walks through the words of a command and complains about the wrong ones: what
 * was given where, and what would be right.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"

/**
 * args_bad_key() - Complain about a word that stands where a key is expected.
 * @args: The command.
 * @clause: Keys of the clause we are in; an empty table for none.
 * @clause_name: Name of that clause, or NULL.
 * @found: WORD_UNKNOWN or WORD_AMBIGUOUS.
 * @word: The word.
 *
 * Return: WRONG_USAGE.
 */
enum status args_bad_key(const struct args *args, const struct word *clause,
			 const char *clause_name, int found, const char *word)
{
	char list[512], more[256];
	const char *start = found == WORD_AMBIGUOUS ? word : "";

	word_list(args->outer, start, list, sizeof(list));
	word_list(clause, start, more, sizeof(more));
	if (found == WORD_AMBIGUOUS)
		return args_wrong(args, "'%s' could be any of: %s%s%s", word, more,
				  *list && *more ? ", " : "", list);
	if (!clause_name)
		return args_wrong(args, "'%s' is not known here; one of these is expected: %s",
				  word, list);
	return args_wrong(args, "'%s' is not known here; after the %s these can follow: %s%s%s",
			  word, clause_name, more, *list ? "; then: " : "", list);
}

/**
 * args_bad_value() - Complain about a value.
 * @args: The command.
 * @key: What it is the value of.
 * @value: The value.
 * @why: What would be right.
 *
 * Return: WRONG_USAGE.
 */
enum status args_bad_value(const struct args *args, const char *key, const char *value,
			   const char *why)
{
	return args_wrong(args, "%s: '%s' given, %s expected", key, value, why);
}

/**
 * args_take() - Take the next word, or complain that it is missing.
 * @args: The command.
 * @key: What it is the value of.
 * @expected: What would be right.
 *
 * Return: The word, or NULL after a complaint.
 */
const char *args_take(struct args *args, const char *key, const char *expected)
{
	if (*args->at)
		return *args->at++;
	args_wrong(args, "%s: %s expected", key, expected);
	return NULL;
}

/**
 * args_take_text() - Take a word that is not empty.
 * @args: The command.
 * @key: What it is the value of.
 * @expected: What would be right.
 * @text: Replaced by a copy of the word.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_text(struct args *args, const char *key, const char *expected, char **text)
{
	const char *value = args_take(args, key, expected);

	if (!value)
		return WRONG_USAGE;
	if (!*value)
		return args_bad_value(args, key, value, expected);
	free(*text);
	*text = copy_text(value);
	return DONE;
}

/**
 * args_take_number() - Take a number of 32 bits.
 * @args: The command.
 * @key: What it is the value of.
 * @number: The number.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_number(struct args *args, const char *key, uint32_t *number)
{
	const char *value, *why = "a number";

	value = args_take(args, key, why);
	if (!value)
		return WRONG_USAGE;
	if (parse_number(value, 0, UINT32_MAX, number, &why))
		return args_bad_value(args, key, value, why);
	return DONE;
}

/**
 * args_take_u8() - Take a number of 8 bits.
 * @args: The command.
 * @key: What it is the value of.
 * @expected: What would be right. Anything that fits is taken all the same: the
 *	kernel knows what is allowed.
 * @number: The number.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_u8(struct args *args, const char *key, const char *expected,
			 uint8_t *number)
{
	const char *value = args_take(args, key, expected), *unused;
	uint32_t parsed;

	if (!value)
		return WRONG_USAGE;
	if (parse_number(value, 0, UINT8_MAX, &parsed, &unused))
		return args_bad_value(args, key, value, expected);
	*number = (uint8_t)parsed;
	return DONE;
}

/**
 * args_take_time() - Take a duration.
 * @args: The command.
 * @key: What it is the value of.
 * @ms: The duration in milliseconds.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_time(struct args *args, const char *key, uint32_t *ms)
{
	const char *value, *why = "a time such as 10ms or 1s";

	value = args_take(args, key, why);
	if (!value)
		return WRONG_USAGE;
	return parse_time(value, ms, &why) ? args_bad_value(args, key, value, why) : DONE;
}

/**
 * args_take_word() - Take one of several words.
 * @args: The command.
 * @key: What it is the value of.
 * @words: The words that can stand here.
 * @number: The meaning of the word.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_word(struct args *args, const char *key, const struct word *words,
			   uint8_t *number)
{
	char list[128], expected[160];
	const char *value;
	int found;

	word_list(words, "", list, sizeof(list));
	snprintf(expected, sizeof(expected), "one of %s", list);
	value = args_take(args, key, expected);
	if (!value)
		return WRONG_USAGE;
	found = word_find(words, value);
	if (found < 0)
		return args_bad_value(args, key, value, expected);
	*number = (uint8_t)found;
	return DONE;
}

/**
 * args_take_address() - Take an IPv4 or IPv6 address.
 * @args: The command.
 * @key: What it is the value of.
 * @address: The address.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status args_take_address(struct args *args, const char *key, struct ipaddr *address)
{
	const char *value, *why = "an IPv4 or IPv6 address";

	value = args_take(args, key, why);
	if (!value)
		return WRONG_USAGE;
	return parse_address(value, address, &why) ? args_bad_value(args, key, value, why) : DONE;
}

/**
 * args_take_key() - Take the next key of a clause.
 * @args: The command.
 * @clause: Keys of the clause, with values below 32.
 * @name: Name of the clause, for messages.
 * @seen: Bit 1 << value for each key that was taken; 0 at first.
 * @key: The value of the key.
 *
 * A key that was taken already ends the clause, so that "dev" can follow an
 * address that has its own. Where no word ends a clause, one that is not known
 * starts the next item.
 *
 * Return: 1; 0 when the clause ends here; -1 after a complaint.
 */
int args_take_key(struct args *args, const struct word *clause, const char *name,
		  unsigned int *seen, int *key)
{
	bool inside;

	if (!*args->at)
		return 0;
	*key = word_find_in_clause(clause, args->outer, *args->at, &inside);
	if (*key >= 0 && (!inside || (*seen & (1u << *key))))
		return 0;
	if (*key == WORD_UNKNOWN && !args->outer->text)
		return 0;
	if (*key < 0) {
		args_bad_key(args, clause, name, *key, *args->at);
		return -1;
	}
	*seen |= 1u << *key;
	args->at++;
	return 1;
}
