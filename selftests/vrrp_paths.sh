#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several ways for the advertisements of one virtual router: a backup takes
# over only when all are silent, and where one goes through WireGuard nobody
# on the LAN has a say.
#
#	   A (priority 200)        B (priority 100)        X (a LAN host)
#	+------------------+    +------------------+    +----------------+
#	| eth0 10.1.0.1    |----| eth0 10.1.0.2    |----| eth0 10.1.0.9  |  one
#	| eth1 10.2.0.2    |----| eth1 10.2.0.1    |    +----------------+  two
#	| wg0  10.6.0.1    |====| wg0  10.6.0.2    |    through two
#	+------------------+    +------------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq wg python3

net one
net two
node A B X
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24 fd01::2/64
plug X eth0 one 10.1.0.9/24
# In the reverse order, so that the addresses of the two paths disagree.
plug A eth1 two 10.2.0.2/24
plug B eth1 two 10.2.0.1/24

inject()
{
	on X "$selftests/vrrp_send.py" --dev eth0 --src 10.1.0.9 --vrid 7 \
		--address 10.1.0.100 "$@"
}

# path NODE DEVICE FILTER: one value of a path.
path()
{
	get "$1" R ".paths[] | select(.ifname == \"$2\") | $3"
}

path_is()
{
	[ "$(path "$1" "$2" "$3")" = "$4" ]
}

one_master()
{
	[ "$(state_of A R) $(state_of B R)" = "$1" ]
}

both_add()
{
	cc A vrrp add R dev eth0 vrid 7 interval 400ms address 10.1.0.100/24 "$@" &&
		cc B vrrp add R dev eth0 vrid 7 interval 400ms address 10.1.0.100/24 "$@"
}

# --- two networks -----------------------------------------------------------

check "a router with two paths is accepted" both_add path dev eth0 path dev eth1
cc A vrrp set R priority 200
check "A becomes master" wait_for 5 one_master "master backup"
check "both paths of B hear it" wait_for 3 eval \
	'[ "$(get B R "[.paths[].last_heard < 1000] | all")" = true ]'
check_is "status of B is well" 0 "$(cc B status >/dev/null; echo $?)"
in_background cc B monitor >"$tmp/monitor"
check "the monitor runs" wait_for 3 grep -q R "$tmp/monitor"

cc A vrrp standby R
check "B is master for a while" wait_for 2 one_master "backup master"
check "for longer than it will wait for a path" stays 3 one_master "backup master"
cc A vrrp active R
check "A preempts" wait_for 5 one_master "master backup"
check_not "which makes no path silent" grep -q silent "$tmp/monitor"

silence A two
check "one network dies: B calls the path silent" wait_for 5 path_is B eth1 .silent true
check_is "and the other one not" false "$(path B eth0 .silent)"
check "B stays backup" stays 3 one_master "master backup"
check_is "B is degraded" 3 "$(cc B status >"$tmp/status"; echo $?)"
check "and says by which path nothing comes" grep -q 'degraded.*eth1' "$tmp/status"
check "the monitor told it" grep -q 'path dev eth1 silent' "$tmp/monitor"
check "the log too" eval 'dmesg | grep -q "(R) path by eth1 is silent"'
restore A two
check "the network is back: the path is heard again" wait_for 3 path_is B eth1 .silent false
check "the monitor told it" wait_for 3 grep -q 'path dev eth1 up' "$tmp/monitor"

silence A one
check "the other network dies: B stays backup" stays 3 one_master "master backup"
silence A two
check "both are silent: B takes over" wait_for 5 is_state B R master
restore A two
check "one is back: one master again" wait_for 4 one_master "master backup"
restore A one
check "both are back" wait_for 3 path_is B eth0 .silent false

carrier_off A two
check "A's path loses its carrier" wait_for 3 path_is A eth1 .up false
check_is "and says so" "has no carrier" "$(path A eth1 .flaw)"
check "A stays master by the other" is_state A R master
check_is "A is degraded" 3 "$(cc A status >/dev/null; echo $?)"
carrier_on A two
check "the carrier is back" wait_for 3 path_is A eth1 .up true

# --- while it runs ----------------------------------------------------------

check "a path is taken away" cc A vrrp path del R dev eth1
check_is "one remains" eth0 "$(get A R '[.paths[].ifname] | join(" ")')"
refused A 'needs a path' vrrp path del R dev eth0
refused A 'no path by eth1' vrrp path del R dev eth1
check "it is added again" cc A vrrp path add R dev eth1
check "and used" wait_for 3 path_is A eth1 .up true
check "B hears A by it" wait_for 3 eval '[ "$(path B eth1 .last_heard)" -lt 500 ]'
check_is "A became master twice only" 2 "$(stat_of A R become-master)"
refused A 'path by eth1 already' vrrp path add R dev eth1
refused A 'each with its own peers' vrrp set R peer 10.1.0.2
cc A vrrp del R
cc B vrrp del R

# --- two paths into one network ---------------------------------------------

ip -n "$switch" link add A2-one type veth peer name eth2 netns "${ns_prefix}A"
ip -n "$switch" link set A2-one master one up
ipn A address add 10.1.0.11/24 dev eth2
ipn A link set eth2 up
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 400ms address 10.1.0.100/24 \
	path dev eth0 path dev eth2
check "a router hears itself by the other path" wait_for 5 eval \
	'is_state A R master && [ "$(stat_of A R discard-source)" -gt 0 ]'
check "and does not mind" stays 2 is_state A R master
check_is "it became master once" 1 "$(stat_of A R become-master)"
cc A vrrp del R
ipn A link del eth2

