// SPDX-License-Identifier: GPL-2.0
/*
 * Sections of a cluster file that shall come to be, out of the words of a command:
 * each key of the section is such a word, in small letters with hyphens or without.
 */
#include <stdlib.h>
#include <string.h>

#include "key.h"
#include "member.h"

/**
 * setting_add() - A section shall have a line.
 * @settings: Of the section.
 * @key: Name of the key; there is one.
 * @value: Its value; copied.
 */
void setting_add(struct settings *settings, const char *key, const char *value)
{
	struct setting *setting;

	settings->list = need_memory(realloc(settings->list, (settings->count + 1) *
					     sizeof(*settings->list)));
	setting = &settings->list[settings->count++];
	setting->key = conf_find_key(settings->kind, key);
	setting->value = copy_text(value);
}

/**
 * setting_add_first() - A section shall have a line, before all others.
 * @settings: Of the section.
 * @key: Name of the key; there is one.
 * @value: Its value; copied.
 */
void setting_add_first(struct settings *settings, const char *key, const char *value)
{
	struct setting last;

	setting_add(settings, key, value);
	last = settings->list[settings->count - 1];
	memmove(settings->list + 1, settings->list,
		(settings->count - 1) * sizeof(*settings->list));
	settings->list[0] = last;
}

/**
 * setting_get() - What a section shall say.
 * @settings: Of the section.
 * @key: Name of the key.
 *
 * Return: The first value of it, NULL if there is none.
 */
const char *setting_get(const struct settings *settings, const char *key)
{
	unsigned int i;

	for (i = 0; i < settings->count; i++)
		if (!strcmp(settings->list[i].key->name, key))
			return settings->list[i].value;
	return NULL;
}

/**
 * settings_take() - Take a word that is a key of the section, and its value.
 * @settings: Of the section.
 * @args: Where we are.
 *
 * Return: DONE; WRONG_USAGE after a complaint; -1 if it is no such word.
 */
int settings_take(struct settings *settings, struct args *args)
{
	const char *word = *args->at, *value;
	const struct conf_key *key = conf_find_key(settings->kind, word);

	if (settings->kind != CONF_CLUSTER && !strcmp(word, "key"))
		key = conf_find_key(settings->kind, "PublicKey");
	if (!key)
		return -1;
	if (!(key->flags & CONF_MANY) && setting_get(settings, key->name))
		return (int)args_wrong(args, "%s is given twice, once expected", word);
	value = args->at[1];
	/* The only one that needs none. */
	if (!strcmp(key->name, "BehindNAT") &&
	    (!value || (strcmp(value, "yes") && strcmp(value, "no")))) {
		value = "yes";
		args->at++;
	} else if (!value || !*value) {
		return (int)args_wrong(args, "%s: a value expected behind it, that of %s in kcluster.conf(5)",
				       word, key->name);
	} else {
		args->at += 2;
	}
	setting_add(settings, key->name, value);
	return DONE;
}

/**
 * settings_print() - Write the lines of a section.
 * @out: Where to.
 * @settings: Of the section.
 */
void settings_print(FILE *out, const struct settings *settings)
{
	unsigned int i;

	for (i = 0; i < settings->count; i++) {
		const struct setting *setting = &settings->list[i];
		char *text = copy_text(setting->value), *rest = text, *word;

		fprintf(out, "%s =", setting->key->name);
		if (setting->key->flags & CONF_WORDS) {
			while ((word = strsep(&rest, " \t"))) {
				if (!*word)
					continue;
				fputc(' ', out);
				word_quote(out, word);
			}
		} else {
			fputc(' ', out);
			word_quote(out, text);
		}
		fputc('\n', out);
		free(text);
	}
}

/**
 * settings_free() - Give back the lines of a section.
 * @settings: Of the section.
 */
void settings_free(struct settings *settings)
{
	unsigned int i;

	for (i = 0; i < settings->count; i++)
		free(settings->list[i].value);
	free(settings->list);
	settings->list = NULL;
	settings->count = 0;
}

/**
 * member_has_name() - Can a node or device be called so, and its directory?
 * @name: The name.
 */
bool member_has_name(const char *name)
{
	return *name != '.' && !strchr(name, '/') && strcmp(name, "cluster.conf") &&
	       conf_is_name(name);
}

/* The port of "HOST:PORT" or "[ADDRESS]:PORT"; NULL if there is none. */
static const char *port_of(const char *endpoint)
{
	const char *colon = strrchr(endpoint, ':'), *bracket = strrchr(endpoint, ']');

	if (!colon || (bracket && colon < bracket) ||
	    (!bracket && colon != strchr(endpoint, ':')))
		return NULL;
	return colon + 1;
}

/**
 * member_finish() - What goes without saying.
 * @member: A node or device with all that was said.
 *
 * A node listens where others reach it. Behind a port forwarding it may not, and then
 * it has to be said.
 */
void member_finish(struct member *member)
{
	const char *endpoint = setting_get(&member->settings, "Endpoint");
	const char *port = endpoint ? port_of(endpoint) : NULL;

	if (port && *port && !setting_get(&member->settings, "ListenPort"))
		setting_add(&member->settings, "ListenPort", port);
}

/**
 * member_print() - Write the section of a node or device.
 * @out: Where to.
 * @member: It.
 */
void member_print(FILE *out, const struct member *member)
{
	fprintf(out, "[%s %s]\n", conf_kind_text(member->settings.kind), member->name);
	settings_print(out, &member->settings);
}

/**
 * member_free() - Give back what a node or device holds, and forget its key.
 * @member: It.
 */
void member_free(struct member *member)
{
	settings_free(&member->settings);
	free(member->name);
	key_forget(member->private_key);
}
