// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of deploy on one node: what is run there, by ssh or on this machine.
 *
 * The new file lies beside the old one until the node has been set up from it and that
 * was confirmed: a node that goes back by itself boots from the old one, too.
 */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "deploy.h"
#include "key.h"
#include "program.h"

/* ssh's own exit status when it does not get there. */
#define SSH_FAILED 255
/* For what only looks; what changes has the time to be confirmed in. */
#define LOOK_MS 30000
#define SUFFIX ".deploy"
#define SCRIPT_MAX 8192

/* This binary, for the machine that it runs on. */
static const char *own_path(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n <= 0)
		return "clusterctl";
	path[n] = '\0';
	return path;
}

/* A word of the shell, whatever is in it. */
static void print_word(FILE *out, const char *word)
{
	fputc('\'', out);
	for (; *word; word++)
		if (*word == '\'')
			fputs("'\\''", out);
		else
			fputc(*word, out);
	fputc('\'', out);
}

/*
 * What the scripts have in common: F is the file, N the new one beside it, C this
 * program, K where the key is.
 */
static char *make_script(const struct deploy *deploy, const struct deploy_node *node,
			 const char *body)
{
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	fprintf(out, "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; umask 077; F=");
	print_word(out, deploy->where);
	/* So that nobody else's file is taken for ours, who does the same just now. */
	fprintf(out, "; N=$F%s-%016" PRIx64 "; C=", SUFFIX, deploy->setup.cluster.conf->hash);
	print_word(out, node->target ? "clusterctl" : own_path());
	fprintf(out, "; K=");
	print_word(out, node->target ? KEY_FILE : deploy->setup.key_file);
	fprintf(out, "; %s", body);
	fclose(out);
	return text;
}

/* Runs a script there; false if it did not end well. */
static bool run(const struct deploy *deploy, const struct deploy_node *node, const char *body,
		const char *input, size_t length, uint32_t timeout, struct program *program)
{
	char *script = make_script(deploy, node, body);
	const char *local[] = { "sh", "-c", script, NULL };
	const char **remote;
	unsigned int i, n = (unsigned int)deploy->ssh.count;
	bool done;

	remote = need_memory(calloc(n + 8, sizeof(*remote)));
	for (i = 0; i < n; i++)
		remote[i] = deploy->ssh.list[i];
	remote[n++] = "-o";
	remote[n++] = "BatchMode=yes";
	remote[n++] = "-o";
	remote[n++] = "ConnectTimeout=10";
	remote[n++] = "--";
	remote[n++] = node->target;
	remote[n++] = script;
	memset(program, 0, sizeof(*program));
	program->argv = node->target ? remote : local;
	program->input = input;
	program->input_length = length;
	program->timeout = timeout;
	done = program_run(program);
	program->argv = NULL;
	free(remote);
	free(script);
	return done;
}

static bool is_unreachable(const struct deploy_node *node, const struct program *program)
{
	return node->target && (program->late || program->status < 0 ||
				(WIFEXITED(program->status) &&
				 WEXITSTATUS(program->status) == SSH_FAILED));
}

/* All lines, for the first one is why and the last one what became of it. */
static enum status say_failed(struct deploy_node *node, const char *step,
			      const struct program *program)
{
	char *rest = program->err, *line;
	bool any = false;

	node->result = DEPLOY_FAILED;
	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, "\r")] = '\0';
		if (!*line)
			continue;
		error("deploy: node %s: %s: %s", node->name, step, line);
		any = true;
	}
	if (program->late)
		error("deploy: node %s: %s: no answer in time", node->name, step);
	else if (!any && program->status < 0)
		error("deploy: node %s: %s: it cannot be run", node->name, step);
	else if (!any)
		error("deploy: node %s: %s: failed without a reason", node->name, step);
	if (is_unreachable(node, program))
		error("deploy: node %s: 'ssh %s' without a password expected to work, and its host key to be known",
		      node->name, node->target);
	return REFUSED;
}

/**
 * deploy_ask() - What is a node now?
 * @deploy: The run.
 * @node: The node; gets what it is.
 *
 * Return: DONE or REFUSED.
 */
enum status deploy_ask(struct deploy *deploy, struct deploy_node *node)
{
	/* Where there is no module yet there is no status, and nothing to be lost. */
	static const char body[] =
		"command -v \"$C\" >/dev/null || { echo \"there is no clusterctl\" >&2; exit 1; }; "
		"{ b2sum -l 256 <\"$F\" || echo none; } 2>/dev/null | cut -c 1-16; "
		"\"$C\" -j status 2>/dev/null || true";
	struct program program;
	enum status status = DONE;
	const char *rest;

	if (!run(deploy, node, body, NULL, 0, LOOK_MS, &program)) {
		status = say_failed(node, "asked what it is", &program);
	} else {
		rest = program.out + strcspn(program.out, "\n");
		deploy_take_status(node, *rest ? rest + 1 : rest);
		/* Only if it would also boot from it. */
		if (strtoull(program.out, NULL, 16) != node->file)
			node->file = 0;
	}
	program_free(&program);
	return status;
}

