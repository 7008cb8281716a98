// SPDX-License-Identifier: GPL-2.0
/*
 * Checks "clusterctl gen", and "node add" and "node remove", as far as they need no
 * module. Prints KTAP.
 *
 * In gen/ are the files that shall come of keys that are there, and what is said of
 * commands that are wrong, word for word.
 *
 *	clusterctl-gen-test gen [write]
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../clusterctl.h"
#include "../file.h"
#include "../node_edit.h"
#include "../qr.h"
#include "check.h"

#define ARGS_MAX 32

static const char *golden;
static bool writing;
static char said[65536];

/* main.c has it. */
bool option_for_output(const char *word)
{
	(void)word;
	return false;
}

static enum status gen(char **argv)
{
	return gen_command(0, argv);
}

static enum status create(char **argv)
{
	return file_create(argv[0], "", 0600, false) ? REFUSED : DONE;
}

/* Runs a command, and keeps what it says. */
static enum status run(enum status (*command)(char **argv), const char *words)
{
	FILE *real_stdout = stdout, *real_stderr = stderr;
	char *text = strdup(words), *rest = text, *argv[ARGS_MAX + 1], *said_now = NULL;
	enum status status;
	size_t size;
	int n = 0;

	while (n < ARGS_MAX && (argv[n] = strsep(&rest, " ")))
		n++;
	argv[n] = NULL;
	stdout = open_memstream(&said_now, &size);
	stderr = stdout;
	status = command(argv);
	fclose(stdout);
	stdout = real_stdout;
	stderr = real_stderr;
	snprintf(said, sizeof(said), "%s", said_now);
	free(said_now);
	free(text);
	return status;
}

static char *slurp(const char *file)
{
	FILE *in = fopen(file, "re");
	char *text = NULL;
	size_t size = 0;

	if (!in || getdelim(&text, &size, '\0', in) < 0) {
		free(text);
		text = strdup("");
	}
	if (in)
		fclose(in);
	return text;
}

static void put(const char *file, const char *text, mode_t mode)
{
	FILE *out = fopen(file, "we");

	fputs(text, out);
	fchmod(fileno(out), mode);
	fclose(out);
}

static void check_golden(const char *text, const char *name)
{
	char path[4096], *wanted;

	snprintf(path, sizeof(path), "%s/%s", golden, name);
	if (writing)
		put(path, text, 0644);
	wanted = slurp(path);
	check(!strcmp(text, wanted), "it is as in %s", name);
	if (strcmp(text, wanted))
		fprintf(stderr, "%s", text);
	free(wanted);
}

static void check_golden_file(const char *file, const char *name)
{
	char *text = slurp(file);

	check_golden(text, name);
	free(text);
}

static unsigned int mode_of(const char *file)
{
	struct stat now;

	return stat(file, &now) ? 0 : (unsigned int)now.st_mode & 07777;
}

/* Keys that are there make the same files each time. */
static void check_files(void)
{
	static const char words[] =
		"out name test network 10.6.0.0/24,fd06::/64 endpoint example.com:15220 "
		"key pad=qfUVZr1nBffqatVLud60SfeVWC1lKaDiIge4mBIz7Fg= node hub mtu 1400 "
		"node A key VZrq0IJk1XldOQlxjN0Fq9SVcuhP5VWQ7vMaiKCP3/0= "
		"node B endpoint [2001:db8::7]:51821 allowed-ips 10.240.3.0/24 device phone "
		"device pad address 10.6.0.77 via B";
	char again[sizeof(words) + 8], *before, *after;

	mkdir("out", 0700);
	mkdir("out/hub", 0700);
	mkdir("out/B", 0700);
	mkdir("out/phone", 0700);
	put("out/hub/private.key", "4OPLGT0YAnLzYUqtnXZgKm3fLwnGxKpMzSLjVPVvYH8=\n", 0600);
	put("out/B/private.key", "GBZ1hCfsX4qwN5Xq2CjEZ4tQnGBH1gGmfVt2n0UqnWs=\n", 0600);
	put("out/phone/private.key", "aMm2oYTMkI0Gq2FVtcHxAwM9nh3wM1t7Hk1x3b9nZ1E=\n", 0600);
	check(run(gen, words) == DONE, "files are made");
	check(!strstr(said, "4OPL") && !strstr(said, "GBZ1") && !strstr(said, "aMm2"),
	      "no key is printed");
	check_golden_file("out/cluster.conf", "cluster.conf");
	check_golden_file("out/phone/wg0.conf", "phone.conf");
	check_golden_file("out/pad/wg0.conf", "pad.conf");
	check(mode_of("out/phone/wg0.conf") == 0600, "what has a key is for its owner only");
	check(access("out/A", F_OK) && access("out/pad/private.key", F_OK),
	      "who keeps its key to itself gets none");
	check(run(gen, words) == REFUSED && strstr(said, "'force' to replace it"),
	      "what is there is not replaced");
	check(run(create, "out/cluster.conf") == REFUSED, "nor if it has come a moment ago");
	check_golden_file("out/cluster.conf", "cluster.conf");
	before = slurp("out/hub/private.key");
	snprintf(again, sizeof(again), "%s force", words);
	put("out/cluster.conf", "", 0644);
	check(run(gen, again) == DONE, "but with force");
	check_golden_file("out/cluster.conf", "cluster.conf");
	after = slurp("out/hub/private.key");
	check(!strcmp(before, after), "keys never are");
	free(before);
	free(after);
	chmod("out/hub/private.key", 0644);
	check(run(gen, again) == REFUSED && strstr(said, "'chmod 600 out/hub/private.key'"),
	      "nor used if others can read them");
	chmod("out/hub/private.key", 0600);
}

