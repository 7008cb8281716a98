// SPDX-License-Identifier: GPL-2.0
/*
 * Why the module is not there, in one sentence, and what to do about it.
 */
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "explain.h"

/*
 * The module's file for the running kernel, or NULL. Looks where dkms, make
 * modules_install and distributions put it, which is quicker than all over.
 */
static const char *installed_module(const char *release)
{
	static const char * const places[] = { "", "/*", "/*/*", "/kernel/net/*" };
	static char found[512];
	char pattern[256];
	glob_t paths;
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(pattern, sizeof(pattern), "/lib/modules/%s%s/kcluster.ko*", release,
			 places[i]);
		if (glob(pattern, GLOB_NOSORT, NULL, &paths))
			continue;
		snprintf(found, sizeof(found), "%s", paths.gl_pathv[0]);
		globfree(&paths);
		return found;
	}
	return NULL;
}

/* Writes "kcluster/VERSION" for a source tree that dkms can build. */
static bool dkms_source(char *name, size_t size)
{
	DIR *directory = opendir("/usr/src");
	const struct dirent *entry;
	bool found = false;

	if (!directory)
		return false;
	while (!found && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, "kcluster-", strlen("kcluster-")))
			continue;
		snprintf(name, size, "kcluster/%s", entry->d_name + strlen("kcluster-"));
		found = true;
	}
	closedir(directory);
	return found;
}

static bool secure_boot(void)
{
	static const char variable[] = "/sys/firmware/efi/efivars/SecureBoot-"
				       "8be4df61-93ca-11d2-aa0d-00e098032b8c";
	unsigned char value[5] = { 0 };
	FILE *file = fopen(variable, "re");
	size_t n;

	if (!file)
		return false;
	n = fread(value, 1, sizeof(value), file);
	fclose(file);
	return n == sizeof(value) && value[4] == 1;
}

static void say_not_installed(const char *release)
{
	char source[128];

	if (dkms_source(source, sizeof(source)))
		error("the kcluster module is not installed for this kernel %s: install its headers (apt install linux-headers-%s), then run 'dkms install %s'",
		      release, release, source);
	else
		error("the kcluster module is not installed for this kernel %s: install its headers (apt install linux-headers-%s) and kcluster's dkms source, then run 'dkms install kcluster/VERSION'",
		      release, release);
}

/**
 * explain_missing_module() - Say why the kernel does not know the kcluster family.
 */
void explain_missing_module(void)
{
	struct utsname name;

	uname(&name);
	if (!access("/sys/module/kcluster", F_OK))
		error("the kcluster module is loaded, but does not answer: it is being loaded or removed, or failed to start (dmesg tells)");
	else if (!installed_module(name.release))
		say_not_installed(name.release);
	else if (secure_boot())
		error("the kcluster module is not loaded: run 'clusterctl setup' (or 'modprobe kcluster'); Secure Boot is on, so its signing key must be enrolled first");
	else
		error("the kcluster module is not loaded: run 'clusterctl setup' (or 'modprobe kcluster')");
}

/**
 * explain_insmod() - Say in one sentence why a file could not be loaded.
 * @file: Its name, NULL for that of modprobe.
 * @output: What insmod or modprobe wrote, in the C locale.
 */
void explain_insmod(const char *file, const char *output)
{
	static const struct {
		int number;
		const char *text;
	} reasons[] = {
		{ ENOEXEC, "it was built for another kernel: install the headers of this one and run 'dkms autoinstall'" },
		{ EKEYREJECTED, "Secure Boot does not trust its signature: enroll dkms's key with 'mokutil --import /var/lib/dkms/mok.pub' (or /var/lib/shim-signed/mok/MOK.der) and reboot" },
		{ ENOKEY, "Secure Boot does not know the key it was signed with: enroll dkms's key with 'mokutil --import /var/lib/dkms/mok.pub' (or /var/lib/shim-signed/mok/MOK.der) and reboot" },
		{ EPERM, "loading a module needs CAP_SYS_MODULE, and a kernel that still allows it (run as root or with sudo; see kernel.modules_disabled and lockdown)" },
		{ EINVAL, "the kernel refused a parameter or the module's format (dmesg tells which)" },
		{ ENOENT, "a symbol it needs is missing from this kernel (dmesg names it): it was built for another one, run 'dkms autoinstall'" },
		{ ENOMEM, "there is not enough memory" },
		{ EBUSY, "it is being removed: try again" },
	};
	const char *what = file ? file : "the kcluster module";
	size_t i;

	if (strstr(output, "Unknown symbol") || strstr(output, "unknown symbol")) {
		error("%s cannot be loaded: %s", what, reasons[5].text);
		return;
	}
	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (!strstr(output, strerror(reasons[i].number)))
			continue;
		error("%s cannot be loaded: %s", what, reasons[i].text);
		return;
	}
	error("%s cannot be loaded: %.*s", what, (int)strcspn(output, "\n"),
	      *output ? output : "no reason was given");
}

/**
 * explain_modprobe() - Say in one sentence why modprobe could not load the module.
 * @output: What modprobe wrote, in the C locale.
 */
void explain_modprobe(const char *output)
{
	struct utsname name;
	const char *file;

	uname(&name);
	file = installed_module(name.release);
	if (strstr(output, "not found in directory") && file) {
		error("modprobe does not find %s: run 'depmod'", file);
		return;
	}
	/* What depmod listed and is not there any more reads like a missing symbol. */
	if (!file) {
		say_not_installed(name.release);
		return;
	}
	explain_insmod(NULL, output);
}
