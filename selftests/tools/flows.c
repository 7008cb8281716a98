// SPDX-License-Identifier: GPL-2.0
/*
 * Many long-lived connections that notice everything:
 *
 *	flows serve PORT		echoes TCP and UDP, IPv4 and IPv6
 *	flows run ADDRESS PORT [tcp N] [udp N] [chunk OCTETS] [tick MS] [bind ADDRESS]
 *
 * Each TCP connection sends a pattern of its own and checks what comes back, so
 * that both directions carry data and a stall of either is one of the echo. Each
 * UDP stream sends a number per tick from one port.
 *
 * "run" says "ready" once all is connected and answered, then obeys the lines of
 * its standard input, each answered by a line of JSON:
 *
 *	mark		begin to measure anew
 *	report		since the last mark
 *	quit		the same, and close
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "flows.h"

#define WINDOW 65536		/* octets under way per connection */
#define CONNECT_WAIT 30000	/* ms */

enum kind { TCP, UDP, KINDS };

struct flow {
	int fd;
	enum kind kind;
	uint32_t id;
	uint64_t sent, echoed;	/* octets; datagrams */
	uint64_t heard_at;	/* ms */
	uint64_t gap;		/* ms, the longest since the mark */
	uint64_t lost_base;
	int error;		/* errno of a connection that ended */
	bool ended;
	bool corrupt;
};

static struct flow *flows;
static unsigned int n_flows;
static size_t chunk = 512;
int epoll_fd;

/* Says why, and ends. */
void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("flows: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

static uint8_t pattern(uint32_t id, uint64_t offset)
{
	uint64_t word = (offset >> 3) * 0x9e3779b97f4a7c15ULL + id;

	return (word ^ word >> 29) >> (offset & 7);
}

/* Waits for what can be read there. */
void watch(int fd, void *what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = what };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event))
		die("epoll: %s", strerror(errno));
}

static void heard(struct flow *flow, uint64_t now)
{
	if (now - flow->heard_at > flow->gap)
		flow->gap = now - flow->heard_at;
	flow->heard_at = now;
}

static void ended(struct flow *flow, int error)
{
	flow->ended = true;
	flow->error = error;
	close(flow->fd);
}

static void tcp_send(struct flow *flow)
{
	uint8_t data[CHUNK_MAX];
	ssize_t n;
	size_t i;

	if (flow->sent - flow->echoed + chunk > WINDOW)
		return;
	for (i = 0; i < chunk; i++)
		data[i] = pattern(flow->id, flow->sent + i);
	n = send(flow->fd, data, chunk, MSG_NOSIGNAL);
	if (n > 0)
		flow->sent += n;
	else if (n < 0 && errno != EAGAIN)
		ended(flow, errno);
}

static void tcp_receive(struct flow *flow, uint64_t now)
{
	uint8_t data[BUFFER];
	ssize_t n, i;

	while ((n = recv(flow->fd, data, sizeof(data), 0)) > 0) {
		for (i = 0; i < n; i++)
			flow->corrupt |= data[i] !=
					 pattern(flow->id, flow->echoed + i);
		flow->echoed += n;
		heard(flow, now);
	}
	if (!n || errno != EAGAIN)
		ended(flow, n ? errno : 0);
}

static void udp_send(struct flow *flow)
{
	uint64_t data[8] = { flow->id, ++flow->sent };

	/* A refused or unreachable one is lost, as any other. */
	send(flow->fd, data, sizeof(data), MSG_NOSIGNAL);
}

static void udp_receive(struct flow *flow, uint64_t now)
{
	uint64_t data[8];
	ssize_t n;

	while ((n = recv(flow->fd, data, sizeof(data), 0)) >= 0 ||
	       errno != EAGAIN) {
		if (n != sizeof(data))
			continue;
		if (data[0] != flow->id || data[1] > flow->sent)
			flow->corrupt = true;
		flow->echoed++;
		heard(flow, now);
	}
}

static void flow_send(struct flow *flow)
{
	if (flow->kind == UDP)
		udp_send(flow);
	else if (!flow->ended)
		tcp_send(flow);
}

