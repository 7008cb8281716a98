// SPDX-License-Identifier: GPL-2.0
/*
 * Messages about buckets as octets, see clusterip_msg.h.
 */
#include "clusterip_msg.h"
#include "octets.h"

#define HEAD_LEN 64

static void write_head(struct kc_writer *w, const struct kc_cip_head *head,
		       unsigned int rest)
{
	kc_write(w, head->object, KC_CIP_NAME_LEN);
	kc_write_number(w, head->epoch, 8);
	kc_write_number(w, head->authority, 8);
	kc_write_number(w, head->stamp, 8);
	kc_write_number(w, head->echo, 8);
	kc_write_number(w, head->life, 4);
	kc_write_number(w, head->echo_life, 4);
	kc_write_number(w, head->seq, 4);
	kc_write_number(w, head->flags, 2);
	kc_write_number(w, rest, 2);
}

/* A name, and zeros behind it. */
static bool is_name(const u8 name[KC_CIP_NAME_LEN])
{
	unsigned int i;

	for (i = 1; i < KC_CIP_NAME_LEN; i++)
		if (name[i] && !name[i - 1])
			return false;
	return name[0] && !name[KC_CIP_NAME_LEN - 1];
}

/* Where the rest is; 0 if this is no head. */
static unsigned int read_head(struct kc_reader *r, struct kc_cip_head *head)
{
	unsigned int rest;

	memset(head, 0, sizeof(*head));
	kc_read(r, head->object, KC_CIP_NAME_LEN);
	head->epoch = kc_read_number(r, 8);
	head->authority = kc_read_number(r, 8);
	head->stamp = kc_read_number(r, 8);
	head->echo = kc_read_number(r, 8);
	head->life = kc_read_number(r, 4);
	head->echo_life = kc_read_number(r, 4);
	head->seq = kc_read_number(r, 4);
	head->flags = kc_read_number(r, 2);
	rest = kc_read_number(r, 2);
	if (r->cut || !is_name(head->object) || !head->stamp ||
	    head->epoch > KC_CIP_EPOCH_MAX || head->seq > KC_CIP_SEQ_MAX)
		return 0;
	return rest;
}

/**
 * kc_cip_lease_build() - write a LEASE
 * @buf: where to
 * @lease: what it says
 *
 * Return: octets written
 */
size_t kc_cip_lease_build(u8 buf[KC_CIP_LEASE_LEN],
			  const struct kc_cip_lease *lease)
{
	struct kc_writer w = { .at = buf, .end = buf + KC_CIP_LEASE_LEN };

	write_head(&w, &lease->head, KC_CIP_LEASE_LEN);
	kc_write_number(&w, lease->length_us, 4);
	kc_write_number(&w, 0, 4);
	return KC_CIP_LEASE_LEN;
}

/**
 * kc_cip_lease_parse() - take a LEASE apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @lease: filled in
 *
 * Return: false if this is none
 */
bool kc_cip_lease_parse(const u8 *data, size_t len, struct kc_cip_lease *lease)
{
	struct kc_reader r = { .at = data, .end = data + len };
	unsigned int rest = read_head(&r, &lease->head);

	lease->length_us = kc_read_number(&r, 4);
	return !r.cut && rest >= KC_CIP_LEASE_LEN && rest <= len &&
	       lease->head.epoch && lease->head.authority;
}

/**
 * kc_cip_map_build() - write a MAP
 * @buf: where to
 * @room: octets there, KC_CIP_MAP_MAX is enough for every one
 * @map: what it says
 *
 * Return: octets written, 0 if there is too little room
 */
size_t kc_cip_map_build(u8 *buf, size_t room, const struct kc_cip_map *map)
{
	struct kc_writer w = { .at = buf, .end = buf + room };
	unsigned int i;

	write_head(&w, &map->lease.head, KC_CIP_MAP_LEN);
	kc_write_number(&w, map->lease.length_us, 4);
	kc_write_number(&w, map->seed, 4);
	kc_write_number(&w, map->buckets, 2);
	kc_write_number(&w, map->n, 2);
	kc_write_number(&w, map->mode, 1);
	kc_write_number(&w, map->plan, 1);
	kc_write_number(&w, 0, 2);
	for (i = 0; i < map->n; i++)
		kc_write_number(&w, map->ids[i], 8);
	for (i = 0; i < map->n; i++)
		kc_write_number(&w, map->weights[i], 2);
	kc_write(&w, map->states, map->n);
	kc_write(&w, map->owners, map->buckets);
	return w.cut ? 0 : w.at - buf;
}

