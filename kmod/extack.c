// SPDX-License-Identifier: GPL-2.0
/*
 * Refusals that speak.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>

#include "extack.h"

/*
 * netlink copies the message while it acknowledges the request, after the
 * handler has returned. Handlers run in parallel, so each takes the next of
 * these; a message could only be overwritten by as many refusals that happen
 * between a return and its acknowledgment.
 */
#define SLOTS 64
#define SLOT_SIZE 192

static char slots[SLOTS][SLOT_SIZE];
static atomic_t next_slot;

int kc_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
	      int error, const char *format, ...)
{
	unsigned int slot = (unsigned int)atomic_inc_return(&next_slot) % SLOTS;
	va_list args;

	if (!extack)
		return error;
	va_start(args, format);
	vscnprintf(slots[slot], SLOT_SIZE, format, args);
	va_end(args);
	extack->_msg = slots[slot];
	if (attr)
		extack->bad_attr = attr;
	return error;
}
