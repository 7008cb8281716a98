#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Interoperation with keepalived, which speaks VRRP as most of the world does.
#
#	   A (kcluster)            B (keepalived)
#	+----------------+      +----------------+
#	| eth0 10.1.0.1  |------| eth0 10.1.0.2  |
#	|      fe80::1   |      |      fe80::2   |
#	+----------------+      +----------------+
#
# For each way to speak: keepalived starts as the master of lower priority, we
# preempt it, we say goodbye and it takes over at once, we return; then the
# roles are swapped. Nobody may discard anything, and there is one master.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq keepalived

net one
node A B
plug A eth0 one 10.1.0.1/24 fd01::1/64
plug B eth0 one 10.1.0.2/24 fd01::2/64
ipn A address add fe80::1/64 dev eth0
ipn B address add fe80::2/64 dev eth0
for name in A B; do
	# Only one link-local address each, so that the source is known.
	ipn "$name" -o -6 address show dev eth0 scope link | awk '{ print $4 }' |
		grep -v -e 'fe80::[12]/64' | while read -r address; do
			ipn "$name" address del "$address" dev eth0
		done
done
note "$(keepalived --version 2>&1 | head -n 1)"

# keepalived_start VERSION PRIORITY ADDRESS... : SETTINGS come from $settings.
keepalived_start()
{
	local version=$1 prio=$2

	shift 2
	{
		echo "global_defs {"
		echo "  vrrp_version $version"
		echo "  vrrp_garp_master_delay 1"
		echo "}"
		echo "vrrp_instance K {"
		echo "  state BACKUP"
		echo "  interface eth0"
		echo "  virtual_router_id 51"
		echo "  priority $prio"
		echo "  advert_int $interval"
		echo "$settings"
		echo "  virtual_ipaddress {"
		printf '    %s\n' "$@"
		echo "  }"
		echo "}"
	} >"$tmp/keepalived.conf"
	rm -f "$tmp"/keepalived.*pid
	ip netns exec "${ns_prefix}B" keepalived -n -l -D -P -f "$tmp/keepalived.conf" \
		-p "$tmp/keepalived.pid" -r "$tmp/keepalived.vrrp.pid" \
		>"$tmp/keepalived.log" 2>&1 &
	keepalived_pid=$!
	disown
	background+=("$keepalived_pid")
}

keepalived_stop()
{
	kill "$keepalived_pid" 2>/dev/null
	wait_for 10 negate kill -0 "$keepalived_pid"
}

keepalived_is()
{
	[ "$(grep -o 'Entering [A-Z]* STATE' "$tmp/keepalived.log" |
		tail -n 1)" = "Entering $1 STATE" ]
}

# we_own, it_owns: exactly one holds the address.
we_own()
{
	is_state A K master && has A "$vip" && negate has B "$vip" &&
		keepalived_is BACKUP
}

it_owns()
{
	is_state A K backup && has B "$vip" && negate has A "$vip" &&
		keepalived_is MASTER
}

add()
{
	# shellcheck disable=SC2086 # $ours is a list of words
	cc A vrrp add K dev eth0 vrid 51 priority "$1" interval "${interval}s" $ours
}

discards()
{
	get A K '[.statistics | to_entries[] | select((.key | startswith("discard-")) and .value != 0) | "\(.key)=\(.value)"] | join(" ")'
}

