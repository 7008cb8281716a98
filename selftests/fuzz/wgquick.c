// SPDX-License-Identifier: GPL-2.0
/*
 * Any two files of wg-quick: they become a cluster file whose lines can be read, without
 * the private keys that stand in them.
 *
 * Input: the text of both, with a NUL between them.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster.h"
#include "wgquick.h"

struct options options;

const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

/* The same characters can stand there for another reason, but hardly all of them. */
static void must_hide(const char *printed, const char *given)
{
	static const char start[] = "PrivateKey = ";
	const char *line = strstr(given, start);
	char key[45] = "";

	if (!line || strlen(line) < strlen(start) + 44)
		return;
	memcpy(key, line + strlen(start), 44);
	if (strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") == 43 &&
	    key[43] == '=' && !strstr(line + strlen(start), key + 1))
		if (strstr(printed, key))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wq_file files[2] = { { .name = "A", .file = "a.conf" },
				    { .name = "B", .file = "b.conf" } };
	const uint8_t *end = memchr(data, 0, size);
	size_t first = end ? (size_t)(end - data) : size;
	char *texts[2], *printed = NULL, *given;
	struct ka_report report = { 0 };
	struct conf conf = { 0 };
	unsigned int i;
	size_t length;
	FILE *out;

	texts[0] = strndup((const char *)data, first);
	texts[1] = end ? strndup((const char *)end + 1, size - first - 1) : strdup("");
	given = strdup(texts[0]);
	for (i = 0; i < 2; i++)
		wq_take(&files[i], &report, texts[i]);
	out = open_memstream(&printed, &length);
	wq_print(out, &report, files, 2);
	fclose(out);
	must_hide(printed, given);
	/* What is not known is missing, but no line is wrong in itself. */
	stderr = fopen("/dev/null", "we");
	if (!stderr || conf_read_text(&conf, "f", printed, length))
		abort();
	fclose(stderr);
	stderr = stdout;
	conf_free(&conf);
	ka_report_free(&report);
	for (i = 0; i < 2; i++) {
		wq_free(&files[i]);
		free(texts[i]);
	}
	free(given);
	free(printed);
	return 0;
}
