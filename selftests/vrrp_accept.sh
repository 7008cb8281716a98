#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Accept_Mode (RFC 9568, 6.1): with accept off a master that does not own the
# addresses is their gateway and nothing else.
#
#	      H                     A                    C
#	+-------------+     +-----------------+     +-------------+
#	| eth0        |-----| eth0 10.1.0.1   |     |             |  network one
#	|  10.1.0.9   |     |      fd01::1    |     |             |
#	|  fd01::9    |     | eth1 10.2.0.1   |-----| eth0        |  network two
#	+-------------+     |      fd02::1    |     |  10.2.0.9   |
#	                    +-----------------+     |  fd02::9    |
#	                                            +-------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq python3 arping ndisc6

net one
net two
node A H C
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug H eth0 one 10.1.0.9/24 fd01::9/64
plug A eth1 two 10.2.0.1/24 fd02::1/64
plug C eth0 two 10.2.0.9/24 fd02::9/64
on A sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ipn H route add 10.2.0.0/24 via 10.1.0.100
ipn H route add fd02::/64 via fd01::100
ipn C route add 10.1.0.0/24 via 10.2.0.1
ipn C route add fd01::/64 via fd02::1

answers()
{
	on H ping -n -c 1 -W 1 "$1"
}

# A service on all addresses.
on A python3 -c '
import socket
s = socket.create_server(("::", 7000), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    c, _ = s.accept()
    c.send(b"served")
    c.close()' &
background+=($!)
check "a service is there" wait_for 10 on A sh -c 'ss -ltn | grep -q :7000'

# served ADDRESS: by TCP
served()
{
	[ "$(on H python3 -c "
import socket, sys
s = socket.create_connection((sys.argv[1], 7000), 1)
print(s.recv(64).decode())" "$1" 2>/dev/null)" = served ]
}

# asked_alone: the neighbour answers a solicitation sent to itself.
asked_alone()
{
	on H ndisc6 -1 -q -w 1000 fd01::100 eth0 >/dev/null || return 1
	on H ping -n -c 1 -W 1 fd01::100
	ipn H neigh change fd01::100 dev eth0 nud probe &&
		wait_for 5 eval 'ipn H neigh show fd01::100 | grep -q REACHABLE'
}

cc A vrrp add R dev eth0 vrid 7 interval 100ms address 10.1.0.100/24
cc A vrrp add R6 dev eth0 vrid 7 interval 100ms address fe80::100/64 address fd01::100/64
check "masters" wait_for 5 eval 'is_state A R master && is_state A R6 master'
check_is "accept is on unless said otherwise" "true true" \
	"$(get A R .accept) $(get A R6 .accept)"
check "the address answers" wait_for 5 answers 10.1.0.100
check "and serves" served 10.1.0.100
check "so does that of IPv6" wait_for 5 answers fd01::100
check "and serves" served fd01::100
check_not "save does not mention it" eval 'cc A save | grep -q accept'

check "accept off while master" cc A vrrp set R accept off
check "also of the other one" cc A vrrp set R6 accept off
check_is "the tool shows it" "false false" "$(get A R .accept) $(get A R6 .accept)"
check_not "the address does not answer" answers 10.1.0.100
check_not "and does not serve" served 10.1.0.100
check_not "nor does that of IPv6" answers fd01::100
check_not "neither serve" served fd01::100
check_not "nor the link-local one" answers fe80::100%eth0
check "the host's own address does" answers 10.1.0.1
check "and serves" served 10.1.0.1
check "its IPv6 address, too" answers fd01::1
check "and serves" served fd01::1
check "its link-local one, too" answers \
	"$(ipn A -j -6 address show dev eth0 scope link | jq -r '[.[].addr_info[]?.local | select(. and . != "fe80::100")][0]')%eth0"
ipn H neigh flush dev eth0
check "ARP is answered" on H arping -c 1 -w 3 -I eth0 10.1.0.100
check "neighbour discovery is answered, also when sent to the address itself" asked_alone
check "what is routed through it arrives" on H ping -n -c 1 -W 2 10.2.0.9
check "so does IPv6" on H ping -n -c 1 -W 2 fd02::9
check "save says it" eval 'cc A save | grep -q "accept off"'

cc A vrrp address add R 10.1.0.101/24
check_not "an address that is added does not answer either" answers 10.1.0.101
check "and is there" has A 10.1.0.101
cc A vrrp address del R 10.1.0.101/24
cc A vrrp add S dev eth0 vrid 8 interval 100ms address 10.1.0.108/24
check "another router's address answers" wait_for 5 answers 10.1.0.108

# The address on the other link is somebody else's.
ipn A address add fe80::100/64 dev eth1 nodad
check "the same link-local address on another link answers" \
	on C ping -n -c 1 -W 2 fe80::100%eth0

check "through a virtual MAC" cc A vrrp set R vmac on
check "it is routed, too" wait_for 5 eval 'on H ping -n -c 1 -W 2 10.2.0.9'
check_is "by that MAC" 00:00:5e:00:01:07 \
	"$(ipn H -j neigh show 10.1.0.100 | jq -r '.[0].lladdr')"
check_not "without an answer of the address" answers 10.1.0.100

check "the owner of the addresses accepts" cc A vrrp set R priority 255
check "it answers" wait_for 5 answers 10.1.0.100
cc A vrrp set R priority 100
check_not "no owner any more" answers 10.1.0.100
check "accept on again" cc A vrrp set R accept on
check "the address answers" answers 10.1.0.100
check_not "the other one still does not" answers fd01::100
cc A vrrp del R6
cc A vrrp del R

# An address that the host had before is not taken from it.
ipn A address add 10.1.0.120/24 dev eth0
cc A vrrp add R dev eth0 vrid 7 interval 100ms accept off address 10.1.0.120/24 address 10.1.0.121/24
check "a backup that has the address by itself" answers 10.1.0.120
check "it becomes master" wait_for 5 has A 10.1.0.121
check "what the host had still answers" wait_for 3 answers 10.1.0.120
check_not "what the router brought does not" answers 10.1.0.121
cc A vrrp del R
check "and stays" answers 10.1.0.120
check "the other router still answers" answers 10.1.0.108

cc A vrrp add R dev eth0 vrid 7 interval 100ms accept off address 10.1.0.100/24
check "accept off, master" wait_for 5 has A 10.1.0.100
in_background on H ping -q -n -i 0.01 10.1.0.100 >/dev/null
check "the module goes meanwhile" rmmod kcluster
ipn A address add 10.1.0.100/24 dev eth0
check "and with it the hook" wait_for 3 answers 10.1.0.100
modprobe kcluster
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|refcount|leaked' | head -n 3)"

finish
