// SPDX-License-Identifier: GPL-2.0
/*
 * A cluster IP from the words of a command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "attributes.h"
#include "block.h"
#include "clusterip.h"

enum key {
	KEY_DEV, KEY_ADDRESS, KEY_ADDRESS_FROM, KEY_MAC, KEY_HASH, KEY_SEED, KEY_NODES, KEY_LOCAL,
	KEY_ROUTER, KEY_WEIGHT, KEY_ON_PARTITION, KEY_SUCCESSORS, KEY_LEASE, KEY_BUCKETS,
	KEY_FOLLOW, KEY_GATEWAY,
};

static const struct word add_words[] = {
	{ "dev", KEY_DEV },
	{ "address", KEY_ADDRESS },
	{ "address-from", KEY_ADDRESS_FROM },
	{ "mac", KEY_MAC },
	{ "hash", KEY_HASH },
	{ "seed", KEY_SEED },
	{ "nodes", KEY_NODES },
	{ "router", KEY_ROUTER },
	{ "weight", KEY_WEIGHT },
	{ "on-partition", KEY_ON_PARTITION },
	{ "successors", KEY_SUCCESSORS },
	{ "lease", KEY_LEASE },
	{ "buckets", KEY_BUCKETS },
	{ "follow", KEY_FOLLOW },
	{ "gateway", KEY_GATEWAY },
	{ NULL, 0 },
};

static const struct word set_words[] = {
	{ "hash", KEY_HASH },
	{ "seed", KEY_SEED },
	{ "nodes", KEY_NODES },
	{ "local", KEY_LOCAL },
	{ "weight", KEY_WEIGHT },
	{ "on-partition", KEY_ON_PARTITION },
	{ "successors", KEY_SUCCESSORS },
	{ "gateway", KEY_GATEWAY },
	{ NULL, 0 },
};

static const struct word no_words[] = { { NULL, 0 } };

static const struct word address_words[] = {
	{ "scope", KCLUSTER_A_ADDRESS_SCOPE },
	{ "local", KCLUSTER_A_ADDRESS_LOCAL },
	{ NULL, 0 },
};

static const struct word block_words[] = {
	{ "prefixlen", KCLUSTER_A_ADDRESS_PREFIXLEN },
	{ "scope", KCLUSTER_A_ADDRESS_SCOPE },
	{ "local", KCLUSTER_A_ADDRESS_LOCAL },
	{ NULL, 0 },
};

/* What follows an address, or a file of them. */
static enum status take_address_words(struct args *args, const struct word *words, struct vip *vip)
{
	const char *value, *why;
	unsigned int seen = 0;
	enum status status;
	uint8_t length;
	int key, more;

	while ((more = args_take_key(args, words, "address", &seen, &key)) > 0) {
		switch (key) {
		case KCLUSTER_A_ADDRESS_PREFIXLEN:
			status = args_take_u8(args, "address: prefixlen", "a prefix length", &length);
			if (status != DONE)
				return status;
			vip->prefixlen = length;
			break;
		case KCLUSTER_A_ADDRESS_SCOPE:
			value = args_take(args, "address: scope", "a scope");
			if (!value)
				return WRONG_USAGE;
			if (parse_scope(value, &vip->scope, &why))
				return args_bad_value(args, "address: scope", value, why);
			vip->has_scope = true;
			break;
		default:
			vip->local = true;
		}
	}
	return more < 0 ? WRONG_USAGE : DONE;
}

static enum status take_address(struct args *args, struct clusterip *ip)
{
	const char *value, *why = "an address with its prefix length";
	struct vip *vip = router_new_address(&ip->holder);
	unsigned int at = ip->holder.address_count - 1;
	struct ipaddr last;
	enum status status;

	value = args_take(args, "address", why);
	if (!value)
		return WRONG_USAGE;
	if (block_parse(value, &vip->address, &last, &vip->prefixlen, &why))
		return args_bad_value(args, "address", value, why);
	status = take_address_words(args, address_words, vip);
	if (status == DONE)
		block_fill(&ip->holder, at, block_size(&vip->address, &last));
	return status;
}

