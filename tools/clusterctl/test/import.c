// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the import of keepalived's configuration: whole files against what
 * they become, the parser against broken ones, and that every batch is one that
 * "vrrp add" understands; and that of ipt_CLUSTERIP's rules. Prints KTAP.
 *
 * In keepalived/ there are NAME.conf, which keepalived 2.2.7 accepts, and what
 * "clusterctl import keepalived NAME.conf id ID" prints: NAME.batch and, on
 * standard error, NAME.report; with the ID in the name when there are several.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../words.h"
#include "check.h"
#include "import.h"

struct imported now;

void forget(void)
{
	ka_import_free(&now.import);
	ka_config_free(&now.config);
	free(now.batch);
	free(now.report);
	memset(&now, 0, sizeof(now));
}

static void begin(const char *id)
{
	forget();
	now.config.id = id;
	now.config.include = ka_include_files;
	now.config.report = &now.import.report;
}

static void end(const char *file)
{
	size_t size;
	FILE *out;

	if (!now.failed)
		ka_import_config(&now.import, &now.config);
	out = open_memstream(&now.batch, &size);
	if (!now.failed)
		ka_import_print(out, &now.import, file);
	fclose(out);
	out = open_memstream(&now.report, &size);
	if (!now.failed)
		ka_report_print(out, &now.import.report);
	fclose(out);
}

static void import_file(const char *file, const char *id)
{
	begin(id);
	now.failed = ka_read_file(&now.config, file);
	end(file);
}

static void import_bytes(const char *text, size_t length)
{
	begin("me");
	now.failed = ka_parse_text(&now.config, "f", text, length) || ka_parse_end(&now.config);
	end("f");
}

void import_text(const char *text)
{
	import_bytes(text, strlen(text));
}

static char *slurp(const char *file)
{
	char *text = NULL;
	size_t size = 0;
	FILE *in = fopen(file, "re");

	if (!in)
		return copy_text("no such file");
	if (getdelim(&text, &size, '\0', in) < 0)
		*text = '\0';
	fclose(in);
	return text;
}

/* Parses the words of "vrrp add NAME ..." and writes them again. */
static bool same_again(const struct words *words, const char *command)
{
	struct router router = { 0 };
	char *again = NULL;
	size_t size;
	FILE *out;
	bool same;

	if (words->count < 4 || strcmp(words->list[0], "vrrp") || strcmp(words->list[1], "add"))
		return false;
	router.name = copy_text(words->list[2]);
	same = router_parse_settings(&router, words->list + 3, false) == DONE;
	if (same) {
		out = open_memstream(&again, &size);
		router_save(out, &router);
		fclose(out);
		same = !strcmp(again, command);
	}
	free(again);
	router_free(&router);
	return same;
}

/* Whether the batch is one, and loses nothing on the way through the grammar. */
bool batch_is_understood(const char *batch)
{
	struct words words = { 0 };
	unsigned int commands = 0;
	bool good = true;

	while (good && *batch) {
		size_t length = 0;
		char *command = NULL;
		const char *why;
		int result;

		do {
			length += strcspn(batch + length, "\n") + 1;
			free(command);
			command = strndup(batch, length);
			result = words_split(&words, command, &why);
		} while (result == WORDS_MORE);
		good = result == WORDS_DONE;
		if (good && words.count) {
			good = same_again(&words, command);
			commands++;
		}
		batch += length;
		free(command);
	}
	words_free(&words);
	return good && commands == now.import.routers.count;
}

