#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The operator takes a virtual router, or a node, out of the election: the
# address moves at once and stays away until told otherwise. And what there is
# to ask afterwards: why, and what happened.
#
#	   A (200)        B (100)        C (client)
#	+---------+    +---------+    +---------+
#	| eth0 .1 |----| eth0 .2 |----| eth0 .3 |   10.1.0.0/24
#	+---------+    +---------+    +---------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq ping

net one
node A B C
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
plug C eth0 one 10.1.0.3/24

states()
{
	[ "$(state_of A R) $(state_of B R)" = "$1" ]
}

why()
{
	cc "$1" vrrp why R
}

# outage COMMAND...: what a client, pinging every 2 ms, misses of the address
# while the command runs and two seconds after, in ms.
outage()
{
	on C ping -n -i 0.002 -w 5 10.1.0.100 >"$tmp/ping" &
	sleep 1
	"$@"
	wait $!
	sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$tmp/ping" | sort -n | awk '
		NR > 1 && ($1 - last - 1 > gap) { gap = $1 - last - 1 }
		{ last = $1 }
		END { print (NR > 500) ? gap * 2 : "too few answers" }'
}

cc A vrrp add R dev eth0 vrid 7 priority 200 interval 10ms address 10.1.0.100/24
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 10ms address 10.1.0.100/24
check "A is master" wait_for 3 states "master backup"
check "its why says so" eval 'why A | grep -q "^R is master since .* with priority 200: "'
check "B's why names the master, its priority and age" eval \
	'why B | grep -qE "^R is backup since .* with priority 100: 10.1.0.1 is master with priority 200, heard [0-9]+ ms ago"'

# --- standby and active -----------------------------------------------------

check_between "standby: the client misses the address for less than 50 ms" \
	0 "$(outage cc A vrrp standby R)" 50
check "B is master, A backup" states "backup master"
check "and it stays so" stays 1 states "backup master"
check "A's why tells that it was told to" eval 'why A | grep -q "it was told to stand by\.$"'
check "vrrp show tells, too" eval 'cc A vrrp show R | grep -q "^ *standby$"'
cc A vrrp set R priority 254
check "neither a higher priority" stays 1 states "backup master"
ipn A link set eth0 down
ipn A link set eth0 up
check "nor a new start of the device changes that" eval \
	'wait_for 3 is_state A R backup && stays 1 states "backup master"'
cc B vrrp del R
check "nor that nobody else is left" stays 1 is_state A R backup
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 10ms address 10.1.0.100/24
check "B is back" wait_for 3 states "backup master"
check_between "active gives it back, for less than 50 ms" \
	0 "$(outage cc A vrrp active R)" 50
check "A is master" wait_for 2 states "master backup"

check "standby for a time" cc A vrrp standby R for 2s
check "B is master at once" wait_for 1 states "backup master"
left=$(get A R .standby_time)
check_between "what is left is shown" 1 "$left" 2000
check "after that time A is back by itself" wait_for 4 states "master backup"

# --- the whole node ---------------------------------------------------------

cc A vrrp add S dev eth0 vrid 8 priority 200 interval 100ms address 10.1.0.101/24
check "two routers are master" wait_for 3 is_state A S master
check "the node stands by" cc A node standby
check "both move" wait_for 1 eval 'states "backup master" && is_state A S backup'
check "node show tells" eval 'cc A node | grep -q "node: standby"'
cc A vrrp add O dev eth0 vrid 9 priority 255 interval 1s address 10.1.0.102/24
check "a router that is added stands by as well, an owner too" stays 1 is_state A O backup
cc A vrrp active R 2>"$tmp/err"
check_is "a single router cannot be made active then" 1 $?
check "it says what would be right" grep -q 'make the node active' "$tmp/err"
cc A save >"$tmp/saved"
check "save knows it" grep -qx 'node standby' "$tmp/saved"
check "the node is active" cc A node active
check "all are master again" wait_for 3 eval \
	'states "master backup" && is_state A S master && is_state A O master'
cc A node standby for 1s
check "a node stands by for a time, too" wait_for 1 is_state A S backup
check "and is back" wait_for 4 is_state A S master

# --- refusals ---------------------------------------------------------------

for words in 'standby nobody' 'active nobody' 'why nobody' 'history nobody'; do
	# shellcheck disable=SC2086 # words of a command
	cc A vrrp $words 2>"$tmp/err"
	check_is "vrrp $words is refused" 1 $?
	check "naming it" grep -q 'nobody' "$tmp/err"
done
for words in 'vrrp standby' 'vrrp standby R for' 'vrrp standby R for 0' \
	'vrrp active R for 1s' 'node sit' 'node standby now' 'vrrp history'; do
	# shellcheck disable=SC2086 # words of a command
	cc A $words 2>"$tmp/err"
	check_is "$words is wrong usage" 2 $?
done

# --- history ----------------------------------------------------------------

cc A -j vrrp history R >"$tmp/history"
check "history is JSON, with clock and cause" eval \
	'jq -e "all(.[]; .time > 1600000000000 and (.reason | length) > 0)" "$tmp/history"'
check "it tells the first start" eval \
	'[ "$(jq -r ".[0] | .old_state + \" \" + .state" "$tmp/history")" = "INIT BACKUP" ]'
check "and who told it to stand by" eval 'grep -q "told to stand by" "$tmp/history"'
check "in words, too" eval 'cc A vrrp history R | grep -q "BACKUP -> MASTER priority"'
for _ in $(seq 20); do
	cc A vrrp standby R
	cc A vrrp active R
	wait_for 2 is_state A R master
done
check_is "32 changes are remembered" 32 "$(cc A -j vrrp history R | jq length)"
check "in order" eval 'cc A -j vrrp history R | jq -e "[.[].time] == ([.[].time] | sort)"'
check_is "each goes on where the one before ended" true \
	"$(cc A -j vrrp history R | jq '[.[].state][:-1] == [.[].old_state][1:]')"

# --- why, with obstacles ----------------------------------------------------

ipn B link add dummy0 type dummy
cc B vrrp del R
cc B vrrp add R dev eth0 vrid 7 priority 250 interval 100ms preempt off \
	address 10.1.0.100/24 track dev dummy0 weight -20
cc A flush
cc A vrrp add R dev eth0 vrid 7 priority 100 interval 100ms address 10.1.0.100/24 state master
cc B vrrp standby R
check "A is master by B's leave" wait_for 3 states "master backup"
cc B vrrp active R
check "why: preempt is off" wait_for 2 eval 'why B | grep -q "preempt is off, so the master stays"'
check "why: what lowers the priority" eval \
	'why B | grep -q "with priority 230 (250, because dummy0 is down)"'
cc B vrrp set R preempt on preempt-delay 30s
check "why: how long the delay still lasts" wait_for 2 eval \
	'why B | grep -qE "it preempts in [0-9.]+ s \(preempt-delay\)"'
ipn B link set eth0 down
check "why: a fault" wait_for 2 eval 'why B | grep -q "^R is in FAULT since .*: eth0 is down\.$"'

finish
