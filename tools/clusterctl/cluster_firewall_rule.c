// SPDX-License-Identifier: GPL-2.0
/*
 * A rule of the firewall out of its line:
 *
 *	Accept = FROM to TO [ PROTOCOL [ PORTS ] ]	and so Drop and Reject
 *	Publish = PROTOCOL PORTS [ at ADDRESS ] [ to ADDRESS[:PORT] ]
 *	SNAT = FROM to TO as { ADDRESS | masquerade }
 *
 * where FROM and TO are zones, with commas between them, a prefix, or both.
 */
#include <stdlib.h>
#include <string.h>

#include "cluster_firewall.h"

static const struct word zone_words[] = {
	{ "outside", ZONE_OUTSIDE },
	{ "lan", ZONE_LAN },
	{ "vpn", ZONE_VPN },
	{ "pods", ZONE_PODS },
	{ "node", ZONE_NODE },
	{ "any", ZONE_ANY },
	{ NULL, 0 },
};

static const struct word protocol_words[] = {
	{ "tcp", 6 },
	{ "udp", 17 },
	{ "sctp", 132 },
	{ "icmp", PROTO_ICMP },
	{ "igmp", 2 },
	{ "gre", 47 },
	{ "esp", 50 },
	{ "ah", 51 },
	{ NULL, 0 },
};

/**
 * struct reader - A line that is being read.
 * @cluster: For complaints.
 * @line: The line.
 * @at: The next word of it.
 */
struct reader {
	struct cluster *cluster;
	const struct conf_line *line;
	int at;
};

/* The next word, NULL at the end. */
static const char *next(const struct reader *reader)
{
	return reader->at < reader->line->value.count ? reader->line->value.list[reader->at] : NULL;
}

static bool skip(struct reader *reader, const char *word)
{
	const char *now = next(reader);

	if (!now || strcmp(now, word))
		return false;
	reader->at++;
	return true;
}

/* Words that are whole here: these can be names of devices elsewhere. */
static int find_whole(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (!strcmp(words->text, text))
			return words->value;
	return WORD_UNKNOWN;
}

static bool take_zones(const char *text, unsigned int *zones)
{
	char *copy = copy_text(text), *rest = copy, *name;
	bool good = true;

	*zones = 0;
	while ((name = strsep(&rest, ","))) {
		int zone = find_whole(zone_words, name);

		if (zone < 0)
			good = false;
		else
			*zones |= (unsigned int)zone;
	}
	free(copy);
	return good;
}

/* One that is too long is none, but nothing else is meant: it is complained about. */
static bool take_network(const struct reader *reader, const char *text, struct net_prefix *prefix)
{
	const char *why;

	if (text && !prefix_parse(text, prefix, &why)) {
		prefix_clear_host(prefix);
		return true;
	}
	if (!text || !prefix->address.length) {
		prefix->address.length = 0;
		return false;
	}
	conf_wrong(reader->cluster->conf, reader->line->number, "%s: '%s' given, %s expected",
		   reader->line->key->name, text, why);
	prefix->address.length = 0;
	return true;
}

static bool take_end(struct reader *reader, struct rule_end *end, unsigned int allowed)
{
	const char *text = next(reader);

	if (text && take_zones(text, &end->zones) &&
	    (end->zones == ZONE_ANY || !(end->zones & ~allowed))) {
		end->zones &= allowed;
		reader->at++;
		if (take_network(reader, next(reader), &end->prefix))
			reader->at++;
		return true;
	}
	end->zones = allowed;
	if (take_network(reader, text, &end->prefix)) {
		reader->at++;
		return true;
	}
	conf_wrong(reader->cluster->conf, reader->line->number,
		   "%s: %s%s%s given, any or some of outside,lan,vpn,pods%s expected, or a prefix",
		   reader->line->key->name, text ? "'" : "nothing", text ?: "", text ? "'" : "",
		   allowed & ZONE_NODE ? ",node" : "");
	return false;
}

static bool take_ends(struct reader *reader, struct rule *rule, unsigned int allowed)
{
	if (!take_end(reader, &rule->from, ZONE_AWAY))
		return false;
	if (!skip(reader, "to")) {
		conf_wrong(reader->cluster->conf, reader->line->number,
			   "%s: behind where it comes from, 'to' and where it goes to expected, as in 'lan to outside'",
			   reader->line->key->name);
		return false;
	}
	return take_end(reader, &rule->to, allowed);
}

