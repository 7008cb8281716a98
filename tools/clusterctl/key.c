// SPDX-License-Identifier: GPL-2.0
/*
 * The private key of this node: a file as 'wg genkey' writes it, that nobody but
 * root can read, or who wants to know.
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clusterctl.h"
#include "key.h"

/* What a file may have besides the key: a newline, and some blanks. */
#define FILE_MAX (KEY_TEXT_MAX + 16)

/* Those who could read the key could be this node. */
static bool is_private(const char *file, const struct stat *stat)
{
	if (!S_ISREG(stat->st_mode)) {
		error("private key '%s': this is no file: one expected with what 'wg genkey' prints",
		      file);
	} else if (stat->st_mode & (S_IRWXG | S_IRWXO)) {
		error("private key '%s': others than its owner have rights to it (mode %04o): 'chmod 600 %s' expected, and a new key if somebody may have read it",
		      file, (unsigned int)stat->st_mode & 07777, file);
	} else if (stat->st_uid && stat->st_uid != geteuid()) {
		error("private key '%s': it belongs to the user %u: 'chown root %s' expected", file,
		      (unsigned int)stat->st_uid, file);
	} else {
		return true;
	}
	return false;
}

static bool decode(const char *file, const char *text, size_t size, uint8_t *private_key)
{
	size_t length;

	if (!sodium_base642bin(private_key, KEY_BYTES, text, size, " \t\r\n", &length, NULL,
			       sodium_base64_VARIANT_ORIGINAL) &&
	    length == KEY_BYTES && !sodium_is_zero(private_key, KEY_BYTES))
		return true;
	error("private key '%s': this is no key: the 44 characters expected that 'wg genkey' prints",
	      file);
	return false;
}

/**
 * key_read() - Read the private key of this node.
 * @file: Its name.
 * @private_key: KEY_BYTES, filled in; to be given to key_forget().
 *
 * Return: What came of it.
 */
enum key_found key_read(const char *file, uint8_t *private_key)
{
	char text[FILE_MAX];
	struct stat stat;
	bool good;
	ssize_t n;
	int fd;

	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		if (errno == ENOENT)
			return KEY_MISSING;
		if (errno == EACCES || errno == EPERM)
			return KEY_HIDDEN;
		error("private key '%s': %s", file, strerror(errno));
		return KEY_BAD;
	}
	good = !fstat(fd, &stat) && is_private(file, &stat);
	if (good) {
		n = read(fd, text, sizeof(text));
		good = decode(file, text, n > 0 ? (size_t)n : 0, private_key);
	}
	close(fd);
	sodium_memzero(text, sizeof(text));
	return good ? KEY_READ : KEY_BAD;
}

/**
 * key_make() - Make a private key, as 'wg genkey' does.
 * @private_key: KEY_BYTES, filled in; to be given to key_forget().
 */
void key_make(uint8_t *private_key)
{
	randombytes_buf(private_key, KEY_BYTES);
	private_key[0] &= 248;
	private_key[KEY_BYTES - 1] = (private_key[KEY_BYTES - 1] & 127) | 64;
}

/**
 * key_public() - The public key that belongs to a private one.
 * @private_key: The private one.
 * @public_key: KEY_BYTES, filled in.
 *
 * Return: 0, or -1 if there is none.
 */
int key_public(const uint8_t *private_key, uint8_t *public_key)
{
	return sodium_init() < 0 ? -1 : crypto_scalarmult_curve25519_base(public_key, private_key);
}

/**
 * key_text() - Write a key.
 * @key: The key.
 * @text: KEY_TEXT_MAX bytes.
 *
 * Return: @text.
 */
const char *key_text(const uint8_t *key, char *text)
{
	return sodium_bin2base64(text, KEY_TEXT_MAX, key, KEY_BYTES,
				 sodium_base64_VARIANT_ORIGINAL);
}

/**
 * key_forget() - Wipe a private key from memory.
 * @private_key: The key.
 */
void key_forget(uint8_t *private_key)
{
	sodium_memzero(private_key, KEY_BYTES);
}
