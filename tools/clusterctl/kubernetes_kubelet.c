// SPDX-License-Identifier: GPL-2.0
/*
 * The file that kubelet's arguments are read from: a line of it is changed, the rest
 * stays.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clusterctl.h"
#include "kubernetes.h"

#define VARIABLE "KUBELET_EXTRA_ARGS="
#define OPTION "--node-ip="

static char *slurp_under(const char *root, const char *file)
{
	char *path, *text = NULL;
	size_t length;

	if (asprintf(&path, "%s%s", root, file) < 0)
		need_memory(NULL);
	if (!access(path, R_OK))
		text = conf_slurp(path, &length);
	free(path);
	return text;
}

static bool is_under(const char *root, const char *file)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s%s", root, file) < 0)
		need_memory(NULL);
	there = !access(path, F_OK);
	free(path);
	return there;
}

/**
 * kubelet_file() - Where kubelet's arguments are read from.
 * @root: What stands before the names of files; "" for this machine.
 *
 * What its unit says counts; where there is none yet, what the distribution is like.
 */
const char *kubelet_file(const char *root)
{
	static const char * const units[] = {
		"/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
		"/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
		"/lib/systemd/system/kubelet.service.d/10-kubeadm.conf",
	};
	static const char debian[] = "/etc/default/kubelet", redhat[] = "/etc/sysconfig/kubelet";
	bool found = false, is_redhat = false;
	unsigned int i;

	for (i = 0; !found && i < sizeof(units) / sizeof(units[0]); i++) {
		char *text = slurp_under(root, units[i]);

		found = text && (strstr(text, debian) || strstr(text, redhat));
		is_redhat = found && strstr(text, redhat);
		free(text);
	}
	if (!found)
		is_redhat = is_under(root, "/etc/sysconfig") &&
			    !is_under(root, "/etc/debian_version");
	return is_redhat ? redhat : debian;
}

/* The start of the line that sets the arguments; the last one counts. */
static const char *find_line(const char *text)
{
	const char *line = text, *found = NULL;

	while (line && *line) {
		const char *start = line + strspn(line, " \t");

		if (!strncmp(start, VARIABLE, strlen(VARIABLE)))
			found = start;
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	return found;
}

/* Where an option starts in a line, or behind a blank or a quote in it. */
static const char *find_option(const char *line, const char *option)
{
	size_t length = strcspn(line, "\n");
	const char *at = line;

	while ((at = strstr(at, option)) && at < line + length) {
		if (at == line || strchr(" \t\"'=", at[-1]))
			return at;
		at += strlen(option);
	}
	return NULL;
}

/**
 * kubelet_find() - What an option has in a file of arguments.
 * @text: The file.
 * @option: The option, with its equals sign.
 *
 * Return: Its value, to be freed; NULL if it is not there.
 */
char *kubelet_find(const char *text, const char *option)
{
	const char *at = NULL, *line = text;

	while (line && *line && !at) {
		if (line[strspn(line, " \t")] != '#')
			at = find_option(line, option);
		line = strchr(line, '\n');
		if (line)
			line++;
	}
	if (!at)
		return NULL;
	at += strlen(option);
	return need_memory(strndup(at, strcspn(at, " \t\"'\n")));
}

/**
 * kubelet_merge() - Put node-ip among kubelet's arguments.
 * @text: Its file; "" if there is none yet.
 * @node_ip: What shall be said.
 * @before: What was said before, to be freed; NULL if nothing.
 *
 * Return: The new file, to be freed.
 */
char *kubelet_merge(const char *text, const char *node_ip, char **before)
{
	const char *line = find_line(text), *start, *end, *blank = "";
	char *merged;
	int result;

	*before = NULL;
	if (!line) {
		bool ends = !*text || text[strlen(text) - 1] == '\n';

		result = asprintf(&merged, "%s%s" VARIABLE OPTION "%s\n", text, ends ? "" : "\n",
				  node_ip);
		return need_memory(result < 0 ? NULL : merged);
	}
	start = find_option(line, OPTION);
	if (start) {
		end = start + strcspn(start, " \t\"'\n");
		*before = need_memory(strndup(start + strlen(OPTION), (size_t)(end - start) -
								      strlen(OPTION)));
	} else {
		/* Before the others, within their quotes if there are any. */
		start = line + strlen(VARIABLE);
		if (*start == '"' || *start == '\'')
			start++;
		end = start;
		if (!strchr("\n\"'", *start))
			blank = " ";
	}
	result = asprintf(&merged, "%.*s" OPTION "%s%s%s", (int)(start - text), text, node_ip,
			  blank, end);
	return need_memory(result < 0 ? NULL : merged);
}
