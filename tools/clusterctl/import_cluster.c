// SPDX-License-Identifier: GPL-2.0
/*
 * The commands "import keepalived cluster" and "import wg-quick": configurations of
 * several machines become one cluster file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import_cluster.h"
#include "wgquick.h"

/**
 * struct named - NAME=VALUE.
 * @name: Before the equals sign.
 * @value: Behind it.
 */
struct named {
	char *name;
	char *value;
};

/**
 * struct request - The words of the command.
 * @what: "import keepalived cluster" or "import wg-quick".
 * @files: File of each node, @file_count of them.
 * @file_count: See @files.
 * @more: Key or endpoint of some, @more_count of them.
 * @more_count: See @more.
 * @word: What is before these.
 */
struct request {
	const char *what;
	struct named *files;
	unsigned int file_count;
	struct named *more;
	unsigned int more_count;
	const char *word;
};

static void forget(struct named *list, unsigned int count)
{
	while (count)
		free(list[--count].name);
	free(list);
}

static void request_free(struct request *request)
{
	forget(request->files, request->file_count);
	forget(request->more, request->more_count);
}

static struct named *find_named(struct named *list, unsigned int count, const char *name)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(list[i].name, name))
			return &list[i];
	return NULL;
}

static bool add_named(struct named **list, unsigned int *count, const char *word)
{
	struct named *one;

	*list = need_memory(realloc(*list, (*count + 1) * sizeof(**list)));
	one = &(*list)[(*count)++];
	one->name = copy_text(word);
	one->value = strchr(one->name, '=');
	if (!one->value)
		return false;
	*one->value++ = '\0';
	return *one->value && conf_is_name(one->name) && strcmp(one->name, "all");
}

static enum status take_words(struct request *request, int argc, char **argv)
{
	unsigned int i;

	for (; argc; argc--, argv++) {
		if (option_for_output(argv[0]))
			continue;
		if (!strcmp(argv[0], request->word)) {
			if (argc < 2 || !add_named(&request->more, &request->more_count, argv[1]))
				return wrong("import", "%s: %s: NODE=VALUE expected behind it",
					     request->what, request->word);
			argc--;
			argv++;
			continue;
		}
		if (!add_named(&request->files, &request->file_count, argv[0]))
			return wrong("import", "%s: '%s' given, NODE=FILE expected, where NODE has letters, digits and . _ -",
				     request->what, argv[0]);
		if (find_named(request->files, request->file_count - 1,
			       request->files[request->file_count - 1].name))
			return wrong("import", "%s: there is a node %s already, each expected once",
				     request->what,
				     request->files[request->file_count - 1].name);
	}
	if (!request->file_count)
		return wrong("import", "%s: NODE=FILE expected, for each node", request->what);
	for (i = 0; i < request->more_count; i++)
		if (!find_named(request->files, request->file_count, request->more[i].name))
			return wrong("import", "%s: %s: there is no node %s, one of those with files expected",
				     request->what, request->word, request->more[i].name);
	return DONE;
}

static const char *more_of(struct request *request, const char *name)
{
	struct named *found = find_named(request->more, request->more_count, name);

	return found ? found->value : NULL;
}

/* The names of all files, for JSON. */
static char *files_text(const struct request *request)
{
	char *text = NULL;
	unsigned int i;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	for (i = 0; i < request->file_count; i++)
		fprintf(out, "%s%s", i ? " " : "", request->files[i].value);
	fclose(out);
	return text;
}

static enum status tell(const struct request *request, char *text,
			const struct ka_report *report)
{
	char *files = files_text(request);
	enum status status = import_tell(files, "cluster", text, report);

	free(files);
	return status;
}

/* --- keepalived ---------------------------------------------------------------------- */

static bool read_keepalived(struct import_node *node)
{
	struct ka_config *config = &node->config;

	config->id = node->name;
	config->include = ka_include_files;
	config->report = &node->import.report;
	if (!ka_read_file(config, node->file)) {
		ka_import_config(&node->import, config);
		return true;
	}
	if (config->file)
		error("import keepalived cluster: %s:%u: %s", config->file, config->line,
		      config->error);
	else
		error("import keepalived cluster: '%s': %s", node->file, config->error);
	return false;
}

/**
 * import_keepalived_cluster() - Print a cluster file made of keepalived's configurations.
 * @argc: Number of words after "import keepalived cluster".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, DEGRADED or WRONG_USAGE.
 */
enum status import_keepalived_cluster(int argc, char **argv)
{
	struct request request = { .what = "import keepalived cluster", .word = "key" };
	enum status status = take_words(&request, argc, argv);
	struct import_nodes nodes = { 0 };
	struct ka_report report = { 0 };
	char *text = NULL;
	unsigned int i;
	size_t size;
	FILE *out;

	if (status == DONE)
		nodes.list = need_memory(calloc(request.file_count, sizeof(*nodes.list)));
	for (i = 0; status == DONE && i < request.file_count; i++) {
		struct import_node *node = &nodes.list[nodes.count++];

		node->name = request.files[i].name;
		node->file = request.files[i].value;
		node->key = more_of(&request, node->name);
		if (!read_keepalived(node))
			status = WRONG_USAGE;
	}
	if (status == DONE) {
		out = need_memory(open_memstream(&text, &size));
		ka_cluster_print(out, &nodes);
		need_memory(fclose(out) ? NULL : text);
		ka_cluster_report(&report, &nodes);
		status = tell(&request, text, &report);
	}
	ka_report_free(&report);
	for (i = 0; i < nodes.count; i++) {
		ka_import_free(&nodes.list[i].import);
		ka_config_free(&nodes.list[i].config);
	}
	free(nodes.list);
	request_free(&request);
	return status;
}

/* --- wg-quick ------------------------------------------------------------------------- */

/**
 * import_wg_quick() - Print a cluster file made of files of wg-quick.
 * @argc: Number of words after "import wg-quick".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, DEGRADED or WRONG_USAGE.
 */
enum status import_wg_quick(int argc, char **argv)
{
	struct request request = { .what = "import wg-quick", .word = "endpoint" };
	enum status status = take_words(&request, argc, argv);
	struct ka_report report = { 0 };
	struct wq_file *files = NULL;
	unsigned int i, count = 0;
	char *text = NULL;
	size_t size;
	FILE *out;

	if (status == DONE)
		files = need_memory(calloc(request.file_count, sizeof(*files)));
	for (i = 0; status == DONE && i < request.file_count; i++) {
		struct wq_file *file = &files[count++];

		file->name = request.files[i].name;
		file->file = request.files[i].value;
		file->endpoint = more_of(&request, file->name);
		if (access(file->file, R_OK)) {
			error("import wg-quick: '%s': %s", file->file, strerror(errno));
			status = WRONG_USAGE;
		} else if (wq_read(file, &report)) {
			status = WRONG_USAGE;
		}
	}
	if (status == DONE) {
		out = need_memory(open_memstream(&text, &size));
		wq_print(out, &report, files, count);
		need_memory(fclose(out) ? NULL : text);
		status = tell(&request, text, &report);
	}
	ka_report_free(&report);
	for (i = 0; i < count; i++)
		wq_free(&files[i]);
	free(files);
	request_free(&request);
	return status;
}
