# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two firewalls that mirror connections, for those who source this after lib.sh.
#
#	                    client  10.10.0.100, fd10::64
#	                       |
#	      -----+-----------+-----------+-----	lan
#	           | eth0 .2          eth0 | .3		virtual: 10.10.0.1, fd10::1
#	       +---+---+               +---+---+
#	       |  fw1  |=== wg0 =======|  fw2  |	10.6.0.1, .2 over sync
#	       +---+---+   (eth2)      +---+---+
#	           | eth1 .2          eth1 | .3		virtual: 192.0.2.1, fd20::1
#	      -----+-----------+-----------+-----	wan
#	                       |
#	                    server  192.0.2.100, fd20::64
#
# The LAN goes out as 192.0.2.1 and fd20::1 (source NAT), and there is a service
# on these, port 8080, which the client offers (destination NAT). What is invalid
# is dropped, and nothing is picked up from its middle.

# shellcheck disable=SC2154 # from lib.sh
build_firewalls()
{
	local i

	net lan
	net wan
	net sync
	node client fw1 fw2 server
	plug client eth0 lan 10.10.0.100/24 fd10::64/64
	plug server eth0 wan 192.0.2.100/24 fd20::64/64
	for i in 1 2; do
		plug fw$i eth0 lan 10.10.0.$((i + 1))/24 fd10::$((i + 1))/64
		plug fw$i eth1 wan 192.0.2.$((i + 1))/24 fd20::$((i + 1))/64
		plug fw$i eth2 sync 10.3.0.$i/24
		on fw$i sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 \
			net.ipv4.conf.all.promote_secondaries=1
	done
	ipn client route add default via 10.10.0.1
	ipn client route add default via fd10::1
	wireguard fw1 10.3.0.1 fw2 10.3.0.2
}

# rules NODE: a firewall that tracks connections.
rules()
{
	on "$1" nft -f - <<'END'
table inet kc {
	chain input {
		type filter hook input priority 0
		ct state invalid drop
	}
	chain forward {
		type filter hook forward priority 0; policy drop
		ct state invalid drop
		ct state established,related accept
		iifname eth0 oifname eth1 accept
		ct status dnat accept
	}
	chain pre {
		type nat hook prerouting priority dstnat
		iifname eth1 ip daddr 192.0.2.1 meta l4proto { tcp, udp } th dport 8080 dnat ip to 10.10.0.100:80
		iifname eth1 ip6 daddr fd20::1 meta l4proto { tcp, udp } th dport 8080 dnat ip6 to [fd10::64]:80
	}
	chain post {
		type nat hook postrouting priority srcnat
		oifname eth1 ip saddr 10.10.0.0/24 snat ip to 192.0.2.1
		oifname eth1 ip6 saddr fd10::/64 snat ip6 to fd20::1
	}
}
END
	on "$1" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 \
		net.netfilter.nf_conntrack_udp_timeout_stream=30
}

# gateway NODE PRIORITY: the virtual router.
gateway()
{
	cc "$1" vrrp add gw dev eth0 vrid 10 priority "$2" interval 100ms \
		address 10.10.0.1/24 address 192.0.2.1/24 dev eth1 \
		address fd10::1/64 excluded address fd20::1/64 dev eth1 excluded
}

# mirror NODE FILTER: a value of the mirror, by a jq expression.
mirror()
{
	cc "$1" -j mirror show | jq -r "$2"
}

is()
{
	[ "$(mirror "$1" "$2")" = "$3" ]
}

stat()
{
	mirror "$1" ".statistics.$2"
}

# dump NODE: its connections that could move, in an order of their own, without
# what differs by nature: timeouts, and what addresses of the node have to do
# with it.
dump()
{
	{
		on "$1" conntrack -L -f ipv4
		on "$1" conntrack -L -f ipv6
	} 2>/dev/null | grep -E '10\.10\.0\.100|fd10::64' |
		sed -E -e 's/^([a-z0-9]+ +[0-9]+) [0-9]+ /\1 /; s/ use=[0-9]+.*//' \
			-e 's/ \[OFFLOAD\]/ [ASSURED]/; s/^tcp +6 src/tcp      6 ESTABLISHED src/' |
		grep -vE 'dst=10\.10\.0\.[23] |dst=ff' | sort
}

same_tables()
{
	dump fw1 >"$tmp/dump1"
	dump fw2 >"$tmp/dump2"
	diff "$tmp/dump1" "$tmp/dump2"
}

# equal_within SECONDS: and if not, in what they differ.
equal_within()
{
	wait_for "$1" same_tables || same_tables
}

# listed NODE WORDS...: conntrack lists such a connection.
listed()
{
	local name=$1

	shift
	on "$name" conntrack -L "$@" 2>/dev/null | grep -q .
}

# tracked NODE: how many connections it knows after something passed by.
tracked()
{
	on "$1" conntrack -F 2>/dev/null
	on client ping -q -c 1 -W 1 192.0.2.100 >/dev/null
	on "$1" conntrack -L -p icmp 2>/dev/null | wc -l
}

# --- connections through them -----------------------------------------------

talk=$selftests/mirror_talk.py

# serve NAME NODE ADDRESS PORT...: somebody who answers there.
serve()
{
	local name=$1 node=$2

	shift 2
	in_background on "$node" "$talk" serve "$@" >"$tmp/$name.out"
	opened "$name" || bail "$name does not start"
}

# start NAME NODE ARGUMENTS...: a set of connections; "use NAME" uses them.
start()
{
	local name=$1 node=$2

	shift 2
	mkfifo "$tmp/$name.in"
	ip netns exec "$ns_prefix$node" "$talk" talk "$@" \
		<>"$tmp/$name.in" >"$tmp/$name.out" &
	background+=($!)
	disown
}

opened()
{
	wait_for 20 grep -q ready "$tmp/$1.out"
}

use()
{
	local before

	before=$(grep -c answered "$tmp/$1.out")
	echo >"$tmp/$1.in"
	wait_for 30 eval "[ \$(grep -c answered '$tmp/$1.out') -gt $before ]"
	tail -n 1 "$tmp/$1.out"
}
