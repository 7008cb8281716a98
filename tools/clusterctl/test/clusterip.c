// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the grammar of cluster IPs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../clusterip.h"
#include "../words.h"
#include "test.h"

static enum status parse(struct clusterip *ip, const char *text, bool add)
{
	struct words words = { 0 };
	enum status status;
	const char *why;
	char **list;

	memset(ip, 0, sizeof(*ip));
	words_split(&words, text, &why);
	/* An empty command has no list of words yet. */
	list = words.list ? words.list : (char *[]){ NULL };
	status = add ? clusterip_parse_add(ip, list, "test") : clusterip_parse_set(ip, list, "test");
	words_free(&words);
	return status;
}

static void check_wrong(const char *text, bool add)
{
	struct clusterip ip;

	check(parse(&ip, text, add) == WRONG_USAGE, "wrong: clusterip %s w %s",
	      add ? "add" : "set", text);
	clusterip_free(&ip);
}

/* What is written for a batch is what was read. */
static void check_save(const char *text, const char *wanted)
{
	struct clusterip ip;
	char *line = NULL;
	size_t size;
	FILE *out;

	check(parse(&ip, text, true) == DONE, "clusterip add w %s", text);
	ip.name = copy_text("w");
	out = open_memstream(&line, &size);
	clusterip_save(out, &ip);
	fclose(out);
	check(!strcmp(line, wanted), "clusterip add w %s is saved as it was read", text);
	free(line);
	clusterip_free(&ip);
}

static void check_nodes(const char *text, const char *wanted)
{
	uint8_t bits[CLUSTERIP_BITS];
	char list[CLUSTERIP_LIST_MAX];
	const char *why;

	check(!clusterip_parse_nodes(text, bits, &why), "nodes %s", text);
	check(!strcmp(clusterip_nodes_text(bits, list), wanted), "are written as %s", list);
}

/* The longest list there is: each second one. */
static void check_longest(void)
{
	uint8_t bits[CLUSTERIP_BITS], again[CLUSTERIP_BITS];
	char list[CLUSTERIP_LIST_MAX];
	const char *why;

	memset(bits, 0x55, sizeof(bits));
	clusterip_nodes_text(bits, list);
	check(strlen(list) + 1 < sizeof(list), "256 single nodes fit");
	check(!clusterip_parse_nodes(list, again, &why) && !memcmp(bits, again, sizeof(bits)),
	      "and are read as they were written");
}

