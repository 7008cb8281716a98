// SPDX-License-Identifier: GPL-2.0
/*
 * Another node that votes: the object, and what the command line says of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "witness.h"

/**
 * witness_new_address() - Add an address.
 * @witness: The witness.
 *
 * Return: The address, empty; valid until the next one is added.
 */
struct ipaddr *witness_new_address(struct witness *witness)
{
	witness->addresses = need_memory(realloc(witness->addresses, (witness->address_count + 1) *
						 sizeof(*witness->addresses)));
	memset(&witness->addresses[witness->address_count], 0, sizeof(*witness->addresses));
	return &witness->addresses[witness->address_count++];
}

/**
 * witness_free() - Give back what a witness holds.
 * @witness: The witness.
 */
void witness_free(struct witness *witness)
{
	free(witness->addresses);
}

/**
 * witness_parse() - Read what follows "witness": addresses with commas between.
 * @args: The command.
 * @witness: The witness, empty.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status witness_parse(struct args *args, struct witness *witness)
{
	static const char expected[] =
		"an IPv4 or IPv6 address, or several of one node with commas between";
	const char *value = args_take(args, "witness", expected), *unused;
	char *copy, *rest, *text;
	int wrong = 0;

	if (!value)
		return WRONG_USAGE;
	copy = copy_text(value);
	rest = copy;
	while (!wrong && (text = strsep(&rest, ",")))
		wrong = parse_address(text, witness_new_address(witness), &unused);
	free(copy);
	return wrong ? args_bad_value(args, "witness", value, expected) : DONE;
}

/**
 * witness_same() - Tell whether two are the same, in the same order.
 * @a: The one.
 * @b: The other.
 *
 * Return: Whether they are.
 */
bool witness_same(const struct witness *a, const struct witness *b)
{
	unsigned int i;

	if (a->address_count != b->address_count)
		return false;
	for (i = 0; i < a->address_count; i++)
		if (a->addresses[i].length != b->addresses[i].length ||
		    memcmp(a->addresses[i].bytes, b->addresses[i].bytes, a->addresses[i].length))
			return false;
	return true;
}

/**
 * witness_text() - A witness as the command line has it.
 * @witness: The witness.
 *
 * Return: Its addresses with commas between, to be freed.
 */
char *witness_text(const struct witness *witness)
{
	char text[ADDRESS_TEXT_MAX], *all = NULL;
	size_t size = 0;
	FILE *out = need_memory(open_memstream(&all, &size));
	unsigned int i;

	for (i = 0; i < witness->address_count; i++)
		fprintf(out, "%s%s", i ? "," : "", address_text(&witness->addresses[i], text));
	fclose(out);
	return need_memory(all);
}
