/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The language of batch files: words, quotes, comments, continued lines. Pure.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdio.h>

/**
 * struct words - A command cut into words.
 * @count: Number of words; 0 for an empty line or a comment.
 * @list: The words, followed by NULL.
 * @room: Number of words that fit in @list.
 * @store: What the words point into.
 */
struct words {
	int count;
	char **list;
	int room;
	char *store;
};

enum {
	WORDS_DONE = 0,
	WORDS_MORE = 1,
	WORDS_BAD = -1,
};

int words_split(struct words *words, const char *text, const char **why);
void words_free(struct words *words);
void word_quote(FILE *out, const char *word);

#endif
