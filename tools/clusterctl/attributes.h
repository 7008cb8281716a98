/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words users have for the attributes of the kcluster family.
 */
#ifndef ATTRIBUTES_H
#define ATTRIBUTES_H

#include "parse.h"

struct nlattr;
struct nlmsghdr;

/**
 * enum attribute_kind - How the value of an attribute is written.
 * @KIND_NUMBER: Unsigned, of 1 to 8 bytes.
 * @KIND_INTEGER: Signed, of 4 bytes.
 * @KIND_TIME: Milliseconds.
 * @KIND_WORD: A number that has a word.
 * @KIND_TEXT: A string.
 * @KIND_SECRET: A string that is not to be repeated.
 * @KIND_ADDRESS: 4 or 16 bytes.
 * @KIND_FLAG: Has no value.
 * @KIND_NEST: Holds other attributes.
 */
enum attribute_kind {
	KIND_NUMBER,
	KIND_INTEGER,
	KIND_TIME,
	KIND_WORD,
	KIND_TEXT,
	KIND_SECRET,
	KIND_ADDRESS,
	KIND_FLAG,
	KIND_NEST,
};

/**
 * struct attribute - An attribute as the user knows it.
 * @type: Its number; 0 ends a table.
 * @name: The user's word for it.
 * @kind: How its value is written.
 * @words: Of KIND_WORD: the words.
 * @nested: Of KIND_NEST: what it holds.
 */
struct attribute {
	uint16_t type;
	const char *name;
	enum attribute_kind kind;
	const struct word *words;
	const struct attribute *nested;
};

extern const struct attribute vrrp_attributes[];
extern const struct attribute value_attributes[];
extern const struct word on_off_words[];
extern const struct word family_words[];
extern const struct word checksum_words[];
extern const struct word initial_state_words[];
extern const struct word isolation_words[];
extern const struct word clusterip_hash_words[];
extern const struct word clusterip_partition_words[];

struct nlattr *message_attributes(const struct nlmsghdr *message, int *length);
uint64_t number_from_attribute(const struct nlattr *attr);
void address_from_attribute(struct ipaddr *address, const struct nlattr *attr);
char *text_from_attribute(const struct nlattr *attr);
const struct attribute *attribute_find(const struct attribute *table, uint16_t type);
const struct attribute *attributes_of(const struct nlmsghdr *request);

#endif
