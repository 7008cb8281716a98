#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two nodes divide a cluster IP, and the third one tells lies about it: maps of the
# wrong size, from the wrong sender, of an epoch that is over. They come from its
# address through its tunnel. The picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq python3 wg
sharing=(A B)
build_sharing A B C
serve A B
cc C vrrp flush
cc C peer flush
check "A is master" wait_for 10 is_state A r master
check "A and B get it" share web address 10.1.0.100/24
check "it is divided evenly, though the third one says nothing" wait_for 10 evenly web A B
check_is "three have a vote" 3 "$(ip_of A web .votes)"

# lie KIND SECONDS
lie()
{
	on C "$selftests/clusterip_hostile.py" "$1" "$2" "$(mac_of C eth0)" \
		"$(mac_of A eth0)" web 10.6.0.1 10.6.0.2 2>&1
}

# discarded NODE: malformed messages of the third one.
discarded()
{
	cc "$1" -s -j peer show c | jq '.[0].statistics["discard-malformed"]'
}

# unharmed WHEN: all is as it was.
unharmed()
{
	check "A and B have all of it $1" evenly web A B
	check_is "A decides" authority "$(role_of A web)"
	check_is "no bucket has two owners" "" "$(doubly web A B)"
	once "all are answered once" udp 10.1.0.100 40
}

dmesg -C
check "20 clients ask all the time" watch 12 20
sent=$(lie malformed 0)
note "$sent malformed messages sent, $(discarded A) and $(discarded B) counted"
check "each is counted" [ "$sent" -gt 200 ] &&
	check_is "by A" "$sent" "$(discarded A)"
check_is "and by B" "$sent" "$(discarded B)"
unharmed "after malformed messages"
check "and after forged ones" lie forged 1
unharmed "after forged ones"
watched
note "$(grep asked "$tmp/watched"); longest: A $(silence_of A) B $(silence_of B) ms"
check_is "nobody was answered twice" 0 "$(twice)"
check "messages changed at random" lie storm 3
# By chance one of them may have been a claim, and the liar is believed until it dies.
check "when it is dead all is well" wait_for 15 evenly web A B
unharmed "after the storm"

check "it claims the highest epoch there is" lie highest 1
check "then nobody is the authority, and A says why" wait_for 10 eval \
	'ip_of A web .reason | grep -q "highest epoch"'
check "nothing is answered twice for that" eval '[ -z "$(doubly web A B)" ]'
for node in A B; do
	cc $node clusterip del web
done
check "deleted and added again" share web address 10.1.0.100/24
check "it is divided evenly" wait_for 10 evenly web A B
unharmed "in the end"
check_not "the kernel says nothing about all that" \
	eval 'dmesg | grep -E "WARN|BUG|Call Trace|refcount|leak"'
finish