static void test_files(void)
{
	static const struct {
		const char *name;
		const char *id;
		const char *result;
		unsigned int routers;
	} rows[] = {
		{ "three-nodes.conf", "KA1", "three-nodes.KA1", 1 },
		{ "three-nodes.conf", "KA2", "three-nodes.KA2", 1 },
		{ "three-nodes.conf", "KA3", "three-nodes.KA3", 1 },
		{ "typical.conf", "test", "typical", 2 },
		{ "v3.conf", "test", "v3", 3 },
		{ "corrected.conf", "test", "corrected", 5 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char file[64], *batch, *report;

		snprintf(file, sizeof(file), "%s.batch", rows[i].result);
		batch = slurp(file);
		snprintf(file, sizeof(file), "%s.report", rows[i].result);
		report = slurp(file);
		import_file(rows[i].name, rows[i].id);
		check(!now.failed && now.import.routers.count == rows[i].routers,
		      "%s for %s has %u virtual routers", rows[i].name, rows[i].id,
		      rows[i].routers);
		check(!strcmp(now.batch, batch), "%s becomes %s.batch", rows[i].name,
		      rows[i].result);
		check(!strcmp(now.report, report), "and %s.report tells about it", rows[i].result);
		check(batch_is_understood(batch), "the batch is understood");
		free(batch);
		free(report);
	}
	import_file("missing.conf", "me");
	check(now.failed && !now.config.file && now.config.error &&
	      !strcmp(now.config.error, strerror(ENOENT)), "a file that is missing");
	import_file(".", "me");
	check(now.failed && !now.config.file, "a directory is no file");
}

/* Writes the tree as "word word{setting;setting{}}". */
static void write_tree(FILE *out, const struct ka_node *block)
{
	const struct ka_node *node;
	unsigned int i;

	ka_for_each(node, block) {
		if (node != block->children)
			fputc(';', out);
		for (i = 0; i < node->count; i++)
			fprintf(out, "%s%s", i ? " " : "", node->words[i]);
		if (node->is_block) {
			fputc('{', out);
			write_tree(out, node);
			fputc('}', out);
		}
	}
}

static void test_language(void)
{
	static const struct {
		const char *text;
		const char *tree;
	} rows[] = {
		{ "", "" }, { "\n\n", "" }, { "a", "a" }, { "a b\nc\n", "a b;c" },
		{ "a\r\nb c\r\n", "a;b c" }, { "\ta  b\t\n", "a b" },
		{ "a # b\n! c\nd!e\nf#g h", "a;d;f" }, { "a {\nb\n}\nc", "a{b};c" },
		{ "a { b\nc }\nd", "a{b;c};d" }, { "a{b}c", "a{b};c" }, { "a\n{\n}\n", "a{}" },
		{ "a\n# b\n\n { c }", "a{c}" }, { "a { b { c } d }", "a{b{c};d}" },
		{ "a \"b c\" d", "a b c d" }, { "a \"b#c!d{e}f\"", "a b#c!d{e}f" },
		{ "a \"\" b", "a  b" }, { "a 'b' # c", "a 'b'" }, { "a'b\nc", "a'b;c" },
		{ "a \"'\" b", "a ' b" }, { "a\\\nb", "a\\;b" },
		/* parameters */
		{ "$A=1\na $A", "a 1" }, { "$A=1\na ${A}2$A", "a 121" }, { "$A=1\na $A2 $B", "a $A2 $B" },
		{ "$A=1\na $A.2", "a $A.2" }, { "$A = 1\na $A", "$A = 1;a $A" },
		{ "$A=1 2 # c\n$A", "1 2" }, { "$A=\nb $A c", "b c" },
		{ "$A=$B\n$B=1\na $A\n$B=2\na $A", "a 1;a 2" }, { "$A=1\n$A=2\na $A", "a 2" },
		{ "$A= \\\nb { \\\nc ${D} \\\n}\n$D=1\n$A\n$D=2\n$A\n", "b{c 1};b{c 2}" },
		{ "$A= \\\nb \\\n\nc\n$A", "c;b" }, { "$A= \\\nb", "" }, { "$A={\na $A\n}", "a{}" },
		{ "$A=\"b\na $A\"", NULL }, { "a ${_HASH}b ${_BANG}", "a #b !" },
		{ "a ${_PWD} ${_INSTANCE} ${_NONE}", "a . me ${_NONE}" },
		{ "$1=a\n$=b", "$1=a;$=b" },
		/* conditions */
		{ "@me a\n@you b\n@^me c\n@^you d\n@meow e", "a;d" }, { "@me", "" },
		{ "@me $A=1\n@you $A=2\na $A", "a 1" }, { "$A=@me\n$A b\n$A", "b" },
		{ "  @me  a b", "a b" },
		{ "~SEQ(A,1,3) a $A\n~LST(A,1) b\nc", "c" },
		/* mistakes */
		{ "a {", NULL }, { "}", NULL }, { "{", NULL }, { "a { } }", NULL }, { "a {} {}", NULL },
		{ "a \"b", NULL }, { "a { \"b }\n}", NULL }, { "$A=$A\n$A", NULL },
		{ "include missing.conf\na", "a" }, { "include conf.d/none-*\na", "a" },
		{ "included b\nincludes c\ninclude", "included b;includes c;include" },
		{ "$A=include\n$A b", "include b" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *tree = NULL;
		size_t size;
		FILE *out = open_memstream(&tree, &size);

		import_text(rows[i].text);
		if (!now.failed)
			write_tree(out, now.config.root);
		fclose(out);
		check(rows[i].tree ? !now.failed && !strcmp(tree, rows[i].tree) :
		      now.failed && now.config.error && !*now.batch, "language row %zu: %s", i,
		      rows[i].tree ? rows[i].tree : now.config.error ? now.config.error : "?");
		free(tree);
	}
}

/* Fails with @error on @line. */
static void check_error(unsigned int line, const char *error, const char *what)
{
	check(now.failed && now.config.line == line && strstr(now.config.error, error) &&
	      !*now.batch, "%s: line %u: %s", what, line,
	      now.config.error ? now.config.error : "no error");
}

static char *repeat(const char *text, unsigned int times)
{
	size_t length = strlen(text);
	char *result = need_memory(malloc(length * times + 1));
	unsigned int i;

	for (i = 0; i < times; i++)
		memcpy(result + i * length, text, length);
	result[length * times] = '\0';
	return result;
}

static void test_bounds(void)
{
	char loop[] = "/tmp/clusterctl-import-XXXXXX";
	static const char nul[] = "a\nb\0c\n";
	char *text;
	int fd;

	import_text("a\nb {\nc {\n}\n");
	check_error(2, "}", "a block that is not closed");
	import_text("a\nb {\n}\n}\n");
	check_error(4, "}", "a brace too much");
	import_text("a\n\n b \"c\n");
	check_error(3, "quote", "a quote that is not closed");
	import_bytes(nul, sizeof(nul) - 1);
	check_error(2, "NUL", "a NUL byte");
	text = repeat("a {\n", KA_DEPTH_MAX + 1);
	import_text(text);
	check_error(KA_DEPTH_MAX + 1, "deep", "too deep");
	free(text);
	text = repeat("a", KA_LINE_MAX + 1);
	import_text(text);
	check_error(1, "longer", "a long line");
	free(text);
	text = repeat("# 3456789012345\n", (KA_SIZE_MAX >> 4) + 1);
	import_text(text);
	check_error(0, "16 MB", "a huge file");
	free(text);
	import_text("$A=12345678901234567890123456789012345678901234567890\n"
		    "$B=${A}${A}${A}${A}${A}${A}${A}${A}\n$C=${B}${B}${B}${B}${B}${B}${B}${B}\n"
		    "$D=${C}${C}${C}${C}${C}${C}${C}${C}\n${D}${D}${D}${D}${D}\n");
	check_error(5, "parameters", "parameters that multiply");
	/* 2^32 lines, if nobody counted. */
	import_text("$A= \\\nx \\\nx\n$B= \\\n$A \\\n$A\n$C= \\\n$B \\\n$B\n$D= \\\n$C \\\n$C\n$E= \\\n"
		    "$D \\\n$D\n$F= \\\n$E \\\n$E\n$G= \\\n$F \\\n$F\n$H= \\\n$G \\\n$G\n$I= \\\n$H \\\n$H\n"
		    "$J= \\\n$I \\\n$I\n$K= \\\n$J \\\n$J\n$L= \\\n$K \\\n$K\n$M= \\\n$L \\\n$L\n$N= \\\n"
		    "$M \\\n$M\n$O= \\\n$N \\\n$N\n$P= \\\n$O \\\n$O\n$Q= \\\n$P \\\n$P\n$R= \\\n$Q \\\n$Q\n"
		    "$S= \\\n$R \\\n$R\n$T= \\\n$S \\\n$S\n$U= \\\n$T \\\n$T\n$V= \\\n$U \\\n$U\n$V\n");
	check(now.failed, "lines that multiply: %s", now.config.error);
	begin("me");
	now.config.size = KA_SIZE_MAX - 60;
	now.failed = ka_parse_text(&now.config, "f", "$A=12345678901234567890\na ${A}${A}\n", 35);
	end("f");
	check_error(2, "longer", "parameters that get long");
	begin("me");
	now.failed = ka_parse_text(&now.config, "f", "$A= \\\nb \\\n", 10) ||
		     ka_parse_text(&now.config, "g", "c", 1);
	check(!now.failed && now.config.root->children, "a definition ends with its file");
	begin("me");
	now.config.settings = KA_SETTINGS_MAX - 2;
	now.failed = ka_parse_text(&now.config, "f", "a\nb\nc\n", 6);
	end("f");
	check_error(3, "settings", "too many settings");

	fd = mkstemp(loop);
	dprintf(fd, "include %s\ninclude %s\n", loop, loop);
	close(fd);
	import_file(loop, "me");
	check(now.failed && strstr(now.config.error, "deep"), "a file that includes itself: %s",
	      now.config.error);
	unlink(loop);
}

int main(int argc, char **argv)
{
	puts("KTAP version 1");
	if (argc != 2 || chdir(argv[1])) {
		puts("Bail out! The directory of the configurations is missing.");
		return 1;
	}
	/* What is complained about on purpose is of no interest. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	test_files();
	test_language();
	test_bounds();
	test_meaning();
	test_clusterip_rules();
	forget();
	return checked();
}
