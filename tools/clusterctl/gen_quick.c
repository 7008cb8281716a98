// SPDX-License-Identifier: GPL-2.0
/*
 * The file by which a device that is no node is in the VPN: as wg-quick(8) reads it.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "key.h"

/* As it is reached: each network of the VPN, and what is behind nodes. */
static void print_allowed(FILE *out, const struct cluster *cluster)
{
	char text[PREFIX_TEXT_MAX];
	unsigned int i, j;

	fputs("AllowedIPs = ", out);
	for (i = 0; i < cluster->networks.count; i++)
		fprintf(out, "%s%s", i ? ", " : "",
			prefix_text(&cluster->networks.list[i], text));
	for (i = 0; i < cluster->node_count; i++)
		for (j = 0; j < cluster->nodes[i].allowed.count; j++)
			fprintf(out, ", %s",
				prefix_text(&cluster->nodes[i].allowed.list[j], text));
	fputc('\n', out);
}

/**
 * gen_quick() - Write the file for a device.
 * @cluster: The cluster, with a VPN.
 * @device: Index of the device.
 * @private_key: Its private key; NULL if it keeps that to itself.
 *
 * Return: The text, to be wiped if it has a key, and freed with free().
 */
char *gen_quick(const struct cluster *cluster, unsigned int device, const uint8_t *private_key)
{
	const struct device *self = &cluster->devices[device];
	const struct node *via = &cluster->nodes[self->via];
	bool brackets = strchr(via->endpoint.host, ':');
	char key[KEY_TEXT_MAX], address[ADDRESS_TEXT_MAX], *text = NULL;
	unsigned int i;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	fprintf(out, "# %s, by node %s\n[Interface]\n", self->section->name,
		via->section->name);
	if (private_key)
		fprintf(out, "PrivateKey = %s\n", key_text(private_key, key));
	else
		fputs("# To be added, for nobody else knows it: PrivateKey = KEY\n", out);
	sodium_memzero(key, sizeof(key));
	fputs("Address = ", out);
	for (i = 0; i < self->addresses.count; i++)
		fprintf(out, "%s%s/%d", i ? ", " : "",
			address_text(&self->addresses.list[i].address, address),
			8 * self->addresses.list[i].address.length);
	fputc('\n', out);
	if (via->mtu)
		fprintf(out, "MTU = %u\n", via->mtu);
	fprintf(out, "\n[Peer]\nPublicKey = %s\n", key_text(via->key, key));
	fprintf(out, "Endpoint = %s%s%s:%u\n", brackets ? "[" : "", via->endpoint.host,
		brackets ? "]" : "", (unsigned int)via->endpoint.port);
	print_allowed(out, cluster);
	/* Wherever it is, others may speak first. */
	fprintf(out, "PersistentKeepalive = %d\n", CLUSTER_KEEPALIVE);
	fclose(out);
	return text;
}
