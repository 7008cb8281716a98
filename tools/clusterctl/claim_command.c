// SPDX-License-Identifier: GPL-2.0
/*
 * The object claim: prefixes that move inside the VPN, to where the virtual router
 * of the same name is master.
 */
#include <json-c/json.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <string.h>

#include "claim.h"
#include "module.h"
#include "output.h"

const char claim_usage[] =
	"Usage: clusterctl claim { add | set } NAME prefix PREFIX [ dev DEV ]\n"
	"                    [ prefix PREFIX [ dev DEV ] ]...\n"
	"       clusterctl claim del NAME\n"
	"       clusterctl [ -j ] [ -s ] claim show [ NAME ]\n"
	"       clusterctl claim flush\n"
	"The prefixes are allowed IPs of the WireGuard peer on which the virtual router NAME is\n"
	"master, wherever that is. Its addresses on WireGuard devices need not be named where it\n"
	"runs; every other node that is to reach them names them. DEV is a WireGuard device,\n"
	"that of the path to the peer when not given.\n";

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
 * claim_send() - Send a request about a claim that only has an answer when it is refused.
 * @command: KCLUSTER_CMD_CLAIM_*.
 * @claim: The claim.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or REFUSED.
 */
enum status claim_send(uint8_t command, const struct claim *claim, const char *what)
{
	struct nl_msg *msg;

	if (module_connect() != DONE)
		return REFUSED;
	msg = module_new(command, NLM_F_ACK);
	claim_encode(msg, claim);
	return module_request(msg, what, NULL, NULL);
}

/* With -replace a claim that exists becomes what it shall be. */
static enum status replace(const struct claim *claim, const char *what)
{
	const struct claim *present;
	struct claims claims = { 0 };
	enum status status;
	bool there;

	status = claims_get(&claims, what);
	present = claims_find(&claims, claim->name);
	there = present && present->configured;
	claims_free(&claims);
	if (status != DONE)
		return status;
	return claim_send(there ? KCLUSTER_CMD_CLAIM_SET : KCLUSTER_CMD_CLAIM_ADD, claim, what);
}

/* What add, set and del have in common: a name, and what follows it. */
static enum status change(enum command command, const char *word, int argc, char **argv)
{
	static const uint8_t requests[] = {
		[ADD] = KCLUSTER_CMD_CLAIM_ADD, [SET] = KCLUSTER_CMD_CLAIM_SET,
		[DEL] = KCLUSTER_CMD_CLAIM_DEL,
	};
	struct claim claim = { 0 };
	enum status status = DONE;
	char what[128];

	if (!argc || !argv[0][0])
		return wrong("claim", "claim %s: the name of a claim expected", word);
	snprintf(what, sizeof(what), "claim %s %s", word, argv[0]);
	if (command == DEL && argc > 1)
		return wrong("claim", "%s: '%s' is too much, only a name is expected", what,
			     argv[1]);
	claim.name = copy_text(argv[0]);
	if (command != DEL)
		status = claim_parse(&claim, argv + 1, what);
	if (status == DONE && command == ADD && options.replace)
		status = replace(&claim, what);
	else if (status == DONE)
		status = claim_send(requests[command], &claim, what);
	claim_free(&claim);
	return status;
}

static void show_all(const struct claims *claims)
{
	struct json_object *array;
	unsigned int i;

	if (!options.json) {
		for (i = 0; i < claims->count; i++)
			claim_show(&claims->list[i]);
		return;
	}
	array = need_memory(json_object_new_array());
	for (i = 0; i < claims->count; i++)
		json_object_array_add(array, claim_json(&claims->list[i]));
	json_print(array);
}

static enum status show(int argc, char **argv)
{
	struct claims claims = { 0 };
	const char *name = NULL;
	enum status status;
	char what[128];

	if (option_for_name("claim", "claim show", argc, argv, &name) != DONE)
		return WRONG_USAGE;
	snprintf(what, sizeof(what), "claim show%s%s", name ? " " : "", name ? name : "");
	status = name ? claims_get_one(&claims, name, what) : claims_get(&claims, what);
	if (status == DONE)
		show_all(&claims);
	claims_free(&claims);
	return status;
}

static enum status flush(int argc, char **argv)
{
	return module_flush(KCLUSTER_CMD_CLAIM_FLUSH, "claim", argc, argv);
}

/**
 * claim_command() - Run a command of the object claim.
 * @argc: Number of words after "claim".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status claim_command(int argc, char **argv)
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
		return wrong("claim", "claim: '%s' could be any of: %s", argv[0], list);
	default:
		return wrong("claim", "claim: there is no command '%s'; the commands are: add, set, del, show, flush",
			     argv[0]);
	}
}
