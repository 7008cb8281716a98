// SPDX-License-Identifier: GPL-2.0
/*
 * clusterctl: tells the kcluster module what to do, and shows what it does.
 * This file knows the options and finds the object; each object has its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clusterctl.h"
#include "output.h"
#include "parse.h"

struct options options;

const struct object objects[] = {
	{ "vrrp", vrrp_command, vrrp_usage, "virtual routers: add, set, del, show and their parts" },
	{ "peer", peer_command, peer_usage, "the other nodes of the cluster: add, set, del, show" },
	{ "clusterip", clusterip_command, clusterip_usage, "addresses that all nodes answer together: add, set, del, show" },
	{ "claim", claim_command, claim_usage, "prefixes that move inside the VPN with a virtual router: add, set, del, show" },
	{ "mirror", mirror_command, mirror_usage, "connections that go on through a peer: set, show, resync" },
	{ "node", node_command, node_usage, "take this node out of the election and back in; add and remove nodes" },
	{ "status", status_command, status_usage, "what works and what does not" },
	{ "monitor", monitor_command, monitor_usage, "changes as they happen; runs a script for each" },
	{ "check", check_command, check_usage, "run a command over and over; sets a tracked value" },
	{ "save", save_command, save_usage, "print a batch that recreates the present state" },
	{ "import", import_command, import_usage, "print a batch made of another program's configuration" },
	{ "flush", flush_command, flush_usage, "delete everything" },
	{ "setup", setup_command, setup_usage, "make this machine its part of a cluster file; load the module" },
	{ "upgrade", upgrade_command, upgrade_usage, "replace the module that is loaded, unnoticed" },
	{ "deploy", deploy_command, deploy_usage, "set the nodes of a cluster file up from it, by ssh" },
	{ "gen", gen_command, gen_usage, "make keys and a cluster file" },
	{ "firewall", firewall_command, firewall_usage, "what setup makes of a cluster file for nftables" },
	{ "kubernetes", kubernetes_command, kubernetes_usage, "what kubelet, kubeadm and flannel need to stay in the VPN" },
	{ "teardown", teardown_command, teardown_usage, "take back what setup made on this machine" },
	{ "version", version_command, version_usage, "versions of the tool and of the module" },
	{ "help", help_command, help_usage, "how an object is used" },
	{ NULL, NULL, NULL, NULL },
};

/**
 * object_find() - Find an object by its name or an unambiguous beginning of it.
 * @name: What the user wrote.
 *
 * Return: The object, or NULL.
 */
const struct object *object_find(const char *name)
{
	const struct object *object, *found = NULL;

	for (object = objects; object->name; object++) {
		if (!*name || strncmp(object->name, name, strlen(name)))
			continue;
		if (!object->name[strlen(name)])
			return object;
		if (found)
			return NULL;
		found = object;
	}
	return found;
}

static void usage(FILE *out)
{
	const struct object *object;

	fprintf(out,
		"Usage: clusterctl [ OPTIONS ] OBJECT COMMAND { arguments }\n"
		"       clusterctl [ -force ] [ -replace ] -batch FILE\n"
		"where  OBJECT := one of\n");
	for (object = objects; object->name; object++)
		fprintf(out, "           %-10s %s\n", object->name, object->summary);
	fprintf(out,
		"       OPTIONS := { -j[son] | -p[retty] | -s[tatistics] | -t[imestamp] |\n"
		"                    -c[olor][=auto|always|never] | -n[etns] NAME |\n"
		"                    -b[atch] FILE | -force | -V[ersion] | -h[elp] }\n"
		"\"clusterctl help OBJECT\" tells more, clusterctl(8) everything.\n");
}

const char help_usage[] =
	"Usage: clusterctl help [ OBJECT ]\n";

