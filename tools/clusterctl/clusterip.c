// SPDX-License-Identifier: GPL-2.0
/*
 * A cluster IP as the tool knows it, and how it is written.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "block.h"
#include "clusterip.h"
#include "words.h"

/**
 * clusterip_free() - Give back what a cluster IP holds; it is empty afterwards.
 * @ip: The cluster IP.
 */
void clusterip_free(struct clusterip *ip)
{
	unsigned int i, j;

	router_free(&ip->holder);
	for (i = 0; i < ip->bucket_count; i++) {
		free(ip->buckets[i].owner);
		for (j = 0; j < KCLUSTER_CLUSTERIP_SUCCESSORS_MAX; j++)
			free(ip->buckets[i].successors[j]);
	}
	for (i = 0; i < ip->member_count; i++)
		free(ip->members[i].name);
	free(ip->buckets);
	free(ip->members);
	free(ip->router);
	free(ip->follow);
	free(ip->authority_name);
	free(ip->name);
	free(ip->ifname);
	free(ip->reason);
	memset(ip, 0, sizeof(*ip));
}

/**
 * clusterips_free() - Give back what several cluster IPs hold.
 * @ips: They; none afterwards.
 */
void clusterips_free(struct clusterips *ips)
{
	unsigned int i;

	for (i = 0; i < ips->count; i++)
		clusterip_free(&ips->list[i]);
	free(ips->list);
	ips->list = NULL;
	ips->count = 0;
}

/**
 * clusterips_find() - Find a cluster IP by its name.
 * @all: All of them.
 * @name: The name.
 *
 * Return: The cluster IP, or NULL.
 */
struct clusterip *clusterips_find(const struct clusterips *all, const char *name)
{
	unsigned int i;

