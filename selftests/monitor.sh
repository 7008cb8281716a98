#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clusterctl monitor: every change is told, in order, and a script hears all of
# them, one at a time, however slow it is.
#
#	   A
#	+----------------+
#	| eth0 10.1.0.1  |--- network one
#	+----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq

net one
node A
plug A eth0 one 10.1.0.1/24
ipn A link add dummy0 type dummy
ipn A link set dummy0 up

cat >"$tmp/slow" <<-'END'
	#!/bin/sh
	# Notes when it starts and ends: two at a time would interleave.
	echo "start $*" >>"$(dirname "$0")/slow.log"
	sleep 0.2
	echo "end $*" >>"$(dirname "$0")/slow.log"
END
cat >"$tmp/quick" <<-'END'
	#!/bin/sh
	echo "$*" >>"$(dirname "$0")/quick.log"
	exit 1
END
chmod +x "$tmp/slow" "$tmp/quick"
: >"$tmp/slow.log"
: >"$tmp/quick.log"

# --- the present state is replayed ------------------------------------------

cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms state master \
	address 10.1.0.100/24 track dev dummy0
check "the router is master" wait_for 5 is_state A R master
in_background ip netns exec "${ns_prefix}A" clusterctl monitor --exec "$tmp/slow" >/dev/null
in_background ip netns exec "${ns_prefix}A" clusterctl monitor --exec "$tmp/quick" >/dev/null 2>&1
ip netns exec "${ns_prefix}A" clusterctl -j monitor >"$tmp/json" 2>&1 &
background+=($!)
ip netns exec "${ns_prefix}A" clusterctl -t monitor >"$tmp/text" 2>&1 &
background+=($!)
check "at its start the script is told the present state" \
	wait_for 5 grep -qx 'INSTANCE R MASTER 200' "$tmp/quick.log"

# --- 50 transitions, one slow script ----------------------------------------

count=25
for ((i = 0; i < count; i++)); do
	ipn A link set dummy0 down
	wait_for 3 is_state A R fault
	ipn A link set dummy0 up
	wait_for 3 is_state A R master
done
quick()
{
	[ "$(grep -c "INSTANCE R $1 200" "$tmp/quick.log")" -ge "$2" ]
}
check "$count faults are told to the quick script" wait_for 10 quick FAULT $count
check "and $count times that it became master again" wait_for 10 quick MASTER $((count + 1))
slow()
{
	[ "$(grep -c 'end INSTANCE R FAULT 200' "$tmp/slow.log")" -ge "$count" ] &&
		[ "$(tail -n 1 "$tmp/slow.log")" = 'end INSTANCE R MASTER 200' ]
}
check "all of it is told to the slow script too" wait_for 60 slow
check_is "never two at a time" 0 "$(awk '
	$1 == "start" && open++ { bad++ }
	$1 == "end" { open-- }
	END { print bad + 0 }' "$tmp/slow.log")"
awk '$1 == "end" { $1 = ""; print substr($0, 2) }' "$tmp/slow.log" >"$tmp/slow.told"
check "both heard the same, in the same order" diff "$tmp/quick.log" "$tmp/slow.told"
check_is "between two faults there is always a return" 0 "$(awk '
	/FAULT/ { if (last) bad++; last = 1 } /MASTER/ { last = 0 }
	END { print bad + 0 }' "$tmp/quick.log")"
cc A vrrp del R
check "deletion is told as STOP" \
	wait_for 5 grep -qx 'INSTANCE R STOP 200' "$tmp/quick.log"

# --- what it prints ---------------------------------------------------------

check "each line of -j monitor is JSON" eval 'jq -e . <"$tmp/json" >/dev/null'
check "with the name of the router in it" \
	eval 'jq -r ".name // .[0].name" <"$tmp/json" | grep -qx R'
check "the text names router and state" grep -qE 'R.*MASTER' "$tmp/text"
check "-t puts the time in front" grep -qE '^\[?[0-9]{4}-[0-9]{2}-[0-9]{2}|^Timestamp|^\[?[0-9]+' "$tmp/text"

# --- a script that cannot be run --------------------------------------------

cc A monitor --exec "$tmp/none" >"$tmp/out" 2>&1 &
monitor=$!
background+=("$monitor")
cc A vrrp add R dev eth0 vrid 7 interval 100ms
check "a script that does not exist is named" \
	wait_for 5 grep -q "$tmp/none" "$tmp/out"
cc A flush

finish
