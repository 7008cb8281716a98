// SPDX-License-Identifier: GPL-2.0
/*
 * The private keys of nodes and devices that shall come to be: DIRECTORY/NAME/private.key
 * is used if it is there, else it is made.
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "key.h"
#include "member.h"

#define PRIVATE_FILE "private.key"

/**
 * member_file() - The name of a file of a node or device.
 * @directory: Of the cluster.
 * @name: Of the node or device.
 * @file: Of the file; NULL for the directory.
 *
 * Return: It, to be freed with free().
 */
char *member_file(const char *directory, const char *name, const char *file)
{
	char *path = NULL;

	if (asprintf(&path, "%s/%s%s%s", directory, name, file ? "/" : "", file ?: "") < 0)
		path = NULL;
	return need_memory(path);
}

static enum status use_key(struct member *member, const char *file)
{
	const char *given = setting_get(&member->settings, "PublicKey");
	uint8_t public_key[KEY_BYTES];
	char text[KEY_TEXT_MAX];

	if (key_public(member->private_key, public_key)) {
		error("private key '%s': it has no public key: another one expected, from 'wg genkey'",
		      file);
		return REFUSED;
	}
	key_text(public_key, text);
	if (!given) {
		setting_add_first(&member->settings, "PublicKey", text);
	} else if (strcmp(given, text)) {
		error("%s: the key %s was given, but that of '%s' is %s: leave one of them", member->name,
		      given, file, text);
		return REFUSED;
	}
	return DONE;
}

/**
 * member_need_key() - See to it that a node or device has a public key.
 * @member: It.
 * @directory: Of the cluster.
 *
 * Nothing is written.
 *
 * Return: DONE, or REFUSED after a complaint.
 */
enum status member_need_key(struct member *member, const char *directory)
{
	char *file = member_file(directory, member->name, PRIVATE_FILE);
	enum status status = REFUSED;

	switch (key_read(file, member->private_key)) {
	case KEY_READ:
		member->has_private = true;
		status = use_key(member, file);
		break;
	case KEY_MISSING:
		status = DONE;
		/* Who has said the public one keeps the private one. */
		if (setting_get(&member->settings, "PublicKey"))
			break;
		key_make(member->private_key);
		member->has_private = true;
		member->is_new = true;
		status = use_key(member, file);
		break;
	case KEY_HIDDEN:
		error("private key '%s': it is there, but cannot be read: run this as its owner, or say its public key behind 'key'",
		      file);
		break;
	case KEY_BAD:
		break;
	}
	free(file);
	return status;
}

/**
 * member_drop_key() - Take back what member_keep_key() did.
 * @member: Whose.
 * @directory: Of the cluster.
 */
void member_drop_key(const struct member *member, const char *directory)
{
	char *place = member_file(directory, member->name, NULL);
	char *file = member_file(directory, member->name, PRIVATE_FILE);

	if (member->is_new) {
		unlink(file);
		/* If it has something else in it, it stays. */
		rmdir(place);
	}
	free(file);
	free(place);
}

/**
 * member_keep_key() - Write the private key that was made, readable for its owner only.
 * @member: Whose.
 * @directory: Of the cluster; there.
 *
 * Return: DONE, or REFUSED after a complaint.
 */
enum status member_keep_key(const struct member *member, const char *directory)
{
	char *place = member_file(directory, member->name, NULL);
	char *file = member_file(directory, member->name, PRIVATE_FILE);
	char text[KEY_TEXT_MAX + 1];
	int failed = 0;

	if (member->is_new) {
		key_text(member->private_key, text);
		strcat(text, "\n");
		failed = file_directory(place) || file_create(file, text, 0600, false);
		sodium_memzero(text, sizeof(text));
	}
	free(file);
	free(place);
	return failed ? REFUSED : DONE;
}