static enum status take_address_from(struct args *args, struct clusterip *ip)
{
	struct vip like = { .prefixlen = -1 };
	enum status status;
	const char *file;
	unsigned int i;

	file = args_take(args, "address-from", "a file with one address per line");
	if (!file)
		return WRONG_USAGE;
	status = take_address_words(args, block_words, &like);
	/* None of them is ever listed: whole prefixes can be held as one. */
	like.excluded = like.local;
	if (status == DONE)
		status = block_read(&ip->holder, file, &like);
	for (i = 0; i < ip->holder.address_count; i++)
		ip->holder.addresses[i].excluded = false;
	return status;
}

static enum status take_mac(struct args *args, struct clusterip *ip)
{
	static const char expected[] = "auto, vmac or a multicast MAC such as 01:00:5e:00:01:01";
	const char *value = args_take(args, "mac", expected);

	if (!value)
		return WRONG_USAGE;
	if (!strcmp(value, "auto"))
		return DONE;
	if (!strcmp(value, "vmac")) {
		ip->vmac = true;
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_VMAC);
		return DONE;
	}
	if (mac_parse(value, ip->mac))
		return args_bad_value(args, "mac", value, expected);
	clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_MAC);
	return DONE;
}

/* Which of the nodes this one is; with @change also +N and -N. */
static enum status take_local(struct args *args, struct clusterip *ip, bool change)
{
	static const char also[] = "numbers of nodes such as 1 or 1,5-8 (from 1 to 512), or none, or a change such as +2 or -2,";
	const char *value, *why = change ? also : "numbers of nodes";
	unsigned int attribute = KCLUSTER_A_CLUSTERIP_LOCAL;
	uint8_t *bits = ip->local;
	const char *list;

	value = args_take(args, "local", why);
	if (!value)
		return WRONG_USAGE;
	list = value;
	if (change && (*value == '+' || *value == '-')) {
		attribute = *value == '+' ? KCLUSTER_A_CLUSTERIP_LOCAL_ADD :
					    KCLUSTER_A_CLUSTERIP_LOCAL_REMOVE;
		bits = *value == '+' ? ip->add : ip->remove;
		list++;
	}
	if (clusterip_has(ip, attribute))
		return args_wrong(args, "local is given twice");
	clusterip_mark(ip, attribute);
	if (clusterip_parse_nodes(list, bits, &why))
		return args_bad_value(args, "local", value, change ? also : why);
	return DONE;
}

/* "peers" or "static TOTAL local LIST"; where it is set, the list may stay as it is. */
static enum status take_nodes(struct args *args, struct clusterip *ip, bool set)
{
	const char *expected = set ? "'static', for peers say themselves how many they are," :
				     "'static' or 'peers'";
	const char *value, *why;
	uint32_t nodes;

	value = args_take(args, "nodes", expected);
	if (!value)
		return WRONG_USAGE;
	if (!set && !strcmp(value, "peers")) {
		ip->mode = KCLUSTER_CLUSTERIP_MODE_PEERS;
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_MODE);
		return DONE;
	}
	if (strcmp(value, "static"))
		return args_bad_value(args, "nodes", value, expected);
	clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_NODES);
	value = args_take(args, "nodes static", "how many nodes there are");
	if (!value)
		return WRONG_USAGE;
	if (parse_number(value, 1, KCLUSTER_CLUSTERIP_NODES_MAX, &nodes, &why))
		return args_bad_value(args, "nodes static", value, why);
	ip->nodes = (uint16_t)nodes;
	if (set)
		return DONE;
	if (!*args->at || strcmp(*args->at, "local"))
		return args_wrong(args, "nodes: 'local LIST' expected behind 'static %u': which of them this one is",
				  nodes);
	args->at++;
	return take_local(args, ip, false);
}

