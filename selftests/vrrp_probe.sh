#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracked neighbours: a node whose switch is dead leaves although its cable has
# carrier and its advertisements still go by another way.
#
#	   A (priority 200)        B (priority 100)       G (the gateway)
#	+------------------+    +------------------+    +-------------------+
#	| eth0 10.1.0.1    |----| eth0 10.1.0.2    |----| eth0 10.1.0.254   | lan
#	|      fd01::1     |    |      fd01::2     |    |      10.9.0.254   |
#	| eth1 10.2.0.1    |----| eth1 10.2.0.2    |    |      fd01::254    |
#	| late0 appears    |    +------------------+    +-------------------+
#	+------------------+    heart

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

net lan
net heart
node A B G
plug A eth0 lan 10.1.0.1/24 fd01::1/64
plug B eth0 lan 10.1.0.2/24 fd01::2/64
plug G eth0 lan 10.1.0.254/24 10.9.0.254/24 fd01::254/64
plug A eth1 heart 10.2.0.1/24
plug B eth1 heart 10.2.0.2/24
capture "$tmp/lan" lan "arp or icmp6"
capture "$tmp/heart" heart

reason()
{
	get A "$1" .reason | grep -qF "$2"
}

effective()
{
	[ "$(get A "$1" .effective_priority)" = "$2" ]
}

# track ROUTER FILTER: one value of the tracked neighbour.
track()
{
	get A "$1" ".tracks[] | select(.neighbour) | $2"
}

answers()
{
	[ "$(track "$1" .up)" = true ]
}

a_is_master()
{
	is_state A R master && is_state B R backup && has A 10.1.0.100
}

b_is_master()
{
	is_state A R fault && is_state B R master && ! has A 10.1.0.100
}

# questions SINCE TEXT: how often A has asked so since then.
questions()
{
	one_line "$tmp/lan" | awk -v since="$1" -v text="$2" '
		$1 >= since + 0 && index($0, text) { n++ }
		END { print n + 0 }'
}

asked()
{
	[ "$(questions "$1" "$2")" -gt 0 ]
}

minus()
{
	[ -n "${1-}" ] && awk -v a="$1" -v b="$2" 'BEGIN { printf "%.4f\n", a - b }'
}

# It happened between the times $before and $after: too late is counted from the
# second one, too early from the first one.
event()
{
	before=$(now)
	"$@"
	after=$(now)
}

gave_up()
{
	wait_for 10 heard "$tmp/heart" "$before" 10.2.0.1 0
	advert_after "$tmp/heart" "$before" 10.2.0.1 0
}

says()
{
	grep -qF "$1" "$tmp/err" || negate cat "$tmp/err"
}

# rejected NAME TEXT ARGUMENTS...: a request that changes nothing, and says why.
rejected()
{
	local name=$1 text=$2 old

	shift 2
	old=$(cc A save | cksum)
	if cc A "$@" 2>"$tmp/err"; then
		fail "$name" "accepted"
	else
		check "$name" says "$text"
	fi
	check_is "and nothing has changed" "$old" "$(cc A save | cksum)"
}

# --- what it is for ---------------------------------------------------------

common=(dev eth0 vrid 7 interval 200ms address 10.1.0.100/24
	path dev eth0 path dev eth1)
cc A vrrp add R "${common[@]}" priority 200
cc B vrrp add R "${common[@]}" priority 100
check "A is master" wait_for 5 a_is_master
silence A lan
check "its switch dies with carrier up: without a tracked neighbour A stays, as the other way tells that it lives" \
	stays 3 a_is_master
restore A lan

# --- configuration ----------------------------------------------------------

rejected "no virtual address of its own is asked for" \
	"would be an address of the virtual router itself" \
	vrrp track add R arp 10.1.0.100 dev eth0
rejected "no multicast address" "must be a unicast address" \
	vrrp track add R arp 224.0.0.1 dev eth0
rejected "no device without neighbours" "lo has no neighbours" \
	vrrp track add R arp 10.1.0.254 dev lo
ipn A link add late0 type veth peer name late1
ipn A link add br0 type bridge
ipn A link set late0 master br0
rejected "no port of a bridge, which hears nothing itself" \
	"late0 is the port of a bridge: name" \
	vrrp track add R arp 10.1.0.254 dev late0