static bool take_protocol(struct reader *reader, struct rule *rule)
{
	const char *text = next(reader), *why;
	uint32_t number;
	int protocol;

	protocol = text ? find_whole(protocol_words, text) : WORD_UNKNOWN;
	if (protocol < 0 && text && !parse_number(text, 0, 255, &number, &why))
		protocol = (int)number;
	if (protocol < 0) {
		conf_wrong(reader->cluster->conf, reader->line->number,
			   "%s: %s%s%s given, a protocol expected: tcp, udp, sctp, icmp, igmp, gre, esp, ah or a number",
			   reader->line->key->name, text ? "'" : "nothing", text ?: "",
			   text ? "'" : "");
		return false;
	}
	reader->at++;
	rule->protocol = protocol;
	return true;
}

static bool has_ports(const struct rule *rule)
{
	return rule->protocol == 6 || rule->protocol == 17 || rule->protocol == 132;
}

static int by_port(const void *a, const void *b)
{
	return ((const struct port_range *)a)->first - ((const struct port_range *)b)->first;
}

/* Sorted, and those that overlap are one. */
static void join_ports(struct rule *rule)
{
	unsigned int i, last = 0;

	qsort(rule->ports, rule->port_count, sizeof(rule->ports[0]), by_port);
	for (i = 1; i < rule->port_count; i++) {
		if (rule->ports[i].first > rule->ports[last].last)
			rule->ports[++last] = rule->ports[i];
		else if (rule->ports[i].last > rule->ports[last].last)
			rule->ports[last].last = rule->ports[i].last;
	}
	rule->port_count = last + 1;
}

static bool parse_ports(const char *text, struct rule *rule)
{
	char *copy = copy_text(text), *rest = copy, *one;
	bool good = true;
	const char *why;

	while (good && (one = strsep(&rest, ","))) {
		char *first = strsep(&one, "-");
		uint32_t from = 0, to;

		good = rule->port_count < FIREWALL_PORTS_MAX &&
		       !parse_number(first, 1, UINT16_MAX, &from, &why);
		to = from;
		if (good && one)
			good = !parse_number(one, from, UINT16_MAX, &to, &why);
		if (!good)
			break;
		rule->ports[rule->port_count].first = (uint16_t)from;
		rule->ports[rule->port_count++].last = (uint16_t)to;
	}
	free(copy);
	return good;
}

static bool take_ports(struct reader *reader, struct rule *rule)
{
	const char *text = next(reader);

	if (text && has_ports(rule) && parse_ports(text, rule)) {
		join_ports(rule);
		reader->at++;
		return true;
	}
	conf_wrong(reader->cluster->conf, reader->line->number,
		   "%s: %s%s%s given, ports of tcp, udp or sctp expected, such as 80 or 80,443,30000-32767, at most %d",
		   reader->line->key->name, text ? "'" : "nothing", text ?: "", text ? "'" : "",
		   FIREWALL_PORTS_MAX);
	return false;
}

/* "ADDRESS", "ADDRESS:PORT" or "[ADDRESS]:PORT"; false if it is none of them. */
static bool parse_target(const char *text, struct rule *rule)
{
	char *copy = copy_text(text), *host, *port;
	uint32_t number = 0;
	const char *why;
	bool good;

	good = split_endpoint(copy, &host, &port) && !parse_address(host, &rule->target, &why) &&
	       (!port || !parse_number(port, 1, UINT16_MAX, &number, &why));
	rule->target_port = (uint16_t)number;
	free(copy);
	return good;
}

static bool take_publish(struct reader *reader, struct rule *rule)
{
	struct conf *conf = reader->cluster->conf;
	unsigned int number = reader->line->number;
	const char *text;

	rule->from.zones = ZONE_AWAY;
	rule->to.zones = ZONE_NODE;
	if (!take_protocol(reader, rule) || !take_ports(reader, rule))
		return false;
	if (skip(reader, "at")) {
		text = next(reader);
		if (!text || strchr(text, '/') || !take_network(reader, text, &rule->to.prefix)) {
			conf_wrong(conf, number, "Publish: behind 'at' an address expected, that of this node at which it is published");
			return false;
		}
		reader->at++;
	}
	if (!skip(reader, "to"))
		return true;
	text = next(reader);
	if (!text || !parse_target(text, rule)) {
		conf_wrong(conf, number, "Publish: behind 'to' the address that offers it expected, with a port if that is another one: 10.10.0.100, 10.10.0.100:80 or [fd10::64]:80");
		return false;
	}
	reader->at++;
	if (!rule->target_port || (rule->port_count == 1 &&
				   rule->ports[0].first == rule->ports[0].last))
		return true;
	conf_wrong(conf, number, "Publish: several ports cannot all become port %u: one port expected, or no port behind the address",
		   (unsigned int)rule->target_port);
	return false;
}

