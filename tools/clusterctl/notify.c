// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the user's script for each change: one at a time, in order, none lost.
 * The monitor reads on while the script runs; what comes in the meantime waits.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clusterctl.h"
#include "notify.h"

static void notice_free(struct notice *notice)
{
	if (notice)
		free(notice->name);
	free(notice);
}

/**
 * notify_add() - Queue a change for the script.
 * @notifier: The script.
 * @type: "INSTANCE" or "GROUP"; not copied.
 * @name: Name of the virtual router or group.
 * @state: Its new state, in words; not copied.
 * @priority: Its priority after tracking, 0 for a group.
 */
void notify_add(struct notifier *notifier, const char *type, const char *name,
		const char *state, unsigned int priority)
{
	struct notice *notice = need_memory(calloc(1, sizeof(*notice)));

	notice->type = type;
	notice->name = copy_text(name);
	notice->state = state;
	notice->priority = priority;
	if (notifier->last)
		notifier->last->next = notice;
	else
		notifier->first = notice;
	notifier->last = notice;
	notifier->count++;
}

/* Becomes the script; only returns by ending the process. */
static void __attribute__((noreturn)) become_script(const struct notifier *notifier)
{
	const struct notice *notice = notifier->current;
	int null = open("/dev/null", O_RDONLY);
	char priority[16];
	sigset_t none;

	snprintf(priority, sizeof(priority), "%u", notice->priority);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execl(notifier->script, notifier->script, notice->type, notice->name, notice->state,
	      priority, (char *)NULL);
	fprintf(stderr, "clusterctl: %s: %s\n", notifier->script, strerror(errno));
	_exit(127);
}

/**
 * notify_run() - Start the script for the oldest change, unless it runs already.
 * @notifier: The script.
 */
void notify_run(struct notifier *notifier)
{
	struct notice *notice = notifier->first;

	if (notifier->running || !notice)
		return;
	notifier->first = notice->next;
	if (!notifier->first)
		notifier->last = NULL;
	notifier->count--;
	notifier->current = notice;
	fflush(NULL);
	notifier->running = fork();
	if (!notifier->running)
		become_script(notifier);
	if (notifier->running < 0) {
		/* Not told yet: it goes back, and the monitor's next turn tries again. */
		warning("%s: %s", notifier->script, strerror(errno));
		notifier->running = 0;
		notifier->current = NULL;
		notice->next = notifier->first;
		notifier->first = notice;
		if (!notifier->last)
			notifier->last = notice;
		notifier->count++;
	}
}

/**
 * notify_reap() - Take notice that the script has ended, if it has.
 * @notifier: The script.
 */
void notify_reap(struct notifier *notifier)
{
	const struct notice *notice = notifier->current;
	int status;

	if (!notifier->running || waitpid(notifier->running, &status, WNOHANG) <= 0)
		return;
	if (WIFEXITED(status) && WEXITSTATUS(status))
		warning("%s %s %s %s %u: exit status %d", notifier->script, notice->type,
			notice->name, notice->state, notice->priority, WEXITSTATUS(status));
	else if (WIFSIGNALED(status))
		warning("%s %s %s %s %u: killed by signal %d", notifier->script, notice->type,
			notice->name, notice->state, notice->priority, WTERMSIG(status));
	notifier->running = 0;
	notice_free(notifier->current);
	notifier->current = NULL;
}

/**
 * notify_free() - Forget what the script was still to be told.
 * @notifier: The script, which is left alone if it runs.
 */
void notify_free(struct notifier *notifier)
{
	struct notice *notice;

	while ((notice = notifier->first)) {
		notifier->first = notice->next;
		notice_free(notice);
	}
	notice_free(notifier->current);
	memset(notifier, 0, sizeof(*notifier));
}
