/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says about a request it refused, in the user's words. Pure.
 */
#ifndef EXTACK_H
#define EXTACK_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct extack - What netlink calls an extended ACK.
 * @error: 0 or a negative errno.
 * @message: The kernel's text; empty for none.
 * @has_offset: Whether @offset is set.
 * @offset: Where in the request the bad attribute starts.
 * @has_missing: Whether @missing is set.
 * @missing: Type of the attribute that is missing.
 * @has_nest: Whether @nest is set.
 * @nest: Where in the request the nest starts that misses it.
 * @has_range: Whether @min and @max are set.
 * @min: Smallest value the policy allows.
 * @max: Largest one.
 * @has_length: Whether @max_length is set.
 * @max_length: Longest value the policy allows, in bytes.
 */
struct extack {
	int error;
	char message[256];
	bool has_offset;
	uint32_t offset;
	bool has_missing;
	uint32_t missing;
	bool has_nest;
	uint32_t nest;
	bool has_range;
	int64_t min;
	int64_t max;
	bool has_length;
	uint32_t max_length;
};

void extack_read(struct extack *extack, const struct nlmsghdr *message);
void extack_text(const struct extack *extack, int error, const struct nlmsghdr *request,
		 char *text, size_t size);

#endif
