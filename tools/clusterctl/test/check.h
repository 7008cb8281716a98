/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests share: KTAP, and what main.c would bring.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "../clusterctl.h"

struct options options;
static unsigned int count, failures;

/* errors.c asks for the usage of an object; there is none here. */
const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

static void __attribute__((format(printf, 2, 3))) check(bool ok, const char *format, ...)
{
	va_list args;

	printf("%sok %u ", ok ? "" : "not ", ++count);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	failures += !ok;
}

/* The last line, and what main() returns. */
static int checked(void)
{
	printf("1..%u\n", count);
	return failures ? 1 : 0;
}

#endif
