#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# One public address, three machines, and one after the other fails.
#
#	                        client .200
#	                             |          router .1
#	clients    192.168.43.0/24 --+------+-------+------+------
#	                                    |       |      |
#	                             enp0s3 |.101   |.102  |.103
#	                                 +-----+ +-----+ +-----+
#	                                 | KA1 | | KA2 | | KA3 |
#	                                 | 207 | | 150 | | 100 |
#	                                 +-----+ +-----+ +-----+
#	                             enp0s8 |       |      |
#	floating   192.168.1.0/24  ---------+-------+------+------ router .1
#	                             enp0s9 |.1     |.2    |.3
#	management 10.7.5.0/24     ---------+-------+------+------
#	                                WireGuard 10.6.0.1-3
#
# Exits with an error if anything differs from the scenario.

# shellcheck source=selftests/demo/stage.sh
. "$(dirname "$0")/stage.sh"
# shellcheck source=selftests/scenario3.sh
. "$(dirname "$0")/../scenario3.sh"

need_module
need nginx wg python3 tcpdump jq

# file: the cluster, the same on all nodes, with what is read as the first lines of
# its virtual router.
file()
{
	local i

	printf '[Cluster]\nNetwork = 10.6.0.0/24\n'
	for i in 1 2 3; do
		cat <<-END

			[Node KA$i]
			PublicKey = $(public "KA$i")
			Address = 10.6.0.$i
			Endpoint = 10.7.5.$i
		END
	done
	printf '\n[VirtualRouter KA]\nVRID = 182\nState = backup\n'
	cat
	for i in 1 2 3; do
		echo "Priority@KA$i = ${priority[i]}"
	done
	cat <<-END
		Address = 192.168.43.100/24 dev enp0s3
		Address = 192.168.1.11/24 dev enp0s8
		Route = default via ${gateway[2]}
		Route@KA1 = default via ${gateway[1]}
	END
}

# owns I: node I, and no other, has the floating addresses and the route.
owns()
{
	local i

	for i in 1 2 3; do
		[ "$i" = "$crashed" ] && continue
		if [ "$i" = "$1" ]; then
			has "KA$i" 192.168.43.100 enp0s3 || return 1
			has "KA$i" 192.168.1.11 enp0s8 || return 1
			ipn "KA$i" route show default |
				grep -q "via ${gateway[i]} dev [a-z0-9]* proto 112" ||
				return 1
		else
			negate has "KA$i" 192.168.43.100 || return 1
			negate has "KA$i" 192.168.1.11 || return 1
		fi
	done
}

# becomes I EVENT NOTIFICATION...: wait until node I has it all, the client
# knows, and the notify scripts were called so.
becomes()
{
	local i=$1 event=$2 words

	shift 2
	wait_for 15 owns "$i"
	wait_for 5 served "KA$i"
	for words; do
		wait_for 10 told "$words"
	done
	# At once: what came one by one may have gone again.
	if wait_for 5 all_of "$i" "$@"; then
		missing=yes
	fi
	[ "$missing" = yes ]
	verdict "$act: $event: KA$i alone holds, serves, is notified" yes "$missing" $?
}

all_of()
{
	local i=$1 words

	shift
	missing="not held"
	owns "$i" || return 1
	missing="not served"
	served "KA$i" || return 1
	for words; do
		missing="no $words"
		told "$words" || return 1
	done
}

# outage NAME HIGH: what the client may have missed since the mark.
outage()
{
	local ms

	read -r ms _ < <(requests "$mark")
	expect "$act: $1: outage the client saw" 0 \
		"$(awk -v ms="$ms" 'BEGIN { print ms / 1000 }')" "$2"
}

limit()
{
	awk -v a="$1" -v b="$2" 'BEGIN { print a + b }'
}

# links INTERVAL SLACK: the management links go down and return. SLACK is what
# the client's own requests and the hosts' ARP may add.
links()
{
	local interval=$1 slack=$2 skew2 skew3

	skew2=$(awk -v i="$interval" 'BEGIN { print 106 * i / 256 }')
	skew3=$(awk -v i="$interval" 'BEGIN { print 156 * i / 256 }')

	mark=$(now)
	say "KA1's enp0s9 goes down" "$mark"
	ipn KA1 link set enp0s9 down
	becomes 2 "KA1 link down" "INSTANCE KA FAULT 207" "INSTANCE KA MASTER 150"
	timeline KA1 KA2 KA3
	expect "$act: KA1 link down: KA2 advertises after" 0 \
		"$(silence_before "$wire" "$mark" 10.7.5.1 10.7.5.2)" "$(limit "$skew2" 0.086)"
	outage "KA1 link down" "$(limit "$skew2" "$slack")"
	status KA1

	mark=$(now)
	say "KA2's enp0s9 goes down too" "$mark"
	ipn KA2 link set enp0s9 down
	becomes 3 "KA2 link down" "INSTANCE KA FAULT 150" "INSTANCE KA MASTER 100"
	timeline KA1 KA2 KA3
	expect "$act: KA2 link down: KA3 advertises after" 0 \
		"$(silence_before "$wire" "$mark" 10.7.5.2 10.7.5.3)" "$(limit "$skew3" 0.086)"
	outage "KA2 link down" "$(limit "$skew3" "$slack")"

	mark=$(now)
	say "KA1's enp0s9 returns: it preempts" "$mark"
	ipn KA1 link set enp0s9 up
	becomes 1 "KA1 returns" "INSTANCE KA BACKUP 100" "INSTANCE KA MASTER 207"
	timeline KA1 KA2 KA3
	outage "KA1 returns" "$slack"

	mark=$(now)
	say "KA2's enp0s9 returns: nothing to take over" "$mark"
	ipn KA2 link set enp0s9 up
	wait_for 10 told "INSTANCE KA BACKUP 150"
	wait_for 5 hears_master
	timeline KA1 KA2 KA3
	expect_that "$act: KA2 returns: KA1 stays master" owns 1
	outage "KA2 returns" 0.001
}

