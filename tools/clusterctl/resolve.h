/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Names of endpoints that have got other addresses.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdio.h>

#include "wireguard.h"

/* resolve.c: whose */
bool resolve_is_due(const struct wg_peer *peer, const char *before, FILE *after, int64_t now);

/* setup_resolve.c: the run */
enum status setup_resolve(const struct setup *setup, unsigned int *changes);

#endif
