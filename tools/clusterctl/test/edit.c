// SPDX-License-Identifier: GPL-2.0
/*
 * Checks that a node comes into a cluster file and goes again, and that all else stays.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../cluster.h"
#include "check.h"
#include "edit.h"

#define SECTION "[Node new]\nPublicKey = PznVw0jlt50G6ELBFObMVxWDu/ROSw6/2hoB7AV0XUM=\n" \
		"Address = 10.6.0.9\n"
#define HEAD	"[Cluster]\nNetwork = 10.6.0.0/24\nHub = A\n"
#define NODE_A	"[Node A]\nPublicKey = CNM1A+4n1MEwVdDO/sXnML5O8uQc1s/OQ0k27B58nUs=\n" \
		"Endpoint = a\nAddress = 10.6.0.1\n"
#define NODE_B	"[Node B]\nPublicKey = VZrq0IJk1XldOQlxjN0Fq9SVcuhP5VWQ7vMaiKCP3/0=\n" \
		"Address = 10.6.0.2\n"

static const struct {
	const char *what;
	const char *before;
	const char *with;
} additions[] = {
	{ "at the end", HEAD "\n" NODE_A, HEAD "\n" NODE_A "\n" SECTION },
	{ "behind the last node", HEAD "\n" NODE_A "\n" NODE_B "\n[Mirror]\n",
	  HEAD "\n" NODE_A "\n" NODE_B "\n" SECTION "\n[Mirror]\n" },
	{ "without blank lines", HEAD NODE_A NODE_B "[Mirror]\n",
	  HEAD NODE_A NODE_B SECTION "[Mirror]\n" },
	{ "behind its comment", HEAD NODE_A "# of A\n; too\n\n# of no one\n\n[Mirror]\n",
	  HEAD NODE_A "# of A\n; too\n\n" SECTION "\n# of no one\n\n[Mirror]\n" },
	{ "before that of another", HEAD NODE_A "# of the mirror\n[Mirror]\n",
	  HEAD NODE_A SECTION "# of the mirror\n[Mirror]\n" },
	{ "before blank lines", "# top\n" HEAD "\n\n\n" NODE_A "\n\n\n[Mirror]",
	  "# top\n" HEAD "\n\n\n" NODE_A "\n" SECTION "\n\n\n[Mirror]" },
};

/* Understands a text, which is right. */
static void read_text(struct conf *conf, struct cluster *cluster, const char *text)
{
	memset(conf, 0, sizeof(*conf));
	memset(cluster, 0, sizeof(*cluster));
	check(!conf_read_text(conf, "f", text, strlen(text)) && !cluster_make(cluster, conf),
	      "the file is right");
}

static void forget(struct conf *conf, struct cluster *cluster)
{
	cluster_free(cluster);
	conf_free(conf);
}

static void check_addition(unsigned int i)
{
	struct cluster cluster;
	struct conf conf;
	char *with, *without;
	unsigned int node;

	read_text(&conf, &cluster, additions[i].before);
	with = conf_add_node(&conf, additions[i].before, SECTION);
	check(!strcmp(with, additions[i].with), "a node comes %s", additions[i].what);
	forget(&conf, &cluster);
	read_text(&conf, &cluster, with);
	node = cluster_find_node(&cluster, "new");
	check(node != NO_NODE, "it is there");
	without = conf_remove(with, cluster.nodes[node].section);
	check(!strcmp(without, additions[i].before), "and goes, and all is as before");
	forget(&conf, &cluster);
	free(without);
	free(with);
}

/* Comments above a section stay, those in it go. */
static void check_removal(void)
{
	static const char text[] = HEAD "\n" NODE_A "\n# Of all in town:\n" NODE_B
				   "# Keepalive = 3\nKeepalive = 5\n# last\n\n# mirrored\n[Mirror]\n";
	struct cluster cluster;
	struct conf conf;
	char *without;

	read_text(&conf, &cluster, text);
	without = conf_remove(text, cluster.nodes[1].section);
	check(!strcmp(without, HEAD "\n" NODE_A "\n# Of all in town:\n\n# mirrored\n[Mirror]\n"),
	      "comments above a node stay, those in it go");
	forget(&conf, &cluster);
	free(without);

	read_text(&conf, &cluster, NODE_A "\n" HEAD "\n" NODE_B "Keepalive = 5");
	without = conf_remove(NODE_A "\n" HEAD "\n" NODE_B "Keepalive = 5",
			      cluster.nodes[1].section);
	check(!strcmp(without, NODE_A "\n" HEAD), "one at the end goes");
	free(without);
	without = conf_add_node(&conf, NODE_A "\n" HEAD "\n" NODE_B "Keepalive = 5", SECTION);
	check(!strcmp(without, NODE_A "\n" HEAD "\n" NODE_B "Keepalive = 5\n\n" SECTION),
	      "a last line gets its end");
	free(without);
	without = conf_remove(NODE_A "\n" HEAD "\n" NODE_B "Keepalive = 5",
			      cluster.nodes[0].section);
	check(!strcmp(without, "\n" HEAD "\n" NODE_B "Keepalive = 5"), "the first one goes");
	free(without);
	forget(&conf, &cluster);
}

static void check_names(FILE *real_stderr)
{
	static const char text[] =
		HEAD NODE_A NODE_B "Relay = A\n"
		"[Device d]\nPublicKey = 335w5QIVRPSDS77mSp43if68S+gUcN9inK1t2wMyClw=\n"
		"Address = 10.6.0.3\nVia = A\n"
		"[VirtualRouter A]\nNodes = B,A\nDev = eth0\nVRID = 1\nPriority@B, A = 9\n"
		"Address = 10.0.0.1/24\n";
	struct cluster cluster;
	struct conf conf;
	char *said = NULL;
	size_t size;

	read_text(&conf, &cluster, text);
	check(!conf_names_node(&conf, &(struct conf_section){ .name = (char []){ "C" } }),
	      "a node that nobody names");
	stderr = open_memstream(&said, &size);
	check(conf_names_node(&conf, cluster.nodes[0].section), "one that is named");
	fclose(stderr);
	stderr = real_stderr;
	check(!strcmp(said,
		      "f:3: Hub: this is node A, which cannot be removed before: another node expected, or no such line\n"
		      "f:11: Relay: this is node A, which cannot be removed before: another node expected, or no such line\n"
		      "f:15: Via: this is node A, which cannot be removed before: another node expected, or no such line\n"
		      "f:17: Nodes: node A is among them, and cannot be removed before: the others expected\n"
		      "f:20: Priority@: this is for node A, which cannot be removed before: another node expected, or no such line\n"),
	      "each line that names it is said");
	free(said);
	forget(&conf, &cluster);
}

/**
 * check_edit() - Check it.
 */
void check_edit(void)
{
	unsigned int i;

	for (i = 0; i < sizeof(additions) / sizeof(additions[0]); i++)
		check_addition(i);
	check_removal();
	check_names(stderr);
}
