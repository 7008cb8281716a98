/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of the command of a check.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct run - A command that runs, or how it ended.
 * @pid: Its process and its process group; 0 when it does not run.
 * @output: What it prints can be read here; -1 when it does not run.
 * @said: The last line it printed.
 * @used: Characters in @said.
 * @end_of_line: Whether the next character starts another line.
 * @good: Whether it ended with exit status 0.
 * @why: Otherwise: why that counts as failed.
 */
struct run {
	pid_t pid;
	int output;
	char said[160];
	size_t used;
	bool end_of_line;
	bool good;
	char why[256];
};

bool run_start(struct run *run, char **command);
void run_listen(struct run *run);
bool run_reap(struct run *run);
void run_kill(const struct run *run);
void run_close(struct run *run);

#endif
