// SPDX-License-Identifier: GPL-2.0
/*
 * Commands from a file, one per line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "words.h"

/**
 * struct reader - A batch file being read.
 * @file: The file.
 * @line: Number of the last line read.
 * @physical: Buffer of getline().
 * @physical_size: Its size.
 * @text: The lines of the present command.
 * @length: Bytes in @text, without the final NUL.
 */
struct reader {
	FILE *file;
	unsigned int line;
	char *physical;
	size_t physical_size;
	char *text;
	size_t length;
};

/* Appends the next line. Returns 1, 0 at the end, -1 when it is no text. */
static int read_line(struct reader *reader)
{
	ssize_t n = getline(&reader->physical, &reader->physical_size, reader->file);

	if (n < 0)
		return 0;
	reader->line++;
	if (memchr(reader->physical, '\0', (size_t)n))
		return -1;
	reader->text = need_memory(realloc(reader->text, reader->length + (size_t)n + 1));
	memcpy(reader->text + reader->length, reader->physical, (size_t)n + 1);
	reader->length += (size_t)n;
	return 1;
}

/* Reads one command, over continued lines. Returns as read_line() does. */
static int read_command(struct reader *reader, const char *name, struct words *words)
{
	const char *why = "";
	int cut, more;

	reader->length = 0;
	more = read_line(reader);
	if (more)
		error_set_place(name, reader->line);
	while (more > 0) {
		cut = words_split(words, reader->text, &why);
		if (cut == WORDS_DONE)
			return 1;
		if (cut == WORDS_BAD) {
			error("%s", why);
			return -1;
		}
		more = read_line(reader);
		if (!more) {
			error("the file ends in a backslash: a line to go on with is missing");
			return -1;
		}
	}
	if (more < 0)
		error("this is not text: it has a NUL byte");
	return more;
}

/**
 * batch_run() - Run the commands of a file.
 * @file: Its name, "-" for standard input.
 *
 * Stops at the first command that fails unless options.force is set.
 *
 * Return: What the first command that failed returned, or DONE.
 */
enum status batch_run(const char *file)
{
	bool is_stdin = !strcmp(file, "-");
	struct reader reader = { .file = is_stdin ? stdin : fopen(file, "re") };
	struct words words = { 0 };
	enum status result = DONE;
	int more;

	if (!reader.file) {
		error("batch file '%s': %s", file, strerror(errno));
		return REFUSED;
	}
	for (;;) {
		enum status status;

		more = read_command(&reader, is_stdin ? "-" : file, &words);
		if (!more)
			break;
		if (more > 0 && !words.count)
			continue;
		status = more < 0 ? WRONG_USAGE : command_run(words.count, words.list);
		fflush(stdout);
		if (result == DONE || (result == DEGRADED && status != DONE))
			result = status;
		/* That something is degraded is news, not a failure of the batch. */
		if (status != DONE && status != DEGRADED && !options.force)
			break;
	}
	error_set_place(NULL, 0);
	if (ferror(reader.file)) {
		error("batch file '%s': %s", file, strerror(errno));
		result = REFUSED;
	}
	if (!is_stdin)
		fclose(reader.file);
	words_free(&words);
	free(reader.physical);
	free(reader.text);
	return result;
}
