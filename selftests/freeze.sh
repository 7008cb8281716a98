#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Failover without user space: every process of the machine is stopped but
# the one that starts them again, and init.
#
#	   A (200)         B (100)
#	+---------+     +---------+
#	|  eth0   |-----|  eth0   |     VRRPv3 at 100 ms
#	+---------+     +---------+
#
# What happened meanwhile is told by the kernel alone: by the time stamps of
# packets that tcpdump, stopped like all others, finds in its ring afterwards.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3

net one
node A B
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
capture "$tmp/wire" one

at()
{
	awk -v what="$1" '$1 == what { print $2 }' "$tmp/frozen"
}

count()
{
	adverts "$tmp/wire" "$2" | awk -v from="$1" -v to="$3" \
		'$2 == from && $1 <= to + 0 { n++ } END { print n + 0 }'
}

# longest FROM START END: the longest time without an advert of FROM.
longest()
{
	adverts "$tmp/wire" "$2" | awk -v from="$1" -v start="$2" -v to="$3" '
		BEGIN { last = start }
		$2 == from && $1 <= to + 0 {
			if ($1 - last > gap) gap = $1 - last; last = $1 }
		END { if (to - last > gap) gap = to - last; printf "%.4f\n", gap }'
}

cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms address 10.1.0.100/24
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24
for name in A B; do
	on "$name" clusterctl monitor >/dev/null &
	background+=($!)
done
check "A is master" wait_for 5 is_state A R master
check "B is backup" wait_for 5 is_state B R backup

# --- as master --------------------------------------------------------------

frozen 6 >"$tmp/frozen"
wait_for 3 heard "$tmp/wire" "$(at thawed)" 10.1.0.1
check_is "every other process was stopped" "running" "$(grep running "$tmp/frozen")"
check_between "adverts of the master in 6 s without user space" 55 \
	"$(count 10.1.0.1 "$(at frozen)" "$(at thawed)")" 65
check_between "the longest gap between them, in seconds" 0 \
	"$(longest 10.1.0.1 "$(at frozen)" "$(at thawed)")" 0.2
check_is "adverts of the backup meanwhile" 0 \
	"$(count 10.1.0.2 "$(at frozen)" "$(at thawed)")"
check "A still is master" is_state A R master
check_is "and never was anything else" 1 "$(stat_of A R become-master)"
check_is "B never was master" 0 "$(stat_of B R become-master)"

# --- as backup: the master dies in silence ----------------------------------

frozen 4 "ip -n $switch link set A-one nomaster" >"$tmp/frozen"
wait_for 3 heard "$tmp/wire" "$(at thawed)" 10.1.0.2
first=$(advert_after "$tmp/wire" "$(at frozen)" 10.1.0.2)
check "the backup took over while every process was stopped" \
	between "$(at event)" "${first:-0}" "$(at thawed)"
check_between "seconds from the master's last advert to its first: 3 x 0.1 + skew" \
	0.32 "$(silence_before "$tmp/wire" "$(at frozen)" 10.1.0.1 10.1.0.2)" 0.42
check "B is master" is_state B R master
check "B holds the address" has B 10.1.0.100

# --- as backup that is told priority 0 --------------------------------------

restore A one
check "the split heals to A" wait_for 5 is_state B R backup
frozen 4 "ip -n ${ns_prefix}A link set eth0 down" >"$tmp/frozen"
wait_for 3 heard "$tmp/wire" "$(at thawed)" 10.1.0.2
check_between "link set down without user space: seconds from farewell to takeover" \
	0 "$(handover "$tmp/wire" "$(at frozen)" 10.1.0.1 10.1.0.2)" 0.1
check "the address moved without user space" has B 10.1.0.100
check_not "and is not on A" has A 10.1.0.100

finish
