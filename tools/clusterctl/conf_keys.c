// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a cluster file and their keys, each of which kcluster.conf(5)
 * explains, and which of them somebody may have meant.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "conf.h"

/* Further than this nobody mistypes a word. */
#define WORD_MAX 31

static const struct conf_key cluster_keys[] = {
	{ "Name", NULL, 0 },
	{ "Interface", NULL, 0 },
	{ "Network", NULL, CONF_MANY | CONF_WORDS },
	{ "ListenPort", NULL, 0 },
	{ "Topology", NULL, 0 },
	{ "Hub", NULL, 0 },
	{ "MTU", NULL, 0 },
	{ "PeerInterval", "interval", 0 },
	{ "PeerLose", "lose", 0 },
	{ NULL, NULL, 0 },
};

static const struct conf_key node_keys[] = {
	{ "PublicKey", NULL, 0 },
	{ "Address", NULL, CONF_MANY | CONF_WORDS },
	{ "Endpoint", NULL, 0 },
	{ "Site", NULL, 0 },
	{ "SiteEndpoint", NULL, 0 },
	{ "BehindNAT", NULL, 0 },
	{ "Keepalive", NULL, 0 },
	{ "Relay", NULL, 0 },
	{ "AllowedIPs", NULL, CONF_MANY | CONF_WORDS },
	{ "Interface", NULL, 0 },
	{ "ListenPort", NULL, 0 },
	{ "MTU", NULL, 0 },
	{ "Weight", NULL, 0 },
	{ "PeerInterval", "interval", 0 },
	{ "PeerLose", "lose", 0 },
	{ "PeerPath", "path", CONF_MANY | CONF_WORDS },
	{ "Ssh", NULL, 0 },
	{ NULL, NULL, 0 },
};

static const struct conf_key device_keys[] = {
	{ "PublicKey", NULL, 0 },
	{ "Address", NULL, CONF_MANY | CONF_WORDS },
	{ "Via", NULL, 0 },
	{ NULL, NULL, 0 },
};

static const struct conf_key router_keys[] = {
	{ "Nodes", NULL, CONF_MANY | CONF_WORDS },
	{ "Dev", "dev", CONF_PER_NODE },
	{ "VRID", "vrid", CONF_PER_NODE },
	{ "State", "state", CONF_PER_NODE },
	{ "Priority", "priority", CONF_PER_NODE },
	{ "Interval", "interval", CONF_PER_NODE },
	{ "Version", "version", CONF_PER_NODE },
	{ "Family", "family", CONF_PER_NODE },
	{ "Preempt", "preempt", CONF_PER_NODE },
	{ "PreemptDelay", "preempt-delay", CONF_PER_NODE },
	{ "StartupDelay", "startup-delay", CONF_PER_NODE },
	{ "AuthPass", "auth-pass", CONF_PER_NODE },
	{ "Checksum", "checksum", CONF_PER_NODE },
	{ "VMAC", "vmac", CONF_PER_NODE },
	{ "Accept", "accept", CONF_PER_NODE },
	{ "OnIsolation", "on-isolation", CONF_PER_NODE },
	{ "Group", "group", CONF_PER_NODE },
	{ "Peer", "peer", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Witness", "witness", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Address", "address", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "AddressFrom", "address-from", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Route", "route", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Track", "track", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Path", "path", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Claim", NULL, CONF_MANY | CONF_WORDS },
	{ NULL, NULL, 0 },
};

static const struct conf_key clusterip_keys[] = {
	{ "Nodes", NULL, CONF_MANY | CONF_WORDS },
	{ "Dev", "dev", CONF_PER_NODE },
	{ "Address", "address", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "AddressFrom", "address-from", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "MAC", "mac", CONF_PER_NODE },
	{ "Hash", "hash", 0 },
	{ "Seed", "seed", 0 },
	{ "Total", NULL, 0 },
	{ "Local", NULL, CONF_PER_NODE },
	{ "Follow", "follow", 0 },
	{ "Gateway", "gateway", 0 },
	{ "Router", "router", 0 },
	{ "Weight", "weight", CONF_PER_NODE },
	{ "OnPartition", "on-partition", CONF_PER_NODE },
	{ "Successors", "successors", 0 },
	{ "Lease", "lease", 0 },
	{ "Buckets", "buckets", 0 },
	{ NULL, NULL, 0 },
};

