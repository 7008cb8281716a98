// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the parts of clusterctl that need no kernel: here parsers, the language
 * of batches, and what is news; the others are called from here. Prints KTAP.
 */
#include <inttypes.h>
#include <linux/kcluster.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clusterctl.h"
#include "../group.h"
#include "../parse.h"
#include "../router.h"
#include "../told.h"
#include "../words.h"
#include "test.h"

static void test_time(void)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "10ms", 10 }, { "1s", 1000 }, { "1.5s", 1500 }, { "3", 3000 },
		{ "0.01", 10 }, { "0.010s", 10 }, { ".5s", 500 }, { "2.s", 2000 },
		{ "2min", 120000 }, { "1.5min", 90000 }, { "1h", 3600000 }, { "0", 0 },
		{ "1sec", 1000 }, { "0.001s", 1 }, { "1.000000000s", 1000 },
		{ "4294967295ms", 4294967295 }, { "4294967.295s", 4294967295 },
		{ "0.000001h", -1 }, { "0.0005s", -1 }, { "0.5ms", -1 }, { "0.0000001h", -1 },
		{ "4294967296ms", -1 }, { "4294967.296s", -1 }, { "1193.1h", -1 },
		{ "99999999999999999999", -1 }, { "", -1 }, { ".", -1 }, { "s", -1 },
		{ "-1s", -1 }, { "+1s", -1 }, { "1m", 60000 }, { "1 s", -1 }, { "1s ", -1 },
		{ "1e3", -1 }, { "0x10", -1 }, { "1.5.5s", -1 }, { "soon", -1 },
	};
	char text[TIME_TEXT_MAX];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = NULL;
		uint32_t ms = 7;
		int result = parse_time(rows[i].text, &ms, &why);

		if (rows[i].ms < 0)
			check(result && why && *why, "time '%s' is refused: %s", rows[i].text, why);
		else
			check(!result && ms == rows[i].ms, "time '%s' is %" PRId64 " ms",
			      rows[i].text, rows[i].ms);
	}
	for (i = 0; i < 20000000; i = i * 3 / 2 + 1) {
		const char *why;
		uint32_t ms;

		if (parse_time(time_text((uint32_t)i, text), &ms, &why) || ms != i)
			break;
	}
	check(i >= 20000000, "what time_text() writes, parse_time() reads: %s", text);
}

