// SPDX-License-Identifier: GPL-2.0
/*
 * What a run of setup does, or would do.
 */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "output.h"
#include "work.h"

/**
 * work_tells() - Are changes shown as JSON?
 * @work: The run.
 */
bool work_tells(const struct work *work)
{
	return work->diff && options.json;
}

/**
 * work_tell() - Show a change as JSON, if that was asked for.
 * @work: The run; nothing is counted.
 * @change: The change.
 */
void work_tell(struct work *work, const struct change *change)
{
	struct json_object *object;

	if (!work_tells(work))
		return;
	if (!work->list)
		work->list = need_memory(json_object_new_array());
	object = need_memory(json_object_new_object());
	json_add_text(object, "step", work->step);
	json_add_text(object, "object", change->object);
	json_add_text(object, "name", change->name);
	json_add_text(object, "change", change->change);
	json_add_text(object, "key", change->key);
	json_add_text(object, "from", change->from);
	json_add_text(object, "to", change->to);
	json_object_array_add(work->list, object);
}

/**
 * work_end() - Print what was shown as JSON, if that was asked for.
 * @work: The run.
 */
void work_end(struct work *work)
{
	if (work_tells(work))
		json_print(work->list ?: need_memory(json_object_new_array()));
	else
		json_object_put(work->list);
	work->list = NULL;
}

/**
 * work_do() - Is a change to be made?
 * @work: The run; the change is counted, and shown if only that was asked for.
 * @change: What it is, for JSON.
 * @format: What it is, as for printf(): "+" for what comes, "-" for what goes.
 *
 * Return: Whether it is to be made.
 */
bool work_do(struct work *work, const struct change *change, const char *format, ...)
{
	va_list args;

	work->changes++;
	if (!work->diff)
		return true;
	work_tell(work, change);
	if (work_tells(work))
		return false;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

/**
 * work_show() - Show commands that come or go, if that was asked for.
 * @work: The run; nothing is counted.
 * @sign: '+' or '-', before each line.
 * @text: The commands; freed.
 */
void work_show(const struct work *work, char sign, char *text)
{
	char *rest = text, *line;

	while (work->diff && !work_tells(work) && (line = strsep(&rest, "\n")))
		if (*line)
			printf("%c %s\n", sign, line);
	free(text);
}
