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
#include "module.h"
#include "upgrade.h"
#include "value.h"
#include "words.h"

static bool wants_peer(const struct objects *want, const char *name)
{
	unsigned int i;

	for (i = 0; i < want->peers.count; i++)
		if (!strcmp(want->peers.list[i].name, name))
			return true;
	return false;
}

static bool wants_router(const struct objects *want, const char *name)
{
	unsigned int i;

	for (i = 0; i < want->routers.count; i++)
		if (!strcmp(want->routers.list[i].name, name))
			return true;
	return false;
}

static bool wants_clusterip(const struct objects *want, const char *name)
{
	unsigned int i;

	for (i = 0; i < want->ips.count; i++)
		if (!strcmp(want->ips.list[i].name, name))
			return true;
	return false;
}

static bool wants_claim(const struct objects *want, const char *name)
{
	unsigned int i;

	for (i = 0; i < want->claims.count; i++)
		if (!strcmp(want->claims.list[i].name, name))
			return true;
	return false;
}

/* A module that knows none of them has none. */
static void print_others(FILE *out, const struct objects *want)
{
	struct claims claims = { 0 };
	struct values values = { 0 };
	unsigned int i;

	if (!claims_try_get(&claims))
		for (i = 0; i < claims.count; i++)
			if (!wants_claim(want, claims.list[i].name))
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

/**
 * kept_text() - Write what a cluster file does not bring back.
 * @is: What the module has.
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
		if (!wants_peer(want, is->peers.list[i].name))
			print_text(out, peer_text(&is->peers.list[i]));
	if (module_try_there())
		print_others(out, want);
	if (is->mirror.on && !want->mirror.on)
		print_text(out, mirror_text(&is->mirror));
	for (i = 0; i < is->routers.count; i++) {
		const struct router *router = &is->routers.list[i];

		if (!wants_router(want, router->name))
			print_text(out, router_text(router));
	}
	for (i = 0; i < is->routers.count && !standby; i++) {
		const struct router *router = &is->routers.list[i];

		if (router->standby && router->standby_time)
			fprintf(out, KEPT_STANDBY "%s for %ums\n", router->name,
				(unsigned int)router->standby_time);
		else if (router->standby)
			fprintf(out, KEPT_STANDBY "%s\n", router->name);
	}
	for (i = 0; i < is->ips.count; i++)
		if (!wants_clusterip(want, is->ips.list[i].name))
			print_text(out, clusterip_text(&is->ips.list[i]));
	fclose(out);
	return text;
}