static void test_prefix(void)
{
	static const struct {
		const char *text;
		const char *address;
		int prefixlen;
	} rows[] = {
		{ "192.0.2.1/24", "192.0.2.1", 24 }, { "192.0.2.1", "192.0.2.1", -1 },
		{ "2001:db8::1/64", "2001:db8::1", 64 }, { "fe80::1", "fe80::1", -1 },
		{ "0.0.0.0/0", "0.0.0.0", 0 }, { "::/0", "::", 0 },
		{ "192.0.2.1/33", "192.0.2.1", 33 }, { "192.0.2.1/256", NULL, 0 },
		{ "192.0.2.1/", NULL, 0 }, { "192.0.2.1/x", NULL, 0 }, { "/24", NULL, 0 },
		{ "192.0.2/24", NULL, 0 }, { "192.0.2.300", NULL, 0 }, { "", NULL, 0 },
		{ "fe80::1%eth0/64", NULL, 0 }, { "192.0.2.1/-1", NULL, 0 },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa/64", NULL, 0 },
		{ "192.0.2.1/24/24", NULL, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[ADDRESS_TEXT_MAX];
		struct ipaddr address;
		const char *why = NULL;
		int prefixlen, result;

		result = parse_prefix(rows[i].text, &address, &prefixlen, &why);
		if (!rows[i].address)
			check(result && why && *why, "prefix '%s' is refused: %s", rows[i].text, why);
		else
			check(!result && prefixlen == rows[i].prefixlen &&
			      !strcmp(address_text(&address, text), rows[i].address),
			      "prefix '%s' is read", rows[i].text);
	}
}

static void test_names(void)
{
	static const struct word words[] = {
		{ "add", 1 }, { "address", 2 }, { "del", 3 }, { "delete", 3 }, { NULL, 0 },
	};
	static const struct word clause[] = { { "dev", 10 }, { "scope", 11 }, { NULL, 0 } };
	static const struct word outer[] = { { "dev", 20 }, { "state", 21 }, { NULL, 0 } };
	const char *why;
	uint32_t table;
	uint8_t scope;
	bool inside;

	check(word_find(words, "add") == 1, "a whole word wins over a longer one");
	check(word_find(words, "ad") == WORD_AMBIGUOUS, "an ambiguous beginning is told");
	check(word_find(words, "addr") == 2, "an unambiguous beginning is enough");
	check(word_find(words, "de") == 3, "synonyms are not ambiguous");
	check(word_find(words, "") == WORD_UNKNOWN, "an empty word is unknown");
	check(word_find(words, "addressed") == WORD_UNKNOWN, "a longer word is unknown");
	check(word_find_in_clause(clause, outer, "dev", &inside) == 10 && inside,
	      "a clause's own key comes first");
	check(word_find_in_clause(clause, outer, "state", &inside) == 21 && !inside,
	      "a key of the command ends the clause");
	check(word_find_in_clause(clause, outer, "s", &inside) == WORD_AMBIGUOUS,
	      "a beginning of both is ambiguous");
	check(!parse_scope("link", &scope, &why) && scope == 253, "scope link");
	check(!parse_scope("200", &scope, &why) && scope == 200, "scope 200");
	check(parse_scope("256", &scope, &why), "scope 256 is refused");
	check(!parse_table("main", &table, &why) && table == 254, "table main");
	check(!parse_table("1000", &table, &why) && table == 1000, "table 1000");
	check(parse_table("no such table", &table, &why), "an unknown table is refused");
}

static void test_split(void)
{
	/* Words of the result are joined by "|"; NULL means an error. */
	static const struct {
		const char *text;
		const char *words;
		int result;
	} rows[] = {
		{ "vrrp add R", "vrrp|add|R", WORDS_DONE },
		{ "  a\tb  \n", "a|b", WORDS_DONE },
		{ "a b\r\n", "a|b", WORDS_DONE },
		{ "", "", WORDS_DONE }, { "\n", "", WORDS_DONE }, { "# a b\n", "", WORDS_DONE },
		{ "a # b", "a", WORDS_DONE }, { "a#b c", "a#b|c", WORDS_DONE },
		{ "'a b' c", "a b|c", WORDS_DONE }, { "\"a b\" c", "a b|c", WORDS_DONE },
		{ "'' b", "|b", WORDS_DONE }, { "a'b'\"c\"d", "abcd", WORDS_DONE },
		{ "\"a\\\"b\" c", "a\"b|c", WORDS_DONE }, { "a\\ b", "a b", WORDS_DONE },
		{ "'a\\b'", "a\\b", WORDS_DONE }, { "\"a\\nb\"", "a\nb", WORDS_DONE },
		{ "\\#a", "#a", WORDS_DONE }, { "'#' a", "#|a", WORDS_DONE },
		{ "a \\\nb", "a|b", WORDS_DONE }, { "a\\\nb", "ab", WORDS_DONE },
		{ "a \\\r\n  b", "a|b", WORDS_DONE }, { "a \\\n# b", "a", WORDS_DONE },
		{ "a \\\n\\\n b", "a|b", WORDS_DONE }, { "a\\\\\n", "a\\", WORDS_DONE },
		{ "a \\\n", NULL, WORDS_MORE }, { "a \\", NULL, WORDS_MORE },
		{ "a\\\n", NULL, WORDS_MORE }, { "\\\n", NULL, WORDS_MORE },
		{ "# a \\\n", "", WORDS_DONE },
		{ "'a", NULL, WORDS_BAD }, { "\"a\nb\"", NULL, WORDS_BAD },
		{ "a \"b\\\"", NULL, WORDS_BAD },
	};
	struct words words = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *why = "";
		int result = words_split(&words, rows[i].text, &why);
		char joined[128] = "";
		int j;

		for (j = 0; result == WORDS_DONE && j < words.count; j++) {
			strcat(joined, j ? "|" : "");
			strcat(joined, words.list[j]);
		}
		check(result == rows[i].result &&
		      (!rows[i].words || !strcmp(joined, rows[i].words)), "split row %zu", i);
	}
	words_free(&words);
}