/* All nodes of a /24. */
static void check_many(void)
{
	clock_t start = clock();
	struct stat now;

	check(run(gen, "many network 10.6.0.0/24 endpoint a nodes 253") == DONE, "253 nodes");
	/* Of the processor: others may have it meanwhile. */
	check(clock() - start < CLOCKS_PER_SEC, "in less than a second");
	check(!stat("many/node253/private.key", &now) && now.st_size == 45 &&
	      (now.st_mode & 07777) == 0600, "the last one has its key");
	check(mode_of("many/node253") == 0700, "in a directory of its own");
	check(run(gen, "more network 10.6.0.0/24 endpoint a nodes 255") == REFUSED &&
	      access("more", F_OK), "what has no room leaves nothing behind");
	check(run(gen, "six network fd06::/120 endpoint a nodes 255") == DONE,
	      "IPv6 has no broadcast");
}

static void check_edits(void)
{
	char *before = slurp("out/cluster.conf"), *after;

	chmod("out/cluster.conf", 0640);
	check(run(node_add, "new file out/cluster.conf") == DONE, "a node comes");
	check(mode_of("out/new/private.key") == 0600, "with a key");
	check(mode_of("out/cluster.conf") == 0640, "the file has the rights that it had");
	after = slurp("out/cluster.conf");
	check(strstr(after, "\nAddress = 10.6.0.5\nAddress = fd06::5\n") != NULL,
	      "and the next free addresses");
	free(after);
	check(!symlink("cluster.conf", "out/link") &&
	      run(node_add, "two behind-nat keepalive 5 key TU/ovDJWdjZO5U/zYKnF2mRGUBb2lT8kpTNtPBZ/qV4= endpoint b:7 file out/link") == DONE,
	      "another one, through a link");
	after = slurp("out/cluster.conf");
	check(strstr(after, "[Node two]\nBehindNAT = yes\nKeepalive = 5\nPublicKey = TU/ovDJWdjZO5U/zYKnF2mRGUBb2lT8kpTNtPBZ/qV4=\nEndpoint = b:7\nAddress = 10.6.0.6\nAddress = fd06::6\nListenPort = 7\n") != NULL,
	      "as was said");
	free(after);
	check(access("out/two", F_OK), "who keeps its key to itself gets none");
	check(run(node_remove, "two file out/cluster.conf") == DONE &&
	      run(node_remove, "new file out/cluster.conf") == DONE, "both go");
	after = slurp("out/cluster.conf");
	check(!strcmp(before, after), "and all is as before");
	check(run(node_add, "new file out/cluster.conf") == DONE &&
	      strstr(said, "'out/new/private.key' already, and it is used"),
	      "a node of the same name has the same key, and that is said");
	check(run(node_remove, "new file out/cluster.conf") == DONE, "it goes again");
	check(run(node_add, "bad endpoint a,b file out/cluster.conf") == REFUSED &&
	      access("out/bad", F_OK), "one that would be wrong leaves no key behind");
	free(after);
	after = slurp("out/cluster.conf");
	check(!strcmp(before, after), "nor anything in the file");
	free(before);
	free(after);
}

/* Addresses that something else has are not free. */
static void check_room(void)
{
	static const char head[] =
		"[Cluster]\nNetwork = 10.6.0.0/28\n[Node A]\nEndpoint = a\nAddress = 10.6.0.1\n"
		"PublicKey = CNM1A+4n1MEwVdDO/sXnML5O8uQc1s/OQ0k27B58nUs=\n"
		"[Device d]\nAddress = 10.6.0.2\nVia = A\n"
		"PublicKey = 335w5QIVRPSDS77mSp43if68S+gUcN9inK1t2wMyClw=\n"
		"[VirtualRouter v]\nDev = wg0\nVRID = 1\nPriority = 3\nPeer = 10.6.0.9\n"
		"Address = 10.6.0.3-10.6.0.6/32\nAddress = 10.6.0.8/29 local\n";
	char *text;

	mkdir("room", 0700);
	put("room/c", head, 0644);
	check(run(node_add, "B file room/c") == DONE, "a node between what is virtual");
	text = slurp("room/c");
	check(strstr(text, "Address = 10.6.0.7\n") != NULL, "has what is left");
	free(text);
	check(run(node_add, "C file room/c") == REFUSED && strstr(said, "no address"),
	      "nothing is left");
}

