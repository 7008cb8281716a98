// SPDX-License-Identifier: GPL-2.0
/*
 * Our table of nftables. What nft lists is not what it was given, and not the same in
 * all its versions. So the table carries a seal, a chain without rules whose comment has
 * a hash of what was given, and one of what was listed then: as long as both fit, it is
 * as it shall be, and nobody has changed it.
 */
#include <nftables/libnftables.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

#define TABLE "inet kcluster"
#define SEAL_START "\n\tchain seal {\n\t\tcomment \""
#define SEAL_END "\"\n\t}\n"
/* Each of both. */
#define HASH_BYTES 16
#define HASH_TEXT (2 * HASH_BYTES)
/* Counters are no difference, and names need /etc/protocols. */
#define FLAGS (NFT_CTX_OUTPUT_STATELESS | NFT_CTX_OUTPUT_NUMERIC_PROTO)

static void seal_text(const char *given, const char *listed, char *text)
{
	const char *parts[] = { given, listed };
	uint8_t hash[HASH_BYTES];
	unsigned int i;

	for (i = 0; i < 2; i++) {
		crypto_generichash(hash, sizeof(hash), (const uint8_t *)parts[i], strlen(parts[i]),
				   NULL, 0);
		sodium_bin2hex(text + i * HASH_TEXT, HASH_TEXT + 1, hash, sizeof(hash));
	}
}

/* Whether a table is what was given, untouched. */
static bool is_sealed(const char *table, const char *given)
{
	const char *seal = strstr(table, SEAL_START), *text;
	char *listed, wanted[2 * HASH_TEXT + 1];
	bool same;

	if (!seal)
		return false;
	text = seal + strlen(SEAL_START);
	if (strlen(text) < 2 * HASH_TEXT + strlen(SEAL_END) ||
	    strncmp(text + 2 * HASH_TEXT, SEAL_END, strlen(SEAL_END)))
		return false;
	if (asprintf(&listed, "%.*s%s", (int)(seal - table), table,
		     text + 2 * HASH_TEXT + strlen(SEAL_END)) < 0)
		listed = NULL;
	seal_text(given, need_memory(listed), wanted);
	same = !strncmp(text, wanted, 2 * HASH_TEXT);
	free(listed);
	return same;
}

/* What nft says has several lines, of which the first one says it. */
static enum status refused(const char *what, char *said)
{
	said[strcspn(said, "\n")] = '\0';
	if (strstr(said, "Operation not permitted"))
		error("nftables: %s needs CAP_NET_ADMIN (run as root or with sudo)", what);
	else
		error("nftables: %s: %s: a kernel with nf_tables, nf_nat and nft_fib expected ('modprobe nf_tables')",
		      what, *said ? said : "no reason given");
	free(said);
	return REFUSED;
}

/**
 * rules_read() - Read our table.
 * @table: Its text, to be freed; NULL if there is none.
 * @needed: There shall be one: that this kernel can have none is an error.
 *
 * Return: DONE or REFUSED.
 */
enum status rules_read(char **table, bool needed)
{
	char *said;

	*table = NULL;
	if (!nft_run("list table " TABLE "\n", FLAGS, &said)) {
		*table = said;
		return DONE;
	}
	if (!strstr(said, "No such file or directory") &&
	    (needed || !strstr(said, "not supported")))
		return refused("reading the table " TABLE, said);
	free(said);
	return DONE;
}

/**
 * rules_replace() - Put another table in the place of ours, all at once.
 * @table: Its text; NULL for none.
 *
 * Return: DONE; REFUSED if all is as before.
 */
enum status rules_replace(const char *table)
{
	char *commands, *said;
	int result;

	/* It can only be deleted if it is there. */
	if (asprintf(&commands, "add table " TABLE "\ndelete table " TABLE "\n%s", table ?: "") < 0)
		commands = NULL;
	result = nft_run(need_memory(commands), 0, &said);
	free(commands);
	if (result)
		return refused("writing the table " TABLE, said);
	free(said);
	return DONE;
}

static enum status seal(const char *given)
{
	char *listed, *commands, *said, text[2 * HASH_TEXT + 1];
	enum status status = rules_read(&listed, true);
	int result;

	if (status != DONE)
		return status;
	seal_text(given, listed ?: "", text);
	free(listed);
	if (asprintf(&commands, "add chain " TABLE " seal { comment \"%s\"; }\n", text) < 0)
		commands = NULL;
	result = nft_run(need_memory(commands), 0, &said);
	free(commands);
	if (result)
		return refused("sealing the table " TABLE, said);
	free(said);
	return DONE;
}

/**
 * rules_change() - Make our table what it shall be.
 * @work: The run.
 * @is: From rules_read().
 * @want: As it shall be, NULL for none.
 *
 * Return: DONE or REFUSED; then nothing has changed, unless a change was counted.
 */
enum status rules_change(struct work *work, const char *is, const char *want)
{
	enum status status;

	if (want ? is && is_sealed(is, want) : !is)
		return DONE;
	work->step = "firewall";
	work_tell(work, CHANGE("table", TABLE, !is ? "add" : want ? "set" : "del", .from = is,
			       .to = want));
	if (is)
		work_show(work, '-', copy_text(is));
	if (want)
		work_show(work, '+', copy_text(want));
	work->changes++;
	if (work->diff)
		return DONE;
	status = rules_replace(want);
	if (status != DONE) {
		work->changes--;
	} else if (want && seal(want) != DONE) {
		status = REFUSED;
		if (rules_replace(is) == DONE)
			work->changes--;
	}
	return status;
}
