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

/* So many are remembered. */
#define SAID_MAX 64

/* What was said of a line of a file already, as it may be read several times. */
static bool said_before(const char *format, va_list args)
{
	static char *said[SAID_MAX];
	char *text, *whole;
	unsigned int i;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	need_memory(text);
	if (asprintf(&whole, "%s:%u: %s", place_file, place_line, text) < 0)
		whole = NULL;
	free(text);
	need_memory(whole);
	for (i = 0; i < SAID_MAX && said[i]; i++)
		if (!strcmp(said[i], whole))
			break;
	if (i < SAID_MAX && !said[i]) {
		said[i] = whole;
		return false;
	}
	free(whole);
	return i < SAID_MAX;
}

/**
 * warning() - Print one line about something that was done, but not as asked; of the
 * same line of a file only once.
 * @format: As for printf(), without the newline.
 */
void warning(const char *format, ...)
{
	va_list args;
	bool again;

	va_start(args, format);
	again = place_file && said_before(format, args);
	va_end(args);
	if (again)
		return;
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
