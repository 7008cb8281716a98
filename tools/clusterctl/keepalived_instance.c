// SPDX-License-Identifier: GPL-2.0
/*
 * A vrrp_instance becomes a virtual router.
 *
 * Where keepalived itself corrects a value, so does this: what counts is what
 * keepalived did with the file, not what is written there.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "keepalived.h"

#define US_PER_S 1000000u
#define PRIORITY_BACKUP 100
#define PRIORITY_OWNER 255
#define ADVERT_MIN 10000u		/* us */
#define ADVERT_MAX (255 * US_PER_S)
#define V3_ADVERT_MAX 40950u		/* ms */
#define PREEMPT_DELAY_MAX 1000u		/* s */

/**
 * ka_seconds() - Read a number of seconds as keepalived writes them.
 * @text: Digits, perhaps with a point.
 * @us: Microseconds; what is finer is cut off.
 *
 * Return: Whether it is a number, not above a million.
 */
bool ka_seconds(const char *text, uint64_t *us)
{
	uint64_t unit = US_PER_S;

	*us = 0;
	text += *text == '+';
	if (!isdigit((unsigned char)*text) && *text != '.')
		return false;
	for (; isdigit((unsigned char)*text); text++) {
		*us = *us * 10 + (uint64_t)(*text - '0') * US_PER_S;
		if (*us > UINT64_C(1000000) * US_PER_S)
			return false;
	}
	if (*text == '.')
		for (text++; isdigit((unsigned char)*text); text++) {
			unit /= 10;
			*us += (uint64_t)(*text - '0') * unit;
		}
	return !*text;
}

/* The last setting of that name, which is the one that counts. */
static const struct ka_node *setting(const struct ka_node *block, const char *name)
{
	const struct ka_node *node, *found = NULL;

	ka_for_each(node, block)
		if (!strcmp(node->words[0], name))
			found = node;
	return found;
}

/* A number up to 255, or 0. keepalived lets a plus sign pass. */
static uint8_t number(const struct ka_node *node)
{
	const char *text = ka_value(node), *why;
	uint32_t value;

	return parse_number(text + (*text == '+'), 1, 255, &value, &why) ? 0 : (uint8_t)value;
}

static bool name_is_taken(const struct ka_import *import, const char *name)
{
	unsigned int i;

	for (i = 0; i < import->routers.count; i++)
		if (!strcmp(import->routers.list[i].name, name))
			return true;
	return false;
}

/* A name that the module takes, as close to the instance's as can be. */
static void set_name(struct ka_instance *in)
{
	const char *wanted = ka_value(in->node);
	char name[KCLUSTER_NAME_MAX + 1], end[16];
	unsigned int i, n;

	snprintf(name, sizeof(name), "%s", *wanted ? wanted : "_");
	for (i = 0; name[i]; i++)
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '/')
			name[i] = '_';
	for (n = in->import->routers.count + 1; name_is_taken(in->import, name); n++) {
		int length = snprintf(end, sizeof(end), ".%u", n);

		snprintf(name + (i + (unsigned int)length > KCLUSTER_NAME_MAX ?
				 KCLUSTER_NAME_MAX - (unsigned int)length : i),
			 sizeof(end), "%s", end);
	}
	in->router.name = copy_text(name);
	if (strcmp(name, wanted))
		ka_say(in, in->node, KA_CHANGED, "name",
		       "it was '%s': a name has 1 to %d printable ASCII characters without spaces and /, and nobody else has it",
		       wanted, KCLUSTER_NAME_MAX);
}

/* Also with addresses that will be left out for another reason. */
static bool first_address(const struct ka_node *instance, const char *block_name, uint8_t *family)
{
	const struct ka_node *block, *node;
	struct ipaddr address;
	const char *why;
	int unused;

	ka_for_each(block, instance) {
		if (strcmp(block->words[0], block_name))
			continue;
		ka_for_each(node, block) {
			char text[ADDRESS_TEXT_MAX];

			snprintf(text, sizeof(text), "%.*s", (int)strcspn(node->words[0], "/"),
				 node->words[0]);
			if (parse_prefix(text, &address, &unused, &why))
				continue;
			*family = address.length == 16 ? AF_INET6 : AF_INET;
			return true;
		}
	}
	return false;
}

