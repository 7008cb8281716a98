// SPDX-License-Identifier: GPL-2.0
/*
 * What is wrong with a cluster file: "FILE:LINE: what: what would be right".
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "clusterctl.h"
#include "conf.h"

/**
 * conf_at() - What is complained about from now on is of this line.
 * @conf: The file.
 * @line: The line; 0 for nothing in the file.
 */
void conf_at(const struct conf *conf, unsigned int line)
{
	error_set_place(line ? conf->file : NULL, line);
}

/**
 * conf_full() - Were there so many complaints that more would not help?
 * @conf: The file.
 */
bool conf_full(const struct conf *conf)
{
	return conf->errors >= CONF_ERRORS_MAX;
}

/**
 * conf_say() - Complain about a line; use conf_wrong().
 * @conf: The file.
 * @line: The line, 0 for the file as a whole.
 * @format: As for printf().
 */
void conf_say(struct conf *conf, unsigned int line, const char *format, ...)
{
	char *text = NULL;
	va_list args;

	if (conf->errors++ >= CONF_ERRORS_MAX)
		return;
	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	conf_at(conf, line);
	if (line)
		error("%s", (const char *)need_memory(text));
	else
		error("%s: %s", conf->file, (const char *)need_memory(text));
	conf_at(conf, 0);
	free(text);
}
