// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel is told for WireGuard by sysctl: to forward. What was there before is
 * kept in a file that is as short-lived as these settings are, so that it can return.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "here.h"
#include "wireguard.h"

#define ROOT "/proc/sys/net/"
#define KEPT "sysctl"
/* Far longer than any of these names. */
#define NAME_SIZE 128
#define DEVICES ROOT "ipv6/conf"

/* A digit; -1 where there is no such thing. */
static int read_value(const char *name)
{
	char path[NAME_SIZE];
	int value;
	FILE *file;

	snprintf(path, sizeof(path), ROOT "%s", name);
	file = fopen(path, "re");
	if (!file)
		return -1;
	value = fgetc(file);
	fclose(file);
	return value >= '0' && value <= '9' ? value - '0' : -1;
}

/* What a kernel does not have need not be set. */
static enum status write_value(const char *name, int value)
{
	char path[NAME_SIZE], digit = (char)('0' + value);
	enum status status = DONE;
	int fd;

	snprintf(path, sizeof(path), ROOT "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return DONE;
	if (fd < 0 || write(fd, &digit, 1) != 1) {
		error("%s: %s", path, strerror(errno));
		status = REFUSED;
	}
	if (fd >= 0)
		close(fd);
	return status;
}

/* As sysctl(8) takes it: devices can have points in their names. */
static const char *sysctl_text(const char *name, char *text)
{
	unsigned int i;

	for (i = 0; name[i]; i++)
		text[i] = name[i] == '/' ? '.' : name[i] == '.' ? '/' : name[i];
	text[i] = '\0';
	return text;
}

static bool do_sysctl(struct work *work, char sign, const char *path, int from, int to)
{
	char text[NAME_SIZE], name[NAME_SIZE + 4], was[12], becomes[12];

	snprintf(name, sizeof(name), "net.%s", sysctl_text(path, text));
	snprintf(was, sizeof(was), "%d", from);
	snprintf(becomes, sizeof(becomes), "%d", to);
	return work_do(work, CHANGE("sysctl", name, "set", .from = was, .to = becomes),
		       "%c sysctl %s=%d", sign, name, sign == '-' ? from : to);
}

/* First it is kept what was, then it is changed. */
static enum status set_and_keep(const char *name, int value)
{
	char path[HERE_PATH_MAX];
	int was = read_value(name), failed;
	FILE *kept;

	if (was < 0 || was == value)
		return DONE;
	kept = here_path(KEPT, path) ? NULL : fopen(path, "ae");
	failed = !kept || fprintf(kept, "%s %d %d\n", name, was, value) < 0;
	if (kept && fclose(kept))
		failed = true;
	if (!failed)
		return write_value(name, value);
	error("what %s was cannot be kept: %s", name, strerror(errno));
	return REFUSED;
}

/**
 * link_promote() - Let the other addresses of a subnet stay when its first one goes.
 * @name: The device.
 *
 * Return: DONE or REFUSED.
 */
enum status link_promote(const char *name)
{
	char path[NAME_SIZE];

	snprintf(path, sizeof(path), "ipv4/conf/%s/promote_secondaries", name);
	return write_value(path, 1);
}

/**
 * link_read_forwarding() - Is what comes by a device forwarded?
 * @tunnel: The device; of IPv6 it is all devices. Filled in.
 */
void link_read_forwarding(struct tunnel *tunnel)
{
	char path[NAME_SIZE];

	/* Without IPv6 there is nothing to forward. */
	tunnel->forwarding6 = read_value("ipv6/conf/all/forwarding");
	snprintf(path, sizeof(path), "ipv4/conf/%s/forwarding", tunnel->name);
	tunnel->forwarding = tunnel->exists && read_value(path);
}

/**
 * link_forward() - Forward IPv4 that comes by a device, or do not.
 * @work: The run.
 * @name: The device.
 * @on: Which of them.
 *
 * Return: DONE or REFUSED.
 */
enum status link_forward(struct work *work, const char *name, bool on)
{
	char path[NAME_SIZE];