	for (i = 0; i < all->count; i++)
		if (!strcmp(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

/**
 * clusterip_state_text() - The word for the state of a cluster IP.
 * @state: enum kcluster_clusterip_state.
 *
 * Return: The word; "unknown" for a state newer than this tool.
 */
const char *clusterip_state_text(uint8_t state)
{
	static const char * const names[] = {
		[KCLUSTER_CLUSTERIP_STATE_WAITING] = "waiting",
		[KCLUSTER_CLUSTERIP_STATE_IDLE] = "idle",
		[KCLUSTER_CLUSTERIP_STATE_SERVING] = "serving",
		[KCLUSTER_CLUSTERIP_STATE_GONE] = "gone",
	};

	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "unknown";
}

/**
 * clusterip_hash_text() - The word for what decides whom a packet belongs to.
 * @hash: enum kcluster_clusterip_hash.
 *
 * Return: The word; "unknown" for one newer than this tool.
 */
const char *clusterip_hash_text(uint8_t hash)
{
	return word_for(clusterip_hash_words, hash) ?: "unknown";
}

static bool has_bit(const uint8_t *bits, unsigned int i)
{
	return bits[i / 8] & (1u << i % 8);
}

/* Cuts "FROM-TO" or "ONE" off; NULL if it is neither. */
static const char *take_range(const char *text, unsigned long *from, unsigned long *to)
{
	char *end;

	if (*text < '0' || *text > '9')
		return NULL;
	*from = strtoul(text, &end, 10);
	*to = *from;
	if (*end == '-') {
		if (end[1] < '0' || end[1] > '9')
			return NULL;
		*to = strtoul(end + 1, &end, 10);
	}
	if (!*from || *to < *from || *to > KCLUSTER_CLUSTERIP_NODES_MAX)
		return NULL;
	return end;
}

/**
 * clusterip_parse_nodes() - Read a list of nodes such as 1,5-8.
 * @text: What the user wrote; "none" for none.
 * @bits: Set, bit N - 1 for node N.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is no such list.
 */
int clusterip_parse_nodes(const char *text, uint8_t *bits, const char **why)
{
	unsigned long from, to;

	*why = "numbers of nodes such as 1 or 1,5-8 (from 1 to 512), or none,";
	memset(bits, 0, CLUSTERIP_BITS);
	if (!strcmp(text, "none"))
		return 0;
	for (;;) {
		text = take_range(text, &from, &to);
		if (!text || (*text && *text != ','))
			return -1;
		for (; from <= to; from++)
			bits[(from - 1) / 8] |= (uint8_t)(1u << (from - 1) % 8);
		if (!*text)
			return 0;
		text++;
	}
}

/**
 * clusterip_nodes_text() - Write a list of nodes.
 * @bits: Bit N - 1 for node N.
 * @text: Buffer of CLUSTERIP_LIST_MAX bytes.
 *
 * Return: @text, "none" for none.
 */
const char *clusterip_nodes_text(const uint8_t *bits, char *text)
{
	unsigned int i, end;
	size_t used = 0;

	snprintf(text, CLUSTERIP_LIST_MAX, "none");
	for (i = 0; i < KCLUSTER_CLUSTERIP_NODES_MAX; i = end + 1) {
		for (end = i; end < KCLUSTER_CLUSTERIP_NODES_MAX && has_bit(bits, end); end++)
			;
		if (end == i)
			continue;
		used += (size_t)snprintf(text + used, CLUSTERIP_LIST_MAX - used, "%s%u",
					 used ? "," : "", i + 1);
		if (end - i > 1)
			used += (size_t)snprintf(text + used, CLUSTERIP_LIST_MAX - used, "-%u",
						 end);
	}
	return text;
}

/**
 * mac_text() - Write a MAC.
 * @mac: Six bytes.
 * @text: Buffer of MAC_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *mac_text(const uint8_t *mac, char *text)
{
	snprintf(text, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		 mac[3], mac[4], mac[5]);
	return text;
}

/**
 * mac_parse() - Read a MAC.
 * @text: What the user wrote.
 * @mac: Six bytes, filled in.
 *
 * Return: 0, or -1 when @text is none.
 */
int mac_parse(const char *text, uint8_t *mac)
{
	unsigned int octets[6], i;
	int length = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%n", &octets[0], &octets[1], &octets[2],
		   &octets[3], &octets[4], &octets[5], &length) != 6 || text[length] ||
	    strspn(text, "0123456789abcdefABCDEF:") != (size_t)length)
		return -1;
	for (i = 0; i < 6; i++)
		mac[i] = (uint8_t)octets[i];
	return 0;
}

static int length_of(const struct vip *vip)
{
	return vip->prefixlen < 0 ? vip->address.length * 8 : vip->prefixlen;
}

static bool same_address(const struct vip *wanted, const struct vip *present)
{
	return wanted->address.length == present->address.length &&
	       !memcmp(wanted->address.bytes, present->address.bytes, wanted->address.length) &&
	       length_of(wanted) == length_of(present) && wanted->local == present->local &&
	       (!wanted->has_scope || wanted->scope == present->scope);
}

/* Of what peers divide, what cannot be changed. */
static bool same_share(const struct clusterip *wanted, const struct clusterip *present)
{
	return !strcmp(wanted->router, present->router) && wanted->vmac == present->vmac &&
	       wanted->hash == present->hash && wanted->seed == present->seed &&
	       wanted->lease == present->lease && wanted->bucket_total == present->bucket_total;
}

/* Does it have nodes of the same kind, or follow the same one? */
static bool same_nodes(const struct clusterip *wanted, const struct clusterip *present)
{
	if (wanted->follow || present->follow)
		return wanted->follow && present->follow &&
		       !strcmp(wanted->follow, present->follow);
	if (wanted->mode != present->mode)
		return false;
	return !clusterip_is_shared(wanted) || same_share(wanted, present);
}

/**
 * clusterip_same_place() - Is a cluster IP where it is wanted to be?
 * @wanted: As the command line says; without a MAC any will do.
 * @present: As the kernel has it.
 */
bool clusterip_same_place(const struct clusterip *wanted, const struct clusterip *present)
{
	unsigned int i;

	if (strcmp(wanted->ifname, present->ifname) ||
	    wanted->holder.address_count != present->holder.address_count ||
	    (clusterip_has(wanted, KCLUSTER_A_CLUSTERIP_MAC) &&
	     memcmp(wanted->mac, present->mac, sizeof(wanted->mac))) ||
	    !same_nodes(wanted, present))
		return false;
	for (i = 0; i < wanted->holder.address_count; i++)
		if (!same_address(&wanted->holder.addresses[i], &present->holder.addresses[i]))
			return false;
	return true;
}

/* How peers divide it. */
static void save_share(FILE *out, const struct clusterip *ip)
{
	char lease[TIME_TEXT_MAX];

	fprintf(out, "nodes peers router ");
	word_quote(out, ip->router);
	fprintf(out, " weight %u on-partition %s successors %u lease %s buckets %u",
		(unsigned int)ip->weight, word_for(clusterip_partition_words, ip->on_partition),
		(unsigned int)ip->successors, time_text(ip->lease, lease),
		(unsigned int)ip->bucket_total);
}

static void save_nodes(FILE *out, const struct clusterip *ip)
{
	char nodes[CLUSTERIP_LIST_MAX];

	if (clusterip_is_shared(ip))
		save_share(out, ip);
	else
		fprintf(out, "nodes static %u local %s", (unsigned int)ip->nodes,
			clusterip_nodes_text(ip->local, nodes));
	if (ip->gateway)
		fprintf(out, " gateway on");
}

/**
 * clusterip_save() - Write a cluster IP as it is configured, for a batch.
 * @out: Where to.
 * @ip: The cluster IP.
 */
void clusterip_save(FILE *out, const struct clusterip *ip)
{
	char mac[MAC_TEXT_MAX];
	unsigned int i, run;

	fprintf(out, "clusterip add ");
	word_quote(out, ip->name);
	fprintf(out, " dev ");
	word_quote(out, ip->ifname);
	fprintf(out, " mac %s ", ip->vmac ? "vmac" : mac_text(ip->mac, mac));
	if (ip->follow) {
		fprintf(out, "follow ");
		word_quote(out, ip->follow);
	} else {
		fprintf(out, "hash %s seed %" PRIu32 " \\\n\t", clusterip_hash_text(ip->hash),
			ip->seed);
		save_nodes(out, ip);
	}
	for (i = 0; i < ip->holder.address_count; i += run) {
		run = block_run(&ip->holder, i, false);
		fprintf(out, " \\\n\t");
		router_save_addresses(out, &ip->holder.addresses[i], run);
	}
	fputc('\n', out);
}
