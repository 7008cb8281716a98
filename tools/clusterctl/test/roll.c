// SPDX-License-Identifier: GPL-2.0
/*
 * Checks what upgrade and deploy are made of: programs that are run, what modinfo
 * prints, the commands that are kept, the order of nodes and when one is at rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "../deploy.h"
#include "../program.h"
#include "../upgrade.h"
#include "test.h"

static void test_program(void)
{
	const char *cat[] = { "sh", "-c", "cat; echo one >&2; echo two >&2; exit 3", NULL };
	const char *none[] = { "/nowhere/at-all", NULL };
	const char *sleeps[] = { "sh", "-c", "sleep 60 & echo begun; wait", NULL };
	char *much = need_memory(calloc(1, 300001));
	struct program program = { .argv = cat, .input = much, .input_length = 300000 };

	memset(much, 'x', 300000);
	check(!program_run(&program) && WEXITSTATUS(program.status) == 3, "its exit status");
	check(!strcmp(program.out, much), "it reads what it is given, and what it writes is read");
	check(!strcmp(program_last_line(&program), "two"), "the last line of what it complained");
	program_free(&program);
	free(much);
	program = (struct program){ .argv = none };
	check(!program_run(&program) && program.status == -1 && *program.err,
	      "one that is not there: %s", program.err ?: "");
	program_free(&program);
	program = (struct program){ .argv = sleeps, .timeout = 300 };
	check(!program_run(&program) && program.late && !strcmp(program.out, "begun\n"),
	      "one that takes too long is ended, with what it has started");
	program_free(&program);
}

static void test_module(void)
{
	static const char text[] =
		"filename:       /lib/modules/6.1.0/updates/dkms/kcluster.ko\n"
		"version:        1.2.3\n"
		"license:        GPL\n"
		"srcversion:     0123ABCD\n"
		"depends:        nf_conntrack,nf_nat\n"
		"retpoline:      Y\n"
		"name:           kcluster\n"
		"vermagic:       6.1.0-56-amd64 SMP preempt mod_unload modversions \n"
		"sig_id:         PKCS#7\n"
		"signer:         DKMS: module signing key\n"
		"signature:      30:82:01\n"
		"\t\tAA:BB\n";
	struct module_file file = { 0 };

	check(module_file_parse(&file, text), "a module");
	check(!strcmp(file.path, "/lib/modules/6.1.0/updates/dkms/kcluster.ko") &&
	      !strcmp(file.version, "1.2.3") && !strcmp(file.sources, "0123ABCD") &&
	      !strcmp(file.needs, "nf_conntrack,nf_nat") &&
	      !strcmp(file.kernel, "6.1.0-56-amd64") && file.is_signed, "all of it");
	memset(&file, 0, sizeof(file));
	check(!module_file_parse(&file, "filename: /a.ko\nname: other\nvermagic: 6.1 SMP\n"),
	      "another module is refused");
	memset(&file, 0, sizeof(file));
	check(!module_file_parse(&file, "") && !module_file_parse(&file, "\n:\n\nname:\n"),
	      "nothing is refused");
}

static void test_kept(void)
{
	char *text = kept_join("a 1\nb\n", "a\n\nb\nc\n");

	check(!strcmp(text, "a 1\nb\na\nc\n"), "what is kept is not there twice: %s", text);
	free(text);
	text = kept_join("a \\\n\tx\nb\n", "c \\\n\tx\na \\\n\tx\n");
	check(!strcmp(text, "a \\\n\tx\nb\nc \\\n\tx\n"), "commands of several lines: %s", text);
	free(text);
	text = copy_text("a \\\nvrrp standby x\nvrrp standby b\nvrrp add c\nvrrp standby d for 5ms\n");
	kept_orders(text);
	check(!strcmp(text, "vrrp standby b\nvrrp standby d for 5ms\n"),
	      "orders of before are kept: %s", text);
	free(text);
	text = kept_join("", "");
	check(!*text, "nothing is kept of nothing");
	free(text);
}

static void test_order(void)
{
	struct deploy_node list[] = {
		{ .node = 0, .name = "here" },
		{ .node = 1, .name = "master", .target = "m", .masters = 2 },
		{ .node = 2, .name = "backup", .target = "b" },
		{ .node = 3, .name = "half", .target = "h", .masters = 1 },
		{ .node = 4, .name = "other", .target = "o" },
	};
	char order[64] = "";
	unsigned int i;

	deploy_sort(list, 5);
	for (i = 0; i < 5; i++) {
		strcat(order, list[i].name);
		strcat(order, " ");
	}
	check(!strcmp(order, "backup other half master here "),
	      "backups before masters, this machine last: %s", order);
}

static void check_settled(bool wanted, unsigned int faults, const char *json)
{
	struct deploy_node node = { .faults = faults };
	char why[DEPLOY_WHY_MAX];

	check(deploy_is_settled(&node, json, why, sizeof(why)) == wanted, "%s: %s",
	      wanted ? "at rest" : "not at rest", json);
}

static void test_status(void)
{
	struct deploy_node node = { 0 };

	check(deploy_take_status(&node, "{\"file\":\"b2e1000000000001\",\"routers\":["
				 "{\"name\":\"a\",\"state\":\"MASTER\"},{\"state\":\"BACKUP\"},"
				 "{\"state\":\"FAULT\"},{},3]}") &&
	      node.masters == 1 && node.faults == 1 && node.file == 0xb2e1000000000001,
	      "what a node says of itself");
	check(!deploy_take_status(&node, "") && !node.masters && !node.file,
	      "one that says nothing has nothing");
	check(!deploy_take_status(&node, "[1]") && !deploy_take_status(&node, "{\"routers\":1}"),
	      "nor one that says something else");
	check_settled(true, 0, "{\"routers\":[]}");
	check_settled(true, 0, "{\"routers\":[{\"state\":\"MASTER\"}]}");
	check_settled(true, 0, "{\"routers\":[{\"state\":\"BACKUP\",\"master_address\":\"a\"}]}");
	check_settled(false, 0, "{\"routers\":[{\"state\":\"BACKUP\"}]}");
	check_settled(false, 0, "{\"routers\":[{\"state\":\"BACKUP\",\"master_address\":\"a\",\"handover_wait\":5}]}");
	check_settled(false, 0, "{\"routers\":[{\"state\":\"INIT\"}]}");
	check_settled(false, 0, "{\"routers\":[{\"state\":\"FAULT\"}]}");
	check_settled(true, 1, "{\"routers\":[{\"state\":\"FAULT\"}]}");
	check_settled(false, 0, "");
}

void test_roll(void)
{
	test_program();
	test_module();
	test_kept();
	test_order();
	test_status();
}
