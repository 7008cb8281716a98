/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module as a file, and as it is loaded.
 */
#ifndef MODULE_FILE_H
#define MODULE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "clusterctl.h"

/**
 * struct module_file - A file with the module.
 * @path: Its name; empty for none.
 * @version: Of the module.
 * @sources: Hash of what it was built from, as modinfo's srcversion.
 * @kernel: The release it was built for.
 * @needs: Modules it depends on, separated by commas.
 * @is_signed: It has a signature.
 */
struct module_file {
	char path[512];
	char version[64];
	char sources[64];
	char kernel[128];
	char needs[512];
	bool is_signed;
};

/**
 * struct module_now - The module that is loaded.
 * @loaded: Whether there is one.
 * @version: Its version.
 * @sources: As of &struct module_file.
 * @instance: Another number each time that one is loaded.
 */
struct module_now {
	bool loaded;
	char version[64];
	char sources[64];
	uint64_t instance;
};

/* module_info.c: what modinfo prints */
bool module_file_parse(struct module_file *file, const char *text);

/* module_file.c: the file, and the module that is loaded */
enum status module_file_read(struct module_file *file, const char *name);
enum status module_file_check(const struct module_file *file);
bool module_file_find(struct module_file *file, const struct module_now *now);
void module_now_read(struct module_now *now);
enum status module_remove(uint32_t timeout);

#endif
