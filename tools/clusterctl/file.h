/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that are there as a whole, or not at all.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <sys/types.h>

int file_create(const char *path, const char *text, mode_t mode, bool replace);
int file_replace(const char *path, const char *text);
int file_directory(const char *path);

#endif
