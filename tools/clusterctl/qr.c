// SPDX-License-Identifier: GPL-2.0
/*
 * QR codes for a terminal. Few need them, so libqrencode is loaded when one is asked
 * for, and the tool works without it; how it is spoken to is known if it was there
 * when the tool was built.
 */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "clusterctl.h"
#include "qr.h"

#ifdef HAVE_QRENCODE
#include <qrencode.h>

#define LIBRARY "libqrencode.so.4"
/* Light modules around the code, without which none is found. */
#define MARGIN 4

static __typeof__(QRcode_encodeString) *encode;
static __typeof__(QRcode_free) *release;

/**
 * qr_ready() - Can QR codes be made?
 *
 * Return: Whether they can; if not, that was said.
 */
bool qr_ready(void)
{
	void *library;

	if (encode && release)
		return true;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library) {
		encode = (__typeof__(encode))dlsym(library, "QRcode_encodeString");
		release = (__typeof__(release))dlsym(library, "QRcode_free");
	}
	if (encode && release)
		return true;
	error("qr: libqrencode is not there (%s): 'apt install libqrencode4' expected, or the same for this system",
	      LIBRARY);
	return false;
}

static bool is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return code->data[y * code->width + x] & 1;
}

/**
 * qr_print() - Show a text as a QR code.
 * @out: A terminal, or what will be shown on one: UTF-8, light on dark.
 * @text: The text.
 * @color: Say which colours these are.
 *
 * Return: 0, or -1 after a complaint.
 */
int qr_print(FILE *out, const char *text, bool color)
{
	static const char * const blocks[] = { "█", "▀", "▄", " " };
	QRcode *code;
	int x, y;

	if (!qr_ready())
		return -1;
	code = encode(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
	if (!code) {
		error("qr: %s", errno == ERANGE ? "this is too much for a QR code" :
						  strerror(errno));
		return -1;
	}
	for (y = -MARGIN; y < code->width + MARGIN; y += 2) {
		if (color)
			fputs("\033[40;37;1m", out);
		for (x = -MARGIN; x < code->width + MARGIN; x++)
			fputs(blocks[(is_dark(code, x, y) ? 2 : 0) + is_dark(code, x, y + 1)],
			      out);
		fputs(color ? "\033[0m\n" : "\n", out);
	}
	release(code);
	return 0;
}

#else

/**
 * qr_ready() - Can QR codes be made?
 *
 * Return: Whether they can; if not, that was said.
 */
bool qr_ready(void)
{
	error("qr: this clusterctl was built without libqrencode: 'apt install libqrencode-dev' and build it again");
	return false;
}

/**
 * qr_print() - Show a text as a QR code.
 * @out: Unused.
 * @text: Unused.
 * @color: Unused.
 *
 * Return: -1 after a complaint.
 */
int qr_print(FILE *out, const char *text, bool color)
{
	(void)out;
	(void)text;
	(void)color;
	qr_ready();
	return -1;
}

#endif