static void test_quote(void)
{
	static const char * const rows[] = {
		"plain", "", "two words", "it's", "a \"b\" 'c'", "#no", "a#b", "back\\slash",
		"$HOME `x`", "new\nline", "ca\rr", "tab\there", "*", "\xc3\xa4", "'", "\\n",
	};
	struct words words = { 0 };
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;
		const char *why;
		size_t size;
		FILE *out = open_memstream(&text, &size);
		int result;

		word_quote(out, rows[i]);
		fclose(out);
		result = words_split(&words, text, &why);
		check(result == WORDS_DONE && words.count == 1 && !strcmp(words.list[0], rows[i]),
		      "quoted row %zu reads the same: %s", i, strchr(text, '\n') ? "" : text);
		free(text);
	}
	words_free(&words);
}

static void test_told(void)
{
	struct told_list told = { 0 };
	const struct told *gone;

	check(told_update(&told, "A", KCLUSTER_VRRP_STATE_MASTER, 200), "a new router is news");
	check(!told_update(&told, "A", KCLUSTER_VRRP_STATE_MASTER, 201), "the same state is not");
	check(told_update(&told, "A", KCLUSTER_VRRP_STATE_FAULT, 200), "another state is");
	check(told_update(&told, "B", KCLUSTER_VRRP_STATE_BACKUP, 100), "another router is");
	told_begin(&told);
	told_keep(&told, "A");
	told_update(&told, "B", KCLUSTER_VRRP_STATE_BACKUP, 100);
	check(!told_next_gone(&told), "one that is kept is not missing");
	told_begin(&told);
	told_update(&told, "B", KCLUSTER_VRRP_STATE_BACKUP, 100);
	gone = told_next_gone(&told);
	check(gone && !strcmp(gone->name, "A") && gone->priority == 200, "a missing one is found");
	check(told_update(&told, "A", KCLUSTER_VRRP_STATE_STOP, 200), "its end is news");
	check(!told_next_gone(&told), "once");
	check(!told_update(&told, "A", KCLUSTER_VRRP_STATE_STOP, 200), "and only once");
	told_free(&told);
}

static void test_groups(void)
{
	char fw[] = "FW", dmz[] = "DMZ", waits[] = "group FW waits: A hears 10.0.0.1, priority 200",
	     other[] = "group FWX waits: A hears 10.0.0.1, priority 200", empty[] = "";
	struct router list[] = {
		{ .group = fw, .state = KCLUSTER_VRRP_STATE_MASTER },
		{ .group = dmz, .state = KCLUSTER_VRRP_STATE_FAULT },
		{ .state = KCLUSTER_VRRP_STATE_BACKUP },
		{ .group = empty, .state = KCLUSTER_VRRP_STATE_BACKUP },
		{ .group = fw, .state = KCLUSTER_VRRP_STATE_MASTER },
	};
	const struct routers routers = { .list = list, .count = 5 };
	uint8_t state;

	check(group_is_first(&routers, 0) && group_is_first(&routers, 1) &&
	      !group_is_first(&routers, 2) && !group_is_first(&routers, 3) &&
	      !group_is_first(&routers, 4), "the first of each group");
	check(group_state(&routers, 0, &state) && state == KCLUSTER_VRRP_STATE_MASTER,
	      "a group in one state");
	list[4].state = KCLUSTER_VRRP_STATE_BACKUP;
	check(!group_state(&routers, 0, &state), "a group in none");
	list[0].reason = waits;
	check(group_holds(&list[0]), "a group that waits");
	list[0].reason = other;
	check(!group_holds(&list[0]), "but not another one");
}

int main(void)
{
	puts("KTAP version 1");
	/* What is complained about on purpose is of no interest. */
	if (!freopen("/dev/null", "w", stderr))
		return 1;
	test_time();
	test_prefix();
	test_names();
	test_split();
	test_quote();
	test_grammar();
	test_block();
	test_extack();
	test_told();
	test_groups();
	test_value();
	test_peer();
	test_claim();
	test_clusterip();
	test_judge();
	test_run();
	test_roll();
	test_why();
	return checked();
}
