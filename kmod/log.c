// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel log, for those who must not wait for it.
 *
 * printk() prints at once where it is called: a serial console takes 9 ms for
 * a line, with interrupts off, and a takeover of 255 routers is 255 lines. A
 * backup that waits 30 ms for its master would be at it long before. So lines
 * are queued here, and a worker prints them in their order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/llist.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "log.h"

/* As many wait at most; what is more than that is only counted. */
#define QUEUE_MAX 4096

struct kc_log_line {
	struct llist_node node;
	int level;
	char text[];
};

static LLIST_HEAD(lines);
static atomic_t queued, lost;
static struct workqueue_struct *printer;

static void print(struct work_struct *work)
{
	struct kc_log_line *line, *next;
	int missing;

	llist_for_each_entry_safe(line, next,
				  llist_reverse_order(llist_del_all(&lines)),
				  node) {
		if (line->level == LOGLEVEL_WARNING)
			pr_warn("%s", line->text);
		else
			pr_info("%s", line->text);
		kfree(line);
		atomic_dec(&queued);
		cond_resched();
	}
	missing = atomic_xchg(&lost, 0);
	if (missing)
		pr_warn("%d lines are missing here\n", missing);
}

static DECLARE_WORK(print_work, print);

/**
 * kc_log() - write a line to the kernel log, soon
 * @level: LOGLEVEL_INFO or LOGLEVEL_WARNING
 * @fmt: as for printk(), with the newline
 *
 * Context: any but NMI.
 */
void kc_log(int level, const char *fmt, ...)
{
	struct kc_log_line *line = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (atomic_inc_return(&queued) <= QUEUE_MAX)
		line = kmalloc(struct_size(line, text, len + 1),
			       GFP_ATOMIC | __GFP_NOWARN);
	if (!line) {
		atomic_dec(&queued);
		atomic_inc(&lost);
	} else {
		line->level = level;
		va_start(args, fmt);
		vsnprintf(line->text, len + 1, fmt, args);
		va_end(args);
		llist_add(&line->node, &lines);
	}
	queue_work(printer, &print_work);
}

/**
 * kc_log_flush() - return when all that was logged has been printed
 *
 * Context: process.
 */
void kc_log_flush(void)
{
	flush_work(&print_work);
}

/**
 * kc_log_init() - start
 *
 * Return: 0 or a negative error.
 */
int kc_log_init(void)
{
	printer = alloc_workqueue("kcluster_log", WQ_UNBOUND, 1);
	return printer ? 0 : -ENOMEM;
}

/**
 * kc_log_exit() - print what is left, and stop; nobody logs any more
 */
void kc_log_exit(void)
{
	destroy_workqueue(printer);
}
