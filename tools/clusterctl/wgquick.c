// SPDX-License-Identifier: GPL-2.0
/*
 * A file of wg-quick(8), line by line. What the cluster file has no place for is told.
 */
#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "key.h"
#include "wgquick.h"

enum section {
	SECTION_NONE, SECTION_INTERFACE, SECTION_PEER,
};

/**
 * struct reading - A file that is being read.
 * @file: What is known so far.
 * @report: What is to be said.
 * @number: Of the line.
 * @section: It is in.
 * @comment: The last one that no setting followed, NULL for none.
 */
struct reading {
	struct wq_file *file;
	struct ka_report *report;
	unsigned int number;
	enum section section;
	char *comment;
};

/* Settings that are not taken over, and what to do instead. */
static const struct {
	const char *name;
	enum ka_kind kind;
	const char *advice;
} others[] = {
	{ "PresharedKey", KA_LEFT_OUT, "the cluster file has none: the peer goes without it as well" },
	{ "DNS", KA_LEFT_OUT, "setup leaves the resolver alone: say it in resolv.conf(5) or systemd-resolved" },
	{ "Table", KA_LEFT_OUT, "setup puts the routes of other nodes into the main table" },
	{ "FwMark", KA_LEFT_OUT, "setup sets none" },
	{ "PreUp", KA_LEFT_OUT, "a unit with Before=kcluster.service can do that, and [Firewall] what iptables does" },
	{ "PostUp", KA_LEFT_OUT, "a unit with After=kcluster.service can do that, and [Firewall] what iptables does" },
	{ "PreDown", KA_LEFT_OUT, "a unit with After=kcluster.service can do that when it stops" },
	{ "PostDown", KA_LEFT_OUT, "a unit with Before=kcluster.service can do that when it stops" },
	{ "SaveConfig", KA_MOOT, "" },
};

static void say(struct reading *reading, enum ka_kind kind, const char *what, const char *text)
{
	ka_remark(reading->report, reading->file->file, reading->number, kind, NULL, what, "%s",
		  text);
}

static struct wq_peer *last_peer(struct reading *reading)
{
	return &reading->file->peers[reading->file->count - 1];
}

static void begin_peer(struct reading *reading)
{
	struct wq_file *file = reading->file;
	struct wq_peer *peer;

	file->peers = need_memory(realloc(file->peers, (file->count + 1) * sizeof(*file->peers)));
	peer = &file->peers[file->count++];
	memset(peer, 0, sizeof(*peer));
	peer->line = reading->number;
	peer->comment = reading->comment;
	reading->comment = NULL;
}

static void take_section(struct reading *reading, const char *line)
{
	reading->section = SECTION_NONE;
	if (!strcasecmp(line, "[Interface]")) {
		reading->section = SECTION_INTERFACE;
	} else if (!strcasecmp(line, "[Peer]") && reading->file->count < WQ_PEERS_MAX) {
		reading->section = SECTION_PEER;
		begin_peer(reading);
	} else {
		say(reading, KA_LEFT_OUT, line, "[Interface] or [Peer] expected");
	}
	free(reading->comment);
	reading->comment = NULL;
}

static bool take_prefixes_of(struct reading *reading, struct net_prefixes *prefixes, char *value)
{
	char *word;
	bool good = true;

	while ((word = strsep(&value, " \t,"))) {
		struct net_prefix prefix = { .line = reading->number };
		const char *why;
		int length;

		if (!*word)
			continue;
		if (parse_prefix(word, &prefix.address, &length, &why) ||
		    length > 8 * prefix.address.length) {
			good = false;
			continue;
		}
		prefix.length = length < 0 ? 8 * prefix.address.length : (uint8_t)length;
		prefixes->list = need_memory(realloc(prefixes->list, (prefixes->count + 1) *
						     sizeof(*prefixes->list)));
		prefixes->list[prefixes->count++] = prefix;
	}
	return good;
}

static bool take_key_of(const char *text, uint8_t *key)
{
	size_t length;

	return !sodium_base642bin(key, KEY_BYTES, text, strlen(text), NULL, &length, NULL,
				  sodium_base64_VARIANT_ORIGINAL) && length == KEY_BYTES;
}

/* It goes no further than to what it makes public. */
static bool take_private(struct wq_file *file, const char *value)
{
	uint8_t key[KEY_BYTES];

	file->has_key = take_key_of(value, key) && !key_public(key, file->key);
	key_forget(key);
	return file->has_key;
}

static bool take_number_of(const char *value, uint32_t most, uint32_t *number)
{
	const char *why;

	if (!strcasecmp(value, "off")) {
		*number = 0;
		return true;
	}
	return !parse_number(value, 0, most, number, &why);
}

