// SPDX-License-Identifier: GPL-2.0
/*
 * What the unit tests share: KTAP, and what main.c would bring.
 */
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clusterctl.h"
#include "check.h"

struct options options;
static unsigned int count, failures;

/* errors.c asks for the usage of an object; there is none here. */
const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

/**
 * check() - Print one result.
 * @ok: Whether it is as it should be.
 * @format: What should be, as for printf().
 */
void check(bool ok, const char *format, ...)
{
	va_list args;

	printf("%sok %u ", ok ? "" : "not ", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failures += !ok;
}

/**
 * checked() - Print the plan.
 *
 * Return: What main() returns.
 */
int checked(void)
{
	printf("1..%u\n", count);
	return failures ? 1 : 0;
}

/**
 * for_each_case() - Look at each case that lies in a directory.
 * @directory: The directory.
 * @ending: How the names of files end of which each case has one.
 * @check_one: Called with each name, without its ending, in the order of the alphabet.
 *
 * Return: How many there are.
 */
int for_each_case(const char *directory, const char *ending, void (*check_one)(const char *name))
{
	int i, cases = 0, found;
	struct dirent **list;

	found = scandir(directory, &list, NULL, alphasort);
	for (i = 0; i < found; i++) {
		char *name = list[i]->d_name;
		size_t length = strlen(name);

		if (length > strlen(ending) && !strcmp(name + length - strlen(ending), ending)) {
			name[length - strlen(ending)] = '\0';
			check_one(name);
			cases++;
		}
		free(list[i]);
	}
	if (found >= 0)
		free(list);
	return cases;
}
