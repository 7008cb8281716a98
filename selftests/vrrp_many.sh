#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What users of keepalived suffer from when there is much of everything: 512
# virtual routers, 200 addresses, announcements that flood a switch.
#
#	   A (200)         B (100)         X (LAN host)
#	+---------+     +---------+     +---------+
#	|  eth0   |-----|  eth0   |-----|  eth0   |   network one
#	|  eth1   |-----|  eth1   |     +---------+   network two
#	+---------+     +---------+
#	  .1              .2              .9            10.1.0.0/24, 10.2.0.0/24
#
# The routers are 255 of IPv4 and 255 of IPv6 on eth0 and two more on eth1.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3

net one
net two
node A B X
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
plug A eth1 two 10.2.0.1/24
plug B eth1 two 10.2.0.2/24
plug X eth0 one 10.1.0.9/24
# Where they leave: on a machine with one CPU the others receive them late.
capture "$tmp/garp" B:eth0 arp

# routers NODE PRIORITY: 512 of them, as a batch.
routers()
{
	local i

	{
		for ((i = 1; i < 256; i++)); do
			echo "vrrp add F$i dev eth0 vrid $i priority $2 address 10.3.0.$i/32"
			echo "vrrp add S$i dev eth0 vrid $i priority $2 address fe80::3:$i/64"
		done
		echo "vrrp add T1 dev eth1 vrid 1 priority $2 address 10.4.0.1/32"
		echo "vrrp add T2 dev eth1 vrid 2 priority $2 address 10.4.0.2/32"
	} >"$tmp/batch"
	cc "$1" -batch "$tmp/batch"
}

# how_many NODE STATE
how_many()
{
	cc "$1" -j vrrp show | jq "[.[] | select(.state | ascii_downcase == \"$2\")] | length"
}

all_are()
{
	[ "$(how_many "$1" "$2")" = 512 ]
}

held()
{
	ipn "$1" -o address show | grep -cE ' (10\.[34]\.0\.|fe80::3:)'
}

# gaps FILE NODE START END: routers heard, and the longest gap of any, seconds.
gaps()
{
	one_line "$1" | awk -v sources="$2" -v start="$3" -v to="$4" '
		function closed(key, at) {
			if (at - last[key] > gap) gap = at - last[key] }
		BEGIN { split(sources, wanted); for (i in wanted) mine[wanted[i]] }
		$1 < start + 0 || $1 > to + 0 || !match($0, /vrid [0-9]+/) { next }
		{
			key = substr($0, RSTART + 5, RLENGTH - 5)
			for (i = 2; i < NF && $i != ">"; i++)
				;
			if (!($(i - 1) in mine)) next
			key = $(i - 1) " " key
			if (!(key in last)) { n++; last[key] = start }
			closed(key, $1)
			last[key] = $1
		}
		END { for (key in last) closed(key, to); printf "%d %.3f\n", n, gap }'
}

local6()
{
	ipn "$1" -o -6 address show dev eth0 scope link | awk '{ sub("/.*", "", $4); print $4; exit }'
}

# captured SOURCE SOURCE: all that was sent until now is in the files.
captured()
{
	local since

	since=$(now)
	wait_for 5 heard "$tmp/one" "$since" "$1"
	wait_for 5 heard "$tmp/two" "$since" "$2"
}

# told_of_all: 512 routers became master since $known lines.
told_of_all()
{
	[ "$(tail -n +$((known + 1)) "$tmp/events" |
		jq -r 'select(.state | ascii_downcase == "master") | .name' |
		sort -u | wc -l)" = 512 ]
}

# --- 512 virtual routers ----------------------------------------------------

sources_a="10.1.0.1 10.2.0.1 $(local6 A)"
sources_b="10.1.0.2 10.2.0.2 $(local6 B)"
capture "$tmp/one" one
capture "$tmp/two" two
started=$(now)
check "512 routers: a batch of them is taken" routers A 200
check_between "512 routers: within that many seconds" 0 \
	"$(awk -v a="$started" -v b="$(now)" 'BEGIN { print b - a }')" 10
check "512 routers: all become master" wait_for 15 all_are A master
check "512 routers: all addresses are held" wait_for 15 eval '[ "$(held A)" = 512 ]'
check "512 routers: the same on the other machine" routers B 100
mark=$(now)
wait_for 10 eval '[ "$(adverts "$tmp/two" "$mark" | wc -l)" -ge 12 ]'
end=$(now)
captured 10.1.0.1 10.2.0.1
cat "$tmp/one.raw" "$tmp/two.raw" >"$tmp/both.raw"
read -r heard longest < <(gaps "$tmp/both" "$sources_a" "$mark" "$end")
check_is "512 routers: all of them are on the wire" 512 "$heard"
check_between "512 routers: longest gap between two adverts of any, interval 1 s" \
	0.9 "$longest" 1.5
check "512 routers: the others are backup" all_are B backup
check_is "512 routers: none of the others ever was anything else" 0 \
	"$(cc B -s -j vrrp show | jq '[.[].statistics["become-master"]] | add')"

in_background clusterctl -n "${ns_prefix}B" -j monitor >"$tmp/events"
wait_for 20 eval '[ "$(wc -l <"$tmp/events")" -ge 512 ]'
known=$(wc -l <"$tmp/events")
mark=$(now)
silence A one
silence A two
check "512 routers at once: their master falls silent and all change hands" \
	wait_for 15 all_are B master
