#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One node of two is ipt_CLUSTERIP's, as when a cluster is moved node by node:
# each of a thousand clients is answered once. Needs Linux before 6.3. The
# picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq python3 iptables-legacy
modprobe -q ipt_CLUSTERIP && modprobe -q iptable_filter ||
	skip_all "this kernel has no ipt_CLUSTERIP"
build_crowd A B
ipn B address add 10.1.0.100/24 dev eth0
serve A B
mac=01:00:5e:00:01:01

# theirs ADD|DEL MODE TOTAL NODE SEED: B is that node.
theirs()
{
	on B iptables-legacy "-$1" INPUT -d 10.1.0.100 -i eth0 -j CLUSTERIP --new \
		--hashmode "$2" --clustermac $mac --total-nodes "$3" --local-node "$4" \
		--hash-init "$5"
}

# pair MODE THEIRS SEED KIND...: 1000 clients, with two nodes.
pair()
{
	local mode=$1 their=$2 seed=$3 kind

	shift 3
	check "$mode, seed $seed: B is node 2, ipt_CLUSTERIP" theirs A "$their" 2 2 "$seed"
	check "A is node 1" cc A clusterip add web dev eth0 mac $mac hash "$mode" \
		seed "$seed" address 10.1.0.100/24 nodes static 2 local 1
	ipn H neigh flush dev eth0
	for kind; do
		once "1000 clients, $kind: each is answered once" "$kind" 10.1.0.100 1000 15
		[ "$kind" = icmp ] && continue
		check_between "A has its half" 400 "$(answered A)" 600
		check_between "B has the other one" 400 "$(answered B)" 600
	done
	cc A clusterip del web
	theirs D "$their" 2 2 "$seed"
}

# --- a node's rules, as they are --------------------------------------------

# imported NAME: what a node was before as ipt_CLUSTERIP's, it becomes.
imported()
{
	on "$1" iptables-legacy-save -c >"$tmp/rules" &&
		clusterctl import clusterip "$tmp/rules" >"$tmp/batch" 2>"$tmp/report" &&
		on "$1" iptables-legacy -F INPUT && cc "$1" -batch "$tmp/batch"
}

move()
{
	local mode=$1 their=$2 seed=$3

	on A iptables-legacy -A INPUT -d 10.1.0.100 -i eth0 -m comment --comment 'node "A"' \
		-j CLUSTERIP --new --hashmode "$their" --clustermac $mac --total-nodes 2 \
		--local-node 1 --hash-init "$seed"
	on A iptables-legacy -A INPUT -p tcp --dport 22 -j ACCEPT
	theirs A "$their" 2 2 "$seed"
	check "$their, seed $seed: A's rules, as iptables-save prints them, become a cluster IP" \
		imported A
	check_is "of mode $mode with the same seed" "$mode $seed" \
		"$(cc A -j clusterip show | jq -r '.[0] | "\(.hash) \(.seed)"')"
	check "the other rule is counted" grep -q 'other rules: note: 1, ' "$tmp/report"
	ipn H neigh flush dev eth0
	once "1000 clients: each is answered once, by A or by ipt_CLUSTERIP on B" udp \
		10.1.0.100 1000 15
	check_between "A has its half" 400 "$(answered A)" 600
	cc A clusterip flush
	theirs D "$their" 2 2 "$seed"
}

move legacy-source-ip sourceip 77
move legacy-source-ip-port sourceip-sourceport 0
move legacy-source-ip-port-dest-port sourceip-sourceport-destport 4294967295

pair legacy-source-ip sourceip 0 udp tcp icmp
pair legacy-source-ip sourceip 3735928559 udp
pair legacy-source-ip-port sourceip-sourceport 0 udp tcp icmp
pair legacy-source-ip-port sourceip-sourceport 12345 udp frag
pair legacy-source-ip-port-dest-port sourceip-sourceport-destport 0 udp tcp icmp
pair legacy-source-ip-port-dest-port sourceip-sourceport-destport 4294967295 udp frag

# --- a share moves between them, as it did through /proc --------------------

check "B has node 1 of 3" theirs A sourceip 3 1 77
check "A has the others" cc A clusterip add web dev eth0 mac $mac hash legacy-source-ip \
	seed 77 address 10.1.0.100/24 nodes static 3 local 2,3
ipn H neigh flush dev eth0
once "each client is answered once" udp 10.1.0.100 1000 15
check_between "A has two thirds" 570 "$(answered A)" 760
check "node 3 goes from A to B" eval \
	'cc A clusterip set web local -3 && on B sh -c "echo +3 >/proc/net/ipt_CLUSTERIP/10.1.0.100"'
once "each client is answered once" udp 10.1.0.100 1000 15
check_between "A has one third" 240 "$(answered A)" 430
check "B goes, A has everything" eval \
	'theirs D sourceip 3 1 77; ipn B address del 10.1.0.100/24 dev eth0; cc A clusterip set web local +1,3'
once "each client is answered once" udp 10.1.0.100 1000 15
check_is "by A" 1000 "$(answered A)"
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

finish
