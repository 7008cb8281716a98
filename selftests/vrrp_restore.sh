#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Somebody else removes what a master holds, as network managers do: it is put
# back at once; where that does not end, the router gives up and says why.
#
#	        A                       B
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network one
#	| eth1 10.2.0.1  |      +----------------+
#	+----------------+

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
plug A eth1 two 10.2.0.1/24

restored()
{
	[ "$(stat_of A R restored)" -ge "$1" ]
}

item_state()
{
	get A R ".addresses[] | select(.address == \"$1\") | .state | ascii_downcase"
}

has_route()
{
	ipn A "${2:--4}" route show "$1" | grep -q 'proto 112'
}

ipn A address add 10.1.0.103/24 dev eth0
capture "$tmp/arp" one 'arp or icmp6'
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 1s \
	address 10.1.0.100/24 address 10.1.0.103/24 \
	address fd01::100/64 excluded address 10.2.0.100/24 dev eth1 \
	route 192.0.2.0/24 via 10.1.0.2 route 2001:db8::/32 via fd01::2
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 1s address 10.1.0.100/24
check "A is master" wait_for 5 is_state A R master
check "and holds everything" wait_for 3 eval 'has A 10.1.0.100 eth0 && has A fd01::100 &&
	has A 10.2.0.100 eth1 && has_route 192.0.2.0/24 && has_route 2001:db8::/32 -6'
check_is "nothing had to be restored" 0 "$(stat_of A R restored)"

# --- removed, and put back --------------------------------------------------

mark=$(now)
ipn A address del 10.1.0.100/24 dev eth0
check "a removed IPv4 address is back at once" wait_for 1 has A 10.1.0.100 eth0
check "and counted" wait_for 1 restored 1
check "the log tells" eval \
	'dmesg | grep -q "(R) address 10.1.0.100/24 on eth0 was removed by somebody else"'
garp()
{
	one_line "$tmp/arp" | awk -v since="$mark" '$1 > since' |
		grep -q 'who-has 10.1.0.100.*tell 10.1.0.100'
}
check "the neighbours are told again" wait_for 2 garp
ipn A address del fd01::100/64 dev eth0
check "a removed IPv6 address is back" wait_for 1 has A fd01::100
ipn A address del 10.2.0.100/24 dev eth1
check "one on another device, too" wait_for 1 has A 10.2.0.100 eth1
ipn A route del 192.0.2.0/24 proto 112
check "a removed IPv4 route is back" wait_for 1 has_route 192.0.2.0/24
ipn A -6 route del 2001:db8::/32 proto 112
check "a removed IPv6 route is back" wait_for 1 has_route 2001:db8::/32 -6
ipn A route add 203.0.113.0/24 via 10.1.0.2 metric 100
ipn A route add default via 10.1.0.2 metric 100
cc A vrrp route add R default via 10.1.0.2
check "a default route beside another one" wait_for 1 has_route default
ipn A route del default proto 112
check "is back, though the other one took its place meanwhile" wait_for 1 has_route default
cc A vrrp route del R default via 10.1.0.2
ipn A route add 198.51.100.0/24 via 10.1.0.2
check "all are counted" wait_for 1 restored 6
check_is "and no more" 6 "$(stat_of A R restored)"
check_is "A was master all the time" 1 "$(stat_of A R become-master)"
check_is "B was not" 0 "$(stat_of B R become-master)"

# --- what is nobody's attack ------------------------------------------------

ipn A link set eth1 down
ipn A link set eth1 up
check "a device that went down and came up has its address" \
	wait_for 3 has A 10.2.0.100 eth1
ipn A address add 10.1.0.55/24 dev eth0
ipn A address del 10.1.0.55/24 dev eth0
check "the operator deletes an item" cc A vrrp address del R 10.2.0.100/24 dev eth1
check "it is gone, and stays so" eval 'negate has A 10.2.0.100 && stays 1 negate has A 10.2.0.100'
check_is "none of it counts as removed by somebody" 6 "$(stat_of A R restored)"

check_is "an address that was there before is foreign" foreign "$(item_state 10.1.0.103)"
ipn A address del 10.1.0.103/24 dev eth0
check "its owner removes it: the router holds it now" wait_for 2 eval \
	'[ "$(item_state 10.1.0.103)" = held ] && has A 10.1.0.103 eth0'

# --- somebody who does not stop ---------------------------------------------

fight()
{
	local end=$((SECONDS + 15))

	# In one process, so that it is fast enough anywhere.
	while [ "$SECONDS" -lt "$end" ] && is_state A R master; do
		for _ in $(seq 500); do
			echo address del 10.1.0.100/24 dev eth0
		done | ipn A -force -batch - 2>/dev/null
	done
	! is_state A R master
}
check "removed again and again: A gives up" fight
check_is "it is in FAULT" fault "$(state_of A R)"
check "the reason says what happens" eval \
	'get A R .reason | grep -q "somebody else removes address 10.1.0.100/24 on eth0 again and again"'
check "B takes over" wait_for 5 is_state B R master
check "A holds nothing" wait_for 2 eval 'negate has A fd01::100 && negate has_route 192.0.2.0/24'
check "after a pause A tries again" wait_for 40 is_state A R master
check "and holds the address" wait_for 2 has A 10.1.0.100 eth0

cc A flush
check "deleted: everything is gone and nothing comes back" eval \
	'stays 1 negate has A 10.1.0.100 && negate has_route 192.0.2.0/24'

finish
