// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks of addresses: ranges, and files with one address per line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block.h"

/* What is shorter is written one by one. */
#define RUN_MIN 16
#define LINE_EXPECTED "one address such as 192.0.2.1, 192.0.2.1/24 or 192.0.2.1-192.0.2.9"

static void add_one(struct ipaddr *address)
{
	unsigned int i = address->length;

	while (i-- && !++address->bytes[i])
		;
}

static int compare(const struct ipaddr *a, const struct ipaddr *b)
{
	if (a->length != b->length)
		return a->length < b->length ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->length);
}

/**
 * block_size() - Count the addresses of a range.
 * @first: The first one.
 * @last: The last one, of the same family and not before @first.
 *
 * Return: How many, at most KCLUSTER_VRRP_ADDRESSES_MAX + 1.
 */
unsigned int block_size(const struct ipaddr *first, const struct ipaddr *last)
{
	struct ipaddr at = *first;
	unsigned int n = 1;

	for (; compare(&at, last) && n <= KCLUSTER_VRRP_ADDRESSES_MAX; n++)
		add_one(&at);
	return n;
}

/**
 * block_parse() - Read an address or a range, such as 10.0.0.1-10.0.0.9/24.
 * @text: What the user wrote; without a length it is hosts.
 * @first: The first address.
 * @last: The last address, the same for a single one.
 * @prefixlen: The length, -1 when not given.
 * @why: On failure: what would be right.
 *
 * Return: 0, or -1 when @text is neither.
 */
int block_parse(const char *text, struct ipaddr *first, struct ipaddr *last, int *prefixlen,
		const char **why)
{
	const char *dash = strchr(text, '-');
	char start[ADDRESS_TEXT_MAX];
	const char *unused;

	if (!dash) {
		if (parse_prefix(text, first, prefixlen, why))
			return -1;
		*last = *first;
		return 0;
	}
	*why = "a range of addresses of one family, such as 192.0.2.1-192.0.2.99/24,";
	if ((size_t)(dash - text) >= sizeof(start))
		return -1;
	memcpy(start, text, (size_t)(dash - text));
	start[dash - text] = '\0';
	if (parse_address(start, first, &unused) ||
	    parse_prefix(dash + 1, last, prefixlen, &unused) || first->length != last->length)
		return -1;
	if (compare(first, last) > 0) {
		*why = "a range whose last address is not below the first one";
		return -1;
	}
	if (block_size(first, last) > KCLUSTER_VRRP_ADDRESSES_MAX) {
		*why = "a range of at most 4096 addresses";
		return -1;
	}
	return 0;
}

/**
 * block_fill() - Make the addresses of a range out of its first one.
 * @router: Gets the others.
 * @at: Where its first address is: the last one of the list.
 * @size: How many it has.
 */
void block_fill(struct router *router, unsigned int at, unsigned int size)
{
	struct vip *vip;
	unsigned int i;

	for (i = 1; i < size; i++) {
		vip = router_new_address(router);
		*vip = router->addresses[at + i - 1];
		vip->ifname = copy_text(vip->ifname);
		add_one(&vip->address);
	}
}

/**
 * struct entry - An address of a file.
 * @address: The address.
 * @prefixlen: Its prefix length, -1 when not given.
 * @line: Where it is.
 */
struct entry {
	struct ipaddr address;
	int prefixlen;
	unsigned int line;
};

/**
 * struct list - The addresses of a file.
 * @file: Its name.
 * @line: Number of the line being read.
 * @entries: @count of them.
 * @count: See there.
 */
struct list {
	const char *file;
	unsigned int line;
	struct entry *entries;
	unsigned int count;
};

/* Takes one line, cut at its comment. */
static enum status take_line(struct list *list, char *text)
{
	struct ipaddr first = { 0 }, last = { 0 };
	const char *why = "";
	unsigned int size;
	char *word, *more, *rest;
	int prefixlen;

	text[strcspn(text, "#")] = '\0';
	word = strtok_r(text, " \t\r\n\v\f", &rest);
	if (!word)
		return DONE;
	more = strtok_r(NULL, " \t\r\n\v\f", &rest);
	if (more)
		return wrong(NULL, "%s:%u: '%s' is too much, " LINE_EXPECTED " per line expected",
			     list->file, list->line, more);
	if (block_parse(word, &first, &last, &prefixlen, &why))
		return wrong(NULL, "%s:%u: '%s' given, " LINE_EXPECTED " expected", list->file,
			     list->line, word);
	size = block_size(&first, &last);
	if (list->count + size > KCLUSTER_VRRP_ADDRESSES_MAX)
		return wrong(NULL, "%s:%u: too many addresses: at most %d allowed, give the rest to another virtual router",
			     list->file, list->line, KCLUSTER_VRRP_ADDRESSES_MAX);
	list->entries = need_memory(realloc(list->entries,
					    (list->count + size) * sizeof(*list->entries)));
	while (size--) {
		list->entries[list->count++] = (struct entry) {
			.address = first, .prefixlen = prefixlen, .line = list->line,
		};
		add_one(&first);
	}
	return DONE;
}

static enum status read_lines(struct list *list, FILE *file)
{
	enum status status = DONE;
	char *text = NULL;
	size_t size = 0;
	ssize_t length;