static void set_family(struct ka_instance *in)
{
	uint8_t *family = &in->router.family;

	*family = AF_INET;
	if (first_address(in->node, "virtual_ipaddress", family))
		return;
	if (setting(in->node, "native_ipv6"))
		*family = AF_INET6;
	else if (!first_address(in->node, "unicast_peer", family))
		first_address(in->node, "virtual_ipaddress_excluded", family);
}

static void set_version(struct ka_instance *in)
{
	const struct ka_node *node = setting(in->node, "version");
	uint8_t version = node ? number(node) : 0;

	if (node && version != 2 && version != 3) {
		ka_say(in, node, KA_NOTE, "version", "'%s' is none, keepalived ignores it, too",
		       ka_value(node));
		version = 0;
	}
	if (in->router.family == AF_INET6) {
		if (version == 2)
			ka_say(in, node, KA_CHANGED, "version 2",
			       "IPv6 has version 3 only: all machines must change at the same time");
		in->router.version = 3;
		return;
	}
	in->router.version = version ? version : in->import->version ? in->import->version : 2;
}

static void set_interval(struct ka_instance *in)
{
	const struct ka_node *node = setting(in->node, "advert_int");
	uint64_t us = US_PER_S;
	uint32_t ms;
	char text[TIME_TEXT_MAX];

	if (node && (!ka_seconds(ka_value(node), &us) || us < ADVERT_MIN || us > ADVERT_MAX)) {
		ka_say(in, node, KA_NOTE, "advert_int",
		       "'%s' is out of range: 1s, which keepalived takes, too", ka_value(node));
		us = US_PER_S;
	}
	if (in->router.version == 2) {
		ms = (uint32_t)((us + US_PER_S / 2) / US_PER_S) * 1000;
		ms = ms ? ms : 1000;
	} else {
		ms = (uint32_t)((us + 5000) / 10000) * 10;
		ms = ms > V3_ADVERT_MAX ? V3_ADVERT_MAX : ms;
	}
	in->router.interval = ms;
	if (node && us != ms * UINT64_C(1000))
		ka_say(in, node, KA_NOTE, "advert_int",
		       "'%s' is %s in VRRPv%u, which keepalived makes of it, too", ka_value(node),
		       time_text(ms, text), (unsigned int)in->router.version);
}

/* MASTER only ever means something together with other settings. */
static bool set_state(struct ka_instance *in)
{
	const struct ka_node *node = setting(in->node, "state");
	bool master = node && !strcmp(ka_value(node), "MASTER");

	in->router.initial_state = KCLUSTER_VRRP_STATE_BACKUP;
	if (node && !master && strcmp(ka_value(node), "BACKUP"))
		ka_say(in, node, KA_NOTE, "state",
		       "'%s' is none: BACKUP, which keepalived takes, too", ka_value(node));
	return master;
}

/* An owner never waits here; in keepalived nobody else starts as master. */
static void tell_state(struct ka_instance *in, bool master)
{
	const struct ka_node *node = setting(in->node, "state");
	bool owner = in->router.priority == PRIORITY_OWNER;

	if (master && !owner)
		ka_say(in, node, KA_NOTE, "state MASTER",
		       "imported as 'state backup': keepalived waits for a master as well, then the priority decides");
	else if (!master && owner)
		ka_say(in, node ? node : in->node, KA_CHANGED, "state BACKUP",
		       "with priority 255 it takes over at once, keepalived first waits for a master");
}

static void set_priority(struct ka_instance *in, bool master)
{
	const struct ka_node *node = setting(in->node, "priority");

	if (!node) {
		in->router.priority = master ? PRIORITY_OWNER : PRIORITY_BACKUP;
		if (master)
			ka_say(in, in->node, KA_NOTE, "priority",
			       "255, as keepalived takes it for state MASTER when none is given");
		return;
	}
	in->router.priority = number(node);
	if (in->router.priority)
		return;
	in->router.priority = PRIORITY_BACKUP;
	ka_say(in, node, KA_NOTE, "priority", "'%s' is out of range: 100, which keepalived takes, too",
	       ka_value(node));
}

