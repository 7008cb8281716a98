// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are about one network namespace, until the machine starts anew. Only root
 * can make them.
 */
#include <stdio.h>
#include <sys/stat.h>

#include "here.h"

/**
 * here_path() - The name of such a file.
 * @name: What it is.
 * @path: HERE_PATH_MAX bytes, filled in.
 *
 * Return: 0, or -1 with errno set.
 */
int here_path(const char *name, char *path)
{
	struct stat here;

	if (stat("/proc/thread-self/ns/net", &here))
		return -1;
	snprintf(path, HERE_PATH_MAX, "/run/kcluster-%s.%llu", name,
		 (unsigned long long)here.st_ino);
	return 0;
}
