// SPDX-License-Identifier: GPL-2.0
/*
 * A tracked value as the tool knows it, and how it is written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "value.h"
#include "words.h"

/**
 * value_free() - Give back what a value holds; it is empty afterwards.
 * @value: The value.
 */
void value_free(struct value *value)
{
	free(value->name);
	memset(value, 0, sizeof(*value));
}

/**
 * values_free() - Give back what several values hold.
 * @values: The values; none afterwards.
 */
void values_free(struct values *values)
{
	unsigned int i;

	for (i = 0; i < values->count; i++)
		value_free(&values->list[i]);
	free(values->list);
	values->list = NULL;
	values->count = 0;
}

/**
 * value_state_text() - What a value counts as.
 * @state: enum kcluster_value_state.
 *
 * Return: The word for it; "unknown" for a state newer than this tool.
 */
const char *value_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_VALUE_STATE_UNSET] = "unset",
		[KCLUSTER_VALUE_STATE_UP] = "up",
		[KCLUSTER_VALUE_STATE_DOWN] = "down",
		[KCLUSTER_VALUE_STATE_EXPIRED] = "expired",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

static enum status parse_setting(struct value *value, struct args *args)
{
	static const char expected[] = "up, down or a number from -254 to 254";
	const char *text = args_take(args, "value", expected), *unused;

	if (!text)
		return WRONG_USAGE;
	value_mark(value, KCLUSTER_A_VALUE_STATE);
	value->state = KCLUSTER_VALUE_STATE_UP;
	if (!strcmp(text, "up"))
		return DONE;
	if (!strcmp(text, "down")) {
		value->state = KCLUSTER_VALUE_STATE_DOWN;
		return DONE;
	}
	if (parse_integer(text, &value->number, &unused))
		return args_bad_value(args, "value", text, expected);
	value_mark(value, KCLUSTER_A_VALUE_NUMBER);
	return DONE;
}

/**
 * value_take_weight() - Take the weight of a value.
 * @args: The command.
 * @weight: The weight.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status value_take_weight(struct args *args, int32_t *weight)
{
	static const char range[] = "a number from -254 to 254";
	const char *text = args_take(args, "weight", range), *unused;

	if (!text)
		return WRONG_USAGE;
	return parse_integer(text, weight, &unused) ?
	       args_bad_value(args, "weight", text, range) : DONE;
}

/**
 * value_parse() - Read what follows "vrrp track set NAME".
 * @value: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status value_parse(struct value *value, char **argv, const char *what)
{
	static const struct word words[] = {
		{ "weight", KCLUSTER_A_VALUE_WEIGHT },
		{ "ttl", KCLUSTER_A_VALUE_TTL },
		{ "initial", KCLUSTER_A_VALUE_INITIAL },
		{ NULL, 0 },
	};
	struct args args = { .at = argv, .outer = words };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	status = parse_setting(value, &args);
	while (status == DONE && *args.at) {
		const char *word = *args.at;
		int key = word_find(words, word);

		if (key < 0)
			return args_bad_key(&args, words + 3, NULL, key, word);
		if (value_has(value, (unsigned int)key))
			return args_wrong(&args, "%s is given twice", word_for(words, key));
		value_mark(value, (unsigned int)key);
		args.at++;
		if (key == KCLUSTER_A_VALUE_WEIGHT)
			status = value_take_weight(&args, &value->weight);
		else if (key == KCLUSTER_A_VALUE_TTL)
			status = args_take_time(&args, "ttl", &value->ttl);
		else
			value->initial = true;
	}
	return status;
}

/**
 * value_save() - Write a tracked value for a batch.
 * @out: Where to.
 * @value: The value; one that was not set is not written.
 *
 * A value that must be renewed is not up only because it once was: until somebody
 * says so again it is down. And it is left alone if that has happened already.
 */
void value_save(FILE *out, const struct value *value)
{
	char text[TIME_TEXT_MAX];

	if (value->state == KCLUSTER_VALUE_STATE_UNSET)
		return;
	fprintf(out, "vrrp track set ");
	word_quote(out, value->name);
	if (value->ttl || value->state != KCLUSTER_VALUE_STATE_UP)
		fprintf(out, " down");
	else if (value->number)
		fprintf(out, " %" PRId32, value->number);
	else
		fprintf(out, " up");
	if (value->weight)
		fprintf(out, " weight %" PRId32, value->weight);
	if (value->ttl)
		fprintf(out, " ttl %s", time_text(value->ttl, text));
	fprintf(out, " initial\n");
}
