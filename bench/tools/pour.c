// SPDX-License-Identifier: GPL-2.0
/*
 * What does a packet cost that comes to this machine? To be run where the clock
 * counts instructions (icount):
 *
 *	pour DEVICE MAC FROM TO COUNT BURSTS NETNS
 *
 * Frames with a UDP packet from the address FROM to each of COUNT addresses from
 * TO on go out of DEVICE, a veth, whose other end is in NETNS; there they are
 * counted if they are delivered. They are sent as they are, so that what sending
 * takes hardly depends on what they say. All that happens on the other side, until the packet is in the queue of a socket or gone, happens
 * before the system call returns; the socket is emptied when the clock is not
 * looked at.
 *
 * Prints: instructions per packet (the median of BURSTS times 64 packets), how
 * many were sent, how many were delivered.
 */
#define _GNU_SOURCE
#include "frames.h"

#define BURST 64
#define WARM_UP 2

static unsigned int drain(int fd)
{
	unsigned int n = 0;
	char data[64];

	while (recv(fd, data, sizeof(data), 0) >= 0)
		n++;
	return n;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

int main(int argc, char **argv)
{
	unsigned int count, bursts, at = 0, delivered = 0, burst, i;
	struct addresses all = { 0 };
	struct frame *frames;
	double *took, start;
	int in, out;

	if (argc != 8 || atoi(argv[5]) < 1 || atoi(argv[6]) < 1) {
		fprintf(stderr, "usage: pour DEVICE MAC FROM TO COUNT BURSTS NETNS\n");
		return 2;
	}
	count = (unsigned int)atoi(argv[5]);
	bursts = (unsigned int)atoi(argv[6]);
	read_addresses(&all, argv[2], argv[3], argv[4]);
	frames = calloc(count, sizeof(*frames));
	need(frames, "memory");
	for (i = 0; i < count; i++) {
		write_frame(&frames[i], &all);
		add(all.to, all.six, 1);
	}
	took = calloc(bursts + WARM_UP, sizeof(*took));
	need(took, "memory");
	out = sender(argv[1]);
	in = receiver(argv[7], all.six);
	/* Each address once, for what is kept of those that are known. */
	for (i = 0; i < count; i++) {
		need(send(out, frames[i].data, FRAME_LEN, 0) > 0, "send");
		drain(in);
	}
	for (burst = 0; burst < bursts + WARM_UP; burst++) {
		start = nanoseconds();
		for (i = 0; i < BURST; i++) {
			need(send(out, frames[at].data, FRAME_LEN, 0) > 0,
			     "send");
			/* All over the block, whatever it is searched by. */
			at = (at + 1597) % count;
		}
		took[burst] = (nanoseconds() - start) / BURST;
		delivered += drain(in);
	}
	qsort(took + WARM_UP, bursts, sizeof(*took), compare);
	printf("%.1f %u %u\n", took[WARM_UP + bursts / 2],
	       (bursts + WARM_UP) * BURST, delivered);
	free(took);
	free(frames);
	return 0;
}
