// SPDX-License-Identifier: GPL-2.0
/*
 * Two that set up or tear down at once would undo what the other does: they come one
 * after the other. The lock goes with the process that has it, however it ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "clusterctl.h"
#include "setup.h"

#define LOCK "/run/kcluster.lock"

static int held = -1;

/**
 * setup_lock() - Wait until no other setup, teardown or return to the old state runs.
 *
 * Return: DONE, or REFUSED.
 */
enum status setup_lock(void)
{
	int result;

	held = open(LOCK, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (held < 0 && (errno == EACCES || errno == EPERM)) {
		error("%s: changing this machine needs root (run as root or with sudo)", LOCK);
		return REFUSED;
	}
	result = held < 0 ? -1 : flock(held, LOCK_EX | LOCK_NB);
	if (result && held >= 0 && errno == EWOULDBLOCK) {
		warning("another setup or teardown runs: this one waits for its end");
		do
			result = flock(held, LOCK_EX);
		while (result && errno == EINTR);
	}
	if (!result)
		return DONE;
	error("%s: %s", LOCK, strerror(errno));
	setup_unlock();
	return REFUSED;
}

/**
 * setup_unlock() - Let others set up; in a process that was started, without doing so.
 */
void setup_unlock(void)
{
	if (held >= 0)
		close(held);
	held = -1;
}