# both NAME VERSION: with $settings for keepalived, $ours for us, $vip and
# $addresses.
both()
{
	local name=$1 version=$2 mark

	# shellcheck disable=SC2086 # a list of addresses
	keepalived_start "$version" 100 $addresses
	check "$name: keepalived, alone, becomes master" \
		wait_for 10 keepalived_is MASTER
	add 200 || fail "$name: our router is refused"
	check "$name: we, with the higher priority, preempt it" \
		wait_for 8 we_own
	check_is "$name: we discarded none of its adverts" "" "$(discards)"
	check "$name: we did receive its adverts" \
		eval '[ "$(stat_of A K lower-priority)" -gt 0 ]'
	mark=$(now)
	cc A vrrp del K
	check "$name: we say goodbye, keepalived takes over" \
		wait_for 5 keepalived_is MASTER
	check_between "$name: seconds from our farewell to its first advert" 0 \
		"$(handover "$tmp/wire" "$mark" "$our_source" "$its_source")" 0.9
	add 50
	check "$name: with the lower priority we stay backup" \
		wait_for 3 it_owns
	check "$name: and learn who is master" \
		wait_for 3 eval '[ "$(get A K .master_address)" = "$its_source" ]'
	check "$name: for longer than a master-down interval" \
		stays "$longer" it_owns
	check_is "$name: we discarded none of its adverts as backup" "" "$(discards)"
	check_is "$name: and found nothing to wonder about" 0 \
		"$(stat_of A K mismatch-addresses)"
	mark=$(now)
	keepalived_stop
	check "$name: keepalived says goodbye, we take over" \
		wait_for 5 is_state A K master
	check_between "$name: seconds from its farewell to our first advert" 0 \
		"$(handover "$tmp/wire" "$mark" "$its_source" "$our_source")" 0.9
	check "$name: we hold the address" wait_for 2 has A "$vip"
	# shellcheck disable=SC2086 # a list of addresses
	keepalived_start "$version" 100 $addresses
	check "$name: keepalived returns with the higher priority and preempts us" \
		wait_for 10 it_owns
	# That it discards a lower priority is its half of the election.
	check_is "$name: keepalived complains about nothing we sent" "" \
		"$(grep -iE 'invalid|mismatch|bad |incorrect|discard|bogus|unexpected|different' \
			"$tmp/keepalived.log" | grep -v 'lower priority' | head -n 2)"
	cc A vrrp del K
	keepalived_stop
	wait_for 3 negate has B "$vip"
}

capture "$tmp/wire" one
v4='10.1.0.100/24 10.1.0.101/24'
v6='fe80::100/64 fd01::100/64'
our_source=10.1.0.1 its_source=10.1.0.2 vip=10.1.0.100 addresses=$v4
ours4='address 10.1.0.100/24 address 10.1.0.101/24'
pass4='auth-pass kc7-word'
unicast='unicast_src_ip 10.1.0.2
  unicast_peer {
    10.1.0.1
  }'
auth='authentication {
    auth_type PASS
    auth_pass kc7-word
  }'

interval=1 longer=4
settings='' ours="version 2 $ours4"
both "v2" 2
settings=$auth ours="version 2 $pass4 $ours4"
both "v2 with PASS" 2
settings=$unicast$'\n'$auth ours="version 2 peer 10.1.0.2 $pass4 $ours4"
both "v2 unicast with PASS" 2

interval=0.2 longer=1
settings='' ours="version 3 checksum rfc5798 $ours4"
both "v3, checksum of RFC 5798" 3
settings=$unicast ours="version 3 checksum rfc5798 peer 10.1.0.2 $ours4"
both "v3 unicast" 3

our_source=fe80::1 its_source=fe80::2 vip=fd01::100 addresses=$v6
settings='' ours='version 3 family inet6 address fe80::100/64 address fd01::100/64'
both "v3 IPv6" 3
settings='unicast_src_ip fe80::2
  unicast_peer {
    fe80::1
  }'
# keepalived leaves the hop limit of IPv6 unicast to the system.
on B sysctl -qw net.ipv6.conf.eth0.hop_limit=255 \
	net.ipv6.conf.all.hop_limit=255 net.ipv6.conf.default.hop_limit=255
ours='version 3 family inet6 peer fe80::2 address fe80::100/64 address fd01::100/64'
both "v3 IPv6 unicast" 3

# --- the other form of the checksum -----------------------------------------
# keepalived before 2.2.8 knows only the RFC 5798 form: it has to refuse ours
# of RFC 9568, while we accept its own; a newer one accepts.

our_source=10.1.0.1 its_source=10.1.0.2 vip=10.1.0.100 addresses=$v4
settings='' ours="version 3 checksum rfc9568 $ours4"
# shellcheck disable=SC2086 # a list of addresses
keepalived_start 3 100 $addresses
check "v3, checksum of RFC 9568: keepalived becomes master" \
	wait_for 10 keepalived_is MASTER
add 50
check "v3, checksum of RFC 9568: as backup we accept keepalived's form" \
	stays 2 it_owns
check_is "v3, checksum of RFC 9568: nothing is discarded" "" "$(discards)"
cc A vrrp del K

# --- preempt off ------------------------------------------------------------

ours="version 3 checksum rfc5798 preempt off $ours4"
add 200
check "preempt off: we leave keepalived of lower priority in office" \
	stays 2 it_owns
keepalived_stop
check "preempt off: and take over when it goes" wait_for 5 is_state A K master
settings='nopreempt'
# shellcheck disable=SC2086 # a list of addresses
keepalived_start 3 254 $addresses
check "keepalived with nopreempt and a higher priority leaves us in office" \
	stays 2 is_state A K master
cc A vrrp del K
keepalived_stop

finish
