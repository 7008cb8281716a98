// SPDX-License-Identifier: GPL-2.0
/*
 * Files that are there as a whole, or not at all: written beside, under a name that
 * starts with a point, and renamed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clusterctl.h"
#include "file.h"

static char *name_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	int length = slash ? (int)(slash + 1 - path) : 0;
	char *beside = NULL;

	if (asprintf(&beside, "%.*s.%s.XXXXXX", length, path, path + length) < 0)
		beside = NULL;
	return need_memory(beside);
}

static int write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		left -= (size_t)n;
	}
	return 0;
}

/* As owner and rights of what is replaced; who may not give it away keeps it. */
static int look_like(int fd, const struct stat *like)
{
	if ((like->st_uid != geteuid() || like->st_gid != getegid()) &&
	    fchown(fd, like->st_uid, like->st_gid))
		return -1;
	return fchmod(fd, like->st_mode & 07777);
}

static int put(const char *path, const char *text, mode_t mode, const struct stat *like,
	       bool replace)
{
	char *beside = name_beside(path);
	/* Nobody else may read it, until it is said that they may. */
	int fd = mkstemp(beside), failed = -1;

	if (fd >= 0) {
		failed = write_all(fd, text) || (like ? look_like(fd, like) : fchmod(fd, mode));
		/*
		 * What there was is given up only for what is on the disk; and what only its
		 * owner can read, keys, nobody else has.
		 */
		if (!failed && (like || mode == 0600) && fsync(fd))
			failed = -1;
		if (close(fd))
			failed = -1;
		if (!failed)
			failed = renameat2(AT_FDCWD, beside, AT_FDCWD, path,
					   replace ? 0 : RENAME_NOREPLACE);
		if (failed) {
			failed = errno;
			unlink(beside);
			errno = failed;
			failed = -1;
		}
	}
	if (failed)
		error("file '%s': %s", path, strerror(errno));
	free(beside);
	return failed;
}

/**
 * file_create() - Write a file.
 * @path: Its name.
 * @text: What shall be in it.
 * @mode: Its rights; not before it is complete has it more than 0600.
 * @replace: One that is there already is replaced.
 *
 * One that only its owner can read is on the disk when this returns.
 *
 * Return: 0, or -1 after a complaint: nothing has changed then.
 */
int file_create(const char *path, const char *text, mode_t mode, bool replace)
{
	return put(path, text, mode, NULL, replace);
}

/**
 * file_replace() - Put other contents into a file that is there.
 * @path: Its name; what a symbolic link leads to is replaced, not the link.
 * @text: What shall be in it.
 *
 * Owner and rights stay. It is on the disk when this returns.
 *
 * Return: 0, or -1 after a complaint: nothing has changed then.
 */
int file_replace(const char *path, const char *text)
{
	char *real = realpath(path, NULL);
	struct stat like;
	int result = -1;

	if (!real || stat(real, &like))
		error("file '%s': %s", path, strerror(errno));
	else
		result = put(real, text, 0, &like, true);
	free(real);
	return result;
}

/**
 * file_directory() - Make a directory that only its owner can enter.
 * @path: Its name; one that is there already will do.
 *
 * Return: 0, or -1 after a complaint.
 */
int file_directory(const char *path)
{
	struct stat stat_now;

	if (!mkdir(path, 0700))
		return 0;
	if (errno == EEXIST && !stat(path, &stat_now) && !S_ISDIR(stat_now.st_mode))
		errno = ENOTDIR;
	if (errno == EEXIST)
		return 0;
	error("directory '%s': %s", path, strerror(errno));
	return -1;
}
