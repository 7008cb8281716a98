#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything goes away at the worst moment: namespaces, devices, the module.
#
#	   A             B             C            X
#	+------+      +------+      +------+     +------+
#	| eth0 |------| eth0 |------| eth0 |-----| eth0 | floods adverts
#	+------+      +------+      +------+     +------+
#	  .1             .2            .3           .9      10.1.0.0/24
#
# KC_ROUNDS is the number of rounds of each kind.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3

rounds=${KC_ROUNDS:-4}
net one
node X
plug X eth0 one 10.1.0.9/24

# make_node NAME I: with a second device, for tracking.
make_node()
{
	# The last of that name may not be quite gone.
	wait_for 10 gone "$1"
	node "$1"
	plug "$1" eth0 one "10.1.0.$2/24"
	ipn "$1" link add dummy0 type dummy
	ipn "$1" link set dummy0 up
}

# routers NAME PRIORITY: one in every state: master, backup, FAULT for want
# of a device, for a tracked one and for a value that expires and one that
# nobody sets, delayed; IPv4, IPv6, v2, unicast.
routers()
{
	cc "$1" -batch - <<-END
		vrrp add R4 dev eth0 vrid 1 priority $2 interval 10ms address 10.1.0.101/24 route 192.0.2.0/24 via 10.1.0.9
		vrrp add R6 dev eth0 vrid 1 family inet6 priority $2 interval 10ms address fe80::101/64 address fd01::101/64
		vrrp add V2 dev eth0 vrid 2 version 2 priority $2 interval 1s auth-pass secret address 10.1.0.102/24
		vrrp add U4 dev eth0 vrid 3 priority $2 interval 20ms peer 10.1.0.1 peer 10.1.0.2 peer 10.1.0.3 address 10.1.0.103/24
		vrrp add FD dev missing0 vrid 4 priority $2 address 10.1.0.104/24
		vrrp add FT dev eth0 vrid 5 priority $2 track dev missing1 address 10.1.0.105/24
		vrrp add SD dev eth0 vrid 6 priority $2 startup-delay 1h address 10.1.0.106/24
		vrrp add VM dev eth0 vrid 10 priority $2 interval 10ms vmac on accept off address 10.1.0.109/24 address 10.1.7.109/24 dev dummy0
		vrrp add D4 dev eth0 vrid 7 priority $2 interval 10ms address 10.1.7.107/24 dev dummy0
		vrrp track set V1 up ttl 300ms
		clusterip add C4 dev eth0 address 10.1.0.110/24 address fd01::110/64 nodes static 3 local 1
		clusterip add CP dev eth0 address 10.1.8.0/24 local hash source-ip-port nodes static 3 local 1-3
		clusterip add CL dev later0 address 10.1.0.111/24 hash source-ip-port nodes static 3 local 2
		vrrp add FV dev eth0 vrid 8 priority $2 interval 10ms address 10.1.0.108/24 track value V1 track value V2 weight -5
	END
}

# No notes about what a namespace's end does to the tools in it.
no_node()
{
	local pid

	for pid in $(ip netns pids "$ns_prefix$1"); do
		kill -KILL "$pid" 2>/dev/null
	done
	ip netns del "$ns_prefix$1"
	for pid in "${!nodes[@]}"; do
		[ "${nodes[pid]}" = "$1" ] && unset "nodes[pid]"
	done
}

# A namespace is really gone when its end of the cable is.
gone()
{
	! ip -n "$switch" link show "$1-one" >/dev/null 2>&1
}

flood()
{
	on X "$selftests/vrrp_send.py" --dev eth0 --src 10.1.0.9 --vrid "$1" \
		--priority "$2" --interval 1 --address 10.1.0.101 \
		--repeat "$3" --every "$4" &
	background+=($!)
}

# --- network namespaces -----------------------------------------------------

failures=0
for ((round = 1; round <= rounds; round++)); do
	make_node A 1
	make_node B 2
	routers A 200 || failures=$((failures + 1))
	routers B 100 || failures=$((failures + 1))
	wait_for 5 is_state A R4 master || failures=$((failures + 1))
	wait_for 5 is_state B R4 backup || failures=$((failures + 1))
	flood 1 50 2000 0
	no_node A
	wait_for 15 gone A || failures=$((failures + 1))
	wait_for 5 is_state B R4 master || failures=$((failures + 1))
	no_node B
	wait_for 15 gone B || failures=$((failures + 1))
done
check_is "$rounds rounds: namespaces with routers in every state end under a flood, and take them along" \
	0 "$failures"

failures=0
for ((round = 1; round <= rounds; round++)); do
	# No time to settle: the end comes while things begin.
	make_node A 1
	routers A 200 || failures=$((failures + 1))
	no_node A
	wait_for 15 gone A || failures=$((failures + 1))
done
check_is "$rounds rounds: a namespace ends right after its routers were added" \
	0 "$failures"

# --- values -----------------------------------------------------------------

# Values come and go under those who follow them, set them and look at them.
make_node A 1
cc A vrrp add R4 dev eth0 vrid 1 interval 10ms address 10.1.0.101/24
batches=(
	"vrrp track set V1 up ttl 10ms"
	"vrrp track set V1 down weight -5"
	"vrrp track unset V1"
	"vrrp track show"
	"vrrp track add R4 value V1 value V2"
	"vrrp track del R4 value V1 value V2"
	"vrrp add R9 dev eth0 vrid 9 interval 10ms address 10.1.0.109/24 track value V1"
	"vrrp del R9"
)
for i in "${!batches[@]}"; do
	for ((n = 0; n < 400; n++)); do
		echo "${batches[i]}"
	done >"$tmp/batch$i"
	(cc A -force -batch "$tmp/batch$i" >/dev/null 2>&1) &
	background+=($!)
