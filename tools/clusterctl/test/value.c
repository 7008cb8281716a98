// SPDX-License-Identifier: GPL-2.0
/*
 * Checks the parts of tracked values and of clusterctl check that need no kernel.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../check.h"
#include "../judge.h"
#include "../value.h"
#include "../words.h"
#include "test.h"

static enum status parse(struct value *value, const char *text)
{
	struct words words = { 0 };
	enum status status;
	const char *why;

	memset(value, 0, sizeof(*value));
	words_split(&words, text, &why);
	/* An empty command has no list of words yet. */
	status = value_parse(value, words.list ? words.list : (char *[]){ NULL }, "test");
	words_free(&words);
	return status;
}

void test_value(void)
{
	static const char * const wrongs[] = {
		"", "on", "1.5", "--5", "up up", "up weight", "up weight x", "up ttl soon",
		"up ttl 1s ttl 2s", "weight 5", "5 w 3 w 4", "up initial initial", "1x",
	};
	struct value v;
	size_t i;

	check(parse(&v, "up") == DONE && v.state == KCLUSTER_VALUE_STATE_UP &&
	      !value_has(&v, KCLUSTER_A_VALUE_NUMBER) && !value_has(&v, KCLUSTER_A_VALUE_TTL) &&
	      !value_has(&v, KCLUSTER_A_VALUE_WEIGHT) && !v.initial, "a value that is up");
	check(parse(&v, "down weight -50 ttl 3s initial") == DONE &&
	      v.state == KCLUSTER_VALUE_STATE_DOWN && v.weight == -50 && v.ttl == 3000 &&
	      v.initial, "one that is down, with all that can be said");
	check(parse(&v, "-20 ttl 0") == DONE && v.state == KCLUSTER_VALUE_STATE_UP &&
	      v.number == -20 && value_has(&v, KCLUSTER_A_VALUE_NUMBER) &&
	      value_has(&v, KCLUSTER_A_VALUE_TTL) && !v.ttl, "a number, for ever");
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++)
		check(parse(&v, wrongs[i]) == WRONG_USAGE, "wrong: vrrp track set web %s",
		      wrongs[i]);
}

/* Each letter is a result: g is good, b is bad; a capital one changes the verdict. */
static void check_judge(uint32_t rise, uint32_t fall, const char *results)
{
	struct judge judge = { .rise = rise, .fall = fall };
	const char *p;
	bool ok = true;

	for (p = results; *p; p++) {
		bool good = *p == 'g' || *p == 'G', changes = *p == 'G' || *p == 'B';

		ok = ok && judge_result(&judge, good) == changes;
		if (changes)
			ok = ok && judge.up == good;
	}
	check(ok, "rise %u, fall %u: %s", rise, fall, results);
}

void test_judge(void)
{
	check_judge(1, 1, "GgBbGB");
	check_judge(3, 2, "GbgbBggGgbB");
	check_judge(3, 2, "BggbggGbgbB");
	check_judge(5, 5, "BggggbggggG");
}

/* Runs a command to its end, or for half a second. */
static bool run(struct run *command, const char *script, bool kill_it)
{
	char *words[] = { (char[]){ "sh" }, (char[]){ "-c" }, (char *)script, NULL };
	int i;

	if (!run_start(command, words))
		return false;
	for (i = 0; i < 500; i++) {
		if (kill_it && i == 50)
			run_kill(command);
		run_listen(command);
		if (run_reap(command))
			return true;
		poll(NULL, 0, 10);
	}
	return false;
}

void test_run(void)
{
	char *nothing[] = { (char[]){ "/nonexistent/command" }, NULL };
	struct run r = { .output = -1 };

	check(run(&r, "exit 0", false) && r.good, "a command that succeeds");
	check(run(&r, "echo first; echo last >&2; exit 7", false) && !r.good &&
	      !strcmp(r.why, "exit status 7: last"), "one that fails: %s", r.why);
	check(run(&r, "kill -TERM $$", false) && !r.good &&
	      !strcmp(r.why, "killed by signal 15"), "one that is killed: %s", r.why);
	check(run(&r, "yes | head -c 1000000; echo; printf '\\033[1mx'; exit 1", false) &&
	      !strcmp(r.why, "exit status 1:  [1mx"), "one that prints much, and escapes: %s",
	      r.why);
	check(run(&r, "sleep 100 & sleep 100", true) && !r.good,
	      "one that has to be killed with what it started: %s", r.why);
	check(!run_start(&r, nothing) && !r.pid && strstr(r.why, "cannot run /nonexistent/command"),
	      "one that does not exist: %s", r.why);
}
