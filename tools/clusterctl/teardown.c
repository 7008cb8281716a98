// SPDX-License-Identifier: GPL-2.0
/*
 * The object teardown: what setup made on this machine goes again. It needs neither
 * the cluster file nor the key: a machine that has left the cluster may have neither.
 */
#include <json-c/json.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <stdlib.h>

#include "module.h"
#include "objects.h"
#include "output.h"
#include "rules.h"
#include "wireguard.h"

const char teardown_usage[] =
	"Usage: clusterctl [ -j ] teardown [ -diff ]\n"
	"Takes back what setup made on this machine: all that the module has, also what was\n"
	"added by hand, WireGuard devices that setup made, of others the routes that it led into\n"
	"them, and the firewall. The module stays loaded. With -diff only what would go is said.\n";

static enum status take_options(struct work *work, int argc, char **argv)
{
	static const struct word option_words[] = { { "diff", 0 }, { NULL, 0 } };

	for (; argc; argc--, argv++) {
		const char *word = argv[0];

		if (option_for_output(word))
			continue;
		if (word[0] != '-' || !word[1])
			return wrong("teardown", "teardown: '%s' is too much, only options are expected",
				     word);
		if (word_find(option_words, word + 1 + (word[1] == '-')) < 0)
			return wrong("teardown", "teardown: there is no option '%s'", word);
		work->diff = true;
	}
	return DONE;
}

static enum status remove_objects(struct work *work)
{
	struct objects is = { 0 }, none = { 0 };
	bool there;
	/* Asking whether it is there does not load it. */
	enum status status = module_there(&there);

	if (status == DONE && there)
		status = objects_read(&is);
	if (status == DONE)
		status = objects_change(work, &is, &none);
	objects_free(&none);
	objects_free(&is);
	return status;
}

static enum status remove_tunnels(struct work *work)
{
	struct nl_sock *sock = link_connect();
	enum status status = sock ? links_forget(work, sock) : REFUSED;

	nl_socket_free(sock);
	return status == DONE ? sysctls_return(work, 0) : status;
}

static enum status remove_rules(struct work *work)
{
	enum status status;
	char *rules;

	status = rules_read(&rules, false);
	if (status == DONE)
		status = rules_change(work, rules, NULL);
	free(rules);
	return status;
}

/* What comes last is what the rest needs, in the reverse order of setup. */
static enum status take_down(struct work *work)
{
	const char *step = "what the module has";
	enum status status = remove_objects(work);

	if (status == DONE) {
		step = "WireGuard";
		status = remove_tunnels(work);
	}
	if (status == DONE) {
		step = "the firewall";
		status = remove_rules(work);
	}
	if (status != DONE)
		error("teardown: %s failed; what came before it is gone, and once more does the rest",
		      step);
	return status;
}

static void say_done(struct work *work)
{
	struct json_object *object;

	if (work->diff) {
		work_end(work);
		return;
	}
	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_number(object, "changes", work->changes);
		json_print(object);
	} else if (work->changes) {
		printf("what setup made is gone; %u change%s\n", work->changes,
		       work->changes == 1 ? "" : "s");
	} else {
		printf("there is nothing that setup made\n");
	}
}

/**
 * teardown_command() - Take back what setup made on this machine.
 * @argc: Number of words after "teardown".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status teardown_command(int argc, char **argv)
{
	struct work work = { 0 };
	enum status status = take_options(&work, argc, argv);

	/* What would return now was set up as well; what returns already has the lock. */
	if (status == DONE && !work.diff) {
		confirm_end();
		status = setup_lock();
	}
	if (status == DONE)
		status = take_down(&work);
	setup_unlock();
	if (status == DONE)
		say_done(&work);
	return status;
}
