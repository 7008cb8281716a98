// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the parts of clusterctl that need no kernel: parsers, the language of
 * batches, the grammar of "vrrp add", and what becomes of a refusal. Prints KTAP.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../block.h"
#include "../clusterctl.h"
#include "../extack.h"
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

/* Parses the words of "vrrp add R ..." */
static enum status parse_add(struct router *router, const char *text)
{
	struct words words = { 0 };
	enum status status;
	const char *why;

	router_free(router);
	router->name = copy_text("R");
	words_split(&words, text, &why);
	status = router_parse_settings(router, words.list, false);
	words_free(&words);
	return status;
}

static enum status parse_list(struct router *router, const char *text)
{
	struct words words = { 0 };
	enum status status;
	const char *why;

	router_free(router);
	words_split(&words, text, &why);
	status = router_parse_list(router, words.list, KCLUSTER_A_VRRP_TRACK, "test");
	words_free(&words);
	return status;
}

static void test_grammar(void)
{
	static const char * const wrongs[] = {
		"vrid 1", "dev eth0", "dev eth0 vrid 256", "dev eth0 vrid 1 vrid 2",
		"dev eth0 vrid 1 priority", "dev eth0 vrid 1 address",
		"dev eth0 vrid 1 address 10.0.0.1/24 colour red", "dev eth0 vrid 1 track eth1",
		"dev eth0 vrid 1 track weight 5", "dev eth0 vrid 1 pre on",
		"dev eth0 vrid 1 track", "dev eth0 vrid 1 track value", "dev eth0 vrid 1 track value ''",
		"dev '' vrid 1", "dev eth0 vrid 1 route 10.0.0.0/8 via ten",
		"address 10.0.0.1/24 dev eth0 vrid 1", "dev eth0 vrid 1 interval 1x",
		"dev eth0 vrid 1 track arp", "dev eth0 vrid 1 track arp 10.0.0.254",
		"dev eth0 vrid 1 track arp eth1 dev eth1", "dev eth0 vrid 1 track arp 10.0.0.1 lose 2",
		"dev eth0 vrid 1 track arp 10.0.0.254 value web",
		"dev eth0 vrid 1 track arp 10.0.0.254 dev eth1 lose x",
		"dev eth0 vrid 1 track dev eth1 lose 2", "dev eth0 vrid 1 track dev eth1 arp 10.0.0.1",
	};
	struct router r = { 0 };
	size_t i;

	check(parse_add(&r, "dev eth0 vrid 7 prio 200 int 10ms address 10.0.0.1/24 dev eth1 "
			"scope link excluded address 10.0.0.2/24 route default via 10.0.0.254 "
			"metric 5 table 99 track dev eth2 weight -5 track dev eth3 state master")
	      == DONE && r.vrid == 7 && r.priority == 200 && r.interval == 10 &&
	      r.address_count == 2 && !strcmp(r.addresses[0].ifname, "eth1") &&
	      r.addresses[0].scope == 253 && r.addresses[0].excluded && !r.addresses[1].ifname &&
	      r.route_count == 1 && r.routes[0].metric == 5 && r.routes[0].table == 99 &&
	      r.track_count == 2 && r.tracks[0].weight == -5 && !r.tracks[1].has_weight &&
	      r.initial_state == KCLUSTER_VRRP_STATE_MASTER, "a long vrrp add");
	check(parse_add(&r, "address 10.0.0.1/24 dev eth1 dev eth0 vrid 7") == DONE &&
	      !strcmp(r.ifname, "eth0") && !strcmp(r.addresses[0].ifname, "eth1"),
	      "a second dev is the router's");
	check(parse_add(&r, "dev eth0 vrid 7 address fe80::1/64") == DONE && r.family == AF_INET6,
	      "the family is that of the first address");
	check(parse_add(&r, "dev eth0 vrid 7 address fe80::1/64 excluded address 10.0.0.1/24") ==
	      DONE && !router_has(&r, KCLUSTER_A_VRRP_FAMILY), "that is not excluded");
	check(parse_add(&r, "dev eth0 vrid 7 peer fe80::1 peer fe80::2") == DONE &&
	      r.family == AF_INET6 && r.peer_count == 2, "or that of the first peer");
	check(parse_add(&r, "dev eth0 vrid 7 track value web weight -5 track value db") == DONE &&
	      r.track_count == 2 && !strcmp(r.tracks[0].value, "web") && !r.tracks[0].ifname &&
	      r.tracks[0].weight == -5 && !strcmp(r.tracks[1].value, "db"), "tracked values");
	check(parse_list(&r, "dev eth1 value web value db weight 3 dev eth2") == DONE &&
	      r.track_count == 4 && !strcmp(r.tracks[0].ifname, "eth1") && !r.tracks[0].value &&
	      !strcmp(r.tracks[2].value, "db") && r.tracks[2].weight == 3 &&
	      !strcmp(r.tracks[3].ifname, "eth2"), "values and devices in one list");
	check(parse_add(&r, "dev eth0 vrid 7 track arp 10.0.0.254 dev eth1 interval 200ms lose 5 "
			"track arp fe80::1 dev eth0 weight -9 track dev eth2 interval 10ms") == DONE &&
	      r.track_count == 3 && r.tracks[0].neighbour.length == 4 &&
	      !strcmp(r.tracks[0].ifname, "eth1") && r.tracks[0].interval == 200 &&
	      r.tracks[0].lose == 5 && r.tracks[1].neighbour.length == 16 &&
	      !r.tracks[1].has_interval && !r.tracks[1].has_lose && r.tracks[1].weight == -9 &&
	      !r.tracks[2].neighbour.length && !r.tracks[2].has_interval && r.interval == 10,
	      "tracked neighbours, whose interval is not that of the router");
	check(parse_list(&r, "arp 10.0.0.254 dev eth1 arp 10.0.0.253 lose 1 dev eth1 dev eth2 "
			 "value web arp ::2 dev eth3") == DONE &&
	      r.track_count == 5 && r.tracks[1].lose == 1 && !strcmp(r.tracks[1].ifname, "eth1") &&
	      !r.tracks[2].neighbour.length && r.tracks[3].value &&
	      r.tracks[4].neighbour.length == 16, "neighbours among others in one list");
	check(parse_add(&r, "dev eth0 vrid 7 auth-pass 123456789") == DONE &&
	      !strcmp(r.auth_pass, "12345678"), "a long password is cut off");
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		check(parse_add(&r, wrongs[i]) == WRONG_USAGE, "wrong: vrrp add R %s", wrongs[i]);
	router_free(&r);
}

