/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_LINUX_HRTIMER_H
#define KC_COMPAT_LINUX_HRTIMER_H

#include_next <linux/hrtimer.h>

#ifndef KC_HAVE_HRTIMER_SETUP
/* Before 6.13 the function was set by hand. */
static inline void
hrtimer_setup(struct hrtimer *timer,
	      enum hrtimer_restart (*function)(struct hrtimer *timer),
	      clockid_t clock_id, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock_id, mode);
	timer->function = function;
}
#endif

#endif
