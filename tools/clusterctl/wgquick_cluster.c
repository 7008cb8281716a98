// SPDX-License-Identifier: GPL-2.0
/*
 * Files of wg-quick as one cluster file.
 */
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "wgquick_cluster.h"

static void print_prefixes(FILE *out, const char *key, const struct net_prefixes *prefixes,
			   bool networks)
{
	char text[PREFIX_TEXT_MAX];
	unsigned int i;

	if (!prefixes->count)
		return;
	fprintf(out, "%s =", key);
	for (i = 0; i < prefixes->count; i++)
		fprintf(out, " %s", networks ? prefix_text(&prefixes->list[i], text) :
					       address_text(&prefixes->list[i].address, text));
	fputc('\n', out);
}

static const struct wq_member *find_hub(const struct wq_vpn *vpn)
{
	const struct wq_member *hub = NULL;
	unsigned int i;

	for (i = 0; i < vpn->count; i++)
		if (vpn->members[i].relay &&
		    (!hub || vpn->members[i].listed > hub->listed))
			hub = &vpn->members[i];
	return hub;
}

/* Whether all others speak with the hub only. */
static bool is_star(const struct wq_vpn *vpn, const struct wq_member *hub)
{
	unsigned int i;

	for (i = 0; i < vpn->count; i++) {
		const struct wq_member *member = &vpn->members[i];

		if (member != hub && member->file &&
		    (member->file->count != 1 ||
		     memcmp(member->file->peers[0].key, hub->key, KEY_BYTES)))
			return false;
	}
	return true;
}

/* The device is called as the file. */
static char *interface_of(const struct wq_file *file)
{
	const char *slash = strrchr(file->file, '/'), *base = slash ? slash + 1 : file->file;
	size_t length = strlen(base);
	char *name;

	if (length > 5 && !strcmp(base + length - 5, ".conf"))
		length -= 5;
	name = need_memory(strndup(base, length));
	if (is_device_name(name))
		return name;
	free(name);
	return copy_text(CLUSTER_INTERFACE);
}

/* That of most nodes is that of the cluster. */
static char *usual_interface(const struct wq_vpn *vpn)
{
	char *usual = NULL;
	unsigned int i, j, best = 0;

	for (i = 0; i < vpn->count && vpn->members[i].file; i++) {
		char *one = interface_of(vpn->members[i].file);
		unsigned int votes = 0;

		for (j = 0; j < vpn->count && vpn->members[j].file; j++) {
			char *other = interface_of(vpn->members[j].file);

			votes += !strcmp(one, other);
			free(other);
		}
		if (votes > best) {
			free(usual);
			usual = one;
			best = votes;
		} else {
			free(one);
		}
	}
	return usual;
}

static void print_common(FILE *out, const struct wq_vpn *vpn, const char *interface)
{
	const struct wq_member *hub = find_hub(vpn);

	fprintf(out, "# Imported from wg-quick; kcluster.conf(5) explains all keys.\n[Cluster]\n");
	print_prefixes(out, "Network", &vpn->networks, true);
	if (strcmp(interface, CLUSTER_INTERFACE))
		fprintf(out, "Interface = %s\n", interface);
	if (!hub)
		return;
	if (is_star(vpn, hub))
		fprintf(out, "Topology = hub\n");
	fprintf(out, "Hub = %s\n", hub->name);
}

static void print_key(FILE *out, const struct wq_member *member)
{
	char text[KEY_TEXT_MAX];

	if (member->file && !member->file->has_key)
		fprintf(out, "# To be added: PublicKey = KEY\n");
	else
		fprintf(out, "PublicKey = %s\n", key_text(member->key, text));
}

static uint32_t keepalive_of(const struct wq_file *file)
{
	uint32_t most = 0;
	unsigned int i;

	for (i = 0; file && i < file->count; i++)
		if (file->peers[i].keepalive > most)
			most = file->peers[i].keepalive;
	return most;
}

static void print_node(FILE *out, struct ka_report *report, const struct wq_member *member,
		       const char *usual)
{
	const struct wq_file *file = member->file;
	uint32_t keepalive = keepalive_of(file);
	char *interface = file ? interface_of(file) : copy_text(usual);

	fprintf(out, "\n[Node %s]\n", member->name);
	print_key(out, member);
	print_prefixes(out, "Address", &member->addresses, false);
	if (!member->addresses.count) {
		fprintf(out, "# To be added: Address = ADDRESS\n");
		ka_remark(report, member->said_file, member->said_line, KA_LEFT_OUT, NULL,
			  "Address", "that of %s is not said: %s, or 'Address' in its section",
			  member->name, file ? "expected in [Interface]" :
					       "its own file expected as well");
	}
	if (member->endpoint) {
		fprintf(out, "Endpoint = ");
		word_quote(out, member->endpoint);
		fputc('\n', out);
	}
	if (strcmp(interface, usual))
		fprintf(out, "Interface = %s\n", interface);
	if (file && file->port && file->port != CLUSTER_PORT)
		fprintf(out, "ListenPort = %u\n", file->port);
	if (keepalive && (member->endpoint || keepalive != CLUSTER_KEEPALIVE))
		fprintf(out, "Keepalive = %u\n", keepalive);
	if (file && file->mtu)
		fprintf(out, "MTU = %u\n", file->mtu);
	print_prefixes(out, "AllowedIPs", &member->behind, true);
	free(interface);
}

static void print_device(FILE *out, const struct wq_vpn *vpn, const struct wq_member *member)
{
	const struct wq_member *hub = find_hub(vpn);
	const struct wq_member *via = &vpn->members[member->lister];

	fprintf(out, "\n[Device %s]\n", member->name);
	print_key(out, member);
	print_prefixes(out, "Address", &member->addresses, false);
	if (via != hub)
		fprintf(out, "Via = %s\n", via->name);
}

/* What nobody is told of cannot be reached, and who relays has to be. */
static void check_reached(struct ka_report *report, const struct wq_vpn *vpn)
{
	unsigned int i, hidden = 0;

	for (i = 0; i < vpn->count; i++)
		hidden += !vpn->members[i].endpoint;
	for (i = 0; i < vpn->count && hidden > 1; i++) {
		const struct wq_member *member = &vpn->members[i];

		if (member->file && !member->endpoint && member->file->port &&
		    member->file->count > 1)
			ka_remark(report, member->file->file, 1, KA_LEFT_OUT, NULL, "Endpoint",
				  "where others reach %s stands in their files: one of these expected as well, or 'endpoint %s=HOST:PORT'",
				  member->name, member->name);
	}
}

/**
 * wq_print() - Write the cluster file.
 * @out: Where to.
 * @report: What could not be taken over is added.
 * @files: The files.
 * @count: How many.
 */
void wq_print(FILE *out, struct ka_report *report, const struct wq_file *files,
	      unsigned int count)
{
	struct wq_vpn vpn = { 0 };
	char *usual;
	unsigned int i;

	wq_vpn_make(&vpn, report, files, count);
	usual = usual_interface(&vpn);
	print_common(out, &vpn, usual);
	for (i = 0; i < vpn.count; i++)
		if (!wq_is_device(&vpn, &vpn.members[i]))
			print_node(out, report, &vpn.members[i], usual);
	for (i = 0; i < vpn.count; i++)
		if (wq_is_device(&vpn, &vpn.members[i]))
			print_device(out, &vpn, &vpn.members[i]);
	check_reached(report, &vpn);
	ka_report_sort(report);
	free(usual);
	wq_vpn_free(&vpn);
}
