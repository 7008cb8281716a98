// SPDX-License-Identifier: GPL-2.0
/*
 * The object check: runs a command over and over and says with a tracked value
 * whether it succeeds. That this process itself hangs or is gone need not be
 * said: the kernel finds out when the value is not renewed.
 */
#include <errno.h>
#include <inttypes.h>
#include <netlink/msg.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "args.h"
#include "check.h"
#include "extack.h"
#include "judge.h"
#include "module.h"
#include "value.h"

const char check_usage[] =
	"Usage: clusterctl check VALUE [ interval TIME ] [ timeout TIME ] [ rise N ] [ fall N ]\n"
	"                  [ weight -254..254 ] [ ttl TIME ] -- COMMAND [ ARGUMENT ]...\n"
	"Sets the tracked value VALUE to up while COMMAND exits with 0, to down while it\n"
	"does not, every interval (1s). A virtual router follows it with: track value VALUE\n";

#define INTERVAL_DEFAULT 1000 /* ms */

/**
 * struct check - A check and where it stands.
 * @value: The tracked value.
 * @interval: Milliseconds from one start of the command to the next.
 * @timeout: Milliseconds the command may take.
 * @command: The command and its arguments, followed by NULL.
 * @judge: The verdict on its results.
 * @run: The command, while it runs.
 * @killed: Whether it took too long.
 * @due: When to start it next, in milliseconds; or, when it was killed, when it
 *	should really have ended.
 * @due_then: When to start it next once it has ended after all.
 * @deadline: When it has taken too long.
 * @signals: File descriptor for SIGCHLD, SIGINT and SIGTERM.
 * @failure: What the module said last, 0 or a negative errno.
 */
struct check {
	struct value value;
	uint32_t interval;
	uint32_t timeout;
	char **command;
	struct judge judge;
	struct run run;
	bool killed;
	uint64_t due;
	uint64_t due_then;
	uint64_t deadline;
	int signals;
	int failure;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Returns 0 or a negative errno, with what the kernel says about it in @text. */
static int send_value(const struct value *value, char *text, size_t size)
{
	struct extack extack;
	struct nl_msg *msg;
	int result = module_try_connect();

	snprintf(text, size, "%s", strerror(-result));
	if (result)
		return result;
	msg = module_new(KCLUSTER_CMD_VALUE_SET, NLM_F_ACK);
	value_encode(msg, value);
	nlmsg_get(msg);
	result = module_transact(msg, NULL, NULL, &extack);
	if (result)
		extack_text(&extack, result, nlmsg_hdr(msg), text, size);
	nlmsg_free(msg);
	return result;
}

/* Asking again would change nothing. */
static bool is_final(int result)
{
	return result == -EPERM || result == -EINVAL || result == -ERANGE ||
	       result == -EOPNOTSUPP;
}

/* Says what the verdict is, which also renews the value. */
static enum status renew(struct check *check)
{
	char text[512];
	int result;

	check->value.state = check->judge.up ? KCLUSTER_VALUE_STATE_UP :
					       KCLUSTER_VALUE_STATE_DOWN;
	result = send_value(&check->value, text, sizeof(text));
	if (result) {
		/* The module may have come back under another number. */
		module_disconnect();
		if (result == -ENOENT)
			result = send_value(&check->value, text, sizeof(text));
	}
	if (result && result != check->failure)
		error("check %s: %s", check->value.name, result == -ENOENT ?
		      "the kcluster module is not loaded; waiting for it" : text);
	else if (!result && check->failure)
		warning("check %s: the kcluster module answers again", check->value.name);
	check->failure = result;
	return is_final(result) ? REFUSED : DONE;
}

static enum status take_result(struct check *check, bool good, const char *why)
{
	if (judge_result(&check->judge, good)) {
		printf("%s: %s%s%s\n", check->value.name, good ? "up" : "down", good ? "" : ": ",
		       good ? "" : why);
		fflush(stdout);
	}
	return renew(check);
}

static enum status start(struct check *check, uint64_t now)
{
	check->due = now + check->interval;
	/* One that cannot even be killed: another one would only join it. */
	if (check->run.pid)
		return take_result(check, false, "the command cannot be killed");
	check->killed = false;
	check->deadline = now + check->timeout;
	if (run_start(&check->run, check->command))
		return DONE;
	return take_result(check, false, check->run.why);
}

static enum status take_end(struct check *check)
{
	if (!check->run.pid || !run_reap(&check->run))
		return DONE;
	if (!check->killed)
		return take_result(check, check->run.good, check->run.why);
	/* That it was too late has been told already. */
	check->due = check->due_then;
	return DONE;
}

static enum status stop_late(struct check *check)
{
	char why[256], text[TIME_TEXT_MAX];

