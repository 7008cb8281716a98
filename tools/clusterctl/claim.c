// SPDX-License-Identifier: GPL-2.0
/*
 * A claim as the tool knows it, and how it is written.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "claim.h"
#include "words.h"

/**
 * claim_free() - Give back what a claim holds; it is empty afterwards.
 * @claim: The claim.
 */
void claim_free(struct claim *claim)
{
	unsigned int i;

	for (i = 0; i < claim->count; i++) {
		free(claim->prefixes[i].ifname);
		free(claim->prefixes[i].flaw);
	}
	free(claim->prefixes);
	free(claim->name);
	free(claim->owner);
	free(claim->flaw);
	memset(claim, 0, sizeof(*claim));
}

/**
 * claims_free() - Give back what several claims hold.
 * @claims: The claims; none afterwards.
 */
void claims_free(struct claims *claims)
{
	unsigned int i;

	for (i = 0; i < claims->count; i++)
		claim_free(&claims->list[i]);
	free(claims->list);
	claims->list = NULL;
	claims->count = 0;
}

/**
 * claims_find() - Find a claim by its name.
 * @all: All of them.
 * @name: The name.
 *
 * Return: The claim, or NULL.
 */
struct claim *claims_find(const struct claims *all, const char *name)
{
	unsigned int i;

	for (i = 0; i < all->count; i++)
		if (!strcmp(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

/**
 * claim_new_prefix() - Add a prefix.
 * @claim: The claim.
 *
 * Return: The prefix, empty; valid until the next one is added.
 */
struct claim_prefix *claim_new_prefix(struct claim *claim)
{
	claim->prefixes = need_memory(realloc(claim->prefixes, (claim->count + 1) *
					      sizeof(*claim->prefixes)));
	memset(&claim->prefixes[claim->count], 0, sizeof(*claim->prefixes));
	return &claim->prefixes[claim->count++];
}

/**
 * claim_same_prefix() - Are two prefixes the same, by the same device?
 * @a: One of them.
 * @b: The other one.
 */
bool claim_same_prefix(const struct claim_prefix *a, const struct claim_prefix *b)
{
	return a->length == b->length && a->address.length == b->address.length &&
	       !memcmp(a->address.bytes, b->address.bytes, a->address.length) &&
	       !strcmp(a->ifname ?: "", b->ifname ?: "");
}

/**
 * claim_state_text() - The word for the state of a claim.
 * @state: enum kcluster_claim_state.
 *
 * Return: The word; "unknown" for a state newer than this tool.
 */
const char *claim_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_CLAIM_STATE_GONE] = "gone",
		[KCLUSTER_CLAIM_STATE_NOBODY] = "nobody",
		[KCLUSTER_CLAIM_STATE_HERE] = "here",
		[KCLUSTER_CLAIM_STATE_PEER] = "peer",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

enum key {
	KEY_PREFIX, KEY_DEV,
};

static const struct word words[] = {
	{ "prefix", KEY_PREFIX },
	{ "dev", KEY_DEV },
	{ NULL, 0 },
};

static enum status take_prefix(struct args *args, struct claim *claim)
{
	const char *value = args_take(args, "prefix", "ADDRESS/LENGTH"), *why;
	struct claim_prefix *prefix;
	int length;

	if (!value)
		return WRONG_USAGE;
	prefix = claim_new_prefix(claim);
	if (parse_prefix(value, &prefix->address, &length, &why))
		return args_bad_value(args, "prefix", value, why);
	prefix->length = length < 0 ? (uint8_t)(8 * prefix->address.length) : (uint8_t)length;
	return DONE;
}

static enum status take_device(struct args *args, struct claim *claim)
{
	struct claim_prefix *prefix;

	if (!claim->count)
		return args_wrong(args, "'dev' belongs to the prefix before it, and there is none");
	prefix = &claim->prefixes[claim->count - 1];
	if (prefix->ifname)
		return args_wrong(args, "dev is given twice for one prefix");
	return args_take_text(args, "dev", "the name of a device", &prefix->ifname);
}

/**
 * claim_parse() - Read what follows "claim add NAME" and "claim set NAME".
 * @claim: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status claim_parse(struct claim *claim, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = words, .object = "claim" };
	enum status status = DONE;

	snprintf(args.of, sizeof(args.of), "%s", what);
	while (status == DONE && *args.at) {
		const char *word = *args.at;
		int key = word_find(words, word);

		if (key < 0)
			return args_bad_key(&args, words, NULL, key, word);
		args.at++;
		status = key == KEY_PREFIX ? take_prefix(&args, claim) :
					     take_device(&args, claim);
	}
	if (status == DONE && !claim->count)
		return args_wrong(&args, "'prefix ADDRESS/LENGTH' expected");
	if (status == DONE && claim->count > KCLUSTER_CLAIM_PREFIXES_MAX)
		return args_wrong(&args, "%u prefixes given, %d are possible", claim->count,
				  KCLUSTER_CLAIM_PREFIXES_MAX);
	return status;
}

/**
 * claim_save() - Write a claim as it is configured, for a batch.
 * @out: Where to.
 * @claim: The claim; one that was only found is not written.
 */
void claim_save(FILE *out, const struct claim *claim)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	for (i = 0; i < claim->count; i++)
		if (!claim->prefixes[i].router)
			break;
	if (!claim->configured || i == claim->count)
		return;
	fprintf(out, "claim add ");
	word_quote(out, claim->name);
	for (i = 0; i < claim->count; i++) {
		const struct claim_prefix *prefix = &claim->prefixes[i];

		/* The virtual router's own come with it. */
		if (prefix->router)
			continue;
		fprintf(out, " prefix %s/%u", address_text(&prefix->address, text),
			(unsigned int)prefix->length);
		if (!prefix->ifname)
			continue;
		fprintf(out, " dev ");
		word_quote(out, prefix->ifname);
	}
	putc('\n', out);
}
