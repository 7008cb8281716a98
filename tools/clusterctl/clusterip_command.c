// SPDX-License-Identifier: GPL-2.0
/*
 * The object clusterip: addresses that all nodes answer together.
 */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "clusterip.h"
#include "module.h"
#include "output.h"

const char clusterip_usage[] =
	"Usage: clusterctl clusterip add NAME dev DEV { address ADDRESS [ local ] |\n"
	"                    address-from FILE [ prefixlen N ] [ local ] }... [ hash MODE ]\n"
	"                    [ seed NUMBER ] [ mac { auto | MAC | vmac } ]\n"
	"                    [ gateway { on | off } ] NODES\n"
	"       clusterctl clusterip add NAME dev DEV { address ADDRESS [ local ] }...\n"
	"                    [ mac { auto | MAC } ] follow NAME\n"
	"       clusterctl clusterip set NAME [ local { LIST | +LIST | -LIST } ] [ hash MODE ]\n"
	"                    [ seed NUMBER ] [ nodes static TOTAL ] [ gateway { on | off } ]\n"
	"       clusterctl clusterip set NAME [ weight NUMBER ] [ on-partition { stop | serve } ]\n"
	"                    [ successors NUMBER ] [ gateway { on | off } ]\n"
	"       clusterctl clusterip del NAME\n"
	"       clusterctl [ -j ] [ -s ] clusterip show [ NAME ]\n"
	"       clusterctl clusterip flush\n"
	"where  NODES := nodes static TOTAL local LIST |\n"
	"                nodes peers router VRRP-NAME [ weight NUMBER ]\n"
	"                    [ on-partition { stop | serve } ] [ successors NUMBER ]\n"
	"                    [ lease TIME ] [ buckets NUMBER ]\n"
	"       MODE := { source-ip | source-ip-port | source-ip-port-dest-port |\n"
	"                 legacy-source-ip | legacy-source-ip-port |\n"
	"                 legacy-source-ip-port-dest-port }\n"
	"LIST says which of the TOTAL nodes this one is: 1 or 1,5-8 or none. Peers divide it\n"
	"by their weights (default 100), as the master of the virtual router decides. All\n"
	"but LIST and weight is the same on all nodes. The legacy modes are those of ipt_CLUSTERIP.\n"
	"Through a gateway passes what is for others. What follows another one is the gateway of\n"
	"those behind, whose answers come to the node that their client belongs to.\n";

enum command {
	ADD, SET, DEL, SHOW, FLUSH,
};

static const struct word commands[] = {
	{ "add", ADD },
	{ "set", SET },
	{ "del", DEL },
	{ "delete", DEL },
	{ "show", SHOW },
	{ "list", SHOW },
	{ "lst", SHOW },
	{ "ls", SHOW },
	{ "flush", FLUSH },
	{ NULL, 0 },
};

/**
 * clusterip_send() - Send a request that only has an answer when it is refused.
 * @command: KCLUSTER_CMD_CLUSTERIP_*.
 * @ip: The cluster IP.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterip_send(uint8_t command, const struct clusterip *ip, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(command, NLM_F_ACK);
	clusterip_encode(msg, ip);
	return module_request(msg, what, NULL, NULL);
}

/**
 * clusterip_become() - Set what can be changed of a cluster IP that is there.
 * @ip: As it shall be; what is not said means something all the same.
 * @present: As it is.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status clusterip_become(const struct clusterip *ip, const struct clusterip *present,
			     const char *what)
{
	struct clusterip change = {
		.name = ip->name, .hash = ip->hash, .seed = ip->seed, .nodes = ip->nodes,
		.weight = ip->weight, .on_partition = ip->on_partition,
		.successors = ip->successors, .gateway = ip->gateway,
	};

	/* It has nothing that can be changed. */
	if (ip->follow)
		return DONE;
	/* Unless the module is older than gateways. */
	if (clusterip_has(ip, KCLUSTER_A_CLUSTERIP_GATEWAY) ||
	    clusterip_has(present, KCLUSTER_A_CLUSTERIP_GATEWAY))
		clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_GATEWAY);
	if (clusterip_is_shared(ip)) {
		clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_WEIGHT);
		clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_ON_PARTITION);
		clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_SUCCESSORS);
		return clusterip_send(KCLUSTER_CMD_CLUSTERIP_SET, &change, what);
	}
	memcpy(change.local, ip->local, sizeof(change.local));
	clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_HASH);
	clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_SEED);
	clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_NODES);
	clusterip_mark(&change, KCLUSTER_A_CLUSTERIP_LOCAL);
	return clusterip_send(KCLUSTER_CMD_CLUSTERIP_SET, &change, what);
}

