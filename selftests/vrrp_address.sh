#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Addresses and routes of a virtual router: they come and go with mastership,
# and nothing that was there before is ever lost.
#
#	        A                       B (sees the wire)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network one
#	|      fd01::1   |      |      fd01::2   |
#	| eth1 (bare)    |------| eth1           |   network two
#	+----------------+      +----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

net one
net two
node A B
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24 fd01::2/64
plug A eth1 two
plug B eth1 two
ipn A route add default via 10.1.0.254 metric 100

# address_line NODE ADDRESS: what ip(8) says about it.
address_line()
{
	ipn "$1" -o address show | grep -F " $2"
}

line_has()
{
	address_line "$1" "$2" | grep -q -e "$3"
}

item_state()
{
	get A "$1" ".addresses[] | select(.address | startswith(\"$2\")) | .state | ascii_downcase"
}

# advertises FILE ADDRESS: the last advert lists it.
advertises()
{
	one_line "$1" | grep 'prio ' | tail -n 1 | grep -qF "$2"
}

# --- IPv4: prefix length, scope, device, excluded ---------------------------

capture "$tmp/one" one
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms \
	address 10.1.0.100/24 \
	address 10.1.0.101/32 scope link \
	address 172.16.5.1/20 dev eth1 \
	address 10.1.0.103/24 excluded \
	route default via 10.1.0.253 \
	route 192.0.2.0/24 via 10.1.0.2 dev eth0
check_is "a router with addresses and routes is accepted" 0 $?
check "it becomes master" wait_for 5 is_state A R master
check "10.1.0.100 has its prefix length /24" \
	wait_for 3 line_has A 10.1.0.100/24 'eth0'
check "10.1.0.101 has /32 and scope link" line_has A 10.1.0.101/32 'scope link'
check "172.16.5.1/20 is on the other device, eth1" line_has A 172.16.5.1/20 'eth1'
check "the excluded address is held" has A 10.1.0.103 eth0
check_is "state of an address we added" held "$(item_state R 10.1.0.100)"
check "route 192.0.2.0/24 is there" \
	eval 'ipn A route show 192.0.2.0/24 | grep -q "via 10.1.0.2 dev eth0"'
check "the default route of the router wins over the host's" \
	eval 'ipn A route get 198.51.100.1 | grep -q "via 10.1.0.253"'
check "the host's own default route is still there" \
	eval 'ipn A route show default | grep -q "via 10.1.0.254"'
check "adverts are on the wire" wait_for 3 heard "$tmp/one" 0 10.1.0.1
check "the advert lists 10.1.0.100" advertises "$tmp/one" 10.1.0.100
check "the advert lists the address of the other device" \
	advertises "$tmp/one" 172.16.5.1
check_not "the excluded address is in no advert" \
	eval 'one_line "$tmp/one" | grep -qF 10.1.0.103'
check_not "no advert came from a virtual address" \
	eval 'adverts "$tmp/one" | grep -v " 10.1.0.1 "'

# --- changes while master; gratuitous ARP on the device of the address ------

capture "$tmp/arp" one arp
capture "$tmp/arp2" two arp
cc A vrrp address add R 10.1.0.110/24
check_is "an address is added while master" 0 $?
check "it is on the device" wait_for 2 has A 10.1.0.110 eth0
check "it is advertised" wait_for 2 advertises "$tmp/one" 10.1.0.110
check "gratuitous ARP for it is on the wire" \
	wait_for 3 grep -q '10.1.0.110' "$tmp/arp.raw"
cc A vrrp address add R 172.16.5.2/20 dev eth1
check "gratuitous ARP of an address on eth1 leaves through eth1" \
	wait_for 3 grep -q '172.16.5.2' "$tmp/arp2.raw"
check_not "and not through eth0" grep -q '172.16.5.2' "$tmp/arp.raw"
check "B can reach the added address" on B ping -c 1 -W 2 10.1.0.110
cc A vrrp address del R 10.1.0.110/24
check_is "an address is deleted while master" 0 $?
check "it is gone from the device" wait_for 2 negate has A 10.1.0.110
check "the other addresses stay" has A 10.1.0.100
check "the router stays master" is_state A R master
cc A vrrp route add R 203.0.113.0/24 via 10.1.0.2
check "a route is added while master" \
	wait_for 2 eval '[ -n "$(ipn A route show 203.0.113.0/24)" ]'
cc A vrrp route del R 203.0.113.0/24 via 10.1.0.2
check "and deleted" wait_for 2 eval '[ -z "$(ipn A route show 203.0.113.0/24)" ]'

# --- deletion leaves nothing of ours and everything of the host's -----------

cc A vrrp del R
check "deletion takes 10.1.0.100 away" wait_for 3 negate has A 10.1.0.100
check "and the address on eth1" wait_for 3 negate has A 172.16.5.1
check "and the excluded one" wait_for 3 negate has A 10.1.0.103
check "and the routes" wait_for 3 eval '[ -z "$(ipn A route show 192.0.2.0/24)" ]'
check "the host's default route works again" \
	wait_for 3 eval 'ipn A route get 198.51.100.1 | grep -q "via 10.1.0.254"'
check "the host's own address is untouched" has A 10.1.0.1

# --- an address that was there before us ------------------------------------

