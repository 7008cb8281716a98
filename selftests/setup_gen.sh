#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A hub and six nodes, and a device that is no node, all of which have nothing but what
# clusterctl gen has made: everything reaches everything inside, though A and B are
# behind one NAT, C and the phone behind another one, and nobody reaches F at first.
# Then a node is added and one removed, and all ports of all nodes are scanned.
#
#	A 10.1.1.2  B 10.1.1.3         C 10.1.2.2  phone 10.1.2.3
#	 |           |                  |           |
#	=+=====+=====+= one            =+=====+=====+= two
#	       R .11 masquerades              S .12 masquerades
#	       |                              |
#	=======+==+=======+======+======+=====++======+= wan 192.0.2.0/24
#	         hub .1  D .4   E .5   F .6    G .7
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scan.sh
. "$(dirname "$0")/scan.sh"

need_module
need wg wg-quick nft jq python3

net wan
net one
net two
node hub A B C D E F G phone R S

plug hub eth0 wan 192.0.2.1/24
plug D eth0 wan 192.0.2.4/24
plug E eth0 wan 192.0.2.5/24
plug F eth0 wan 192.0.2.6/24
plug G eth0 wan 192.0.2.7/24
plug A eth0 one 10.1.1.2/24
plug B eth0 one 10.1.1.3/24
plug C eth0 two 10.1.2.2/24
plug phone eth0 two 10.1.2.3/24

# nat NODE NETWORK INSIDE OUTSIDE: hides a network; what comes from outside by itself
# finds nobody.
nat()
{
	plug "$1" eth1 "$2" "$3/24"
	plug "$1" eth0 wan "$4/24"
	on "$1" sysctl -qw net.ipv4.ip_forward=1
	on "$1" nft -f - <<-END
	table ip nat {
		chain out {
			type nat hook postrouting priority srcnat;
			oifname "eth0" masquerade random
		}
	}
	END
}
nat R one 10.1.1.1 192.0.2.11
nat S two 10.1.2.1 192.0.2.12
for name in A B; do
	ipn $name route add default via 10.1.1.1
done
for name in C phone; do
	ipn $name route add default via 10.1.2.1
done

dir=$tmp/vpn
file=$dir/cluster.conf

# setup NODE: with what there is of it
setup()
{
	cc "$1" setup -f "$file" -key "$dir/$1/private.key"
}

# pings FROM ADDRESS
pings()
{
	on "$1" ping -q -c 1 -W 1 "$2"
}

# --- gen ----------------------------------------------------------------------

clusterctl gen "$dir" name test network 10.6.0.0/24 network fd06::/64 \
	endpoint 192.0.2.1:15220 node hub node A node B node C node D endpoint 192.0.2.4 \
	node E endpoint 192.0.2.5 node F device phone >"$tmp/out" 2>&1
check_is "gen makes a cluster" 0 $?
sed 's/^/# /' "$tmp/out"
for name in hub A B C D E F; do
	check_is "the private key of $name is its own" 600 "$(stat -c %a "$dir/$name/private.key")"
done
check "it belongs to the public one in the file" \
	grep -qF "PublicKey = $(wg pubkey <"$dir/C/private.key")" "$file"
clusterctl setup -check -f "$file" -key "$dir/A/private.key" >"$tmp/out" 2>&1
check_is "setup -check accepts the file" 0 $?
check "and finds who it is" grep -q "this is node A of 7" "$tmp/out"
cp "$file" "$tmp/before"
clusterctl gen "$dir" network 10.9.0.0/24 endpoint x nodes 2 >"$tmp/out" 2>&1
check_is "what is there is not replaced" 1 $?
check "and left as it was" cmp "$file" "$tmp/before"
start=$(date +%s%N)
clusterctl gen "$tmp/many" network 10.6.0.0/24 endpoint 192.0.2.1 nodes 253 >/dev/null
check_is "gen makes 253 nodes" 0 $?
note "in $((($(date +%s%N) - start) / 1000000)) ms"
clusterctl setup -check -f "$tmp/many/cluster.conf" -key "$tmp/many/node253/private.key" >"$tmp/out" 2>&1
check_is "setup -check accepts them" 0 $?

# --- all of them --------------------------------------------------------------

for name in hub D E F A B C; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name" 0 $?
done
check "wg setconf takes what wg-quick strip makes of the file" \
	eval 'ipn phone link add wg1 type wireguard &&
	on phone wg-quick strip "$dir/phone/wg0.conf" >"$tmp/strip" &&
	on phone wg setconf wg1 "$tmp/strip" && ipn phone link del wg1'