done
failed_batches=0
for pid in "${background[@]: -${#batches[@]}}"; do
	wait "$pid"
	[ $? -le 1 ] || failed_batches=$((failed_batches + 1))
done
check_is "values are set, deleted, followed and shown all at once" 0 "$failed_batches"
cc A flush
check_is "and none of them is left" '[]' "$(cc A -j vrrp track show | jq -c .)"
no_node A

# --- devices ----------------------------------------------------------------

make_node A 1
capture "$tmp/wire" one
routers A 200
check "A is master on eth0" wait_for 5 is_state A R4 master
check "its address is there" wait_for 3 has A 10.1.0.101
ipn A link set eth0 down
ipn A link set eth0 name eth9
ipn A link set eth9 up
check "device renamed while master: FAULT, for its name is gone" \
	wait_for 3 is_state A R4 fault
check "its addresses are not left on the renamed device" \
	wait_for 3 negate has A 10.1.0.101
ipn A link set eth9 down
ipn A link set eth9 name eth0
ipn A link set eth0 up
check "named back: master again" wait_for 5 is_state A R4 master
check "with its address" wait_for 3 has A 10.1.0.101

node M
ipn A link set eth0 netns "${ns_prefix}M"
check "device moved to another namespace while master: FAULT" \
	wait_for 3 is_state A R4 fault
ipn M link set eth0 netns "${ns_prefix}A"
ipn A address add 10.1.0.1/24 dev eth0
ipn A link set eth0 up
check "moved back: master again" wait_for 5 is_state A R4 master
ipn A link del dummy0
check "a device that carries an address disappears: the router says so" \
	wait_for 3 eval '[ "$(get A D4 ".addresses[0].state | ascii_downcase")" != held ]'
check "other routers do not mind" is_state A R4 master
mark=$(now)
ip -n "$switch" link del A-one
check "device deleted while master: FAULT" wait_for 3 is_state A R4 fault
no_node A
no_node M

# --- the module -------------------------------------------------------------

failures=0 left=0 silent=0
for ((round = 1; round <= rounds; round++)); do
	make_node A 1
	make_node B 2
	make_node C 3
	routers A 200 || failures=$((failures + 1))
	routers B 150 || failures=$((failures + 1))
	routers C 100 || failures=$((failures + 1))
	wait_for 5 is_state A R4 master || failures=$((failures + 1))
	wait_for 5 has A 10.1.0.102 || failures=$((failures + 1))
	# Half of the rounds under a flood of adverts that change the state.
	[ $((round % 2)) = 0 ] && flood 1 $((round % 4 ? 250 : 50)) 5000 0
	mark=$(now)
	rmmod kcluster || failures=$((failures + 1))
	for name in A B C; do
		ipn "$name" -o address show |
			grep -qE '10\.1\.0\.1[01][0-9]/|::1[01][01]/|10\.1\.7\.107' &&
			left=$((left + 1))
		[ -z "$(ipn "$name" route show 192.0.2.0/24)" ] ||
			left=$((left + 1))
		[ -z "$(ipn "$name" route show table local 10.1.8.0/24)" ] ||
			left=$((left + 1))
		on "$name" ip maddress show | grep -q '01:00:5e:01:' &&
			left=$((left + 1))
	done
	wait_for 2 heard "$tmp/wire" "$mark" 10.1.0.1 0 || silent=$((silent + 1))
	no_node A
	no_node B
	no_node C
	modprobe kcluster || failures=$((failures + 1))
done
check_is "$rounds rounds: the module is removed and loaded with routers in every state" \
	0 "$failures"
check_is "no address or route is left behind" 0 "$left"
check_is "every master said priority 0 on the way out" 0 "$silent"

# While a process waits for events, and while one talks.
make_node A 1
routers A 200
on A clusterctl monitor >"$tmp/monitor" 2>&1 &
background+=($!)
wait_for 5 grep -q . "$tmp/monitor"
check "rmmod is not held up by a process that listens to events" rmmod kcluster
check "the process waits for it" wait_for 5 grep -q "waiting for it" "$tmp/monitor"
# Longer than it waits between two looks: to ask for the family by its name would
# load the module.
sleep 2.5
check_not "and does not load it" test -d /sys/module/kcluster
check "the module loads again" modprobe kcluster
check "the process is told" wait_for 5 grep -q "is back" "$tmp/monitor"
check_is "and has forgotten everything" 0 \
	"$(cc A -j vrrp show | jq length)"
no_node A

# Configuration requests from many processes while the module goes; each may
# load it again.
make_node A 1
for i in 1 2 3 4; do
	(for ((n = 0; n < 15; n++)); do
		cc A vrrp add "P$i" dev eth0 vrid "$((10 + i))" interval 10ms \
			address "10.1.0.11$i/24"
		cc A vrrp del "P$i"
	done) >/dev/null 2>&1 &
	background+=($!)
done
wait_for 5 eval '[ "$(cc A -j vrrp show | jq length)" -gt 0 ]'
check "rmmod while four processes add and delete routers" \
	wait_for 10 eval 'rmmod kcluster || [ ! -d /sys/module/kcluster ]'
for pid in "${background[@]: -4}"; do
	wait "$pid"
done
no_node A
check "the module loads once more" modprobe kcluster
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
