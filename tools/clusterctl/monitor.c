// SPDX-License-Identifier: GPL-2.0
/*
 * The object monitor: changes as they happen, printed and told to a script.
 *
 * Events carry a number. When one is missing, or the socket overflowed, or the
 * module was removed and came back, the present state is read and whatever
 * differs from what was told last is told. A state that was read belongs to a
 * number too, so that older events that are still under way are not told again.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "group.h"
#include "info.h"
#include "listen.h"
#include "module.h"
#include "news.h"
#include "news_others.h"
#include "notify.h"
#include "router.h"
#include "state.h"
#include "told.h"

const char monitor_usage[] =
	"Usage: clusterctl [ -j ] [ -t ] monitor [ --exec SCRIPT ]\n"
	"SCRIPT gets TYPE NAME STATE PRIORITY, for example: INSTANCE KA1 MASTER 207\n"
	"or, when all of a group are in the same state: GROUP FW MASTER 0\n";

/* How often to look for a module that went away without a word about its return. */
#define RECONNECT_MS 1000

/**
 * struct monitor - All that the monitor knows.
 * @events: Socket for the family's events; NULL while the module is away.
 * @control: Socket for news about families.
 * @signals: File descriptor for SIGCHLD, SIGINT and SIGTERM.
 * @notifier: The script; @notifier.script is NULL for none.
 * @told: What was told last.
 * @told_groups: The same of groups.
 * @others: The same of what the script is not told of.
 * @sequence: Number of the last event taken into account.
 * @overflow: Whether the socket overflowed, with events in it still to be read.
 * @lost: Whether the present state has to be read.
 * @gone: Whether the family went away or may have a new number.
 * @quit: Whether to end.
 */
struct monitor {
	struct nl_sock *events;
	struct nl_sock *control;
	int signals;
	struct notifier notifier;
	struct told_list told;
	struct told_list told_groups;
	struct others others;
	uint32_t sequence;
	bool overflow;
	bool lost;
	bool gone;
	bool quit;
};

static void tell(struct monitor *monitor, const struct news *news)
{
	bool changed;

	/* Once there is room again, the state is read and told. */
	if (monitor->notifier.script && notify_is_full(&monitor->notifier)) {
		monitor->lost = true;
		return;
	}
	changed = told_update(news->is_group ? &monitor->told_groups : &monitor->told, news->name,
			      news->state, news->priority);
	/* A state that was read is only news if it differs; an event always is. */
	if (changed || !news->replay)
		news_print(news);
	if (changed && monitor->notifier.script && news->state != KCLUSTER_VRRP_STATE_INIT)
		notify_add(&monitor->notifier, news_type(news), news->name,
			   state_text(news->state), news->priority);
}

static void tell_gone(struct monitor *monitor, bool groups, const char *reason)
{
	struct told_list *told = groups ? &monitor->told_groups : &monitor->told;
	const struct told *gone;

	while (!monitor->lost && (gone = told_next_gone(told))) {
		char *name = copy_text(gone->name);
		struct news news = {
			.is_group = groups, .name = name, .state = KCLUSTER_VRRP_STATE_STOP, .replay = true,
			.priority = gone->priority, .reason = reason,
		};

		tell(monitor, &news);
		free(name);
	}
}

/* A group whose members are in different states is on its way: what was told stays. */
static void replay_groups(struct monitor *monitor, const struct routers *routers)
{
	unsigned int i;

	told_begin(&monitor->told_groups);
	for (i = 0; i < routers->count; i++) {
		struct news news = {
			.is_group = true, .name = routers->list[i].group, .replay = true,
		};

		if (!group_is_first(routers, i))
			continue;
		if (group_state(routers, i, &news.state))
			tell(monitor, &news);
		else
			told_keep(&monitor->told_groups, news.name);
	}
	tell_gone(monitor, true, NULL);
}

/* Tells what differs between the present state and what was told last. */
static int replay(struct monitor *monitor)
{
	struct state state = { 0 };
	unsigned int i;
	int result = state_read(&state);

	if (result)
		goto out;
	monitor->lost = false;
	monitor->sequence = state.sequence;
	told_begin(&monitor->told);
	for (i = 0; i < state.routers.count; i++) {
		const struct router *router = &state.routers.list[i];
		struct news news = {
			.name = router->name, .ifname = router->ifname, .vrid = router->vrid,
			.state = router->state, .priority = router->effective_priority,
			.reason = router->reason, .replay = true,
		};

		tell(monitor, &news);
	}
	tell_gone(monitor, false, "deleted");
	replay_groups(monitor, &state.routers);
	others_replay(&monitor->others, &state);
out:
	state_free(&state);
	return result;
}

/* Tells whether the module answered as only one does that is not there. */
static bool is_gone(int result)
{
	return result == -ENOENT;
}

/*
 * Takes notice of the number of an event. Returns how far it is ahead: 1 for the
 * next one, more if some are missing, which the state that will be read makes up
 * for; 0 or less for what the state that was read had in it already.
 */
