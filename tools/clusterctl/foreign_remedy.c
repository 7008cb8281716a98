// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that let our traffic pass the rules of others, in the language of the program
 * that made them: what is done behind its back is gone when it makes them anew.
 */
#include <json-c/json.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"

enum program {
	PROGRAM_NFT, PROGRAM_IPTABLES, PROGRAM_DOCKER, PROGRAM_UFW, PROGRAM_FIREWALLD,
};

/* Whether the table of a chain has one that is called so. */
static bool has_beside(const struct foreign *foreign, struct json_object *like, const char *name)
{
	struct json_object *chain = NULL;
	size_t i;

	for (i = 0; i < json_object_array_length(foreign->ruleset); i++)
		if (json_object_object_get_ex(json_object_array_get_idx(foreign->ruleset, i),
					      "chain", &chain) &&
		    !strcmp(json_text(chain, "name"), name) &&
		    !strcmp(json_text(chain, "table"), json_text(like, "table")) &&
		    !strcmp(json_text(chain, "family"), json_text(like, "family")))
			return true;
	return false;
}

static bool is_six(const struct foreign_hit *hit)
{
	return !strcmp(json_text(hit->base, "family"), "ip6");
}

static bool is_iptables(const struct foreign_hit *hit)
{
	const char *chain = json_text(hit->base, "name");

	return !strcmp(json_text(hit->base, "table"), "filter") &&
	       strcmp(json_text(hit->base, "family"), "inet") &&
	       (!strcmp(chain, "INPUT") || !strcmp(chain, "FORWARD"));
}

static bool is_forward(const struct foreign_hit *hit)
{
	return !strcmp(json_text(hit->base, "hook"), "forward");
}

static enum program program_of(const struct foreign *foreign, const struct foreign_hit *hit)
{
	const char *chain = json_text(hit->chain, "name");

	if (!strcmp(json_text(hit->base, "table"), "firewalld"))
		return PROGRAM_FIREWALLD;
	if (!is_iptables(hit))
		return PROGRAM_NFT;
	if (!strncmp(chain, "ufw", 3) ||
	    (!hit->rule && has_beside(foreign, hit->base,
				      is_six(hit) ? "ufw6-before-input" : "ufw-before-input")))
		return PROGRAM_UFW;
	if (is_forward(hit) && has_beside(foreign, hit->base, "DOCKER-USER") &&
	    (!hit->rule || !strncmp(chain, "DOCKER", 6)))
		return PROGRAM_DOCKER;
	return PROGRAM_IPTABLES;
}

/**
 * foreign_program() - Who has made a rule.
 * @foreign: All rules.
 * @hit: The rule.
 *
 * Return: The name of a program, as far as its chains tell.
 */
const char *foreign_program(const struct foreign *foreign, const struct foreign_hit *hit)
{
	static const char * const names[] = {
		[PROGRAM_NFT] = "nftables", [PROGRAM_IPTABLES] = "iptables",
		[PROGRAM_DOCKER] = "Docker", [PROGRAM_UFW] = "ufw",
		[PROGRAM_FIREWALLD] = "firewalld",
	};

	return names[program_of(foreign, hit)];
}

