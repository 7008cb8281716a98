// SPDX-License-Identifier: GPL-2.0
/*
 * Who is in the VPN: each file of wg-quick tells what one machine knows of the others,
 * and together they tell all.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "wgquick_cluster.h"

static bool same_prefix(const struct net_prefix *a, const struct net_prefix *b)
{
	return a->length == b->length && a->address.length == b->address.length &&
	       !memcmp(a->address.bytes, b->address.bytes, a->address.length);
}

/* Once each. */
static void add_prefix(struct net_prefixes *prefixes, const struct net_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < prefixes->count; i++)
		if (same_prefix(&prefixes->list[i], prefix))
			return;
	prefixes->list = need_memory(realloc(prefixes->list, (prefixes->count + 1) *
					     sizeof(*prefixes->list)));
	prefixes->list[prefixes->count++] = *prefix;
}

static bool is_single(const struct net_prefix *prefix)
{
	return prefix->length == 8 * prefix->address.length;
}

static bool covers(const struct net_prefix *outer, const struct net_prefix *inner)
{
	return outer->address.length == inner->address.length &&
	       outer->length <= inner->length && prefix_contains(outer, &inner->address);
}

static bool is_inside(const struct wq_vpn *vpn, const struct net_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < vpn->networks.count; i++)
		if (covers(&vpn->networks.list[i], prefix))
			return true;
	return false;
}

/* Whether all of a network is reached by it. */
static bool is_around(const struct wq_vpn *vpn, const struct net_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < vpn->networks.count; i++)
		if (covers(prefix, &vpn->networks.list[i]))
			return true;
	return false;
}

/* --- the network -------------------------------------------------------------------- */

/* The smallest network that a peer of the file has and that the address is in. */
static bool network_by_peers(const struct wq_file *file, const struct net_prefix *address,
			     struct net_prefix *network)
{
	unsigned int i, j;
	bool found = false;

	for (i = 0; i < file->count; i++)
		for (j = 0; j < file->peers[i].allowed.count; j++) {
			const struct net_prefix *one = &file->peers[i].allowed.list[j];

			if (!one->length || is_single(one) || !covers(one, address) ||
			    (found && one->length <= network->length))
				continue;
			*network = *one;
			found = true;
		}
	return found;
}

static void add_network(struct wq_vpn *vpn, struct ka_report *report,
			const struct wq_file *file, const struct net_prefix *address)
{
	struct net_prefix network = *address;
	char text[PREFIX_TEXT_MAX];

	if (is_single(address) && is_inside(vpn, address))
		return;
	if (is_single(address) && !network_by_peers(file, address, &network)) {
		network.length = address->address.length == 16 ? 64 : 24;
		prefix_clear_host(&network);
		ka_remark(report, file->file, address->line, KA_CHANGED, NULL, "Address",
			  "the network of the VPN is not said, so it is %s: another 'Network' in [Cluster] if it is larger",
			  prefix_text(&network, text));
	}
	prefix_clear_host(&network);
	if (!is_inside(vpn, &network))
		add_prefix(&vpn->networks, &network);
}

/* Those that are said come before those that are guessed. */
static void find_networks(struct wq_vpn *vpn, struct ka_report *report,
			  const struct wq_file *files, unsigned int count)
{
	unsigned int i, j, pass;

	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < count; i++)
			for (j = 0; j < files[i].addresses.count; j++)
				if (is_single(&files[i].addresses.list[j]) == pass)
					add_network(vpn, report, &files[i],
						    &files[i].addresses.list[j]);
}

/* --- who is in it ---------------------------------------------------------------------- */

static struct wq_member *find_member(struct wq_vpn *vpn, const uint8_t *key)
{
	unsigned int i;

	for (i = 0; i < vpn->count; i++)
		if (!memcmp(vpn->members[i].key, key, KEY_BYTES))
			return &vpn->members[i];
	return NULL;
}

static struct wq_member *new_member(struct wq_vpn *vpn)
{
	vpn->members = need_memory(realloc(vpn->members, (vpn->count + 1) *
					   sizeof(*vpn->members)));
	memset(&vpn->members[vpn->count], 0, sizeof(*vpn->members));
	return &vpn->members[vpn->count++];
}

