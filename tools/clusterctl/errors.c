// SPDX-License-Identifier: GPL-2.0
/*
 * How clusterctl complains: one line that says what was wrong and what would
 * be right, on standard error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"

static const char *place_file;
static unsigned int place_line;

/**
 * error_set_place() - Tell where the command being run was read.
 * @file: Name of the batch file, or NULL for the command line. Not copied.
 * @line: Number of the line on which the command starts.
 */
void error_set_place(const char *file, unsigned int line)
{
	place_file = file;
	place_line = line;
}

static void __attribute__((format(printf, 2, 0)))
say(const char *kind, const char *format, va_list args)
{
	/* Output and complaint in the order in which they came to be. */
	fflush(stdout);
	if (place_file)
		fprintf(stderr, "%s:%u: %s", place_file, place_line, kind);
	else
		fprintf(stderr, "clusterctl: %s", kind);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

/**
 * error() - Print one line that says what was wrong.
 * @format: As for printf(), without the newline.
 */
void error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
}

/**
 * warning() - Print one line about something that was done, but not as asked.
 * @format: As for printf(), without the newline.
 */
void warning(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("warning: ", format, args);
	va_end(args);
}

/**
 * wrong() - Say which argument is wrong, and how the object is used.
 * @object: Name of the object whose usage is shown; NULL for none.
 * @format: What is wrong and what would be right, as for printf().
 *
 * The usage is left out in a batch, where it would bury the one line that
 * counts.
 *
 * Return: WRONG_USAGE, so that the caller can return it.
 */
enum status wrong(const char *object, const char *format, ...)
{
	const struct object *found = object ? object_find(object) : NULL;
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	if (found && !place_file)
		fprintf(stderr, "%s", found->usage);
	return WRONG_USAGE;
}

/**
 * need_memory() - Give up when an allocation failed.
 * @memory: What an allocator returned.
 *
 * A tool that lives for a moment has nothing better to do.
 *
 * Return: @memory, never NULL.
 */
void *need_memory(void *memory)
{
	if (!memory) {
		error("out of memory");
		exit(REFUSED);
	}
	return memory;
}

/**
 * copy_text() - Copy a string.
 * @text: The string, or NULL.
 *
 * Return: A copy to be freed with free(), or NULL for NULL.
 */
char *copy_text(const char *text)
{
	return text ? need_memory(strdup(text)) : NULL;
}