static void put(struct json_object *list, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Once each. */
static void put(struct json_object *list, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	size_t i;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	need_memory(text);
	for (i = 0; i < json_object_array_length(list); i++)
		if (!strcmp(json_object_get_string(json_object_array_get_idx(list, i)), text))
			break;
	if (i == json_object_array_length(list))
		json_object_array_add(list, need_memory(json_object_new_string(text)));
	free(text);
}

/* --- what is to pass, as words of nft or of iptables --------------------------- */

struct match {
	char text[160];
};

static void add_text(struct match *match, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add_text(struct match *match, const char *format, ...)
{
	size_t used = strlen(match->text);
	va_list args;

	va_start(args, format);
	vsnprintf(match->text + used, sizeof(match->text) - used, format, args);
	va_end(args);
}

static struct match match_nft(const struct traffic *traffic)
{
	const char *ip = traffic->family == 16 ? "ip6" : "ip";
	struct match match = { "" };
	char text[PREFIX_TEXT_MAX];

	if (traffic->kind == TRAFFIC_PODS) {
		prefix_text(&traffic->from, text);
		add_text(&match, "%s saddr %s %s daddr %s ", ip, text, ip, text);
	} else if (traffic->kind != TRAFFIC_WIREGUARD) {
		if (traffic->in)
			add_text(&match, "iifname %s ", traffic->in);
		if (traffic->out)
			add_text(&match, "oifname %s ", traffic->out);
	}
	if (traffic->kind == TRAFFIC_VRRP)
		add_text(&match, "meta l4proto %d ", traffic->protocol);
	else if (traffic->answers)
		add_text(&match, "ct state established,related ");
	else if (traffic->port >= 0)
		add_text(&match, "udp dport %d ", traffic->port);
	return match;
}

static struct match match_iptables(const struct traffic *traffic)
{
	struct match match = { "" };
	char text[PREFIX_TEXT_MAX];

	if (traffic->kind == TRAFFIC_PODS) {
		prefix_text(&traffic->from, text);
		add_text(&match, "-s %s -d %s ", text, text);
	} else if (traffic->kind != TRAFFIC_WIREGUARD) {
		if (traffic->in)
			add_text(&match, "-i %s ", traffic->in);
		if (traffic->out)
			add_text(&match, "-o %s ", traffic->out);
	}
	if (traffic->kind == TRAFFIC_VRRP)
		add_text(&match, "-p %d ", traffic->protocol);
	else if (traffic->answers)
		add_text(&match, "-m conntrack --ctstate ESTABLISHED,RELATED ");
	else if (traffic->port >= 0)
		add_text(&match, "-p udp --dport %d ", traffic->port);
	return match;
}

/* --- the programs ------------------------------------------------------------------ */

static void by_nft(struct json_object *list, const struct foreign_hit *hit,
		   const struct traffic *traffic)
{
	struct match match = match_nft(traffic);

	put(list, "nft insert rule %s %s %s %saccept", json_text(hit->base, "family"),
	    json_text(hit->base, "table"), json_text(hit->base, "name"), match.text);
}

static void by_iptables(struct json_object *list, const struct foreign_hit *hit,
			const struct traffic *traffic, const char *chain)
{
	struct match match = match_iptables(traffic);
	bool legacy = json_object_object_get(hit->base, "legacy");

	put(list, "ip%stables-%s -I %s %s-j ACCEPT", is_six(hit) ? "6" : "",
	    legacy ? "legacy" : "nft", chain, match.text);
}

static void by_ufw(struct json_object *list, const struct foreign_hit *hit,
		   const struct traffic *traffic)
{
	char text[PREFIX_TEXT_MAX];

	switch (traffic->kind) {
	case TRAFFIC_WIREGUARD:
		put(list, "ufw allow %d/udp", traffic->port);
		break;
	case TRAFFIC_TUNNEL:
		put(list, "ufw allow in on %s", traffic->in);
		break;
	case TRAFFIC_CHANNEL:
		put(list, "ufw allow in on %s to any port %d proto udp", traffic->in,
		    traffic->port);
		break;
	case TRAFFIC_VRRP:
		by_iptables(list, hit, traffic,
			    is_six(hit) ? "ufw6-before-input" : "ufw-before-input");
		break;
	case TRAFFIC_RELAY:
		put(list, "ufw route allow in on %s out on %s", traffic->in, traffic->out);
		break;
	case TRAFFIC_OUT_OF:
		put(list, "ufw route allow in on %s", traffic->in);
		break;
	case TRAFFIC_INTO:
		put(list, "ufw route allow out on %s", traffic->out);
		break;
	case TRAFFIC_PODS:
		prefix_text(&traffic->from, text);
		put(list, "ufw route allow from %s to %s", text, text);
		break;
	}
}

/* In which zone a rule is; where that is not seen it is the default one. */
static struct match zone_of(const struct foreign_hit *hit)
{
	static const char * const starts[] = { "filter_IN_", "filter_FWD_", "filter_FWDI_" };
	const char *chain = json_text(hit->chain, "name");
	struct match zone = { "" };
	unsigned int i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (!strncmp(chain, starts[i], strlen(starts[i])))
			add_text(&zone, "--zone=%s ", chain + strlen(starts[i]));
	return zone;
}

static void by_firewalld(struct json_object *list, const struct foreign_hit *hit,
			 const struct traffic *traffic)
{
	struct match zone = zone_of(hit);
	char text[PREFIX_TEXT_MAX];

	switch (traffic->kind) {
	case TRAFFIC_WIREGUARD:
		put(list, "firewall-cmd %s--add-port=%d/udp", zone.text, traffic->port);
		break;
	case TRAFFIC_VRRP:
		put(list, "firewall-cmd %s--add-protocol=vrrp", zone.text);
		break;
	case TRAFFIC_PODS:
		put(list, "firewall-cmd --zone=trusted --add-source=%s",
		    prefix_text(&traffic->from, text));
		break;
	case TRAFFIC_INTO:
		/* Policies are made in what is permanent only. */
		put(list, "firewall-cmd --permanent --zone=trusted --change-interface=%s",
		    traffic->out);
		put(list, "firewall-cmd --permanent --new-policy=kcluster");
		put(list, "firewall-cmd --permanent --policy=kcluster --set-target=ACCEPT");
		put(list, "firewall-cmd --permanent --policy=kcluster --add-ingress-zone=ANY");
		put(list, "firewall-cmd --permanent --policy=kcluster --add-egress-zone=trusted");
		put(list, "firewall-cmd --reload");
		break;
	default:
		put(list, "firewall-cmd --zone=trusted --change-interface=%s", traffic->in);
	}
}

/**
 * foreign_is_in_another() - Does what lets other traffic pass let this pass as well?
 * @hit: What eats both.
 * @traffic: This.
 */
bool foreign_is_in_another(const struct foreign_hit *hit, const struct traffic *traffic)
{
	unsigned int i;

	for (i = 0; i < hit->count; i++) {
		const struct traffic *other = hit->traffics[i];

		if (other->family != traffic->family)
			continue;
		if (traffic->answers && other->kind == traffic->kind && !other->answers)
			return true;
		if (traffic->kind == TRAFFIC_CHANNEL && other->kind == TRAFFIC_TUNNEL &&
		    !other->answers)
			return true;
	}
	return false;
}

/**
 * foreign_remedies() - Commands after which a rule eats nothing of ours any more.
 * @foreign: All rules.
 * @hit: The rule.
 *
 * Return: An array of their texts, as a shell takes them.
 */
struct json_object *foreign_remedies(const struct foreign *foreign,
				     const struct foreign_hit *hit)
{
	struct json_object *list = need_memory(json_object_new_array());
	enum program program = program_of(foreign, hit);
	const char *chain = json_text(hit->base, "name");
	unsigned int i;

	/* It is looked at before all the rest, and Docker leaves it alone. */
	if (is_forward(hit) && has_beside(foreign, hit->base, "DOCKER-USER"))
		chain = "DOCKER-USER";
	for (i = 0; i < hit->count; i++) {
		const struct traffic *traffic = hit->traffics[i];

		if (foreign_is_in_another(hit, traffic))
			continue;
		switch (program) {
		case PROGRAM_NFT:
			by_nft(list, hit, traffic);
			break;
		case PROGRAM_UFW:
			by_ufw(list, hit, traffic);
			break;
		case PROGRAM_FIREWALLD:
			by_firewalld(list, hit, traffic);
			break;
		default:
			by_iptables(list, hit, traffic, chain);
		}
	}
	return list;
}
