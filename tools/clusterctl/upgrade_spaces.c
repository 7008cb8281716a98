// SPDX-License-Identifier: GPL-2.0
/*
 * The module serves all network namespaces, and an upgrade sets up one: what others
 * would lose is not lost silently.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "info.h"
#include "module.h"
#include "upgrade.h"

#define NAMES "/run/netns"

/* Asked by a process of its own, for there is no way back out of a namespace. */
static bool has_any(int space)
{
	int status = 0;
	pid_t child;

	fflush(NULL);
	module_disconnect();
	child = fork();
	if (!child) {
		struct info info;
		bool any = false;

		if (!setns(space, CLONE_NEWNET) && !info_try_get(&info))
			any = info.routers || info.peers || info.clusterips;
		_exit(any);
	}
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 1;
}

static bool is_own(int space)
{
	struct stat own, other;

	return !stat("/proc/self/ns/net", &own) && !fstat(space, &other) &&
	       own.st_dev == other.st_dev && own.st_ino == other.st_ino;
}

/* Whether it is a reason to stop. */
static bool look_into(const char *path, const char *name, bool force)
{
	int space = open(path, O_RDONLY | O_CLOEXEC);
	bool any = false;

	if (space < 0)
		return false;
	if (!is_own(space))
		any = has_any(space);
	close(space);
	if (any && force)
		warning("upgrade: %s has virtual routers, peers or cluster IPs as well: they go with the module, and are not made again",
			name);
	else if (any)
		error("upgrade: %s has virtual routers, peers or cluster IPs as well, which would go with the module and not be made again: save them (clusterctl save) and remove them (clusterctl flush) there, or say 'force'",
		      name);
	return any && !force;
}

/**
 * upgrade_check_spaces() - Does another network namespace use the module?
 * @force: Go on all the same.
 *
 * Those are looked into that have a name, and that of the machine.
 *
 * Return: DONE or REFUSED.
 */
enum status upgrade_check_spaces(bool force)
{
	bool stop = look_into("/proc/1/ns/net", "the machine's own network namespace", force);
	DIR *directory = opendir(NAMES);
	const struct dirent *entry;
	char path[512], name[320];

	while (directory && (entry = readdir(directory))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", NAMES, entry->d_name);
		snprintf(name, sizeof(name), "network namespace %s", entry->d_name);
		stop |= look_into(path, name, force);
	}
	if (directory)
		closedir(directory);
	return stop ? REFUSED : DONE;
}
