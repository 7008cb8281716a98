// SPDX-License-Identifier: GPL-2.0
/*
 * Record every VRRP advert and every ARP frame on a device, with the time the
 * kernel gave it:
 *
 *	wire DEVICE FILE SLOTS
 *
 * The kernel fills a ring of SLOTS packets and nobody reads it meanwhile, so
 * that recording costs the measured ones as little as it can. SIGTERM ends it
 * and FILE is written: a struct seen per packet, in the host's byte order but
 * for the addresses.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define FRAME 128U
#define BLOCK 65536U
#define VRRP 112

struct seen {
	uint64_t ns;
	uint32_t sender;	/* of the advert, or the address in ARP */
	uint32_t target;	/* ARP only */
	uint8_t what;		/* 'v' or 'a' */
	uint8_t vrid;
	uint8_t priority;
	uint8_t unused[5];
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Network header first: the socket is one of SOCK_DGRAM. */
static void take_only(int fd)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, SKF_AD_OFF + SKF_AD_PROTOCOL),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, VRRP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FRAME),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(code[0]),
		.filter = code,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)))
		die("filter");
}

static int understand(const struct tpacket2_hdr *head, struct seen *seen)
{
	const uint8_t *data = (const uint8_t *)head + head->tp_net;
	unsigned int len = head->tp_snaplen, ip;

	memset(seen, 0, sizeof(*seen));
	seen->ns = head->tp_sec * 1000000000ULL + head->tp_nsec;
	if (len >= 28 && data[0] == 0 && data[1] == 1) {
		seen->what = 'a';
		memcpy(&seen->sender, data + 14, 4);
		memcpy(&seen->target, data + 24, 4);
		return 1;
	}
	ip = (data[0] & 15) * 4U;
	if (len < ip + 8 || data[0] >> 4 != 4)
		return 0;
	seen->what = 'v';
	memcpy(&seen->sender, data + 12, 4);
	seen->vrid = data[ip + 1];
	seen->priority = data[ip + 2];
	return 1;
}

int main(int argc, char **argv)
{
	int fd, version = TPACKET_V2, signal_number;
	struct tpacket_req req = { .tp_block_size = BLOCK,
				   .tp_frame_size = FRAME };
	struct tpacket_stats stats;
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	socklen_t size = sizeof(stats);
	unsigned int i, n = 0;
	struct seen seen;
	sigset_t set;
	FILE *file;
	char *ring;

	if (argc != 4) {
		fprintf(stderr, "usage: wire DEVICE FILE SLOTS\n");
		return 2;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);

	fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	take_only(fd);
	if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version,
		       sizeof(version)))
		die("version");
	req.tp_block_nr = (unsigned int)atoi(argv[3]) / (BLOCK / FRAME) + 1;
	req.tp_frame_nr = req.tp_block_nr * (BLOCK / FRAME);
	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		die("ring");
	ring = mmap(NULL, (size_t)req.tp_block_nr * BLOCK,
		    PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		die("mmap");
	at.sll_ifindex = (int)if_nametoindex(argv[1]);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	puts("ready");
	fflush(stdout);
	sigwait(&set, &signal_number);

	if (getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &stats, &size))
		die("statistics");
	file = fopen(argv[2], "wb");
	if (!file)
		die(argv[2]);
	for (i = 0; i < req.tp_frame_nr; i++) {
		struct tpacket2_hdr *head = (void *)(ring + (size_t)i * FRAME);

		if (!(head->tp_status & TP_STATUS_USER))
			break;
		if (!understand(head, &seen))
			continue;
		fwrite(&seen, sizeof(seen), 1, file);
		n++;
	}
	if (fclose(file))
		die(argv[2]);
	printf("recorded %u lost %u\n", n, stats.tp_drops);
	return stats.tp_drops != 0;
}
