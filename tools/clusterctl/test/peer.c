// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the grammar of peers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../peer.h"
#include "../status_file.h"
#include "../words.h"
#include "test.h"

static enum status parse(struct peer *peer, const char *text, bool add)
{
	struct words words = { 0 };
	enum status status;
	const char *why;
	char **list;

	memset(peer, 0, sizeof(*peer));
	words_split(&words, text, &why);
	/* An empty command has no list of words yet. */
	list = words.list ? words.list : (char *[]){ NULL };
	status = add ? peer_parse_add(peer, list, "test") : peer_parse_set(peer, list, "test");
	words_free(&words);
	return status;
}

static void check_wrong(const char *text, bool add)
{
	struct peer peer;

	check(parse(&peer, text, add) == WRONG_USAGE, "wrong: peer %s b %s", add ? "add" : "set",
	      text);
	peer_free(&peer);
}

/* What is written for a batch is what was read. */
static void check_save(const char *text, const char *wanted)
{
	struct peer peer;
	char *line = NULL;
	size_t size;
	FILE *out;

	check(parse(&peer, text, true) == DONE, "peer add b %s", text);
	peer.name = copy_text("b");
	out = open_memstream(&line, &size);
	peer_save(out, &peer);
	fclose(out);
	check(!strcmp(line, wanted), "it is saved as: %s", line);
	free(line);
	peer_free(&peer);
}

static void check_file(uint64_t own, uint64_t first, uint64_t second, const char *wanted)
{
	struct peer list[] = { { .name = (char *)"b", .file = first },
			       { .name = (char *)"c", .file = second } };
	struct peers peers = { .list = list, .count = 2 };
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	status_file_line(out, own, &peers);
	fclose(out);
	check(!strcmp(line, wanted), "of cluster files it is said: %s", line);
	free(line);
}

static void test_file(void)
{
	struct peers none = { 0 };
	char *line = NULL;
	size_t size;
	FILE *out = open_memstream(&line, &size);

	status_file_line(out, 0, &none);
	status_file_line(out, 10, &none);
	fclose(out);
	check(!strcmp(line, "cluster file 000000000000000a\n"), "nothing is said of none: %s",
	      line);
	free(line);
	check_file(0, 0, 0, "");
	check_file(0xb2e1000000000001, 0xb2e1000000000001, 0xb2e1000000000001,
		   "cluster file b2e1000000000001 here and on all of 2 peers\n");
	check_file(0xb2e1000000000001, 0xb2e1000000000001, 0x77aa,
		   "cluster file b2e1000000000001 (c has 00000000000077aa: clusterctl deploy c)\n");
	check_file(0xb2e1000000000001, 0, 0x77aa,
		   "cluster file b2e1000000000001 (b tells of none, c has 00000000000077aa: clusterctl deploy b c)\n");
	check_file(0, 0, 0x77aa,
		   "cluster file: this node was set up from none (c has 00000000000077aa: clusterctl setup)\n");
}

/* Of thousands that only observe, those that were never there are not named. */
static void test_file_many(void)
{
	struct peer list[12];
	struct peers peers = { .list = list, .count = 12 };
	char *line = NULL;
	size_t i, size;
	FILE *out = open_memstream(&line, &size);

	memset(list, 0, sizeof(list));
	for (i = 0; i < 12; i++) {
		list[i].name = (char *)"n";
		list[i].observer = i > 1;
		list[i].file = i < 3 ? 10 : 0;
	}
	status_file_line(out, 10, &peers);
	for (i = 1; i < 12; i++)
		list[i].file = 11;
	status_file_line(out, 10, &peers);
	fclose(out);
	check(!strncmp(line, "cluster file 000000000000000a here and on all of 3 peers\n", 57),
	      "observers that tell of none do not count: %s", line);
	check(strstr(line, "n has 000000000000000b and 3 more: clusterctl deploy)\n"),
	      "not all of them are named: %s", line);
	free(line);
}

void test_peer(void)
{
	static const char * const wrong_adds[] = {
		"", "10.6.0.2", "address", "address 10.6.0", "dev wg0", "path 10.6.0.2",
		"interval 100ms", "address 10.6.0.2 address 10.6.0.3",
		"address 10.6.0.2 dev wg0 dev wg1", "address 10.6.0.2 dev",
		"address 10.6.0.2 path", "address 10.6.0.2 interval soon",
		"address 10.6.0.2 interval 1s interval 2s", "address 10.6.0.2 lose 256",
		"address 10.6.0.2 lose -1", "address 10.6.0.2 port 1",
		"address 10.6.0.2/24", "address 10.6.0.2 observer", "address 10.6.0.2 observer maybe",
		"address 10.6.0.2 observer on observer on",
	};
	static const char * const wrong_sets[] = {
		"", "address 10.6.0.2", "path 10.6.0.2", "dev wg0", "lose", "lose 3 lose 4",
		"observer on",
		"interval", "nothing",
	};
	struct peer a, b;
	size_t i;

	check_save("address 10.6.0.2 dev wg0 path fd06::2 dev wg1 interval 10ms lose 5",
		   "peer add b address 10.6.0.2 dev wg0 path fd06::2 dev wg1 interval 10ms lose 5\n");
	check_save("lose 20 int 1500ms addr 10.6.0.2 path 10.7.0.2 d 'my wg'",
		   "peer add b address 10.6.0.2 path 10.7.0.2 dev 'my wg' interval 1.5s lose 20\n");
	check_save("address 10.6.0.2 dev wg0 observer on",
		   "peer add b address 10.6.0.2 dev wg0 observer on interval 0s lose 0\n");
	check(parse(&a, "address 10.6.0.2", true) == DONE && a.path_count == 1 && !a.given &&
	      !a.paths[0].ifname, "an address is enough");
	check(parse(&b, "address 10.6.0.2 dev wg0", true) == DONE, "with a device");
	check(peer_same_place(&a, &b), "any device will do");
	check(!peer_same_place(&b, &a), "but not if one is named");
	peer_free(&b);
	check(parse(&b, "address 10.6.0.2 observer on", true) == DONE && !peer_same_place(&a, &b),
	      "an observer is another peer");
	peer_free(&b);
	check(parse(&b, "address 10.6.0.3", true) == DONE && !peer_same_place(&a, &b),
	      "another address is another path");
	peer_free(&a);
	peer_free(&b);
	check(parse(&a, "interval 1s lose 4", false) == DONE && a.interval == 1000 && a.lose == 4,
	      "settings");
	peer_free(&a);
	for (i = 0; i < sizeof(wrong_adds) / sizeof(wrong_adds[0]); i++)
		check_wrong(wrong_adds[i], true);
	for (i = 0; i < sizeof(wrong_sets) / sizeof(wrong_sets[0]); i++)
		check_wrong(wrong_sets[i], false);
	test_file();
	test_file_many();
}