ipn A link del late0
ipn A link del br0
rejected "not more often than ten times a second" "100ms to 60s" \
	vrrp track add R arp 10.1.0.254 dev eth0 interval 99ms
rejected "not after no question" "1 to 100" \
	vrrp track add R arp 10.1.0.254 dev eth0 lose 0
rejected "a neighbour without a device is refused by the tool" "'dev DEV' expected" \
	vrrp track add R arp 10.1.0.254
mark=$(now)
cc A vrrp track add R arp 10.1.0.254 dev eth0 interval 200ms
check_is "a neighbour is tracked" 0 $?
rejected "but not twice" "neighbour 10.1.0.254 on eth0" \
	vrrp track add R arp 10.1.0.254 dev eth0 lose 2
rejected "and then it cannot become a virtual address" \
	"would be an address of the virtual router itself" \
	vrrp address add R 10.1.0.254/24
check_is "it is shown as it was given" "10.1.0.254 eth0 200 3 0" \
	"$(track R '"\(.neighbour) \(.ifname) \(.interval) \(.lose) \(.weight)"')"
check "in words" eval 'cc A vrrp show R |
	grep -qF "track arp 10.1.0.254 dev eth0 interval 200ms lose 3 weight 0  up"'
cc A save >"$tmp/saved"
check "and saved" grep -q "track arp 10.1.0.254 dev eth0 interval 200ms$" "$tmp/saved"
sed 's/vrrp add R/vrrp replace R/' "$tmp/saved" >"$tmp/again"
history=$(cc A vrrp history R)
check "what was saved replaces itself" cc A -batch "$tmp/again"
check_is "which is no event" "$history" "$(cc A vrrp history R)"

# --- it is asked ------------------------------------------------------------

check "it is asked, as the device's own address" \
	wait_for 3 asked "$mark" "Request who-has 10.1.0.254 tell 10.1.0.1,"
check "never as the virtual address that A holds" \
	eval '! asked "$mark" "who-has 10.1.0.254 tell 10.1.0.100,"'
check "nothing changes while it answers" stays 2 a_is_master
check_between "questions in a second" 4 \
	"$(minus "$(questions "$(minus "$(now)" 1.5)" "who-has 10.1.0.254 tell 10.1.0.1,")" \
	"$(questions "$(minus "$(now)" 0.5)" "who-has 10.1.0.254 tell 10.1.0.1,")")" 6
check_is "A's own neighbour table has learned nothing from it" "" \
	"$(ipn A neigh show 10.1.0.254)"

# --- the switch dies with carrier up ----------------------------------------

ipn A neigh replace 10.1.0.254 dev eth0 nud permanent \
	lladdr "$(ipn G -j link show eth0 | jq -r '.[0].address')"
event silence A lan
check_between "three questions of 200 ms lost: A leaves in time" -1 \
	"$(minus "$(gave_up)" "$after")" 0.85
check_between "but not before" 0.4 "$(minus "$(gave_up)" "$before")" 60
check "B is master, whatever A's neighbour table says" wait_for 3 b_is_master
check "A says why" reason R "neighbour 10.1.0.254 on eth0 does not answer"
check "so does its history" eval 'cc A vrrp history R |
	grep -q "FAULT.*neighbour 10.1.0.254 on eth0 does not answer"'
check "and vrrp why" eval 'cc A vrrp why R |
	grep -q "is in FAULT.*neighbour 10.1.0.254 on eth0 does not answer"'
check "and status, with exit status 3" eval 'cc A status >"$tmp/status"
	[ $? = 3 ] && grep -q "neighbour 10.1.0.254 on eth0 does not answer" "$tmp/status"'
check "it stays so" stays 2 b_is_master
ipn A neigh del 10.1.0.254 dev eth0
event restore A lan
check "the switch lives again: A takes over again" wait_for 5 a_is_master
check "because what it tracks works again" eval 'cc A vrrp history R |
	grep -q "what it tracks works again"'
check_between "after three answers, not after one" 0.4 \
	"$(minus "$(advert_after "$tmp/heart" "$before" 10.2.0.1 200)" "$before")" 60

