// SPDX-License-Identifier: GPL-2.0
/*
 * The object upgrade: another module takes the place of the one that is loaded, and no
 * connection notices. The node stands by, unloads, loads, is set up from its cluster
 * file, learns what others know, and is active again.
 *
 * Whatever it is when it is interrupted, run again it goes on from there.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "key.h"
#include "load.h"
#include "module.h"
#include "output.h"
#include "upgrade.h"
#include "why.h"

#define TIMEOUT_MS 60000

const char upgrade_usage[] =
	"Usage: clusterctl [ -j ] upgrade [ module FILE.ko ] [ force ] [ -f FILE ] [ -key FILE ]\n"
	"                                 [ -timeout TIME ] [ -check ]\n"
	"Another module takes the place of the one that is loaded, by default the one that\n"
	"modprobe finds: the node stands by, which gives what it has to others, unloads, loads, is\n"
	"set up from FILE as by \"clusterctl setup\", learns the connections of others and is active\n"
	"again. Each of these is waited for, for TIME at most, 1min if not given. If it ends in the\n"
	"middle, the same command goes on with it.\n"
	"With -check only what would be in the way is said. With force it is done although nobody\n"
	"takes over, or although it is the same module.\n";

enum option {
	OPTION_FILE, OPTION_KEY, OPTION_TIMEOUT, OPTION_CHECK,
};

static const struct word option_words[] = {
	{ "f", OPTION_FILE },
	{ "file", OPTION_FILE },
	{ "key", OPTION_KEY },
	{ "timeout", OPTION_TIMEOUT },
	{ "check", OPTION_CHECK },
	{ NULL, 0 },
};

static enum status take_value(struct upgrade *upgrade, int option, const char *word,
			      const char *value)
{
	const char *why;

	if (option == OPTION_TIMEOUT) {
		if (value && !parse_time(value, &upgrade->timeout, &why) && upgrade->timeout)
			return DONE;
		return wrong("upgrade", "upgrade: %s: a time such as 60s expected, for which each step is waited for",
			     word);
	}
	if (!value || !*value)
		return wrong("upgrade", "upgrade: %s: the name of a file expected", word);
	if (option == OPTION_FILE)
		upgrade->setup.file = value;
	else if (option == OPTION_KEY)
		upgrade->setup.key_file = value;
	else
		upgrade->module = value;
	return DONE;
}

static enum status take_words(struct upgrade *upgrade, int argc, char **argv)
{
	for (; argc; argc--, argv++) {
		const char *word = argv[0];
		int option = -1;

		if (option_for_output(word))
			continue;
		if (!strcmp(word, "force")) {
			upgrade->force = true;
			continue;
		}
		if (word[0] == '-' && word[1]) {
			option = word_find(option_words, word + 1 + (word[1] == '-'));
			if (option < 0)
				return wrong("upgrade", "upgrade: there is no option '%s'", word);
		} else if (strcmp(word, "module")) {
			return wrong("upgrade", "upgrade: '%s': 'module FILE.ko', 'force' or an option expected",
				     word);
		}
		if (option == OPTION_CHECK) {
			upgrade->check = true;
			continue;
		}
		if (take_value(upgrade, option, word, argc > 1 ? argv[1] : NULL) != DONE)
			return WRONG_USAGE;
		argc--;
		argv++;
	}
	return DONE;
}

static enum status order_standby(bool standby)
{
	char *words[] = { NULL };

	return standby_order(NULL, standby, words);
}

/* Active again, or standing by for as long as it was told to. */
static enum status end_standby(struct upgrade *upgrade)
{
	int64_t left = upgrade->standby_until - boot_ms();
	char word[] = "for", time[32], *words[] = { word, time, NULL };

	if (upgrade->standby_until && left <= 0)
		upgrade->standby = false;
	if (!upgrade->standby)
		return order_standby(false);
	if (!upgrade->standby_until)
		return DONE;
	snprintf(time, sizeof(time), "%" PRId64 "ms", left);
	return standby_order(NULL, true, words);
}

/* Nothing was lost yet: all is as it was before. */
static enum status turn_back(struct upgrade *upgrade)
{
	enum status status;

	if (upgrade->half) {
		error("upgrade: the node stands by, and is not set up yet: the same command goes on");
		return REFUSED;
	}
	status = end_standby(upgrade);
	if (!upgrade->standby && status == DONE)
		error("upgrade: the node is active again with the former module; nothing was changed");
	else if (upgrade->standby && status == DONE)
		error("upgrade: the former module still runs, and the node stands by, as it did before; nothing was changed");
	upgrade_forget();
	return REFUSED;
}

/* Out of the election, and then out of the kernel. */
static enum status leave(struct upgrade *upgrade)
{
	enum status status = upgrade->force ? DONE : upgrade_wait_known(upgrade);

	if (status != DONE)
		return turn_back(upgrade);
	progress("standing by");
	if (order_standby(true) != DONE || upgrade_wait_away(upgrade) != DONE)
		return turn_back(upgrade);
	progress("unloading the module %s", upgrade->was.version);
	module_disconnect();
	return module_remove(5000) == DONE ? DONE : turn_back(upgrade);
}

