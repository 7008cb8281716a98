/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Results of a unit test as KTAP. A test is a table of named checks; a check
 * is a function that expects things. What was not as expected is reported
 * once per place, as a comment before the result.
 */
#ifndef KC_UNIT_KTAP_H
#define KC_UNIT_KTAP_H

#include <stdio.h>
#include <stdlib.h>

struct check {
	const char *name;
	void (*run)(void);
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

extern unsigned int ktap_failures;

/* What the expectations are about: the row of a table, a random seed. */
extern char ktap_about[96];

#define about(...) snprintf(ktap_about, sizeof(ktap_about), __VA_ARGS__)

#define expect(condition)						\
do {									\
	if (!(condition) && ktap_failures++ < 20)			\
		printf("# %s:%d: %s: expected %s\n", __FILE__,		\
		       __LINE__, ktap_about, #condition);		\
} while (0)

#define expect_eq(value, wanted)					\
do {									\
	unsigned long long v_ = (value), w_ = (wanted);			\
									\
	if (v_ != w_ && ktap_failures++ < 20)				\
		printf("# %s:%d: %s: %s is %llu, expected %llu\n",	\
		       __FILE__, __LINE__, ktap_about, #value, v_, w_);	\
} while (0)

int ktap_run(const struct check *checks, size_t count);

#endif
