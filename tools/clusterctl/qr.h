/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QR codes for a terminal, by libqrencode.
 */
#ifndef QR_H
#define QR_H

#include <stdbool.h>
#include <stdio.h>

bool qr_ready(void);
int qr_print(FILE *out, const char *text, bool color);

#endif
