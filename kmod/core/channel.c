// SPDX-License-Identifier: GPL-2.0
/*
 * What nodes say to each other, as bytes, see channel.h.
 */
#include "bytes.h"
#include "channel.h"

/**
 * kc_channel_parse() - check the header of a datagram and take it apart
 * @data: the datagram, hostile until proven otherwise
 * @len: octets of @data
 * @header: filled in on KC_CHANNEL_OK
 *
 * What follows the payload is ignored. Of a version that we do not know
 * nothing else is looked at.
 *
 * Return: the verdict
 */
enum kc_channel_verdict kc_channel_parse(const u8 *data, size_t len,
					 struct kc_channel_header *header)
{
	if (len < KC_CHANNEL_HEADER_LEN)
		return KC_CHANNEL_BAD_LENGTH;
	header->version = data[0];
	header->type = data[1];
	header->length = kc_bytes_get(data + 2, 2);
	header->version_min = data[4];
	header->version_max = data[5];
	header->incarnation = kc_bytes_get(data + 8, 8);
	header->sequence = kc_bytes_get(data + 16, 8);

	if (header->version < KC_CHANNEL_VERSION_MIN ||
	    header->version > KC_CHANNEL_VERSION_MAX)
		return KC_CHANNEL_BAD_VERSION;
	if (header->length > len - KC_CHANNEL_HEADER_LEN ||
	    header->length > KC_CHANNEL_PAYLOAD_MAX)
		return KC_CHANNEL_BAD_LENGTH;
	if (header->version < header->version_min ||
	    header->version > header->version_max ||
	    !header->incarnation || !header->sequence)
		return KC_CHANNEL_BAD_CONTENT;
	return KC_CHANNEL_OK;
}

/**
 * kc_channel_build() - write the header of a datagram
 * @header: what it says
 * @buf: where to
 */
void kc_channel_build(const struct kc_channel_header *header,
		      u8 buf[KC_CHANNEL_HEADER_LEN])
{
	buf[0] = header->version;
	buf[1] = header->type;
	kc_bytes_put(buf + 2, header->length, 2);
	buf[4] = header->version_min;
	buf[5] = header->version_max;
	kc_bytes_put(buf + 6, 0, 2);
	kc_bytes_put(buf + 8, header->incarnation, 8);
	kc_bytes_put(buf + 16, header->sequence, 8);
}

/**
 * kc_channel_common() - the version to speak
 * @version_min: what the other node understands, from here
 * @version_max: up to here
 *
 * Return: the highest version that both know, 0 if there is none
 */
u8 kc_channel_common(u8 version_min, u8 version_max)
{
	u8 common = version_max < KC_CHANNEL_VERSION_MAX ?
		    version_max : KC_CHANNEL_VERSION_MAX;

	return common < version_min || common < KC_CHANNEL_VERSION_MIN ?
	       0 : common;
}

/* Whatever is added has to be well-formed, whether we know it or not. */
static bool take_list(const u8 *data, size_t len, struct kc_hello *hello)
{
	size_t step, inside;

	while (len) {
		if (len < 4)
			return false;
		inside = kc_bytes_get(data + 2, 2);
		step = 4 + ((inside + 3) & ~3ULL);
		if (step > len)
			return false;
		if (kc_bytes_get(data, 2) == KC_HELLO_FILE &&
		    inside == KC_HELLO_FILE_LEN)
			hello->file = kc_bytes_get(data + 4, KC_HELLO_FILE_LEN);
		data += step;
		len -= step;
	}
	return true;
}

/**
 * kc_hello_parse() - check a HELLO and take it apart
 * @data: the payload, hostile until proven otherwise
 * @len: octets of @data
 * @hello: filled in on KC_CHANNEL_OK
 *
 * Return: the verdict
 */
enum kc_channel_verdict kc_hello_parse(const u8 *data, size_t len,
				       struct kc_hello *hello)
{
	hello->file = 0;
	if (len < KC_HELLO_LEN ||
	    !take_list(data + KC_HELLO_LEN, len - KC_HELLO_LEN, hello))
		return KC_CHANNEL_BAD_LENGTH;
	hello->interval_us = kc_bytes_get(data, 4);
	hello->flags = kc_bytes_get(data + 4, 4);
	hello->stamp = kc_bytes_get(data + 8, 8);
	hello->echo = kc_bytes_get(data + 16, 8);
	hello->echo_delay_us = kc_bytes_get(data + 24, 4);
	hello->echo_incarnation = kc_bytes_get(data + 28, 4);
	if (hello->interval_us < KC_HELLO_INTERVAL_MIN ||
	    hello->interval_us > KC_HELLO_INTERVAL_MAX || !hello->stamp)
		return KC_CHANNEL_BAD_CONTENT;
	return KC_CHANNEL_OK;
}

/**
 * kc_hello_len() - octets of a HELLO
 * @hello: what it says
 *
 * Return: KC_HELLO_LEN to KC_HELLO_LEN_MAX
 */
size_t kc_hello_len(const struct kc_hello *hello)
{
	return hello->file ? KC_HELLO_LEN_MAX : KC_HELLO_LEN;
}

/**
 * kc_hello_build() - write a HELLO
 * @hello: what it says
 * @buf: where to, kc_hello_len() octets
 */
void kc_hello_build(const struct kc_hello *hello, u8 *buf)
{
	kc_bytes_put(buf, hello->interval_us, 4);
	kc_bytes_put(buf + 4, hello->flags, 4);
	kc_bytes_put(buf + 8, hello->stamp, 8);
	kc_bytes_put(buf + 16, hello->echo, 8);
	kc_bytes_put(buf + 24, hello->echo_delay_us, 4);
	kc_bytes_put(buf + 28, hello->echo_incarnation, 4);
	if (!hello->file)
		return;
	kc_bytes_put(buf + 32, KC_HELLO_FILE, 2);
	kc_bytes_put(buf + 34, KC_HELLO_FILE_LEN, 2);
	kc_bytes_put(buf + 36, hello->file, KC_HELLO_FILE_LEN);
}