/*
 * Who asks for the family makes the kernel load what modprobe finds, perhaps between
 * our removing one module and loading another one: that one goes again.
 */
static enum status load_in_place(const char *file, const char *needs)
{
	unsigned int tries = 0;
	struct module_now now;

	do {
		module_disconnect();
		module_now_read(&now);
		if (now.loaded && module_remove(5000) != DONE)
			return REFUSED;
		if (load_file(file, needs) == DONE)
			return DONE;
		module_now_read(&now);
	} while (now.loaded && ++tries < 5);
	return REFUSED;
}

static enum status load_wanted(const struct upgrade *upgrade)
{
	struct module_now now;
	enum status status;
	struct info info;
	bool loaded;

	progress("loading %s, version %s", upgrade->wanted.path, upgrade->wanted.version);
	module_disconnect();
	if (!upgrade->module)
		status = load_module(&loaded, &info);
	else
		status = load_in_place(upgrade->module, upgrade->wanted.needs);
	if (status != DONE)
		return REFUSED;
	if (info_try_get(&info)) {
		error("%s was loaded, but does not answer (dmesg tells)", upgrade->wanted.path);
		return REFUSED;
	}
	module_now_read(&now);
	/* Who asks for the family makes the kernel load what modprobe finds. */
	if (!strcmp(now.sources, upgrade->wanted.sources))
		return DONE;
	error("the module %s (%s) was loaded, not %s: somebody else loads modules", now.version,
	      now.sources, upgrade->wanted.path);
	return REFUSED;
}

/* Set up, but out of the election until it knows what others know. */
static enum status arrive(struct upgrade *upgrade)
{
	unsigned int changes;

	module_disconnect();
	if (module_connect() != DONE || order_standby(true) != DONE)
		return REFUSED;
	progress("setting up from %s", upgrade->setup.file);
	if (setup_apply(&upgrade->setup, &changes) != DONE) {
		error("upgrade: the module runs, and the node stands by: correct what was said, then 'clusterctl upgrade' goes on");
		return REFUSED;
	}
	if (upgrade_make_kept(upgrade) != DONE)
		warning("upgrade: not all that was made by hand could be made again");
	if (upgrade_wait_back(upgrade) != DONE && !upgrade->force) {
		error("upgrade: the module runs, and the node stands by, for connections might not survive: 'clusterctl upgrade' waits once more, 'clusterctl node active' does not");
		return REFUSED;
	}
	if (end_standby(upgrade) != DONE)
		return REFUSED;
	upgrade_forget();
	return DONE;
}

/* What could not be loaded is replaced by what ran before. */
static enum status return_former(struct upgrade *upgrade)
{
	const char *remedy = "install a module that can be loaded (dkms status, dmesg), then 'clusterctl upgrade' goes on";

	if (!*upgrade->former.path || !strcmp(upgrade->former.path, upgrade->wanted.path)) {
		error("upgrade: loading failed, and the file of the former module is not there any more: this node has no module; firewall and WireGuard are as before, and others have its addresses: %s",
		      remedy);
		return REFUSED;
	}
	if (load_in_place(upgrade->former.path, upgrade->former.needs) != DONE) {
		error("upgrade: loading failed, and so did loading the former module again: this node has no module; firewall and WireGuard are as before, and others have its addresses: %s",
		      remedy);
		return REFUSED;
	}
	if (arrive(upgrade) == DONE)
		error("upgrade: loading failed; the former module, %s, runs again, and the node is as it was before",
		      upgrade->former.path);
	return REFUSED;
}

static enum status say_done(const struct upgrade *upgrade, int64_t began)
{
	struct json_object *object;
	struct module_now now;

	module_now_read(&now);
	if (!options.json) {
		printf("this is node %s, and the module %s runs; the node %s\n",
		       node_name(&upgrade->setup.cluster, upgrade->setup.node), now.version,
		       upgrade->standby ? "stands by, as it did before" : "is active");
		return DONE;
	}
	object = need_memory(json_object_new_object());
	json_add_text(object, "node", node_name(&upgrade->setup.cluster, upgrade->setup.node));
	if (upgrade->was.loaded)
		json_add_text(object, "before", upgrade->was.version);
	json_add_text(object, "module", now.version);
	json_add_text(object, "sources", now.sources);
	json_add_bool(object, "standby", upgrade->standby);
	json_add_number(object, "seconds", (uint64_t)(time(NULL) - began));
	json_print(object);
	return DONE;
}

static enum status say_same(const struct upgrade *upgrade)
{
	struct json_object *object;

	if (options.json) {
		object = need_memory(json_object_new_object());
		json_add_text(object, "node",
			      node_name(&upgrade->setup.cluster, upgrade->setup.node));
		json_add_text(object, "module", upgrade->was.version);
		json_add_text(object, "sources", upgrade->was.sources);
		json_print(object);
	} else {
		printf("the module that runs, %s, is that of %s already; 'force' loads it anew\n",
		       upgrade->was.version, upgrade->wanted.path);
	}
	return DONE;
}

