// SPDX-License-Identifier: GPL-2.0
/*
 * Where the peers of a WireGuard device are reached. Names are resolved all at once, and
 * waited for so long: what else is to be set up shall not wait for a resolver that does
 * not answer.
 */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "wireguard.h"

/* One server that does not answer costs five of them. */
#define NAME_SECONDS 8

/**
 * endpoint_same() - Are these the same?
 * @a: This.
 * @b: And this.
 */
bool endpoint_same(const union wg_endpoint *a, const union wg_endpoint *b)
{
	if (a->family != b->family)
		return false;
	if (a->family == AF_INET)
		return a->in.sin_port == b->in.sin_port &&
		       a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	return a->in6.sin6_port == b->in6.sin6_port &&
	       !memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof(a->in6.sin6_addr));
}

/* Of several addresses that which it has already is as good as any. */
static bool choose(const struct addrinfo *list, const union wg_endpoint *present,
		   union wg_endpoint *found)
{
	const struct addrinfo *one;

	memset(found, 0, sizeof(*found));
	for (one = list; one; one = one->ai_next) {
		union wg_endpoint candidate = { .family = AF_UNSPEC };

		if (one->ai_family != AF_INET && one->ai_family != AF_INET6)
			continue;
		memcpy(&candidate, one->ai_addr, one->ai_addrlen);
		if (!found->family || endpoint_same(&candidate, present))
			*found = candidate;
	}
	return found->family;
}

static void take(struct wg_peer *peer, const struct addrinfo *list)
{
	union wg_endpoint found;

	if (choose(list, &peer->endpoint, &found) && !endpoint_same(&found, &peer->endpoint))
		peer->endpoint = found;
}

/**
 * endpoint_resolve() - Find the address of an endpoint, however long it takes.
 * @endpoint: As the file has it.
 * @present: What it is now; of several addresses this one is as good as any.
 * @found: Filled in.
 *
 * Return: Whether it has one, else after a warning.
 */
bool endpoint_resolve(const struct endpoint *endpoint, const union wg_endpoint *present,
		      union wg_endpoint *found)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG };
	struct addrinfo *list;
	char port[8];
	int result;
	bool has;

	snprintf(port, sizeof(port), "%u", (unsigned int)endpoint->port);
	result = getaddrinfo(endpoint->host, port, &hints, &list);
	if (result) {
		warning("endpoint %s: %s: it is tried again later", endpoint->host,
			gai_strerror(result));
		return false;
	}
	has = choose(list, present, found);
	freeaddrinfo(list);
	return has;
}

/**
 * struct question - A name that is looked up.
 * @callback: What glibc keeps of it.
 * @peer: Whose it is.
 * @port: As text.
 */
struct question {
	struct gaicb callback;
	struct wg_peer *peer;
	char port[8];
};

/* Whether it was no name. */
static bool is_numeric(struct question *question)
{
	const struct addrinfo numeric = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *list;

	if (getaddrinfo(question->callback.ar_name, question->port, &numeric, &list))
		return false;
	take(question->peer, list);
	freeaddrinfo(list);
	return true;
}

static void wait_for(struct question *questions, struct gaicb **list, unsigned int count)
{
	struct timespec now, left;
	unsigned int i, pending;
	time_t end;

	clock_gettime(CLOCK_MONOTONIC, &now);
	end = now.tv_sec + NAME_SECONDS;
	do {
		pending = 0;
		for (i = 0; i < count; i++)
			if (gai_error(&questions[i].callback) == EAI_INPROGRESS)
				list[pending++] = &questions[i].callback;
		if (pending) {
			left = (struct timespec){ .tv_sec = end - now.tv_sec };
			gai_suspend((const struct gaicb * const *)list, (int)pending, &left);
			clock_gettime(CLOCK_MONOTONIC, &now);
		}
	} while (pending && now.tv_sec < end);
}

/* A name that cannot be resolved now is no reason to do nothing else. */
static void say_unknown(const struct question *question, int result)
{
	warning("endpoint %s: %s: it is tried again when setup runs again",
		question->callback.ar_name,
		result == EAI_INPROGRESS ? "no server that knows names answers" :
					   gai_strerror(result));
}

/* What it needs stays if it cannot be stopped. */
static void ask(struct question *questions, unsigned int count)
{
	static const struct addrinfo hints = {
		.ai_socktype = SOCK_DGRAM, .ai_flags = AI_ADDRCONFIG,
	};
	struct gaicb **list = need_memory(calloc(count + 1, sizeof(*list)));
	bool going_on = false;
	unsigned int i;

	for (i = 0; i < count; i++) {
		questions[i].callback.ar_service = questions[i].port;
		questions[i].callback.ar_request = &hints;
		list[i] = &questions[i].callback;
	}
	if (count && !getaddrinfo_a(GAI_NOWAIT, list, (int)count, NULL))
		wait_for(questions, list, count);
	for (i = 0; i < count; i++) {
		struct gaicb *callback = &questions[i].callback;
		int result = gai_error(callback);

		if (result)
			say_unknown(&questions[i], result);
		else
			take(questions[i].peer, callback->ar_result);
		if (!result)
			freeaddrinfo(callback->ar_result);
		if (result == EAI_INPROGRESS && gai_cancel(callback) != EAI_CANCELED)
			going_on = true;
	}
	free(list);
	for (i = 0; i < count && !going_on; i++)
		free((char *)questions[i].callback.ar_name);
	if (!going_on)
		free(questions);
}

/*
 * An endpoint by which the peer was heard a moment ago works, also if it is another
 * one than that in the file: the peer has moved.
 */
static bool is_reached(const struct wg_peer *present)
{
	return present && present->endpoint.family && present->handshake &&
	       time(NULL) - present->handshake < SESSION_SECONDS;
}

/**
 * tunnel_resolve() - Where its peers are reached.
 * @want: The device as it shall be; endpoints are filled in.
 * @is: As it is.
 */
void tunnel_resolve(struct tunnel *want, const struct tunnel *is)
{
	struct question *questions;
	unsigned int i, count = 0;

	questions = need_memory(calloc(want->peer_count + 1, sizeof(*questions)));
	for (i = 0; i < want->peer_count; i++) {
		struct wg_peer *peer = &want->peers[i];
		const struct wg_peer *present = tunnel_find_peer(is, peer->key);
		struct question *question = &questions[count];

		if (present)
			peer->endpoint = present->endpoint;
		if (!peer->named || is_reached(present))
			continue;
		question->peer = peer;
		question->callback.ar_name = copy_text(peer->named->host);
		snprintf(question->port, sizeof(question->port), "%u",
			 (unsigned int)peer->named->port);
		if (is_numeric(question))
			free((char *)question->callback.ar_name);
		else
			count++;
	}
	ask(questions, count);
}
