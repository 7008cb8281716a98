// SPDX-License-Identifier: GPL-2.0
/*
 * What comes to the port of the channel and is not from a peer.
 *
 * A real socket holds the port, so that no other program gets it and nobody is
 * answered that it is closed. It counts and drops; it never has anything to
 * read. It exists only while there is a peer.
 */
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/socket.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/udp.h>
#include <net/udp_tunnel.h>

#include "../net.h"
#include "peer.h"

/* Any number says that there is somebody who looks at datagrams first. */
#define ENCAP_TYPE 1

/* UDP calls it under RCU, with the checksum verified. */
static int stray(struct sock *sk, struct sk_buff *skb)
{
	struct kc_net *kn = kc_net(sock_net(sk));
	struct kc_peer_path *path;
	bool known;

	if (skb->protocol == htons(ETH_P_IPV6))
		path = kc_peer_whose(kn, KC_AF_INET6,
				     (const u8 *)&ipv6_hdr(skb)->saddr,
				     skb->dev, &known);
	else
		path = kc_peer_whose(kn, KC_AF_INET,
				     (const u8 *)&ip_hdr(skb)->saddr, skb->dev,
				     &known);
	if (path)
		/* A fragment, or it had extension headers. */
		kc_peer_count(path->peer,
			      KCLUSTER_A_NODE_STATS_DISCARD_MALFORMED);
	else if (known)
		atomic64_inc(&kn->peer.discard_wrong_device);
	else
		atomic64_inc(&kn->peer.discard_not_a_peer);
	kfree_skb(skb);
	return 0;
}

static int bind6(struct socket *sock)
{
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(KCLUSTER_PORT),
	};

	/* Whatever net.ipv6.bindv6only says. */
	sock->sk->sk_ipv6only = 0;
	return kernel_bind(sock, (struct sockaddr_unsized *)&addr,
			   sizeof(addr));
}

static int bind4(struct socket *sock)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(KCLUSTER_PORT),
	};

	return kernel_bind(sock, (struct sockaddr_unsized *)&addr,
			   sizeof(addr));
}

/**
 * kc_peer_stray_open() - hold the port
 * @kn: the namespace, mutex of its peers held
 *
 * The socket takes no reference to the namespace.
 *
 * Context: process
 * Return: 0, -EADDRINUSE or another negative errno
 */
int kc_peer_stray_open(struct kc_net *kn)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(kn->net, AF_INET6, SOCK_DGRAM, IPPROTO_UDP,
			       &sock);
	if (!err) {
		err = bind6(sock);
	} else {
		err = sock_create_kern(kn->net, AF_INET, SOCK_DGRAM,
				       IPPROTO_UDP, &sock);
		if (err)
			return err;
		err = bind4(sock);
	}
	if (err) {
		sock_release(sock);
		return err;
	}
	WRITE_ONCE(udp_sk(sock->sk)->encap_rcv, stray);
	WRITE_ONCE(udp_sk(sock->sk)->encap_type, ENCAP_TYPE);
	udp_tunnel_encap_enable(sock->sk);
	kn->peer.socket = sock;
	return 0;
}

/**
 * kc_peer_stray_close() - give the port back
 * @kn: the namespace, mutex of its peers held
 *
 * Context: process; what is under way ends within a grace period
 */
void kc_peer_stray_close(struct kc_net *kn)
{
	sock_release(kn->peer.socket);
	kn->peer.socket = NULL;
}