# begin GAP: all are configured; the client asks every GAP seconds.
begin()
{
	mark=$zero
	wait_for 15 owns 1
	in_background ip netns exec "${ns_prefix}client" python3 \
		"$here/client.py" "$1" 0.2 192.168.43.100 192.168.1.11 >"$tmp/client"
	becomes 1 "start" "INSTANCE KA MASTER 207"
	timeline KA1 KA2 KA3
	status KA1 KA2
}

# crash_master INTERVAL NETWORK SLACK PERCENT: KA1 is gone at once. NETWORK
# begins the addresses that adverts come from.
crash_master()
{
	local interval=$1 network=$2 slack=$3 down

	down=$(takeover_time 150 "$interval")
	mark=$(now)
	crashed=1
	say "KA1 crashes: no farewell, no process, no packet" "$mark"
	crash KA1 management floating clients
	becomes 2 "KA1 crashes" "INSTANCE KA MASTER 150"
	timeline KA1 KA2 KA3
	expect "$act: KA1 crashes: from its last advert to KA2's first" \
		"$(percent "$down" -10)" \
		"$(silence_before "$wire" "$mark" "$network.1" "$network.2")" \
		"$(percent "$down" "$4")"
	outage "KA1 crashes" "$(limit "$(percent "$down" "$4")" "$slack")"
	status KA2
	kill "${background[-1]}"
}

hears_master()
{
	[ "$(get KA2 KA .master_priority)" = 207 ]
}

# again: everybody alive and unconfigured for the next act.
again()
{
	local i network

	for i in 1 2 3; do
		cc "KA$i" flush
	done
	wait_for 5 owns 0
	for network in clients floating management; do
		restore KA1 "$network"
	done
	rm -f "$tmp/openvpn.KA1.pid"
	services 1
	crashed=0
}

# --- the story --------------------------------------------------------------

title "kcluster: one address, three machines, no daemon"
sed -n '/^#	/s/^#	/  /p' "$0"
text "" "A client asks for a page from 192.168.43.100 and 192.168.1.11 fifty times a" \
	"second; each node runs nginx, which answers with the node's name. All three have" \
	"the same file, in which each finds itself by its key."
machines
vpn_certificate || text "(no OpenVPN here: the notify script only swaps the default route)"
: >"$tmp/notify.log"
keys KA1 KA2 KA3
for i in 1 2 3; do
	services "$i"
done
crashed=0

act="1 s"
title "Act 2: VRRPv2 with its password, one advert a second, on enp0s9"
file >"$tmp/cluster.conf" <<-END
	Dev = enp0s9
	Interval = 1s
	Version = 2
	AuthPass = floating-address
END
show_file "^.Cluster" END-OF-FILE
zero=$(now)
set_up KA1 KA2 KA3
wire=$tmp/wire.1
capture "$wire" management
begin 0.02
links 1 0.25
crash_master 1 10.7.5 0.25 10
again

act="10 ms"
title "Act 3: VRRPv3, a hundred adverts a second, on enp0s9"
file >"$tmp/cluster.conf" <<-END
	Dev = enp0s9
	Interval = 10ms
END
show_file "^.VirtualRouter" "^Interval"
zero=$(now)
set_up KA1 KA2 KA3
wire=$tmp/wire.2
capture "$wire" management
begin 0.02
links 0.01 0.15
crash_master 0.01 10.7.5 0.15 50
again

act="tunnel"
title "Act 4: VRRPv3 through WireGuard, ten adverts a second, nobody can forge them"
file >"$tmp/cluster.conf" <<-END
	Dev = wg0
	Interval = 100ms
	Peer = nodes
	Track = dev enp0s9
END
show_file "^.VirtualRouter" "^Track"
wait_for 10 wireguard_up
zero=$(now)
set_up KA1 KA2 KA3
wire=$tmp/wire.3
capture "$wire" KA2:wg0
begin 0.02
crash_master 0.1 10.6.0 0.25 20

show_verdicts
