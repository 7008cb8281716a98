/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every part of clusterctl shares: options, exit codes, how errors speak.
 */
#ifndef CLUSTERCTL_H
#define CLUSTERCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * enum status - What a command returns and clusterctl exits with.
 * @DONE: It is done.
 * @REFUSED: The kernel or the system refused it.
 * @WRONG_USAGE: The command line cannot be understood.
 * @DEGRADED: From the status object: something does not work as configured; from
 *	import: something was left out or changed.
 */
enum status {
	DONE = 0,
	REFUSED = 1,
	WRONG_USAGE = 2,
	DEGRADED = 3,
};

/**
 * struct options - The options that precede the object.
 * @json: Print JSON.
 * @pretty: Indent the JSON.
 * @statistics: Show counters as well.
 * @timestamp: Start each line of the monitor with the time.
 * @force: Go on with a batch after an error.
 * @replace: "vrrp add" changes a virtual router that exists.
 * @batch: Batch file, "-" for standard input; NULL for none.
 * @netns: Network namespace to work in; NULL for the present one.
 */
struct options {
	bool json;
	bool pretty;
	bool statistics;
	bool timestamp;
	bool force;
	bool replace;
	const char *batch;
	const char *netns;
};

extern struct options options;

/**
 * struct object - A first word of a command and what it stands for.
 * @name: The word.
 * @run: Runs the command; gets the words after the object.
 * @usage: Every form of it, one per line.
 * @summary: One clause for the overview.
 */
struct object {
	const char *name;
	enum status (*run)(int argc, char **argv);
	const char *usage;
	const char *summary;
};

extern const struct object objects[];

const struct object *object_find(const char *name);
enum status command_run(int argc, char **argv);
bool option_for_output(const char *word);
enum status option_for_name(const char *object, const char *command, int argc, char **argv,
			    const char **name);

/* errors.c */
void error_set_place(const char *file, unsigned int line);
void error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void warning(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum status wrong(const char *object, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void *need_memory(void *memory);
char *copy_text(const char *text);

/* clock.c: time since the machine booted */
int64_t boot_ms(void);

/* one file per object */
enum status vrrp_command(int argc, char **argv);
enum status peer_command(int argc, char **argv);
enum status clusterip_command(int argc, char **argv);
enum status claim_command(int argc, char **argv);
enum status mirror_command(int argc, char **argv);
enum status node_command(int argc, char **argv);
enum status status_command(int argc, char **argv);
enum status check_command(int argc, char **argv);
enum status monitor_command(int argc, char **argv);
enum status save_command(int argc, char **argv);
enum status flush_command(int argc, char **argv);
enum status import_command(int argc, char **argv);
enum status setup_command(int argc, char **argv);
enum status upgrade_command(int argc, char **argv);
enum status deploy_command(int argc, char **argv);
enum status gen_command(int argc, char **argv);
enum status firewall_command(int argc, char **argv);
enum status kubernetes_command(int argc, char **argv);
enum status teardown_command(int argc, char **argv);
enum status version_command(int argc, char **argv);
enum status help_command(int argc, char **argv);
extern const char vrrp_usage[];
extern const char peer_usage[];
extern const char clusterip_usage[];
extern const char claim_usage[];
extern const char mirror_usage[];
extern const char node_usage[];
extern const char status_usage[];
extern const char check_usage[];
extern const char monitor_usage[];
extern const char save_usage[];
extern const char flush_usage[];
extern const char import_usage[];
extern const char setup_usage[];
extern const char upgrade_usage[];
extern const char deploy_usage[];
extern const char gen_usage[];
extern const char firewall_usage[];
extern const char kubernetes_usage[];
extern const char teardown_usage[];
extern const char version_usage[];
extern const char help_usage[];

enum status batch_run(const char *file);

#endif
