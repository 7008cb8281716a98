// SPDX-License-Identifier: GPL-2.0
/*
 * The module itself: how it is loaded, and the object version.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explain.h"
#include "info.h"
#include "load.h"
#include "output.h"

#ifndef KC_VERSION
#include "version.h"
#endif

const char version_usage[] =
	"Usage: clusterctl [ -j ] version\n";

/*
 * Runs modprobe and collects what it says, in the C locale. Returns its wait
 * status, or -1 when it cannot be run.
 */
static int run_modprobe(char *said, size_t size)
{
	static const char * const places[] = { "/sbin/modprobe", "/usr/sbin/modprobe" };
	const char *modprobe = !access(places[0], X_OK) ? places[0] : places[1];
	int pipes[2], status;
	size_t used = 0;
	ssize_t n;
	pid_t child;

	said[0] = '\0';
	if (access(modprobe, X_OK) || pipe(pipes))
		return -1;
	fflush(NULL);
	child = fork();
	if (!child) {
		setenv("LC_ALL", "C", 1);
		dup2(pipes[1], STDERR_FILENO);
		close(pipes[0]);
		close(pipes[1]);
		execl(modprobe, "modprobe", "kcluster", (char *)NULL);
		_exit(127);
	}
	close(pipes[1]);
	if (child < 0) {
		close(pipes[0]);
		return -1;
	}
	while ((n = read(pipes[0], said + used, size - 1 - used)) > 0 || (n < 0 && errno == EINTR))
		used += n > 0 ? (size_t)n : 0;
	close(pipes[0]);
	said[used] = '\0';
	while (used && said[used - 1] == '\n')
		said[--used] = '\0';
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
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
	char said[4096];
	int result;

	*loaded = false;
	if (!info_try_get(info))
		return DONE;
	result = run_modprobe(said, sizeof(said));
	if (result < 0) {
		error("modprobe cannot be run: install kmod, or load kcluster.ko with insmod after the modules it depends on");
		return REFUSED;
	}
	if (result) {
		explain_modprobe(said);
		return REFUSED;
	}
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
