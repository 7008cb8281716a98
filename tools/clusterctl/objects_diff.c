// SPDX-License-Identifier: GPL-2.0
/*
 * What of an object of the module changes, for programs: key by key where it stays.
 */
#include <stdlib.h>
#include <string.h>

#include "objects.h"
#include "router_section.h"

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* As one line: what is continued in a batch is not, and it does not end in a newline. */
static char *one_line(const char *text)
{
	char *copy = copy_text(text), *in = copy, *out = copy;

	for (; in && *in; in++) {
		if (in[0] == '\\' && in[1] == '\n') {
			in++;
			in += in[1] == '\t';
		} else if (*in != '\n') {
			*out++ = *in;
		}
	}
	if (out)
		*out = '\0';
	return copy;
}

/**
 * objects_tell() - Show as JSON that an object comes, goes or becomes another one.
 * @work: The run.
 * @object: Its kind, the word of the command.
 * @name: Its name, NULL if its kind has none.
 * @before: The command that makes it as it was; NULL or empty if it was not there.
 * @after: The command that makes it as it shall be, the same.
 */
void objects_tell(struct work *work, const char *object, const char *name, const char *before,
		  const char *after)
{
	char *from = before && *before ? one_line(before) : NULL;
	char *to = after && *after ? one_line(after) : NULL;

	work_tell(work, CHANGE(object, name, !from ? "add" : !to ? "del" : "set", .from = from, .to = to));
	free(from);
	free(to);
}

static void tell_key(struct work *work, const char *object, const char *name, const char *key,
		     const char *from, const char *to)
{
	if (!same(from, to))
		work_tell(work, CHANGE(object, name, "set", .key = key, .from = from, .to = to));
}

/**
 * objects_tell_router() - Show as JSON what of a virtual router changes.
 * @work: The run.
 * @is: As it is.
 * @want: As it shall be.
 */
void objects_tell_router(struct work *work, const struct router *is, const struct router *want)
{
	struct settings before = { .kind = CONF_ROUTER }, after = { .kind = CONF_ROUTER };
	const struct conf_key *key;

	if (!work_tells(work))
		return;
	router_lines(&before, is);
	router_lines(&after, want);
	for (key = conf_keys(CONF_ROUTER); key->name; key++) {
		char *from = router_lines_of(&before, key->name);
		char *to = router_lines_of(&after, key->name);

		tell_key(work, "vrrp", want->name, key->word, from, to);
		free(from);
		free(to);
	}
	settings_free(&before);
	settings_free(&after);
}

/**
 * objects_tell_peer() - Show as JSON what of a peer changes that keeps its paths.
 * @work: The run.
 * @is: As it is.
 * @want: As it shall be.
 */
void objects_tell_peer(struct work *work, const struct peer *is, const struct peer *want)
{
	char from[TIME_TEXT_MAX], to[TIME_TEXT_MAX];

	tell_key(work, "peer", want->name, "interval", time_text(is->interval, from),
		 time_text(want->interval, to));
	snprintf(from, sizeof(from), "%u", (unsigned int)is->lose);
	snprintf(to, sizeof(to), "%u", (unsigned int)want->lose);
	tell_key(work, "peer", want->name, "lose", from, to);
}
