// SPDX-License-Identifier: GPL-2.0
/*
 * Short TCP connections, IPv4: connect, request, answer, close, by the client
 * first. Nobody does more than that, so that what is measured is what lies
 * between both.
 *
 *	shorts serve PORT WORKERS
 *	shorts run ADDRESS PORT SECONDS RATE WORKERS
 *
 * RATE is connections per second of all workers, 0 as many as there can be.
 * ADDRESS is the first one of SPREAD that all lead to the server: no port is
 * used again as long as anybody remembers it. "run" prints connections, seconds
 * and failures.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SPREAD 64
#define EACH 16000	/* connections to one address before the next */
#define WORKERS_MAX 64

struct done {
	unsigned long good, bad;
	double end;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_until(double when)
{
	struct timespec at = { .tv_sec = (time_t)when };

	at.tv_nsec = (long)((when - (double)at.tv_sec) * 1e9);
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL))
		;
}

static void answer(int listener)
{
	char data[64];
	int fd;

	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		while (recv(fd, data, sizeof(data), 0) > 0)
			if (send(fd, data, sizeof(data), MSG_NOSIGNAL) < 0)
				break;
		close(fd);
	}
}

static int serve(int port, int workers)
{
	struct sockaddr_in any = { .sin_family = AF_INET,
				   .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof(any)) ||
	    listen(fd, 1024)) {
		perror("shorts");
		return 1;
	}
	while (--workers > 0)
		if (fork() == 0)
			break;
	answer(fd);
	return 0;
}

static int one(const struct sockaddr_in *to)
{
	/* A server that is gone is not to stop us for ever. */
	struct timeval patience = { .tv_sec = 5 };
	char data[64] = "";
	int fd, good;

	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (fd < 0)
		return 0;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	good = !connect(fd, (const struct sockaddr *)to, sizeof(*to)) &&
	       send(fd, data, sizeof(data), MSG_NOSIGNAL) > 0 &&
	       recv(fd, data, sizeof(data), 0) > 0;
	close(fd);
	return good;
}

static void work(struct sockaddr_in to, int worker, int workers, double start,
		 double length, double rate, struct done *done)
{
	uint32_t base = ntohl(to.sin_addr.s_addr), i;
	double step = rate > 0 ? workers / rate : 0;
	double next = start + step * worker / workers;
	/* Not where the last run was. */
	uint32_t spread = (uint32_t)time(NULL) + (uint32_t)worker;

	for (i = 0; seconds() < start + length; i++) {
		if (rate > 0) {
			sleep_until(next);
			next += step;
			if (next - step >= start + length)
				break;
		}
		to.sin_addr.s_addr = htonl(base + (spread + i / EACH *
					   (uint32_t)workers) % SPREAD);
		if (one(&to))
			done->good++;
		else
			done->bad++;
	}
	done->end = seconds();
}

static int run(char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(argv[1])) };
	double length = atof(argv[2]), rate = atof(argv[3]), start, end = 0;
	unsigned long good = 0, bad = 0;
	int workers = atoi(argv[4]), i;
	struct done *done;

	if (!inet_pton(AF_INET, argv[0], &to.sin_addr) || workers < 1 ||
	    workers > WORKERS_MAX)
		return 2;
	done = mmap(NULL, sizeof(*done) * WORKERS_MAX, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		return 1;
	start = seconds() + 0.01;
	for (i = 0; i < workers; i++) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			work(to, i, workers, start, length, rate, &done[i]);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	for (i = 0; i < workers; i++) {
		good += done[i].good;
		bad += done[i].bad;
		end = done[i].end > end ? done[i].end : end;
	}
	printf("%lu %.6f %lu\n", good, end - start, bad);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 4 && !strcmp(argv[1], "serve"))
		return serve(atoi(argv[2]), atoi(argv[3]));
	if (argc == 7 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	fprintf(stderr, "usage: shorts serve PORT WORKERS\n"
		"       shorts run ADDRESS PORT SECONDS RATE WORKERS\n");
	return 2;
}