	snprintf(path, sizeof(path), "ipv4/conf/%s/forwarding", name);
	if (!do_sysctl(work, '+', path, !on, on))
		return DONE;
	return on ? set_and_keep(path, 1) : write_value(path, 0);
}

/*
 * Who forwards heeds no router any more, and forgets those that it has heard of, but on
 * devices where it is told to do so all the same; also on those that come later.
 */
static enum status heed_routers(struct work *work)
{
	DIR *devices = opendir(DEVICES);
	enum status status = DONE;
	char path[NAME_SIZE];
	struct dirent *entry;

	while (status == DONE && devices && (entry = readdir(devices))) {
		if (*entry->d_name == '.' || !strcmp(entry->d_name, "all") ||
		    !strcmp(entry->d_name, "lo"))
			continue;
		snprintf(path, sizeof(path), "ipv6/conf/%.*s/accept_ra", KCLUSTER_IFNAME_MAX,
			 entry->d_name);
		if (read_value(path) == 1 &&
		    do_sysctl(work, '+', path, 1, 2))
			status = set_and_keep(path, 2);
	}
	if (devices)
		closedir(devices);
	return status;
}

/**
 * link_forward6() - Forward IPv6, or do not.
 * @work: The run.
 * @on: Which of them, for all devices: by some only it is never forwarded.
 *
 * Return: DONE or REFUSED.
 */
enum status link_forward6(struct work *work, bool on)
{
	static const char name[] = "ipv6/conf/all/forwarding";
	enum status status = on ? heed_routers(work) : DONE;

	if (status != DONE || !do_sysctl(work, '+', name, !on, on))
		return status;
	return on ? set_and_keep(name, 1) : write_value(name, 0);
}

/**
 * sysctls_kept() - How much was set until now.
 *
 * Return: A number for sysctls_return().
 */
long sysctls_kept(void)
{
	char path[HERE_PATH_MAX];
	long size = 0;
	FILE *kept;

	if (here_path(KEPT, path))
		return 0;
	kept = fopen(path, "re");
	if (!kept)
		return 0;
	if (!fseek(kept, 0, SEEK_END))
		size = ftell(kept);
	fclose(kept);
	return size < 0 ? 0 : size;
}

/* What somebody else has set since is not ours. */
static enum status take_back(struct work *work, const char *line)
{
	char name[NAME_SIZE];
	int was, is;

	if (sscanf(line, "%127s %d %d", name, &was, &is) != 3 || was < 0 || was > 9 ||
	    read_value(name) != is)
		return DONE;
	return do_sysctl(work, '-', name, is, was) ? write_value(name, was) : DONE;
}

/**
 * sysctls_return() - What was set is as it was before.
 * @work: The run.
 * @since: Only what was set since then, from sysctls_kept(); 0 for all.
 *
 * Return: DONE or REFUSED.
 */
enum status sysctls_return(struct work *work, long since)
{
	char path[HERE_PATH_MAX], line[NAME_SIZE], **lines = NULL;
	enum status status = DONE;
	unsigned int count = 0, i;
	FILE *kept;

	if (here_path(KEPT, path))
		return DONE;
	kept = fopen(path, "re");
	if (!kept)
		return DONE;
	if (!fseek(kept, since, SEEK_SET))
		while (fgets(line, sizeof(line), kept)) {
			lines = need_memory(realloc(lines, (count + 1) * sizeof(*lines)));
			lines[count++] = copy_text(line);
		}
	fclose(kept);
	/* Who still forwards would forget routers. */
	for (i = count; i--; free(lines[i]))
		if (take_back(work, lines[i]) != DONE)
			status = REFUSED;
	free(lines);
	if (count && !work->diff && status == DONE && (since ? truncate(path, since) : unlink(path))) {
		error("%s: %s", path, strerror(errno));
		status = REFUSED;
	}
	return status;
}