/* A file with this text; the caller frees its name. */
static char *block_file(const char *text)
{
	char name[] = "/tmp/clusterctl-test.XXXXXX";
	int fd = mkstemp(name);
	FILE *file = need_memory(fd < 0 ? NULL : fdopen(fd, "w"));

	fputs(text, file);
	fclose(file);
	return copy_text(name);
}

/* "dev eth0 vrid 7 address-from FILE @more", where FILE has @text. */
static enum status parse_block(struct router *router, const char *text, const char *more)
{
	char *name = block_file(text), line[128];
	enum status status;

	snprintf(line, sizeof(line), "dev eth0 vrid 7 address-from %s %s", name, more);
	status = parse_add(router, line);
	unlink(name);
	free(name);
	return status;
}

static bool has_vip(const struct router *r, unsigned int i, const char *address, int prefixlen)
{
	char text[ADDRESS_TEXT_MAX];

	return i < r->address_count && r->addresses[i].prefixlen == prefixlen &&
	       !strcmp(address_text(&r->addresses[i].address, text), address);
}

static void test_block(void)
{
	static const char * const wrongs[] = {
		"", "# nothing\n", "10.0.0.1\nten\n", "10.0.0.1 10.0.0.2\n", "10.0.0.1\n10.0.0.1\n",
		"10.0.0.1-10.0.0.9\n10.0.0.9/24\n", "10.0.0.9-10.0.0.1\n", "10.0.0.1-fd00::1\n",
		"10.0.0.0-10.0.16.0\n", "10.0.0.0-10.0.15.255\n10.1.0.0\n", "10.0.0.1/\n", "-\n",
		"10.0.0.1-\n",
	};
	struct router r = { 0 };
	size_t i;

	check(parse_block(&r, "10.0.0.1 # a\n\n# b\n\t10.0.0.9/32\r\nfd00::1-fd00::3/64",
			  "prefixlen 24 dev eth1 excluded priority 7") == DONE &&
	      r.address_count == 5 && has_vip(&r, 0, "10.0.0.1", 24) &&
	      has_vip(&r, 1, "10.0.0.9", 32) && has_vip(&r, 4, "fd00::3", 64) &&
	      r.addresses[3].excluded && !strcmp(r.addresses[4].ifname, "eth1") && r.priority == 7,
	      "a file of addresses");
	check(parse_add(&r, "dev eth0 vrid 7 addr 10.0.0.254-10.0.1.1/16 excluded addr 10.0.9.9/24")
	      == DONE && r.address_count == 5 && has_vip(&r, 1, "10.0.0.255", 16) &&
	      has_vip(&r, 2, "10.0.1.0", 16) && has_vip(&r, 4, "10.0.9.9", 24) &&
	      r.addresses[3].excluded && !r.addresses[4].excluded, "a range of addresses");
	check(parse_add(&r, "dev eth0 vrid 7 address 10.0.0.0-10.0.15.255") == DONE &&
	      r.address_count == KCLUSTER_VRRP_ADDRESSES_MAX, "a range of 4096");
	check(block_run(&r, 0, true) == KCLUSTER_VRRP_ADDRESSES_MAX && block_run(&r, 4090, true) == 1,
	      "is written as a range");
	r.addresses[100].state = KCLUSTER_VRRP_ITEM_STATE_FAILED;
	check(block_run(&r, 0, true) == 100 && block_run(&r, 0, false) > 100,
	      "what failed is shown on its own");
	check(parse_block(&r, "10.0.1.0-10.0.1.255\n10.0.3.3\n10.0.2.0-10.0.2.255\n10.0.3.0-10.0.3.2\n",
			  "local excluded") == DONE && r.address_count == 3 &&
	      has_vip(&r, 0, "10.0.1.0", 24) && has_vip(&r, 1, "10.0.2.0", 24) &&
	      has_vip(&r, 2, "10.0.3.0", 30) && r.addresses[2].local, "local routes by whole prefixes");
	check(parse_block(&r, "10.0.1.1-10.0.1.6\n", "local excluded") == DONE &&
	      r.address_count == 4 && has_vip(&r, 0, "10.0.1.1", 32) &&
	      has_vip(&r, 1, "10.0.1.2", 31) && has_vip(&r, 2, "10.0.1.4", 31) &&
	      has_vip(&r, 3, "10.0.1.6", 32), "and what is none by itself");
	check(parse_block(&r, "10.0.0.0-10.0.15.255\n", "local excluded") == DONE &&
	      r.address_count == 1 && has_vip(&r, 0, "10.0.0.0", 20), "4096 as one");
	check(parse_block(&r, "10.0.1.0-10.0.1.3\n", "local") == DONE && r.address_count == 4,
	      "those that are listed one by one");
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		check(parse_block(&r, wrongs[i], "excluded") == WRONG_USAGE, "wrong: file %zu", i);
	check(parse_add(&r, "dev eth0 vrid 7 address-from /nonexistent") == REFUSED, "no file");
	router_free(&r);
}

