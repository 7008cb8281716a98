// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses, peers and tracked devices of a vrrp_instance.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "keepalived.h"

#define V4_HEADER 28		/* IPv4 and VRRP */
#define V6_HEADER 48		/* IPv6 and VRRP */
#define AUTH_LEN 8
#define MTU 1500
#define KEEPALIVED_WEIGHT_MAX 253

/**
 * ka_is_device() - Tell whether a device can have this name.
 * @name: The name.
 *
 * Return: Whether it can.
 */
bool ka_is_device(const char *name)
{
	const char *p;

	if (!*name || strlen(name) > KCLUSTER_IFNAME_MAX || !strcmp(name, ".") ||
	    !strcmp(name, ".."))
		return false;
	for (p = name; *p; p++)
		if (*p == '/' || *p == ':' || isspace((unsigned char)*p))
			return false;
	return true;
}

/**
 * ka_is_unicast() - Tell whether a machine can have this address.
 * @address: The address.
 *
 * Return: Whether it can.
 */
bool ka_is_unicast(const struct ipaddr *address)
{
	static const uint8_t zeros[15], mapped[12] = { [10] = 0xff, [11] = 0xff };
	const uint8_t *bytes = address->bytes;

	if (address->length == 4)
		return bytes[0] && bytes[0] != 127 && (bytes[0] & 0xf0) != 0xe0 &&
		       memcmp(bytes, "\xff\xff\xff\xff", 4);
	if (address->length != 16 || bytes[0] == 0xff || !memcmp(bytes, mapped, sizeof(mapped)))
		return false;
	return memcmp(bytes, zeros, sizeof(zeros)) || bytes[15] > 1;
}

static bool same_address(const struct ipaddr *a, const struct ipaddr *b)
{
	return a->length == b->length && !memcmp(a->bytes, b->bytes, a->length);
}

static uint8_t family_length(const struct ka_instance *in)
{
	return in->router.family == AF_INET6 ? 16 : 4;
}

/* What "ip address add" knows beyond what a virtual router can say. */
static const struct {
	const char *word;
	bool has_value;
	/* What is lost without it, NULL for nothing */
	const char *loss;
} address_words[] = {
	{ "brd", true, "no broadcast address is set" },
	{ "label", true, "addresses have no labels" },
	{ "peer", true, "the address has no peer" },
	{ "preferred_lft", true, NULL },
	{ "track_group", true, NULL },
	{ "use_vmac", false, "it answers with the MAC of its device" },
	{ "home", false, "it is no home address" },
	{ "mngtmpaddr", false, "no temporary addresses are made of it" },
	{ "noprefixroute", false, "the route to its network comes with it" },
	{ "autojoin", false, "no multicast group is joined" },
	{ "no_track", false, NULL },
	{ "-nodad", false, NULL },
};

/* Takes a word other than dev and scope. Returns the number of words taken. */
static unsigned int skip_word(struct ka_instance *in, const struct ka_node *node, unsigned int i,
			      const struct vip *vip)
{
	const char *word = node->words[i];
	size_t j;

	for (j = 0; j < sizeof(address_words) / sizeof(address_words[0]); j++) {
		const char *loss = address_words[j].loss;

		if (strcmp(word, address_words[j].word))
			continue;
		/* The module never lets IPv6 prefer one; keepalived does so by default. */
		if (!strcmp(word, "preferred_lft") && vip->address.length == 16 &&
		    (i + 1 >= node->count || strcmp(node->words[i + 1], "0")))
			loss = "it is never preferred as a source";
		if (loss)
			ka_say(in, node, KA_CHANGED, node->words[0], "without '%s': %s", word, loss);
		return address_words[j].has_value ? 2 : 1;
	}
	ka_say(in, node, KA_NOTE, node->words[0],
	       "'%s' is not known here, keepalived ignores it, too", word);
	return 1;
}

static bool take_device(struct ka_instance *in, const struct ka_node *node, const char *name,
			char **ifname)
{
	if (!ka_is_device(name)) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "'%s' is no name of a device", name);
		return false;
	}
	free(*ifname);
	/* One way to say "the router's own". */
	*ifname = strcmp(name, in->router.ifname) ? copy_text(name) : NULL;
	return true;
}

/* The words after an address. Returns whether it can be imported. */
static bool take_words(struct ka_instance *in, const struct ka_node *node, struct vip *vip)
{
	unsigned int i = 1;

	while (i < node->count) {
		const char *word = node->words[i];
		const char *value = i + 1 < node->count ? node->words[i + 1] : "", *why;

		if (!strcmp(word, "dev")) {
			if (!take_device(in, node, value, &vip->ifname))
				return false;
			i += 2;
		} else if (!strcmp(word, "scope")) {
			if (parse_scope(value, &vip->scope, &why) || vip->scope == 255) {
				ka_say(in, node, KA_CHANGED, node->words[0], "without scope '%s'",
				       value);
				vip->scope = 0;
			}
			vip->has_scope = true;
			i += 2;
		} else {
			i += skip_word(in, node, i, vip);
		}
	}
	return true;
}