	check->killed = true;
	check->due_then = check->due;
	check->due = check->deadline + check->interval;
	run_kill(&check->run);
	snprintf(why, sizeof(why), "no end within %s%s%s", time_text(check->timeout, text),
		 check->run.used ? ": " : "", check->run.said);
	return take_result(check, false, why);
}

/* Returns whether to go on. */
static bool take_signals(struct check *check)
{
	struct signalfd_siginfo info;
	bool quit = false;

	while (read(check->signals, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo != SIGCHLD)
			quit = true;
	return !quit;
}

static bool is_late(const struct check *check, uint64_t now)
{
	return check->run.pid && !check->killed && now >= check->deadline;
}

static int time_left(const struct check *check, uint64_t now)
{
	uint64_t when = check->due;

	if (check->run.pid && !check->killed)
		when = check->deadline;
	if (when <= now)
		return 0;
	return when - now > INT32_MAX ? INT32_MAX : (int)(when - now);
}

static enum status loop(struct check *check)
{
	enum status status = DONE;

	check->due = now_ms();
	while (status == DONE) {
		struct pollfd fds[] = {
			{ .fd = check->signals, .events = POLLIN },
			{ .fd = check->run.pid ? check->run.output : -1, .events = POLLIN },
		};

		if (poll(fds, 2, time_left(check, now_ms())) < 0 && errno != EINTR) {
			error("check %s: %s", check->value.name, strerror(errno));
			return REFUSED;
		}
		if (!take_signals(check))
			break;
		run_listen(&check->run);
		/* First what has ended: we may have slept longer than it ran. */
		status = take_end(check);
		if (status == DONE && is_late(check, now_ms()))
			status = stop_late(check);
		if (status == DONE && now_ms() >= check->due && (!check->run.pid || check->killed))
			status = start(check, now_ms());
	}
	return status;
}

static enum status take_count(struct args *args, const char *key, uint32_t *count)
{
	static const char expected[] = "a number from 1 to 1000";
	const char *text = args_take(args, key, expected), *unused;

	if (!text)
		return WRONG_USAGE;
	return parse_number(text, 1, 1000, count, &unused) ?
	       args_bad_value(args, key, text, expected) : DONE;
}

enum key {
	INTERVAL, TIMEOUT, RISE, FALL, WEIGHT, TTL,
};

static const struct word words[] = {
	{ "interval", INTERVAL },
	{ "timeout", TIMEOUT },
	{ "rise", RISE },
	{ "fall", FALL },
	{ "weight", WEIGHT },
	{ "ttl", TTL },
	{ NULL, 0 },
};

static enum status take_setting(struct check *check, struct args *args, int key)
{
	switch (key) {
	case INTERVAL:
		return args_take_time(args, "interval", &check->interval);
	case TIMEOUT:
		return args_take_time(args, "timeout", &check->timeout);
	case RISE:
		return take_count(args, "rise", &check->judge.rise);
	case FALL:
		return take_count(args, "fall", &check->judge.fall);
	case WEIGHT:
		value_mark(&check->value, KCLUSTER_A_VALUE_WEIGHT);
		return value_take_weight(args, &check->value.weight);
	default:
		return args_take_time(args, "ttl", &check->value.ttl);
	}
}

/* What was not given, and what does not go together. */
static enum status complete(struct check *check, const struct args *args, unsigned int seen)
{
	char given[TIME_TEXT_MAX], least[TIME_TEXT_MAX];
	uint64_t ttl, busy;

	if (!(seen & 1u << TIMEOUT))
		check->timeout = check->interval;
	if (!check->interval || !check->timeout)
		return args_wrong(args, "%s: more than 0 expected",
				  check->interval ? "timeout" : "interval");
	/* A slow run renews so long after the one before it that was fast. */
	busy = (uint64_t)check->interval + check->timeout;
	ttl = busy + 2 * (uint64_t)check->interval;
	if (!(seen & 1u << TTL))
		check->value.ttl = ttl > UINT32_MAX ? UINT32_MAX : (uint32_t)ttl;
	else if (check->value.ttl <= busy)
		return args_wrong(args, "ttl: %s given, more than %s expected: interval and timeout together",
				  time_text(check->value.ttl, given),
				  time_text((uint32_t)busy, least));
	if (!*args->at || !args->at[1])
		return args_wrong(args, "the command to run is missing: '-- COMMAND [ ARGUMENT ]...' expected");
	check->command = args->at + 1;
	return DONE;
}

static enum status check_parse(struct check *check, char **argv)
{
	struct args args = { .at = argv + 1, .outer = words, .object = "check" };
	enum status status = DONE;
	unsigned int seen = 0;

	if (!argv[0] || !argv[0][0] || !strcmp(argv[0], "--"))
		return wrong("check", "check: the name of a tracked value expected");
	snprintf(args.of, sizeof(args.of), "check %s", argv[0]);
	check->value.name = argv[0];
	while (status == DONE && *args.at && strcmp(*args.at, "--")) {
		int key = word_find(words, *args.at);

		if (key < 0)
			return args_bad_key(&args, words + TTL + 1, NULL, key, *args.at);
		if (seen & 1u << key)
			return args_wrong(&args, "%s is given twice", word_for(words, key));
		seen |= 1u << key;
		args.at++;
		status = take_setting(check, &args, key);
	}
	return status == DONE ? complete(check, &args, seen) : status;
}

static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/**
 * check_command() - Run a command over and over and tell what becomes of it.
 * @argc: Number of words after "check".
 * @argv: Those words, followed by NULL.
 *
 * Only returns on SIGINT or SIGTERM, or when the kernel refuses the value. The
 * value is left as it is: it lasts until its ttl is over or until the next
 * checker renews it, so that one can be replaced by another.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status check_command(int argc, char **argv)
{
	struct check check = {
		.interval = INTERVAL_DEFAULT,
		.judge = { .rise = 1, .fall = 1 },
		.run = { .output = -1 },
	};
	enum status status = check_parse(&check, argv);

	(void)argc;
	if (status != DONE)
		return status;
	value_mark(&check.value, KCLUSTER_A_VALUE_STATE);
	value_mark(&check.value, KCLUSTER_A_VALUE_TTL);
	check.signals = open_signals();
	if (check.signals < 0) {
		error("check %s: %s", check.value.name, strerror(errno));
		return REFUSED;
	}
	status = loop(&check);
	if (check.run.pid)
		run_kill(&check.run);
	run_close(&check.run);
	close(check.signals);
	module_disconnect();
	return status;
}
