#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracked values: a service that is said to be dead, or of which nothing is
# said any more, costs the node its addresses; and "clusterctl check", which
# says so.
#
#	   A (200)                B (100)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |     VRRPv3 at 100 ms
#	+----------------+      +----------------+
#
# How long it takes is told by the kernel's time stamps: of what is on the wire,
# A's priority 0, which it sends when it gives up; and of the value.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq
# shellcheck disable=SC2034 # All of it is about time, see fail in lib.sh.
timing=1

net one
node A B
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
capture "$tmp/wire" one
on A clusterctl -j monitor >"$tmp/events" &
background+=($!)

effective()
{
	[ "$(get A "$1" .effective_priority)" = "$2" ]
}

reason()
{
	get A "$1" .reason | grep -qF -- "$2"
}

# value NAME FILTER
value()
{
	cc A -j vrrp track show "$1" 2>/dev/null | jq -r ".[0] | $2"
}

is_value()
{
	[ "$(value "$1" .state)" = "$2" ]
}

# gave_up SINCE: seconds until A said goodbye.
gave_up()
{
	local at

	wait_for 5 heard "$tmp/wire" "$1" 10.1.0.1 0
	at=$(advert_after "$tmp/wire" "$1" 10.1.0.1 0)
	[ -n "$at" ] && awk -v a="$1" -v b="$at" 'BEGIN { printf "%.4f\n", b - a }'
}

# since_set: seconds from when the value was set last to A's goodbye, both as
# the kernel saw them, for the start of a program takes its time. One process
# asks how old the value is and for how long A has been in FAULT; and when that
# began, by the clock that stamps packets.
since_set()
{
	local after fault at

	wait_for 5 is_state A R fault || return
	read -r after fault < <(
		printf '%s\n' 'vrrp track show web' 'vrrp show R' 'vrrp history R' |
			cc A -j -batch - | jq -rs '
				"\(.[0][0].age - .[1][0].since) \(
				.[2] | map(.time) | max / 1000)"')
	# The capture may come later than what it shows.
	wait_for 5 heard "$tmp/wire" "$(earlier "$fault")" 10.1.0.1 0
	at=$(advert_after "$tmp/wire" "$(earlier "$fault")" 10.1.0.1 0)
	[ -n "$at" ] && awk -v after="$after" -v fault="$fault" -v at="$at" '
		BEGIN { printf "%.4f\n", after / 1000 + at - fault }'
}

# earlier TIME: times of transitions are in whole milliseconds.
earlier()
{
	awk -v t="$1" 'BEGIN { printf "%.3f\n", t - 0.002 }'
}

is_backup_of_none()
{
	is_state A R fault && is_state B R master && ! has A 10.1.0.100
}

a_is_master()
{
	is_state A R master && is_state B R backup && has A 10.1.0.100
}

# --- not set, set, failed ---------------------------------------------------

cc B vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 100ms address 10.1.0.100/24 \
	track value web
check_is "a router may follow a value that is not set" 0 $?
check "it is in FAULT" is_state A R fault
check "and says why" reason R "tracked value web is not set"
check_is "the value is shown as unset, with who follows it" "unset R" \
	"$(value web '.state + " " + (.followers | join(" "))')"
check "the other node is master" wait_for 5 is_state B R master
cc A vrrp track set web up
check_is "a value is set" 0 $?
check "set to up: the router takes part, and the address comes" wait_for 5 a_is_master
cc A vrrp track set web down
check "set to down: FAULT as soon as the command is done" is_state A R fault
check "and says why" reason R "tracked value web has failed"
check_between "seconds until priority 0" -0.002 "$(since_set)" 0.1
check "the other node takes over" wait_for 3 is_backup_of_none
check "status is degraded" eval '! cc A status >/dev/null'
cc A vrrp track set web up
check "up again: it says why it is back" wait_for 3 \
	grep -q '"BACKUP".*"what it tracks works again"' "$tmp/events"
check "and takes over again" wait_for 5 a_is_master

# --- not renewed ------------------------------------------------------------

cc A vrrp track set web up ttl 500ms
cc A vrrp track set web up
check_between "not renewed: seconds until priority 0, for a ttl of 500 ms" \
	0.49 "$(since_set)" 0.6
