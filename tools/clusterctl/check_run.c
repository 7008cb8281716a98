// SPDX-License-Identifier: GPL-2.0
/*
 * One run of the command of a check: in a process group of its own, so that
 * what it has started can be ended with it, and never waited for.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

extern char **environ;

/* Returns 0 or an errno. */
static int spawn(struct run *run, char **command, int output)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int result;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, output, STDERR_FILENO);
	result = posix_spawnp(&run->pid, command[0], &files, &attributes, command, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	if (result)
		run->pid = 0;
	return result;
}

/**
 * run_start() - Start the command.
 * @run: Not running; forgets how it ended before.
 * @command: The command and its arguments, followed by NULL.
 *
 * Return: Whether it runs; otherwise that is its result.
 */
bool run_start(struct run *run, char **command)
{
	int pipes[2], result = 0;

	memset(run, 0, sizeof(*run));
	run->output = -1;
	if (pipe2(pipes, O_CLOEXEC))
		result = errno;
	if (!result) {
		/* Of a command that prints without end, as much is read as comes. */
		fcntl(pipes[0], F_SETFL, O_NONBLOCK);
		run->output = pipes[0];
		result = spawn(run, command, pipes[1]);
		close(pipes[1]);
	}
	if (result) {
		run_close(run);
		snprintf(run->why, sizeof(run->why), "cannot run %s: %s", command[0],
			 strerror(result));
	}
	return !result;
}

/* Keeps the last line that is not empty, and of that the beginning. */
static void keep(struct run *run, const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++) {
		if (text[i] == '\n' || text[i] == '\r') {
			run->end_of_line = true;
			continue;
		}
		if (run->end_of_line)
			run->used = 0;
		run->end_of_line = false;
		if (run->used < sizeof(run->said) - 1)
			run->said[run->used++] = (unsigned char)text[i] < ' ' ? ' ' : text[i];
	}
	run->said[run->used] = '\0';
}

/**
 * run_listen() - Read what the command has printed, some of it.
 * @run: The command.
 */
void run_listen(struct run *run)
{
	char text[4096];
	ssize_t n;

	if (run->output < 0)
		return;
	n = read(run->output, text, sizeof(text));
	if (n > 0) {
		keep(run, text, (size_t)n);
	} else if (!n || (errno != EAGAIN && errno != EINTR)) {
		close(run->output);
		run->output = -1;
	}
}

/**
 * run_reap() - See whether the command has ended.
 * @run: The command, running.
 *
 * Return: Whether it has; @run tells how.
 */
bool run_reap(struct run *run)
{
	const char *colon;
	int status, i;

	if (waitpid(run->pid, &status, WNOHANG) != run->pid)
		return false;
	/* As much as a pipe holds; what it left behind may go on printing. */
	for (i = 0; i < 16; i++)
		run_listen(run);
	run_close(run);
	run->good = WIFEXITED(status) && !WEXITSTATUS(status);
	colon = run->used ? ": " : "";
	if (WIFEXITED(status))
		snprintf(run->why, sizeof(run->why), "exit status %d%s%s", WEXITSTATUS(status),
			 colon, run->said);
	else
		snprintf(run->why, sizeof(run->why), "killed by signal %d%s%s", WTERMSIG(status),
			 colon, run->said);
	return true;
}

/**
 * run_kill() - End the command and what it has started.
 * @run: The command, running. It need not end at once, see run_reap().
 */
void run_kill(const struct run *run)
{
	kill(-run->pid, SIGKILL);
}

/**
 * run_close() - Do without the command from now on.
 * @run: The command; it does not run afterwards as far as we know.
 */
void run_close(struct run *run)
{
	if (run->output >= 0)
		close(run->output);
	run->output = -1;
	run->pid = 0;
}
