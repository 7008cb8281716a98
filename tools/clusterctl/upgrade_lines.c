// SPDX-License-Identifier: GPL-2.0
/*
 * Commands of two batches in one. Pure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "upgrade.h"

/* A command goes on behind a backslash at the end of its line. */
static size_t length_of(const char *text)
{
	size_t length = strcspn(text, "\n");

	while (length && text[length] && text[length - 1] == '\\')
		length += 1 + strcspn(text + length + 1, "\n");
	return length;
}

static bool has_line(const char *text, const char *line, size_t length)
{
	while (*text) {
		size_t here = length_of(text);

		if (here == length && !strncmp(text, line, length))
			return true;
		text += here + (text[here] == '\n');
	}
	return false;
}

/**
 * kept_orders() - Of a batch, leave only what a module that stands by does not tell.
 * @kept: The batch; which routers stood by before the whole node did is left of it.
 */
void kept_orders(char *kept)
{
	char *to = kept;

	while (*kept) {
		size_t length = length_of(kept);

		length += kept[length] == '\n';
		if (!strncmp(kept, KEPT_STANDBY, strlen(KEPT_STANDBY))) {
			memmove(to, kept, length);
			to += length;
		}
		kept += length;
	}
	*to = '\0';
}

/**
 * kept_join() - The commands of one batch, and those of another that it lacks.
 * @first: The one.
 * @second: The other.
 *
 * Return: Both, to be freed with free().
 */
char *kept_join(const char *first, const char *second)
{
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	fputs(first, out);
	while (*second) {
		size_t length = length_of(second);

		if (length && !has_line(first, second, length))
			fprintf(out, "%.*s\n", (int)length, second);
		second += length + (second[length] == '\n');
	}
	fclose(out);
	return text;
}
