// SPDX-License-Identifier: GPL-2.0
/*
 * How long is a node busy with its share of a crowd? To be run where the clock
 * counts instructions (icount):
 *
 *	share DEVICE MAC FROM TO CLIENTS WORK NETNS
 *
 * One frame from each of CLIENTS addresses from FROM on to the address TO goes
 * out of DEVICE, a veth, whose other end is the node NETNS. What is delivered
 * there is a request: a service counts to WORK and answers. NETNS "-": nobody
 * is there, DEVICE swallows all.
 *
 * Prints: nanoseconds, which are instructions, for all of it; how many requests
 * were answered.
 */
#define _GNU_SOURCE
#include "frames.h"

#define BURST 64

static void work(unsigned int much)
{
	volatile unsigned int i;

	for (i = 0; i < much; i++)
		;
}

static unsigned int answer(int fd, unsigned int much)
{
	struct sockaddr_storage client;
	socklen_t len = sizeof(client);
	unsigned int n = 0;
	char data[64];
	ssize_t size;

	while ((size = recvfrom(fd, data, sizeof(data), 0,
				(struct sockaddr *)&client, &len)) >= 0) {
		work(much);
		need(sendto(fd, data, (size_t)size, 0,
			    (struct sockaddr *)&client, len) == size, "answer");
		n++;
	}
	return n;
}

int main(int argc, char **argv)
{
	unsigned int clients, much, answered = 0, i, j;
	struct addresses all = { 0 };
	struct frame *frames;
	int out, in = -1;
	double start;

	if (argc != 8 || atoi(argv[5]) < BURST) {
		fprintf(stderr, "usage: share DEVICE MAC FROM TO CLIENTS WORK NETNS\n");
		return 2;
	}
	clients = (unsigned int)atoi(argv[5]) / BURST * BURST;
	much = (unsigned int)atoi(argv[6]);
	read_addresses(&all, argv[2], argv[3], argv[4]);
	frames = calloc(clients, sizeof(*frames));
	need(frames, "memory");
	for (i = 0; i < clients; i++) {
		write_frame(&frames[i], &all);
		add(all.from, all.six, 1);
	}
	out = sender(argv[1]);
	if (strcmp(argv[7], "-"))
		in = receiver(argv[7], all.six);
	start = nanoseconds();
	for (i = 0; i < clients; i += BURST) {
		for (j = 0; j < BURST; j++)
			need(send(out, frames[i + j].data, FRAME_LEN, 0) > 0,
			     "send");
		if (in >= 0)
			answered += answer(in, much);
	}
	printf("%.0f %u\n", nanoseconds() - start, answered);
	free(frames);
	return 0;
}
