// SPDX-License-Identifier: GPL-2.0
/*
 * What modinfo prints of a module. Pure.
 */
#include <string.h>

#include "module_file.h"

static void copy_line(char *to, size_t size, const char *from)
{
	size_t length = strcspn(from, "\n");

	if (length >= size)
		length = size - 1;
	memcpy(to, from, length);
	to[length] = '\0';
}

/**
 * module_file_parse() - Read what modinfo prints.
 * @file: Filled in; starts out zeroed.
 * @text: "key:  value" in each line.
 *
 * Return: Whether it is about this module.
 */
bool module_file_parse(struct module_file *file, const char *text)
{
	bool ours = false;

	while (*text) {
		const char *value = strchr(text, ':');
		size_t length = strcspn(text, ":\n");

		if (value && value[-1] != '\n' && value == text + length) {
			value += 1 + strspn(value + 1, " \t");
			if (length == 8 && !strncmp(text, "filename", length))
				copy_line(file->path, sizeof(file->path), value);
			else if (length == 7 && !strncmp(text, "version", length))
				copy_line(file->version, sizeof(file->version), value);
			else if (length == 10 && !strncmp(text, "srcversion", length))
				copy_line(file->sources, sizeof(file->sources), value);
			else if (length == 8 && !strncmp(text, "vermagic", length))
				copy_line(file->kernel, sizeof(file->kernel), value);
			else if (length == 7 && !strncmp(text, "depends", length))
				copy_line(file->needs, sizeof(file->needs), value);
			else if (length == 6 && !strncmp(text, "signer", length))
				file->is_signed = true;
			else if (length == 4 && !strncmp(text, "name", length))
				ours = !strncmp(value, "kcluster\n", 9);
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	/* The release is its first word; the rest is for the kernel to judge. */
	file->kernel[strcspn(file->kernel, " ")] = '\0';
	return ours && *file->path && *file->kernel;
}
