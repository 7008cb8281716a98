#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Blocks of up to 4096 addresses are one cluster IP: as addresses from a file,
# as a local prefix, and of IPv6. The picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq python3
build_crowd A B
serve A B
ipn H route add 10.16.0.0/20 dev eth0
ipn H route add 10.32.0.0/20 dev eth0
# All neighbours of one test are known. The limits are those of all namespaces.
limits=$(sysctl net.ipv4.neigh.default.gc_thresh3 net.ipv6.neigh.default.gc_thresh3 | tr -d ' ')
sysctl -qw net.ipv4.neigh.default.gc_thresh3=8192 net.ipv6.neigh.default.gc_thresh3=8192

# entries NODE NAME STATE: how many of its entries are in that state.
entries()
{
	cc "$1" -j clusterip show "$2" |
		jq --arg state "$3" '[.[0].addresses[] | select(.state == $state)] | length'
}

ours()
{
	ipn "$1" -o address show dev eth0 | grep -c ' 10\.16\.'
}

# --- 4096 addresses of a file -----------------------------------------------

for ((i = 0; i < 16; i++)); do
	for ((j = 0; j < 256; j++)); do
		echo "10.16.$i.$j"
	done
done >"$tmp/block"
start=$(now)
check "4096 addresses of a file" cc A clusterip add block dev eth0 \
	address-from "$tmp/block" nodes static 2 local 1
note "took $(awk -v a="$start" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }') s"
check "on the other node, too" cc B clusterip add block dev eth0 \
	address-from "$tmp/block" nodes static 2 local 2
check_is "all are held" 4096 "$(entries A block held)"
check_is "and are there" 4096 "$(ours A)"
once "1000 clients ask that many of them: each is answered once" udp 10.16.0.0 1000 30 4096
check_between "A has its half" 400 "$(answered A)" 600
a=$(answered A)
once "by TCP" tcp 10.16.0.0 1000 30 4096
check_is "the same clients by A, whatever they ask for" "$a" "$(answered A)"
check_is "one more is refused" 1 \
	"$(cc A clusterip add more dev eth0 address 10.16.7.7 nodes static 2 local 1 2>"$tmp/err"; echo $?)"
check "because another one has it" grep -q '10.16.7.7 is an address of cluster IP "block"' "$tmp/err"
check_is "show writes a block in one line" 1 "$(cc A clusterip show block | grep -c 'address ')"
cc A save | grep -A 99 'clusterip add' >"$tmp/saved"
check "save, too" grep -q 'address 10.16.0.0-10.16.15.255/32' "$tmp/saved"
check "another address beside it" cc A clusterip add one dev eth0 address 10.1.0.100/24 \
	nodes static 1 local 1
once "answers" udp 10.1.0.100 50
cc A clusterip del one
check "deleted" cc A clusterip del block
check_is "none is left" 0 "$(ours A)"
check "what was saved is a batch" cc A -batch "$tmp/saved"
check_is "that recreates them" 4096 "$(ours A)"
check "flushed" eval 'cc A clusterip flush && cc B clusterip flush'
check_is "none is left" 0 "$(ours A)"

# --- a prefix ---------------------------------------------------------------

for name in A:1 B:2; do
	check "a local /20" cc "${name%:*}" clusterip add block dev eth0 address 10.32.0.0/20 local \
		nodes static 2 local "${name#*:}"
done
check_is "is one entry" 1 "$(ip_of A block '.addresses | length')"
check "and one route" eval 'ipn A route show table local | grep -q "^local 10.32.0.0/20 dev eth0 "'
once "1000 clients ask that many of it: each is answered once" udp 10.32.0.0 1000 30 4096
check_is "the same ones by A" "$a" "$(answered A)"
check_is "an address in it is refused" 1 \
	"$(cc A clusterip add in dev eth0 address 10.32.9.9/24 nodes static 2 local 1 2>"$tmp/err"; echo $?)"
check "because of it" grep -q '10.32.9.9 is an address of cluster IP "block"' "$tmp/err"
cc A clusterip add one dev eth0 address 10.33.0.7/32 nodes static 2 local 1
check_is "and a prefix that has an address of another one" 1 \
	"$(cc A clusterip add in dev eth0 address 10.33.0.0/24 local nodes static 2 local 1 2>"$tmp/err"; echo $?)"
check "because of that" grep -q '10.33.0.7 is an address of cluster IP "one"' "$tmp/err"
check_is "more than 4096 in all are refused" 1 \
	"$(cc A clusterip add in dev eth0 address 10.64.0.0/20 local address 10.1.0.50 nodes static 2 local 1 2>"$tmp/err"; echo $?)"
check "with the number" grep -q 'more than 4096' "$tmp/err"
check "several lengths at once" cc A clusterip add mix dev eth0 address 10.1.0.100/24 \
	address 10.40.0.0/24 local address 10.40.1.0/28 local address 10.40.2.2/31 local \
	nodes static 1 local 1
ipn H route add 10.40.0.0/16 dev eth0
for to in 10.1.0.100 10.40.0.200 10.40.1.15 10.40.2.3; do
	once "$to answers" udp $to 20
done
ask udp 10.40.1.16 5 2
check_is "what is behind the prefix does not" "0 once, 0 twice or more, 5 never" "$asked"
cc A clusterip flush
cc B clusterip flush
check_not "no route is left" eval 'ipn A route show table local | grep -E "10\.(32|40)\."'

# --- IPv6 -------------------------------------------------------------------

for name in A:1 B:2; do
	check "1024 IPv6 addresses" cc "${name%:*}" clusterip add six dev eth0 \
		address fd01::1:0-fd01::1:3ff/64 nodes static 2 local "${name#*:}"
done
check_is "all are held" 1024 "$(entries A six held)"
once "500 clients ask that many of them: each is answered once" udp fd01::1:0 500 30 1024
check_between "A has its half" 180 "$(answered A)" 320
check_is "none of them is chosen as a source" 0 \
	"$(ipn A -6 -o address show dev eth0 | grep 'fd01::1:' | grep -vc deprecated)"
cc A clusterip flush
check_not "none is left" eval 'ipn A -6 address show dev eth0 | grep fd01::1:'
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"

# shellcheck disable=SC2086 # several
sysctl -qw $limits
finish
