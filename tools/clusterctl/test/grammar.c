// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the grammar of "vrrp add", and blocks of addresses from files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../block.h"
#include "../clusterctl.h"
#include "../parse.h"
#include "../router.h"
#include "../words.h"
#include "test.h"

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

void test_grammar(void)
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
	check(parse_add(&r, "dev eth0 vrid 7 group FW priority 9") == DONE &&
	      !strcmp(r.group, "FW") && r.priority == 9, "a group");
	check(parse_add(&r, "dev eth0 vrid 7 group none") == DONE && r.group && !*r.group,
	      "no group");
	check(parse_add(&r, "dev eth0 vrid 7 group") == WRONG_USAGE, "a group without a name");
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

void test_block(void)
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