check "512 routers at once: all addresses are held" \
	wait_for 15 eval '[ "$(held B)" = 512 ]'
captured 10.1.0.2 10.2.0.2
check_between "512 routers at once: none waits longer than the RFC says, in seconds" \
	0 "$(cat "$tmp/one.raw" "$tmp/two.raw" >"$tmp/both.raw"; one_line "$tmp/both" |
	awk -v mark="$mark" -v from="$sources_b" '
	BEGIN { split(from, wanted); for (i in wanted) mine[wanted[i]] }
	$1 >= mark + 0 && match($0, /vrid [0-9]+/) {
		key = substr($0, RSTART, RLENGTH)
		for (i = 2; i < NF && $i != ">"; i++)
			;
		key = $(i - 1) " " key
		if ($(i - 1) in mine && !(key in first)) {
			n++
			first[key]
			if ($1 - mark > most) most = $1 - mark } }
	END { if (n == 512) printf "%.3f\n", most }')" \
	"$(awk -v d="$(takeover_time 100 1)" 'BEGIN { print d + 0.6 }')"
check "512 routers at once: who listens is told of each" wait_for 20 told_of_all
check_is "512 routers at once: no event is lost" 0 \
	"$(cc B -s -j status | jq '.statistics["events-lost"]')"
restore A one
restore A two
check "512 routers at once: and back" wait_for 15 all_are B backup
check "512 routers at once: no address is left" \
	wait_for 15 eval '[ "$(held B)" = 0 ]'
cc B flush
started=$(now)
cc A flush
check_between "512 routers: all are deleted within that many seconds" 0 \
	"$(awk -v a="$started" -v b="$(now)" 'BEGIN { print b - a }')" 10
check_is "512 routers: and leave no address" 0 "$(held A)"

# --- 200 addresses on one virtual router ------------------------------------

addresses=()
for ((i = 1; i <= 200; i++)); do
	addresses+=(address "10.5.0.$i/32")
done
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms "${addresses[@]}"
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms "${addresses[@]}"
wait_for 5 is_state A R master
wait_for 10 eval '[ "$(ipn A -o address show | grep -c " 10\.5\.0\.")" = 200 ]'
mark=$(now)
cc A vrrp del R
check "200 addresses on one router: they change hands" \
	wait_for 10 eval '[ "$(ipn B -o address show | grep -c " 10\.5\.0\.")" = 200 ]'
wait_for 10 eval '[ "$(adverts "$tmp/one" "$mark" | grep -c " 10.1.0.2 ")" -ge 70 ]'
end=$(now)
wait_for 5 heard "$tmp/one" "$end" 10.1.0.2
first=$(advert_after "$tmp/one" "$mark" 10.1.0.2)
read -r _ longest < <(gaps "$tmp/one" 10.1.0.2 "${first:-0}" "$end")
check_between "200 addresses on one router: longest gap between adverts of 100 ms" \
	0.09 "$longest" "$(takeover_time 100 0.1)"

# --- announcements ----------------------------------------------------------
# Of the takeover above: the last round is five seconds after the first.

one_line "$tmp/garp" | awk -v since="$mark" '
	$1 >= since + 0 && match($0, /who-has 10\.5\.0\.[0-9]+ tell/) {
		print $1, substr($0, RSTART + 8, RLENGTH - 13) }' >"$tmp/announced"
check_is "gratuitous ARP: every address is announced" 200 \
	"$(awk '{ print $2 }' "$tmp/announced" | sort -u | wc -l)"
read -r least most < <(awk '{ print $2 }' "$tmp/announced" | sort | uniq -c |
	awk '{ if (!n++ || $1 < low) low = $1; if ($1 > high) high = $1 }
	     END { print low, high }')
check_between "gratuitous ARP: at least five times" 5 "$least" 7
check_between "gratuitous ARP: and not more than seven" 5 "$most" 7
check_between "gratuitous ARP: the last of them seconds after the takeover" 4.5 \
	"$(awk -v first="$first" 'END { print $1 - first }' "$tmp/announced")" 6
# A batch is 64; that the addresses are there begins with another one.
check_between "gratuitous ARP: most frames within one millisecond" 1 \
	"$(awk '{ at[NR] = $1 }
	END { for (low = high = 1; high <= NR; high++) {
		while (at[high] - at[low] >= 0.001) low++
		if (high - low + 1 > most) most = high - low + 1 }
	      print most }' "$tmp/announced")" 64
apart=$(now)
on X "$selftests/vrrp_send.py" --dev eth0 --src 10.1.0.9 --vrid 7 --priority 50 \
	--interval 10 --address 10.5.0.1 --repeat 500 --every 0.004
flooded=$(now)
seconds=$(awk -v a="$apart" -v b="$flooded" 'BEGIN { print b - a }')
check_between "gratuitous ARP under a flood of a rival: times one address is announced per second" \
	0.1 "$(one_line "$tmp/garp" | awk -v since="$apart" -v seconds="$seconds" '
	$1 >= since + 0 && /who-has 10\.5\.0\.1 tell 10\.5\.0\.1,/ { n++ }
	END { print n / seconds }')" 5
cc B flush

finish
