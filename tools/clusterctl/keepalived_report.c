// SPDX-License-Identifier: GPL-2.0
/*
 * What an import has to say: one line per thing on standard error, a shorter
 * form as comments of the batch, or JSON.
 */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "keepalived_report.h"
#include "output.h"

static const char * const kind_words[] = {
	[KA_LEFT_OUT] = "not imported",
	[KA_CHANGED] = "changed",
	[KA_NOTE] = "note",
	[KA_MOOT] = "moot",
};

/**
 * ka_remark() - Add a remark.
 * @report: The report.
 * @file: File it is about; not copied.
 * @line: Line in it.
 * @kind: What became of the setting.
 * @router: Name in the batch of the virtual router it belongs to, or NULL.
 * @what: The setting.
 * @format: What to do about it, as for printf(), without a newline.
 */
void ka_remark(struct ka_report *report, const char *file, unsigned int line,
	       enum ka_kind kind, const char *router, const char *what,
	       const char *format, ...)
{
	struct ka_remark *remark;
	va_list args;
	char *text;
	int n;

	if (report->count == report->room) {
		report->room = report->room ? report->room * 2 : 16;
		report->list = need_memory(realloc(report->list, report->room *
						   sizeof(*report->list)));
	}
	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	remark = &report->list[report->count];
	*remark = (struct ka_remark){
		.file = file, .line = line, .kind = kind, .router = copy_text(router),
		.what = copy_text(what), .text = need_memory(n < 0 ? NULL : text),
		.number = report->count++,
	};
}

/**
 * ka_report_cut() - Forget the latest remarks.
 * @report: The report.
 * @count: How many remarks to keep.
 */
void ka_report_cut(struct ka_report *report, unsigned int count)
{
	while (report->count > count) {
		struct ka_remark *remark = &report->list[--report->count];

		free(remark->router);
		free(remark->what);
		free(remark->text);
	}
}

/**
 * ka_report_free() - Give back what a report holds; it is empty afterwards.
 * @report: The report.
 */
void ka_report_free(struct ka_report *report)
{
	ka_report_cut(report, 0);
	free(report->list);
	memset(report, 0, sizeof(*report));
}

static int compare(const void *a, const void *b)
{
	const struct ka_remark *left = a, *right = b;
	int files = left->file == right->file ? 0 : strcmp(left->file, right->file);

	if (files)
		return files;
	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	return left->number < right->number ? -1 : left->number > right->number;
}

/**
 * ka_report_sort() - Put the remarks in the order of the lines they are about.
 * @report: The report.
 */
void ka_report_sort(struct ka_report *report)
{
	if (report->count)
		qsort(report->list, report->count, sizeof(*report->list), compare);
}

/**
 * ka_report_has_losses() - Tell whether the batch means something else.
 * @report: The report.
 *
 * Return: Whether anything was left out or changed.
 */
bool ka_report_has_losses(const struct ka_report *report)
{
	unsigned int i;

	for (i = 0; i < report->count; i++)
		if (report->list[i].kind == KA_LEFT_OUT || report->list[i].kind == KA_CHANGED)
			return true;
	return false;
}

/**
 * ka_print_clean() - Write text from a file that may hold anything.
 * @out: Where to.
 * @text: The text; what could move a terminal's cursor, or end a comment, is
 *	written as a question mark.
 */
void ka_print_clean(FILE *out, const char *text)
{
	for (; *text; text++)
		fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
}

/**
 * ka_print_place() - Write a place, shorter when the file is known.
 * @out: Where to.
 * @file: The file.
 * @line: The line.
 * @known: File that need not be named.
 */
void ka_print_place(FILE *out, const char *file, unsigned int line, const char *known)
{
	if (!strcmp(file, known)) {
		fprintf(out, "line %u", line);
		return;
	}
	ka_print_clean(out, file);
	fprintf(out, ":%u", line);
}

static void print_moot(FILE *out, const struct ka_report *report)
{
	const struct ka_remark *first = NULL, *remark;
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		remark = &report->list[i];
		if (remark->kind != KA_MOOT)
			continue;
		if (!first) {
			ka_print_clean(out, remark->file);
			fprintf(out, ":%u: note: nothing to do here for: ", remark->line);
			ka_print_clean(out, remark->what);
			first = remark;
			continue;
		}
		fputs(", ", out);
		ka_print_clean(out, remark->what);
		fputs(" (", out);
		ka_print_place(out, remark->file, remark->line, first->file);
		fputc(')', out);
	}
	if (first)
		fputc('\n', out);
}

/**
 * ka_report_print() - Write a line for each remark, as compilers do.
 * @out: Where to.
 * @report: The report, sorted. What is moot shares one line at the end.
 */
void ka_report_print(FILE *out, const struct ka_report *report)
{
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		const struct ka_remark *remark = &report->list[i];

		if (remark->kind == KA_MOOT)
			continue;
		ka_print_clean(out, remark->file);
		fprintf(out, ":%u: ", remark->line);
		if (remark->router) {
			ka_print_clean(out, remark->router);
			fputs(": ", out);
		}
		ka_print_clean(out, remark->what);
		fprintf(out, ": %s: ", kind_words[remark->kind]);
		ka_print_clean(out, remark->text);
		fputc('\n', out);
	}
	print_moot(out, report);
}

/**
 * ka_report_comments() - Write what was lost as comments of a batch.
 * @out: Where to.
 * @report: The report, sorted.
 * @main_file: File that need not be named.
 * @router: Only remarks about this virtual router; NULL for those about none.
 *
 * Whoever reads the batch later did not see the remarks; here they are without
 * the advice.
 */
void ka_report_comments(FILE *out, const struct ka_report *report, const char *main_file,
			const char *router)
{
	const struct ka_remark *said = NULL;
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		const struct ka_remark *remark = &report->list[i];

		if (remark->kind != KA_LEFT_OUT && remark->kind != KA_CHANGED)
			continue;
		if (!router != !remark->router || (router && strcmp(router, remark->router)))
			continue;
		if (said && said->kind == remark->kind && said->file == remark->file &&
		    said->line == remark->line && !strcmp(said->what, remark->what))
			continue;
		said = remark;
		fprintf(out, "# %s: ", kind_words[remark->kind]);
		ka_print_clean(out, remark->what);
		fputs(" (", out);
		ka_print_place(out, remark->file, remark->line, main_file);
		fputs(")\n", out);
	}
}

/**
 * ka_report_json() - Add the remarks to a JSON array.
 * @array: The array.
 * @report: The report, sorted.
 */
void ka_report_json(struct json_object *array, const struct ka_report *report)
{
	static const char * const words[] = {
		[KA_LEFT_OUT] = "not-imported",
		[KA_CHANGED] = "changed",
		[KA_NOTE] = "note",
		[KA_MOOT] = "moot",
	};
	unsigned int i;

	for (i = 0; i < report->count; i++) {
		const struct ka_remark *remark = &report->list[i];
		struct json_object *object = need_memory(json_object_new_object());

		json_add_text(object, "file", remark->file);
		json_add_number(object, "line", remark->line);
		json_add_text(object, "kind", words[remark->kind]);
		json_add_text(object, "router", remark->router);
		json_add_text(object, "setting", remark->what);
		if (*remark->text)
			json_add_text(object, "text", remark->text);
		json_object_array_add(array, object);
	}
}