static void set_preempt(struct ka_instance *in, bool master)
{
	const struct ka_node *node, *no = NULL, *delay = setting(in->node, "preempt_delay");
	uint64_t us;

	in->router.preempt = 1;
	ka_for_each(node, in->node) {
		if (!strcmp(node->words[0], "nopreempt"))
			no = node;
		if (!strcmp(node->words[0], "preempt"))
			no = NULL;
	}
	if (no && !master && in->router.priority != PRIORITY_OWNER)
		in->router.preempt = 0;
	else if (no)
		ka_say(in, no, KA_NOTE, "nopreempt",
		       "keepalived ignores it with %s, so preemption stays on%s",
		       master ? "state MASTER" : "priority 255",
		       master ? ": write 'preempt off' for what was meant" : "");
	if (!delay)
		return;
	if (!ka_seconds(ka_value(delay), &us) || us > PREEMPT_DELAY_MAX * UINT64_C(1000000))
		ka_say(in, delay, KA_NOTE, "preempt_delay",
		       "'%s' is out of range, keepalived ignores it, too", ka_value(delay));
	else if (master)
		ka_say(in, delay, KA_NOTE, "preempt_delay",
		       "keepalived ignores it with state MASTER, so there is none");
	else
		in->router.preempt_delay = (uint32_t)((us + 500) / 1000);
}

/* Of several blocks, and several settings in one, the last one counts. */
static void set_password(struct ka_instance *in)
{
	const struct ka_node *block, *node, *type = NULL, *pass = NULL, *last = NULL;

	ka_for_each(block, in->node) {
		if (strcmp(block->words[0], "authentication"))
			continue;
		last = block;
		ka_for_each(node, block) {
			if (!strcmp(node->words[0], "auth_type"))
				type = node;
			else if (!strcmp(node->words[0], "auth_pass"))
				pass = node;
			if (node->count > 2)
				ka_say(in, node, KA_NOTE, node->words[0],
				       "what follows on the same line is ignored by keepalived, too");
		}
	}
	if (!last)
		return;
	if (in->router.version == 3) {
		ka_say(in, last, KA_NOTE, "authentication",
		       "VRRPv3 has none, keepalived ignores it, too: use peers through WireGuard");
		return;
	}
	if (type && !strcmp(ka_value(type), "AH")) {
		ka_say(in, type, KA_LEFT_OUT, "auth_type AH",
		       "there is no authentication header, and no election with those who use it: use peers through WireGuard");
		return;
	}
	if (!type || strcmp(ka_value(type), "PASS") || !pass || !*ka_value(pass)) {
		ka_say(in, last, KA_NOTE, "authentication",
		       "it lacks 'auth_type PASS' or 'auth_pass', keepalived ignores it, too");
		return;
	}
	in->router.auth_pass = copy_text(ka_value(pass));
	if (strlen(in->router.auth_pass) <= KCLUSTER_AUTH_PASS_MAX)
		return;
	in->router.auth_pass[KCLUSTER_AUTH_PASS_MAX] = '\0';
	ka_say(in, pass, KA_NOTE, "auth_pass",
	       "only the first %d characters count, keepalived cuts off the rest, too",
	       KCLUSTER_AUTH_PASS_MAX);
}

/* keepalived sums VRRPv3 over IPv4 up with a pseudo-header unless told not to. */
static void set_checksum(struct ka_instance *in)
{
	const struct ka_node *node = setting(in->node, "v3_checksum_as_v2");
	bool plain = node ? !ka_is_off(ka_value(node)) : in->import->plain_checksum;

	in->router.checksum = in->router.version == 3 && in->router.family == AF_INET && !plain ?
			      KCLUSTER_VRRP_CHECKSUM_RFC5798 : KCLUSTER_VRRP_CHECKSUM_RFC9568;
}