static void connect_flow(struct flow *flow, const struct addrinfo *to,
			 const struct addrinfo *from)
{
	int type = flow->kind == TCP ? SOCK_STREAM : SOCK_DGRAM, on = 1;

	flow->fd = socket(to->ai_family, type, 0);
	if (flow->fd < 0)
		die("socket: %s", strerror(errno));
	if (flow->kind == TCP)
		setsockopt(flow->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (from && bind(flow->fd, from->ai_addr, from->ai_addrlen))
		die("bind: %s", strerror(errno));
	if (connect(flow->fd, to->ai_addr, to->ai_addrlen))
		die("connection %u: %s", flow->id, strerror(errno));
	fcntl(flow->fd, F_SETFL, O_NONBLOCK);
	watch(flow->fd, flow);
}

static void mark(uint64_t now)
{
	unsigned int i;

	for (i = 0; i < n_flows; i++) {
		flows[i].gap = 0;
		flows[i].heard_at = now;
		flows[i].lost_base = flows[i].sent - flows[i].echoed;
	}
}

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/*
 * Per kind: how many there are, how many of them were reset, were closed or got
 * wrong data; how long they have heard nothing until now and at the longest.
 */
static void report_kind(enum kind kind, uint64_t now)
{
	static const char *const names[KINDS] = { "tcp", "udp" };
	unsigned int i, n = 0, reset = 0, closed = 0, corrupt = 0, known = 0;
	uint64_t *gaps = calloc(n_flows + 1, sizeof(*gaps)), silent = 0;
	uint64_t received = 0;
	int64_t lost = 0;

	for (i = 0; i < n_flows; i++) {
		struct flow *flow = &flows[i];

		if (flow->kind != kind)
			continue;
		n++;
		reset += flow->ended && flow->error;
		closed += flow->ended && !flow->error;
		corrupt += flow->corrupt;
		received += flow->echoed;
		lost += flow->sent - flow->echoed - flow->lost_base;
		if (flow->ended)
			continue;
		if (now - flow->heard_at > silent)
			silent = now - flow->heard_at;
		gaps[known++] = flow->gap > now - flow->heard_at ?
				flow->gap : now - flow->heard_at;
	}
	qsort(gaps, known, sizeof(*gaps), by_size);
	printf("\"%s\":{\"flows\":%u,\"reset\":%u,\"closed\":%u,\"corrupt\":%u,"
	       "\"received\":%llu,\"silent_ms\":%llu,\"gap_ms\":{\"p50\":%llu,"
	       "\"max\":%llu}", names[kind], n, reset, closed, corrupt,
	       (unsigned long long)received, (unsigned long long)silent,
	       (unsigned long long)gaps[known / 2],
	       (unsigned long long)(known ? gaps[known - 1] : 0));
	if (kind == UDP)
		printf(",\"lost\":%lld", (long long)lost);
	putchar('}');
	free(gaps);
}

static void report(uint64_t now)
{
	putchar('{');
	report_kind(TCP, now);
	putchar(',');
	report_kind(UDP, now);
	puts("}");
	fflush(stdout);
}

/* Returns false at the end. What is read in one go has one time. */
static bool obey(uint64_t now)
{
	char line[64];

	if (!fgets(line, sizeof(line), stdin))
		return false;
	line[strcspn(line, "\n")] = '\0';
	if (!strcmp(line, "mark"))
		mark(now);
	report(now);
	return strcmp(line, "quit");
}

/* What arrived, until the next tick; false if we shall end. */
static bool receive_until(uint64_t until)
{
	struct epoll_event events[EVENTS];
	uint64_t now;
	int i, n;

	while ((now = now_ms()) < until) {
		n = epoll_wait(epoll_fd, events, EVENTS, until - now);
		now = now_ms();
		for (i = 0; i < n; i++) {
			struct flow *flow = events[i].data.ptr;

			if (!flow) {
				if (!obey(now))
					return false;
			} else if (flow->kind == UDP) {
				udp_receive(flow, now);
			} else if (!flow->ended) {
				tcp_receive(flow, now);
			}
		}
	}
	return true;
}

/* Each flow once per tick, spread over ten parts of it. */
static bool turn(unsigned int tick)
{
	uint64_t began = now_ms();
	unsigned int part, i;

	for (part = 0; part < 10; part++) {
		for (i = part; i < n_flows; i += 10)
			flow_send(&flows[i]);
		if (!receive_until(began + (part + 1) * tick / 10))
			return false;
	}
	return true;
}

static bool all_answered(void)
{
	unsigned int i;

	for (i = 0; i < n_flows; i++)
		if (!flows[i].echoed)
			return false;
	return true;
}

static struct addrinfo *resolve(const char *address, const char *port)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST }, *found;
	int error = getaddrinfo(address, port, &hints, &found);

	if (error)
		die("%s: %s", address, gai_strerror(error));
	return found;
}

static void run(const char *address, const char *port, char **words)
{
	struct addrinfo *to = resolve(address, port), *from = NULL;
	unsigned int count[KINDS] = { 0 }, tick = 200, i;
	uint64_t began;

	for (; words[0] && words[1]; words += 2) {
		if (!strcmp(words[0], "tcp"))
			count[TCP] = atoi(words[1]);
		else if (!strcmp(words[0], "udp"))
			count[UDP] = atoi(words[1]);
		else if (!strcmp(words[0], "chunk"))
			chunk = atoi(words[1]);
		else if (!strcmp(words[0], "tick"))
			tick = atoi(words[1]);
		else if (!strcmp(words[0], "bind"))
			from = resolve(words[1], NULL);
		else
			die("%s: tcp, udp, chunk, tick or bind expected", words[0]);
	}
	if (words[0] || chunk > CHUNK_MAX || tick < 10)
		die("a number is missing or out of range");
	n_flows = count[TCP] + count[UDP];
	flows = calloc(n_flows + 1, sizeof(*flows));
	if (!flows)
		die("no memory");
	began = now_ms();
	for (i = 0; i < n_flows; i++) {
		flows[i].kind = i < count[TCP] ? TCP : UDP;
		flows[i].id = i;
		flows[i].heard_at = began;
		connect_flow(&flows[i], to, from);
	}
	watch(STDIN_FILENO, NULL);
	while (!all_answered()) {
		if (now_ms() - began > CONNECT_WAIT)
			die("not everything is answered");
		if (!turn(tick))
			return;
	}
	mark(now_ms());
	puts("ready");
	fflush(stdout);
	while (turn(tick))
		;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 65536, 65536 };

	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	epoll_fd = epoll_create1(0);
	if (argc == 3 && !strcmp(argv[1], "serve"))
		serve(argv[2]);
	if (argc < 4 || strcmp(argv[1], "run"))
		die("serve PORT | run ADDRESS PORT [tcp N] [udp N] [chunk OCTETS] [tick MS] [bind ADDRESS]");
	run(argv[2], argv[3], argv + 4);
	return 0;
}
