// SPDX-License-Identifier: GPL-2.0
/*
 * What the module has, as commands of a batch.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "objects.h"

/* What is written into memory rather than to the user. */
struct text {
	char *start;
	size_t size;
	FILE *out;
};

static FILE *text_begin(struct text *text)
{
	text->out = need_memory(open_memstream(&text->start, &text->size));
	return text->out;
}

static char *text_end(struct text *text)
{
	fclose(text->out);
	return text->start;
}

/**
 * peer_text() - Write a peer as the command of a batch.
 * @peer: It.
 *
 * Return: The text, to be freed with free().
 */
char *peer_text(const struct peer *peer)
{
	struct text text;

	peer_save(text_begin(&text), peer);
	return text_end(&text);
}

/**
 * claim_text() - Write a claim as the command of a batch.
 * @claim: It.
 *
 * Return: The text, to be freed with free().
 */
char *claim_text(const struct claim *claim)
{
	struct text text;

	claim_save(text_begin(&text), claim);
	return text_end(&text);
}

/**
 * router_text() - Write a virtual router as the command of a batch.
 * @router: It.
 *
 * Return: The text, to be freed with free().
 */
char *router_text(const struct router *router)
{
	struct text text;

	router_save(text_begin(&text), router);
	return text_end(&text);
}

/**
 * clusterip_text() - Write a cluster IP as the command of a batch.
 * @ip: It.
 *
 * Return: The text, to be freed with free().
 */
char *clusterip_text(const struct clusterip *ip)
{
	struct text text;

	clusterip_save(text_begin(&text), ip);
	return text_end(&text);
}

/**
 * mirror_text() - Write the mirror as the command of a batch.
 * @mirror: It.
 *
 * Return: The text, to be freed with free().
 */
char *mirror_text(const struct mirror *mirror)
{
	struct mirror full = *mirror;
	struct text text;

	if (!(full.given & (1u << KCLUSTER_A_MIRROR_LIMIT)))
		full.limit = KCLUSTER_MIRROR_LIMIT;
	/* Who holds a packet until its flow is told tells it at once. */
	if (full.defer)
		full.from = KCLUSTER_MIRROR_FROM_NEW;
	text_begin(&text);
	fprintf(text.out, "mirror set %s", full.on ? "on" : "off");
	if (full.on)
		mirror_print_settings(text.out, &full);
	return text_end(&text);
}

/**
 * file_text() - Write which cluster file peers are told of; there is no command for it.
 * @file: As from conf_hash(), 0 for none.
 *
 * Return: The text, empty for none, to be freed with free().
 */
char *file_text(uint64_t file)
{
	struct text text;

	text_begin(&text);
	if (file)
		fprintf(text.out, "cluster file %016" PRIx64, file);
	return text_end(&text);
}
