// SPDX-License-Identifier: GPL-2.0
/*
 * The object mirror: what peers know of connections.
 */
#include <errno.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "extack.h"
#include "mirror.h"
#include "module.h"
#include "output.h"

const char mirror_usage[] =
	"Usage: clusterctl mirror set on [ from { assured | new } ] [ limit NUMBER ]\n"
	"                                [ defer { on | off } ] [ { only | except } FILTER ]...\n"
	"       clusterctl mirror set off\n"
	"       clusterctl [ -j ] [ -s ] mirror [ show ]\n"
	"       clusterctl mirror resync [ PEER ]\n"
	"       clusterctl mirror flush\n"
	"where  FILTER := [ protocol PROTOCOL ] [ address PREFIX ] [ port PORT ]\n"
	"Tells all peers of connections that could go on through them: forwarded ones and\n"
	"those to virtual addresses. What is set replaces all that was set before.\n"
	"With defer on, which implies from new, the first packet of a connection waits\n"
	"until peers know it, 20ms at most.\n";

static void take_mirror(const struct nlmsghdr *message, void *arg)
{
	mirror_decode(arg, message);
}

/**
 * mirror_try_get() - Ask for the mirror.
 * @mirror: Filled in; starts out zeroed. To be freed with mirror_free().
 *
 * The socket must be connected. A module that knows no mirror has it off.
 *
 * Return: 0 or a negative errno.
 */
int mirror_try_get(struct mirror *mirror)
{
	struct extack extack;
	int result;

	result = module_transact(module_new(KCLUSTER_CMD_MIRROR_GET, NLM_F_ACK), take_mirror,
				 mirror, &extack);
	return result == -EOPNOTSUPP ? 0 : result;
}

/**
 * mirror_send() - Make the mirror what it shall be.
 * @mirror: As it shall be.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status mirror_send(const struct mirror *mirror, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_MIRROR_SET, NLM_F_ACK);
	mirror_encode(msg, mirror);
	return module_request(msg, what, NULL, NULL);
}

static enum status set(char **argv)
{
	struct mirror mirror = { 0 };
	enum status status;

	status = mirror_parse(&mirror, argv, "mirror set");
	if (status == DONE)
		status = mirror_send(&mirror, "mirror set");
	mirror_free(&mirror);
	return status;
}

static enum status show(int argc, char **argv)
{
	struct mirror mirror = { 0 };
	enum status status;

	for (; argc; argc--, argv++)
		if (!option_for_output(argv[0]))
			return wrong("mirror", "mirror show: '%s' is too much, nothing is expected",
				     argv[0]);
	if (module_connect() != DONE)
		return REFUSED;
	status = module_request(module_new(KCLUSTER_CMD_MIRROR_GET, NLM_F_ACK), "mirror show",
				take_mirror, &mirror);
	if (status == DONE) {
		if (options.json)
			json_print(mirror_json(&mirror));
		else
			mirror_show(&mirror);
	}
	mirror_free(&mirror);
	return status;
}

static enum status resync(int argc, char **argv)
{
	struct nl_msg *msg;

	if (argc > 1)
		return wrong("mirror",
			     "mirror resync: '%s' is too much, at most the name of a peer is expected",
			     argv[1]);
	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_MIRROR_RESYNC, NLM_F_ACK);
	if (argc)
		module_must(nla_put_string(msg, KCLUSTER_A_MIRROR_NAME, argv[0]));
	return module_request(msg, "mirror resync", NULL, NULL);
}

static enum status flush(int argc, char **argv)
{
	return module_flush(KCLUSTER_CMD_MIRROR_FLUSH, "mirror", argc, argv);
}

/**
 * mirror_save() - Print what recreates the mirror, if it is on.
 * @out: Where to.
 *
 * Return: DONE or REFUSED.
 */
enum status mirror_save(FILE *out)
{
	struct mirror mirror = { 0 };
	int result = mirror_try_get(&mirror);

	if (result) {
		error("save: %s", strerror(-result));
	} else if (mirror.on) {
		fprintf(out, "mirror set on");
		mirror_print_settings(out, &mirror);
		putc('\n', out);
	}
	mirror_free(&mirror);
	return result ? REFUSED : DONE;
}

/**
 * mirror_off() - Mirror no more; a module that knows no mirror does not.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status mirror_off(const char *what)
{
	struct nl_msg *msg = module_new(KCLUSTER_CMD_MIRROR_SET, NLM_F_ACK);
	struct extack extack;
	int result;

	module_must(nla_put_u8(msg, KCLUSTER_A_MIRROR_ON, 0));
	result = module_transact(msg, NULL, NULL, &extack);
	if (!result || result == -EOPNOTSUPP)
		return DONE;
	error("%s: mirror: %s", what, *extack.message ? extack.message : strerror(-result));
	return REFUSED;
}

/**
 * mirror_command() - Run a command of the object mirror.
 * @argc: Number of words after "mirror".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status mirror_command(int argc, char **argv)
{
	static const struct word commands[] = {
		{ "set", 0 }, { "show", 1 }, { "resync", 2 }, { "flush", 3 }, { NULL, 0 },
	};

	if (!argc || option_for_output(argv[0]))
		return show(argc, argv);
	switch (word_find(commands, argv[0])) {
	case 0:
		return set(argv + 1);
	case 1:
		return show(argc - 1, argv + 1);
	case 2:
		return resync(argc - 1, argv + 1);
	case 3:
		return flush(argc - 1, argv + 1);
	}
	return wrong("mirror",
		     "mirror: there is no command '%s'; the commands are: set, show, resync, flush",
		     argv[0]);
}
