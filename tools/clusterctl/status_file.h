/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who was set up from which cluster file, in one line.
 */
#ifndef STATUS_FILE_H
#define STATUS_FILE_H

#include <stdint.h>
#include <stdio.h>

#include "peer.h"

void status_file_line(FILE *out, uint64_t own, const struct peers *peers);

#endif
