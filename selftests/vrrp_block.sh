#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Blocks: thousands of addresses from a file on one virtual router. They come
# and go with mastership, all of them, and neither its own adverts nor those of
# a router with 10 ms adverts beside it falter meanwhile.
#
#	   A (priority 200)      B (priority 100)      H (a host)
#	+-----------------+   +-----------------+   +-----------------+
#	| eth0 10.1.0.1   |---| eth0 10.1.0.2   |---| eth0 10.1.0.9   |  network one
#	|      fd01::1    |   |      fd01::2    |   |      fd01::9    |
#	+-----------------+   +-----------------+   +-----------------+
#
# W holds the block, 10.16.0.1 and on; F is the fast one. To H all of it is
# directly connected.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

n=4095		# and one that is listed
six=512
case $(uname -r) in
*kcdebug*) n=1024 six=128 ;;
esac

net one
node A B H
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24 fd01::2/64
plug H eth0 one 10.1.0.9/24 fd01::9/64
ipn H route add 10.16.0.0/16 dev eth0
ipn H route add fd02::/64 dev eth0

# nth N: an address of the block, from 1 on.
nth()
{
	echo "10.16.$(($1 / 256)).$(($1 % 256))"
}
first=$(nth 1) middle=$(nth $((n / 2))) last=$(nth $n)

{
	echo "# the block that we publish"
	for ((i = 1; i <= n; i++)); do
		nth "$i"
	done
} >"$tmp/block"
for ((i = 1; i <= six; i++)); do
	printf 'fd02::%x\n' "$i"
done >"$tmp/six"

# count NODE: addresses of the block that the node has on its device.
count()
{
	ipn "$1" -4 -o address show dev eth0 | grep -c ' 10\.16\.'
}

count_is()
{
	[ "$(count "$1")" = "$2" ]
}

# Just after a takeover: by one of its announcements. All nodes share one CPU
# here, which drops some of 4096 that come at once.
reaches()
{
	local address

	for address; do
		on H ping -n -c 1 -W 1 "$address" || return 1
	done
}

# held NODE ROUTER STATE: how many of its addresses are in that state.
held()
{
	get "$1" "$2" "[.addresses[] | select(.state == \"$3\")] | length"
}

# silent NODE: W has announced all that there was to announce.
silent()
{
	local before

	before=$(stat_of "$1" W announcements)
	sleep 4		# the longest time between two rounds is three seconds
	[ "$(stat_of "$1" W announcements)" = "$before" ]
}

# quietly COMMAND...: as it is refused, in one line.
quietly()
{
	"$@" 2>&1 >/dev/null | head -n 1
}

# gap SINCE: the longest silence of F's adverts since then, ms.
gap()
{
	one_line "$tmp/wire" | awk -v since="$1" '
		$1 >= since + 0 && /vrid 8,/ {
			if (at && $1 - at > longest) longest = $1 - at
			at = $1 }
		END { printf "%.1f\n", longest * 1000 }'
}

mastered()
{
	stat_of "$1" "$2" become-master
}

# --- what is refused, and how it is said -------------------------------------

add=(vrrp add W dev eth0 vrid 7 interval 1s address 10.1.0.100/24)
printf '10.16.0.1\n# a comment\n10.16.0.300\n' >"$tmp/wrong"
check_is "a line that is no address is named" \
	"clusterctl: $tmp/wrong:3: '10.16.0.300' given, one address such as 192.0.2.1, 192.0.2.1/24 or 192.0.2.1-192.0.2.9 expected" \
	"$(quietly cc A "${add[@]}" address-from "$tmp/wrong" excluded)"
printf '10.16.0.1\n10.16.0.2 10.16.0.3\n' >"$tmp/wrong"
check "two on a line are, too" \
	grep -qF "$tmp/wrong:2: '10.16.0.3' is too much" \
	<<<"$(quietly cc A "${add[@]}" address-from "$tmp/wrong" excluded)"
printf '10.16.0.1\n10.16.0.2\n\n10.16.0.1\n' >"$tmp/wrong"
check_is "so is an address given twice" \
	"clusterctl: $tmp/wrong:4: 10.16.0.1 is on line 1 already: leave one of them out" \
	"$(quietly cc A "${add[@]}" address-from "$tmp/wrong" excluded)"
