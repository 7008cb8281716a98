/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are about one network namespace, until the machine starts anew.
 */
#ifndef HERE_H
#define HERE_H

/* Long enough for such a name, short enough for a socket. */
#define HERE_PATH_MAX 64

int here_path(const char *name, char *path);

#endif
