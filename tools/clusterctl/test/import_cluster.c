// SPDX-License-Identifier: GPL-2.0
/*
 * Checks "import keepalived cluster" and "import wg-quick". Prints KTAP.
 *
 * In import/ there are NAME.args, the words of a command, and NAME.out, what is printed,
 * what is said of it, and what is wrong with the cluster file that it is.
 *
 *	clusterctl-import-cluster-test import [write]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../cluster.h"
#include "../import_cluster.h"
#include "check.h"

#define ARGS_MAX 32

static bool writing;

/* main.c has it. */
bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

static char *slurp(const char *file)
{
	size_t length;

	return access(file, R_OK) ? NULL : conf_slurp(file, &length);
}

/* Runs a command; what it prints and what it says are apart. */
static enum status run(char *words, char **printed, char **said)
{
	FILE *real_stdout = stdout, *real_stderr = stderr;
	char *argv[ARGS_MAX + 1];
	enum status status;
	size_t size, size2;
	int n = 0;

	words[strcspn(words, "\n")] = '\0';
	while (n < ARGS_MAX && (argv[n] = strsep(&words, " ")))
		n++;
	argv[n] = NULL;
	stdout = open_memstream(printed, &size);
	stderr = open_memstream(said, &size2);
	status = import_command(n, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = real_stdout;
	stderr = real_stderr;
	return status;
}

/* What setup -check would say of it. */
static char *judge(const char *text, bool *good)
{
	struct cluster cluster = { 0 };
	struct conf conf = { 0 };
	FILE *real_stderr = stderr;
	char *said = NULL;
	size_t size;

	stderr = open_memstream(&said, &size);
	if (!conf_read_text(&conf, "result", text, strlen(text)))
		cluster_make(&cluster, &conf);
	fclose(stderr);
	stderr = real_stderr;
	*good = !conf.errors;
	cluster_free(&cluster);
	conf_free(&conf);
	return said;
}

static void check_one(const char *name)
{
	char path[4096], *words, *printed, *said, *judged = NULL, *all, *wanted;
	enum status status;
	bool good = true;
	FILE *out;

	snprintf(path, sizeof(path), "%s.args", name);
	words = slurp(path);
	status = run(words, &printed, &said);
	if (*printed)
		judged = judge(printed, &good);
	if (asprintf(&all, "%s--- %d\n%s--- %s\n%s", printed, (int)status, said,
		     good ? "good" : "wrong", judged ?: "") < 0)
		exit(1);
	snprintf(path, sizeof(path), "%s.out", name);
	if (writing) {
		out = fopen(path, "we");
		fputs(all, out);
		fclose(out);
	}
	wanted = slurp(path);
	check(wanted && !strcmp(all, wanted), "%s: it is as in %s", name, path);
	if (!wanted || strcmp(all, wanted))
		fputs(all, stderr);
	check(!strstr(all, "4OPLGT0Y") && !strstr(all, "GBZ1hCfs"),
	      "%s: no private key is printed", name);
	free(wanted);
	free(all);
	free(judged);
	free(said);
	free(printed);
	free(words);
}

int main(int argc, char **argv)
{
	if (argc < 2 || chdir(argv[1]))
		return 2;
	writing = argc > 2 && !strcmp(argv[2], "write");
	printf("TAP version 13\n");
	check(for_each_case(".", ".args", check_one) > 0, "there are commands");
	return checked();
}