static void say_plan(const struct upgrade *upgrade)
{
	const struct module_now *was = &upgrade->was;

	if (was->loaded)
		progress("the module %s (%s) runs; %s has %s (%s)", was->version, was->sources,
			 upgrade->wanted.path, upgrade->wanted.version, upgrade->wanted.sources);
	else
		progress("no module runs; %s has %s (%s)", upgrade->wanted.path,
			 upgrade->wanted.version, upgrade->wanted.sources);
	if (was->loaded && !*upgrade->former.path)
		progress("the file of the module that runs is not there any more: if the other one cannot be loaded, there is none");
}

static enum status replace(struct upgrade *upgrade, bool resumed, uint64_t instance)
{
	const struct module_now *was = &upgrade->was;
	bool same = was->loaded && !strcmp(was->sources, upgrade->wanted.sources);
	enum status status = DONE;
	struct info info;

	/* It had come as far as this; what is left is to become active. */
	if (resumed && same && was->instance != instance) {
		progress("going on with an upgrade that ended in the middle");
		return upgrade->check ? DONE : arrive(upgrade);
	}
	if (resumed)
		progress("beginning anew with an upgrade that ended in the middle");
	upgrade->half = resumed && was->loaded && was->instance != instance;
	/* That module still has it, unless somebody took it away since. */
	if (resumed && was->loaded && was->instance == instance)
		kept_orders(upgrade->kept);
	if (was->loaded) {
		module_file_find(&upgrade->former, was);
		if (!resumed && !info_try_get(&info)) {
			upgrade->standby = info.standby;
			if (info.standby && info.standby_time)
				upgrade->standby_until = boot_ms() + info.standby_time;
		}
		status = upgrade_check_spaces(upgrade->force);
		if (status == DONE)
			status = upgrade_look(upgrade);
	}
	if (status != DONE)
		return status;
	say_plan(upgrade);
	upgrade_say_kept(upgrade->kept);
	if (upgrade->check)
		return DONE;
	/* One that was not set up has nothing of it. */
	status = upgrade_remember(upgrade, upgrade->half ? instance : was->instance);
	if (status == DONE && was->loaded)
		status = leave(upgrade);
	if (status != DONE)
		return status;
	return load_wanted(upgrade) == DONE ? arrive(upgrade) : return_former(upgrade);
}

/* Active, with something to do: "clusterctl node active" was how that upgrade ended. */
static bool was_ended_by_hand(const struct upgrade *upgrade)
{
	struct info info;

	return upgrade->was.loaded && !info_try_get(&info) && !info.standby &&
	       (info.routers || info.clusterips || info.peers);
}

static enum status run(struct upgrade *upgrade)
{
	struct setup *setup = &upgrade->setup;
	int64_t began = time(NULL);
	uint64_t instance = 0;
	enum status status;
	bool resumed, same;

	status = setup_read(setup);
	if (status == DONE)
		status = setup_find_node(setup);
	if (status == DONE)
		status = module_file_read(&upgrade->wanted, upgrade->module);
	if (status == DONE)
		status = module_file_check(&upgrade->wanted);
	if (status == DONE)
		status = upgrade_lock(upgrade);
	/* A setup that runs already ends before; from now on it is us who set up. */
	if (status == DONE)
		status = setup_lock();
	if (status != DONE)
		return status;
	if (confirm_is_pending()) {
		error("upgrade: a setup waits to be confirmed: 'clusterctl setup -confirmed' expected before, or that its time is over");
		return REFUSED;
	}
	module_now_read(&upgrade->was);
	resumed = upgrade_recall(upgrade, &instance);
	if (resumed && was_ended_by_hand(upgrade)) {
		if (!upgrade->check)
			upgrade_forget();
		*upgrade->kept = '\0';
		upgrade->standby = false;
		upgrade->standby_until = 0;
		resumed = false;
	}
	same = upgrade->was.loaded && !strcmp(upgrade->was.sources, upgrade->wanted.sources);
	if (same && !resumed && !upgrade->force)
		return say_same(upgrade);
	status = replace(upgrade, resumed, instance);
	return status == DONE && !upgrade->check ? say_done(upgrade, began) : status;
}

/**
 * upgrade_command() - Replace the module that is loaded.
 * @argc: Number of words after "upgrade".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status upgrade_command(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct upgrade upgrade = {
		.setup = { .file = SETUP_FILE, .key_file = KEY_FILE, .node = NO_NODE,
			   .cluster.conf = &conf },
		.timeout = TIMEOUT_MS, .lock = -1, .kept = copy_text(""),
	};
	enum status status = take_words(&upgrade, argc, argv);

	if (status == DONE)
		status = run(&upgrade);
	setup_unlock();
	upgrade_free(&upgrade);
	key_forget(upgrade.setup.private_key);
	cluster_free(&upgrade.setup.cluster);
	conf_free(&conf);
	return status;
}
