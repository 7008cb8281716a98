#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every malformed packet costs exactly its own counter and nothing else, and
# every valid one does what the RFC says.
#
#	   A (router)              X (sends what it likes)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.9  |
#	|      fe80::1   |      |      fe80::9   |
#	+----------------+      +----------------+

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq python3

net one
node A X
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug X eth0 one 10.1.0.9/24 fd01::9/64
on A sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.eth0.rp_filter=1

# One sender for the whole test: it reads a packet's options per line.
mkfifo "$tmp/to" "$tmp/from"
on X "$selftests/vrrp_send.py" --batch --dev eth0 --src 10.1.0.9 --vrid 7 \
	--address 10.1.0.100 <"$tmp/to" >"$tmp/from" &
background+=($!)
exec 3>"$tmp/to" 4<"$tmp/from"

# inject OPTIONS...: one packet; returns when it has been sent.
inject()
{
	local answer

	echo "$*" >&3
	read -r -t 20 answer <&4 && [ "$answer" = sent ]
}

# snapshot: the router's state and every counter of the router and of the
# namespace, as name=value; what the router sends by itself is left out.
snapshot()
{
	cc A -s -j status | jq -r '(.statistics // {}), .routers[].statistics,
		{ state: .routers[0].state } | to_entries[] |
		select(.key | test("sent|become|announce|send-err|overslept") | not) |
		"\(.key)=\(.value)"' | sort
}

changed()
{
	after=$(snapshot)
	[ "$after" != "$before" ]
}

before=''

# costs COUNTER NAME OPTIONS...: that packet raises that one counter by one,
# and changes nothing else, the state least of all.
costs()
{
	local counter=$1 name=$2

	shift 2
	[ -n "$before" ] || before=$(snapshot)
	inject "$@"
	wait_for 2 changed
	check_is "$name: costs $counter +1 and changes nothing else" "$counter +1" \
		"$(join -t= <(echo "$before") <(echo "$after") | awk -F= '
		$2 != $3 && $1 == "state" { printf "%sstate %s", n++ ? ", " : "", $3; next }
		$2 != $3 { printf "%s%s +%d", n++ ? ", " : "", $1, $3 - $2 }')"
	before=$after
}

# start SETTING...: a new router, the counters of which begin anew.
start()
{
	cc A flush
	# However long it takes: only a packet could make it master.
	cc A node standby
	cc A vrrp add R dev eth0 vrid 7 priority 100 interval 40s "$@"
	before=''
}

# --- VRRPv3, IPv4 -----------------------------------------------------------
# A backup with a long interval: its state would change only by a packet.

start address 10.1.0.100/32
check "the router is backup" wait_for 3 is_state A R backup
check "the sender works" inject --priority 200 --interval 4000
check "a valid advert is received" wait_for 2 eval '[ "$(stat_of A R adverts-received)" = 1 ]'

v3='--priority 200 --interval 4000'
# shellcheck disable=SC2086 # lists of options
{
costs adverts-received "v3 valid" $v3
costs adverts-received "v3 valid, checksum of RFC 5798" $v3 --checksum rfc5798
costs adverts-received "v3 reserved bits set are ignored" $v3 --reserved 15
costs discard-ttl "v3 TTL 254" $v3 --ttl 254
costs discard-ttl "v3 TTL 1" $v3 --ttl 1
costs discard-version "v3 version 2 sent to a version 3 router" $v3 --version 2 --interval 30
costs discard-version "v3 version 4" $v3 --version 4
costs discard-version "v3 version 0" $v3 --version 0
costs discard-type "v3 type 2" $v3 --type 2
costs discard-type "v3 type 0" $v3 --type 0
costs discard-length "v3 count says more addresses than there are" $v3 --count 2
costs discard-length "v3 count 255" $v3 --count 255
costs discard-length "v3 cut in the address list" $v3 --cut 10
costs discard-count "v3 count 0" $v3 --count 0
costs discard-checksum "v3 wrong checksum" $v3 --checksum wrong
costs discard-interval "v3 interval 0" --priority 200 --interval 0
costs discard-vrid "v3 vrid 8, not configured" $v3 --vrid 8
costs discard-malformed "v3 one byte only" $v3 --cut 1
costs discard-fragment "v3 a fragment" $v3 --fragment
costs discard-destination "v3 unicast to a multicast router" $v3 \
	--dst 10.1.0.1 --dmac "$(on A cat /sys/class/net/eth0/address)"
costs discard-source "v3 from our own address" $v3 --src 10.1.0.1
}
check "v3 an IP header with options does no harm" inject --priority 200 --interval 4000 --options
check "another interval is counted and still received" eval '
	inject --priority 200 --interval 100
	wait_for 2 eval "[ \"\$(stat_of A R mismatch-interval)\" -gt 0 ]"'
