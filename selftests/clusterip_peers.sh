#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A cluster IP that three peers divide among themselves: one is lost, and then the
# authority. The picture is in crowd.sh.

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
once "40 clients ask by UDP: each is answered once" udp 10.1.0.100 40
once "by TCP" tcp 10.1.0.100 40
once "by ICMP and IPv6" icmp fd01::100 40
once "in fragments" frag 10.1.0.100 20
check_is "each bucket has a successor" 256 \
	"$(cc B -s -j clusterip show web | jq '[.[0].buckets[].successors | length] | add')"

# --- a member is lost -------------------------------------------------------

check "20 clients ask all the time" watch 4 20
cut_off B sync one
check "B is lost: others have its share" wait_for 10 evenly web A C
check "B itself answers nobody any more" wait_for 5 eval '[ "$(shares_of B web)" = 0 ]'
lost B
# Nobody else advertises, so it is master of the router, too.
check "which says why" eval 'ip_of B web .reason | grep -q "1 of 3 nodes obey this one, and 2 have to"'
once "all are answered once" udp 10.1.0.100 40
check_is "half of the buckets each" "128 128" "$(shares_of A web) $(shares_of C web)"
rejoin B sync one
check "it comes back: evenly" wait_for 15 evenly web A B C
once "all are answered once" udp 10.1.0.100 40

# --- the authority is lost --------------------------------------------------

epoch=$(ip_of B web .epoch)
check "20 clients ask all the time" watch 4 20
cut_off A sync one
check "the authority is lost: others have its share" wait_for 10 evenly web B C
lost A
check_is "B decides" authority "$(role_of B web)"
check "with a higher epoch" [ "$(ip_of C web .epoch)" -gt "$epoch" ]
once "all are answered once" udp 10.1.0.100 40
rejoin A sync one
check "it comes back: evenly" wait_for 15 evenly web A B C
check "and decides" wait_for 10 eval '[ "$(role_of A web)" = authority ]'
once "all are answered once" udp 10.1.0.100 40

finish
