#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A cluster of 4 093 nodes, as many as a /20 has room for beside a virtual address:
# clusterctl gen makes it, setup makes one node its part of it, in seconds, and who
# shares nothing is told nothing.
#
#	 A: node1 ------------- wan ------------- W: where all others would be
#	    192.0.2.1                                172.16.0.0/20 is behind it
#
# shellcheck disable=SC2016,SC2317 # what eval gets; functions called by it
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need wg nft jq

net wan
node A W
plug A eth0 wan 192.0.2.1/24
plug W eth0 wan 192.0.2.2/24
ipn A route add 172.16.0.0/20 via 192.0.2.2
many=4093
dir=$tmp/vpn
file=$tmp/cluster.conf

# took NAME MOST COMMAND...: that succeeds, and lasts so many seconds at most.
took()
{
	local name=$1 most=$2 start

	shift 2
	start=$(date +%s%N)
	"$@" >"$tmp/out" 2>&1
	check_is "$name" 0 $?
	check_between "in seconds" 0 "$(awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.2f", ns / 1e9 }')" "$most"
	note "$(tail -n 1 "$tmp/out" | cut -c1-120)"
}

setup()
{
	cc A setup -f "$file" -key "$dir/node1/private.key" "$@"
}

# What goes out to other nodes, counted where they would be: in all, and to whom.
on W nft -f - <<-'END'
table ip seen {
	counter others { }
	set whom { type ipv4_addr; size 65536; flags dynamic; }
	chain pass {
		type filter hook prerouting priority 0
		iifname "eth0" ip daddr 172.16.0.0/20 udp dport 51820 counter name others add @whom { ip daddr } drop
	}
}
END
sent()
{
	on W nft -j list counter ip seen others | jq '[.nftables[].counter // empty] | .[0].packets'
}
told()
{
	on W nft -j list set ip seen whom | jq '[.nftables[].set // empty] | .[0].elem // [] | length'
}
tell_anew()
{
	on W nft reset counter ip seen others >/dev/null
	on W nft flush set ip seen whom
}

# --- the file -----------------------------------------------------------------

took "gen makes $many nodes" 10 \
	clusterctl gen "$dir" network 10.64.0.0/20 endpoint 192.0.2.1 nodes $many
check_is "each with a key of its own" "$many 600" \
	"$(stat -c %a "$dir"/*/private.key | uniq -c | awk '{ print $1, $2 }')"
# All can be reached, so that nothing but setup keeps them from being told something.
awk '{ print } $1 == "Address" && $3 != "10.64.0.1" { sub(/10\.64/, "172.16"); print "Endpoint =", $3 }' \
	"$dir/cluster.conf" >"$tmp/plain.conf"
cp "$tmp/plain.conf" "$file"
took "setup -check accepts it" 10 setup -check

# --- nothing shared -------------------------------------------------------------

took "setup of a node with $((many - 1)) others" 10 setup
check_is "which WireGuard has all" $((many - 1)) "$(on A wg show wg0 peers | wc -l)"
check_is "and the module none" "[]" "$(cc A -j peer show | jq -c .)"
took "setup once more" 10 setup
check "has nothing to do" grep -q "all is as it shall be already" "$tmp/out"
tell_anew
sleep 5
check_is "nobody is told anything" 0 "$(sent)"

# --- two that share something ----------------------------------------------------

{ cat "$tmp/plain.conf"; printf '\n[Mirror]\nNodes = node1 node2\n'; } >"$file"
tell_anew
took "setup with a mirror of two" 10 setup
check "changes that, a peer and the file" grep -q "; 3 changes$" "$tmp/out"
check "of all nodes one is told something" wait_for 10 eval '[ "$(told)" -gt 0 ]'
check "and no other one" stays 3 eval '[ "$(told)" = 1 ]'
check "that one" eval 'on W nft list set ip seen whom | grep -q "172.16.0.2 "'

# --- an address that moves, of which all hear --------------------------------------

cat "$tmp/plain.conf" - >"$file" <<-END
	[VirtualRouter api]
	Nodes = node1 node2
	Dev = wg0
	VRID = 1
	Peer = nodes
	Address = 10.64.15.254/32
END
took "setup with an address inside the VPN" 10 setup
check_is "the module has all as peers" "1 $((many - 2))" \
	"$(cc A -j peer show | jq -r 'map(.observer) | "\(map(select(. | not)) | length) \(map(select(.)) | length)"')"
took "status" 10 eval 'cc A status; [ $? = 0 -o $? = 3 ]'
check "counts observers" grep -q "observers: 0 of $((many - 2)) alive" "$tmp/out"
check "all are told" wait_for 40 eval '[ "$(told)" = '$((many - 1))' ]'
check "this one becomes master" wait_for 10 is_state A api master
took "setup once more" 10 setup
check "has nothing to do" grep -q "all is as it shall be already" "$tmp/out"
cp "$tmp/plain.conf" "$file"
took "setup without it" 10 setup
check_is "the module has no peer again" "[]" "$(cc A -j peer show | jq -c .)"

# --- and away ----------------------------------------------------------------------

took "teardown" 10 cc A teardown
check_not "the device is gone" ipn A link show wg0
check_is "no warning in the log" "" "$(dmesg | grep -E 'WARNING|BUG:|INFO: possible' | head -n 3)"

finish
