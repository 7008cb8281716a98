// SPDX-License-Identifier: GPL-2.0
/*
 * The object vrrp: virtual routers, their addresses, routes and paths, and what they
 * track.
 */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "module.h"
#include "output.h"
#include "replace.h"
#include "router.h"
#include "value.h"
#include "why.h"

const char vrrp_usage[] =
	"Usage: clusterctl vrrp add NAME dev DEV vrid N [ SETTING ]...\n"
	"                  [ address ADDRESS ]... [ route ROUTE ]... [ track TRACK ]...\n"
	"                  [ path PATH ]... [ address-from FILE BLOCK ]...\n"
	"       clusterctl vrrp replace NAME dev DEV vrid N [ as for add ]...\n"
	"       clusterctl vrrp set NAME SETTING...\n"
	"       clusterctl vrrp del NAME\n"
	"       clusterctl [ -s ] vrrp show [ NAME ]\n"
	"       clusterctl vrrp address { add | del } NAME { ADDRESS | from FILE BLOCK }...\n"
	"       clusterctl vrrp route { add | del } NAME ROUTE...\n"
	"       clusterctl vrrp track { add | del } NAME TRACK...\n"
	"       clusterctl vrrp track set VALUE { up | down | -254..254 }\n"
	"                  [ weight -254..254 ] [ ttl TIME ] [ initial ]\n"
	"       clusterctl vrrp track unset VALUE\n"
	"       clusterctl vrrp track show [ VALUE ]\n"
	"       clusterctl vrrp path { add | del } NAME PATH...\n"
	"       clusterctl vrrp standby NAME [ for TIME ]\n"
	"       clusterctl vrrp active NAME\n"
	"       clusterctl vrrp why [ NAME ]\n"
	"       clusterctl vrrp history NAME\n"
	"       clusterctl vrrp flush\n"
	"SETTING := { priority 1-255 | interval TIME | preempt { on | off } |\n"
	"             preempt-delay TIME | startup-delay TIME | peer { ADDR | none } |\n"
	"             auth-pass TEXT | checksum { rfc9568 | rfc5798 } |\n"
	"             vmac { on | off } | accept { on | off } |\n"
	"             on-isolation { keep | yield } | witness { ADDR[,ADDR]... | none } |\n"
	"             group { GROUP | none } }\n"
	"           and, with add only:\n"
	"           { state { backup | master | witness } | version { 2 | 3 } | family { inet | inet6 } }\n"
	"ADDRESS := ADDR[-ADDR]/LEN [ dev DEV ] [ scope { global | site | link | host | N } ]\n"
	"           [ excluded ] [ local ]\n"
	"BLOCK   := [ prefixlen LEN ] [ dev DEV ] [ scope SCOPE ] [ excluded ] [ local ]\n"
	"ROUTE   := { default | ADDR/LEN } [ via ADDR ] [ dev DEV ] [ metric N ] [ table T ]\n"
	"TRACK   := { dev DEV | value VALUE | arp ADDR dev DEV [ interval TIME ] [ lose N ] }\n"
	"           [ weight -254..254 ]\n"
	"PATH    := dev DEV [ peer ADDR ]... [ hop-limit N ] [ trust ]\n"
	"TIME    := 10ms, 1s, 1.5s, 2min, 1h; a plain number counts seconds\n";

/**
 * router_send() - Send a request that only has an answer when it is refused.
 * @command: KCLUSTER_CMD_VRRP_*.
 * @router: The router, NULL for all.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status router_send(uint8_t command, const struct router *router, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(command, NLM_F_ACK);
	if (router)
		router_encode(msg, router);
	return module_request(msg, what, NULL, NULL);
}

/* Takes the name of a router, or complains. */
static const char *take_name(int argc, char **argv, const char *command)
{
	if (argc && argv[0][0])
		return argv[0];
	wrong("vrrp", "vrrp %s: the name of a virtual router expected", command);
	return NULL;
}

