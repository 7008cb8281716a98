/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What client and server of flows have in common.
 */
#ifndef FLOWS_H
#define FLOWS_H

#define BUFFER 16384
#define CHUNK_MAX 4096
#define EVENTS 256

/* What everything waits at, with what it is for in data.ptr. */
extern int epoll_fd;

void watch(int fd, void *what);
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* flows_serve.c: until it is killed */
void serve(const char *port);

#endif
