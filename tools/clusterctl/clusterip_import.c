// SPDX-License-Identifier: GPL-2.0
/*
 * Rules of ipt_CLUSTERIP become cluster IPs.
 *
 * Half a cluster would be worse than none: what cannot be done as the rule says
 * is an error, and there is no batch.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "clusterip_import.h"
#include "keepalived_report.h"
#include "parse.h"
#include "words.h"

/* As many as the module takes in a network namespace. */
#define ADDRESSES_MAX KCLUSTER_VRRP_ADDRESSES_MAX

/* What a rule says; 0 or NULL where it says nothing. */
struct rule {
	const char *address;
	const char *device;
	const char *mode;
	const char *mac;
	const char *total;
	const char *local;
	const char *seed;
	bool is_new;
};

static const struct word modes[] = {
	{ "sourceip", KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP },
	{ "sourceip-sourceport", KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP_PORT },
	{ "sourceip-sourceport-destport", KCLUSTER_CLUSTERIP_HASH_LEGACY_SOURCE_IP_PORT_DEST_PORT },
	{ NULL, 0 },
};

static int fail(struct cip_import *import, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail(struct cip_import *import, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(import->error, sizeof(import->error), format, args);
	va_end(args);
	return -1;
}

/* --- the words of a rule -------------------------------------------------- */

static const char **place_of(struct rule *rule, const char *option)
{
	const struct {
		const char *option;
		const char **place;
	} known[] = {
		{ "-d", &rule->address },
		{ "-i", &rule->device },
		{ "--hashmode", &rule->mode },
		{ "--clustermac", &rule->mac },
		{ "--total-nodes", &rule->total },
		{ "--local-node", &rule->local },
		{ "--hash-init", &rule->seed },
	};
	unsigned int i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].option, option))
			return known[i].place;
	return NULL;
}

/* @word: behind the name of the chain. */
static int take_words(struct cip_import *import, struct rule *rule, char **word)
{
	for (; *word; word++) {
		const char **place = place_of(rule, *word);

		if (!strcmp(*word, "--new")) {
			rule->is_new = true;
			continue;
		}
		if (word[1] && ((!strcmp(*word, "-j") && !strcmp(word[1], "CLUSTERIP")) ||
				(!strcmp(*word, "-m") && !strcmp(word[1], "comment")) ||
				!strcmp(*word, "--comment"))) {
			word++;
			continue;
		}
		if (!place)
			return fail(import, "'%s' restricts it, and a cluster IP is for all packets to its address: a rule with no conditions but -d and -i expected",
				    *word);
		if (!word[1])
			return fail(import, "%s: a value expected", *word);
		*place = *++word;
	}
	return 0;
}

/* --- what it means -------------------------------------------------------- */

static int take_address(struct cip_import *import, const struct rule *rule, struct ipaddr *address)
{
	const char *why;
	int length = -1;

	if (!rule->address)
		return fail(import, "-d expected: the address that the nodes share");
	if (parse_prefix(rule->address, address, &length, &why) || address->length != 4 ||
	    (length >= 0 && length != 32))
		return fail(import, "-d: '%s' given, one IPv4 address such as 192.0.2.1/32 expected",
			    rule->address);
	return 0;
}

static int take_number(struct cip_import *import, const char *option, const char *text,
		       uint32_t least, uint32_t most, uint32_t *number)
{
	const char *why;

	if (!text)
		return fail(import, "%s expected", option);
	if (parse_number(text, least, most, number, &why))
		return fail(import, "%s: '%s' given, %s expected", option, text, why);
	return 0;
}

static int take_values(struct cip_import *import, const struct rule *rule, struct clusterip *ip)
{
	uint32_t total, local, seed;
	unsigned int i;

	if (!rule->device)
		return fail(import, "-i expected: the device at which clients come in");
	if (!*rule->device || strchr(rule->device, '+'))
		return fail(import, "-i: '%s' given, the name of one device expected", rule->device);
	if (!rule->mode)
		return fail(import, "--hashmode expected");
	for (i = 0; modes[i].text && strcmp(modes[i].text, rule->mode); i++)
		;
	if (!modes[i].text)
		return fail(import, "--hashmode: '%s' given, sourceip, sourceip-sourceport or sourceip-sourceport-destport expected",
			    rule->mode);
	if (!rule->mac || mac_parse(rule->mac, ip->mac) || !(ip->mac[0] & 1))
		return fail(import, "--clustermac: '%s' given, a multicast MAC such as 01:00:5e:00:01:01 expected",
			    rule->mac ?: "nothing");
	if (take_number(import, "--total-nodes", rule->total, 1, KCLUSTER_CLUSTERIP_NODES_MAX,
			&total) ||
	    take_number(import, "--local-node", rule->local, 1, total, &local) ||
	    take_number(import, "--hash-init", rule->seed ?: "0", 0, UINT32_MAX, &seed))
		return -1;
	ip->ifname = copy_text(rule->device);
	ip->hash = (uint8_t)modes[i].value;
	ip->nodes = (uint16_t)total;
	ip->seed = seed;
	ip->local[(local - 1) / 8] = (uint8_t)(1u << (local - 1) % 8);
	return 0;
}

static bool is_address_of(const struct clusterip *ip, const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < ip->holder.address_count; i++)
		if (!memcmp(ip->holder.addresses[i].address.bytes, address->bytes, 4))
			return true;
	return false;
}

