// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the grammar of claims.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../claim.h"
#include "../words.h"
#include "test.h"

static enum status parse(struct claim *claim, const char *text)
{
	struct words words = { 0 };
	enum status status;
	const char *why;

	memset(claim, 0, sizeof(*claim));
	words_split(&words, text, &why);
	/* An empty command has no list of words yet. */
	status = claim_parse(claim, words.list ? words.list : (char *[]){ NULL }, "test");
	words_free(&words);
	return status;
}

/* What is written for a batch is what was read, but for what a router brings. */
static void check_save(const char *text, int of_router, const char *wanted)
{
	struct claim claim;
	char *line = NULL;
	size_t size;
	FILE *out;

	check(parse(&claim, text) == DONE, "claim add api %s", text);
	claim.name = copy_text("api");
	claim.configured = true;
	if (of_router >= 0)
		claim.prefixes[of_router].router = true;
	out = open_memstream(&line, &size);
	claim_save(out, &claim);
	fclose(out);
	check(!strcmp(line, wanted), "it is saved as: %s", line);
	free(line);
	claim_free(&claim);
}

void test_claim(void)
{
	static const char * const wrong_ones[] = {
		"", "10.6.0.2", "prefix", "prefix 10.6.0", "dev wg0", "prefix 10.6.0.0/256",
		"prefix 10.6.0.2 dev", "prefix 10.6.0.2 dev wg0 dev wg1", "prefix 10.6.0.2 via",
		"prefix 10.6.0.2/24/3",
	};
	struct claim claim;
	size_t i;

	check_save("prefix 10.6.0.100 dev wg0 prefix fd06::/64", -1,
		   "claim add api prefix 10.6.0.100/32 dev wg0 prefix fd06::/64\n");
	check_save("pre 10.7.0.0/24 d 'my wg' prefix 0.0.0.0/0", -1,
		   "claim add api prefix 10.7.0.0/24 dev 'my wg' prefix 0.0.0.0/0\n");
	check_save("prefix 10.6.0.100 prefix 10.7.0.0/24", 0,
		   "claim add api prefix 10.7.0.0/24\n");
	check_save("prefix 10.6.0.100", 0, "");
	for (i = 0; i < sizeof(wrong_ones) / sizeof(wrong_ones[0]); i++) {
		check(parse(&claim, wrong_ones[i]) == WRONG_USAGE, "wrong: claim add api %s",
		      wrong_ones[i]);
		claim_free(&claim);
	}
}
