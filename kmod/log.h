/* SPDX-License-Identifier: GPL-2.0 */
#ifndef KC_LOG_H
#define KC_LOG_H

#include <linux/printk.h>

int kc_log_init(void);
void kc_log_flush(void);
void kc_log_exit(void);
__printf(2, 3) void kc_log(int level, const char *fmt, ...);

/* As pr_info() and pr_warn(), from where nothing may take time. */
#define kc_info(fmt, ...) \
	kc_log(LOGLEVEL_INFO, fmt, ##__VA_ARGS__)
#define kc_warn(fmt, ...) \
	kc_log(LOGLEVEL_WARNING, fmt, ##__VA_ARGS__)

#endif
