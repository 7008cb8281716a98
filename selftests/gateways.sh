# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# Nodes that are a gateway together, $sharing, and one of them that crashes and
# comes back, for those who source this after crowd.sh and flows.sh.
#
#	 clients H           A, B, ...: 10.1.0.1..., 10.3.0.11...
#	10.1.0.9  |        +--------------------------------------------+        |  server S
#	10.9.0.0/16 -------| eth0 out:             in:             eth2 |--------| 10.3.0.9
#	fd09::/64 |        | 10.1.0.100, fd01::100 10.3.0.1, fd03::1    |        | fd03::9
#	         one       +-------------------- eth1 ------------------+      inner
#	                                        sync

# policy NODE: what comes from outside is for the server, what comes from there is
# hidden. What connection tracking does not know is dropped.
policy()
{
	on "$1" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 \
		net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
	on "$1" nft -f - <<-'END'
		table inet firewall {
			chain input {
				type filter hook input priority filter; policy accept;
				ct state invalid drop
			}
			chain forward {
				type filter hook forward priority filter; policy drop;
				ct state invalid drop
				ct state established,related accept
				iifname "eth2" oifname "eth0" accept
				iifname "eth0" ip6 daddr fd03::/64 accept
				ct status dnat accept
			}
		}
		table ip nat {
			chain prerouting {
				type nat hook prerouting priority dstnat;
				iifname "eth0" ip daddr 10.1.0.100 dnat to 10.3.0.9
			}
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname "eth0" ip saddr { 10.3.0.0/24, 10.4.0.0/16 } snat to 10.1.0.100
			}
		}
	END
}

# follow NODE: the other side of its cluster IP.
follow()
{
	cc "$1" clusterip add in dev eth2 address 10.3.0.1/24 address fd03::1/64 follow out
}

out=(out address 10.1.0.100/24 address fd01::100/64 gateway on)

# both NODE: both sides of it.
both()
{
	share_on "$1" "${out[@]}" && follow "$1"
}

# inner NODE N: its way to the server, also after it was gone.
inner()
{
	ipn "$1" address replace "fd03::1$2/64" dev eth2
	ipn "$1" route replace 10.4.0.0/16 via 10.3.0.9
}

build_gateways()
{
	local name i=0

	build_sharing "${sharing[@]}"
	net inner
	node S
	for name in "${sharing[@]}"; do
		i=$((i + 1))
		plug "$name" eth2 inner "10.3.0.1$i/24"
		inner "$name" $i
		policy "$name"
	done
	plug S eth0 inner 10.3.0.9/24 fd03::9/64
	ipn S route add default via 10.3.0.1
	ipn S -6 route add default via fd03::1
	ipn S route add local 10.4.0.0/16 dev lo
	# As many errors as there are clients.
	on S sysctl -qw net.ipv4.icmp_ratemask=0 net.ipv6.icmp.ratelimit=0
	ipn H -6 route add fd03::/64 via fd01::100
	# Its clients of IPv6 have an address by a local route only.
	on H sysctl -qw net.ipv6.ip_nonlocal_bind=1
}

# imported: flows that nodes have of each other.
imported()
{
	local node

	for node in "${sharing[@]}"; do
		cc "$node" -s -j mirror show | jq .imported
	done | jq -s add
}

safe_all()
{
	local node

	for node; do
		in_sync "$node" || return 1
	done
}

# settled NODE...: evenly among these, and they would lose nothing.
settled()
{
	check "evenly among $*" wait_for 30 evenly out "$@"
	check "who would lose nothing" wait_for 60 safe_all "$@"
}

# crash NODE: at once, and it forgets all.
crash()
{
	tell mark
	cut_off "$1" sync one inner
}

# return_of NODE: as after a crash, with nothing.
return_of()
{
	tell mark
	on "$1" conntrack -F 2>/dev/null
	cc "$1" mirror set off
	cc "$1" clusterip flush
	cc "$1" mirror set on
	rejoin "$1" sync one inner
	both "$1"
}

