// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the files of a keepalived configuration.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clusterctl.h"
#include "keepalived_parse.h"

/* Reads what is there, but no more than a configuration may have. */
static char *read_all(int fd, size_t *length)
{
	size_t room = 65536;
	char *text = need_memory(malloc(room));

	*length = 0;
	while (*length <= KA_SIZE_MAX) {
		ssize_t n = read(fd, text + *length, room - *length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			free(text);
			return NULL;
		}
		if (!n)
			break;
		*length += (size_t)n;
		if (*length == room) {
			room *= 2;
			text = need_memory(realloc(text, room));
		}
	}
	return text;
}

/* Returns the file's text, or NULL with errno set. */
static char *slurp(const char *file, bool only_regular, size_t *length)
{
	bool is_stdin = !strcmp(file, "-");
	struct stat info;
	char *text = NULL;
	int fd, saved;

	/* Whoever waits for the writer of a pipe waits for ever. */
	fd = is_stdin ? STDIN_FILENO :
		open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | (only_regular ? O_NONBLOCK : 0));
	if (fd < 0)
		return NULL;
	if (only_regular && (fstat(fd, &info) || !S_ISREG(info.st_mode)))
		errno = EINVAL;
	else
		text = read_all(fd, length);
	saved = errno;
	if (!is_stdin)
		close(fd);
	errno = saved;
	return text;
}

/**
 * ka_read_file() - Read the main file of a configuration.
 * @config: The configuration.
 * @file: Its name, "-" for standard input.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_read_file(struct ka_config *config, const char *file)
{
	size_t length;
	char *text = slurp(file, false, &length);
	int result;

	if (!text)
		return ka_fail(config, "%s", strerror(errno));
	result = ka_parse_text(config, file, text, length);
	free(text);
	return result ? result : ka_parse_end(config);
}

static int include_file(struct ka_config *config, const char *file, const char *from,
			unsigned int line)
{
	size_t length;
	char *text;
	int result;

	if (config->file_count >= KA_FILES_MAX)
		return ka_fail(config, "more than %d files are included", KA_FILES_MAX);
	text = slurp(file, true, &length);
	if (!text) {
		ka_remark(config->report, from, line, KA_LEFT_OUT, NULL, "include",
			  "'%s' cannot be read: %s", file,
			  errno == EINVAL ? "no regular file" : strerror(errno));
		return 0;
	}
	result = ka_parse_text(config, file, text, length);
	free(text);
	return result;
}

/**
 * ka_include_files() - Read the files that an include names.
 * @config: The configuration.
 * @pattern: File name, perhaps with wildcards. Without a leading slash it starts
 *	at the directory of the file that includes it.
 *
 * A file that cannot be read is reported; that no file matches wildcards is not.
 *
 * Return: 0, or -1 with the error in @config.
 */
int ka_include_files(struct ka_config *config, const char *pattern)
{
	const char *from = config->file, *slash = strrchr(from, '/');
	unsigned int line = config->line;
	char path[4096];
	glob_t found;
	size_t i;
	int n, result = 0;

	if (config->include_depth == KA_INCLUDE_DEPTH_MAX)
		return ka_fail(config, "files include each other more than %d deep",
			       KA_INCLUDE_DEPTH_MAX);
	n = snprintf(path, sizeof(path), "%.*s%s",
		     *pattern == '/' || !slash ? 0 : (int)(slash - from) + 1, from, pattern);
	if (n < 0 || (size_t)n >= sizeof(path))
		return ka_fail(config, "the name of the included file is too long");
	/* NOMAGIC: a name without wildcards is tried, to say why it is not read. */
	if (glob(path, GLOB_BRACE | GLOB_NOMAGIC, NULL, &found))
		return 0;
	config->include_depth++;
	for (i = 0; i < found.gl_pathc && !result; i++)
		result = include_file(config, found.gl_pathv[i], from, line);
	config->include_depth--;
	globfree(&found);
	return result;
}