/**
 * router_run_plan() - Let items come and go as planned; what is the same is not touched.
 * @plan: From replace_prepare().
 * @name: Of the router.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status router_run_plan(struct replace_plan *plan, const char *name, const char *what)
{
	static const uint8_t commands[][2] = {
		[KCLUSTER_A_VRRP_PATH] = { KCLUSTER_CMD_VRRP_PATH_DEL, KCLUSTER_CMD_VRRP_PATH_ADD },
		[KCLUSTER_A_VRRP_ADDRESS] = { KCLUSTER_CMD_VRRP_ADDRESS_DEL,
					      KCLUSTER_CMD_VRRP_ADDRESS_ADD },
		[KCLUSTER_A_VRRP_ROUTE] = { KCLUSTER_CMD_VRRP_ROUTE_DEL,
					    KCLUSTER_CMD_VRRP_ROUTE_ADD },
		[KCLUSTER_A_VRRP_TRACK] = { KCLUSTER_CMD_VRRP_TRACK_DEL,
					    KCLUSTER_CMD_VRRP_TRACK_ADD },
	};
	enum status status = DONE;
	char *own = copy_text(name);
	unsigned int i;

	plan->set.name = copy_text(name);
	if (plan->change_set)
		status = router_send(KCLUSTER_CMD_VRRP_SET, &plan->set, what);
	for (i = 0; status == DONE && i < REPLACE_STEPS; i++) {
		struct replace_step *step = &plan->steps[i];

		if (step->empty)
			continue;
		step->part.name = own;
		status = router_send(commands[step->key][step->add], &step->part, what);
	}
	free(own);
	return status;
}

static enum status replace(struct router *wanted, const char *what)
{
	struct routers routers = { 0 };
	struct replace_plan plan;
	struct router *present;
	enum status status;

	status = routers_get(&routers, what);
	present = routers_find(&routers, wanted->name);
	if (status == DONE && !present) {
		status = router_send(KCLUSTER_CMD_VRRP_ADD, wanted, what);
	} else if (status == DONE) {
		replace_prepare(&plan, present, wanted);
		if (plan.fixed) {
			error("%s: %s cannot be changed: delete the virtual router and add it anew",
			      what, plan.fixed);
			status = REFUSED;
		} else {
			status = router_run_plan(&plan, wanted->name, what);
		}
		replace_free(&plan);
	}
	routers_free(&routers);
	return status;
}

static enum status vrrp_replace(int argc, char **argv)
{
	const char *name = take_name(argc, argv, "replace");
	struct router router = { 0 };
	enum status status;
	char what[128];

	if (!name)
		return WRONG_USAGE;
	router.name = copy_text(name);
	snprintf(what, sizeof(what), "vrrp replace %s", name);
	status = router_parse_settings(&router, argv + 1, false);
	if (status == DONE)
		status = replace(&router, what);
	router_free(&router);
	return status;
}

static enum status add_or_set(int argc, char **argv, bool set)
{
	struct router router = { 0 };
	const char *name = take_name(argc, argv, set ? "set" : "add");
	enum status status;
	char what[128];

	if (!name)
		return WRONG_USAGE;
	router.name = copy_text(name);
	snprintf(what, sizeof(what), "vrrp %s %s", set ? "set" : "add", name);
	status = router_parse_settings(&router, argv + 1, set);
	if (status == DONE)
		status = router_send(set ? KCLUSTER_CMD_VRRP_SET : KCLUSTER_CMD_VRRP_ADD, &router,
				     what);
	router_free(&router);
	return status;
}

static enum status vrrp_add(int argc, char **argv)
{
	if (options.replace)
		return vrrp_replace(argc, argv);
	return add_or_set(argc, argv, false);
}

static enum status vrrp_set(int argc, char **argv)
{
	return add_or_set(argc, argv, true);
}

static enum status vrrp_del(int argc, char **argv)
{
	struct router router = { 0 };
	const char *name = take_name(argc, argv, "del");
	enum status status;
	char what[128];

	if (!name)
		return WRONG_USAGE;
	if (argc > 1)
		return wrong("vrrp", "vrrp del %s: '%s' is too much, only a name is expected", name,
			     argv[1]);
	router.name = copy_text(name);
	snprintf(what, sizeof(what), "vrrp del %s", name);
	status = router_send(KCLUSTER_CMD_VRRP_DEL, &router, what);
	router_free(&router);
	return status;
}

static enum status vrrp_flush(int argc, char **argv)
{
	if (argc)
		return wrong("vrrp", "vrrp flush: '%s' is too much, nothing is expected", argv[0]);
	return router_send(KCLUSTER_CMD_VRRP_FLUSH, NULL, "vrrp flush");
}

static void show_all(const struct routers *routers)
{
	struct json_object *array;
	unsigned int i;

	if (!options.json) {
		for (i = 0; i < routers->count; i++)
			router_show(&routers->list[i], options.statistics);
		return;
	}
	array = need_memory(json_object_new_array());
	for (i = 0; i < routers->count; i++)
		json_object_array_add(array, router_json(&routers->list[i], options.statistics));
	json_print(array);
}

static enum status vrrp_show(int argc, char **argv)
{
	struct routers routers = { 0 };
	const char *name = NULL;
	enum status status;
	char what[128];

	if (option_for_name("vrrp", "vrrp show", argc, argv, &name) != DONE)
		return WRONG_USAGE;
	snprintf(what, sizeof(what), "vrrp show%s%s", name ? " " : "", name ? name : "");
	status = name ? routers_get_one(&routers, name, what) : routers_get(&routers, what);
	if (status == DONE)
		show_all(&routers);
	routers_free(&routers);
	return status;
}

/**
 * struct part - A list of a router that can be added to and taken from.
 * @name: The word for it.
 * @key: KCLUSTER_A_VRRP_* of its items.
 * @add: KCLUSTER_CMD_* that adds.
 * @del: KCLUSTER_CMD_* that takes away.
 * @commands: What can follow @name, for messages.
 */
struct part {
	const char *name;
	int key;
	uint8_t add;
	uint8_t del;
	const char *commands;
};

static enum status change_part(const struct part *part, int argc, char **argv)
{
	static const struct word add_or_del[] = {
		{ "add", 1 }, { "del", 0 }, { "delete", 0 }, { NULL, 0 },
	};
	int command = argc ? word_find(add_or_del, argv[0]) : WORD_UNKNOWN;
	struct router router = { 0 };
	enum status status;
	const char *name;
	char what[128];