on phone wg-quick up "$dir/phone/wg0.conf" >"$tmp/out" 2>&1
check_is "wg-quick up on the phone" 0 $?
sed 's/^/# /' "$tmp/out"

mapfile -t members < <(awk '
	$1 == "[Node" || $1 == "[Device" { name = substr($2, 1, length($2) - 1) }
	$1 == "Address" { print name, $3 }' "$file")
check_is "each of the eight has two addresses" 16 ${#members[@]}
for from in hub A B C D E F phone; do
	missing=
	for member in "${members[@]}"; do
		[ "${member% *}" = $from ] && continue
		wait_for 20 pings $from "${member#* }" || missing+=" $member"
	done
	check_is "$from reaches all others" "" "$missing"
done
check_is "A and B have no way to each other but by the hub" "" \
	"$(on A wg show wg0 peers | grep -F "$(wg pubkey <"$dir/B/private.key")")"
check "the hub speaks with the phone, wherever that is" \
	eval 'on hub wg show wg0 endpoints | grep -q "$(wg pubkey <"$dir/phone/private.key").*192.0.2.12:"'
check_is "nobody else does" "" \
	"$(on D wg show wg0 peers | grep -F "$(wg pubkey <"$dir/phone/private.key")")"
check "D listens at the usual port, the hub at that of its endpoint" \
	eval '[ "$(on D wg show wg0 listen-port) $(on hub wg show wg0 listen-port)" = "51820 15220" ]'

# --- a node comes, one goes ---------------------------------------------------

clusterctl node add G file "$file" >"$tmp/out" 2>&1
check_is "node add" 0 $?
address=$(awk '$1 == "[Node" { name = $2 } name == "G]" && $1 == "Address" { print $3 }' "$file" | head -n 1)
check_is "with the next free address" 10.6.0.9 "$address"
check_is "and a key of its own" 600 "$(stat -c %a "$dir/G/private.key")"
for name in hub D E F A B C G; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name, once more" 0 $?
done
for name in hub A C D phone; do
	check "$name reaches the new node" wait_for 20 pings $name "$address"
done
for member in "F 10.6.0.7" "phone 10.6.0.8"; do
	check "which reaches ${member% *}" wait_for 20 pings G "${member#* }"
done
clusterctl node remove hub file "$file" >"$tmp/out" 2>&1
check_is "a node that is named is not removed" 1 $?
check "and it is said where" grep -qE "^$file:[0-9]+: Hub: " "$tmp/out"
clusterctl node remove G file "$file" >"$tmp/out" 2>&1
check_is "node remove" 0 $?
check "leaves the file as it was" cmp "$file" "$tmp/before"
setup hub >"$tmp/out" 2>&1
check_is "setup on the hub" 0 $?
check_is "it knows the node no more" "" \
	"$(on hub wg show wg0 peers | grep -F "$(wg pubkey <"$dir/G/private.key")")"
check_not "and the node reaches nobody by it" pings G 10.6.0.8

# --- from outside ---------------------------------------------------------------

printf '\n[Firewall]\nAccept = vpn to node\nPublish = tcp 443\n' >>"$file"
for name in hub D E F A B C; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup with a firewall on $name" 0 $?
done
check "inside all is as before" wait_for 10 pings phone 10.6.0.4
quiet_from G 192.0.2.0/24
quiet_from R 10.1.1.0/24
quiet_from S 10.1.2.0/24

# scanned NODE ADDRESS FROM ADDRESS PORT: all ports of it.
scanned()
{
	watch_input "$1" eth0
	note_ports "$1" eth0
	scan "$3" "$4" "$2"
	check_is "of $1 one sees WireGuard's port and what is published" "tcp 443;udp $5;" "$(ports "$1")"
	check "all of its ports were asked" [ "$(said "$3")" -ge 131070 ]
	unwatch "$1"
}
scanned hub 192.0.2.1 G 192.0.2.7 15220
scanned D 192.0.2.4 G 192.0.2.7 51820
scanned E 192.0.2.5 G 192.0.2.7 51820
scanned F 192.0.2.6 G 192.0.2.7 51820
scanned A 10.1.1.2 R 10.1.1.1 51820
scanned B 10.1.1.3 R 10.1.1.1 51820
scanned C 10.1.2.2 S 10.1.2.1 51820
on phone wg-quick down "$dir/phone/wg0.conf" >"$tmp/out" 2>&1
check_is "wg-quick down on the phone" 0 $?

finish
