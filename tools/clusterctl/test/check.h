/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the unit tests share: KTAP, and what main.c would bring.
 */
#ifndef TEST_CHECK_H
#define TEST_CHECK_H

#include <stdbool.h>

void check(bool ok, const char *format, ...) __attribute__((format(printf, 2, 3)));
int checked(void);
int for_each_case(const char *directory, const char *ending, void (*check_one)(const char *name));

#endif