# --- equal priorities, and addresses that disagree --------------------------

check "equal priorities" both_add path dev eth0 path dev eth1
split()
{
	silence A one
	silence A two
	wait_for 5 one_master "master master"
}
check "one of them is master" wait_for 8 eval \
	'one_master "master backup" || one_master "backup master"'
check "cut off from each other both are" split
restore A one
check "by the first path the higher address wins" wait_for 3 one_master "backup master"
restore A two
check "the other path, where A's is higher, changes nothing" \
	stays 3 one_master "backup master"
check "cut off again" split
restore A two
check "where the first path is silent the second one decides" \
	wait_for 3 one_master "master backup"
restore A one
check "and that stays so" stays 3 one_master "master backup"
# Where everything is slow there may be takeovers for want of time.
if [ "$patience" = 1 ]; then
	check_between "without a fight: A became master" 1 "$(stat_of A R become-master)" 2
	check_between "and B" 1 "$(stat_of B R become-master)" 2
fi
cc A vrrp del R
cc B vrrp del R

# --- WireGuard beside an open LAN -------------------------------------------

wireguard A 10.2.0.2 B 10.2.0.1
cc A vrrp add R dev eth0 vrid 7 priority 200 interval 400ms address 10.1.0.100/24 \
	path dev wg0 peer 10.6.0.2 path dev eth0
cc B vrrp add R dev eth0 vrid 7 priority 100 interval 400ms address 10.1.0.100/24 \
	path dev wg0 peer 10.6.0.1 path dev eth0
check "through WireGuard: A is master, B backup" wait_for 8 one_master "master backup"
# untrusted MORE_THAN
untrusted()
{
	[ "$(stat_of A R discard-untrusted)" -gt "$1" ]
}
before=$(stat_of A R discard-untrusted)
check "a LAN host claims priority 255" inject --priority 255
check "A counts it as untrusted" wait_for 2 untrusted "$before"
for _ in 1 2 3 4 5; do
	inject --priority 255
	inject --priority 0
done
check "and stays master, B backup" stays 3 one_master "master backup"
check_is "A became master once" 1 "$(stat_of A R become-master)"
check_is "B never did" 0 "$(stat_of B R become-master)"
ipn A link del wg0
check "without its tunnel A could hear nobody that counts: FAULT" \
	wait_for 3 one_master "fault master"
check_is "and says why" "wg0 does not exist" "$(get A R .reason)"
inject --priority 0
check "a LAN host says that there is no master: nothing happens" \
	stays 1 one_master "fault master"
cc A vrrp del R
cc A vrrp add R dev eth0 vrid 7 priority 254 interval 400ms address 10.1.0.100/24 \
	path dev wg0 peer 10.6.0.2 path dev eth0
check "started before its tunnel, too" stays 2 one_master "fault master"
cc A vrrp del R
cc B vrrp del R

cc A vrrp add R dev eth0 vrid 7 priority 200 interval 400ms address 10.1.0.100/24 \
	path dev eth0
check "without a tunnel the LAN counts" wait_for 5 is_state A R master
inject --priority 255
check "a LAN host claims priority 255: A yields" wait_for 1 is_state A R backup
cc A vrrp del R

# --- a hub between them -----------------------------------------------------

mac=$(on A cat /sys/class/net/eth0/address)
cc A vrrp add R dev eth0 vrid 7 priority 100 interval 30s address 10.1.0.100/24 \
	path dev eth0 peer 10.1.0.9 hop-limit 254
check "the router is backup" wait_for 3 is_state A R backup
inject --priority 200 --interval 3000 --dst 10.1.0.1 --dmac "$mac" --ttl 254
check "hop limit 254 is accepted" wait_for 2 eval '[ "$(stat_of A R adverts-received)" = 1 ]'
inject --priority 200 --interval 3000 --dst 10.1.0.1 --dmac "$mac" --ttl 253
check "253 is not" wait_for 2 eval '[ "$(stat_of A R discard-ttl)" = 1 ]'

# --- save -------------------------------------------------------------------

cc A vrrp path add R dev eth1 peer 10.2.0.1 peer 10.2.0.77 trust path dev none0
cc A save >"$tmp/saved"
cc A -j vrrp show R | jq '.[0].paths | map({ifname, peers, hop_limit, trusted})' >"$tmp/was"
cc A flush
check "what was saved is a batch" cc A -batch "$tmp/saved"
cc A -j vrrp show R | jq '.[0].paths | map({ifname, peers, hop_limit, trusted})' >"$tmp/is"
check "that recreates the paths" diff "$tmp/was" "$tmp/is"
check_is "there are three" 3 "$(jq length "$tmp/is")"

# --- refusals ---------------------------------------------------------------

refused A 'vrid 7 is used on eth1' vrrp add S dev eth1 vrid 7 address 10.2.0.100/24
refused A 'hop limit needs peers' vrrp path add R dev eth8 hop-limit 254
refused A 'own peers' vrrp add S dev eth0 vrid 8 peer 10.1.0.2 path dev eth1
refused A 'two paths by eth5' vrrp add S dev eth0 vrid 8 path dev eth5 path dev eth5
refused A 'at most 8 paths\|more than 8 paths' vrrp path add R dev a1 path dev a2 \
	path dev a3 path dev a4 path dev a5 path dev a6
check_is "nothing of it was done" "R 3" \
	"$(cc A -j vrrp show | jq -r '.[] | "\(.name) \(.paths | length)"')"

finish
