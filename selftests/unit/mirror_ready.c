// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a node that would depose a master still has something to learn.
 */
#include "ktap.h"
#include "mirror_ready.h"

#define SECOND 1000000000ULL
#define T0 (100 * SECOND)
#define SAID (T0 + SECOND)

/* One that has told everything, and goes on saying so. */
static const struct kc_mirror_source done = {
	.complete = true, .since = T0, .said_at = SAID,
};

static void in_sync(void)
{
	expect(!kc_mirror_awaits(&done, SAID));
	expect(!kc_mirror_awaits(&done, SAID + SECOND / 2));
}

static void something_to_tell(void)
{
	struct kc_mirror_source source = done;

	source.complete = false;
	expect(kc_mirror_awaits(&source, SAID));
	expect(kc_mirror_awaits(&source, SAID + KC_MIRROR_SILENCE - 1));
	source = done;
	source.missing = 1;
	expect(kc_mirror_awaits(&source, SAID));
}

/* It is alive and does not mirror, or no more: nothing will come. */
static void silent(void)
{
	struct kc_mirror_source source = done;

	source.complete = false;
	source.missing = 7;
	expect(!kc_mirror_awaits(&source, SAID + KC_MIRROR_SILENCE));
	source.said_at = 0;
	expect(kc_mirror_awaits(&source, T0));
	expect(kc_mirror_awaits(&source, T0 + KC_MIRROR_SILENCE - 1));
	expect(!kc_mirror_awaits(&source, T0 + KC_MIRROR_SILENCE));
}

/* What was complete before it was cut off need not be so now. */
static void back_again(void)
{
	struct kc_mirror_source source = done;

	source.dead = true;
	expect(kc_mirror_awaits(&source, SAID));
	expect(kc_mirror_awaits(&source, SAID + 1000 * SECOND));
	source.dead = false;
	source.since = SAID + 60 * SECOND;
	expect(kc_mirror_awaits(&source, source.since));
	expect(kc_mirror_awaits(&source,
				source.since + KC_MIRROR_SILENCE - 1));
	source.said_at = source.since + SECOND / 10;
	expect(!kc_mirror_awaits(&source, source.said_at));
}

/* The two times come from clocks that are read one after the other. */
static void a_moment_ahead(void)
{
	struct kc_mirror_source source = done;

	expect(!kc_mirror_awaits(&source, SAID - 1));
	source.complete = false;
	expect(kc_mirror_awaits(&source, SAID - 1));
}

static const struct check checks[] = {
	{ "ready: all was told", in_sync },
	{ "ready: not while there is something to tell", something_to_tell },
	{ "ready: nobody waits for one that does not mirror", silent },
	{ "ready: one that comes back is asked first", back_again },
	{ "ready: clocks", a_moment_ahead },
};

int main(void)
{
	return ktap_run(checks, ARRAY_SIZE(checks));
}
