// SPDX-License-Identifier: GPL-2.0
/*
 * How much CPU is left over? One SCHED_IDLE process per CPU counts loops:
 *
 *	spin SECONDS
 *
 * prints the loops per second of each CPU, on one line. What softirqs, kernel
 * threads and processes take together is what is missing compared with the
 * same line of an idle machine; no accounting of any of them is trusted.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double count(double length)
{
	double start = seconds(), now;
	uint64_t loops = 0;

	do {
		volatile int i;

		for (i = 0; i < 2000; i++)
			;
		loops++;
		now = seconds();
	} while (now - start < length);
	return (double)loops / (now - start);
}

int main(int argc, char **argv)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), cpu;
	double *rate;

	if (argc != 2) {
		fprintf(stderr, "usage: spin SECONDS\n");
		return 2;
	}
	rate = mmap(NULL, (size_t)cpus * sizeof(*rate), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (rate == MAP_FAILED)
		return 1;
	for (cpu = 0; cpu < cpus; cpu++) {
		if (fork() == 0) {
			struct sched_param none = { 0 };
			cpu_set_t set;

			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			if (sched_setaffinity(0, sizeof(set), &set) ||
			    sched_setscheduler(0, SCHED_IDLE, &none))
				_exit(1);
			rate[cpu] = count(atof(argv[1]));
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		;
	for (cpu = 0; cpu < cpus; cpu++)
		printf("%.2f%c", rate[cpu], cpu + 1 < cpus ? ' ' : '\n');
	return 0;
}
