#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Eight peers divide a cluster IP: two at first, and one after the other joins; one
# is lost, and then the authority. The picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq python3 wg
sharing=(A B C D E F G I)
build_sharing "${sharing[@]}"
serve "${sharing[@]}"
check "A is master" wait_for 10 is_state A r master
# A majority of eight is five, dead or alive.
for node in A B C D E; do
	share_on $node web address 10.1.0.100/24
done
check "five of eight divide it evenly" wait_for 15 evenly web A B C D E
once "all clients are answered once" udp 10.1.0.100 40
check "80 clients ask all the time" watch 6 80
for node in F G I; do
	share_on $node web address 10.1.0.100/24
done
check "three join: evenly" wait_for 20 evenly web "${sharing[@]}"
watched
note "$(grep asked "$tmp/watched")"
check_is "nobody is answered twice" 0 "$(twice)"
once "all clients are answered once" udp 10.1.0.100 80
check "80 clients ask all the time" watch 4 80
cut_off E sync one
check "E is lost: seven have its share" wait_for 15 evenly web A B C D F G I
lost E
check "80 clients ask all the time" watch 4 80
cut_off A sync one
check "the authority is lost: six have its share" wait_for 15 evenly web B C D F G I
lost A
once "all clients are answered once" udp 10.1.0.100 80
rejoin A sync one
rejoin E sync one
check "both come back: evenly" wait_for 20 evenly web "${sharing[@]}"
check_is "no bucket has two owners" "" "$(doubly web "${sharing[@]}")"
once "all clients are answered once" udp 10.1.0.100 80
finish
