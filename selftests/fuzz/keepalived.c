// SPDX-License-Identifier: GPL-2.0
/*
 * Any keepalived.conf: it is read or refused, and the batch that comes out is
 * one that "vrrp add" understands, line by line, and that stays as it is when it
 * is parsed and written again. So nothing that stands in the file can become
 * another command.
 *
 * Input: the text of the file.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "keepalived.h"
#include "words.h"

/* Little, so that parameters that multiply take no time. */
#define ROOM (256u << 10)

struct options options;

const struct object *object_find(const char *name)
{
	(void)name;
	return NULL;
}

static void must(bool condition)
{
	if (!condition)
		abort();
}

/* Everything that the module wants of each item, and can be checked here. */
static void check_router(const struct router *router)
{
	uint8_t length = router->family == AF_INET6 ? 16 : 4;
	unsigned int i, listed = 0;

	must(*router->name && strlen(router->name) <= KCLUSTER_NAME_MAX);
	must(strlen(router->ifname) <= KCLUSTER_IFNAME_MAX);
	must(router->vrid && router->priority);
	must(router->version == 3 || (router->version == 2 && length == 4));
	if (router->version == 2)
		must(router->interval && router->interval <= 255000 &&
		     router->interval % 1000 == 0);
	else
		must(router->interval && router->interval <= 40950 &&
		     router->interval % 10 == 0);
	must(!router->auth_pass || router->version == 2);
	must(router->checksum != KCLUSTER_VRRP_CHECKSUM_RFC5798 ||
	     (router->version == 3 && length == 4));
	must(router->peer_count <= KCLUSTER_VRRP_PEERS_MAX);
	for (i = 0; i < router->peer_count; i++)
		must(router->peers[i].length == length);
	must(router->address_count <= KCLUSTER_VRRP_ADDRESSES_MAX);
	for (i = 0; i < router->address_count; i++) {
		const struct vip *vip = &router->addresses[i];

		must(vip->excluded || vip->address.length == length);
		must(vip->prefixlen > 0 && vip->prefixlen <= vip->address.length * 8);
		must(vip->scope != 255);
		listed += !vip->excluded;
	}
	must(listed);
	must(router->route_count <= KCLUSTER_VRRP_ROUTES_MAX);
	for (i = 0; i < router->route_count; i++)
		must(router->routes[i].via.length || router->routes[i].ifname);
	must(router->track_count <= KCLUSTER_VRRP_TRACKS_MAX);
	for (i = 0; i < router->track_count; i++)
		must(abs(router->tracks[i].weight) <= 254);
}

static void check_line(const struct words *words, const char *command)
{
	struct router router = { 0 };
	char *again = NULL;
	size_t size;
	FILE *out = open_memstream(&again, &size);

	must(words->count > 6 && !strcmp(words->list[0], "vrrp") &&
	     !strcmp(words->list[1], "add"));
	router.name = copy_text(words->list[2]);
	must(router_parse_settings(&router, words->list + 3, false) == DONE);
	check_router(&router);
	router_save(out, &router);
	fclose(out);
	must(!strcmp(again, command));
	free(again);
	router_free(&router);
}

static void check_batch(const char *batch, unsigned int routers)
{
	struct words words = { 0 };
	const char *why;

	while (*batch) {
		char *command = NULL;
		size_t length = 0;
		int result;

		do {
			must(batch[length]);
			length += strcspn(batch + length, "\n") + 1;
			free(command);
			command = strndup(batch, length);
			result = words_split(&words, command, &why);
		} while (result == WORDS_MORE);
		must(result == WORDS_DONE);
		if (words.count) {
			check_line(&words, command);
			must(routers--);
		}
		batch += length;
		free(command);
	}
	must(!routers);
	words_free(&words);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	struct ka_import import = { 0 };
	struct ka_config config = {
		.id = "me", .report = &import.report, .size = KA_SIZE_MAX - ROOM,
	};
	char *batch = NULL, *report = NULL;
	size_t length;
	FILE *out;

	if (ka_parse_text(&config, "f", (const char *)input, size) ||
	    ka_parse_end(&config)) {
		must(config.error && *config.error);
		ka_import_free(&import);
		ka_config_free(&config);
		return 0;
	}
	must(!config.error);
	ka_import_config(&import, &config);
	out = open_memstream(&batch, &length);
	ka_import_print(out, &import, "f");
	fclose(out);
	check_batch(batch, import.routers.count);
	out = open_memstream(&report, &length);
	ka_report_print(out, &import.report);
	fclose(out);
	free(batch);
	free(report);
	ka_import_free(&import);
	ka_config_free(&config);
	return 0;
}
