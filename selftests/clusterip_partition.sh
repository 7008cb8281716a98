#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Peers that divide a cluster IP are cut in two: the majority of three has all of it,
# two do as they were told; and a namespace and the module go. The picture is in
# crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq python3 wg
sharing=(A B C)
build_sharing "${sharing[@]}"
serve "${sharing[@]}"
cc B -j monitor >"$tmp/events" 2>"$tmp/events.err" &
background+=($!)
disown

check "A is master" wait_for 10 is_state A r master
check "all three get it" share web address 10.1.0.100/24 address fd01::100/64
check "it is divided evenly" wait_for 10 evenly web A B C
check_is "A decides" authority "$(role_of A web)"
check_is "B obeys" member "$(role_of B web)"
check_is "which knows A by its name" a "$(ip_of B web .authority_peer)"

# --- a partition ------------------------------------------------------------

# Clients reach both sides. A bucket that is owned twice would be seen here, too.
check "20 clients ask all the time" watch 5 20
cut_off A sync
check "A is alone: the majority has everything" wait_for 10 evenly web B C
check_is "A has nothing" 0 "$(shares_of A web)"
check_is "though it is master still" master "$(state_of A r)"
check "and says why" eval 'ip_of A web .reason | grep -q "1 of 3 nodes obey this one, and 2 have to"'
cc A clusterip show
check_is "no bucket has two owners" "" "$(doubly web A B C)"
rejoin A sync
check "together again: evenly" wait_for 15 evenly web A B C
moved
once "all are answered once" udp 10.1.0.100 40

# --- two of them ------------------------------------------------------------

cc C clusterip del web
check "A and B know of no C any more" eval 'cc A peer del c && cc B peer del c'
check "they share" wait_for 10 evenly web A B
check_is "as two" 2 "$(ip_of A web .votes)"
cut_off B sync
check "parted, neither serves" wait_for 5 eval '[ "$(shares_of A web)$(shares_of B web)" = 00 ]'
ask udp 10.1.0.100 50 1
check_is "nobody is answered" "0 once, 0 twice or more, 50 never" "$asked"
check "they are told to" eval \
	'cc A clusterip set web on-partition serve && cc B clusterip set web on-partition serve'
check "both serve" wait_for 10 eval '[ "$(shares_of A web) $(shares_of B web)" = "256 256" ]'
ask udp 10.1.0.100 50 1
check_is "who reaches both is answered twice" "0 once, 50 twice or more, 0 never" "$asked"
rejoin B sync
check "together again: evenly" wait_for 15 evenly web A B
check_is "no bucket has two owners" "" "$(doubly web A B)"
once "all are answered once" udp 10.1.0.100 40
check "the monitor told of it" eval \
	'jq -s -e "map(select(.type == \"CLUSTERIP\" and .name == \"web\" and .epoch > 0)) | length > 5" "$tmp/events"'
note "$(grep -c CLUSTERIP "$tmp/events") events"

# --- the end ----------------------------------------------------------------

check "C takes part again" eval 'cc A peer add c address 10.6.0.3 && cc B peer add c address 10.6.0.3'
check "with the cluster IP" share_on C web address 10.1.0.100/24
check "evenly" wait_for 15 evenly web A B C
check "20 clients ask all the time" watch 3 20
for pid in $(ip netns pids "${ns_prefix}C"); do
	kill -KILL "$pid" 2>/dev/null
done
ip netns del "${ns_prefix}C"
check "a namespace ends: others have its share" wait_for 10 evenly web A B
moved
in_background on H ping -q -n -i 0.01 10.1.0.100 >/dev/null
check "the module goes while clients ask" rmmod kcluster
check_not "and leaves no address" eval 'has A 10.1.0.100 || has B 10.1.0.100'
check_is "the kernel has nothing to complain about" "" \
	"$(dmesg | grep -E 'BUG:|WARNING:|unregister_netdevice|refcount|leaked' | head -n 3)"
finish