check "another address list is counted and still received" eval '
	inject --priority 200 --interval 4000 --address 10.1.0.55
	wait_for 2 eval "[ \"\$(stat_of A R mismatch-addresses)\" -gt 0 ]"'

# --- VRRPv2 and its password ------------------------------------------------

start version 2 auth-pass secret address 10.1.0.100/32
check "the version 2 router is backup" wait_for 3 is_state A R backup
v2='--version 2 --priority 200 --interval 40 --auth-type 1 --auth secret'
# shellcheck disable=SC2086
{
costs adverts-received "v2 valid" $v2
costs discard-auth-type "v2 without authentication" $v2 --auth-type 0
costs discard-auth-type "v2 authentication type 2" $v2 --auth-type 2
costs discard-auth "v2 wrong password" $v2 --auth secrex
costs discard-auth "v2 no password" $v2 --auth "''"
costs discard-auth "v2 longer password" $v2 --auth secret2
costs discard-interval "v2 another interval" $v2 --interval 1
costs discard-version "v2 version 3 sent to a version 2 router" $v3
costs discard-checksum "v2 wrong checksum" $v2 --checksum wrong
costs discard-length "v2 cut in the password" $v2 --cut 16
costs discard-ttl "v2 TTL 255 is not 64" $v2 --ttl 64
}
start version 2 address 10.1.0.100/32
check "the router without a password is backup" wait_for 3 is_state A R backup
# shellcheck disable=SC2086
costs discard-auth-type "v2 a password where none is configured" $v2

# --- IPv6 -------------------------------------------------------------------

start family inet6 address fe80::100/64
check "the IPv6 router is backup" wait_for 3 is_state A R backup
v6='--src fe80::9 --priority 200 --interval 4000 --address fe80::100'
# shellcheck disable=SC2086
{
costs adverts-received "IPv6 valid" $v6
costs discard-ttl "IPv6 hop limit 254" $v6 --ttl 254
costs discard-checksum "IPv6 without the pseudo-header" $v6 --checksum plain
costs discard-checksum "IPv6 wrong checksum" $v6 --checksum wrong
costs discard-length "IPv6 cut in the address list" $v6 --cut 20
costs discard-count "IPv6 count 0" $v6 --count 0
}

# --- a unicast router -------------------------------------------------------

start peer 10.1.0.8 address 10.1.0.100/32
check "the unicast router is backup" wait_for 3 is_state A R backup
mac=$(on A cat /sys/class/net/eth0/address)
# shellcheck disable=SC2086
{
costs discard-source "unicast from somebody who is no peer" $v3 --dst 10.1.0.1 --dmac "$mac"
costs discard-destination "multicast to a unicast router" $v3 --src 10.1.0.8
costs discard-destination "unicast from the peer to somebody else" $v3 --src 10.1.0.8 --dst 10.1.0.77 --dmac "$mac"
costs adverts-received "unicast from the peer" $v3 --src 10.1.0.8 --dst 10.1.0.1 --dmac "$mac"
}

finish
