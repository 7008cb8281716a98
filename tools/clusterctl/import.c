// SPDX-License-Identifier: GPL-2.0
/*
 * The object import: the configuration of another program as a batch.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "clusterctl.h"
#include "clusterip_import.h"
#include "import_cluster.h"
#include "keepalived.h"
#include "output.h"

const char import_usage[] =
	"Usage: clusterctl [ -j ] import keepalived FILE [ id NAME ]\n"
	"       clusterctl [ -j ] import keepalived cluster NODE=FILE... [ key NODE=PUBLIC ]...\n"
	"       clusterctl [ -j ] import wg-quick NODE=FILE... [ endpoint NODE=HOST[:PORT] ]...\n"
	"       clusterctl [ -j ] import clusterip [ FILE ]\n"
	"Prints the batch for what it understands of a keepalived.conf, and on standard\n"
	"error what it does not. NAME picks the lines that start with @NAME; default: the\n"
	"name of this machine. Exits with 3 when something was left out or changed.\n"
	"With NODE=FILE it is a cluster file made of the files of several machines, and with\n"
	"wg-quick one made of theirs; private keys are not printed.\n"
	"With clusterip it is a batch for the rules of ipt_CLUSTERIP in what iptables-save\n"
	"printed; default: standard input.\n";

/* What keepalived takes for the name of the machine. */
static char *default_id(void)
{
	struct utsname name;

	if (uname(&name))
		return copy_text("");
	name.nodename[strcspn(name.nodename, ".")] = '\0';
	return copy_text(name.nodename);
}

/* A place in the file, not in the batch that may be running: not error(). */
static enum status complain(const struct ka_config *config, const char *file)
{
	fflush(stdout);
	if (!config->file) {
		error("import keepalived: '%s': %s", file, config->error);
		return WRONG_USAGE;
	}
	ka_print_clean(stderr, config->file);
	fprintf(stderr, ":%u: %s\n", config->line, config->error);
	return WRONG_USAGE;
}

static void print_json(const char *file, const char *what, const char *text,
		       const struct ka_report *report)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *array = need_memory(json_object_new_array());

	json_add_text(object, "file", file);
	json_add_text(object, what, text);
	ka_report_json(array, report);
	json_object_object_add(object, "report", array);
	json_print(object);
}

/**
 * import_tell() - Print what became of a configuration.
 * @file: Where it was read.
 * @what: What it became, for JSON.
 * @text: That; freed.
 * @report: What is to be said about it.
 *
 * Return: DONE, or DEGRADED if something was left out or changed.
 */
enum status import_tell(const char *file, const char *what, char *text,
			const struct ka_report *report)
{
	if (options.json)
		print_json(file, what, text, report);
	else
		fputs(text, stdout);
	fflush(stdout);
	if (!options.json)
		ka_report_print(stderr, report);
	free(text);
	return ka_report_has_losses(report) ? DEGRADED : DONE;
}

static enum status import_keepalived(const char *file, const char *id)
{
	char *own_id = id ? copy_text(id) : default_id();
	struct ka_import import = { 0 };
	struct ka_config config = {
		.id = own_id, .include = ka_include_files, .report = &import.report,
	};
	enum status status;
	char *batch = NULL;
	size_t size;
	FILE *out;

	if (ka_read_file(&config, file)) {
		status = complain(&config, file);
	} else {
		ka_import_config(&import, &config);
		out = need_memory(open_memstream(&batch, &size));
		ka_import_print(out, &import, file);
		need_memory(fclose(out) ? NULL : batch);
		status = import_tell(file, "batch", batch, &import.report);
	}
	ka_import_free(&import);
	ka_config_free(&config);
	free(own_id);
	return status;
}

static void report_rules(struct ka_report *report, const struct cip_import *import,
			 const char *file)
{
	if (!import->rules) {
		ka_remark(report, file, 1, KA_LEFT_OUT, NULL, "-j CLUSTERIP",
			  "there is no such rule, so there is nothing to import");
		return;
	}
	ka_remark(report, file, import->lines[0], KA_NOTE, NULL, "/proc/net/ipt_CLUSTERIP",
		  "the rules do not say which numbers this node got (+N) or lost (-N) there: see 'local'");
	if (import->others)
		ka_remark(report, file, import->lines[0], KA_NOTE, NULL, "other rules",
			  "%u, which are not looked at", import->others);
}

static enum status import_clusterip(const char *file)
{
	bool is_stdin = !strcmp(file, "-");
	FILE *in = is_stdin ? stdin : fopen(file, "re"), *out;
	struct cip_import import = { 0 };
	struct ka_report report = { 0 };
	enum status status = WRONG_USAGE;
	char *batch = NULL;
	size_t size;

	if (!in) {
		error("import clusterip: '%s': %s", file, strerror(errno));
		return WRONG_USAGE;
	}
	if (cip_import_read(&import, in)) {
		fflush(stdout);
		ka_print_clean(stderr, file);
		fprintf(stderr, ":%u: ", import.line);
		ka_print_clean(stderr, import.error);
		fputc('\n', stderr);
	} else {
		report_rules(&report, &import, file);
		out = need_memory(open_memstream(&batch, &size));
		cip_import_print(out, &import, file);
		need_memory(fclose(out) ? NULL : batch);
		status = import_tell(file, "batch", batch, &report);
	}
	if (!is_stdin)
		fclose(in);
	ka_report_free(&report);
	cip_import_free(&import);
	return status;
}

/**
 * import_command() - Print the configuration of another program as a batch.
 * @argc: Number of words after "import".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, DEGRADED or WRONG_USAGE.
 */
enum status import_command(int argc, char **argv)
{
	enum { KEEPALIVED, CLUSTERIP, WG_QUICK };
	static const struct word programs[] = {
		{ "keepalived", KEEPALIVED },
		{ "clusterip", CLUSTERIP },
		{ "wg-quick", WG_QUICK },
		{ NULL, 0 },
	};
	const char *file = NULL, *id = NULL, *name;
	int program;

	if (!argc)
		return wrong("import", "import: the name of a program expected: keepalived, wg-quick or clusterip");
	program = word_find(programs, argv[0]);
	if (program < 0)
		return wrong("import", "import: '%s' given, keepalived, wg-quick or clusterip expected",
			     argv[0]);
	name = word_for(programs, program);
	if (program == WG_QUICK)
		return import_wg_quick(argc - 1, argv + 1);
	if (program == KEEPALIVED && argc > 1 && !strcmp(argv[1], "cluster"))
		return import_keepalived_cluster(argc - 2, argv + 2);
	for (argc--, argv++; argc; argc--, argv++) {
		if (option_for_output(argv[0]))
			continue;
		if (!file) {
			file = argv[0];
		} else if (program == KEEPALIVED && !id && !strcmp(argv[0], "id")) {
			if (argc < 2 || !argv[1][0])
				return wrong("import", "import keepalived: id: the name of a machine expected");
			id = argv[1];
			argc--;
			argv++;
		} else {
			return wrong("import", "import %s: '%s' is too much", name, argv[0]);
		}
	}
	if (program == CLUSTERIP && !file)
		file = "-";
	if (!file || !*file)
		return wrong("import", "import %s: the name of a file expected", name);
	return program == CLUSTERIP ? import_clusterip(file) : import_keepalived(file, id);
}
