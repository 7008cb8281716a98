// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of a stream's datagrams as octets, see mirror_stream.h.
 */
#include "mirror_stream.h"
#include "octets.h"

#define RANGE_LEN 8

/**
 * kc_stream_data_build() - write the header of a datagram
 * @buf: where to
 * @header: what it says
 */
void kc_stream_data_build(u8 buf[KC_STREAM_DATA_LEN],
			  const struct kc_stream_data *header)
{
	struct kc_writer w = { .at = buf, .end = buf + KC_STREAM_DATA_LEN };

	kc_write_number(&w, header->stream, 8);
	kc_write_number(&w, header->seq, 8);
	kc_write_number(&w, header->kept, 4);
	kc_write_number(&w, KC_STREAM_DATA_LEN, 2);
	kc_write_number(&w, header->flags, 2);
}

/**
 * kc_stream_data_parse() - take the header of a datagram apart
 * @data: the datagram, hostile until proven otherwise
 * @len: octets of @data
 * @header: filled in
 *
 * Return: where the records begin, 0 if this is none
 */
size_t kc_stream_data_parse(const u8 *data, size_t len,
			    struct kc_stream_data *header)
{
	struct kc_reader r = { .at = data, .end = data + len };
	u16 offset;

	header->stream = kc_read_number(&r, 8);
	header->seq = kc_read_number(&r, 8);
	header->kept = kc_read_number(&r, 4);
	offset = kc_read_number(&r, 2);
	header->flags = kc_read_number(&r, 2);
	if (r.cut || offset < KC_STREAM_DATA_LEN || offset > len ||
	    !header->stream || header->stream > KC_STREAM_MAX ||
	    !header->seq || header->seq > KC_STREAM_SEQ_MAX ||
	    header->kept >= header->seq)
		return 0;
	return offset;
}

/**
 * kc_stream_status_build() - write a STATUS
 * @buf: where to
 * @room: octets there, at least KC_STREAM_STATUS_LEN
 * @status: what it says; of what is missing as much as there is room for
 *
 * Return: octets written, 0 if there is not even room for the header
 */
size_t kc_stream_status_build(u8 *buf, size_t room,
			      const struct kc_stream_status *status)
{
	struct kc_writer w = { .at = buf, .end = buf + room };
	size_t n = status->n;
	unsigned int i;

	if (room < KC_STREAM_STATUS_LEN)
		return 0;
	if (n > (room - KC_STREAM_STATUS_LEN) / RANGE_LEN)
		n = (room - KC_STREAM_STATUS_LEN) / RANGE_LEN;
	kc_write_number(&w, status->heard, 8);
	kc_write_number(&w, status->next, 8);
	kc_write_number(&w, status->limit, 8);
	kc_write_number(&w, status->stream, 8);
	kc_write_number(&w, status->oldest, 8);
	kc_write_number(&w, status->last, 8);
	kc_write_number(&w, status->queue, 4);
	kc_write_number(&w, status->lag_us, 4);
	kc_write_number(&w, status->flags, 4);
	kc_write_number(&w, n, 2);
	kc_write_number(&w, KC_STREAM_STATUS_LEN, 2);
	for (i = 0; i < n; i++) {
		kc_write_number(&w, status->missing[i].first - status->next, 4);
		kc_write_number(&w, status->missing[i].count, 4);
	}
	return w.at - buf;
}

static bool read_ranges(struct kc_reader *r, struct kc_stream_status *status)
{
	u64 behind = 0;
	unsigned int i;

	for (i = 0; i < status->n; i++) {
		struct kc_stream_range *range = &status->missing[i];

		range->first = status->next + kc_read_number(r, 4);
		range->count = kc_read_number(r, 4);
		if (!range->count || range->first <= behind)
			return false;
		behind = range->first + range->count;
	}
	return !r->cut;
}

/**
 * kc_stream_status_parse() - take a STATUS apart
 * @data: the STATUS, hostile until proven otherwise
 * @len: octets of @data
 * @status: filled in
 *
 * Return: false if this is none
 */
bool kc_stream_status_parse(const u8 *data, size_t len,
			    struct kc_stream_status *status)
{
	struct kc_reader r = { .at = data, .end = data + len };
	u16 offset;

	memset(status, 0, sizeof(*status));
	status->heard = kc_read_number(&r, 8);
	status->next = kc_read_number(&r, 8);
	status->limit = kc_read_number(&r, 8);
	status->stream = kc_read_number(&r, 8);
	status->oldest = kc_read_number(&r, 8);
	status->last = kc_read_number(&r, 8);
	status->queue = kc_read_number(&r, 4);
	status->lag_us = kc_read_number(&r, 4);
	status->flags = kc_read_number(&r, 4);
	status->n = kc_read_number(&r, 2);
	offset = kc_read_number(&r, 2);
	if (r.cut || offset < KC_STREAM_STATUS_LEN || offset > len ||
	    status->n > KC_STREAM_RANGES_MAX)
		return false;
	if (status->heard > KC_STREAM_MAX || status->stream > KC_STREAM_MAX ||
	    !status->next || status->next > KC_STREAM_SEQ_MAX + 1 ||
	    status->limit > KC_STREAM_SEQ_MAX || !status->oldest ||
	    status->last > KC_STREAM_SEQ_MAX ||
	    status->oldest > status->last + 1)
		return false;
	r.at = data + offset;
	return read_ranges(&r, status);
}