/* The last word on it counts; no device is made for the virtual MAC. */
static void set_reception(struct ka_instance *in)
{
	const struct ka_node *node, *vmac = setting(in->node, "use_vmac");

	in->router.accept = 1;
	in->router.given |= UINT64_C(1) << KCLUSTER_A_VRRP_ACCEPT;
	ka_for_each(node, in->node) {
		if (!strcmp(node->words[0], "accept"))
			in->router.accept = 1;
		else if (!strcmp(node->words[0], "no_accept"))
			in->router.accept = 0;
	}
	if (!vmac)
		return;
	in->router.vmac = 1;
	ka_say(in, vmac, KA_NOTE, "use_vmac",
	       "imported as 'vmac on': %s itself gets the virtual MAC beside its own, there is no macvlan device to name in other places",
	       in->router.ifname);
}

/* Says why there is no virtual router, and nothing else about the instance. */
static bool leave_out(struct ka_instance *in, const struct ka_node *node, unsigned int before,
		      const char *why)
{
	char what[96];

	ka_report_cut(&in->import->report, before);
	snprintf(what, sizeof(what), "vrrp_instance %s", ka_value(in->node));
	ka_remark(&in->import->report, node->file, node->line, KA_LEFT_OUT, NULL, what, "%s", why);
	router_free(&in->router);
	return false;
}

static bool vrid_is_taken(const struct ka_instance *in)
{
	unsigned int i;

	for (i = 0; i < in->import->routers.count; i++) {
		const struct router *other = &in->import->routers.list[i];

		if (other->vrid == in->router.vrid && other->family == in->router.family &&
		    !strcmp(other->ifname, in->router.ifname))
			return true;
	}
	return false;
}

/* Advertisements that list nothing are heard by nobody. */
static bool list_something(struct ka_instance *in)
{
	uint8_t length = in->router.family == AF_INET6 ? 16 : 4;
	struct vip *candidate = NULL;
	unsigned int i;

	for (i = in->router.address_count; i-- > 0;) {
		if (!in->router.addresses[i].excluded)
			return true;
		if (in->router.addresses[i].address.length == length)
			candidate = &in->router.addresses[i];
	}
	if (!candidate)
		return false;
	candidate->excluded = false;
	ka_say(in, in->node, KA_CHANGED, "virtual_ipaddress_excluded",
	       "the first one is advertised, for an advertisement without an address is not accepted");
	return true;
}

/**
 * ka_instance_convert() - Make a virtual router of a vrrp_instance.
 * @in: Has its import and its node; the router is filled in.
 *
 * Return: Whether there is a router; if not, the report says why.
 */
bool ka_instance_convert(struct ka_instance *in)
{
	const struct ka_node *interface = setting(in->node, "interface");
	const struct ka_node *vrid = setting(in->node, "virtual_router_id"), *node;
	unsigned int before = in->import->report.count;
	bool master;

	set_name(in);
	if (!interface)
		return leave_out(in, in->node, before, "it has no 'interface'");
	if (!ka_is_device(ka_value(interface)))
		return leave_out(in, interface, before,
				 "its interface has no name that a device can have");
	in->router.ifname = copy_text(ka_value(interface));
	in->router.vrid = vrid ? number(vrid) : 0;
	if (!in->router.vrid)
		return leave_out(in, vrid ? vrid : in->node, before,
				 "its virtual_router_id is not from 1 to 255");
	set_family(in);
	if (vrid_is_taken(in))
		return leave_out(in, vrid, before,
				 "another virtual router has its virtual_router_id on this interface already");
	set_version(in);
	set_interval(in);
	master = set_state(in);
	set_priority(in, master);
	tell_state(in, master);
	set_preempt(in, master);
	set_password(in);
	set_checksum(in);
	set_reception(in);
	in->router.startup_delay = in->import->startup_delay;
	ka_convert_peers(in);
	ka_convert_addresses(in);
	if (!list_something(in))
		/* What was said about its addresses tells why. */
		return leave_out(in, in->node, in->import->report.count,
				 "it has no address to advertise");
	ka_convert_routes(in);
	ka_convert_tracks(in);
	ka_convert_scripts(in);
	ka_for_each(node, in->node)
		ka_apply_rule(&in->import->report, in->router.name, ka_instance_rules, node);
	return true;
}
