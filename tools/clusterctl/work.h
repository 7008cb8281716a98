/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run of setup does: each change passes through here, so that it can be
 * counted, or shown rather than made.
 */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>
#include <stdio.h>

struct json_object;

/**
 * struct work - A run.
 * @diff: Changes are shown, not made.
 * @changes: How many there were.
 * @step: Of setup, as JSON has it.
 * @list: Changes that are shown as JSON, NULL if there were none.
 */
struct work {
	bool diff;
	unsigned int changes;
	const char *step;
	struct json_object *list;
};

/**
 * struct change - A change, as JSON has it.
 * @object: What kind of thing changes.
 * @name: Which one.
 * @change: "add", "del" or "set".
 * @key: What of it, NULL for all of it.
 * @from: What it was, NULL for nothing, or for what nobody shall see.
 * @to: What it becomes, the same.
 */
struct change {
	const char *object;
	const char *name;
	const char *change;
	const char *key;
	const char *from;
	const char *to;
};

#define CHANGE(of, called, how, ...) \
	(&(const struct change){ .object = (of), .name = (called), .change = (how), __VA_ARGS__ })

bool work_do(struct work *work, const struct change *change, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void work_show(const struct work *work, char sign, char *text);
void work_tell(struct work *work, const struct change *change);
bool work_tells(const struct work *work);
void work_end(struct work *work);

#endif