	while (status == DONE && (length = getline(&text, &size, file)) >= 0) {
		list->line++;
		if (memchr(text, '\0', (size_t)length))
			status = wrong(NULL, "%s:%u: this is not text: it has a NUL byte",
				       list->file, list->line);
		else
			status = take_line(list, text);
	}
	free(text);
	if (status == DONE && ferror(file)) {
		error("%s: %s", list->file, strerror(errno));
		status = REFUSED;
	}
	if (status == DONE && !list->count)
		status = wrong(NULL, "%s:%u: there is no address, " LINE_EXPECTED " per line expected",
			       list->file, list->line ? list->line : 1);
	return status;
}

static int by_address(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int order = compare(&one->address, &other->address);

	return order ? order : one->line < other->line ? -1 : one->line > other->line;
}

/* Complains about the first line that has an address again. */
static enum status check_twice(const struct list *list, const struct entry *sorted)
{
	const struct entry *again = NULL;
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	for (i = 1; i < list->count; i++)
		if (!compare(&sorted[i].address, &sorted[i - 1].address) &&
		    (!again || sorted[i].line < again->line))
			again = &sorted[i];
	if (!again)
		return DONE;
	return wrong(NULL, "%s:%u: %s is on line %u already: leave one of them out", list->file,
		     again->line, address_text(&again->address, text), again[-1].line);
}

static void add_vip(struct router *router, const struct vip *like, const struct ipaddr *address,
		    int prefixlen)
{
	struct vip *vip = router_new_address(router);

	*vip = *like;
	vip->ifname = copy_text(like->ifname);
	vip->address = *address;
	if (prefixlen >= 0)
		vip->prefixlen = prefixlen;
}

/* How many of @max addresses from @sorted on are a whole prefix? */
static unsigned int whole_prefix(const struct entry *sorted, unsigned int max, int *prefixlen)
{
	const uint8_t *bytes = sorted->address.bytes;
	struct ipaddr next = sorted->address;
	unsigned int n = 1, size = 1;
	uint32_t low;

	*prefixlen = sorted->prefixlen;
	if (sorted->prefixlen >= 0 || sorted->address.length != 4)
		return 1;
	*prefixlen = 32;
	low = (uint32_t)bytes[2] << 8 | bytes[3];
	while (n < max) {
		add_one(&next);
		if (compare(&next, &sorted[n].address) || sorted[n].prefixlen >= 0)
			break;
		n++;
		if (n == 2 * size && !(low & (n - 1)))
			size = n;
	}
	for (n = size; n > 1; n /= 2)
		--*prefixlen;
	return size;
}

/* What is held as local routes needs one for each whole prefix only. */
static void add_prefixes(struct router *router, const struct list *list,
			 const struct entry *sorted, const struct vip *like)
{
	unsigned int i, size;
	int prefixlen;

	for (i = 0; i < list->count; i += size) {
		size = whole_prefix(&sorted[i], list->count - i, &prefixlen);
		add_vip(router, like, &sorted[i].address, prefixlen);
	}
}

static enum status add_all(struct router *router, const struct list *list, const struct vip *like)
{
	struct entry *sorted;
	enum status status;
	unsigned int i;

	sorted = need_memory(malloc(list->count * sizeof(*sorted)));
	memcpy(sorted, list->entries, list->count * sizeof(*sorted));
	qsort(sorted, list->count, sizeof(*sorted), by_address);
	status = check_twice(list, sorted);
	if (status == DONE && like->local && like->excluded && like->prefixlen < 0)
		add_prefixes(router, list, sorted, like);
	else if (status == DONE)
		for (i = 0; i < list->count; i++)
			add_vip(router, like, &list->entries[i].address, list->entries[i].prefixlen);
	free(sorted);
	return status;
}

/**
 * block_read() - Read the addresses of a file.
 * @router: Gets them.
 * @file: The file; one address per line, of which "#" begins a comment.
 * @like: What all of them have: prefix length, device and so on. A length in
 *	the file comes first.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status block_read(struct router *router, const char *file, const struct vip *like)
{
	struct list list = { .file = file };
	enum status status;
	FILE *in;

	in = fopen(file, "re");
	if (!in) {
		error("%s: %s", file, strerror(errno));
		return REFUSED;
	}
	status = read_lines(&list, in);
	fclose(in);
	if (status == DONE)
		status = add_all(router, &list, like);
	free(list.entries);
	return status;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

/* Does the one address follow the other, with all else configured the same? */
static bool follows(const struct vip *a, const struct vip *b)
{
	struct ipaddr next = a->address;

	add_one(&next);
	return !compare(&next, &b->address) && a->prefixlen == b->prefixlen &&
	       same_text(a->ifname, b->ifname) && a->scope == b->scope &&
	       a->excluded == b->excluded && a->local == b->local &&
	       (!a->local || a->prefixlen == 32);
}

/**
 * block_run() - Count the addresses that can be written as one range.
 * @router: The router.
 * @at: The first of them.
 * @states: What became of them is the same, too.
 *
 * Return: How many; 1 if it is better written alone.
 */
unsigned int block_run(const struct router *router, unsigned int at, bool states)
{
	const struct vip *first = &router->addresses[at], *vip;
	unsigned int n;

	for (n = 1; at + n < router->address_count; n++) {
		vip = &first[n];
		if (!follows(&vip[-1], vip) ||
		    (states && (vip->state != first->state || vip->error != first->error)))
			break;
	}
	return n < RUN_MIN ? 1 : n;
}
