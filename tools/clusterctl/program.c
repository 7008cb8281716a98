// SPDX-License-Identifier: GPL-2.0
/*
 * Running another program to its end, in the C locale, with its output in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clusterctl.h"
#include "program.h"

extern char **environ;

/* More than that is read, but not kept. */
#define SAID_MAX (4u << 20)

/**
 * struct stream - What comes from a program.
 * @fd: Its end of the pipe, -1 when it has been closed.
 * @text: What came, with a NUL behind it.
 * @length: Of @text.
 */
struct stream {
	int fd;
	char *text;
	size_t length;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The ends of the pipes that are ours, by the number that they have there. */
static int start(const struct program *program, int ours[3], pid_t *child)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int pipes[3][2], result = 0, i;

	for (i = 0; i < 3; i++)
		pipes[i][0] = pipes[i][1] = -1;
	for (i = 0; i < 3 && !result; i++)
		result = pipe2(pipes[i], O_CLOEXEC) ? errno : 0;
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	/* What it has started goes with it. */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setpgroup(&attributes, 0);
	for (i = 0; i < 3; i++)
		posix_spawn_file_actions_adddup2(&files, pipes[i][i ? 1 : 0], i);
	setenv("LC_ALL", "C", 1);
	if (!result)
		result = posix_spawnp(child, program->argv[0], &files, &attributes,
				      (char *const *)program->argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	for (i = 0; i < 3; i++) {
		int own = i ? 0 : 1;

		if (pipes[i][1 - own] >= 0)
			close(pipes[i][1 - own]);
		ours[i] = pipes[i][own];
		if (result && ours[i] >= 0)
			close(ours[i]);
	}
	return result;
}

static void take(struct stream *stream)
{
	char text[4096];
	ssize_t n = read(stream->fd, text, sizeof(text));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		close(stream->fd);
		stream->fd = -1;
	} else if (stream->length + (size_t)n <= SAID_MAX) {
		stream->text = need_memory(realloc(stream->text, stream->length + (size_t)n + 1));
		memcpy(stream->text + stream->length, text, (size_t)n);
		stream->length += (size_t)n;
		stream->text[stream->length] = '\0';
	}
}

/* Who does not read what we say is told no more. */
static void give(const struct program *program, struct pollfd *to, size_t *given)
{
	ssize_t n = 0;

	if (*given < program->input_length)
		n = write(to->fd, program->input + *given, program->input_length - *given);
	if (n > 0)
		*given += (size_t)n;
	if ((n < 0 && errno != EINTR && errno != EAGAIN) || *given >= program->input_length) {
		close(to->fd);
		to->fd = -1;
	}
}

static void talk(struct program *program, int to, struct stream from[2], pid_t child)
{
	struct pollfd polls[3] = { { .fd = to, .events = POLLOUT } };
	int64_t end = now_ms() + program->timeout, left = -1;
	size_t given = 0;
	int i;

	fcntl(to, F_SETFL, O_NONBLOCK);
	while (from[0].fd >= 0 || from[1].fd >= 0) {
		if (program->timeout && !program->late) {
			left = end - now_ms();
			if (left <= 0) {
				kill(-child, SIGKILL);
				program->late = true;
				/* Somebody else may still have the pipes. */
				break;
			}
		}
		for (i = 0; i < 2; i++)
			polls[i + 1] = (struct pollfd){ .fd = from[i].fd, .events = POLLIN };
		if (poll(polls, 3, (int)left) < 0)
			continue;
		if (polls[0].revents)
			give(program, &polls[0], &given);
		for (i = 0; i < 2; i++)
			if (polls[i + 1].revents)
				take(&from[i]);
	}
	if (polls[0].fd >= 0)
		close(polls[0].fd);
	for (i = 0; i < 2; i++)
		if (from[i].fd >= 0)
			close(from[i].fd);
}

/**
 * program_run() - Run a program, and wait for its end.
 * @program: What, and what it said; to be freed with program_free().
 *
 * Return: Whether it could be run and ended with 0.
 */
bool program_run(struct program *program)
{
	struct stream from[2] = { { .fd = -1 }, { .fd = -1 } };
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	int ours[3], result;
	pid_t child;

	fflush(NULL);
	program->late = false;
	program->status = -1;
	result = start(program, ours, &child);
	if (!result) {
		from[0].fd = ours[1];
		from[1].fd = ours[2];
		talk(program, ours[0], from, child);
		while (waitpid(child, &program->status, 0) < 0 && errno == EINTR)
			;
	}
	signal(SIGPIPE, before);
	program->out = from[0].text ? from[0].text : copy_text("");
	program->err = from[1].text ? from[1].text : copy_text(result ? strerror(result) : "");
	return !program->status && !program->late;
}

/**
 * program_last_line() - The last line that a program has complained with.
 * @program: After program_run(); the lines of what it said are cut apart.
 *
 * Return: The line, which may be empty; it belongs to @program.
 */
const char *program_last_line(const struct program *program)
{
	char *text = program->err, *line;
	size_t length = strlen(text);

	while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
		text[--length] = '\0';
	line = strrchr(text, '\n');
	return line ? line + 1 : text;
}

/**
 * program_free() - Give back what a program said.
 * @program: It.
 */
void program_free(struct program *program)
{
	free(program->out);
	free(program->err);
	program->out = program->err = NULL;
}
