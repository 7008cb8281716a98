// SPDX-License-Identifier: GPL-2.0
/*
 * What the module was told by hand, and what a cluster file therefore does not bring
 * back: written as a batch. Pure, but for claims and values, of which more is known
 * than setup reads.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "claim.h"
#include "upgrade.h"
#include "value.h"
#include "words.h"

/* A module that knows none of them has none. */
static void print_others(FILE *out, const struct objects *want)
{
	struct claims claims = { 0 };
	struct values values = { 0 };
	unsigned int i;

	if (!claims_try_get(&claims))
		for (i = 0; i < claims.count; i++)
			if (!claims_find(&want->claims, claims.list[i].name))
				claim_save(out, &claims.list[i]);
	if (!values_try_get(&values))
		for (i = 0; i < values.count; i++)
			value_save(out, &values.list[i]);
	claims_free(&claims);
	values_free(&values);
}

static void print_text(FILE *out, char *text)
{
	size_t length = strlen(text);

	fputs(text, out);
	if (length && text[length - 1] != '\n')
		fputc('\n', out);
	free(text);
}

static void print_standby(FILE *out, const struct router *router)
{
	if (!router->standby)
		return;
	fprintf(out, KEPT_STANDBY);
	word_quote(out, router->name);
	if (router->standby_time)
		fprintf(out, " for %ums", (unsigned int)router->standby_time);
	fputc('\n', out);
}

/**
 * kept_text() - Write what a cluster file does not bring back.
 * @is: What the module, which is there, has.
 * @want: What it has by the file.
 * @standby: The whole node stands by.
 *
 * Return: Commands of a batch, one per line, to be freed with free().
 */
char *kept_text(const struct objects *is, const struct objects *want, bool standby)
{
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));
	unsigned int i;

	for (i = 0; i < is->peers.count; i++)
		if (!peers_find(&want->peers, is->peers.list[i].name, i))
			print_text(out, peer_text(&is->peers.list[i]));
	print_others(out, want);
	if (is->mirror.on && !want->mirror.on)
		print_text(out, mirror_text(&is->mirror));
	for (i = 0; i < is->routers.count; i++) {
		const struct router *router = &is->routers.list[i];

		if (!routers_find(&want->routers, router->name))
			print_text(out, router_text(router));
	}
	for (i = 0; i < is->routers.count && !standby; i++)
		print_standby(out, &is->routers.list[i]);
	for (i = 0; i < is->ips.count; i++)
		if (!clusterips_find(&want->ips, is->ips.list[i].name))
			print_text(out, clusterip_text(&is->ips.list[i]));
	fclose(out);
	return text;
}
