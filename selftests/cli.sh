#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clusterctl as users and scripts see it: its words, its exit codes, its
# errors, its JSON, its batches, and its monitor.
#
#	   A                       B
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |
#	+----------------+      +----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq

net one
node A B
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24

# refuses STATUS NAME PATTERN ARGUMENTS...: exits so, says one line that
# matches (before any usage), prints nothing on standard output.
refuses()
{
	local status=$1 name=$2 pattern=$3 seen out

	shift 3
	out=$(cc A "$@" 2>"$tmp/err")
	seen=$?
	if [ $seen != "$status" ]; then
		fail "$name" "exit $seen instead of $status: $(head -n 1 "$tmp/err")"
	elif [ -n "$out" ]; then
		fail "$name" "something on standard output"
	elif ! head -n 1 "$tmp/err" | grep -qiE -e "$pattern"; then
		fail "$name" "said: $(head -n 1 "$tmp/err")"
	elif [ "$status" = 1 ] && [ "$(wc -l <"$tmp/err")" != 1 ]; then
		fail "$name" "said $(wc -l <"$tmp/err") lines"
	else
		pass "$name" "$(head -n 1 "$tmp/err")"
	fi
}

# --- wrong usage: exit 2, the usage of that object only ---------------------

refuses 2 "an unknown object" 'object' nonsense
refuses 2 "an unknown command" 'nonsense' vrrp nonsense
refuses 2 "an unknown option" 'option' -x vrrp show
refuses 2 "no name" 'name' vrrp add
refuses 2 "the beginning of two objects" 'clusterip' c show
refuses 2 "a cluster IP without a device" 'dev' clusterip add web address 10.1.0.7 nodes static 1 local 1
refuses 1 "a cluster IP that does not exist" 'nobody' clusterip del nobody
refuses 2 "no device" 'dev' vrrp add R vrid 7
refuses 2 "no vrid" 'vrid' vrrp add R dev eth0
refuses 2 "an unknown word" 'colour' vrrp add R dev eth0 vrid 7 colour red
refuses 2 "a value is missing" 'priority' vrrp add R dev eth0 vrid 7 priority
refuses 2 "a number that is none" 'priority.*many' vrrp add R dev eth0 vrid 7 priority many
refuses 2 "a number out of range of its type" '256' vrrp add R dev eth0 vrid 256
refuses 2 "a time that is none" 'interval' vrrp add R dev eth0 vrid 7 interval soon
refuses 2 "an address that is none" 'address' vrrp add R dev eth0 vrid 7 address 10.1.0.300/24
refuses 2 "a prefix length that is none" 'address' vrrp add R dev eth0 vrid 7 address 10.1.0.3/x
refuses 2 "on or off and nothing else" 'preempt' vrrp add R dev eth0 vrid 7 preempt maybe
refuses 2 "given twice" 'twice' vrrp add R dev eth0 vrid 7 priority 1 priority 2
refuses 2 "set of what cannot be set" 'vrid' vrrp set R vrid 8
refuses 2 "set of nothing" 'set' vrrp set R
refuses 2 "a track of nothing" "value NAME" vrrp track add R weight 5
refuses 2 "a value that is neither up, down nor a number" 'up, down' vrrp track set web maybe
refuses 2 "a value of nothing" 'name' vrrp track set
refuses 2 "a check without a command" 'COMMAND' check web
refuses 2 "a check that would expire while it runs" 'ttl.*2s' check web ttl 2s -- true
refuses 2 "a batch and a command" 'batch' -batch - vrrp show
cc A vrrp nonsense 2>"$tmp/err"
check "the usage of vrrp follows" grep -q 'clusterctl vrrp add' "$tmp/err"
check_not "and no other object's" grep -qE 'clusterctl.* (monitor|save|flush --|status)\b' "$tmp/err"
cc A status nonsense 2>"$tmp/err"
check "the usage of status follows" grep -q 'status' "$tmp/err"
check_not "and not that of vrrp" grep -q 'vrrp add' "$tmp/err"
check_is "nothing of all that was applied" '[]' "$(cc A -j vrrp show | jq -c .)"
check "help is no error" cc A help
check "help of an object is no error" cc A vrrp help

