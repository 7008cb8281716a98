// SPDX-License-Identifier: GPL-2.0
/*
 * What must not be lost if an upgrade ends in the middle: a batch with what was made by
 * hand, below comments that say which module ran and whether the node stood by. It is
 * in /run, for a machine that boots is set up from its file alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "upgrade.h"

#define STATE_DIRECTORY "/run/kcluster"
#define STATE_FILE STATE_DIRECTORY "/upgrade"
#define LOCK_FILE STATE_DIRECTORY "/upgrade.lock"

/**
 * upgrade_lock() - Be the only one.
 * @upgrade: The run; holds the lock until it is freed.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_lock(struct upgrade *upgrade)
{
	if (mkdir(STATE_DIRECTORY, 0700) && errno != EEXIST) {
		error("upgrade: %s: %s%s", STATE_DIRECTORY, strerror(errno),
		      errno == EACCES ? " (run as root or with sudo)" : "");
		return REFUSED;
	}
	upgrade->lock = open(LOCK_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (upgrade->lock >= 0 && !flock(upgrade->lock, LOCK_EX | LOCK_NB))
		return DONE;
	if (errno == EWOULDBLOCK)
		error("upgrade: another one runs on this machine: wait for its end");
	else
		error("upgrade: %s: %s%s", LOCK_FILE, strerror(errno),
		      errno == EACCES ? " (run as root or with sudo)" : "");
	return REFUSED;
}

/**
 * upgrade_is_running() - Does somebody replace the module just now?
 *
 * Return: Whether there is such a run.
 */
bool upgrade_is_running(void)
{
	int fd = open(LOCK_FILE, O_RDONLY | O_CLOEXEC);
	bool running;

	if (fd < 0)
		return false;
	running = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return running;
}

/**
 * upgrade_recall() - Did one end in the middle?
 * @upgrade: Gets what it had kept, and whether the node stood by before.
 * @instance: Of the module that ran then.
 *
 * Return: Whether it did.
 */
bool upgrade_recall(struct upgrade *upgrade, uint64_t *instance)
{
	FILE *in = fopen(STATE_FILE, "re");
	unsigned int standby;
	char *text = NULL;
	int fields;
	size_t size = 0;
	FILE *out;
	int c;

	if (!in)
		return false;
	fields = fscanf(in, "# instance %" SCNu64 " standby %u until %" SCNd64 "\n", instance,
			&standby, &upgrade->standby_until);
	if (fields < 3)
		upgrade->standby_until = 0;
	if (fields < 2) {
		fclose(in);
		return false;
	}
	upgrade->standby = standby;
	out = need_memory(open_memstream(&text, &size));
	while ((c = getc(in)) != EOF)
		putc(c, out);
	fclose(in);
	fclose(out);
	free(upgrade->kept);
	upgrade->kept = text;
	return true;
}

/**
 * upgrade_remember() - From now on another run can go on with this one.
 * @upgrade: The run.
 * @instance: Of the module that has what is by hand.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_remember(const struct upgrade *upgrade, uint64_t instance)
{
	int fd = open(STATE_FILE ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	bool done = false;

	if (out) {
		fprintf(out, "# instance %" PRIu64 " standby %u until %" PRId64 "\n%s",
			instance, (unsigned int)upgrade->standby,
			upgrade->standby_until, upgrade->kept);
		done = !fflush(out) && !ferror(out);
		done = !fclose(out) && done && !rename(STATE_FILE ".new", STATE_FILE);
	} else if (fd >= 0) {
		close(fd);
	}
	if (!done)
		error("upgrade: %s: %s", STATE_FILE, strerror(errno));
	return done ? DONE : REFUSED;
}

/**
 * upgrade_make_kept() - Make again what was made by hand.
 * @upgrade: The run, which was remembered.
 *
 * Return: DONE or REFUSED; what can be made is made.
 */
enum status upgrade_make_kept(const struct upgrade *upgrade)
{
	bool force = options.force;
	enum status status;

	if (!*upgrade->kept)
		return DONE;
	options.force = true;
	status = batch_run(STATE_FILE);
	options.force = force;
	return status == DONE || status == DEGRADED ? DONE : REFUSED;
}

/**
 * upgrade_forget() - There is nothing to go on with.
 */
void upgrade_forget(void)
{
	unlink(STATE_FILE);
}
