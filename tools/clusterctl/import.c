// SPDX-License-Identifier: GPL-2.0
/*
 * The object import: the configuration of another program as a batch.
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "clusterctl.h"
#include "keepalived.h"
#include "output.h"

const char import_usage[] =
	"Usage: clusterctl [ -j ] import keepalived FILE [ id NAME ]\n"
	"Prints the batch for what it understands of a keepalived.conf, and on standard\n"
	"error what it does not. NAME picks the lines that start with @NAME; default: the\n"
	"name of this machine. Exits with 3 when something was left out or changed.\n";

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

static void print_json(const struct ka_import *import, const char *file)
{
	struct json_object *object = need_memory(json_object_new_object());
	struct json_object *report = need_memory(json_object_new_array());
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	ka_import_print(out, import, file);
	need_memory(fclose(out) ? NULL : text);
	json_add_text(object, "file", file);
	json_add_text(object, "batch", text);
	ka_report_json(report, &import->report);
	json_object_object_add(object, "report", report);
	json_print(object);
	free(text);
}

static enum status import_keepalived(const char *file, const char *id)
{
	char *own_id = id ? copy_text(id) : default_id();
	struct ka_import import = { 0 };
	struct ka_config config = {
		.id = own_id, .include = ka_include_files, .report = &import.report,
	};
	enum status status = DONE;

	if (ka_read_file(&config, file)) {
		status = complain(&config, file);
	} else {
		ka_import_config(&import, &config);
		if (options.json)
			print_json(&import, file);
		else
			ka_import_print(stdout, &import, file);
		fflush(stdout);
		if (!options.json)
			ka_report_print(stderr, &import.report);
		if (ka_report_has_losses(&import.report))
			status = DEGRADED;
	}
	ka_import_free(&import);
	ka_config_free(&config);
	free(own_id);
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
	static const struct word programs[] = { { "keepalived", 1 }, { NULL, 0 } };
	const char *file = NULL, *id = NULL;

	if (!argc)
		return wrong("import", "import: the name of a program expected: keepalived");
	if (word_find(programs, argv[0]) < 0)
		return wrong("import", "import: '%s' given, keepalived expected", argv[0]);
	for (argc--, argv++; argc; argc--, argv++) {
		if (option_for_output(argv[0]))
			continue;
		if (!file) {
			file = argv[0];
		} else if (!id && !strcmp(argv[0], "id")) {
			if (argc < 2 || !argv[1][0])
				return wrong("import", "import keepalived: id: the name of a machine expected");
			id = argv[1];
			argc--;
			argv++;
		} else {
			return wrong("import", "import keepalived: '%s' is too much", argv[0]);
		}
	}
	if (!file || !*file)
		return wrong("import", "import keepalived: the name of a file expected");
	return import_keepalived(file, id);
}