ipn A address add 10.1.0.120/24 dev eth0
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms state master \
	address 10.1.0.120/24 address 10.1.0.121/24
check "a router that lists an address of the host becomes master" \
	wait_for 5 is_state A R master
check "its own address is held" wait_for 3 has A 10.1.0.121
check_is "the host's address is foreign" foreign "$(item_state R 10.1.0.120)"
cc A vrrp address del R 10.1.0.120/24
check "taking it from the router does not take it from the host" \
	stays 1 has A 10.1.0.120
cc A vrrp address add R 10.1.0.120/24
cc A vrrp del R
check "our address is gone" wait_for 3 negate has A 10.1.0.121
check "the address that was there before is still there" has A 10.1.0.120
ipn A address del 10.1.0.120/24 dev eth0

# A route that was there before us.
ipn A route add 198.18.0.0/15 via 10.1.0.2
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms state master \
	address 10.1.0.121/24 route 198.18.0.0/15 via 10.1.0.2
check "a router that lists a route of the host becomes master" \
	wait_for 5 has A 10.1.0.121
cc A vrrp del R
check "our address is gone" wait_for 3 negate has A 10.1.0.121
check "the route that was there before is still there" \
	eval '[ -n "$(ipn A route show 198.18.0.0/15)" ]'
ipn A route del 198.18.0.0/15

# --- the promote_secondaries trap -------------------------------------------
# The virtual address comes first, the host's own of the same subnet is then
# its secondary, and deleting a primary deletes its secondaries.

promote=net.ipv4.conf.eth1.promote_secondaries
on A sysctl -qw net.ipv4.conf.all.promote_secondaries=0 $promote=0
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms state master \
	address 10.9.0.100/24 dev eth1
check "the virtual address is first on eth1" wait_for 5 has A 10.9.0.100 eth1
ipn A address add 10.9.0.1/24 dev eth1
check "the host's own address is its secondary" \
	line_has A 10.9.0.1/24 secondary
cc A vrrp del R
check "the virtual address goes" wait_for 3 negate has A 10.9.0.100
check "the host's address survives it" has A 10.9.0.1 eth1
check_is "promote_secondaries of eth1 is as it was" 0 \
	"$(on A sysctl -n $promote)"
check_is "promote_secondaries of all is as it was" 0 \
	"$(on A sysctl -n net.ipv4.conf.all.promote_secondaries)"
ipn A address flush dev eth1 scope global

# --- the owner --------------------------------------------------------------

# RFC 9568, 7.2: the owner's source may be the address that it owns.
ipn A address add 10.9.0.1/24 dev eth1
cc A vrrp add O dev eth1 vrid 9 priority 255 interval 100ms address 10.9.0.1/24
check "an owner that has no other address is master" wait_for 3 is_state A O master
check_is "it advertises from the address that it owns" 10.9.0.1 "$(get A O .source)"
check_is "which is its own, not ours" foreign "$(item_state O 10.9.0.1)"
check "at priority 254 it would be a loan" cc A vrrp set O priority 254
check "from which nobody advertises" wait_for 3 is_state A O fault
cc A vrrp del O
check "the owner's address is still there" has A 10.9.0.1 eth1
ipn A address flush dev eth1 scope global

# --- IPv6 -------------------------------------------------------------------

on A sysctl -qw net.ipv6.conf.eth0.accept_dad=1
capture "$tmp/nd" one 'icmp6 and ip6[40] == 136'
cc A vrrp add R6 dev eth0 vrid 8 family inet6 priority 200 interval 100ms \
	address fe80::6/64 address fd01::100/64 address fd01::101/64 excluded
check_is "an IPv6 router is accepted" 0 $?
check "it becomes master" wait_for 5 is_state A R6 master
check "fd01::100 is held" wait_for 3 has A fd01::100 eth0
check "it is nodad" line_has A fd01::100/64 nodad
check "it is deprecated, so never chosen as source" \
	line_has A fd01::100/64 'preferred_lft 0sec\|deprecated'
check_not "it never was tentative" line_has A fd01::100/64 tentative
check "a source for the same subnet is the host's own address" \
	eval 'ipn A route get fd01::2 | grep -q "src fd01::1 "'
check "adverts come from a link-local address" \
	wait_for 3 eval 'one_line "$tmp/one" | grep -q "fe80.* > ff02::12"'
check_not "and never from the virtual link-local address" \
	eval 'one_line "$tmp/one" | grep -q "fe80::6 > ff02::12"'
check "the advert lists fd01::100" \
	eval 'one_line "$tmp/one" | grep -F "ff02::12" | grep -qF fd01::100'
check_not "and not the excluded fd01::101" \
	eval 'one_line "$tmp/one" | grep -F "ff02::12" | grep -qF fd01::101'
unsolicited()
{
	one_line "$tmp/nd" | grep -F 'tgt is fd01::100' |
		grep -i 'Flags \[router, override\]'
}
check "an unsolicited NA with R=1 S=0 O=1 announces fd01::100" \
	wait_for 3 unsolicited
check "B can reach fd01::100" on B ping -6 -c 1 -W 2 fd01::100
cc A vrrp del R6
check "fd01::100 is gone" wait_for 3 negate has A fd01::100
check "the host's fd01::1 is untouched" has A fd01::1

finish