check "FAULT, and the other node is master" wait_for 3 is_backup_of_none
check "it says why" reason R "tracked value web was not renewed for 500 ms"
check "the value has expired" is_value web expired
check "it does not come back by itself" stays 2 is_state A R fault
cc A vrrp track set web up ttl 1h
check "renewed: it takes over again" wait_for 5 a_is_master
cc A vrrp track set web up ttl 300ms
check_between "a shorter ttl counts at once" 0.29 "$(since_set)" 0.4
cc A vrrp track set web up ttl 0
check "renewed: it takes over again" wait_for 5 a_is_master

cc A vrrp track set web up ttl 1s
events=$(wc -l <"$tmp/events")
log=$(dmesg | wc -l)
zeros=$(stat_of A R prio0-sent)
# Without a pause: a clock that counts instructions may leap while there are none.
end=$(($(date +%s) + 4))
while [ "$(date +%s)" -lt "$end" ]; do
	cc A vrrp track set web up
done
cc A vrrp track set web up ttl 0
check_is "renewed for three ttls: no event" "$events" "$(wc -l <"$tmp/events")"
check_is "no line in the log" "$log" "$(dmesg | wc -l)"
check_is "no priority 0" "$zeros" "$(stat_of A R prio0-sent)"
check "and still master" a_is_master
check "without a ttl it lasts" stays 2 is_state A R master

# --- weights and numbers ----------------------------------------------------

cc A vrrp track set web up weight -150
check "with a negative weight nothing is added while it is up" effective R 200
cc A vrrp track set web down
check "and taken away while it is down" effective R 50
check "which is no FAULT: the other node takes over" wait_for 5 is_state A R backup
cc A vrrp track set web up
check "up: it takes over again" wait_for 5 a_is_master
cc A vrrp track set web up ttl 300ms
check "expired counts as down" wait_for 3 effective R 50
check "the other node takes over again" wait_for 5 is_state A R backup
cc A vrrp track set web up ttl 0
check "renewed: it takes over again" wait_for 5 a_is_master
cc A vrrp track set web 20
check "a number is added while up" effective R 220
check "the wire says so" wait_for 3 eval \
	'adverts "$tmp/wire" | tail -n 3 | grep -q "10.1.0.1 220"'
cc A vrrp track set web -180
check "a negative one taken away" effective R 20
cc A vrrp track set web down
check "and neither while down" effective R 50
cc A vrrp track set web up weight 30
check "up is the number 0; a positive weight is added" effective R 230
cc A vrrp track del R value web
check "a value no longer tracked does not count" effective R 200
cc A vrrp track set web down weight 0
check "not even if it is down" is_state A R master
cc A vrrp track add R value web weight -7
check "a weight of its own in the track comes before the value's" effective R 193
cc A vrrp track del R value web
cc A vrrp track add R value web

# --- one value, two routers; and its end ------------------------------------

check "tracked again: FAULT" is_state A R fault
cc A vrrp add S dev eth0 vrid 8 priority 200 interval 100ms address 10.1.0.101/24 \
	track value web
cc A vrrp track set web up
check "two routers follow one value" wait_for 5 eval \
	'is_state A R master && is_state A S master'
check_is "both are named" "R S" "$(value web '.followers | join(" ")')"
cc A vrrp track unset web
check "deleted: both are in FAULT" eval 'is_state A R fault && is_state A S fault'
check "and say why" reason S "tracked value web is not set"
check_not "a value that is not set cannot be deleted" cc A vrrp track unset web
cc A vrrp del S
cc A vrrp track del R value web
check_is "with the last track a value that is not set is gone" '[]' \
	"$(cc A -j vrrp track show | jq -c .)"

# --- what is saved ----------------------------------------------------------

cc A vrrp track add R value web weight 0
cc A vrrp track set web up ttl 1min weight 5
cc A vrrp track set maintenance -20
check "master before" wait_for 5 is_state A R master
cc A save >"$tmp/saved"
cc A vrrp flush
check_is "vrrp flush leaves the values" "web maintenance" \
	"$(cc A -j vrrp track show | jq -r '[.[].name] | join(" ")')"
cc A -batch "$tmp/saved"
check_is "a saved batch leaves alone what is set" "up" "$(value web .state)"
cc A flush
check_is "flush deletes the values, too" '[]' "$(cc A -j vrrp track show | jq -c .)"
check "what save printed is a batch" cc A -batch "$tmp/saved"
check_is "a value that must be renewed is down in it, with weight and ttl" "down 5 60000" \
	"$(value web '"\(.state) \(.weight) \(.ttl)"')"
