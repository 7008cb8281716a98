// SPDX-License-Identifier: GPL-2.0
/*
 * What a run of setup does, or would do.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "work.h"

/**
 * work_do() - Is a change to be made?
 * @work: The run; the change is counted, and shown if only that was asked for.
 * @format: What it is, as for printf(): "+" for what comes, "-" for what goes.
 *
 * Return: Whether it is to be made.
 */
bool work_do(struct work *work, const char *format, ...)
{
	va_list args;

	work->changes++;
	if (!work->diff)
		return true;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

/**
 * work_show() - Show commands that come or go, if that was asked for.
 * @work: The run; nothing is counted.
 * @sign: '+' or '-', before each line.
 * @text: The commands; freed.
 */
void work_show(const struct work *work, char sign, char *text)
{
	char *rest = text, *line;

	while (work->diff && (line = strsep(&rest, "\n")))
		if (*line)
			printf("%c %s\n", sign, line);
	free(text);
}
