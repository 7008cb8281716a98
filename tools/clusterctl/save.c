// SPDX-License-Identifier: GPL-2.0
/*
 * The objects save and flush: the whole configuration at once.
 */
#include <inttypes.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attributes.h"
#include "info.h"
#include "output.h"
#include "router.h"
#include "words.h"

const char save_usage[] =
	"Usage: clusterctl save\n"
	"Prints a batch that recreates the present state: clusterctl -batch FILE\n";

const char flush_usage[] =
	"Usage: clusterctl flush\n"
	"Deletes every virtual router of the network namespace; a master says goodbye first.\n";

static void save_word(const char *key, const char *value)
{
	printf(" %s ", key);
	word_quote(stdout, value);
}

static void save_next_line(void)
{
	printf(" \\\n\t");
}

static void save_settings(const struct router *router)
{
	char text[TIME_TEXT_MAX];
	const char *word;

	save_word("dev", router->ifname);
	printf(" vrid %u version %u family %s", (unsigned int)router->vrid,
	       (unsigned int)router->version, word_for(family_words, router->family) ?: "inet");
	save_next_line();
	word = word_for(initial_state_words, router->initial_state);
	printf("state %s priority %u interval %s", word ? word : "backup",
	       (unsigned int)router->priority, time_text(router->interval, text));
	printf(" preempt %s", router->preempt ? "on" : "off");
	if (router->preempt_delay)
		printf(" preempt-delay %s", time_text(router->preempt_delay, text));
	if (router->startup_delay)
		printf(" startup-delay %s", time_text(router->startup_delay, text));
	if (router->auth_pass && *router->auth_pass)
		save_word("auth-pass", router->auth_pass);
	word = word_for(checksum_words, router->checksum);
	if (word && router->checksum != KCLUSTER_VRRP_CHECKSUM_RFC9568)
		printf(" checksum %s", word);
}

static void save_address(const struct vip *vip)
{
	char text[ADDRESS_TEXT_MAX], scope[4];

	printf("address %s", address_text(&vip->address, text));
	if (vip->prefixlen >= 0)
		printf("/%d", vip->prefixlen);
	if (vip->ifname)
		save_word("dev", vip->ifname);
	if (vip->scope)
		printf(" scope %s", scope_text(vip->scope, scope));
	if (vip->excluded)
		printf(" excluded");
}

static void save_route(const struct route *route, uint8_t family)
{
	char text[ADDRESS_TEXT_MAX];

	if (route_is_default(route, family))
		printf("route default");
	else
		printf("route %s", address_text(&route->dst, text));
	if (!route_is_default(route, family) && route->prefixlen >= 0)
		printf("/%d", route->prefixlen);
	if (route->via.length)
		printf(" via %s", address_text(&route->via, text));
	if (route->ifname)
		save_word("dev", route->ifname);
	if (!route_metric_is_usual(route))
		printf(" metric %" PRIu32, route->metric);
	if (route->has_table)
		printf(" table %" PRIu32, route->table);
}

static void save_router(const struct router *router)
{
	char text[ADDRESS_TEXT_MAX];
	unsigned int i;

	printf("vrrp add ");
	word_quote(stdout, router->name);
	save_settings(router);
	for (i = 0; i < router->peer_count; i++) {
		if (i % 4 == 0)
			save_next_line();
		else
			putchar(' ');
		printf("peer %s", address_text(&router->peers[i], text));
	}
	for (i = 0; i < router->address_count; i++) {
		save_next_line();
		save_address(&router->addresses[i]);
	}
	for (i = 0; i < router->route_count; i++) {
		save_next_line();
		save_route(&router->routes[i], router->family);
	}
	for (i = 0; i < router->path_count; i++) {
		save_next_line();
		path_save(&router->paths[i]);
	}
	for (i = 0; i < router->track_count; i++) {
		save_next_line();
		printf("track");
		save_word("dev", router->tracks[i].ifname ? router->tracks[i].ifname : "");
		if (router->tracks[i].weight)
			printf(" weight %" PRId32, router->tracks[i].weight);
	}
	putchar('\n');
}

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
	struct routers routers = { 0 };
	struct info info = { 0 };
	enum status status;
	unsigned int i;

	if (argc)
		return wrong("save", "save: '%s' is too much, nothing is expected", argv[0]);
	status = routers_get(&routers, "save");
	if (status != DONE)
		return status;
	for (i = 0; i < routers.count; i++)
		if (password_is_hidden(&routers.list[i]) && !may_configure()) {
			error("save: the password of %s is only shown with CAP_NET_ADMIN (run as root or with sudo)",
			      routers.list[i].name);
			status = REFUSED;
			break;
		}
	if (status == DONE && !info_try_get(&info) && info.standby)
		save_standby("node standby", NULL, info.standby_time);
	for (i = 0; status == DONE && i < routers.count; i++) {
		save_router(&routers.list[i]);
		if (routers.list[i].standby && !info.standby)
			save_standby("vrrp standby ", routers.list[i].name,
				     routers.list[i].standby_time);
	}
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
	char word[] = "flush";
	char *words[] = { word, NULL };

	if (argc)
		return wrong("flush", "flush: '%s' is too much, nothing is expected", argv[0]);
	return vrrp_command(1, words);
}