static const struct conf_key mirror_keys[] = {
	{ "Nodes", NULL, CONF_MANY | CONF_WORDS },
	{ "From", "from", CONF_PER_NODE },
	{ "Limit", "limit", CONF_PER_NODE },
	{ "Defer", "defer", CONF_PER_NODE },
	{ "Only", "only", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Except", "except", CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ NULL, NULL, 0 },
};

static const struct conf_key firewall_keys[] = {
	{ "Nodes", NULL, CONF_MANY | CONF_WORDS },
	{ "LAN", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Pods", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Accept", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Drop", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Reject", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "Publish", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ "SNAT", NULL, CONF_PER_NODE | CONF_MANY | CONF_WORDS },
	{ NULL, NULL, 0 },
};

static const struct {
	const char *name;
	const struct conf_key *keys;
	bool has_name;
} kinds[CONF_KINDS] = {
	[CONF_CLUSTER] = { "Cluster", cluster_keys, false },
	[CONF_NODE] = { "Node", node_keys, true },
	[CONF_DEVICE] = { "Device", device_keys, true },
	[CONF_ROUTER] = { "VirtualRouter", router_keys, true },
	[CONF_CLUSTERIP] = { "ClusterIP", clusterip_keys, true },
	[CONF_MIRROR] = { "Mirror", mirror_keys, false },
	[CONF_FIREWALL] = { "Firewall", firewall_keys, false },
};

/**
 * conf_kind_text() - What a kind of section is called.
 * @kind: The kind.
 */
const char *conf_kind_text(enum conf_kind kind)
{
	return kinds[kind].name;
}

/**
 * conf_kind_has_name() - Whether sections of a kind have names.
 * @kind: The kind.
 */
bool conf_kind_has_name(enum conf_kind kind)
{
	return kinds[kind].has_name;
}

/**
 * conf_keys() - The keys of a kind of section.
 * @kind: The kind.
 *
 * Return: A table that ends with a key without a name.
 */
const struct conf_key *conf_keys(enum conf_kind kind)
{
	return kinds[kind].keys;
}

/**
 * conf_find_kind() - Find a kind of section.
 * @text: What it is called, in any case.
 * @length: Its length.
 *
 * Return: enum conf_kind, -1 if there is none such.
 */
int conf_find_kind(const char *text, size_t length)
{
	int kind;

	for (kind = 0; kind < CONF_KINDS; kind++)
		if (strlen(kinds[kind].name) == length &&
		    !strncasecmp(kinds[kind].name, text, length))
			return kind;
	return -1;
}

/* The same word, whatever its case; hyphens do not count. */
static bool same_key(const char *name, const char *text)
{
	for (; *text; text++) {
		if (*text == '-')
			continue;
		if (tolower((unsigned char)*name) != tolower((unsigned char)*text))
			return false;
		name++;
	}
	return !*name;
}

/**
 * conf_find_key() - Find a key of a section.
 * @kind: Kind of the section.
 * @text: What the user wrote.
 *
 * Return: The key, or NULL.
 */
const struct conf_key *conf_find_key(enum conf_kind kind, const char *text)
{
	const struct conf_key *key;

	for (key = kinds[kind].keys; key->name; key++)
		if (same_key(key->name, text))
			return key;
	return NULL;
}

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/**
 * conf_distance() - How many slips make one word out of the other.
 * @a: A word.
 * @b: Another one.
 *
 * A slip is a letter too much, too few, another one, or two in the wrong order;
 * case does not count.
 *
 * Return: Their number, WORD_MAX + 1 for words that are too long to be compared.
 */
unsigned int conf_distance(const char *a, const char *b)
{
	unsigned int rows[3][WORD_MAX + 1] = { { 0 } };
	size_t la = strlen(a), lb = strlen(b), i, j;

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX + 1;
	for (j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (i = 1; i <= la; i++) {
		unsigned int *row = rows[i % 3], *above = rows[(i + 2) % 3];
		const unsigned int *higher = rows[(i + 1) % 3];

		row[0] = (unsigned int)i;
		for (j = 1; j <= lb; j++) {
			int x = tolower((unsigned char)a[i - 1]);
			int y = tolower((unsigned char)b[j - 1]);

			row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == tolower((unsigned char)b[j - 2]) &&
			    y == tolower((unsigned char)a[i - 2]))
				row[j] = least(row[j], higher[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

/**
 * conf_is_near() - May somebody who wrote one word have meant the other?
 * @text: What was written.
 * @meant: The other one.
 */
bool conf_is_near(const char *text, const char *meant)
{
	unsigned int distance = conf_distance(text, meant);

	return distance <= 1 + strlen(meant) / 4 && distance < strlen(meant);
}

/**
 * conf_suggest_key() - The key that somebody may have meant.
 * @kind: Kind of the section.
 * @text: What was written.
 *
 * Return: Its name, or NULL.
 */
const char *conf_suggest_key(enum conf_kind kind, const char *text)
{
	unsigned int best = WORD_MAX, distance;
	const char *found = NULL;
	const struct conf_key *key;

	for (key = kinds[kind].keys; key->name; key++) {
		distance = conf_distance(text, key->name);
		if (distance >= best || !conf_is_near(text, key->name))
			continue;
		best = distance;
		found = key->name;
	}
	return found;
}

/**
 * conf_suggest_kind() - The kind of section that somebody may have meant.
 * @text: What was written.
 *
 * Return: What it is called, or NULL.
 */
const char *conf_suggest_kind(const char *text)
{
	int kind;

	for (kind = 0; kind < CONF_KINDS; kind++)
		if (conf_is_near(text, kinds[kind].name))
			return kinds[kind].name;
	return NULL;
}
