# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# The machines that tests of the virtual MAC share, for those who source this
# after lib.sh, and what they ask of them.
#
#	   A (priority 200)      B (priority 100)      H (a host)
#	+-----------------+   +-----------------+   +-------------+
#	| eth0 10.1.0.1   |---| eth0 10.1.0.2   |---| eth0        |  network one
#	|      fd01::1    |   |      fd01::2    |   |  10.1.0.9   |
#	| eth1 10.2.0.1   |---| eth1 10.2.0.2   |-+ |  fd01::9    |
#	+-----------------+   +-----------------+ | +-------------+
#	                               network two| +-------------+
#	                                          +-| eth0        |
#	                                          C |  10.2.0.9   |
#	                                            +-------------+

vmac4=00:00:5e:00:01:07
vmac6=00:00:5e:00:02:07

mac_of()
{
	ipn "$1" -j link show "$2" | jq -r '.[0].address'
}

build_vmac()
{
	local name

	net one
	net two
	node A B H C
	plug A eth0 one 10.1.0.1/24 fd01::1/64
	plug B eth0 one 10.1.0.2/24 fd01::2/64
	plug H eth0 one 10.1.0.9/24 fd01::9/64
	plug A eth1 two 10.2.0.1/24
	plug B eth1 two 10.2.0.2/24
	plug C eth0 two 10.2.0.9/24
	ipn H route add 10.2.0.0/24 via 10.1.0.100
	for name in A B; do
		on "$name" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv4.conf.all.send_redirects=0 \
			net.ipv4.conf.eth0.send_redirects=0
	done
	mac_a=$(mac_of A eth0)
		mac_b=$(mac_of B eth0)
}

# lladdr NODE ADDRESS: what the node knows about a neighbour.
lladdr()
{
	ipn "$1" -j neigh show "$2" | jq -r '.[0].lladdr // ""'
}

knows()
{
	[ "$(lladdr "$1" "$2")" = "$3" ]
}

answers()
{
	on H ping -n -c 1 -W 1 "$1"
}

# in_filter NODE DEVICE MAC: the device takes frames to it.
in_filter()
{
	on "$1" bridge fdb show dev "$2" | grep -q "^$3 "
}

any_vmac()
{
	on "$1" bridge fdb show | grep '00:00:5e:00:0[12]:'
}
