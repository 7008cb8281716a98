// SPDX-License-Identifier: GPL-2.0
/*
 * Send small UDP packets as fast as one process can, to each in turn:
 *
 *	flood SECONDS ADDRESS...
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	unsigned long sent = 0;
	char data[32] = "";
	time_t end;
	int fd, i;

	if (argc < 3) {
		fprintf(stderr, "usage: flood SECONDS ADDRESS...\n");
		return 2;
	}
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0)
		return 1;
	end = time(NULL) + atol(argv[1]);
	while (time(NULL) < end) {
		for (i = 2; i < argc; i++) {
			inet_pton(AF_INET, argv[i], &to.sin_addr);
			/* "Connection refused" of an earlier one is no matter. */
			if (sendto(fd, data, sizeof(data), 0,
				   (struct sockaddr *)&to, sizeof(to)) > 0)
				sent++;
		}
	}
	printf("%.0f\n", (double)sent / atof(argv[1]));
	return 0;
}
