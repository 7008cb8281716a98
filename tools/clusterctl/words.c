// SPDX-License-Identifier: GPL-2.0
/*
 * The language of batch files: words, quotes, comments, continued lines.
 */
#include <stdlib.h>
#include <string.h>

#include "clusterctl.h"
#include "words.h"

static void add_word(struct words *words, char *word)
{
	if (words->count + 1 >= words->room) {
		words->room = words->room ? words->room * 2 : 32;
		words->list = need_memory(realloc(words->list, (size_t)words->room *
						  sizeof(*words->list)));
	}
	words->list[words->count++] = word;
	words->list[words->count] = NULL;
}

/* The character a backslash and @c stand for inside double quotes. */
static char escaped(char c)
{
	switch (c) {
	case 'n':
		return '\n';
	case 't':
		return '\t';
	case 'r':
		return '\r';
	default:
		return c;
	}
}

/**
 * words_split() - Cut a command into words.
 * @words: Filled in; starts out zeroed, and can be used again for the next
 *	command.
 * @text: One or more lines. A line that ends in a backslash is continued by
 *	the next one; any other newline ends the command.
 * @why: What is wrong, when something is.
 *
 * Blanks separate words. Single quotes keep everything as it is; inside double
 * quotes a backslash keeps the next character, and \\n, \\r and \\t are what they
 * are in C; outside quotes it keeps the next character. A word that starts with #
 * starts a comment.
 *
 * Return: WORDS_DONE; WORDS_MORE when the last line is to be continued: call
 * again with the next line appended; WORDS_BAD.
 */
int words_split(struct words *words, const char *text, const char **why)
{
	const char *in = text;
	char *out;

	words->count = 0;
	free(words->store);
	words->store = need_memory(malloc(strlen(text) + 1));
	out = words->store;
	for (;;) {
		bool word = false;
		char *start = out;
		char quote = 0;

		while (*in == ' ' || *in == '\t' || *in == '\r')
			in++;
		if (*in == '#' || *in == '\n' || !*in)
			return WORDS_DONE;
		for (; *in; in++) {
			if (*in == '\n') {
				if (!quote)
					break;
				*why = "a quote is not closed on its line";
				return WORDS_BAD;
			}
			if (quote && *in == quote) {
				quote = 0;
			} else if (quote == '\'') {
				*out++ = *in;
			} else if (*in == '\\') {
				in++;
				if (!*in || *in == '\n' || (*in == '\r' && in[1] == '\n')) {
					in += *in == '\r';
					if (!*in || !in[1])
						return WORDS_MORE;
					if (!quote && !word)
						break;
					continue;
				}
				word = true;
				*out++ = quote ? escaped(*in) : *in;
			} else if (!quote && (*in == '"' || *in == '\'')) {
				quote = *in;
				word = true;
			} else if (!quote && (*in == ' ' || *in == '\t' || *in == '\r')) {
				break;
			} else {
				word = true;
				*out++ = *in;
			}
		}
		if (quote) {
			*why = "a quote is not closed";
			return WORDS_BAD;
		}
		if (word) {
			*out++ = '\0';
			add_word(words, start);
		} else if (*in == '\n') {
			/* The line before it ended in a backslash: go on. */
			in++;
		}
	}
}

/**
 * words_free() - Give back what a command took.
 * @words: The command.
 */
void words_free(struct words *words)
{
	free(words->list);
	free(words->store);
	memset(words, 0, sizeof(*words));
}

/**
 * word_quote() - Write a word so that words_split() and a shell read the same.
 * @out: Where to.
 * @word: The word.
 */
void word_quote(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.:/@%+,=-";
	const char *p;

	if (*word && strspn(word, plain) == strlen(word)) {
		fputs(word, out);
		return;
	}
	if (!strpbrk(word, "'\n\r")) {
		fprintf(out, "'%s'", word);
		return;
	}
	fputc('"', out);
	for (p = word; *p; p++) {
		switch (*p) {
		case '\n':
			fputs("\\n", out);
			break;
		case '\r':
			fputs("\\r", out);
			break;
		case '"':
		case '\\':
		case '$':
		case '`':
			fputc('\\', out);
			__attribute__((fallthrough));
		default:
			fputc(*p, out);
		}
	}
	fputc('"', out);
}