/* keepalived takes a prefix length that is none for that of a host. */
static bool take_prefix(struct ka_instance *in, const struct ka_node *node, struct vip *vip)
{
	const char *text = node->words[0], *slash = strchr(text, '/'), *why;
	char host[ADDRESS_TEXT_MAX];
	uint32_t length, max;

	if (slash && (size_t)(slash - text) < sizeof(host)) {
		memcpy(host, text, (size_t)(slash - text));
		host[slash - text] = '\0';
		text = host;
	}
	if (parse_address(text, &vip->address, &why)) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "%s expected", why);
		return false;
	}
	if (!ka_is_unicast(&vip->address)) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "no machine can have this address");
		return false;
	}
	max = vip->address.length * 8u;
	length = max;
	if (slash && parse_number(slash + 1, 0, max, &length, &why))
		ka_say(in, node, KA_NOTE, node->words[0],
		       "the prefix length is %u, which keepalived takes it for, too", max);
	if (!length) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0],
		       "prefix length 0 would make a neighbour of everybody");
		return false;
	}
	vip->prefixlen = (int)length;
	return true;
}

static bool is_present(struct ka_instance *in, const struct ka_node *node, const struct vip *vip)
{
	const char *ifname = vip->ifname ? vip->ifname : "", *holder;
	unsigned int i;

	for (i = 0; i < in->router.address_count; i++) {
		const struct vip *other = &in->router.addresses[i];

		if (!same_address(&other->address, &vip->address) ||
		    strcmp(other->ifname ? other->ifname : "", ifname))
			continue;
		if (other->prefixlen != vip->prefixlen)
			ka_say(in, node, KA_LEFT_OUT, node->words[0],
			       "the virtual router has this address with the prefix length %d",
			       other->prefixlen);
		return true;
	}
	holder = ka_held_address(in->import, &in->router, vip);
	if (holder)
		ka_say(in, node, KA_LEFT_OUT, node->words[0],
		       "virtual router '%s' has this address already", holder);
	return holder;
}

static bool has_room(struct ka_instance *in, const struct ka_node *node)
{
	if (in->router.address_count < KCLUSTER_VRRP_ADDRESSES_MAX)
		return true;
	ka_say(in, node, KA_LEFT_OUT, node->words[0],
	       "a virtual router has at most %d addresses: add another one for the rest",
	       KCLUSTER_VRRP_ADDRESSES_MAX);
	return false;
}

static bool is_of_family(struct ka_instance *in, const struct ka_node *node, const struct vip *vip)
{
	if (vip->excluded || vip->address.length == family_length(in))
		return true;
	ka_say(in, node, KA_LEFT_OUT, node->words[0],
	       "it is of another family than the first address, so keepalived ignores it: it belongs into virtual_ipaddress_excluded");
	return false;
}

static void convert_address(struct ka_instance *in, const struct ka_node *node, bool excluded)
{
	struct vip vip = { .prefixlen = -1, .excluded = excluded };

	if (take_prefix(in, node, &vip) && is_of_family(in, node, &vip) &&
	    take_words(in, node, &vip) && !is_present(in, node, &vip) && has_room(in, node))
		*router_new_address(&in->router) = vip;
	else
		free(vip.ifname);
}

/* As many addresses fit in an advertisement as an Ethernet frame has room for. */
static void exclude_surplus(struct ka_instance *in)
{
	bool inet6 = in->router.family == AF_INET6;
	unsigned int room = (MTU - (inet6 ? V6_HEADER : V4_HEADER + AUTH_LEN)) / family_length(in);
	unsigned int i, listed = 0, surplus = 0;

	for (i = 0; i < in->router.address_count; i++) {
		struct vip *vip = &in->router.addresses[i];

		if (vip->excluded || listed++ < room)
			continue;
		vip->excluded = true;
		surplus++;
	}
	if (surplus)
		ka_say(in, in->node, KA_CHANGED, "virtual_ipaddress",
		       "an advertisement has room for %u addresses: the other %u are excluded from it",
		       room, surplus);
}

/**
 * ka_convert_addresses() - Give the router the addresses of its instance.
 * @in: The instance; device and family are known.
 */
void ka_convert_addresses(struct ka_instance *in)
{
	const struct ka_node *block, *node;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "virtual_ipaddress"))
			continue;
		ka_for_each(node, block)
			convert_address(in, node, false);
	}
	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "virtual_ipaddress_excluded"))
			continue;
		ka_for_each(node, block)
			convert_address(in, node, true);
	}
	exclude_surplus(in);
}

