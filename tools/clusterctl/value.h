/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tracked value as the tool knows it: filled from the command line or from
 * the kernel's answer, written into a request or shown.
 */
#ifndef VALUE_H
#define VALUE_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/kcluster.h>

#include "clusterctl.h"

struct args;
struct nl_msg;

/**
 * struct value - A tracked value.
 * @given: Bit 1 << KCLUSTER_A_VALUE_* for each attribute that is set.
 * @name: Its name.
 * @state: enum kcluster_value_state.
 * @old_state: State before an event, likewise.
 * @initial: Leave it as it is if somebody has set it before.
 * @number: Added to the priority of those who follow it.
 * @weight: For those who follow it with no weight of their own.
 * @ttl: Milliseconds it lasts, 0 for ever.
 * @sequence: Number of an event.
 * @age: Milliseconds since it was set last.
 */
struct value {
	uint32_t given;
	char *name;
	uint8_t state;
	uint8_t old_state;
	bool initial;
	int32_t number;
	int32_t weight;
	uint32_t ttl;
	uint32_t sequence;
	uint64_t age;
};

/**
 * struct values - Several tracked values.
 * @list: The values.
 * @count: How many.
 */
struct values {
	struct value *list;
	unsigned int count;
};

static inline bool value_has(const struct value *value, unsigned int attribute)
{
	return value->given & (UINT32_C(1) << attribute);
}

static inline void value_mark(struct value *value, unsigned int attribute)
{
	value->given |= UINT32_C(1) << attribute;
}

/* value.c: the object, from the command line */
void value_free(struct value *value);
void values_free(struct values *values);
const char *value_state_text(uint8_t state);
enum status value_take_weight(struct args *args, int32_t *weight);
enum status value_parse(struct value *value, char **argv, const char *what);
void value_save(FILE *out, const struct value *value);

/* value_netlink.c: to and from the kernel */
void value_encode(struct nl_msg *msg, const struct value *value);
void value_decode(struct value *value, const struct nlmsghdr *message);
int values_try_get(struct values *values);
enum status values_get(struct values *values, const char *what);
enum status values_get_one(struct values *values, const char *name, const char *what);

/* track.c: the commands "vrrp track set", "show" and "unset" */
bool track_is_command(const char *word);
enum status track_command(int argc, char **argv);
void value_show_state(uint8_t state);

#endif