static const struct clusterip *find(const struct cip_import *import, const struct ipaddr *address)
{
	unsigned int i;

	for (i = 0; i < import->ips.count; i++)
		if (is_address_of(&import->ips.list[i], address))
			return &import->ips.list[i];
	return NULL;
}

static bool are_alike(const struct clusterip *a, const struct clusterip *b)
{
	return !strcmp(a->ifname, b->ifname) && a->hash == b->hash && a->nodes == b->nodes &&
	       a->seed == b->seed && !memcmp(a->mac, b->mac, sizeof(a->mac)) &&
	       !memcmp(a->local, b->local, sizeof(a->local));
}

static void enter(struct cip_import *import, struct clusterip *ip, const struct ipaddr *address)
{
	struct clusterips *ips = &import->ips;
	struct vip *vip;
	char name[32];
	unsigned int i;

	for (i = 0; i < ips->count && !are_alike(&ips->list[i], ip); i++)
		;
	if (i == ips->count) {
		snprintf(name, sizeof(name), "clusterip%u", i + 1);
		ip->name = copy_text(name);
		ips->list = need_memory(realloc(ips->list, (i + 1) * sizeof(*ips->list)));
		import->lines = need_memory(realloc(import->lines,
						    (i + 1) * sizeof(*import->lines)));
		ips->list[i] = *ip;
		import->lines[i] = import->line;
		ips->count++;
	} else {
		clusterip_free(ip);
	}
	vip = router_new_address(&ips->list[i].holder);
	vip->address = *address;
	vip->prefixlen = 32;
	import->rules++;
}

/* A rule without --new has the settings of the one that made its address. */
static int take_rule(struct cip_import *import, char **words)
{
	struct clusterip ip = { 0 };
	struct rule rule = { 0 };
	struct ipaddr address;

	if (take_words(import, &rule, words) || take_address(import, &rule, &address))
		return -1;
	if (!rule.is_new) {
		if (find(import, &address))
			return 0;
		return fail(import, "a rule with --new for %s expected before this one",
			    rule.address);
	}
	if (find(import, &address))
		return fail(import, "%s has a rule with --new already, one expected", rule.address);
	if (import->rules == ADDRESSES_MAX)
		return fail(import, "more than %d addresses, which is what the module takes",
			    ADDRESSES_MAX);
	if (take_values(import, &rule, &ip)) {
		clusterip_free(&ip);
		return -1;
	}
	enter(import, &ip, &address);
	return 0;
}

/* --- lines ---------------------------------------------------------------- */

/* With -c there is before it how many packets and octets there were. */
static bool is_rule(const char *line)
{
	const char *end = *line == '[' ? strchr(line, ' ') : NULL;

	return !strncmp(end ? end + 1 : line, "-A ", 3);
}

static bool is_clusterip(const struct words *words, int chain)
{
	int i;

	for (i = chain; i + 1 < words->count; i++)
		if (!strcmp(words->list[i], "-j") && !strcmp(words->list[i + 1], "CLUSTERIP"))
			return true;
	return false;
}

static int take_line(struct cip_import *import, const char *line)
{
	struct words words = { 0 };
	const char *why = "";
	int at = 0, err = 0;

	if (!strstr(line, "CLUSTERIP")) {
		import->others += is_rule(line);
		return 0;
	}
	if (words_split(&words, line, &why) != WORDS_DONE) {
		words_free(&words);
		return fail(import, "%s: a line as iptables-save prints it expected", why);
	}
	if (words.count && *words.list[0] == '[')
		at++;
	if (words.count >= at + 2 && !strcmp(words.list[at], "-A")) {
		if (is_clusterip(&words, at + 2))
			err = take_rule(import, words.list + at + 2);
		else
			import->others++;
	} else if (is_clusterip(&words, at)) {
		err = fail(import, "'%s': a rule as iptables-save prints it expected, which begins with -A",
			   words.list[at]);
	}
	words_free(&words);
	return err;
}

/**
 * cip_import_read() - Read what iptables-save printed.
 * @import: All 0 before, filled in.
 * @in: Where to read it.
 *
 * Return: 0, or -1 with @import->line and @import->error.
 */
int cip_import_read(struct cip_import *import, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;
	int err = 0;

	while (!err && (length = getline(&line, &room, in)) >= 0) {
		import->line++;
		err = take_line(import, line);
	}
	free(line);
	if (!err && ferror(in))
		err = fail(import, "cannot be read");
	return err;
}

/**
 * cip_import_print() - Write the batch.
 * @out: Where to.
 * @import: The import.
 * @file: Where the rules were read.
 */
void cip_import_print(FILE *out, const struct cip_import *import, const char *file)
{
	unsigned int i;

	fprintf(out, "# Imported from ipt_CLUSTERIP's rules in ");
	ka_print_clean(out, file);
	fprintf(out, "\n# What was written to /proc/net/ipt_CLUSTERIP since is not in them: if this node has\n"
		     "# the numbers of others, too, add them behind 'local'.\n"
		     "# The module puts the addresses on the device: take them out of what did so before.\n");
	for (i = 0; i < import->ips.count; i++) {
		fprintf(out, "\n# line %u\n", import->lines[i]);
		clusterip_save(out, &import->ips.list[i]);
	}
}

/**
 * cip_import_free() - Give back what an import holds; it is empty afterwards.
 * @import: The import.
 */
void cip_import_free(struct cip_import *import)
{
	clusterips_free(&import->ips);
	free(import->lines);
	memset(import, 0, sizeof(*import));
}