static bool has_name(const struct wq_vpn *vpn, const char *name)
{
	unsigned int i;

	for (i = 0; i < vpn->count; i++)
		if (vpn->members[i].name && !strcmp(vpn->members[i].name, name))
			return true;
	return false;
}

/* The first word of a comment that can be one, as in "# phone" and "# Name = phone". */
static char *name_of(const struct wq_vpn *vpn, const char *comment)
{
	char *copy = copy_text(comment ?: ""), *rest = copy, *word, *name = NULL;
	unsigned int number = 1;

	while (!name && (word = strsep(&rest, " \t=:,;"))) {
		if (!strcasecmp(word, "name") || !strcasecmp(word, "peer") ||
		    !strcasecmp(word, "client"))
			continue;
		if (conf_is_name(word) && strcmp(word, "all") && !has_name(vpn, word))
			name = copy_text(word);
	}
	free(copy);
	while (!name) {
		if (asprintf(&name, "peer%u", number++) < 0)
			name = need_memory(NULL);
		if (!has_name(vpn, name))
			break;
		free(name);
		name = NULL;
	}
	return name;
}

static void take_endpoint_of(struct wq_member *member, struct ka_report *report,
			     const struct wq_file *file, const struct wq_peer *peer)
{
	if (!peer->endpoint)
		return;
	if (!member->endpoint)
		member->endpoint = peer->endpoint;
	else if (strcmp(member->endpoint, peer->endpoint))
		ka_remark(report, file->file, peer->endpoint_line, KA_LEFT_OUT, NULL, "Endpoint",
			  "%s is reached at %s by others, and here at %s: where both are of one place, 'Site' and 'SiteEndpoint' of kcluster.conf(5) say that",
			  member->name, member->endpoint, peer->endpoint);
}

/* Has somebody else who has a file an address of this prefix? */
static bool has_address_of_another(const struct wq_vpn *vpn, const struct wq_member *member,
				   const struct net_prefix *prefix)
{
	unsigned int i, j;

	for (i = 0; i < vpn->count; i++)
		for (j = 0; j < vpn->members[i].addresses.count && vpn->members[i].file; j++)
			if (&vpn->members[i] != member &&
			    prefix_contains(prefix, &vpn->members[i].addresses.list[j].address))
				return true;
	return false;
}

static void take_peer(struct wq_vpn *vpn, struct ka_report *report, const struct wq_file *file,
		      unsigned int index, const struct wq_peer *peer)
{
	struct wq_member *member;
	unsigned int i;

	if (!peer->has_key) {
		ka_remark(report, file->file, peer->line, KA_LEFT_OUT, NULL, "[Peer]",
			  "it has no PublicKey, and wg-quick would refuse it, too");
		return;
	}
	member = find_member(vpn, peer->key);
	if (!member) {
		char *name = name_of(vpn, peer->comment);

		member = new_member(vpn);
		memcpy(member->key, peer->key, KEY_BYTES);
		member->name = name;
		member->lister = index;
	}
	if (!member->said_file) {
		member->said_file = file->file;
		member->said_line = peer->line;
	}
	member->listed++;
	take_endpoint_of(member, report, file, peer);
	for (i = 0; i < peer->allowed.count; i++)
		member->relay |= is_around(vpn, &peer->allowed.list[i]) ||
				 has_address_of_another(vpn, member, &peer->allowed.list[i]);
}

static void take_file(struct wq_vpn *vpn, struct ka_report *report, const struct wq_file *file)
{
	struct wq_member *member;
	unsigned int i;

	if (!file->has_key)
		ka_remark(report, file->file, 1, KA_LEFT_OUT, NULL, "PrivateKey",
			  "there is none that can be used, so the PublicKey of node %s is not known",
			  file->name);
	member = new_member(vpn);
	member->name = copy_text(file->name);
	member->file = file;
	member->endpoint = file->endpoint;
	member->said_file = file->file;
	member->said_line = 1;
	memcpy(member->key, file->key, KEY_BYTES);
	for (i = 0; i < file->addresses.count; i++)
		add_prefix(&member->addresses, &file->addresses.list[i]);
}

/* --- what is behind whom ------------------------------------------------------------------ */