/**
 * deploy_check() - Put the file beside the old one, and let the node check it.
 * @deploy: The run.
 * @node: The node.
 *
 * Return: DONE or REFUSED.
 */
enum status deploy_check(struct deploy *deploy, struct deploy_node *node)
{
	struct program program;
	enum status status = DONE;

	node->has_copy = true;
	if (!run(deploy, node, "mkdir -p \"$(dirname \"$F\")\" && cat >\"$N\"", deploy->text,
		 deploy->length, LOOK_MS, &program))
		status = say_failed(node, "copying the file", &program);
	program_free(&program);
	if (status != DONE)
		return status;
	if (!run(deploy, node, "\"$C\" setup -check -f \"$N\" -key \"$K\"", NULL, 0, LOOK_MS,
		 &program))
		status = say_failed(node, "setup -check", &program);
	program_free(&program);
	return status;
}

/**
 * deploy_clean() - Take away what was put beside the file of a node.
 * @deploy: The run.
 * @node: The node.
 */
void deploy_clean(struct deploy *deploy, struct deploy_node *node)
{
	struct program program;

	if (!node->has_copy)
		return;
	run(deploy, node, "rm -f \"$N\"", NULL, 0, LOOK_MS, &program);
	program_free(&program);
	node->has_copy = false;
}

/* Until it can be reached again, and has come to rest. */
static enum status wait_settled(struct deploy *deploy, struct deploy_node *node, int64_t end)
{
	/*
	 * That something is degraded is not for us to judge, and where the file has
	 * nothing for the module to do there need be none.
	 */
	static const char body[] =
		"\"$C\" -j status 2>/dev/null || [ -e /sys/module/kcluster ] || echo '{\"routers\":[]}'";
	const struct timespec pause = { .tv_nsec = 300 * 1000 * 1000 };
	char why[DEPLOY_WHY_MAX] = "it is not reached any more";
	struct program program;
	bool settled = false;

	while (!settled && boot_ms() < end) {
		bool said = run(deploy, node, body, NULL, 0, (uint32_t)(end - boot_ms()) + 1,
				&program);

		if (said)
			settled = deploy_is_settled(node, program.out, why, sizeof(why));
		else
			snprintf(why, sizeof(why), "it is not reached any more: %s",
				 program.late ? "no answer" : program_last_line(&program));
		program_free(&program);
		if (!settled)
			nanosleep(&pause, NULL);
	}
	if (settled)
		return DONE;
	node->result = DEPLOY_FAILED;
	error("deploy: node %s: after setup: %s; it is not confirmed and goes back by itself",
	      node->name, why);
	return REFUSED;
}

/* Whether what was set up waits to be confirmed; nothing does if nothing changed. */
static bool waits(const char *json)
{
	struct json_object *object = json_tokener_parse(json);
	bool found = json_object_is_type(object, json_type_object) &&
		     json_object_object_get_ex(object, "confirm", NULL);

	json_object_put(object);
	return found;
}

/**
 * deploy_set_up() - Set a node up from the file that was put there.
 * @deploy: The run.
 * @node: The node.
 *
 * Return: DONE or REFUSED; then it is as it was, or goes back by itself.
 */
enum status deploy_set_up(struct deploy *deploy, struct deploy_node *node)
{
	/* As much must be left for it to be confirmed. */
	int64_t end = boot_ms() + deploy->confirm * 3 / 4;
	enum status status = DONE;
	struct program program;
	char body[SCRIPT_MAX];
	bool confirm = false;

	snprintf(body, sizeof(body),
		 "\"$C\" -j setup -confirm %ums -f \"$N\" -key \"$K\"", deploy->confirm);
	/* A node that has cut itself off does not say that it is done; the rest is for asking. */
	if (!run(deploy, node, body, NULL, 0, deploy->confirm / 2, &program) &&
	    !is_unreachable(node, &program))
		status = say_failed(node, "setup", &program);
	else
		confirm = program.status || waits(program.out);
	program_free(&program);
	if (status == DONE)
		status = wait_settled(deploy, node, end);
	if (status != DONE)
		return status;
	/* What can fail comes before it is confirmed. */
	snprintf(body, sizeof(body),
		 "{ [ ! -e \"$F\" ] || cmp -s \"$F\" \"$N\" || cp -p \"$F\" \"$F.before\"; } && %smv -f \"$N\" \"$F\"",
		 confirm ? "\"$C\" setup -confirmed >/dev/null && " : "");
	if (!run(deploy, node, body, NULL, 0, LOOK_MS, &program)) {
		status = say_failed(node, "setup -confirmed", &program);
	} else {
		node->has_copy = false;
		node->result = DEPLOY_DONE;
	}
	program_free(&program);
	return status;
}
