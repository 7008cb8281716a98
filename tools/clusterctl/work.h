/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run of setup does: each change passes through here, so that it can be
 * counted, or shown rather than made.
 */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct work - A run.
 * @diff: Changes are shown, not made.
 * @changes: How many there were.
 */
struct work {
	bool diff;
	unsigned int changes;
};

bool work_do(struct work *work, const char *format, ...) __attribute__((format(printf, 2, 3)));
void work_show(const struct work *work, char sign, char *text);

#endif