static enum status take_u16(struct args *args, const char *key, unsigned int least, uint16_t *number)
{
	const char *value, *why;
	uint32_t wide;

	value = args_take(args, key, "a number");
	if (!value)
		return WRONG_USAGE;
	if (parse_number(value, least, UINT16_MAX, &wide, &why))
		return args_bad_value(args, key, value, why);
	*number = (uint16_t)wide;
	return DONE;
}

/* How peers divide it. */
static enum status take_share(struct args *args, struct clusterip *ip, int key)
{
	switch (key) {
	case KEY_ROUTER:
		return args_take_text(args, "router", "the name of a virtual router", &ip->router);
	case KEY_WEIGHT:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_WEIGHT);
		return take_u16(args, "weight", 0, &ip->weight);
	case KEY_ON_PARTITION:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_ON_PARTITION);
		return args_take_word(args, "on-partition", clusterip_partition_words,
				      &ip->on_partition);
	case KEY_SUCCESSORS:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_SUCCESSORS);
		return args_take_u8(args, "successors", "0, 1 or 2", &ip->successors);
	case KEY_LEASE:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_LEASE);
		return args_take_time(args, "lease", &ip->lease);
	default:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_BUCKETS);
		return take_u16(args, "buckets", 1, &ip->bucket_total);
	}
}

static enum status take(struct args *args, struct clusterip *ip, int key, bool set)
{
	switch (key) {
	case KEY_DEV:
		return args_take_text(args, "dev", "the name of a device", &ip->ifname);
	case KEY_ADDRESS:
		return take_address(args, ip);
	case KEY_ADDRESS_FROM:
		return take_address_from(args, ip);
	case KEY_MAC:
		return take_mac(args, ip);
	case KEY_HASH:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_HASH);
		return args_take_word(args, "hash", clusterip_hash_words, &ip->hash);
	case KEY_SEED:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_SEED);
		return args_take_number(args, "seed", &ip->seed);
	case KEY_NODES:
		return take_nodes(args, ip, set);
	case KEY_LOCAL:
		return take_local(args, ip, true);
	case KEY_FOLLOW:
		return args_take_text(args, "follow", "the name of another cluster IP",
				      &ip->follow);
	case KEY_GATEWAY:
		clusterip_mark(ip, KCLUSTER_A_CLUSTERIP_GATEWAY);
		return args_take_word(args, "gateway", on_off_words, &ip->gateway);
	default:
		return take_share(args, ip, key);
	}
}

static enum status parse(struct args *args, struct clusterip *ip, bool set)
{
	const struct word *words = args->outer;
	enum status status = DONE;
	unsigned int seen = 0;

	while (status == DONE && *args->at) {
		const char *word = *args->at;
		int key = word_find(words, word);

		if (key < 0)
			return args_bad_key(args, words, NULL, key, word);
		args->at++;
		if (seen & (1u << key) && key != KEY_ADDRESS && key != KEY_ADDRESS_FROM &&
		    key != KEY_LOCAL)
			return args_wrong(args, "%s is given twice", word_for(words, key));
		seen |= 1u << key;
		status = take(args, ip, key, set);
	}
	return status;
}

/* What is not said is what it is in the kernel. */
static enum status check_share(struct args *args, struct clusterip *ip)
{
	if (!ip->router)
		return args_wrong(args, "'router VRRP-NAME' expected behind 'nodes peers': whose master decides");
	if (!clusterip_has(ip, KCLUSTER_A_CLUSTERIP_WEIGHT))
		ip->weight = KCLUSTER_CLUSTERIP_WEIGHT;
	if (!clusterip_has(ip, KCLUSTER_A_CLUSTERIP_SUCCESSORS))
		ip->successors = KCLUSTER_CLUSTERIP_SUCCESSORS;
	if (!clusterip_has(ip, KCLUSTER_A_CLUSTERIP_LEASE))
		ip->lease = KCLUSTER_CLUSTERIP_LEASE;
	if (!clusterip_has(ip, KCLUSTER_A_CLUSTERIP_BUCKETS))
		ip->bucket_total = KCLUSTER_CLUSTERIP_BUCKETS;
	return DONE;
}

