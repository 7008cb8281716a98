// SPDX-License-Identifier: GPL-2.0
/*
 * The old state returns by itself unless somebody confirms the new one: a change that
 * locks its author out undoes itself.
 *
 * Who waits is a process of its own, started before anything changes: it needs no
 * systemd, keeps what there was in memory, and goes on when the session or setup itself
 * ends in the middle. It is reached by an abstract socket, of which there is one in each
 * network namespace, and which goes with the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "setup_state.h"

/* The first byte of its address is 0. */
#define SOCKET_NAME "kcluster-setup"
/* What is said to the one who waits, and what it answers. */
#define CONFIRM 'c'
#define CONFIRMED 'k'
/* What it says when it can wait. */
#define READY 'r'
#define ANSWER_MS 5000

static int open_socket(struct sockaddr_un *address, socklen_t *length)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path + 1, SOCKET_NAME, strlen(SOCKET_NAME));
	*length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(SOCKET_NAME));
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

/* Anybody can have such a socket, and ask at one. */
static bool is_root(int fd)
{
	struct ucred who;
	socklen_t size = sizeof(who);

	return !getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) && !who.uid;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool can_read(int fd, int64_t ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };

	return poll(&wait, 1, ms > INT_MAX ? INT_MAX : (int)ms) > 0;
}

/* Whether it was confirmed before the time was over. */
static bool wait_for_word(int server, int64_t end)
{
	static const char confirmed = CONFIRMED;
	int64_t left;
	char word;

	while ((left = end - now_ms()) > 0) {
		bool done = false;
		int fd;

		if (!can_read(server, left))
			continue;
		fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_root(fd) && can_read(fd, 1000) && recv(fd, &word, 1, 0) == 1)
			done = word == CONFIRM;
		if (done)
			send(fd, &confirmed, 1, MSG_NOSIGNAL);
		close(fd);
		if (done)
			return true;
	}
	return false;
}

/* What goes wrong is said in the log, for nobody may be there any more. */
static void go_back(const struct setup *setup, struct setup_state *before)
{
	struct nl_sock *sock;
	char *said = NULL;
	enum status status;
	size_t size;

	stderr = need_memory(open_memstream(&said, &size));
	status = rules_replace(before->rules);
	sock = link_connect();
	if (!sock || setup_state_return(setup, before, sock) != DONE)
		status = REFUSED;
	nl_socket_free(sock);
	fclose(stderr);
	openlog("clusterctl", LOG_PID, LOG_DAEMON);
	syslog(status == DONE ? LOG_WARNING : LOG_ERR,
	       status == DONE ? "setup: not confirmed: all is again as it was before" :
				"setup: not confirmed, and not all could be made as it was before: %s",
	       said);
}

/* As it is now, as it would be wanted. */
static enum status remember(const struct setup *setup, struct setup_state *before)
{
	struct nl_sock *sock = link_connect();
	struct setup_state is = { 0 };
	enum status status = REFUSED;

	if (sock)
		status = setup_state_read(&is, setup, sock);
	if (status == DONE)
		status = objects_again(&before->objects, &is.objects);
	if (status == DONE)
		status = rules_read(&before->rules, false);
	before->tunnel = is.tunnel;
	objects_free(&is.objects);
	nl_socket_free(sock);
	return status;
}

static void wait_here(const struct setup *setup, int server, int ready)
{
	struct setup_state before = { 0 };
	static const char word = READY;
	int64_t end;
	int null;

	if (remember(setup, &before) != DONE)
		_exit(1);
	setsid();
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	/* Who started setup from afar waits for the end of its output. */
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0 || chdir("/") || write(ready, &word, 1) != 1)
		_exit(1);
	close(ready);
	end = now_ms() + setup->confirm;
	if (!wait_for_word(server, end))
		go_back(setup, &before);
	setup_state_free(&before);
	_exit(0);
}

static int listen_here(void)
{
	struct sockaddr_un address;
	socklen_t length;
	int fd = open_socket(&address, &length);

	if (fd >= 0 && !bind(fd, (struct sockaddr *)&address, length) && !listen(fd, 8))
		return fd;
	error("setup: waiting to be confirmed: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * confirm_begin() - From now on the state of now returns unless confirmed.
 * @setup: The cluster, and for how long to wait.
 *
 * Nothing has been said to the kernel yet: sockets are not shared.
 *
 * Return: DONE or REFUSED.
 */
enum status confirm_begin(const struct setup *setup)
{
	int pipes[2], server = listen_here();
	char word = 0;
	pid_t child;

	if (server < 0)
		return REFUSED;
	if (pipe(pipes)) {
		error("setup: pipe: %s", strerror(errno));
		close(server);
		return REFUSED;
	}
	fflush(NULL);
	child = fork();
	if (!child) {
		close(pipes[0]);
		wait_here(setup, server, pipes[1]);
	}
	close(pipes[1]);
	close(server);
	if (child < 0)
		error("setup: fork: %s", strerror(errno));
	/* What it could not read it has complained about. */
	else if (read(pipes[0], &word, 1) != 1)
		word = 0;
	close(pipes[0]);
	return word == READY ? DONE : REFUSED;
}

static int connect_to_waiter(void)
{
	struct sockaddr_un address;
	socklen_t length;
	int fd = open_socket(&address, &length);

	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, length) && is_root(fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * confirm_is_pending() - Does a setup wait to be confirmed?
 */
bool confirm_is_pending(void)
{
	int fd = connect_to_waiter();

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/**
 * confirm_end() - The state of now stays.
 *
 * Return: Whether something waited for that, and has heard it.
 */
bool confirm_end(void)
{
	int fd = connect_to_waiter();
	char word = CONFIRM;
	bool done = false;

	if (fd < 0)
		return false;
	if (send(fd, &word, 1, MSG_NOSIGNAL) == 1 && can_read(fd, ANSWER_MS))
		done = recv(fd, &word, 1, 0) == 1 && word == CONFIRMED;
	close(fd);
	return done;
}