/* A peer may come from far away in keepalived, but not here. */
static void check_ttl(struct ka_instance *in, const struct ka_node *node)
{
	unsigned int i;

	for (i = 1; i + 1 < node->count; i += 2)
		if ((!strcmp(node->words[i], "min_ttl") || !strcmp(node->words[i], "max_ttl")) &&
		    strcmp(node->words[i + 1], "255"))
			ka_say(in, node, KA_CHANGED, node->words[0],
			       "without '%s %s': a TTL of 255 is expected, so no router can be between",
			       node->words[i], node->words[i + 1]);
}

static void convert_peer(struct ka_instance *in, const struct ka_node *node)
{
	struct ipaddr address;
	const char *why;
	unsigned int i;

	if (parse_address(node->words[0], &address, &why) || !ka_is_unicast(&address)) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "this is no address of a machine");
		return;
	}
	if (address.length != family_length(in)) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0],
		       "it is of another family than the virtual router, keepalived skips it, too");
		return;
	}
	for (i = 0; i < in->router.peer_count; i++)
		if (same_address(&in->router.peers[i], &address))
			return;
	if (in->router.peer_count == KCLUSTER_VRRP_PEERS_MAX) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0],
		       "a virtual router has at most %d peers", KCLUSTER_VRRP_PEERS_MAX);
		return;
	}
	check_ttl(in, node);
	*router_new_peer(&in->router) = address;
}

/**
 * ka_convert_peers() - Give the router the peers of its instance.
 * @in: The instance; its family is known.
 */
void ka_convert_peers(struct ka_instance *in)
{
	const struct ka_node *block, *node;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "unicast_peer"))
			continue;
		ka_for_each(node, block)
			convert_peer(in, node);
	}
}

/**
 * ka_weight() - Read a weight as keepalived does.
 * @text: It.
 * @weight: Set to what it counts.
 *
 * Return: Whether it is one; if not, @weight is as before.
 */
bool ka_weight(const char *text, int32_t *weight)
{
	const char *why;
	int32_t given;

	if (parse_integer(text, &given, &why) || given < -254 || given > 254)
		return false;
	*weight = given > KEEPALIVED_WEIGHT_MAX ? KEEPALIVED_WEIGHT_MAX :
		  given < -KEEPALIVED_WEIGHT_MAX ? -KEEPALIVED_WEIGHT_MAX : given;
	return true;
}

/**
 * ka_new_track() - Let the router follow one more thing.
 * @in: The instance; its priority is known.
 * @node: Where it is named.
 * @weight: What it counts.
 *
 * Return: To be filled in, or NULL if it cannot; then the report says why.
 */
struct track *ka_new_track(struct ka_instance *in, const struct ka_node *node, int32_t weight)
{
	struct track *track;

	if (weight && in->router.priority == 255) {
		ka_say(in, node, KA_NOTE, node->words[0],
		       "not tracked: it has a weight, which does not count for priority 255");
		return NULL;
	}
	if (in->router.track_count == KCLUSTER_VRRP_TRACKS_MAX) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0],
		       "a virtual router tracks at most %d devices and values",
		       KCLUSTER_VRRP_TRACKS_MAX);
		return NULL;
	}
	track = router_new_track(&in->router);
	track->weight = weight;
	return track;
}

static void convert_track(struct ka_instance *in, const struct ka_node *node)
{
	struct track *track;
	int32_t weight = 0;
	unsigned int i;

	/* A virtual router watches its own device anyway. */
	if (!strcmp(node->words[0], in->router.ifname))
		return;
	for (i = 0; i < in->router.track_count; i++)
		if (!strcmp(in->router.tracks[i].ifname, node->words[0]))
			return;
	if (!ka_is_device(node->words[0])) {
		ka_say(in, node, KA_LEFT_OUT, node->words[0], "this is no name of a device");
		return;
	}
	for (i = 1; i < node->count; i++) {
		if (!strcmp(node->words[i], "weight") && i + 1 < node->count) {
			if (ka_weight(node->words[++i], &weight))
				continue;
			ka_say(in, node, KA_NOTE, node->words[0],
			       "weight '%s' is out of range: 0, which keepalived takes, too",
			       node->words[i]);
		} else if (!strcmp(node->words[i], "reverse")) {
			ka_say(in, node, KA_LEFT_OUT, node->words[0],
			       "a device cannot count in reverse");
			return;
		} else {
			ka_say(in, node, KA_NOTE, node->words[0],
			       "'%s' is not known here, keepalived ignores it, too",
			       node->words[i]);
		}
	}
	track = ka_new_track(in, node, weight);
	if (track)
		track->ifname = copy_text(node->words[0]);
}

/**
 * ka_convert_tracks() - Give the router the devices that its instance tracks.
 * @in: The instance; device and priority are known.
 */
void ka_convert_tracks(struct ka_instance *in)
{
	const struct ka_node *block, *node;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "track_interface"))
			continue;
		ka_for_each(node, block)
			convert_track(in, node);
	}
}
