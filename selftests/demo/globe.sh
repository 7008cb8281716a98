#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nodes scattered around the globe: one command makes all keys and files, one port
# is open, and an address inside the VPN fails over.
#
#	   A (behind NAT)      phone (wg-quick)
#	     |                   |
#	  [ NAT ]                |            anybody
#	     |                   |               |
#	=====+======+============+========+======+====  the Internet, 192.0.2.0/24
#	            |                     |
#	     +-------------+      +-------------+      +-------------+
#	     | hub         |      | B           |      | C           |
#	     | UDP 15220   |      | UDP 51820   |      | UDP 51820   |
#	     +-------------+      +-------------+      +-------------+
#	                            10.6.0.100: the API, on B or on C, only inside
#
# Exits with an error if somebody does not reach somebody else, if more than one port
# is open, or if a client is without the API for too long.

# shellcheck source=selftests/demo/stage.sh
. "$(dirname "$0")/stage.sh"
# shellcheck source=selftests/scan.sh
. "$(dirname "$0")/../scan.sh"

need_module
need wg wg-quick nft nginx python3 jq

act=globe
api=10.6.0.100
outsider=192.0.2.66
# The most usual services, Kubernetes', and where WireGuard is.
scanned=1-1024,2379-2380,6443,10250-10259,15220,30000-30100,51820
# A silent master's successor takes over after three adverts and a part of one.
takeover=$(takeover_time 100 0.1)

globe()
{
	net wan
	net home
	node hub A B C phone NAT anybody
	plug hub eth0 wan 192.0.2.1/24
	plug B eth0 wan 192.0.2.2/24
	plug C eth0 wan 192.0.2.3/24
	plug phone eth0 wan 192.0.2.20/24
	plug anybody eth0 wan $outsider/24
	plug A eth0 home 192.168.1.2/24
	plug NAT eth1 home 192.168.1.1/24
	plug NAT eth0 wan 192.0.2.10/24
	ipn A route add default via 192.168.1.1
	on NAT sysctl -qw net.ipv4.ip_forward=1
	on NAT nft -f - <<-'END'
	table ip nat {
		chain out {
			type nat hook postrouting priority srcnat;
			oifname "eth0" masquerade random
		}
	}
	END
	# A scan is to be fast; what closed ports answer is of no interest.
	quiet_from anybody 192.0.2.0/30
}

# of NODE: its address in the VPN.
of()
{
	sed -n "/^\[[a-zA-Z]* $1\]/,/^Address/s/^Address = //p" "$tmp/vpn/cluster.conf"
}

pings()
{
	on "$1" ping -q -c 1 -W 1 "$2"
}

# reach: who reaches whom; counts what is missing.
reach()
{
	local from to marks

	missing=0
	printf '         %-7s' ""
	printf '%-7s' "${members[@]}"
	echo
	for from in "${members[@]}"; do
		marks=$(printf '         %-7s' "$from")
		for to in "${members[@]}"; do
			if [ "$from" = "$to" ]; then
				marks+="-      "
			elif wait_for 10 pings "$from" "$(of "$to")"; then
				marks+="${green}yes$plain    "
			else
				marks+="${red}NO$plain     "
				missing=$((missing + 1))
			fi
		done
		echo "$marks"
	done
}

# open_ports NODE ADDRESS: of those that are scanned, from outside.
open_ports()
{
	local seen

	watch_input "$1" eth0
	note_ports "$1" eth0
	scan anybody $outsider "$2" $scanned || text "the scan failed"
	seen=$(ports "$1")
	unwatch "$1"
	printf '         %-7s%s\n' "$1" "${seen:-nothing}"
	verdict "$act: from outside, $1 has open" "$3" "${seen%;}" \
		"$([ "$seen" = "$3;" ] && [ "$(said anybody)" -ge 2000 ]; echo $?)"
}

fetched()
{
	on "$1" python3 -c 'import sys, urllib.request
print(urllib.request.urlopen("http://" + sys.argv[1], timeout=2).read().decode())' "$2"
}

# --- the story --------------------------------------------------------------

title "kcluster: nodes around the globe, one VPN"
sed -n '/^#	/s/^#	/  /p' "$0"
globe
members=(hub A B C phone)
nodes_of_vpn=(hub A B C)

title "Act 1: one command makes all keys and files, one sets each node up"
printf '\n         %s$ clusterctl gen . network 10.6.0.0/24 endpoint 192.0.2.1:15220 node hub \\\n' "$cyan"
printf '               node A node B endpoint 192.0.2.2 node C endpoint 192.0.2.3 device phone%s\n' "$plain"
zero=$(now)
clusterctl gen "$tmp/vpn" network 10.6.0.0/24 endpoint 192.0.2.1:15220 node hub \
	node A node B endpoint 192.0.2.2 node C endpoint 192.0.2.3 device phone |
	sed "s,$tmp/vpn/,,g; s/^/         /"
cat >>"$tmp/vpn/cluster.conf" <<-END

	[VirtualRouter api]
	Nodes = B C
	Dev = wg0
	VRID = 1
	Peer = nodes
	Interval = 100ms
	Priority@B = 200
	Address = $api/32

	[Firewall]
	Accept = vpn to node
END
cp "$tmp/vpn/cluster.conf" "$tmp/cluster.conf"
for name in "${nodes_of_vpn[@]}"; do
	cp "$tmp/vpn/$name/private.key" "$tmp/$name.key"
done
text "" "What nodes share is added to the file, which is the same for all:"
show_file "^.VirtualRouter api" END-OF-FILE
set_up "${nodes_of_vpn[@]}"
printf '         %sphone# wg-quick up wg0%s\n\n' "$cyan" "$plain"
on phone wg-quick up "$tmp/vpn/phone/wg0.conf" >/dev/null 2>&1
say "who reaches whom, inside the VPN"
reach
verdict "$act: everybody reaches everybody" "20 of 20" "$((20 - missing)) of 20" "$missing"

text ""
say "anybody scans the ports from outside"
open_ports hub 192.0.2.1 "udp 15220"
open_ports B 192.0.2.2 "udp 51820"
open_ports C 192.0.2.3 "udp 51820"
for name in B C; do
	web $name
done
expect_that "$act: the API answers inside, on A" wait_for 10 fetched A $api
expect_that "$act: and on the phone" wait_for 10 fetched phone $api
on anybody nft delete table inet quiet
ipn anybody route add 10.6.0.0/24 via 192.0.2.2
expect_that "$act: it does not from outside" negate fetched anybody $api

mark=$(now)
in_background ip netns exec "${ns_prefix}A" python3 "$here/client.py" 0.02 0.1 $api $api >"$tmp/client"
wait_for 10 served B
text ""
mark=$(now)
say "B crashes: no farewell, no process, no packet" "$mark"
crash B wan
wait_for 10 served C
wait_for 3 settled "$(awk -v t="$(now)" 'BEGIN { printf "%.3f", t + 0.25 }')"
seen_by_client
read -r ms _ < <(requests "$mark")
expect "$act: B crashes: A was without the API" 0 \
	"$(awk -v ms="$ms" 'BEGIN { print ms / 1000 }')" \
	"$(awk -v t="$takeover" 'BEGIN { print t + 0.1 }')"
shown A claim show
shown C status
expect_that "$act: the phone goes on, too" wait_for 5 fetched phone $api

show_verdicts