# --- refused by the kernel: exit 1, one line that names the attribute -------

check "a router is added" cc A vrrp add R dev eth0 vrid 7 interval 100ms state master \
	address 10.1.0.100/24
refuses 1 "the name is taken" 'R' vrrp add R dev eth0 vrid 8
refuses 1 "the vrid is taken" 'vrid' vrrp add S dev eth0 vrid 7
refuses 1 "vrid 0" 'vrid' vrrp add S dev eth0 vrid 0
refuses 1 "priority 0" 'priority' vrrp add S dev eth0 vrid 8 priority 0
refuses 1 "version 4" 'version' vrrp add S dev eth0 vrid 8 version 4
refuses 1 "an interval of 15 ms" 'interval' vrrp add S dev eth0 vrid 8 interval 15ms
refuses 1 "1.5 s in version 2" 'interval' vrrp add S dev eth0 vrid 8 version 2 interval 1.5s
refuses 1 "a password in version 3" 'auth-pass|password' vrrp add S dev eth0 vrid 8 auth-pass x
refuses 1 "an IPv6 address in a router for IPv4" 'address' vrrp add S dev eth0 vrid 8 \
	family inet address fd01::100/64
refuses 1 "a prefix length of 33" 'prefix' vrrp add S dev eth0 vrid 8 address 10.1.0.7/33
refuses 1 "a router that does not exist" 'nobody' vrrp del nobody
refuses 1 "show of a router that does not exist" 'nobody' vrrp show nobody
refuses 1 "an address that is not there" '10.1.0.77|address' vrrp address del R 10.1.0.77/24
refuses 1 "a ttl of 5 ms" 'ttl 5ms: .*10 ms' vrrp track set web up ttl 5ms
refuses 1 "a weight of 300" 'weight 300' vrrp track set web up weight 300
refuses 1 "a number of 300" 'number 300' vrrp track set web 300
refuses 1 "unset of a value that is not set" 'web' vrrp track unset web
refuses 1 "show of a value that does not exist" 'web' vrrp track show web
refuses 1 "a value tracked twice" 'web' vrrp add S dev eth0 vrid 8 track value web track value web
refuses 1 "a network namespace that does not exist" 'namespace' -n nowhere vrrp show
refuses 1 "a batch file that does not exist" 'batch' -batch /nonexistent
as_nobody()
{
	on A setpriv --reuid 65534 --regid 65534 --clear-groups clusterctl "$@"
}
as_nobody vrrp del R 2>"$tmp/err"
check_is "an ordinary user is refused with exit 1" 1 $?
check_is "in one line" 1 "$(wc -l <"$tmp/err")"
check "that says what is needed" grep -qE 'CAP_NET_ADMIN|root|permi' "$tmp/err"
check "but may look" as_nobody vrrp show

# --- batches ----------------------------------------------------------------

cat >"$tmp/batch" <<-'END'
	# a comment

	vrrp add S dev eth0 vrid 8 \
		priority 90
	vrrp add T dev eth0 vrid 300
	vrrp add U dev eth0 vrid 9
END
cc A -batch "$tmp/batch" 2>"$tmp/err"
check_is "a wrong line ends a batch with exit 2" 2 $?
check "the error tells file and line" grep -q "^.*$tmp/batch:5: .*300" "$tmp/err"
check_is "the lines before it are done, those after it are not" 'R S' \
	"$(cc A -j vrrp show | jq -r '[.[].name] | sort | join(" ")')"
printf '%s\n' 'vrrp del nobody' 'vrrp add U dev eth0 vrid 9' | cc A -force -batch - 2>"$tmp/err"
check_is "-force goes on, and the exit code tells" 1 "${PIPESTATUS[1]}"
check "standard input is called -" grep -q -e '-:1: ' "$tmp/err"
check_is "the rest is done" 1 "$(cc A -j vrrp show U | jq length)"

# --- save, flush, restore ---------------------------------------------------