/* Has the kernel's answer say @message about the attribute at @offset. */
static void check_extack(const struct nlmsghdr *request, int error, const char *message,
			 uint32_t offset, int max, const char *expected)
{
	struct nl_msg *answer = nlmsg_alloc_simple(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS);
	struct nlmsgerr header = { .error = error, .msg = *request };
	struct extack extack = { 0 };
	struct nlattr *nest;
	char text[256];

	nlmsg_append(answer, &header, sizeof(header), NLMSG_ALIGNTO);
	if (message)
		nla_put_string(answer, NLMSGERR_ATTR_MSG, message);
	if (offset)
		nla_put_u32(answer, NLMSGERR_ATTR_OFFS, offset);
	if (max) {
		nest = nla_nest_start(answer, NLMSGERR_ATTR_POLICY);
		nla_put_u64(answer, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, 1);
		nla_put_u64(answer, NL_POLICY_TYPE_ATTR_MAX_VALUE_U, (uint64_t)max);
		nla_nest_end(answer, nest);
	}
	extack_read(&extack, nlmsg_hdr(answer));
	extack_text(&extack, extack.error, request, text, sizeof(text));
	check(extack.error == error && !strcmp(text, expected), "refusal: %s", text);
	nlmsg_free(answer);
}

static void test_extack(void)
{
	struct nl_msg *msg = nlmsg_alloc();
	const struct nlmsghdr *request = nlmsg_hdr(msg);
	uint32_t name, priority, address, scope;
	struct nlattr *nest;

	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_ADD, 1);
	name = request->nlmsg_len;
	nla_put_string(msg, KCLUSTER_A_VRRP_NAME, "KA1");
	priority = request->nlmsg_len;
	nla_put_u8(msg, KCLUSTER_A_VRRP_PRIORITY, 0);
	address = request->nlmsg_len;
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_ADDRESS);
	nla_put(msg, KCLUSTER_A_ADDRESS_ADDRESS, 4, "\012\0\0\001");
	scope = request->nlmsg_len;
	nla_put_u8(msg, KCLUSTER_A_ADDRESS_SCOPE, 255);
	nla_nest_end(msg, nest);

	check_extack(request, -EPERM, NULL, 0, 0, "needs CAP_NET_ADMIN (run as root or with sudo)");
	check_extack(request, -EEXIST, "is there", name, 0, "is there");
	check_extack(request, -ERANGE, "integer out of range", priority, 255,
		     "priority 0: 1 to 255 allowed");
	check_extack(request, -EINVAL, "no good", address, 0, "address 10.0.0.1: no good");
	check_extack(request, -EINVAL, "no good", scope, 0, "address 10.0.0.1: scope 255: no good");
	check_extack(request, -EINVAL, "scope 255 is nowhere", scope, 0,
		     "address 10.0.0.1: scope 255 is nowhere");
	check_extack(request, -EINVAL, "Unknown attribute type", priority, 0,
		     "priority 0: the loaded kcluster module is too old for this");
	check_extack(request, -EINVAL, "no good", 4, 0, "no good");
	check_extack(request, -EINVAL, "no good", 40000, 0, "no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_ADD, 1);
	address = request->nlmsg_len;
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_TRACK);
	nla_put_string(msg, KCLUSTER_A_TRACK_VALUE, "web");
	nla_nest_end(msg, nest);
	check_extack(request, -EEXIST, "no good", address, 0, "track value web: no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VRRP_TRACK_ADD, 1);
	nest = nla_nest_start(msg, KCLUSTER_A_VRRP_TRACK);
	nla_put_string(msg, KCLUSTER_A_TRACK_IFNAME, "eth1");
	address = request->nlmsg_len;
	nla_put_u32(msg, KCLUSTER_A_TRACK_INTERVAL, 20);
	nla_nest_end(msg, nest);
	check_extack(request, -ERANGE, "no good", address, 0,
		     "track dev eth1: interval 20ms: no good");
	nlmsg_free(msg);

	msg = nlmsg_alloc();
	request = nlmsg_hdr(msg);
	genlmsg_put(msg, 0, 0, 0x20, 0, 0, KCLUSTER_CMD_VALUE_SET, 1);
	name = request->nlmsg_len;
	nla_put_string(msg, KCLUSTER_A_VALUE_NAME, "web");
	scope = request->nlmsg_len;
	nla_put_u32(msg, KCLUSTER_A_VALUE_TTL, 5);
	priority = request->nlmsg_len;
	nla_put_s32(msg, KCLUSTER_A_VALUE_WEIGHT, 300);
	check_extack(request, -EINVAL, "is none", name, 0, "is none");
	check_extack(request, -ERANGE, "no good", scope, 0, "ttl 5ms: no good");
	check_extack(request, -ERANGE, "weight 300 is out of range: it is -254 to 254", priority,
		     0, "weight 300 is out of range: it is -254 to 254");
	nlmsg_free(msg);
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
	told_update(&told, "B", KCLUSTER_VRRP_STATE_BACKUP, 100);
	gone = told_next_gone(&told);
	check(gone && !strcmp(gone->name, "A") && gone->priority == 200, "a missing one is found");
	check(told_update(&told, "A", KCLUSTER_VRRP_STATE_STOP, 200), "its end is news");
	check(!told_next_gone(&told), "once");
	check(!told_update(&told, "A", KCLUSTER_VRRP_STATE_STOP, 200), "and only once");
	told_free(&told);
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
	test_value();
	test_judge();
	test_run();
	test_why();
	return checked();
}
