// SPDX-License-Identifier: GPL-2.0
/*
 * What the unit tests share: KTAP, and what main.c would bring.
 */
#include <stdarg.h>
#include <stdio.h>

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