/**
 * help_command() - Show how clusterctl or one of its objects is used.
 * @argc: Number of words after "help".
 * @argv: Those words.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status help_command(int argc, char **argv)
{
	const struct object *object;

	if (!argc) {
		usage(stdout);
		return DONE;
	}
	object = object_find(argv[0]);
	if (!object) {
		error("there is no object '%s'", argv[0]);
		usage(stderr);
		return WRONG_USAGE;
	}
	fputs(object->usage, stdout);
	return DONE;
}

/**
 * command_run() - Run one command.
 * @argc: Number of words.
 * @argv: The words, from the object on, followed by NULL.
 *
 * Return: What the object returned, or WRONG_USAGE when there is none such.
 */
enum status command_run(int argc, char **argv)
{
	const struct object *object = object_find(argv[0]);
	char list[160] = "";
	size_t used = 0;

	if (object) {
		if (argc > 1 && (!strcmp(argv[1], "help") || !strcmp(argv[1], "-h") ||
				 !strcmp(argv[1], "-help") || !strcmp(argv[1], "--help"))) {
			fputs(object->usage, stdout);
			return DONE;
		}
		return object->run(argc - 1, argv + 1);
	}
	for (object = objects; object->name; object++)
		if (*argv[0] && !strncmp(object->name, argv[0], strlen(argv[0])))
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
						 used ? ", " : "", object->name);
	if (used)
		return wrong(NULL, "'%s' could be any of: %s", argv[0], list);
	for (object = objects; object->name; object++)
		used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
					 used ? ", " : "", object->name);
	return wrong(NULL, "there is no object '%s'; the objects are: %s", argv[0], list);
}