static int32_t take_number(void *arg, uint32_t sequence)
{
	struct monitor *monitor = arg;
	int32_t ahead = (int32_t)(sequence - monitor->sequence);

	if (ahead > 0)
		monitor->sequence = sequence;
	if (ahead > 1)
		monitor->lost = true;
	return ahead;
}

static void take_group(struct monitor *monitor, const struct router *router)
{
	struct news news = {
		.is_group = true, .name = router->group, .state = router->state,
		.old_state = router->old_state, .sequence = router->sequence,
	};

	if (take_number(monitor, router->sequence) == 1 && news.name)
		tell(monitor, &news);
}

static void take_router(struct monitor *monitor, const struct router *router)
{
	struct news news = {
		.name = router->name, .ifname = router->ifname, .vrid = router->vrid,
		.state = router->state, .old_state = router->old_state,
		.priority = router->effective_priority, .reason = router->reason,
		.sequence = router->sequence,
	};

	if (take_number(monitor, router->sequence) == 1)
		tell(monitor, &news);
}

/* A path has no state of its own that could be told later: it is only printed. */
static void take_path(struct monitor *monitor, const struct router *router)
{
	if (take_number(monitor, router->sequence) > 0 && router->path_count)
		news_print_path(router->name, &router->paths[0], router->sequence);
}

static int on_event(struct nl_msg *msg, void *arg)
{
	struct monitor *monitor = arg;
	const struct nlmsghdr *message = nlmsg_hdr(msg);
	const struct genlmsghdr *header = nlmsg_data(message);
	struct router router = { 0 };

	/* Once something is lost, the state that will be read is newer than this. */
	if (monitor->lost || message->nlmsg_type != module_family() ||
	    !genlmsg_valid_hdr(nlmsg_hdr(msg), 0))
		return NL_OK;
	switch (header->cmd) {
	case KCLUSTER_CMD_VRRP_EVENT:
	case KCLUSTER_CMD_VRRP_GROUP_EVENT:
	case KCLUSTER_CMD_VRRP_PATH_EVENT:
		router_decode(&router, message);
		if (header->cmd == KCLUSTER_CMD_VRRP_EVENT)
			take_router(monitor, &router);
		else if (header->cmd == KCLUSTER_CMD_VRRP_GROUP_EVENT)
			take_group(monitor, &router);
		else
			take_path(monitor, &router);
		router_free(&router);
		break;
	default:
		others_take(&monitor->others, message, header->cmd, take_number, monitor);
	}
	return NL_OK;
}

static int on_control(struct nl_msg *msg, void *arg)
{
	struct monitor *monitor = arg;
	const struct nlattr *attr = nlmsg_find_attr(nlmsg_hdr(msg), GENL_HDRLEN,
						    CTRL_ATTR_FAMILY_NAME);
	const struct genlmsghdr *header = nlmsg_data(nlmsg_hdr(msg));

	if (!attr || nla_strcmp(attr, KCLUSTER_FAMILY_NAME))
		return NL_OK;
	if (header->cmd == CTRL_CMD_DELFAMILY || header->cmd == CTRL_CMD_NEWFAMILY)
		monitor->gone = true;
	return NL_OK;
}

/* Returns whether there may be more. */
static bool drain_events(struct monitor *monitor)
{
	int more = listen_drain(monitor->events, &monitor->overflow);

	if (more > 0)
		return true;
	if (more < 0 || monitor->overflow)
		monitor->lost = true;
	monitor->overflow = false;
	return false;
}

static void drain_control(struct monitor *monitor)
{
	bool overflow = false;

	if (listen_drain(monitor->control, &overflow) < 0 || overflow)
		monitor->gone = true;
}

static void handle_gone(struct monitor *monitor)
{
	monitor->gone = false;
	if (!monitor->events)
		return;
	/* What was sent before the module left comes first; nothing is added to it. */
	while (drain_events(monitor))
		;
	nl_socket_free(monitor->events);
	monitor->events = NULL;
	module_disconnect();
}

/* Hears the module again. Returns 0 or a negative errno. */
static int try_reconnect(struct monitor *monitor)
{
	int result;

	module_disconnect();
	if (module_try_there() <= 0)
		return -ENOENT;
	result = module_try_connect();
	if (result)
		return result;
	monitor->events = listen_to_group(KCLUSTER_FAMILY_NAME, KCLUSTER_MCGRP_EVENTS,
					  on_event, monitor);
	if (!monitor->events)
		return -ENOENT;
	monitor->lost = true;
	result = replay(monitor);
	/* Otherwise it is there, and the next turn tries again. */
	return is_gone(result) ? result : 0;
}