check "a file that is not there is named" grep -qF "$tmp/nothing: No such file" \
	<<<"$(quietly cc A "${add[@]}" address-from "$tmp/nothing")"
said=$(quietly cc A "${add[@]}" address-from "$tmp/block" prefixlen 16)
note "$said"
check "more addresses than an advert lists: it says how many fit" \
	grep -q "room for 255: exclude the others" <<<"$said"
{ cat "$tmp/block"; echo 10.17.0.1-10.17.15.255; } >"$tmp/wrong"
check "more than 4096 are refused" grep -q "at most 4096" \
	<<<"$(quietly cc A "${add[@]}" address-from "$tmp/wrong" excluded)"
check "so they are together with others" grep -q "more than 4096 addresses" \
	<<<"$(quietly cc A "${add[@]}" address 10.17.0.0-10.17.15.255 excluded)"
check_is "and nothing is left of all that" 0 "$(cc A -j vrrp show | jq length)"

# --- 4096 addresses beside a router with 10 ms adverts -----------------------

cc A vrrp add F dev eth0 vrid 8 priority 200 interval 10ms state master address 10.1.0.108/24
cc B vrrp add F dev eth0 vrid 8 priority 100 interval 10ms address 10.1.0.108/24
check "a router with 10 ms adverts is master on A" wait_for 5 is_state A F master
check "and backup on B" wait_for 5 is_state B F backup
before_a=$(mastered A F) before_b=$(mastered B F)
capture "$tmp/wire" one
start=$(now)
cc A "${add[@]}" priority 200 address-from "$tmp/block" prefixlen 16 excluded
check_is "a block of $n addresses is accepted" 0 $?
cc B "${add[@]}" priority 100 address-from "$tmp/block" prefixlen 16 excluded
check "A becomes master of it" wait_for 10 is_state A W master
check "and holds all of it" wait_for 12 count_is A "$n"
check_is "the tool is told of each of them" $((n + 1)) "$(held A W held)"
check_is "B holds nothing" 0 "$(count B)"
check "H reaches the first, one in the middle and the last" wait_for 5 reaches "$first" "$middle" "$last"
check "adverts list only what is not excluded" \
	eval 'one_line "$tmp/wire" | grep "vrid 7," | tail -n 1 | grep -q "addrs: 10.1.0.100$"'
check_is "adverts of W come from A only" "" \
	"$(one_line "$tmp/wire" | grep 'vrid 7,' | grep -v ' 10\.1\.0\.1 >' | head -n 1)"

in_background ip -n "${ns_prefix}B" -rcvbuf 16777216 -ts -o monitor address \
	>"$tmp/monitor" 2>&1
cc A vrrp standby W
check "standby returns when all of it is gone from A" count_is A 0
check "B takes it over" wait_for 10 is_state B W master
check "B holds all of it" wait_for 12 count_is B "$n"
took=$(cc B -j vrrp history W | jq '.[0].transitions | max_by(.time) | .time' 2>/dev/null)
[ -n "$took" ] && [ "$took" != null ] ||
	took=$(cc B -j vrrp history W | jq '[.. | .time? // empty] | max')
done_at=$(awk '/ 10\.16\./ { at = $1 } END { gsub(/[][]/, "", at); print at }' "$tmp/monitor")
note "from the takeover to the last of $n addresses:" \
	"$(awk -v from="$took" -v to="$(date +%s.%N -d "${done_at:-now}")" \
		'BEGIN { printf "%.0f ms", to * 1000 - from }')"
check "H reaches them there" wait_for 5 reaches "$first" "$middle" "$last"
note "the longest silence of F: $(gap "$start") ms"
timed check_is "F's master on A did not change" "$before_a" "$(mastered A F)"
timed check_is "and its backup on B took nothing over" "$before_b" "$(mastered B F)"
check_between "F's adverts came without a gap of a master-down interval" 1 "$(gap "$start")" 36
check_is "W was taken over once" 1 "$(mastered B W)"
cc A vrrp active W
check "A gets it back" wait_for 12 count_is A "$n"
check "B has given all of it away" wait_for 12 count_is B 0
timed check_is "F is where it was" "$before_b" "$(mastered B F)"

