/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Running another program, and what it says.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct program - A program that is run.
 * @argv: Its words, followed by NULL; the first one is looked for on PATH.
 * @input: What it reads, NULL for nothing.
 * @input_length: Octets of @input.
 * @timeout: Milliseconds after which it is killed; 0 for never.
 * @status: As from waitpid(); -1 if it could not be run.
 * @late: It was killed because its time was over.
 * @out: What it wrote, with a NUL behind it.
 * @err: What it complained about, likewise.
 */
struct program {
	const char *const *argv;
	const char *input;
	size_t input_length;
	uint32_t timeout;
	int status;
	bool late;
	char *out;
	char *err;
};

bool program_run(struct program *program);
const char *program_last_line(const struct program *program);
void program_free(struct program *program);

#endif
