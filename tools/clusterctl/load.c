// SPDX-License-Identifier: GPL-2.0
/*
 * The module itself: how it is loaded, and the object version.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "info.h"
#include "load.h"
#include "output.h"
#include "program.h"

#ifndef KC_VERSION
#include "version.h"
#endif

/**
 * system_path() - Look for programs where those of root are, too.
 *
 * Who is root by su or sudo may lack that.
 */
void system_path(void)
{
	const char *path = getenv("PATH");
	char *longer = NULL;

	if (path && strstr(path, "/sbin:/usr/sbin"))
		return;
	if (asprintf(&longer, "%s:/sbin:/usr/sbin", path ? path : "/usr/bin:/bin") >= 0)
		setenv("PATH", need_memory(longer), 1);
	free(longer);
}

const char version_usage[] =
	"Usage: clusterctl [ -j ] version\n";

/**
 * load_file() - Load the module from a file, or explain why it cannot be loaded.
 * @file: Its name.
 * @needs: Modules it depends on, separated by commas.
 *
 * Return: DONE or REFUSED.
 */
enum status load_file(const char *file, const char *needs)
{
	const char *insmod[] = { "insmod", file, NULL };
	const char *modprobe[] = { "modprobe", NULL, NULL };
	char *list = copy_text(needs), *rest = list;
	struct program program = { 0 };
	bool done = true;

	system_path();
	while (done && (modprobe[1] = strsep(&rest, ","))) {
		if (!*modprobe[1])
			continue;
		program.argv = modprobe;
		done = program_run(&program);
		if (!done)
			error("%s: %s, which it depends on, cannot be loaded: %s", file,
			      modprobe[1], program_last_line(&program));
		program_free(&program);
	}
	free(list);
	if (!done)
		return REFUSED;
	program.argv = insmod;
	done = program_run(&program);
	if (program.status < 0)
		error("insmod cannot be run: install kmod");
	else if (!done)
		explain_insmod(file, program.err);
	program_free(&program);
	return done ? DONE : REFUSED;
}

/**
 * load_module() - Load the module, or explain why it cannot be loaded.
 * @loaded: Whether it was not loaded before.
 * @info: What it says of itself.
 *
 * Return: DONE or REFUSED.
 */
enum status load_module(bool *loaded, struct info *info)
{
	static const char *const argv[] = { "modprobe", "kcluster", NULL };
	struct program modprobe = { .argv = argv };
	bool done;

	*loaded = false;
	if (!info_try_get(info))
		return DONE;
	system_path();
	done = program_run(&modprobe);
	if (modprobe.status < 0)
		error("modprobe cannot be run: install kmod, or load kcluster.ko with insmod after the modules it depends on");
	else if (!done)
		explain_modprobe(modprobe.err);
	program_free(&modprobe);
	if (!done)
		return REFUSED;
	if (info_try_get(info)) {
		explain_missing_module();
		return REFUSED;
	}
	*loaded = true;
	return DONE;
}

/**
 * version_command() - Show the versions of the tool and of the module.
 * @argc: Number of words after "version".
 * @argv: Those words, followed by NULL.
 *
 * That there is no module is an answer, not an error.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status version_command(int argc, char **argv)
{
	struct json_object *object;
	struct info info;
	int result;

	for (; argc; argc--, argv++)
		if (!option_for_output(argv[0]))
			return wrong("version", "version: '%s' is too much, nothing is expected",
				     argv[0]);
	result = info_try_get(&info);
	if (!options.json) {
		printf("clusterctl %s, kcluster module %s\n", KC_VERSION,
		       result ? "not loaded" : info.module_version);
		return DONE;
	}
	object = need_memory(json_object_new_object());
	json_add_text(object, "clusterctl", KC_VERSION);
	if (!result)
		json_add_text(object, "module", info.module_version);
	json_print(object);
	return DONE;
}
