#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One address that three machines answer together, and one after the other goes.
#
#	    60 clients, each asks 20 times a second
#	                      |
#	  ====+===============+=+=================+====  10.1.0.0/24
#	      |                 |                 |       10.1.0.100: all three have it,
#	   +-----+           +-----+           +-----+    at one multicast MAC, and each
#	   |  A  |           |  B  |           |  C  |    answers its share of the clients
#	   +-----+           +-----+           +-----+
#	      |                 |                 |
#	  ====+=================+=================+====  WireGuard: who is there, and who
#	                                                 answers whom
#
# Exits with an error if anybody was answered twice, or waited for longer than the
# scenario says.

# shellcheck source=selftests/demo/stage.sh
. "$(dirname "$0")/stage.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/../crowd.sh"

need_module
need wg python3 jq

clients=60
act=shares
sharing=(A B C)
# A lease is as long as the dead time of peers: their three hellos of 100 ms.
dead=0.3

# --- what is shown ----------------------------------------------------------

# bar NUMBER: of 256 buckets.
bar()
{
	local blocks=$((($1 + 5) / 11))

	printf '%-24s' "$(printf '%*s' "$blocks" '' | tr ' ' '#')"
}

# shares_now: one line of what each node has.
shares_now()
{
	local node share

	printf '%s ' "$(clock "$(now)")"
	for node in "${sharing[@]}"; do
		[ "$node" = "$crashed" ] && share=0 ||
			share=$(shares_of "$node" web)
		printf '  %s%s %3d%s %s%s%s' "$bold" "$node" "$share" "$plain" \
			"$green" "$(bar "$share")" "$plain"
	done
	echo
}

# live NODE...: the shares, until these have all of it, and once more.
live()
{
	local end

	end=$(awk -v t="$(now)" 'BEGIN { print t + 15 }')
	shares_now
	until evenly web "$@" || between "$end" "$(now)" 1e12; do
		sleep 0.2
		shares_now
	done
	sleep 0.4
	shares_now
}

# begin_crowd: they ask, from now on, until crowd_ends.
begin_crowd()
{
	watch "$1" $clients || differences=$((differences + 1))
	mark=$(now)
}

# crowd_ends NAME LIMIT OTHERS-LIMIT [NODE]: what the crowd felt; NODE's clients
# may have waited LIMIT seconds, all others OTHERS-LIMIT.
crowd_ends()
{
	local name=$1 limit=$2 others=$3 of=${4-} node ms

	watched
	printf '             clients %s\n' "$(grep asked "$tmp/watched")"
	printf '             longest time without an answer, whose node at first was'
	for node in "${sharing[@]}"; do
		ms=$(silence_of "$node")
		if [ -n "$ms" ]; then
			printf ' %s: %s ms' "$node" "$ms"
		else
			printf ' %s: none' "$node"
		fi
	done
	echo
	echo
	expect_that "$act: $name: nobody is answered twice" [ "$(twice)" = 0 ]
	for node in "${sharing[@]}"; do
		ms=$(silence_of "$node")
		[ -n "$ms" ] || continue
		if [ "$node" = "$of" ]; then
			expect "$act: $name: clients of $node wait" 0 \
				"$(awk -v m="$ms" 'BEGIN { print m / 1000 }')" "$limit"
		else
			expect "$act: $name: those of $node" 0 \
				"$(awk -v m="$ms" 'BEGIN { print m / 1000 }')" "$others"
		fi
	done
}

divided()
{
	expect_that "$act: $1: evenly divided among ${*:2}" evenly web "${@:2}"
}

# --- the story --------------------------------------------------------------

title "kcluster: one address, three machines answer together"
sed -n '/^#	/s/^#	/  /p' "$0"
text ""
title "Act 7: a crowd, one crash, one drain, one return"
text "A# clusterctl vrrp add r dev eth1 vrid 9 priority 240 interval 50ms \\" \
	"        address 10.2.0.250/24" \
	"A# clusterctl clusterip add web dev eth0 nodes peers router r \\" \
	"        address 10.1.0.100/24" \
	"(on B and C the same with other priorities: who is master of r decides)" ""
zero=$(now)
mark=$zero
crashed=''
build_sharing "${sharing[@]}"
serve "${sharing[@]}"
wait_for 10 is_state A r master
expect_that "$act: all three get it" share web address 10.1.0.100/24
say "three machines have 10.1.0.100"
live A B C
divided "three machines" A B C
status A
ask udp 10.1.0.100 200
expect_that "$act: each of 200 clients is answered once" \
	[ "$asked" = "200 once, 0 twice or more, 0 never" ]
printf '         of 200 clients were answered by%s\n\n' \
	"$(for one in $by; do printf ' %s: %s' "${one%=*}" "${one#*=}"; done)"

# An answer is due every 50 ms, and a client that asked just too early waits for
# its next question.
begin_crowd 4
say "B crashes: no farewell, no process, no packet" "$mark"
crash B one sync
crashed=B
live A C
crowd_ends "B crashes" "$(awk -v d=$dead 'BEGIN { print d + 0.15 }')" 0.11 B
divided "B crashes" A C

begin_crowd 5
say "B returns, and gets a share" "$mark"
restore B one
restore B sync
crashed=''
serve B
live A B C
crowd_ends "B returns" 0.16 0.16
divided "B returns" A B C

begin_crowd 4
say "C is drained: clusterctl node standby" "$mark"
cc C node standby >/dev/null
live A B
crowd_ends "C is drained" 0.16 0.16
divided "C is drained" A B
shown C clusterip show web
echo

begin_crowd 4
say "C is back: clusterctl node active" "$mark"
cc C node active >/dev/null
live A B C
crowd_ends "C is back" 0.16 0.16
divided "C is back" A B C
status A

show_verdicts