check_is "one that lasts is what it was" "up -20" \
	"$(value maintenance '"\(.state) \(.number)"')"
check "so the router is in FAULT until somebody vouches for the service" \
	stays 1 is_state A R fault
cc A save >"$tmp/again"
check "and is saved as the same text" diff "$tmp/saved" "$tmp/again"
cc A vrrp track unset maintenance
cc A vrrp track unset web

# --- clusterctl check -------------------------------------------------------

# The service: a file that is there.
serve()
{
	: >"$tmp/alive"
}

checker()
{
	# Not through cc(): it is this very process that is to be stopped.
	clusterctl -n "${ns_prefix}A" check web interval 100ms timeout 200ms \
		ttl "${ttl:-500ms}" "$@" -- test -e "$tmp/alive" >"$tmp/checker" 2>&1 &
	checker=$!
	background+=("$checker")
}

said()
{
	[ "$(wc -l <"$tmp/checker")" = "$1" ]
}

serve
checker
check "checked: up" wait_for 5 is_value web up
check "A is master" wait_for 5 a_is_master
check "for as long as the checker runs" stays 2 is_state A R master
check "which only says what has changed" said 1
since=$(now)
rm "$tmp/alive"
check_between "the service dies: seconds until priority 0, for an interval of 100 ms" \
	0 "$(gave_up "$since")" 0.35
check "down, with the reason" wait_for 3 grep -q 'web: down: exit status 1' "$tmp/checker"
check "the other node takes over" wait_for 3 is_backup_of_none
serve
check "the service is back: A takes over" wait_for 5 a_is_master
kill -STOP "$checker"
check_between "the checker is stopped: seconds until priority 0, for a ttl of 500 ms" \
	0.49 "$(since_set)" 0.6
check "the address is gone from A" wait_for 3 negate has A 10.1.0.100
check "the other node holds it" wait_for 3 has B 10.1.0.100
check "it says why" reason R "tracked value web was not renewed for 500 ms"
kill -CONT "$checker"
check "the checker goes on: A takes over" wait_for 5 a_is_master

zeros=$(stat_of A R prio0-sent)
old=$checker
# Beside it one whose word lasts longer than it takes to start a third.
ttl=3s checker
check "two checkers: the second one renews the value as well" \
	wait_for 3 eval '[ "$(cc A -j vrrp track show web | jq ".[0].ttl")" = 3000 ]'
kill "$old"
wait "$old"
check_is "SIGTERM ends the checker with status 0" 0 $?
kill "$checker"
wait "$checker"
checker
sleep 1
check_is "another one that starts in time renews the value: no priority 0" "$zeros" \
	"$(stat_of A R prio0-sent)"
kill "$checker"
wait "$checker"
check_between "without a checker: seconds until priority 0, for a ttl of 500 ms" \
	0.49 "$(since_set)" 0.6
checker fall 3 rise 4
check "the first result counts at once" wait_for 2 is_value web up
sleep 0.3
since=$(now)
rm "$tmp/alive"
check_between "fall 3: seconds until priority 0" 0.2 "$(gave_up "$since")" 0.6
serve
sleep 0.15
check "rise 4: not yet" is_value web down
check "but then" wait_for 2 is_value web up
kill "$checker"

clusterctl -n "${ns_prefix}A" check web interval 100ms timeout 100ms \
	ttl 500ms -- sleep 4321 >"$tmp/checker" 2>&1 &
checker=$!
background+=("$checker")
check "a command that hangs has failed" wait_for 3 is_value web down
check "and is said so" grep -q 'web: down: no end within 100ms' "$tmp/checker"
check "none is left behind, not even by many runs" eval \
	'sleep 1; [ "$(pgrep -fc "^sleep 4321")" -le 1 ]'
kill "$checker"
wait "$checker"
check "not even by the last one" wait_for 2 negate pgrep -f "^sleep 4321"
check "a command that does not exist has failed" eval \
	'timeout 2 clusterctl -n "${ns_prefix}A" check web -- /nonexistent/command \
		>"$tmp/checker"; is_value web down'
check "and is named" grep -q 'cannot run /nonexistent/command' "$tmp/checker"

# --- events -----------------------------------------------------------------

check "the monitor told of an expiry" grep -q '"VALUE".*"web".*"expired"' "$tmp/events"
check "and of a failure" grep -q '"VALUE".*"web".*"down"' "$tmp/events"

finish
