// SPDX-License-Identifier: GPL-2.0
/*
 * What is said of rules of others that eat our traffic: which, what, and the remedy.
 */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "output.h"

static const struct {
	const char *word;
	const char *text;
} kinds[] = {
	[TRAFFIC_WIREGUARD] = { "wireguard", "WireGuard" },
	[TRAFFIC_TUNNEL] = { "tunnel", "what comes out of the tunnel" },
	[TRAFFIC_CHANNEL] = { "channel", "what the modules of other nodes say" },
	[TRAFFIC_VRRP] = { "vrrp", "VRRP" },
	[TRAFFIC_RELAY] = { "relay", "what goes from tunnel to tunnel" },
	[TRAFFIC_OUT_OF] = { "out-of-tunnel", "what goes on from the tunnel" },
	[TRAFFIC_INTO] = { "into-tunnel", "what goes into the tunnel" },
	[TRAFFIC_PODS] = { "pods", "what goes from pod to pod" },
};

static void put_traffic(FILE *out, const struct traffic *traffic)
{
	char network[PREFIX_TEXT_MAX];

	fprintf(out, "%s%s (", traffic->answers ? "answers of " : "", kinds[traffic->kind].text);
	if (traffic->kind == TRAFFIC_PODS)
		fputs(prefix_text(&traffic->from, network), out);
	else if (traffic->port >= 0)
		fprintf(out, "UDP port %d", traffic->port);
	else if (traffic->kind == TRAFFIC_VRRP)
		fprintf(out, "protocol %d by %s", traffic->protocol, traffic->in);
	else
		fputs(traffic->in ?: traffic->out, out);
	fputc(')', out);
}

static char *text_of(const struct traffic *traffic)
{
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	put_traffic(out, traffic);
	fclose(out);
	return text;
}

/* What one rule eats, each kind once: it can come by several ways. */
static char *eaten_text(const struct foreign_hit *hit)
{
	char *text = NULL, *one;
	unsigned int i, said = 0;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	for (i = 0; i < hit->count; i++) {
		if (foreign_is_in_another(hit, hit->traffics[i]))
			continue;
		one = text_of(hit->traffics[i]);
		fflush(out);
		if (!strstr(text, one)) {
			fprintf(out, "%s%s", said ? ", " : "", one);
			said++;
		}
		free(one);
	}
	fclose(out);
	return text;
}

static const char *verdict_of(const struct foreign_hit *hit)
{
	return !hit->rule ? "policy drop" : hit->reject ? "reject" : "drop";
}

/* That which many distributions end their chains with. */
static bool is_usual_end(const char *rule)
{
	return strstr(rule, "-j REJECT --reject-with icmp-host-prohibited") ||
	       !strcmp(rule, "counter reject with icmp host-prohibited") ||
	       !strcmp(rule, "counter reject with icmp type host-prohibited");
}

static char *place_text(const struct foreign *foreign, const struct foreign_hit *hit)
{
	int64_t handle = hit->rule ?
		json_object_get_int64(json_object_object_get(hit->rule, "handle")) : 0;
	const char *rule = hit->rule ? json_text(hit->rule, "text") : "";
	char *text = NULL;
	size_t size;
	FILE *out = need_memory(open_memstream(&text, &size));

	fprintf(out, "table %s %s of %s, chain %s", json_text(hit->base, "family"),
		json_text(hit->base, "table"), foreign_program(foreign, hit),
		json_text(hit->chain, "name"));
	if (json_object_object_get(hit->base, "legacy"))
		fprintf(out, " (legacy)");
	if (!hit->rule)
		fprintf(out, ", its policy drop");
	else if (*rule)
		fprintf(out, ", rule '%s'%s", rule, is_usual_end(rule) ?
			", which the distribution brings" : "");
	if (handle)
		fprintf(out, ", handle %lld", (long long)handle);
	fclose(out);
	return text;
}

static char *remedy_text(struct json_object *remedies)
{
	char *text = NULL;
	size_t i, size;
	FILE *out = need_memory(open_memstream(&text, &size));

	for (i = 0; i < json_object_array_length(remedies); i++)
		fprintf(out, "%s%s", i ? "; " : "",
			json_object_get_string(json_object_array_get_idx(remedies, i)));
	fclose(out);
	return text;
}

/**
 * foreign_warn() - Say which rules eat our traffic.
 * @foreign: What was found.
 */
void foreign_warn(const struct foreign *foreign)
{
	unsigned int i;

	if (!foreign->steps)
		warning("rules of others have so many ways through them that not all were looked at");
	for (i = 0; i < foreign->count; i++) {
		const struct foreign_hit *hit = &foreign->hits[i];
		struct json_object *remedies = foreign_remedies(foreign, hit);
		char *place = place_text(foreign, hit), *eaten = eaten_text(hit);
		char *remedy = remedy_text(remedies);

		warning("%s: it %s %s, which an accept elsewhere does not undo; remedy: %s", place,
			hit->reject ? "rejects" : "drops", eaten, remedy);
		free(remedy);
		free(eaten);
		free(place);
		json_object_put(remedies);
	}
}

static void add_eaten(struct json_object *object, const struct foreign_hit *hit)
{
	struct json_object *list = need_memory(json_object_new_array());
	unsigned int i, seen = 0;

	for (i = 0; i < hit->count; i++) {
		enum traffic_kind kind = hit->traffics[i]->kind;

		if (!(seen & (1u << kind)))
			json_object_array_add(list, json_object_new_string(kinds[kind].word));
		seen |= 1u << kind;
	}
	json_object_object_add(object, "eats", list);
}

/**
 * foreign_json() - The same for programs.
 * @foreign: What was found.
 *
 * Return: An array.
 */
struct json_object *foreign_json(const struct foreign *foreign)
{
	struct json_object *list = need_memory(json_object_new_array());
	unsigned int i;

	for (i = 0; i < foreign->count; i++) {
		const struct foreign_hit *hit = &foreign->hits[i];
		struct json_object *object = need_memory(json_object_new_object()), *handle = NULL;

		json_add_text(object, "program", foreign_program(foreign, hit));
		json_add_text(object, "family", json_text(hit->base, "family"));
		json_add_text(object, "table", json_text(hit->base, "table"));
		json_add_bool(object, "legacy", json_object_object_get(hit->base, "legacy"));
		json_add_text(object, "hook", json_text(hit->base, "hook"));
		json_add_text(object, "chain", json_text(hit->chain, "name"));
		if (hit->rule && json_object_object_get_ex(hit->rule, "handle", &handle))
			json_add_integer(object, "handle", json_object_get_int64(handle));
		if (hit->rule)
			json_add_text(object, "rule", json_text(hit->rule, "text"));
		json_add_text(object, "verdict", verdict_of(hit));
		add_eaten(object, hit);
		json_object_object_add(object, "remedy", foreign_remedies(foreign, hit));
		json_object_array_add(list, object);
	}
	return list;
}
