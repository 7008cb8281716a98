#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever clusterctl setup says to the kernel, something goes wrong with it: one message
# after the other fails, and each time all is as it was before.
#
#	 A 192.0.2.1       B 192.0.2.2
#	  |                 |
#	==+=================+== wan (eth0)
#
# The change concerns everything: firewall, WireGuard device, peers, claims, virtual
# routers, a cluster IP and the mirror. strace(1) lets the messages fail: all that goes
# out by sendmsg(2), which libnl uses for everything and nftables for what it writes. What
# nft(8) reads it asks for by sendto(2), and dies itself where that fails.
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"

need_module
need wg nft jq strace

net wan
node A
plug A eth0 wan 192.0.2.1/24
key_of A B C

before()
{
	cat <<-END
	[Cluster]
	Network = 10.6.0.0/24
	$(section A 1)
	$(section B 2)
	[VirtualRouter one]
	Dev = eth0
	VRID = 1
	Interval = 100ms
	Priority = 200
	Address = 192.0.2.100/24
	[Firewall]
	Accept = vpn to node
	END
}

# More of everything, and the router anew.
after()
{
	before | sed 's/^Priority = 200/Priority = 210/; s/^Accept = vpn to node/&\nPublish = tcp 443/
		s/^VRID = 1$/VRID = 11/; s/^Address = 10.6.0.1$/Address = 10.6.0.11/'
	cat <<-END
	$(section C 3)
	AllowedIPs = 10.77.0.0/16
	[VirtualRouter vpn]
	Nodes = A B
	Dev = wg0
	VRID = 2
	Interval = 100ms
	Peer = nodes
	Address = 10.6.0.100/32
	Claim = 10.78.0.0/16
	[ClusterIP web]
	Dev = eth0
	Address = 192.0.2.101/24
	Router = one
	[Mirror]
	END
}

setup()
{
	ip netns exec "${ns_prefix}A" "$@" clusterctl setup -f "$tmp/file" -key "$tmp/A.key"
}

# All that setup is concerned with.
state()
{
	ipn A -d link show dev wg0
	ipn A address show dev wg0
	ipn A route show table all dev wg0 | sort
	on A wg showconf wg0
	cc A save | sort
	on A nft -s list ruleset
}

before >"$tmp/file"
setup >"$tmp/out" 2>&1
check_is "setup" 0 $?
check "it is master" wait_for 10 is_state A one master
state >"$tmp/state.before"
cp "$tmp/file" "$tmp/file.before"
after >"$tmp/file.after"
cp "$tmp/file.after" "$tmp/file"
setup strace -f -o "$tmp/calls" -e trace=sendmsg >"$tmp/out" 2>&1
check_is "the change goes well where nothing fails" 0 $?
sed 's/^/# /' "$tmp/out"
check "and concerns all" eval 'cc A save >"$tmp/save"
	for word in "peer add C" "vrrp add vpn" "clusterip add web" "mirror set on" "claim add vpn" "vrid 11"; do
		grep -q "$word" "$tmp/save" || exit 1
	done'
state >"$tmp/state.after"
cp "$tmp/file.before" "$tmp/file"
setup >"$tmp/out" 2>&1
check "as does the way back" eval 'state >"$tmp/now"; diff "$tmp/state.before" "$tmp/now"'

# fails N: the N-th message fails. What is left is what was before, or, where nothing
# came of that, what was wanted.
declare -A said
failures=0
fails()
{
	cp "$tmp/file.after" "$tmp/file"
	setup strace -f -o "$tmp/strace" -e trace=sendmsg -e "inject=sendmsg:error=ENOBUFS:when=$1" \
		>"$tmp/out" 2>&1
	status=$?
	state >"$tmp/now"
	if [ $status = 0 ]; then
		diff "$tmp/state.after" "$tmp/now" || return 1
	else
		diff "$tmp/state.before" "$tmp/now" || return 1
		failures=$((failures + 1))
		said[$(sed -n 's/.*setup: \(.*\) failed.*/\1/p' "$tmp/out" | tail -n 1)]=1
	fi
	cp "$tmp/file.before" "$tmp/file"
	setup >"$tmp/again" 2>&1
	state >"$tmp/now"
	diff "$tmp/state.before" "$tmp/now"
}

count=$(grep -c "^[0-9 ]*sendmsg(" "$tmp/calls")
note "$count messages"
for i in $(seq "$count"); do
	if ! fails "$i" >"$tmp/differs" 2>&1; then
		fail "message $i fails: all is as before" "$(tail -n 1 "$tmp/out")"
		sed 's/^/# /' "$tmp/differs" | head -n 20
		cp "$tmp/file.before" "$tmp/file"
		setup >"$tmp/again" 2>&1
	else
		pass "message $i fails: all is as before, or as it shall be"
	fi
done
note "$failures of them let setup fail, at: ${!said[*]}"
check_between "messages without which it cannot be" 20 $failures 1000
for step in "the firewall" "WireGuard" "what the module shall have"; do
	check "one of them was of the step: $step" [ -n "${said[$step]-}" ]
done
check "it is master again" wait_for 10 is_state A one master
check_is "no warning in the log" "" "$(dmesg | grep -E 'WARNING|BUG:|INFO: possible' | head -n 3)"

finish