static bool sound(const struct kc_cip_map *map)
{
	unsigned int i, j;

	for (i = 0; i < map->n; i++) {
		if (!map->ids[i])
			return false;
		for (j = 0; j < i; j++)
			if (map->ids[i] == map->ids[j])
				return false;
	}
	for (i = 0; i < map->buckets; i++)
		if (map->owners[i] >= map->n && map->owners[i] != KC_CIP_NOBODY)
			return false;
	return true;
}

/**
 * kc_cip_map_parse() - take a MAP apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @map: filled in
 *
 * Return: false if this is none
 */
bool kc_cip_map_parse(const u8 *data, size_t len, struct kc_cip_map *map)
{
	struct kc_reader r = { .at = data, .end = data + len };
	unsigned int rest, i;

	memset(map, 0, sizeof(*map));
	rest = read_head(&r, &map->lease.head);
	map->lease.length_us = kc_read_number(&r, 4);
	map->seed = kc_read_number(&r, 4);
	map->buckets = kc_read_number(&r, 2);
	map->n = kc_read_number(&r, 2);
	map->mode = kc_read_number(&r, 1);
	map->plan = kc_read_number(&r, 1);
	if (r.cut || rest < KC_CIP_MAP_LEN || rest > len ||
	    !map->lease.head.epoch || !map->lease.head.authority ||
	    !map->lease.head.seq || map->mode >= KC_CIP_MODES ||
	    !map->n || map->n > KC_CIP_NODES_MAX ||
	    map->buckets < KC_CIP_BUCKETS_MIN ||
	    map->buckets > KC_CIP_BUCKETS_MAX)
		return false;
	r.at = data + rest;
	for (i = 0; i < map->n; i++)
		map->ids[i] = kc_read_number(&r, 8);
	for (i = 0; i < map->n; i++)
		map->weights[i] = kc_read_number(&r, 2);
	kc_read(&r, map->states, map->n);
	kc_read(&r, map->owners, map->buckets);
	return !r.cut && sound(map);
}

/**
 * kc_cip_status_build() - write a STATUS
 * @buf: where to
 * @room: octets there, KC_CIP_STATUS_MAX is enough for every one
 * @status: what it says
 *
 * Return: octets written, 0 if there is too little room
 */
size_t kc_cip_status_build(u8 *buf, size_t room,
			   const struct kc_cip_status *status)
{
	struct kc_writer w = { .at = buf, .end = buf + room };
	unsigned int words = KC_CIP_WORDS(status->buckets), i;

	write_head(&w, &status->head, KC_CIP_STATUS_LEN);
	kc_write_number(&w, status->weight, 2);
	kc_write_number(&w, status->buckets, 2);
	kc_write_number(&w, status->votes, 2);
	kc_write_number(&w, 0, 2);
	kc_write_number(&w, status->node, 8);
	kc_write_number(&w, status->lease_us, 4);
	kc_write_number(&w, 0, 4);
	for (i = 0; i < words; i++)
		kc_write_number(&w, status->held[i], 8);
	return w.cut ? 0 : w.at - buf;
}

/**
 * kc_cip_status_parse() - take a STATUS apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @status: filled in
 *
 * Return: false if this is none
 */
bool kc_cip_status_parse(const u8 *data, size_t len,
			 struct kc_cip_status *status)
{
	struct kc_reader r = { .at = data, .end = data + len };
	unsigned int rest, words, i;

	memset(status, 0, sizeof(*status));
	rest = read_head(&r, &status->head);
	status->weight = kc_read_number(&r, 2);
	status->buckets = kc_read_number(&r, 2);
	status->votes = kc_read_number(&r, 2);
	kc_read_number(&r, 2);
	status->node = kc_read_number(&r, 8);
	status->lease_us = kc_read_number(&r, 4);
	if (r.cut || rest < KC_CIP_STATUS_LEN || rest > len ||
	    !status->votes || !status->node || status->buckets < KC_CIP_BUCKETS_MIN ||
	    status->buckets > KC_CIP_BUCKETS_MAX ||
	    !status->head.epoch != !status->head.authority ||
	    (!status->head.epoch && status->head.seq))
		return false;
	r.at = data + rest;
	words = KC_CIP_WORDS(status->buckets);
	for (i = 0; i < words; i++)
		status->held[i] = kc_read_number(&r, 8);
	/* There is nothing behind the last bucket. */
	if (status->buckets % 64 &&
	    status->held[words - 1] >> status->buckets % 64)
		return false;
	return !r.cut;
}
