/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A section of a cluster file that shall come to be: a node or a device with its keys,
 * out of the words of a command.
 */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "args.h"
#include "cluster.h"
#include "conf.h"

/**
 * struct setting - A line of a section.
 * @key: Its key.
 * @value: Its value.
 */
struct setting {
	const struct conf_key *key;
	char *value;
};

/**
 * struct settings - The lines of a section.
 * @kind: Of the section.
 * @list: They.
 * @count: How many.
 */
struct settings {
	enum conf_kind kind;
	struct setting *list;
	unsigned int count;
};

/**
 * struct member - A node or a device.
 * @name: Its name.
 * @settings: What its section shall say.
 * @has_private: Its private key is known.
 * @is_new: It has been made just now.
 * @private_key: The key; to be given to key_forget().
 */
struct member {
	char *name;
	struct settings settings;
	bool has_private;
	bool is_new;
	uint8_t private_key[KEY_BYTES];
};

/* member.c: the words */
void setting_add(struct settings *settings, const char *key, const char *value);
void setting_add_first(struct settings *settings, const char *key, const char *value);
const char *setting_get(const struct settings *settings, const char *key);
int settings_take(struct settings *settings, struct args *args);
void settings_print(FILE *out, const struct settings *settings);
void settings_free(struct settings *settings);
bool member_has_name(const char *name);
void member_finish(struct member *member);
void member_print(FILE *out, const struct member *member);
void member_free(struct member *member);

/* member_key.c: the private key */
char *member_file(const char *directory, const char *name, const char *file);
enum status member_need_key(struct member *member, const char *directory);
void member_drop_key(const struct member *member, const char *directory);
enum status member_keep_key(const struct member *member, const char *directory);

/**
 * struct room - Which addresses are free.
 * @networks: Where they are looked for.
 * @used: Those that are not.
 * @next: For each network, the first one that may be free.
 */
struct room {
	struct net_prefixes networks;
	struct net_prefixes used;
	struct ipaddr *next;
};

/* member_room.c: free addresses */
void room_begin(struct room *room, const struct net_prefixes *networks);
void room_use(struct room *room, const struct ipaddr *address, uint8_t length);
void room_use_settings(struct room *room, const struct settings *settings);
void room_use_cluster(struct room *room, struct cluster *cluster);
bool room_give(struct room *room, struct settings *settings);
void room_free(struct room *room);

#endif