static void reconnect(struct monitor *monitor, bool *absence_told)
{
	if (!try_reconnect(monitor)) {
		if (*absence_told)
			warning("the kcluster module is back");
		*absence_told = false;
		return;
	}
	nl_socket_free(monitor->events);
	monitor->events = NULL;
	if (*absence_told)
		return;
	monitor->lost = false;
	told_begin(&monitor->told);
	tell_gone(monitor, false, "the kcluster module was removed");
	told_begin(&monitor->told_groups);
	tell_gone(monitor, true, NULL);
	others_replay(&monitor->others, &(struct state) { 0 });
	/* No room to tell all of it: the next turn goes on. */
	if (monitor->lost)
		return;
	warning("the kcluster module was removed; waiting for it to come back");
	*absence_told = true;
}

static void take_signals(struct monitor *monitor)
{
	struct signalfd_siginfo info;

	while (read(monitor->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			notify_reap(&monitor->notifier);
		else
			monitor->quit = true;
	}
}

static void loop(struct monitor *monitor)
{
	bool absence_told = false;

	while (!monitor->quit) {
		struct pollfd fds[] = {
			{ .fd = monitor->signals, .events = POLLIN },
			{ .fd = nl_socket_get_fd(monitor->control), .events = POLLIN },
			{ .fd = monitor->events ? nl_socket_get_fd(monitor->events) : -1,
			  .events = POLLIN },
		};
		bool retry = !monitor->events || monitor->lost || monitor->gone ||
			     (monitor->notifier.first && !monitor->notifier.running);

		if (poll(fds, 3, retry ? RECONNECT_MS : -1) < 0 && errno != EINTR)
			break;
		take_signals(monitor);
		if (monitor->events)
			drain_events(monitor);
		drain_control(monitor);
		if (monitor->gone)
			handle_gone(monitor);
		if (!monitor->events)
			reconnect(monitor, &absence_told);
		/* With a full queue there is nothing to gain before it is empty. */
		else if (monitor->lost && monitor->notifier.count < NOTIFY_QUEUE_MAX / 2 &&
			 is_gone(replay(monitor)))
			monitor->gone = true;
		if (!monitor->quit)
			notify_run(&monitor->notifier);
	}
}

/* Two scripts never run at once, not even over a restart: let this one end. */
static void wait_for_script(struct monitor *monitor)
{
	struct pollfd fd = { .fd = monitor->signals, .events = POLLIN };

	monitor->quit = false;
	while (monitor->notifier.running && !monitor->quit)
		if (poll(&fd, 1, -1) > 0)
			take_signals(monitor);
}

static enum status monitor_start(struct monitor *monitor)
{
	monitor->control = listen_to_group("nlctrl", "notify", on_control, monitor);
	if (!monitor->control) {
		error("monitor: generic netlink: %s", strerror(errno));
		return REFUSED;
	}
	if (module_connect() != DONE)
		return REFUSED;
	monitor->events = listen_to_group(KCLUSTER_FAMILY_NAME, KCLUSTER_MCGRP_EVENTS,
					  on_event, monitor);
	if (!monitor->events) {
		error("monitor: the events of the kcluster module cannot be heard: %s",
		      strerror(errno));
		return REFUSED;
	}
	monitor->signals = listen_to_signals();
	if (monitor->signals < 0) {
		error("monitor: %s", strerror(errno));
		return REFUSED;
	}
	monitor->lost = true;
	if (is_gone(replay(monitor)))
		monitor->gone = true;
	notify_run(&monitor->notifier);
	return DONE;
}

static enum status monitor_parse(struct monitor *monitor, char **argv)
{
	for (; *argv; argv++) {
		if (!strcmp(*argv, "--exec") || !strcmp(*argv, "-exec") || !strcmp(*argv, "exec")) {
			if (!*++argv)
				return wrong("monitor", "monitor: --exec: a program expected");
			monitor->notifier.script = *argv;
		} else if (!option_for_output(*argv)) {
			return wrong("monitor", "monitor: '%s' is not known here; --exec SCRIPT expected",
				     *argv);
		}
	}
	if (!monitor->notifier.script || !access(monitor->notifier.script, X_OK))
		return DONE;
	error("monitor: script '%s': %s", monitor->notifier.script, strerror(errno));
	return REFUSED;
}

/**
 * monitor_command() - Print changes as they happen and run a script for each.
 * @argc: Number of words after "monitor".
 * @argv: Those words, followed by NULL.
 *
 * Only returns on SIGINT or SIGTERM, after the script that is running, or when it
 * cannot begin. A second signal ends it at once.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status monitor_command(int argc, char **argv)
{
	struct monitor monitor = { .signals = -1 };
	enum status status = monitor_parse(&monitor, argv);

	(void)argc;
	if (status == DONE)
		status = monitor_start(&monitor);
	if (status == DONE) {
		loop(&monitor);
		wait_for_script(&monitor);
	}
	nl_socket_free(monitor.events);
	nl_socket_free(monitor.control);
	if (monitor.signals >= 0)
		close(monitor.signals);
	notify_free(&monitor.notifier);
	told_free(&monitor.told);
	told_free(&monitor.told_groups);
	others_free(&monitor.others);
	module_disconnect();
	return status;
}