static bool take_interface(struct reading *reading, const char *key, char *value, bool *good)
{
	struct wq_file *file = reading->file;

	if (!strcasecmp(key, "PrivateKey")) {
		*good = take_private(file, value);
		if (*good)
			say(reading, KA_NOTE, "PrivateKey",
			    "it is not printed: it belongs into /etc/kcluster/private.key of this node, with the mode 0600");
	} else if (!strcasecmp(key, "Address")) {
		*good = take_prefixes_of(reading, &file->addresses, value);
	} else if (!strcasecmp(key, "ListenPort")) {
		*good = take_number_of(value, 65535, &file->port);
	} else if (!strcasecmp(key, "MTU")) {
		*good = take_number_of(value, 65535, &file->mtu);
	} else {
		return false;
	}
	return true;
}

/* As far as its characters tell. */
static bool is_endpoint(const char *text)
{
	return *text && strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789.-_:[]%") == strlen(text);
}

static bool take_peer(struct reading *reading, const char *key, char *value, bool *good)
{
	struct wq_peer *peer = last_peer(reading);

	if (!strcasecmp(key, "PublicKey")) {
		peer->has_key = take_key_of(value, peer->key);
		*good = peer->has_key;
	} else if (!strcasecmp(key, "AllowedIPs")) {
		*good = take_prefixes_of(reading, &peer->allowed, value);
	} else if (!strcasecmp(key, "Endpoint")) {
		*good = is_endpoint(value);
		if (*good) {
			free(peer->endpoint);
			peer->endpoint = copy_text(value);
			peer->endpoint_line = reading->number;
		}
	} else if (!strcasecmp(key, "PersistentKeepalive")) {
		*good = take_number_of(value, 65535, &peer->keepalive);
	} else {
		return false;
	}
	return true;
}

static void take_other(struct reading *reading, const char *key, const char *value)
{
	char *what;
	unsigned int i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcasecmp(others[i].name, key))
			break;
	if (i == sizeof(others) / sizeof(others[0])) {
		say(reading, KA_LEFT_OUT, key, "wg-quick knows no such setting");
		return;
	}
	/* That is a secret. */
	if (!strcasecmp(key, "PresharedKey") || others[i].kind == KA_MOOT)
		value = "";
	if (asprintf(&what, "%s%s%s", others[i].name, *value ? " = " : "", value) < 0)
		what = need_memory(NULL);
	say(reading, others[i].kind, what, others[i].advice);
	free(what);
}

/* What is between blanks. */
static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static void take_setting(struct reading *reading, char *line)
{
	char *equals = strchr(line, '='), *key, *value;
	bool good = true, known = false;

	if (!equals) {
		say(reading, KA_LEFT_OUT, line, "KEY = VALUE expected");
		return;
	}
	*equals = '\0';
	key = trim(line);
	value = trim(equals + 1);
	if (reading->section == SECTION_INTERFACE)
		known = take_interface(reading, key, value, &good);
	else if (reading->section == SECTION_PEER)
		known = take_peer(reading, key, value, &good);
	if (!known)
		take_other(reading, key, value);
	else if (!good)
		say(reading, KA_LEFT_OUT, key, "it cannot be understood, and wg-quick would refuse it, too");
}

static void take_line(struct reading *reading, char *line)
{
	char *comment = strchr(line, '#');
	struct wq_peer *peer;

	if (comment) {
		*comment = '\0';
		comment = trim(comment + 1);
	}
	line = trim(line);
	if (*line == '[') {
		take_section(reading, line);
	} else if (*line) {
		free(reading->comment);
		reading->comment = NULL;
		take_setting(reading, line);
	} else if (comment && *comment) {
		peer = reading->section == SECTION_PEER ? last_peer(reading) : NULL;
		if (peer && !peer->comment && !peer->has_key && !peer->allowed.count) {
			peer->comment = copy_text(comment);
			return;
		}
		free(reading->comment);
		reading->comment = copy_text(comment);
	}
}

/**
 * wq_take() - Take what a file says.
 * @file: Gets it; has the names of the machine and of the file.
 * @report: What cannot be taken over.
 * @text: What stands in the file; it is taken apart, and wiped.
 */
void wq_take(struct wq_file *file, struct ka_report *report, char *text)
{
	struct reading reading = { .file = file, .report = report };
	size_t length = strlen(text);
	char *rest = text, *line;

	while ((line = strsep(&rest, "\n"))) {
		reading.number++;
		take_line(&reading, line);
	}
	free(reading.comment);
	sodium_memzero(text, length);
}

/**
 * wq_read() - Read a file.
 * @file: Which one; gets what it says.
 * @report: What cannot be taken over.
 *
 * Return: 0, or -1 after a complaint.
 */
int wq_read(struct wq_file *file, struct ka_report *report)
{
	size_t length;
	char *text = conf_slurp(file->file, &length);

	if (!text)
		return -1;
	wq_take(file, report, text);
	free(text);
	return 0;
}

/**
 * wq_free() - Give back what a file holds.
 * @file: It.
 */
void wq_free(struct wq_file *file)
{
	unsigned int i;

	for (i = 0; i < file->count; i++) {
		free(file->peers[i].comment);
		free(file->peers[i].endpoint);
		free(file->peers[i].allowed.list);
	}
	free(file->peers);
	free(file->addresses.list);
}
