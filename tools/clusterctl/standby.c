// SPDX-License-Identifier: GPL-2.0
/*
 * The object node: taking a virtual router, or the node, out of the election and back
 * in.
 */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "info.h"
#include "module.h"
#include "node_edit.h"
#include "output.h"
#include "router.h"
#include "why.h"

const char node_usage[] =
	"Usage: clusterctl node standby [ for TIME ]\n"
	"       clusterctl node active\n"
	"       clusterctl [ -j ] node [ show ]\n"
	"       clusterctl [ -j ] node add NAME [ key PUBLIC ] [ address ADDRESS ]...\n"
	"                  [ endpoint HOST[:PORT] ] [ behind-nat ] [ KEY VALUE ]... [ file FILE ]\n"
	"       clusterctl [ -j ] node remove NAME [ file FILE ]\n"
	"A node that stands by holds no address: each of its virtual routers leaves the\n"
	"election, with a goodbye if it is master, until told otherwise or for TIME.\n"
	"add and remove change a cluster file, by default /etc/kcluster/cluster.conf; KEY is one\n"
	"of [Node] in kcluster.conf(5). A node gets the next free address; without PUBLIC its key\n"
	"is NAME/private.key beside FILE, which is made if it is not there.\n";

/**
 * standby_order() - Let a router or the node stand by, or be active again.
 * @name: Name of the router, NULL for the node.
 * @standby: Which of both.
 * @argv: Words that follow: nothing, or "for TIME".
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status standby_order(const char *name, bool standby, char **argv)
{
	struct args args = { .at = argv };
	struct nl_msg *msg;
	uint32_t ms = 0;

	snprintf(args.of, sizeof(args.of), "%s %s%s%s", name ? "vrrp" : "node",
		 standby ? "standby" : "active", name ? " " : "", name ? name : "");
	if (*args.at && standby && !strcmp(*args.at, "for")) {
		args.at++;
		if (args_take_time(&args, "for", &ms) != DONE)
			return WRONG_USAGE;
		if (!ms)
			return args_wrong(&args, "for: longer than no time expected");
	}
	if (*args.at)
		return args_wrong(&args, "'%s' is too much, %s expected", *args.at,
				  standby ? "at most 'for TIME' is" : "nothing is");
	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(KCLUSTER_CMD_VRRP_STANDBY, NLM_F_ACK);
	if (name)
		module_must(nla_put_string(msg, KCLUSTER_A_VRRP_NAME, name));
	module_must(nla_put_u8(msg, KCLUSTER_A_VRRP_STANDBY, standby));
	if (ms)
		module_must(nla_put_u32(msg, KCLUSTER_A_VRRP_STANDBY_TIME, ms));
	return module_request(msg, args.of, NULL, NULL);
}

static enum status node_show(int argc, char **argv)
{
	struct json_object *object;
	char text[TIME_TEXT_MAX];
	struct info info;
	int result;

	for (; argc; argc--, argv++)
		if (!option_for_output(argv[0]))
			return wrong("node", "node show: '%s' is too much, nothing is expected",
				     argv[0]);
	if (module_connect() != DONE)
		return REFUSED;
	result = info_try_get(&info);
	if (result) {
		error("node show: %s", strerror(-result));
		return REFUSED;
	}
	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_bool(object, "standby", info.standby);
		if (info.standby_time)
			json_add_number(object, "standby_time", info.standby_time);
		json_add_number(object, "routers", info.routers);
		json_print(object);
		return DONE;
	}
	printf("node: ");
	print_colored(info.standby ? COLOR_WARN : COLOR_GOOD, info.standby ? "standby" : "active");
	if (info.standby_time)
		printf(" for another %s", age_text(info.standby_time, text));
	printf(", %u virtual router%s\n", (unsigned int)info.routers,
	       info.routers == 1 ? "" : "s");
	return DONE;
}

/**
 * node_command() - Run a command of the object node.
 * @argc: Number of words after "node".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status node_command(int argc, char **argv)
{
	static const struct word commands[] = {
		{ "standby", 1 }, { "active", 0 }, { "show", 2 }, { "add", 3 },
		{ "remove", 4 }, { NULL, 0 },
	};
	int command;

	if (!argc || option_for_output(argv[0]))
		return node_show(argc, argv);
	command = word_find(commands, argv[0]);
	if (command == 2)
		return node_show(argc - 1, argv + 1);
	if (command == 3)
		return node_add(argv + 1);
	if (command == 4)
		return node_remove(argv + 1);
	if (command >= 0)
		return standby_order(NULL, command, argv + 1);
	return wrong("node", "node: there is no command '%s'; the commands are: standby, active, show, add, remove",
		     argv[0]);
}
