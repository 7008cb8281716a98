// SPDX-License-Identifier: GPL-2.0
/*
 * The module as a file, and as it is loaded: which one is it, and does it fit?
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "load.h"
#include "module_file.h"
#include "program.h"

#define SYS_MODULE "/sys/module/kcluster"

/**
 * module_file_read() - Which module is in a file?
 * @file: Filled in; starts out zeroed.
 * @name: Name of the file, NULL for the one that modprobe would load.
 *
 * Return: DONE or REFUSED.
 */
enum status module_file_read(struct module_file *file, const char *name)
{
	const char *argv[] = { "modinfo", name ? name : "kcluster", NULL };
	struct program modinfo = { .argv = argv };
	enum status status = REFUSED;

	if (name && access(name, R_OK)) {
		error("module '%s': %s", name, strerror(errno));
		return REFUSED;
	}
	system_path();
	if (program_run(&modinfo) && module_file_parse(file, modinfo.out))
		status = DONE;
	else if (modinfo.status < 0)
		error("modinfo cannot be run: install kmod");
	else if (name)
		error("module '%s': this is not the kcluster module: a file kcluster.ko expected",
		      name);
	else
		error("modprobe knows no kcluster module for this kernel: install it (dkms status tells), or name its file: 'clusterctl upgrade module FILE.ko'");
	program_free(&modinfo);
	return status;
}

static bool reads_yes(const char *path)
{
	FILE *file = fopen(path, "re");
	int first = file ? getc(file) : 'N';

	if (file)
		fclose(file);
	return first == 'Y' || first == '1';
}

/**
 * module_file_check() - Could the running kernel load this?
 * @file: The file.
 *
 * Return: DONE or REFUSED.
 */
enum status module_file_check(const struct module_file *file)
{
	struct utsname name;

	uname(&name);
	if (strcmp(file->kernel, name.release)) {
		error("%s was built for the kernel %s, and %s runs: build it for that one (dkms install -k %s kcluster/%s)",
		      file->path, file->kernel, name.release, name.release, file->version);
		return REFUSED;
	}
	if (!file->is_signed && reads_yes("/sys/module/module/parameters/sig_enforce")) {
		error("%s has no signature, and this kernel wants one: sign it with a key that is enrolled (mokutil --import)",
		      file->path);
		return REFUSED;
	}
	if (reads_yes("/proc/sys/kernel/modules_disabled")) {
		error("this kernel loads no modules any more (kernel.modules_disabled): a new one comes with the next boot");
		return REFUSED;
	}
	return DONE;
}

static void read_line(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "re");

	*text = '\0';
	if (!file)
		return;
	if (fgets(text, (int)size, file))
		text[strcspn(text, "\n")] = '\0';
	fclose(file);
}

/**
 * module_now_read() - Which module is loaded?
 * @now: Filled in.
 */
void module_now_read(struct module_now *now)
{
	struct stat about;

	memset(now, 0, sizeof(*now));
	now->loaded = !stat(SYS_MODULE, &about);
	if (!now->loaded)
		return;
	/* The kernel gives out these numbers one after the other. */
	now->instance = about.st_ino;
	read_line(SYS_MODULE "/version", now->version, sizeof(now->version));
	read_line(SYS_MODULE "/srcversion", now->sources, sizeof(now->sources));
}

static bool is_file_of(const char *path, const struct module_now *now, struct module_file *file)
{
	const char *argv[] = { "modinfo", path, NULL };
	struct program modinfo = { .argv = argv };
	bool found;

	memset(file, 0, sizeof(*file));
	found = program_run(&modinfo) && module_file_parse(file, modinfo.out) &&
		!strcmp(file->sources, now->sources);
	program_free(&modinfo);
	return found;
}

/**
 * module_file_find() - Where is the file of the module that is loaded?
 * @file: Filled in.
 * @now: The module.
 *
 * It is looked for where modprobe and where dkms have theirs.
 *
 * Return: Whether it is there.
 */
bool module_file_find(struct module_file *file, const struct module_now *now)
{
	struct utsname name;
	char pattern[256];
	bool found = false;
	glob_t paths;
	size_t i;

	if (now->loaded && *now->sources) {
		system_path();
		found = is_file_of("kcluster", now, file);
		uname(&name);
		snprintf(pattern, sizeof(pattern),
			 "/var/lib/dkms/kcluster/*/%s/*/module/kcluster.ko*", name.release);
		if (!found && !glob(pattern, 0, NULL, &paths)) {
			for (i = 0; !found && i < paths.gl_pathc; i++)
				found = is_file_of(paths.gl_pathv[i], now, file);
			globfree(&paths);
		}
	}
	if (!found)
		memset(file, 0, sizeof(*file));
	return found;
}

/**
 * module_remove() - Take the module out of the kernel, and leave what it depends on.
 * @timeout: Milliseconds for which somebody may still hold it.
 *
 * Return: DONE or REFUSED.
 */
enum status module_remove(uint32_t timeout)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	uint32_t waited = 0;

	while (syscall(SYS_delete_module, "kcluster", O_NONBLOCK)) {
		if (errno == ENOENT)
			return DONE;
		if ((errno != EAGAIN && errno != EBUSY) || waited >= timeout) {
			error("the kcluster module cannot be unloaded: %s%s", strerror(errno),
			      errno == EPERM ? " (run as root or with sudo)" :
			      errno == EAGAIN ? ": somebody uses it (lsmod tells)" : "");
			return REFUSED;
		}
		nanosleep(&pause, NULL);
		waited += 100;
	}
	return DONE;
}