cc A flush
check_is "flush leaves nothing" '[]' "$(cc A -j vrrp show | jq -c .)"
cc A -batch - <<-'END'
	vrrp add one dev eth0 vrid 1 state master priority 200 interval 100ms address 10.1.0.100/24 address 10.1.0.101/32 scope link dev lo excluded route default via 10.1.0.254 route 192.0.2.0/24 via 10.1.0.2 dev eth0 metric 7 table 99 track dev lo weight -10 track dev eth0
	vrrp add two dev eth0 vrid 2 version 2 interval 3s auth-pass "a b\"c'" preempt off startup-delay 2s
	vrrp add six dev eth0 vrid 6 family inet6 address fe80::6/64 address fd01::6/64
	vrrp add uni dev eth0 vrid 3 peer 10.1.0.2 peer 10.1.0.3 checksum rfc5798 preempt-delay 1500ms
	vrrp add mac dev eth0 vrid 5 vmac on accept off address 10.1.0.105/24
	vrrp add bare dev none0 vrid 4
	clusterip add web dev eth0 address 10.1.0.120-10.1.0.139/24 hash source-ip-port seed 5 nodes static 4 local 2-3
END
check "peers are replaced" cc A vrrp set uni peer 10.1.0.4
check_is "by those of the request" 10.1.0.4 "$(get A uni '.peers | join(" ")')"
check "peer none takes them back" cc A vrrp set uni peer none
check_is "so that there is none" 0 "$(get A uni '.peers | length')"
check "and they can be set again" cc A vrrp set uni peer 10.1.0.2 peer 10.1.0.3
check_is "peer none is not one of several" 2 \
	"$(cc A vrrp set uni peer none peer 10.1.0.2 2>/dev/null; echo $?)"
cc A save >"$tmp/saved"
check_is "save exits with 0" 0 $?
cc A -j vrrp show | jq '[.[] | del(.since, .state, .reason, .last_heard, .source, .ifindex, .master_down_interval, .master_address, .master_priority, .master_interval, .effective_priority, .addresses[].state, .routes[].state, .tracks[].up)]' >"$tmp/before"
check "there is something to save" [ "$(jq length "$tmp/before")" -ge 5 ]
cc A flush
check "what save printed is a batch" cc A -batch "$tmp/saved"
cc A -j vrrp show | jq '[.[] | del(.since, .state, .reason, .last_heard, .source, .ifindex, .master_down_interval, .master_address, .master_priority, .master_interval, .effective_priority, .addresses[].state, .routes[].state, .tracks[].up)]' >"$tmp/after"
check "that recreates the configuration" diff "$tmp/before" "$tmp/after"
cc A save >"$tmp/again"
check "and is saved as the same text" diff "$tmp/saved" "$tmp/again"
cc A save | cc A -batch - 2>"$tmp/err"
check_is "applied to what exists it is refused, and changes nothing" 1 "${PIPESTATUS[1]}"
cc A flush

# --- output -----------------------------------------------------------------

cc A vrrp add R dev eth0 vrid 7 interval 100ms state master address 10.1.0.100/24
check "the router is master" wait_for 5 is_state A R master
for words in "vrrp show" "clusterip show" "status" "version"; do
	# shellcheck disable=SC2086 # words of a command
	check "-j $words is JSON" eval 'cc A -j $words | jq -e . >/dev/null'
	# shellcheck disable=SC2086
	check "-j -p $words too" eval 'cc A -j -p $words | jq -e . >/dev/null'
done
check "-s -j vrrp show has the counters" \
	[ "$(stat_of A R adverts-sent)" -gt 0 ]
cc A status >"$tmp/out"
check_is "status exits with 0 when all is well" 0 $?
check "status names the router and its state" grep -qiE 'R: *MASTER' "$tmp/out"
check_not "no colour escapes without a terminal" grep -q $'\033' "$tmp/out"
ipn A link set eth0 down
check "link down: FAULT" wait_for 3 is_state A R fault
cc A status >"$tmp/out"
check_is "status exits with 3 when something is degraded" 3 $?
check "and says what" grep -qi 'eth0' "$tmp/out"
ipn A link set eth0 up
check "link up: master" wait_for 5 is_state A R master
cc A flush

finish
