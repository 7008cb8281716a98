// SPDX-License-Identifier: GPL-2.0
/*
 * The objects save and flush: the whole configuration at once.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "claim.h"
#include "clusterip.h"
#include "extack.h"
#include "info.h"
#include "mirror.h"
#include "module.h"
#include "output.h"
#include "peer.h"
#include "router.h"
#include "value.h"
#include "words.h"

const char save_usage[] =
	"Usage: clusterctl save\n"
	"Prints a batch that recreates the present state: clusterctl -batch FILE\n";

const char flush_usage[] =
	"Usage: clusterctl flush\n"
	"Deletes every virtual router of the network namespace, where a master says goodbye\n"
	"first, every cluster IP, tracked value, claim and peer, and mirrors no more.\n";

static void save_standby(const char *order, const char *name, uint32_t ms)
{
	char text[TIME_TEXT_MAX];

	printf("%s", order);
	if (name)
		word_quote(stdout, name);
	if (ms)
		printf(" for %s", time_text(ms, text));
	putchar('\n');
}

static bool may_configure(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return !syscall(SYS_capget, &header, data) &&
	       data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN);
}

/* The password is only shown to those who may write; without it a save is a trap. */
static bool password_is_hidden(const struct router *router)
{
	return router->version == 2 && !router_has(router, KCLUSTER_A_VRRP_AUTH_PASS);
}

/**
 * save_command() - Print a batch that recreates the present state.
 * @argc: Number of words after "save".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status save_command(int argc, char **argv)
{
	struct clusterips clusterips = { 0 };
	struct claims claims = { 0 };
	struct routers routers = { 0 };
	struct values values = { 0 };
	struct peers peers = { 0 };
	struct info info = { 0 };
	enum status status;
	unsigned int i;

	if (argc)
		return wrong("save", "save: '%s' is too much, nothing is expected", argv[0]);
	status = routers_get(&routers, "save");
	if (status == DONE)
		status = values_get(&values, "save");
	if (status == DONE)
		status = peers_get(&peers, "save");
	if (status == DONE)
		status = clusterips_get(&clusterips, "save");
	if (status == DONE)
		status = claims_get(&claims, "save");
	if (status != DONE)
		goto out;
	for (i = 0; i < routers.count; i++)
		if (password_is_hidden(&routers.list[i]) && !may_configure()) {
			error("save: the password of %s is only shown with CAP_NET_ADMIN (run as root or with sudo)",
			      routers.list[i].name);
			status = REFUSED;
			break;
		}
	for (i = 0; status == DONE && i < peers.count; i++)
		peer_save(stdout, &peers.list[i]);
	for (i = 0; status == DONE && i < claims.count; i++)
		claim_save(stdout, &claims.list[i]);
	for (i = 0; status == DONE && i < values.count; i++)
		value_save(stdout, &values.list[i]);
	if (status == DONE)
		status = mirror_save(stdout);
	if (status == DONE && !info_try_get(&info) && info.standby)
		save_standby("node standby", NULL, info.standby_time);
	for (i = 0; status == DONE && i < routers.count; i++) {
		router_save(stdout, &routers.list[i]);
		if (routers.list[i].standby && !info.standby)
			save_standby("vrrp standby ", routers.list[i].name,
				     routers.list[i].standby_time);
	}
	for (i = 0; status == DONE && i < clusterips.count; i++)
		clusterip_save(stdout, &clusterips.list[i]);
out:
	claims_free(&claims);
	clusterips_free(&clusterips);
	peers_free(&peers);
	values_free(&values);
	routers_free(&routers);
	return status;
}

/**
 * flush_command() - Delete everything.
 * @argc: Number of words after "flush".
 * @argv: Those words, followed by NULL.
 *
 * Return: DONE, REFUSED or WRONG_USAGE.
 */
enum status flush_command(int argc, char **argv)
{
	static const uint8_t commands[] = {
		KCLUSTER_CMD_CLUSTERIP_FLUSH, KCLUSTER_CMD_VALUE_FLUSH, KCLUSTER_CMD_CLAIM_FLUSH,
		KCLUSTER_CMD_PEER_FLUSH,
	};
	char word[] = "flush";
	char *words[] = { word, NULL };
	struct extack extack;
	enum status status;
	unsigned int i;
	int result;

	if (argc)
		return wrong("flush", "flush: '%s' is too much, nothing is expected", argv[0]);
	status = module_connect();
	/* While there is somebody to hand over to. */
	if (status == DONE)
		status = mirror_off("flush");
	if (status == DONE)
		status = vrrp_command(1, words);
	if (status != DONE)
		return status;
	for (i = 0, result = 0; !result && i < sizeof(commands) / sizeof(commands[0]); i++) {
		result = module_transact(module_new(commands[i], NLM_F_ACK), NULL, NULL, &extack);
		/* What a module does not know it has none of. */
		if (result == -EOPNOTSUPP)
			result = 0;
	}
	if (!result)
		return DONE;
	error("flush: %s", strerror(-result));
	return REFUSED;
}