# --- somebody else takes them away -------------------------------------------

ipn A address del "$middle/16" dev eth0
check "one that is removed comes back" wait_for 10 count_is A "$n"
cat >"$tmp/del" <<<"$(for ((i = 501; i <= 600; i++)); do
	echo "address del $(nth "$i")/16 dev eth0"
done)"
ipn A -force -batch "$tmp/del" >"$tmp/del.out" 2>&1
check "so do 100 of them" wait_for 30 count_is A "$n"
check "the router stays master" is_state A W master

# --- show, save, replace -----------------------------------------------------

check "what came back has been announced" wait_for 30 silent A
cc A vrrp show W >"$tmp/show"
check "show says a range in one line" grep -q "address $first-$last/16 excluded  held" "$tmp/show"
check "status, too" eval 'cc A status | grep -q "address $first-$last/16 excluded: held"'
check_is "JSON has each of them" $((n + 1)) "$(get A W '.addresses | length')"
cc A save >"$tmp/saved"
check_between "what save prints can be read" 3 "$(wc -l <"$tmp/saved")" 20
ipn A -o monitor address >"$tmp/events" 2>&1 &
background+=($!)
sent=$(stat_of A W announcements)
cc A -replace -batch "$tmp/saved"
check_is "replacing it by the same is accepted" 0 $?
cc A vrrp replace W dev eth0 vrid 7 interval 1s priority 200 address 10.1.0.100/24 \
	address-from "$tmp/block" prefixlen 16 excluded
check_is "so is the file again" 0 $?
check_is "which touches nothing" "" "$(grep ' 10\.16\.' "$tmp/events")"
check_is "and announces nothing" "$sent" "$(stat_of A W announcements)"
grep -vx "$middle" "$tmp/block" >"$tmp/less"
cc A vrrp replace W dev eth0 vrid 7 interval 1s priority 200 address 10.1.0.100/24 \
	address-from "$tmp/less" prefixlen 16 excluded
check "one less in the file: one less there" wait_for 5 count_is A $((n - 1))
check_is "and nothing else happened" 1 "$(grep -c ' 10\.16\.' "$tmp/events")"
printf '10.16.200.1\n%s\n' "$first" >"$tmp/wrong"
check "a block that overlaps is refused" grep -q "address $first: .*has this address already" \
	<<<"$(quietly cc A vrrp address add W from "$tmp/wrong" prefixlen 16 excluded)"
check_is "as a whole" "$((n - 1))" "$(count A)"
echo "$middle" >"$tmp/one"
cc A vrrp address add W from "$tmp/one" prefixlen 16 excluded
check "it is added again" count_is A "$n"
cc A vrrp del W
check "deleting the router takes all of it away" count_is A 0
cc A -force -batch "$tmp/saved" 2>/dev/null
check "the saved batch brings it back" wait_for 12 count_is A "$n"
cc A save >"$tmp/again"
check "and saves as before" diff "$tmp/saved" "$tmp/again"
cc A vrrp address del W from "$tmp/block" prefixlen 16
check "all of the file can be taken away" count_is A 0
check "the router stays master of the rest" is_state A W master
cc A vrrp del W
cc B vrrp del W
timed check_is "F never changed hands" "$before_b" "$(mastered B F)"

# --- IPv6 --------------------------------------------------------------------

six_count()
{
	[ "$(ipn "$1" -6 -o address show dev eth0 | grep -c ' fd02::')" = "$2" ]
}

for name in A B; do
	cc "$name" vrrp add S dev eth0 vrid 7 priority 100 interval 1s \
		address fe80::100/64 address-from "$tmp/six" prefixlen 64 excluded
	check_is "an IPv6 block of $six is accepted on $name" 0 $?
done
cc A vrrp set S priority 200
check "A holds it" wait_for 12 six_count A "$six"
check "H reaches its first and its last" wait_for 5 reaches fd02::1 "$(tail -n 1 "$tmp/six")"
cc A vrrp del S
check "it is gone from A" six_count A 0
check "B holds it" wait_for 12 six_count B "$six"
check "H reaches them there" wait_for 5 reaches fd02::1 "$(tail -n 1 "$tmp/six")"
cc B vrrp del S
check "it is gone from B" six_count B 0

