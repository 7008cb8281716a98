/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs the user's script for each change: one at a time, in order, none lost.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Changes that may wait for the script; beyond it the present state is told instead. */
#define NOTIFY_QUEUE_MAX 65536

/**
 * struct notice - A change the script is to be told.
 * @next: The one after it.
 * @type: "INSTANCE" or "GROUP".
 * @name: Name of the virtual router or group.
 * @state: Its new state, in words.
 * @priority: Its priority after tracking, 0 for a group.
 */
struct notice {
	struct notice *next;
	const char *type;
	char *name;
	const char *state;
	unsigned int priority;
};

/**
 * struct notifier - The script, and what it is still to be told.
 * @script: The program.
 * @first: The oldest notice that waits.
 * @last: The newest one.
 * @count: How many wait.
 * @running: Process id of the script while it runs, 0 otherwise.
 * @current: What it is being told.
 */
struct notifier {
	const char *script;
	struct notice *first;
	struct notice *last;
	unsigned int count;
	pid_t running;
	struct notice *current;
};

static inline bool notify_is_full(const struct notifier *notifier)
{
	return notifier->count >= NOTIFY_QUEUE_MAX;
}

void notify_add(struct notifier *notifier, const char *type, const char *name,
		const char *state, unsigned int priority);
void notify_run(struct notifier *notifier);
void notify_reap(struct notifier *notifier);
void notify_free(struct notifier *notifier);

#endif
