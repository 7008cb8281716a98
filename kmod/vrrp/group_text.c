// SPDX-License-Identifier: GPL-2.0
/*
 * Why a group wants something of a virtual router, in words.
 */
#include <linux/list.h>

#include "../net.h"
#include "group.h"
#include "router.h"

static const struct kc_vrrp_member *find_flag(const struct kc_vrrp_group *g,
					      const struct kc_vrrp_member *not,
					      enum kc_group_flag flag)
{
	const struct kc_vrrp_member *m;

	lockdep_assert_held(&g->lock);
	if (!g->core.flagged[flag])
		return NULL;
	list_for_each_entry(m, &g->members, list)
		if (m != not && m->said.flags & BIT(flag))
			return m;
	return NULL;
}

static const struct kc_vrrp_member *
find_unelected(const struct kc_vrrp_group *g, const struct kc_vrrp_member *not)
{
	const u16 mask = BIT(KC_GROUP_VOTES) | BIT(KC_GROUP_ELECTED);
	const struct kc_vrrp_member *m;

	lockdep_assert_held(&g->lock);
	if (g->core.flagged[KC_GROUP_VOTES] ==
	    g->core.flagged[KC_GROUP_ELECTED])
		return NULL;
	list_for_each_entry(m, &g->members, list)
		if (m != not && (m->said.flags & mask) == BIT(KC_GROUP_VOTES))
			return m;
	return NULL;
}

static void describe_blocked(const struct kc_vrrp_member *m, const char *head,
			     char *text, size_t size)
{
	snprintf(text, size, m->router->family == KC_AF_INET6 ?
		 "%s: %s hears %pI6c, priority %u" :
		 "%s: %s hears %pI4, priority %u",
		 head, m->router->name, m->master, m->master_priority);
}

/* Why is a member no master, though it may be by itself? */
static void describe_backup(const struct kc_vrrp_group *g,
			    const struct kc_vrrp_member *self, bool waits,
			    char *text, size_t size)
{
	char head[KCLUSTER_NAME_MAX + sizeof("group  waits")];
	const struct kc_vrrp_member *m;

	snprintf(head, sizeof(head), "group %s%s", g->name,
		 waits ? " waits" : "");
	m = find_flag(g, self, KC_GROUP_STANDBY);
	if (m) {
		snprintf(text, size, "%s: %s stands by", head, m->router->name);
		return;
	}
	m = find_flag(g, self, KC_GROUP_BLOCKED);
	if (m) {
		describe_blocked(m, head, text, size);
		return;
	}
	m = find_flag(g, self, KC_GROUP_WAITS);
	if (m && waits) {
		snprintf(text, size, "%s: %s still listens", head,
			 m->router->name);
		return;
	}
	m = find_unelected(g, self);
	if (m)
		snprintf(text, size, "%s: %s has no majority", head,
			 m->router->name);
	else
		snprintf(text, size, "%s: it was master for a short time only",
			 head);
}

/**
 * kc_vrrp_group_describe() - one clause on why a router shall be something
 * @r: the router, locked, and its group as well
 * @order: what
 * @text: where to
 * @size: of @text
 */
void kc_vrrp_group_describe(const struct kc_vrrp *r, enum kc_group_order order,
			    char *text, size_t size)
{
	const struct kc_vrrp_member *self = r->member, *m;
	const struct kc_vrrp_group *g = self->group;

	lockdep_assert_held(&g->lock);
	switch (order) {
	case KC_GROUP_TO_FAULT:
		m = find_flag(g, self, KC_GROUP_FAULT);
		snprintf(text, size, "group %s: %s is in FAULT", g->name,
			 m ? m->router->name : "a member");
		break;
	case KC_GROUP_TO_MASTER:
		m = r->fsm.ready ? NULL : find_flag(g, self, KC_GROUP_READY);
		if (m)
			snprintf(text, size, "group %s: %s takes over", g->name,
				 m->router->name);
		else if (r->fsm.ready)
			kc_vrrp_why_master(r, kc_now(), text, size);
		else
			snprintf(text, size, "group %s is master", g->name);
		break;
	default:
		*text = '\0';
		/* By itself it has no reason yet to be master. */
		if (r->fsm.state == KC_FSM_BACKUP && !r->fsm.ready &&
		    !find_flag(g, self, KC_GROUP_STANDBY))
			break;
		describe_backup(g, self, r->fsm.state != KC_FSM_MASTER, text,
				size);
	}
}