/* With -replace a cluster IP that exists becomes what it shall be. */
static enum status replace(struct clusterip *ip, const char *what)
{
	const struct clusterip *present;
	struct clusterips ips = { 0 };
	enum status status;

	status = clusterips_get(&ips, what);
	present = clusterips_find(&ips, ip->name);
	if (status == DONE && !present) {
		status = clusterip_send(KCLUSTER_CMD_CLUSTERIP_ADD, ip, what);
	} else if (status == DONE && clusterip_same_place(ip, present)) {
		status = clusterip_become(ip, present, what);
	} else if (status == DONE) {
		struct clusterip gone = { .name = ip->name };

		status = clusterip_send(KCLUSTER_CMD_CLUSTERIP_DEL, &gone, what);
		if (status == DONE)
			status = clusterip_send(KCLUSTER_CMD_CLUSTERIP_ADD, ip, what);
	}
	clusterips_free(&ips);
	return status;
}

/* What add, set and del have in common: a name, and what follows it. */
static enum status change(enum command command, const char *word, int argc, char **argv)
{
	struct clusterip ip = { 0 };
	enum status status = DONE;
	char what[128];

	if (!argc || !argv[0][0])
		return wrong("clusterip", "clusterip %s: the name of a cluster IP expected", word);
	snprintf(what, sizeof(what), "clusterip %s %s", word, argv[0]);
	if (command == DEL && argc > 1)
		return wrong("clusterip", "%s: '%s' is too much, only a name is expected", what,
			     argv[1]);
	ip.name = copy_text(argv[0]);
	if (command == ADD)
		status = clusterip_parse_add(&ip, argv + 1, what);
	else if (command == SET)
		status = clusterip_parse_set(&ip, argv + 1, what);
	if (status == DONE && command == ADD && options.replace)
		status = replace(&ip, what);
	else if (status == DONE)
		status = clusterip_send(command == ADD ? KCLUSTER_CMD_CLUSTERIP_ADD :
					command == SET ? KCLUSTER_CMD_CLUSTERIP_SET :
							 KCLUSTER_CMD_CLUSTERIP_DEL, &ip, what);
	clusterip_free(&ip);
	return status;
}

static void show_all(const struct clusterips *ips)
{
	struct json_object *array;
	unsigned int i;

	if (!options.json) {
		for (i = 0; i < ips->count; i++)
			clusterip_show(&ips->list[i]);
		return;
	}
	array = need_memory(json_object_new_array());
	for (i = 0; i < ips->count; i++)
		json_object_array_add(array, clusterip_json(&ips->list[i]));
	json_print(array);
}

static enum status show(int argc, char **argv)
{
	struct clusterips ips = { 0 };
	const char *name = NULL;
	enum status status;
	unsigned int i;
	char what[128];

	if (option_for_name("clusterip", "clusterip show", argc, argv, &name) != DONE)
		return WRONG_USAGE;
	snprintf(what, sizeof(what), "clusterip show%s%s", name ? " " : "", name ? name : "");
	status = name ? clusterips_get_one(&ips, name, what) : clusterips_get(&ips, what);
	for (i = 0; options.statistics && status == DONE && i < ips.count; i++)
		status = clusterip_get_buckets(&ips.list[i], what);
	for (i = 0; status == DONE && i < ips.count; i++)
		status = clusterip_get_members(&ips.list[i], what);
	if (status == DONE)
		show_all(&ips);
	clusterips_free(&ips);
	return status;
}

static enum status flush(int argc, char **argv)
{
	return module_flush(KCLUSTER_CMD_CLUSTERIP_FLUSH, "clusterip", argc, argv);
}

/**
 * clusterip_command() - Run a command of the object clusterip.
 * @argc: Number of words after "clusterip".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status clusterip_command(int argc, char **argv)
{
	char list[64];
	int command;

	if (!argc || option_for_output(argv[0]))
		return show(argc, argv);
	command = word_find(commands, argv[0]);
	switch (command) {
	case ADD:
	case SET:
	case DEL:
		return change((enum command)command, word_for(commands, command), argc - 1,
			      argv + 1);
	case SHOW:
		return show(argc - 1, argv + 1);
	case FLUSH:
		return flush(argc - 1, argv + 1);
	case WORD_AMBIGUOUS:
		word_list(commands, argv[0], list, sizeof(list));
		return wrong("clusterip", "clusterip: '%s' could be any of: %s", argv[0], list);
	default:
		return wrong("clusterip", "clusterip: there is no command '%s'; the commands are: add, set, del, show, flush",
			     argv[0]);
	}
}