event silence G lan
check "the gateway itself is silent: A is in FAULT" wait_for 5 is_state A R fault
check "a master that tracks nothing takes over" wait_for 3 is_state B R master
restore G lan
check "and A comes back" wait_for 5 a_is_master

# --- how often, how long, and what it counts --------------------------------

cc A vrrp replace R "${common[@]}" priority 200 track arp 10.1.0.254 dev eth0 lose 2
check_is "replace changes how it is asked" "1000 2" "$(track R '"\(.interval) \(.lose)"')"
check "A is still master" wait_for 3 a_is_master
event silence A lan
check_between "two questions of one second lost: A leaves in time" -1 \
	"$(minus "$(gave_up)" "$after")" 2.25
check_between "but not before" 1 "$(minus "$(gave_up)" "$before")" 60
restore A lan
check "and comes back" wait_for 10 a_is_master

cc A vrrp track del R arp 10.1.0.254 dev eth0
check_is "it is not tracked any more" 0 "$(get A R '.tracks | length')"
cc A vrrp track add R arp 10.1.0.254 dev eth0 interval 100ms lose 1 weight -50
event silence A lan
check "a negative weight is taken away" wait_for 3 effective R 150
check "which is no FAULT" is_state A R master
check "and vrrp why says what for" eval 'cc A vrrp why R |
	grep -qF "because neighbour 10.1.0.254 on eth0 does not answer"'
restore A lan
check "and given back" wait_for 3 effective R 200
cc A vrrp track del R arp 10.1.0.254 dev eth0
cc A vrrp track add R arp 10.1.0.254 dev eth0 interval 100ms lose 1 weight 20
check "a positive weight is added while it answers" wait_for 3 effective R 220
silence A lan
check "and is not while it does not" wait_for 3 effective R 200
restore A lan
cc A vrrp track del R arp 10.1.0.254 dev eth0

# --- without an address, with only a virtual one ----------------------------

mark=$(now)
cc A vrrp track add R arp 10.9.0.254 dev eth0 interval 100ms lose 2
check "without an address of its network the question names nobody" \
	wait_for 3 asked "$mark" "who-has 10.9.0.254 tell 0.0.0.0,"
check "and is answered" stays 1 eval 'answers R && is_state A R master'
cc A vrrp address add R 10.9.0.100/24
check "A holds a virtual address of that network" wait_for 3 has A 10.9.0.100
mark=$(now)
check "which never asks" eval 'stays 1 a_is_master &&
	asked "$mark" "who-has 10.9.0.254 tell 0.0.0.0," &&
	! asked "$mark" "who-has 10.9.0.254 tell 10.9.0.100,"'
event silence A lan
check_between "a silent neighbour is noticed that way, too" -1 \
	"$(minus "$(gave_up)" "$after")" 0.45
restore A lan
check "A comes back" wait_for 5 a_is_master
cc A vrrp address del R 10.9.0.100/24
cc A vrrp track del R arp 10.9.0.254 dev eth0

# An address that nobody has, but another virtual router of this node holds.
cc A vrrp add Q dev eth0 vrid 9 priority 200 interval 200ms state master \
	address 10.1.0.150/24
check "another virtual router is master" wait_for 5 is_state A Q master
cc A vrrp track add R arp 10.1.0.150 dev eth0 interval 100ms lose 1
check "what this node has itself answers" stays 2 eval 'answers R && is_state A R master'
cc A vrrp track del R arp 10.1.0.150 dev eth0

# --- several share one ------------------------------------------------------

cc A vrrp track add R arp 10.1.0.254 dev eth0 interval 500ms lose 2
cc A vrrp track add Q arp 10.1.0.254 dev eth0 interval 500ms lose 2
mark=$(now)
check "two virtual routers track the same" stays 4 eval 'answers R && answers Q'
took=$(minus "$(now)" "$mark")
check_between "it is asked for both at once" 1.5 \
	"$(awk -v n="$(questions "$mark" "who-has 10.1.0.254 tell 10.1.0.1,")" -v t="$took" \
	'BEGIN { printf "%.2f\n", n / t }')" 2.5
