#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three peers divide a cluster IP: one stands by, has another weight, loses its
# device, deletes it. The picture is in crowd.sh.

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
check "A is master" wait_for 10 is_state A r master
check "all three get it" share web address 10.1.0.100/24 address fd01::100/64
check "it is divided evenly" wait_for 10 evenly web A B C
check_is "A decides" authority "$(role_of A web)"
check_is "B obeys" member "$(role_of B web)"
check_is "which knows A by its name" a "$(ip_of B web .authority_peer)"

# --- moves that are wanted --------------------------------------------------

check "20 clients ask all the time" watch 3 20
cc B node standby
check_is "B stands by: it has nothing when that is done" 0 "$(shares_of B web)"
check "others have its share" wait_for 5 evenly web A C
moved
once "all are answered once" udp 10.1.0.100 40
check "20 clients ask all the time" watch 3 20
cc B node active
check "B is active again: evenly" wait_for 10 evenly web A B C
moved
check "20 clients ask all the time" watch 3 20
check "C has thrice the weight" cc C clusterip set web weight 300
check "and gets so much" wait_for 10 eval '[ "$(shares_of C web)" -ge 153 ] && all_owned web A B C'
for name in A B; do
	check_between "which $name has not" 51 "$(shares_of $name web)" 52
done
moved
check "with weight 0 it gets nothing" eval \
	'cc C clusterip set web weight 0 && wait_for 10 evenly web A B'
check "and all again" eval 'cc C clusterip set web weight 100 && wait_for 10 evenly web A B C'
cc A node standby
check_is "the authority stands by: it has nothing" 0 "$(shares_of A web)"
check "another one decides" wait_for 5 eval '[ "$(role_of B web)" = authority ]'
check "others have its share" wait_for 5 evenly web B C
once "all are answered once" udp 10.1.0.100 40
cc A node active
check "evenly again" wait_for 10 evenly web A B C

# --- a device, an object, a node that goes ----------------------------------

check "20 clients ask all the time" watch 3 20
ipn C link set eth0 down
check "nobody reaches C: others have its share" wait_for 5 evenly web A B
ipn C link set eth0 up
ipn C route add 10.9.0.0/16 via 10.1.0.9
ipn C -6 address add fd01::3/64 dev eth0
ipn C -6 route add fd09::/64 via fd01::9
check "and it gets it back" wait_for 10 evenly web A B C
moved
check "C deletes it" cc C clusterip del web
check "others have its share" wait_for 5 evenly web A B
once "all are answered once" udp 10.1.0.100 40
check "and adds it again" share_on C web address 10.1.0.100/24 address fd01::100/64
check "evenly" wait_for 10 evenly web A B C

finish