static const struct {
	enum status (*command)(char **argv);
	const char *name;
	const char *words;
} wrongs[] = {
	{ gen, "gen", "" },
	{ gen, "gen", "d" },
	{ gen, "gen", "d network" },
	{ gen, "gen", "d network 10.6.0.0 endpoint a nodes 2" },
	{ gen, "gen", "d network x endpoint a nodes 2" },
	{ gen, "gen", "d network 10.6.0.1/24 endpoint a nodes 2" },
	{ gen, "gen", "d network 10.6.0.0/24" },
	{ gen, "gen", "d network 10.6.0.0/24 nodes 2" },
	{ gen, "gen", "d network 10.6.0.0/24 nodes 0" },
	{ gen, "gen", "d network 10.6.0.0/24 nodes 70000" },
	{ gen, "gen", "d network 10.6.0.0/24 nodes 2 nodes 3" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a endpoint b nodes 2" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A endpoint b" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node ../A" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A,B" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A node A" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A device A" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a nodes 3 node node2 node X" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A colour red" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A mtu" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A site x site y" },
	{ gen, "gen", "d colour red" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a key A nodes 2" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a key A=x nodes 2" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a key A=x node A key y" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a key A=x node A" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A device p qr key x" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A qr" },
	{ gen, "gen", "d network 10.6.0.0/24 endpoint a node A device p via B" },
	{ gen, "gen", "d network 10.6.0.0/30 endpoint a nodes 3" },
	{ gen, "gen", "out network 10.6.0.0/24 endpoint a node hub key VZrq0IJk1XldOQlxjN0Fq9SVcuhP5VWQ7vMaiKCP3/0= force" },
	{ gen, "gen", "d/e network 10.6.0.0/24 endpoint a node A" },
	{ node_add, "node add", "A\nB file out/cluster.conf" },
	{ node_add, "node add", "hub file out/cluster.conf" },
	{ node_add, "node add", "X file" },
	{ node_add, "node add", "X colour file out/cluster.conf" },
	{ node_add, "node add", "X file nowhere" },
	{ node_add, "node add", "X address 10.6.0.1 file out/cluster.conf" },
	{ node_add, "node add", "X address 10.7.0.1 file out/cluster.conf" },
	{ node_remove, "node remove", "X file out/cluster.conf" },
	{ node_remove, "node remove", "hub file out/cluster.conf" },
	{ node_remove, "node remove", "B file out/cluster.conf" },
	{ node_remove, "node remove", "B key file out/cluster.conf" },
	{ gen, "gen", "d network 10.6.0.0/33 endpoint a nodes 1" },
};

static void check_wrongs(void)
{
	char *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);
	unsigned int i;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		check(run(wrongs[i].command, wrongs[i].words) != DONE, "%s %s is refused",
		      wrongs[i].name, i == 33 ? "A\\nB" : wrongs[i].words);
		fprintf(out, "$ clusterctl %s %s\n%s", wrongs[i].name, wrongs[i].words, said);
	}
	fclose(out);
	check_golden(all, "wrong");
	check(access("d", F_OK), "none of them left anything behind");
	free(all);
}

static void check_codes(void)
{
#ifdef HAVE_QRENCODE
	check(run(gen, "code network 10.6.0.0/24 endpoint a node A device p qr") == DONE,
	      "a QR code is made");
	/* The corner that all have: a margin, then a ring. */
	check(strstr(said, "\n████ ▄▄▄▄▄ █") != NULL, "and shown");
	check(!strstr(said, "PrivateKey"), "the key in it only");
#else
	check(run(gen, "code network 10.6.0.0/24 endpoint a node A device p qr") == REFUSED &&
	      strstr(said, "apt install libqrencode-dev"), "without libqrencode it says so");
	check(access("code", F_OK), "and does nothing");
#endif
}

static int remove_one(const char *path, const struct stat *now, int flag, struct FTW *place)
{
	(void)now;
	(void)flag;
	(void)place;
	return remove(path);
}

int main(int argc, char **argv)
{
	char here[] = "/tmp/clusterctl-gen-XXXXXX";

	golden = argc < 2 ? NULL : realpath(argv[1], NULL);
	if (!golden || !mkdtemp(here) || chdir(here))
		return 1;
	writing = argc > 2;
	check_files();
	check_many();
	check_edits();
	check_room();
	check_wrongs();
	check_codes();
	if (chdir("/") || nftw(here, remove_one, 16, FTW_DEPTH | FTW_PHYS))
		perror(here);
	free((void *)golden);
	return checked();
}
