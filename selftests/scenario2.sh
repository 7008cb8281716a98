# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The machines of scenario 2, for those who source this after lib.sh: two
# firewalls, one address block.
#
#	            lan                                     outside
#	192.168.50.0/24, fd50::/64               203.0.113.0/24, 2001:db8::/64
#	            |      +----------- fw1 ----------+        |
#	            |------| eth0 .2  eth3   eth1 .2  |--------|
#	+--------+  |      +-----------+--------------+        |  +--------+
#	| inside |--|                  | wg0                   |--| client |
#	|   .10  |  |      +-----------+--------------+        |  |   .10  |
#	+--------+  |------| eth0 .3  eth3   eth1 .3  |--------|  +--------+
#	            |      +----------- fw2 ----------+        |
#
# The master holds the gateway of the LAN, .1, and outside the addresses of a
# file, .100 and on. It hides the LAN behind .100; .101 is the inside machine. The
# direct cable, eth3, carries WireGuard and in it heartbeats and the mirror.

# shellcheck disable=SC2034,SC2154 # for and from those who source this
outside_of=([4]=203.0.113. [6]=2001:db8::)
inside_of=([4]=192.168.50. [6]=fd50::)
services=7777

# firewall N: fw1 or fw2, plugged in.
firewall()
{
	local name=fw$1

	node "$name"
	plug "$name" eth0 lan "192.168.50.$(($1 + 1))/24" "fd50::$(($1 + 1))/64"
	plug "$name" eth1 outside "203.0.113.$(($1 + 1))/24" "2001:db8::$(($1 + 1))/64"
	plug "$name" eth3 sync "10.9.9.$1/30"
	on "$name" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
}

# ends: the machines that talk through them.
ends()
{
	node inside client
	plug inside eth0 lan 192.168.50.10/24 fd50::10/64
	ipn inside route add default via 192.168.50.1
	ipn inside -6 route add default via fd50::1
	plug client eth0 outside 203.0.113.10/24 2001:db8::10/64
}

# block: the text files with the addresses that the master has outside.
block()
{
	printf '203.0.113.%d\n' {100..131} >"$tmp/block"
	printf '2001:db8::%d\n' {100..131} >"$tmp/block6"
}

# machines2: all of it but WireGuard.
machines2()
{
	net lan
	net outside
	net sync
	firewall 1
	firewall 2
	ends
	block
}

build_scenario2()
{
	machines2
	wireguard fw1 10.9.9.1 fw2 10.9.9.2
}

# policy NODE: the same rules on both firewalls. What connection tracking does
# not know is dropped, never answered with a reset, and a connection in the
# middle of its life is no new one.
policy()
{
	on "$1" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	on "$1" nft -f - <<-'END'
		flush ruleset
		table inet firewall {
			chain input {
				type filter hook input priority filter; policy accept;
				ct state invalid drop
			}
			chain forward {
				type filter hook forward priority filter; policy drop;
				ct state invalid drop
				ct state established,related accept
				iifname "eth0" oifname "eth1" accept
				ct status dnat accept
			}
		}
		table ip nat {
			chain prerouting {
				type nat hook prerouting priority dstnat;
				iifname "eth1" ip daddr 203.0.113.101 dnat to 192.168.50.10
			}
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname "eth1" ip saddr 192.168.50.0/24 snat to 203.0.113.100
			}
		}
		table ip6 nat {
			chain prerouting {
				type nat hook prerouting priority dstnat;
				iifname "eth1" ip6 daddr 2001:db8::101 dnat to fd50::10
			}
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname "eth1" ip6 saddr fd50::/64 snat to 2001:db8::100
			}
		}
	END
}

# routers NODE PRIORITY [SETTING...]: its virtual routers, one per network and
# family, which move together.
routers()
{
	local name=$1 prio=$2 router

	shift 2
	for router in \
		"LAN dev eth0 vrid 1 address 192.168.50.1/24" \
		"LAN6 dev eth0 vrid 1 family inet6 address fd50::1/64 address fe80::1/64" \
		"OUT dev eth1 vrid 2 address-from $tmp/block prefixlen 24" \
		"OUT6 dev eth1 vrid 2 family inet6 address fe80::2/64 address-from $tmp/block6 prefixlen 64 excluded"; do
		# shellcheck disable=SC2086 # a list of words
		cc "$name" vrrp add $router priority "$prio" interval 100ms \
			vmac on group FW "$@" || return 1
	done
}

# mirrored NODE: the connections, and the peer they are told.
mirrored()
{
	local other=2

	[ "$1" = fw1 ] || other=1
	cc "$1" peer add "fw$other" address "10.6.0.$other" dev wg0 &&
		cc "$1" mirror set on
}

# is_master NODE: it, and not the other, holds all addresses.
is_master()
{
	local other=fw2

	[ "$1" = fw1 ] || other=fw1
	has "$1" 192.168.50.1 eth0 && has "$1" 203.0.113.131 eth1 &&
		has "$1" 2001:db8::131 eth1 && negate has "$other" 192.168.50.1 &&
		negate has "$other" 203.0.113.131
}