silence A lan
check "both are in FAULT when it is silent" wait_for 5 eval \
	'is_state A R fault && is_state A Q fault'
cc A vrrp del Q
restore A lan
check "one of them goes, the other one comes back" wait_for 5 a_is_master
cc A vrrp track del R arp 10.1.0.254 dev eth0

# --- IPv6 -------------------------------------------------------------------

mark=$(now)
own=$(ipn A -j address show dev eth0 scope link |
	jq -r '.[0].addr_info[] | select(.family == "inet6") | .local')
cc A vrrp track add R arp fd01::254 dev eth0 interval 200ms
check "an IPv6 neighbour is asked from the link-local address" \
	wait_for 3 asked "$mark" "$own > ff02::1:ff00:254: "
check "and answers" stays 2 eval 'answers R && a_is_master'
event silence A lan
check_between "three questions of 200 ms lost: A leaves in time" -1 \
	"$(minus "$(gave_up)" "$after")" 0.85
check_between "but not before" 0.4 "$(minus "$(gave_up)" "$before")" 60
check "A says why" reason R "neighbour fd01::254 on eth0 does not answer"
check "it is saved" eval 'cc A save | grep -q "track arp fd01::254 dev eth0 interval 200ms$"'
restore A lan
check "and A comes back" wait_for 5 a_is_master
mark=$(now)
ipn A -6 address flush dev eth0 scope link
check "without a link-local address the question names nobody, and is answered" \
	eval 'wait_for 3 asked "$mark" " :: > ff02::1:ff00:254: " && stays 2 a_is_master'
silence A lan
check "and a silent neighbour is noticed" wait_for 5 is_state A R fault
restore A lan
check "A comes back" wait_for 5 a_is_master
cc A vrrp track del R arp fd01::254 dev eth0

# --- the device -------------------------------------------------------------

cc A vrrp track add R arp 10.3.0.254 dev late0 interval 1s lose 2
check "a device that does not exist: FAULT at once" is_state A R fault
check "it says so" reason R "neighbour 10.3.0.254 on late0: the device does not exist"
ipn A link add late0 type veth peer name eth2 netns "${ns_prefix}G"
ipn A link set late0 up
ipn G address add 10.3.0.254/24 dev eth2
check "the device has no carrier" wait_for 3 reason R \
	"neighbour 10.3.0.254 on late0: the device is down"
ipn G link set eth2 up
check "it can be asked, and answers" wait_for 10 a_is_master
event ipn A link set late0 down
check_between "the device goes down: A leaves at once" -1 \
	"$(minus "$(gave_up)" "$after")" 0.1
ipn A link set late0 up
check "up again, it must answer first" is_state A R fault
check "it does" wait_for 10 a_is_master
event ipn A link del late0
check_between "the device goes: A leaves at once" -1 \
	"$(minus "$(gave_up)" "$after")" 0.1
cc A vrrp track del R arp 10.3.0.254 dev late0
check "not tracked any more: A is master" wait_for 5 a_is_master

# --- the end ----------------------------------------------------------------

node C
plug C eth0 lan 10.1.0.3/24
cc C vrrp add R dev eth0 vrid 8 interval 100ms address 10.1.0.103/24 \
	track arp 10.1.0.254 dev eth0 interval 100ms \
	track arp fd01::254 dev eth0 interval 100ms
check "a third node asks, too" wait_for 5 is_state C R master
mark=$(now)
wait_for 3 asked "$mark" "who-has 10.1.0.254 tell 10.1.0.3,"
ip netns del "${ns_prefix}C"
check "its network namespace goes while it asks" eval '[ ! -e "/run/netns/${ns_prefix}C" ]'
cc A vrrp track add R arp 10.1.0.254 dev eth0 interval 100ms \
	arp fd01::254 dev eth0 interval 100ms weight -5
mark=$(now)
check "A asks two" wait_for 3 asked "$mark" "who-has 10.1.0.254 tell 10.1.0.1,"
check "rmmod while it asks" rmmod kcluster
mark=$(now)
check_not "nobody asks any more" wait_for 1 asked "$mark" "who-has 10.1.0.254 tell 10.1.0.1,"
check "the module loads again" modprobe kcluster
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