static bool is_of_another(const struct wq_vpn *vpn, const struct wq_file *files,
			  unsigned int count, const struct wq_member *member,
			  const struct net_prefix *prefix)
{
	unsigned int i, j, k;

	if (has_address_of_another(vpn, member, prefix))
		return true;
	/* A relay leads to what is behind another one as well. */
	for (i = 0; member->relay && i < count; i++)
		for (j = 0; j < files[i].count; j++)
			for (k = 0; k < files[i].peers[j].allowed.count; k++) {
				const struct wq_peer *peer = &files[i].peers[j];

				if (peer->has_key && memcmp(peer->key, member->key, KEY_BYTES) &&
				    same_prefix(&peer->allowed.list[k], prefix))
					return true;
			}
	return false;
}

static bool has_address(const struct wq_member *member, const struct net_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < member->addresses.count; i++)
		if (prefix_contains(prefix, &member->addresses.list[i].address))
			return true;
	return false;
}

static void take_allowed(struct wq_vpn *vpn, struct ka_report *report,
			 const struct wq_file *files, unsigned int count,
			 const struct wq_file *file, const struct wq_peer *peer)
{
	struct wq_member *member = peer->has_key ? find_member(vpn, peer->key) : NULL;
	unsigned int i;

	for (i = 0; member && i < peer->allowed.count; i++) {
		struct net_prefix prefix = peer->allowed.list[i];

		prefix_clear_host(&prefix);
		if (!prefix.length)
			ka_remark(report, file->file, prefix.line, KA_LEFT_OUT, NULL,
				  "AllowedIPs of all addresses",
				  "%s is not made the way to the rest of the world: a default route and 'SNAT' in [Firewall] do that",
				  member->name);
		else if (is_around(vpn, &prefix) ||
			 is_of_another(vpn, files, count, member, &prefix))
			continue;
		else if (is_inside(vpn, &prefix) && is_single(&prefix) && !member->file)
			add_prefix(&member->addresses, &prefix);
		else if (!is_inside(vpn, &prefix))
			add_prefix(&member->behind, &prefix);
		else if (!is_single(&prefix))
			ka_remark(report, file->file, prefix.line, KA_LEFT_OUT, NULL, "AllowedIPs",
				  "a part of the VPN's network is with %s: each node and device of it expected with its own Address",
				  member->name);
		else if (!has_address(member, &prefix))
			ka_remark(report, file->file, prefix.line, KA_LEFT_OUT, NULL, "AllowedIPs",
				  "%s has no such address by its own file: there as an Address, or as that of a node or device of its own, expected",
				  member->name);
	}
}

/**
 * wq_vpn_make() - Find out who is in the VPN.
 * @vpn: Filled in; starts out zeroed. To be freed with wq_vpn_free().
 * @report: What is not clear.
 * @files: The files; must outlive @vpn.
 * @count: How many.
 */
void wq_vpn_make(struct wq_vpn *vpn, struct ka_report *report, const struct wq_file *files,
		 unsigned int count)
{
	unsigned int i, j;

	find_networks(vpn, report, files, count);
	for (i = 0; i < count; i++)
		take_file(vpn, report, &files[i]);
	for (i = 0; i < count; i++)
		for (j = 0; j < files[i].count; j++)
			take_peer(vpn, report, &files[i], i, &files[i].peers[j]);
	for (i = 0; i < count; i++)
		for (j = 0; j < files[i].count; j++)
			take_allowed(vpn, report, files, count, &files[i], &files[i].peers[j]);
}

/**
 * wq_vpn_free() - Give back what it holds; it is empty afterwards.
 * @vpn: It.
 */
void wq_vpn_free(struct wq_vpn *vpn)
{
	while (vpn->count) {
		struct wq_member *member = &vpn->members[--vpn->count];

		free(member->name);
		free(member->addresses.list);
		free(member->behind.list);
	}
	free(vpn->members);
	free(vpn->networks.list);
	memset(vpn, 0, sizeof(*vpn));
}

/**
 * wq_is_device() - Is it no node, but what only one node speaks with?
 * @vpn: All of them.
 * @member: It.
 */
bool wq_is_device(const struct wq_vpn *vpn, const struct wq_member *member)
{
	return !member->file && !member->endpoint && !member->behind.count &&
	       member->listed == 1 && vpn->members[member->lister].endpoint;
}