static bool take_snat(struct reader *reader, struct rule *rule)
{
	struct conf *conf = reader->cluster->conf;
	unsigned int number = reader->line->number;
	const char *text, *why;

	if (!take_ends(reader, rule, ZONE_AWAY))
		return false;
	if (rule->from.zones & ZONE_OUTSIDE && !rule->from.prefix.address.length) {
		conf_wrong(conf, number, "SNAT: what comes from outside keeps its source: lan, vpn, pods or a prefix expected");
		return false;
	}
	if (skip(reader, "as")) {
		if (skip(reader, "masquerade"))
			return true;
		text = next(reader);
		if (text && !parse_address(text, &rule->target, &why)) {
			reader->at++;
			return true;
		}
	}
	conf_wrong(conf, number, "SNAT: 'as ADDRESS' or 'as masquerade' expected behind where it goes to, the address best a virtual one of the gateway");
	return false;
}

static bool take_filter(struct reader *reader, struct rule *rule)
{
	if (!take_ends(reader, rule, ZONE_ANY))
		return false;
	if (!next(reader))
		return true;
	if (!take_protocol(reader, rule))
		return false;
	return !next(reader) || take_ports(reader, rule);
}

/**
 * rule_has_ports() - Has a rule all of these ports?
 * @rule: The rule.
 * @first: The first of them.
 * @last: The last one.
 */
bool rule_has_ports(const struct rule *rule, uint16_t first, uint16_t last)
{
	unsigned int i, next = first;

	/* They are sorted. */
	for (i = 0; i < rule->port_count && next <= last; i++)
		if (rule->ports[i].first <= next && rule->ports[i].last >= next)
			next = rule->ports[i].last + 1u;
	return !rule->port_count || next > last;
}

/**
 * rule_family() - The family of addresses that a rule is for.
 * @rule: The rule.
 *
 * Return: Length of its addresses in bytes, 0 for both families, 1 if it names some of
 * both and so is for none.
 */
uint8_t rule_family(const struct rule *rule)
{
	const uint8_t lengths[] = { rule->from.prefix.address.length,
				    rule->to.prefix.address.length, rule->target.length };
	uint8_t family = 0;
	unsigned int i;

	for (i = 0; i < 3; i++) {
		if (family && lengths[i] && family != lengths[i])
			return 1;
		if (lengths[i])
			family = lengths[i];
	}
	/* What IPv6 is for has no need of masks. */
	return !family && rule->action == RULE_SNAT ? 4 : family;
}

/**
 * take_rule() - Read a rule.
 * @cluster: For complaints.
 * @line: Where it stands.
 * @rule: Filled in; starts out zeroed.
 *
 * Return: Whether it was right.
 */
bool take_rule(struct cluster *cluster, const struct conf_line *line, struct rule *rule)
{
	static const struct word action_words[] = {
		{ "Accept", RULE_ACCEPT }, { "Drop", RULE_DROP }, { "Reject", RULE_REJECT },
		{ "Publish", RULE_PUBLISH }, { "SNAT", RULE_SNAT }, { NULL, 0 },
	};
	struct reader reader = { .cluster = cluster, .line = line };
	bool good;

	rule->line = line;
	rule->protocol = PROTO_ALL;
	rule->action = (enum rule_action)find_whole(action_words, line->key->name);
	good = rule->action == RULE_PUBLISH ? take_publish(&reader, rule) :
	       rule->action == RULE_SNAT ? take_snat(&reader, rule) : take_filter(&reader, rule);
	if (!good)
		return false;
	if (next(&reader)) {
		conf_wrong(cluster->conf, line->number, "%s: '%s' is too much, a rule ends before it",
			   line->key->name, next(&reader));
		return false;
	}
	if (rule_family(rule) == 1) {
		conf_wrong(cluster->conf, line->number,
			   "%s: it names IPv4 and IPv6, and no packet is both: two lines expected, each with addresses of one kind",
			   line->key->name);
		return false;
	}
	return true;
}