	if (command < 0)
		return wrong("vrrp", "vrrp %s: %s%s%s%s expected", part->name,
			     argc ? "'" : "", argc ? argv[0] : "", argc ? "' given, " : "",
			     part->commands);
	snprintf(what, sizeof(what), "%s %s", part->name, command ? "add" : "del");
	name = take_name(argc - 1, argv + 1, what);
	if (!name)
		return WRONG_USAGE;
	router.name = copy_text(name);
	snprintf(what, sizeof(what), "vrrp %s %s %s", part->name, command ? "add" : "del", name);
	status = router_parse_list(&router, argv + 2, part->key, what);
	if (status == DONE)
		status = router_send(command ? part->add : part->del, &router, what);
	router_free(&router);
	return status;
}

static enum status vrrp_address(int argc, char **argv)
{
	static const struct part part = {
		"address", KCLUSTER_A_VRRP_ADDRESS,
		KCLUSTER_CMD_VRRP_ADDRESS_ADD, KCLUSTER_CMD_VRRP_ADDRESS_DEL, "add or del",
	};

	return change_part(&part, argc, argv);
}

static enum status vrrp_route(int argc, char **argv)
{
	static const struct part part = {
		"route", KCLUSTER_A_VRRP_ROUTE,
		KCLUSTER_CMD_VRRP_ROUTE_ADD, KCLUSTER_CMD_VRRP_ROUTE_DEL, "add or del",
	};

	return change_part(&part, argc, argv);
}

static enum status vrrp_track(int argc, char **argv)
{
	static const struct part part = {
		"track", KCLUSTER_A_VRRP_TRACK,
		KCLUSTER_CMD_VRRP_TRACK_ADD, KCLUSTER_CMD_VRRP_TRACK_DEL,
		"add, del, set, unset or show",
	};

	if (argc && track_is_command(argv[0]))
		return track_command(argc, argv);
	return change_part(&part, argc, argv);
}

static enum status vrrp_path(int argc, char **argv)
{
	static const struct part part = {
		"path", KCLUSTER_A_VRRP_PATH,
		KCLUSTER_CMD_VRRP_PATH_ADD, KCLUSTER_CMD_VRRP_PATH_DEL, "add or del",
	};

	return change_part(&part, argc, argv);
}

static enum status standby_or_active(int argc, char **argv, bool standby)
{
	const char *name = take_name(argc, argv, standby ? "standby" : "active");

	return name ? standby_order(name, standby, argv + 1) : WRONG_USAGE;
}

static enum status vrrp_standby(int argc, char **argv)
{
	return standby_or_active(argc, argv, true);
}

static enum status vrrp_active(int argc, char **argv)
{
	return standby_or_active(argc, argv, false);
}

enum command {
	ADD, SET, DEL, SHOW, ADDRESS, ROUTE, TRACK, PATH, FLUSH, STANDBY, ACTIVE, WHY, HISTORY,
	REPLACE,
};

static const struct word commands[] = {
	{ "add", ADD },
	{ "set", SET },
	{ "change", SET },
	{ "replace", REPLACE },
	{ "del", DEL },
	{ "delete", DEL },
	{ "show", SHOW },
	{ "list", SHOW },
	{ "lst", SHOW },
	{ "ls", SHOW },
	{ "address", ADDRESS },
	{ "route", ROUTE },
	{ "track", TRACK },
	{ "path", PATH },
	{ "flush", FLUSH },
	{ "standby", STANDBY },
	{ "active", ACTIVE },
	{ "why", WHY },
	{ "history", HISTORY },
	{ NULL, 0 },
};

static enum status (* const runners[])(int argc, char **argv) = {
	[ADD] = vrrp_add,
	[SET] = vrrp_set,
	[DEL] = vrrp_del,
	[SHOW] = vrrp_show,
	[ADDRESS] = vrrp_address,
	[ROUTE] = vrrp_route,
	[TRACK] = vrrp_track,
	[PATH] = vrrp_path,
	[FLUSH] = vrrp_flush,
	[STANDBY] = vrrp_standby,
	[ACTIVE] = vrrp_active,
	[WHY] = why_show,
	[HISTORY] = history_show,
	[REPLACE] = vrrp_replace,
};

/**
 * vrrp_command() - Run a command of the object vrrp.
 * @argc: Number of words after "vrrp".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status vrrp_command(int argc, char **argv)
{
	char list[128];
	int command;

	if (!argc || option_for_output(argv[0]))
		return vrrp_show(argc, argv);
	command = word_find(commands, argv[0]);
	if (command >= 0)
		return runners[command](argc - 1, argv + 1);
	if (command == WORD_AMBIGUOUS) {
		word_list(commands, argv[0], list, sizeof(list));
		return wrong("vrrp", "vrrp: '%s' could be any of: %s", argv[0], list);
	}
	word_list(commands, "", list, sizeof(list));
	return wrong("vrrp", "vrrp: there is no command '%s'; the commands are: %s", argv[0], list);
}