void test_clusterip(void)
{
	static const char * const wrong_adds[] = {
		"", "dev eth0", "dev eth0 address 192.0.2.1",
		"dev eth0 nodes static 2 local 1", "address 192.0.2.1 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 nodes static 2",
		"dev eth0 address 192.0.2.1 nodes static 2 local",
		"dev eth0 address 192.0.2.1 nodes static 2 local +1",
		"dev eth0 address 192.0.2.1 nodes static 2 local 0",
		"dev eth0 address 192.0.2.1 nodes static 2 local 513",
		"dev eth0 address 192.0.2.1 nodes static 2 local 2-1",
		"dev eth0 address 192.0.2.1 nodes static 2 local 1,",
		"dev eth0 address 192.0.2.1 nodes static 2 local 1-",
		"dev eth0 address 192.0.2.1 nodes static 0 local 1",
		"dev eth0 address 192.0.2.1 nodes static 513 local 1",
		"dev eth0 address 192.0.2.1 nodes some 2 local 1",
		"dev eth0 dev eth1 address 192.0.2.1 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 hash best nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 hash source nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 seed x nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 mac 01:00:5e:00:01 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 mac 01:00:5e:00:01:01:01 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 mac 01:00:5e:00:01:+1 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 excluded nodes static 2 local 1",
		"dev eth0 address 192.0.2.300 nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 follow", "address 192.0.2.1 follow out",
		"dev eth0 address 192.0.2.1 gateway perhaps nodes static 2 local 1",
		"dev eth0 address 192.0.2.1 gateway on",
	};
	static const char * const wrong_sets[] = {
		"", "dev eth0", "address 192.0.2.1", "mac auto", "local", "local +", "local ++1",
		"local 1 local 2", "local +1 local +2", "nodes 2", "nodes static", "colour red",
		"hash source-ip hash source-ip", "follow out", "gateway", "gateway 2",
	};
	struct clusterip a, b;
	size_t i;

	check_nodes("1", "1");
	check_nodes("none", "none");
	check_nodes("2,1,5-8,512", "1-2,5-8,512");
	check_nodes("1-512", "1-512");
	check_longest();
	check_save("dev eth0 address 192.0.2.10/24 mac 01:00:5E:00:01:01 nodes static 2 local 1",
		   "clusterip add w dev eth0 mac 01:00:5e:00:01:01 hash source-ip seed 0 \\\n"
		   "\tnodes static 2 local 1 \\\n\taddress 192.0.2.10/24\n");
	check_save("nodes static 8 local 1,5-8 hash legacy-source-ip-port seed 4294967295 dev 'my eth' address 192.0.2.0/24 local address fd00::1/64 mac 33:33:00:00:00:01",
		   "clusterip add w dev 'my eth' mac 33:33:00:00:00:01 hash legacy-source-ip-port seed 4294967295 \\\n"
		   "\tnodes static 8 local 1,5-8 \\\n\taddress 192.0.2.0/24 local \\\n\taddress fd00::1/64\n");
	check_save("dev eth0 address 192.0.2.1-192.0.2.200/24 mac 01:00:5e:00:01:01 nodes static 1 local none",
		   "clusterip add w dev eth0 mac 01:00:5e:00:01:01 hash source-ip seed 0 \\\n"
		   "\tnodes static 1 local none \\\n\taddress 192.0.2.1-192.0.2.200/24\n");
	check_save("dev eth0 gateway on address 192.0.2.1/24 mac 01:00:5e:00:01:01 nodes static 1 local 1",
		   "clusterip add w dev eth0 mac 01:00:5e:00:01:01 hash source-ip seed 0 \\\n"
		   "\tnodes static 1 local 1 gateway on \\\n\taddress 192.0.2.1/24\n");
	check_save("dev eth0 address fd03::1/64 follow 'way out' mac 33:33:00:00:00:01",
		   "clusterip add w dev eth0 mac 33:33:00:00:00:01 follow 'way out' \\\n"
		   "\taddress fd03::1/64\n");
	check(parse(&a, "dev eth0 address 192.0.2.1 follow out", true) == DONE &&
	      parse(&b, "dev eth0 address 192.0.2.1 follow out", true) == DONE, "what follows");
	b.mode = KCLUSTER_CLUSTERIP_MODE_PEERS;
	check(clusterip_same_place(&a, &b), "the same one, whoever divides that");
	b.follow[0] = 'O';
	check(!clusterip_same_place(&a, &b), "and another one");
	clusterip_free(&b);
	check(parse(&b, "dev eth0 address 192.0.2.1 nodes static 2 local 1", true) == DONE &&
	      !clusterip_same_place(&a, &b) && !clusterip_same_place(&b, &a), "or none");
	clusterip_free(&a);
	clusterip_free(&b);
	check(parse(&a, "gateway off", false) == DONE && !a.gateway &&
	      clusterip_has(&a, KCLUSTER_A_CLUSTERIP_GATEWAY), "a gateway no more");
	clusterip_free(&a);
	check(parse(&a, "dev eth0 address 192.0.2.1 mac auto nodes static 2 local 1", true) == DONE &&
	      !clusterip_has(&a, KCLUSTER_A_CLUSTERIP_MAC), "auto is as if no MAC were given");
	check(parse(&b, "dev eth0 address 192.0.2.1/32 mac 01:00:5e:00:01:01 nodes static 3 local 3",
		    true) == DONE, "another one");
	check(clusterip_same_place(&a, &b), "in the same place, any MAC will do");
	check(!clusterip_same_place(&b, &a), "but not if one is given");
	clusterip_free(&b);
	check(parse(&b, "dev eth0 address 192.0.2.1/24 nodes static 2 local 1", true) == DONE &&
	      !clusterip_same_place(&a, &b), "another prefix length is another address");
	clusterip_free(&a);
	clusterip_free(&b);
	check(parse(&a, "local +2,4 local -1 seed 7", false) == DONE && a.add[0] == 0x0a &&
	      a.remove[0] == 0x01 && a.seed == 7 &&
	      !clusterip_has(&a, KCLUSTER_A_CLUSTERIP_LOCAL), "changes of what is local");
	clusterip_free(&a);
	check(parse(&a, "nodes static 3 local none hash source-ip-port", false) == DONE &&
	      a.nodes == 3 && clusterip_has(&a, KCLUSTER_A_CLUSTERIP_LOCAL), "settings");
	clusterip_free(&a);
	for (i = 0; i < sizeof(wrong_adds) / sizeof(wrong_adds[0]); i++)
		check_wrong(wrong_adds[i], true);
	for (i = 0; i < sizeof(wrong_sets) / sizeof(wrong_sets[0]); i++)
		check_wrong(wrong_sets[i], false);
}