static enum status check_complete(struct args *args, struct clusterip *ip)
{
	if (!ip->ifname)
		return args_wrong(args, "'dev DEV' expected");
	if (!ip->holder.address_count)
		return args_wrong(args, "'address ADDRESS' expected");
	/* The kernel says what that leaves no room for. */
	if (ip->follow)
		return DONE;
	if (clusterip_is_shared(ip))
		return check_share(args, ip);
	if (!clusterip_has(ip, KCLUSTER_A_CLUSTERIP_NODES))
		return args_wrong(args, "'nodes static TOTAL local LIST', 'nodes peers router VRRP-NAME' or 'follow NAME' expected");
	return DONE;
}

/**
 * clusterip_parse_add() - Read what follows "clusterip add NAME".
 * @ip: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE, REFUSED if a file cannot be read, or WRONG_USAGE.
 */
enum status clusterip_parse_add(struct clusterip *ip, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = add_words, .object = "clusterip" };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	status = parse(&args, ip, false);
	return status == DONE ? check_complete(&args, ip) : status;
}

/**
 * clusterip_parse_more() - Read some of what follows "clusterip add NAME".
 * @ip: What is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What they belong to, for messages.
 *
 * The cluster file has its settings line by line. clusterip_parse_end() follows
 * when all are read.
 *
 * Return: DONE, REFUSED if a file cannot be read, or WRONG_USAGE.
 */
enum status clusterip_parse_more(struct clusterip *ip, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = add_words, .object = "clusterip" };
	bool addresses = !strncmp(argv[0], "address", strlen("address"));
	unsigned int count = ip->holder.address_count;
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	if (!addresses)
		return parse(&args, ip, false);
	/* Nothing but what belongs to an address follows it. */
	args.outer = no_words;
	args.at++;
	status = argv[0][strlen("address")] ? take_address_from(&args, ip) :
					      take_address(&args, ip);
	if (status == DONE && *args.at)
		return args_bad_key(&args, argv[0][strlen("address")] ? block_words :
				    address_words, "address", WORD_UNKNOWN, *args.at);
	return status == DONE && ip->holder.address_count == count ?
	       args_wrong(&args, "there is no address in it") : status;
}

/**
 * clusterip_parse_end() - See whether a cluster IP has all it needs.
 * @ip: The cluster IP.
 * @what: What it belongs to, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status clusterip_parse_end(struct clusterip *ip, const char *what)
{
	struct args args = { .outer = add_words, .object = "clusterip" };

	snprintf(args.of, sizeof(args.of), "%s", what);
	return check_complete(&args, ip);
}

/**
 * clusterip_parse_set() - Read what follows "clusterip set NAME".
 * @ip: Has its name; what is given is added to it.
 * @argv: The words, followed by NULL.
 * @what: What the user asked for, for messages.
 *
 * Return: DONE or WRONG_USAGE.
 */
enum status clusterip_parse_set(struct clusterip *ip, char **argv, const char *what)
{
	struct args args = { .at = argv, .outer = set_words, .object = "clusterip" };
	enum status status;

	snprintf(args.of, sizeof(args.of), "%s", what);
	if (*argv && word_find(set_words, *argv) == WORD_UNKNOWN && word_find(add_words, *argv) >= 0)
		return args_wrong(&args, "%s cannot be changed: delete the cluster IP and add it anew",
				  word_for(add_words, word_find(add_words, *argv)));
	status = parse(&args, ip, true);
	if (status == DONE && !ip->given)
		return args_wrong(&args, "nothing to set; 'local LIST', 'hash MODE', 'seed NUMBER', 'nodes static TOTAL', 'weight NUMBER', 'on-partition WORD', 'successors NUMBER' or 'gateway WORD' expected");
	return status;
}