# --- one virtual MAC for all -------------------------------------------------

vmac=00:00:5e:00:01:07
lladdr()
{
	ipn H -j neigh show "$1" | jq -r '.[0].lladdr // ""'
}

for name in A B; do
	cc "$name" "${add[@]}" priority "$([ "$name" = A ] && echo 200 || echo 100)" vmac on \
		address-from "$tmp/block" prefixlen 16 excluded
done
check "with a virtual MAC A holds all of it" wait_for 12 count_is A "$n"
announced()
{
	[ "$(stat_of A W announcements)" -ge $((n + 1)) ]
}
check "the first takeover announces each address" wait_for 20 announced
ipn H neigh flush dev eth0
check "H reaches first, middle and last" wait_for 5 reaches "$first" "$middle" "$last"
check_is "by the virtual MAC" "$vmac" "$(lladdr "$last")"
was=$(stat_of B W announcements)
cc A vrrp standby W
check "B takes over" wait_for 12 count_is B "$n"
check "H reaches them there" wait_for 5 reaches "$first" "$middle" "$last"
check_is "by the same MAC" "$vmac" "$(lladdr "$last")"
check "B announces for some seconds" wait_for 30 silent B
check_between "and B did not announce them one by one" 1 \
	$(($(stat_of B W announcements) - was)) 30
cc A vrrp del W
cc B vrrp del W

# --- as local routes ---------------------------------------------------------

local_routes()
{
	ipn "$1" route show table local proto 112
}

local_is()
{
	[ "$(local_routes "$1" | wc -l)" = "$2" ]
}

for name in A B; do
	cc "$name" "${add[@]}" priority "$([ "$name" = A ] && echo 200 || echo 100)" \
		address-from "$tmp/block" local excluded
	check_is "a block as local routes is accepted on $name" 0 $?
done
check "A is master" wait_for 10 is_state A W master
routes=$(get A W '[.addresses[] | select(.local)] | length')
check_between "whole prefixes became one route each" 2 "$routes" 30
check "they are in the local table" wait_for 10 local_is A "$routes"
check_is "and no address is on the device" 0 "$(count A)"
check "H reaches first, middle and last" wait_for 5 reaches "$first" "$middle" "$last"
check "each was announced" wait_for 20 announced
prefix=$(local_routes A | awk '/^local/ { print $2; exit }')
ipn A route del local "$prefix" dev eth0 table local proto 112
check "a route that somebody else removes comes back" wait_for 5 local_is A "$routes"
cc A vrrp standby W
check "they are gone from A" local_is A 0
check "and on B" wait_for 10 local_is B "$routes"
check "H reaches them there" wait_for 5 reaches "$first" "$middle" "$last"
cc A save >"$tmp/saved"
cc A -replace -batch "$tmp/saved"
check_is "they can be saved and replaced by the same" 0 $?
cc A vrrp active W
check "A gets them back" wait_for 10 local_is A "$routes"
check_is "an IPv6 address is refused as a local route" \
	"clusterctl: vrrp address add W: address fd02::1: local: only for IPv4: an IPv6 neighbour gets no answer for what is no address of the device, leave local out" \
	"$(quietly cc A vrrp address add W fd02::1 excluded local)"
check "so is a prefix with host bits" grep -q "did you mean 10.17.0.0/24" \
	<<<"$(quietly cc A vrrp address add W 10.17.0.1/24 excluded local)"
check "and one that would be listed" grep -q "mark it excluded" \
	<<<"$(quietly cc A vrrp address add W 10.17.0.0/24 local)"
ipn A address add 10.17.0.9/32 dev lo
cc A vrrp address del W "$(nth 2)/31"	# it is full
cc A vrrp address add W 10.17.0.9/32 excluded local 10.17.0.10/32 excluded local
check_is "an address that was there before is left alone" foreign \
	"$(get A W '.addresses[] | select(.address == "10.17.0.9") | .state')"
check_is "its neighbour is held" held \
	"$(get A W '.addresses[] | select(.address == "10.17.0.10") | .state')"
cc A vrrp del W
cc B vrrp del W
check "none is left" local_is A 0
check "but what was there before" has A 10.17.0.9 lo
timed check_is "F never changed hands" "$before_b" "$(mastered B F)"

finish
