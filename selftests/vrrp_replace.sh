#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A changed configuration is made true without disturbing what did not change:
# no state, no address and no packet differs.
#
#	        A                       B
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |   network one
#	| eth1 10.2.0.1  |      +----------------+
#	+----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq

net one
net two
node A B
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
plug A eth1 two 10.2.0.1/24
ipn A link add dummy0 type dummy
ipn A link set dummy0 up

cat >"$tmp/batch" <<-'END'
	vrrp add R dev eth0 vrid 7 priority 200 interval 1s \
		address 10.1.0.100/24 address 10.1.0.101/32 dev eth0 scope link \
		address 10.2.0.100/24 dev eth1 excluded \
		route default via 10.1.0.2 route 192.0.2.0/24 via 10.1.0.2 metric 7 table main \
		track dev dummy0 weight -5
	vrrp add S dev eth0 vrid 8 version 2 auth-pass secret address 10.1.0.110
	vrrp add U dev eth0 vrid 9 peer 10.1.0.2 preempt off address 10.1.0.120/24
	vrrp add P dev eth0 vrid 10 address 10.1.0.130/24 path dev eth0 path dev eth1 trust
END

# settled: everything is announced, nothing is due for a while.
settled()
{
	local router

	for router in R S U P; do
		is_state A "$router" master || return 1
	done
	[ "$(one_line "$tmp/arp" | tail -n 1 | cut -d. -f1)" -lt $(($(date +%s) - 4)) ]
}

# fingerprint: what must not move.
fingerprint()
{
	cc A -s -j vrrp show | jq 'map({name, state, since: (now - .since / 1000 | floor),
		master: .statistics["become-master"], zero: .statistics["prio0-sent"],
		announced: .statistics.announcements})'
}

# Since when a state lasts is known to the second only.
unmoved()
{
	fingerprint >"$tmp/after"
	jq -e -n --slurpfile a "$tmp/before" --slurpfile b "$tmp/after" '
		[$a[0], $b[0]] | transpose | all(.[0].name == .[1].name and
		.[0].state == .[1].state and .[0].master == .[1].master and
		.[0].zero == .[1].zero and .[0].announced == .[1].announced and
		(.[0].since - .[1].since | fabs) <= 1)'
}

capture "$tmp/arp" one arp
check "the batch is applied" cc A -batch "$tmp/batch"
check "all are master, and all is announced" wait_for 30 settled
fingerprint >"$tmp/before"
in_background ip -n "${ns_prefix}A" -o monitor address route >"$tmp/monitor"
mark=$(now)

check "the same batch again, with -replace" cc A -replace -batch "$tmp/batch"
check "and once more" cc A -replace -batch "$tmp/batch"
check "no state, no advert of priority 0, no announcement came of it" unmoved
check_is "no address and no route moved" '' "$(cat "$tmp/monitor")"
check_is "no ARP was sent" '' \
	"$(one_line "$tmp/arp" | awk -v since="$mark" '$1 > since && /10.1.0.1[0-3]0/')"
cc A save >"$tmp/saved"
check "what save prints is applied the same way" cc A -replace -batch "$tmp/saved"
check "and changes nothing" unmoved

# --- what differs, and nothing else -----------------------------------------

sed -e 's/priority 200 interval 1s/priority 210 interval 500ms/' \
	-e 's,address 10.1.0.101/32 dev eth0 scope link,address 10.1.0.102/24,' \
	-e 's/metric 7/metric 8/' -e 's/weight -5/weight -6/' \
	-e 's/peer 10.1.0.2/peer 10.1.0.3/' -e 's/path dev eth1 trust/path dev wg0 peer 10.1.0.9/' \
	"$tmp/batch" >"$tmp/changed"
check "a changed batch is applied" cc A -replace -batch "$tmp/changed"
check_is "settings are changed" "210 500" "$(get A R '"\(.priority) \(.interval)"')"
check "an address came" wait_for 2 has A 10.1.0.102 eth0
check "another one went" wait_for 2 negate has A 10.1.0.101
check "a route has another metric" eval \
	'ipn A route show 192.0.2.0/24 | grep -q "metric 8" && ! ipn A route show | grep -q "metric 7"'
check_is "a weight is another one" -6 "$(get A R '.tracks[0].weight')"
check_is "a peer is another one" 10.1.0.3 "$(get A U '.peers | join(" ")')"
check_is "a path is another one" "eth0 wg0" "$(get A P '[.paths[].ifname] | join(" ")')"
check "what stayed is still master, once" eval \
	'[ "$(cc A -s -j vrrp show | jq "[.[].statistics[\"become-master\"]] | max")" = 1 ]'
check_not "10.1.0.100 and the default route never moved" \
	grep -q '10.1.0.100\|default' "$tmp/monitor"
check "back again" cc A -replace -batch "$tmp/batch"
check_is "peers, paths, addresses are as before" \
	'10.1.0.2 eth0,eth1 10.1.0.100,10.1.0.101,10.2.0.100' \
	"$(cc A -j vrrp show | jq -r '(.[] | select(.name == "U") | .peers | join(",")) + " " +
		(.[] | select(.name == "P") | [.paths[].ifname] | join(",")) + " " +
		(.[] | select(.name == "R") | [.addresses[].address] | sort | join(","))')"

# --- one command ------------------------------------------------------------

check "vrrp replace creates what is not there" \
	cc A vrrp replace N dev eth0 vrid 11 address 10.1.0.140/24
check "and changes what is" cc A vrrp replace N dev eth0 vrid 11 priority 50 address 10.1.0.140/24
check_is "priority 50" 50 "$(get A N .priority)"
check "what is not given is the default again" \
	cc A vrrp replace N dev eth0 vrid 11 address 10.1.0.140/24
check_is "priority 100" 100 "$(get A N .priority)"
cc A vrrp replace N dev eth0 vrid 12 address 10.1.0.140/24 2>"$tmp/err"
check_is "another vrid is refused" 1 $?
check "it says what would be right" grep -q 'vrid.*delete the virtual router and add it anew' "$tmp/err"
check_is "and nothing has changed" 11 "$(get A N .vrid)"
cc A vrrp replace N dev eth0 vrid 11 address 10.1.0.100/24 2>"$tmp/err"
check_is "an address of another router is refused" 1 $?
check_is "in one line" 1 "$(wc -l <"$tmp/err")"

finish
