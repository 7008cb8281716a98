// SPDX-License-Identifier: GPL-2.0
/*
 * The old state returns by itself unless somebody confirms the new one: a change that
 * locks its author out undoes itself.
 *
 * Who waits is a process of its own, started before anything changes: it needs no
 * systemd, keeps what there was in memory, and goes on when the session or setup itself
 * ends in the middle; told to end, it does at once what it waits for. It is reached by a
 * socket that only root can have, of which there is one for each network namespace; one
 * that nobody listens at was left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "here.h"
#include "setup_state.h"

/* What is said to the one who waits, and what it answers. */
#define CONFIRM 'c'
#define CONFIRMED 'k'
/* What it says when it can wait. */
#define READY 'r'
#define ANSWER_MS 5000

static volatile sig_atomic_t ended;

static int open_socket(struct sockaddr_un *address)
{
	char path[HERE_PATH_MAX];

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	if (here_path("setup", path))
		return -1;
	strcpy(address->sun_path, path);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
}

/* Only meanwhile signals come that were blocked. */
static bool can_read(int fd, int64_t ms)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	sigset_t none;

	sigemptyset(&none);
	return ppoll(&wait, 1, &time, &none) > 0;
}

/* Whether it was confirmed before the time was over. */
static bool wait_for_word(int server, const char *path, int64_t end)
{
	static const char confirmed = CONFIRMED;
	int64_t left;
	char word;

	while (!ended && (left = end - boot_ms()) > 0) {
		bool done = false;
		int fd;

		if (!can_read(server, left))
			continue;
		fd = accept4(server, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			continue;
		if (can_read(fd, 1000) && recv(fd, &word, 1, 0) == 1)
			done = word == CONFIRM;
		/* Who comes next may wait at once. */
		if (done) {
			unlink(path);
			send(fd, &confirmed, 1, MSG_NOSIGNAL);
		}
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
	before->others = is.others;
	before->sysctls = is.sysctls;
	objects_free(&is.objects);
	nl_socket_free(sock);
	return status;
}

static void end(int number)
{
	ended = number;
}

/* A session that ends would take with it who belongs to it. */
static void leave_session(void)
{
	static const char * const groups[] = {
		"/sys/fs/cgroup/cgroup.procs", "/sys/fs/cgroup/systemd/cgroup.procs",
	};
	struct sigaction action = { .sa_handler = end };
	sigset_t both;
	unsigned int i;

	sigemptyset(&both);
	sigaddset(&both, SIGTERM);
	sigaddset(&both, SIGINT);
	sigprocmask(SIG_BLOCK, &both, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	setsid();
	for (i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		int fd = open(groups[i], O_WRONLY | O_CLOEXEC);

		/* Where that cannot be, the signals are there. */
		if (fd >= 0 && write(fd, "0", 1) == 1)
			i = sizeof(groups) / sizeof(*groups);
		if (fd >= 0)
			close(fd);
	}
}

static void wait_here(const struct setup *setup, int server, const char *path, int ready)
{
	struct setup_state before = { 0 };
	static const char word = READY;
	int64_t until;
	int null;

	/* It is setup's, not ours. */
	setup_unlock();
	if (remember(setup, &before) != DONE)
		_exit(1);
	leave_session();
	/* Who started setup from afar waits for the end of its output. */
	null = open("/dev/null", O_RDWR);
	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0 || chdir("/") || write(ready, &word, 1) != 1)
		_exit(1);
	close(ready);
	until = boot_ms() + setup->confirm;
	if (!wait_for_word(server, path, until)) {
		/* Whoever holds it is about to refuse, as long as we wait. */
		setup_lock();
		unlink(path);
		close(server);
		go_back(setup, &before);
		setup_unlock();
	}
	setup_state_free(&before);
	_exit(0);
}

/* With the lock held: nobody else does the same. */
static int listen_here(struct sockaddr_un *address)
{
	int fd = open_socket(address), failed = -1;
	mode_t mask;

	if (fd >= 0) {
		mask = umask(0177);
		unlink(address->sun_path);
		failed = bind(fd, (struct sockaddr *)address, sizeof(*address)) || listen(fd, 8);
		umask(mask);
	}
	if (!failed)
		return fd;
	error("setup: waiting to be confirmed: %s: %s", address->sun_path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/**
 * confirm_begin() - From now on the state of now returns unless confirmed.
 * @setup: The cluster, and for how long to wait.
 *
 * The lock is held. Nothing has been said to the kernel yet: sockets are not shared.
 *
 * Return: DONE or REFUSED.
 */
enum status confirm_begin(const struct setup *setup)
{
	struct sockaddr_un address;
	int pipes[2], server = listen_here(&address);
	char word = 0;
	pid_t child;

	if (server < 0)
		return REFUSED;
	if (pipe(pipes)) {
		error("setup: pipe: %s", strerror(errno));
		unlink(address.sun_path);
		close(server);
		return REFUSED;
	}
	fflush(NULL);
	child = fork();
	if (!child) {
		close(pipes[0]);
		wait_here(setup, server, address.sun_path, pipes[1]);
	}
	close(pipes[1]);
	close(server);
	if (child < 0)
		error("setup: fork: %s", strerror(errno));
	/* What it could not read it has complained about. */
	else if (read(pipes[0], &word, 1) != 1)
		word = 0;
	close(pipes[0]);
	if (word == READY)
		return DONE;
	unlink(address.sun_path);
	return REFUSED;
}

static int connect_to_waiter(void)
{
	struct sockaddr_un address;
	int fd = open_socket(&address);

	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
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
