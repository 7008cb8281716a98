// SPDX-License-Identifier: GPL-2.0
/*
 * Take memory until hardly any is left, use it, give half of it back, again:
 *
 *	hog SECONDS LEAVE_MIB
 *
 * The kernel reclaims, over and over, what programs were read from, and is kept
 * at the edge of killing somebody. This one would be the first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PIECE (4UL << 20)
#define PIECES 16384

static char *piece[PIECES];

static long available_mib(void)
{
	char line[128];
	long kib = 0;
	FILE *file = fopen("/proc/meminfo", "r");

	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %ld", &kib) == 1)
			break;
	fclose(file);
	return kib >> 10;
}

int main(int argc, char **argv)
{
	unsigned long n = 0, keep, rounds = 0;
	long leave;
	time_t end;
	FILE *file;

	if (argc != 3) {
		fprintf(stderr, "usage: hog SECONDS LEAVE_MIB\n");
		return 2;
	}
	file = fopen("/proc/self/oom_score_adj", "w");
	if (file) {
		fputs("1000", file);
		fclose(file);
	}
	end = time(NULL) + atol(argv[1]);
	leave = atol(argv[2]);
	while (time(NULL) < end) {
		while (n < PIECES && available_mib() > leave) {
			piece[n] = mmap(NULL, PIECE, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (piece[n] == MAP_FAILED)
				break;
			memset(piece[n++], 1, PIECE);
		}
		usleep(300000);
		for (keep = n / 2; n > keep; n--)
			munmap(piece[n - 1], PIECE);
		rounds++;
	}
	printf("rounds %lu\n", rounds);
	return 0;
}
