/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What an import has to say about the configuration it read.
 */
#ifndef KEEPALIVED_REPORT_H
#define KEEPALIVED_REPORT_H

#include <stdbool.h>
#include <stdio.h>

struct json_object;

/**
 * enum ka_kind - What became of a setting.
 * @KA_LEFT_OUT: It is not in the batch.
 * @KA_CHANGED: It is, with another meaning than in keepalived.
 * @KA_NOTE: It means the same, but looks different.
 * @KA_MOOT: It has no meaning here, and nothing is lost by that.
 */
enum ka_kind {
	KA_LEFT_OUT,
	KA_CHANGED,
	KA_NOTE,
	KA_MOOT,
};

/**
 * struct ka_remark - One thing that is to be said.
 * @file: File, not owned.
 * @line: Line in it.
 * @kind: What became of it.
 * @router: Name in the batch of the virtual router it belongs to, or NULL.
 * @what: The setting, as the user wrote it.
 * @text: What to do about it, in one line.
 * @number: When it was said; remarks about one line stay in this order.
 */
struct ka_remark {
	const char *file;
	unsigned int line;
	enum ka_kind kind;
	char *router;
	char *what;
	char *text;
	unsigned int number;
};

/**
 * struct ka_report - All remarks.
 * @list: The remarks.
 * @count: How many.
 * @room: How many fit in @list.
 */
struct ka_report {
	struct ka_remark *list;
	unsigned int count;
	unsigned int room;
};

void ka_remark(struct ka_report *report, const char *file, unsigned int line,
	       enum ka_kind kind, const char *router, const char *what,
	       const char *format, ...) __attribute__((format(printf, 7, 8)));
void ka_report_cut(struct ka_report *report, unsigned int count);
void ka_report_sort(struct ka_report *report);
bool ka_report_has_losses(const struct ka_report *report);
void ka_report_print(FILE *out, const struct ka_report *report);
void ka_report_comments(FILE *out, const struct ka_report *report, const char *main_file,
			const char *router);
void ka_report_json(struct json_object *array, const struct ka_report *report);
void ka_report_free(struct ka_report *report);
void ka_print_clean(FILE *out, const char *text);
void ka_print_place(FILE *out, const char *file, unsigned int line, const char *known);

#endif