/* Moves into a network namespace by its name under /run/netns, or a path. */
static int enter_netns(const char *name)
{
	char path[4096];
	int fd;

	if (strchr(name, '/'))
		snprintf(path, sizeof(path), "%s", name);
	else
		snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		if (errno == ENOENT)
			error("there is no network namespace '%s' (ip netns list shows them)",
			      name);
		else
			error("network namespace '%s': %s", name, strerror(errno));
		return -1;
	}
	if (setns(fd, CLONE_NEWNET)) {
		if (errno == EPERM)
			error("network namespace '%s': entering it needs CAP_SYS_ADMIN (run as root or with sudo)",
			      name);
		else
			error("network namespace '%s': %s", name, strerror(errno));
		close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

enum option {
	OPTION_JSON, OPTION_PRETTY, OPTION_STATISTICS, OPTION_TIMESTAMP, OPTION_COLOR,
	OPTION_NETNS, OPTION_BATCH, OPTION_FORCE, OPTION_REPLACE, OPTION_VERSION, OPTION_HELP,
};

static const struct word option_words[] = {
	{ "json", OPTION_JSON },
	{ "pretty", OPTION_PRETTY },
	{ "s", OPTION_STATISTICS },
	{ "statistics", OPTION_STATISTICS },
	{ "stats", OPTION_STATISTICS },
	{ "timestamp", OPTION_TIMESTAMP },
	{ "color", OPTION_COLOR },
	{ "colour", OPTION_COLOR },
	{ "netns", OPTION_NETNS },
	{ "batch", OPTION_BATCH },
	{ "force", OPTION_FORCE },
	{ "replace", OPTION_REPLACE },
	{ "Version", OPTION_VERSION },
	{ "version", OPTION_VERSION },
	{ "help", OPTION_HELP },
	{ NULL, 0 },
};

/* Cuts "--name=value" into its option and its value, which may be missing. */
static int option_find(const char *word, const char **value)
{
	char name[16];
	const char *equals;
	size_t length;

	word++;
	if (*word == '-')
		word++;
	equals = strchr(word, '=');
	length = equals ? (size_t)(equals - word) : strlen(word);
	*value = equals ? equals + 1 : NULL;
	if (length >= sizeof(name))
		return WORD_UNKNOWN;
	memcpy(name, word, length);
	name[length] = '\0';
	return word_find(option_words, name);
}

static bool set_output_option(int option, const char *value)
{
	switch (option) {
	case OPTION_JSON:
		options.json = true;
		break;
	case OPTION_PRETTY:
		options.pretty = true;
		break;
	case OPTION_STATISTICS:
		options.statistics = true;
		break;
	case OPTION_TIMESTAMP:
		options.timestamp = true;
		break;
	case OPTION_COLOR:
		return color_set(value ? value : "always") == 0;
	default:
		return false;
	}
	return !value || option == OPTION_COLOR;
}

/**
 * option_for_output() - Take an option that stands behind its command.
 * @word: A word of the command line.
 *
 * Objects that only show something allow -j, -p, -s, -t and -c there too.
 *
 * Return: Whether @word was such an option.
 */
bool option_for_output(const char *word)
{
	const char *value;
	int option;

	if (word[0] != '-' || !word[1])
		return false;
	option = option_find(word, &value);
	return option >= 0 && set_output_option(option, value);
}

/**
 * option_for_name() - Take what may follow "show": a name, and options for output.
 * @object: Whose usage helps.
 * @command: For messages: "vrrp show".
 * @argc: Words.
 * @argv: They.
 * @name: NULL, the name if there is one.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status option_for_name(const char *object, const char *command, int argc, char **argv,
			    const char **name)
{
	for (; argc; argc--, argv++) {
		if (option_for_output(argv[0]))
			continue;
		if (*name || !argv[0][0])
			return wrong(object, "%s: '%s' is too much, at most one name is expected",
				     command, argv[0]);
		*name = argv[0];
	}
	return DONE;
}

/* Returns the number of words taken, or a negative number after a complaint. */
static int take_option(char **argv, bool *finish)
{
	const char *value;
	int option = option_find(argv[0], &value);
	int taken = 1;

	switch (option) {
	case OPTION_NETNS:
	case OPTION_BATCH:
		if (!value) {
			value = argv[1];
			taken = 2;
		}
		if (!value || !*value) {
			error("%s: %s expected", argv[0],
			      option == OPTION_NETNS ? "the name of a network namespace" :
						       "a file name, or - for standard input,");
			return -1;
		}
		if (option == OPTION_NETNS)
			options.netns = value;
		else
			options.batch = value;
		return taken;
	case OPTION_FORCE:
		options.force = true;
		break;
	case OPTION_REPLACE:
		options.replace = true;
		break;
	case OPTION_VERSION:
		version_command(0, argv);
		*finish = true;
		break;
	case OPTION_HELP:
		usage(stdout);
		*finish = true;
		break;
	case WORD_AMBIGUOUS:
		error("option '%s' is ambiguous", argv[0]);
		return -1;
	default:
		if (option >= 0 && set_output_option(option, value))
			break;
		if (option == OPTION_COLOR)
			error("%s: auto, always or never expected", argv[0]);
		else
			error("there is no option '%s'", argv[0]);
		return -1;
	}
	return 1;
}

int main(int argc, char **argv)
{
	enum status status;
	bool finish = false;

	for (argc--, argv++; argc && argv[0][0] == '-' && argv[0][1];) {
		int taken = take_option(argv, &finish);

		if (taken < 0) {
			usage(stderr);
			return WRONG_USAGE;
		}
		if (finish)
			return DONE;
		argc -= taken;
		argv += taken;
	}
	if (options.netns && enter_netns(options.netns))
		return REFUSED;
	if (options.batch) {
		if (argc)
			return wrong(NULL, "'%s': no command can follow -batch", argv[0]);
		status = batch_run(options.batch);
	} else if (!argc) {
		usage(stderr);
		return WRONG_USAGE;
	} else {
		status = command_run(argc, argv);
	}
	if (fflush(stdout) || ferror(stdout)) {
		error("standard output: %s", strerror(errno));
		return status == DONE ? REFUSED : status;
	}
	return status;
}
