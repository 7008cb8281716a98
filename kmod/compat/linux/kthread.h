/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_COMPAT_LINUX_KTHREAD_H
#define KC_COMPAT_LINUX_KTHREAD_H

#include_next <linux/kthread.h>

#ifndef KC_HAVE_KTHREAD_RUN_WORKER
/* Before 6.14 creating a worker also started it. */
#define kthread_run_worker kthread_create_worker
#endif

#endif
