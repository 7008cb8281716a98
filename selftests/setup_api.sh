#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The address of an API inside the VPN, out of one cluster file: members reach it, also
# those that do not have it and devices on plain wg-quick, nobody else does; it fails
# over while a member fetches. When the node dies that a device is configured with the
# device is cut off, unless it is configured with a floating address.
#
#	  A .1 (api, door)   B .2 (api, door)   C .3 (hub)
#	   |                  |                  |
#	  =+==================+==================+=======+=======+=======+=  wan 192.0.2.0/24
#	                                                 |       |       |
#	     phone .20, configured with C ---------------+       |       |
#	     laptop .30, configured with the door, .100 ---------+       |
#	     X .40 and Y .41, no members; Y has a WireGuard of its own --+
#
#	the API: 10.6.0.100, tcp 6443, where virtual router api is master. The door:
#	192.0.2.100, where the laptop finds a second WireGuard device, wgd, with the same
#	key on A and B; the laptop's network, 10.7.0.0/24, is claimed by the door.
#
# shellcheck disable=SC2016,SC2317,SC2329 # what eval gets; functions called by check
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need wg wg-quick nft jq python3

net wan
node C A B phone laptop X Y
plug A eth0 wan 192.0.2.1/24
plug B eth0 wan 192.0.2.2/24
plug C eth0 wan 192.0.2.3/24
plug phone eth0 wan 192.0.2.20/24
plug laptop eth0 wan 192.0.2.30/24
plug X eth0 wan 192.0.2.40/24
plug Y eth0 wan 192.0.2.41/24
vip=10.6.0.100
dir=$tmp/vpn
file=$dir/cluster.conf

setup()
{
	cc "$1" setup -f "$file" -key "$dir/$1/private.key"
}

public()
{
	wg pubkey <"$1"
}

# --- who serves, who asks -------------------------------------------------------

cat >"$tmp/serve.py" <<'END'
import socket, sys
server = socket.socket()
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("", 6443))
server.listen(64)
while True:
    connection, _ = server.accept()
    connection.sendall(sys.argv[1].encode())
    connection.close()
END

# Fetches over and over; prints when that went well, and who answered.
cat >"$tmp/fetch.py" <<'END'
import socket, sys, time
while True:
    try:
        with socket.create_connection((sys.argv[1], 6443), 0.02) as s:
            who = s.recv(16).decode()
        if who:
            print(f"{time.time():.4f} {who}", flush=True)
    except OSError:
        pass
    time.sleep(0.002)
END

# asks NODE ADDRESS: who answers there; nothing if nobody does.
asks()
{
	on "$1" python3 -c 'import socket, sys
print(socket.create_connection((sys.argv[1], 6443), 1).recv(16).decode())' "$2" 2>/dev/null
}

answered()
{
	[ "$(asks "$1" "$2")" = "$3" ]
}

# fetches NODE NAME: from now on, into a file of that name.
fetches()
{
	in_background on "$1" python3 "$tmp/fetch.py" $vip >"$tmp/$2"
	wait_for 5 eval '[ "$(wc -l <"$tmp/'"$2"'")" -ge 5 ]'
}

# The longest time between two answers, in ms.
gap()
{
	awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 }
	     END { printf "%.1f\n", most * 1000 }' "$1"
}

# --- one file -------------------------------------------------------------------

clusterctl gen "$dir" network 10.6.0.0/24 endpoint 192.0.2.3 node C \
	node A endpoint 192.0.2.1 node B endpoint 192.0.2.2 device phone >"$tmp/out" 2>&1
check_is "gen makes a cluster" 0 $?
cat >>"$file" <<-END

	[VirtualRouter api]
	Nodes = A B
	Dev = wg0
	VRID = 1
	Peer = nodes
	Interval = 10ms
	Priority@A = 200
	Address = $vip/32
	Group = both

	[VirtualRouter door]
	Nodes = A B
	Dev = eth0
	VRID = 2
	Interval = 10ms
	Priority@A = 200
	Address = 192.0.2.100/24
	Claim = 10.7.0.0/24
	Group = both

	[Firewall]
	LAN@A,B = wgd
	Accept = vpn,lan to node tcp 6443
	Accept = lan to vpn
	Publish@A,B = udp 51821 at 192.0.2.100
END
for name in C A B; do
	setup $name >"$tmp/out" 2>&1
	check_is "setup on $name" 0 $?
	sed 's/^/# /' "$tmp/out"
done
for name in A B C; do
	in_background on $name python3 "$tmp/serve.py" $name
done

# The same on A and B, by hand: what the laptop is configured with.
(umask 077 && wg genkey >"$tmp/door.key" && wg genkey >"$tmp/laptop.key" &&
	cat >"$tmp/wgd.conf" <<-END
	[Interface]
	PrivateKey = $(cat "$tmp/door.key")
	ListenPort = 51821
	[Peer]
	PublicKey = $(public "$tmp/laptop.key")
	AllowedIPs = 10.7.0.2/32
	END
)
(umask 077 && cat >"$tmp/wgl.conf" <<-END
	[Interface]
	PrivateKey = $(cat "$tmp/laptop.key")
	Address = 10.7.0.2/32
	[Peer]
	PublicKey = $(public "$tmp/door.key")
	Endpoint = 192.0.2.100:51821
	AllowedIPs = 10.6.0.0/24
	PersistentKeepalive = 5
	END
)
for name in A B; do
	on $name sysctl -qw net.ipv4.ip_forward=1
	on $name wg-quick up "$tmp/wgd.conf" >"$tmp/out" 2>&1
	check_is "wg-quick up of the door on $name" 0 $?
done
on laptop wg-quick up "$tmp/wgl.conf" >"$tmp/out" 2>&1
check_is "wg-quick up on the laptop" 0 $?
on phone wg-quick up "$dir/phone/wg0.conf" >"$tmp/out" 2>&1
check_is "wg-quick up on the phone" 0 $?

# --- members ----------------------------------------------------------------------

check "A is master" wait_for 10 eval 'is_state A api master && is_state A door master'
check "a node that does not have it reaches the API" wait_for 10 answered C $vip A
check "as does one that could have it" wait_for 10 answered B $vip A
check "and the phone, through C" wait_for 10 answered phone $vip A
check "and the laptop, through the door" wait_for 10 answered laptop $vip A
check "the laptop reaches C, which has a route back" wait_for 10 on laptop ping -q -c 1 -W 1 10.6.0.1

# --- no members -------------------------------------------------------------------

check_is "C serves where nobody is to come, too" C "$(asks C 127.0.0.1)"
for to in 192.0.2.1 192.0.2.2 192.0.2.3 192.0.2.100; do
	check_is "from outside there is no API at $to" "" "$(asks X $to)"
done
for via in 1 2 3; do
	ipn X route replace 10.6.0.0/24 via 192.0.2.$via
	check_is "nor at $vip by 192.0.2.$via" "" "$(asks X $vip)"
done
ipn X address add 10.6.0.9/32 dev lo
ipn X route replace 10.6.0.0/24 via 192.0.2.1 src 10.6.0.9
check_is "nor for who says that he is a member" "" "$(asks X $vip)"

(umask 077 && wg genkey >"$tmp/Y.key")
{
	printf '[Interface]\nPrivateKey = %s\nAddress = 10.6.0.41/32\n' "$(cat "$tmp/Y.key")"
	for name in C A B; do
		printf '[Peer]\nPublicKey = %s\nEndpoint = %s:51820\n' \
			"$(public "$dir/$name/private.key")" "$(sed -n "/^\[Node $name\]/,/^Endpoint/s/^Endpoint = //p" "$file")"
		[ $name = C ] && echo "AllowedIPs = 10.6.0.0/24" || echo "AllowedIPs = 10.6.0.$([ $name = A ] && echo 2 || echo 3)/32"
	done
} >"$tmp/wgy.conf"
chmod 600 "$tmp/wgy.conf"
on Y wg-quick up "$tmp/wgy.conf" >"$tmp/out" 2>&1
check_is "wg-quick up on Y, which has a key of its own" 0 $?
check_is "does not bring it to the API" "" "$(asks Y $vip)"
check_is "no node shakes hands with it" "" "$(on Y wg show wgy latest-handshakes | awk '$2 > 0')"
cp "$file" "$tmp/without"
cat >>"$file" <<-END

	[Device Y]
	PublicKey = $(public "$tmp/Y.key")
	Address = 10.6.0.41
END
for name in C A B; do
	setup $name >"$tmp/out" 2>&1
done
check "a member, it reaches it" wait_for 15 answered Y $vip A
cp "$tmp/without" "$file"
for name in C A B; do
	setup $name >"$tmp/out" 2>&1
done
check_is "a member no more, it does not" "" "$(asks Y $vip)"
check "others still do" answered C $vip A

# --- the owner dies -----------------------------------------------------------------

fetches C gap
fetches phone gap.phone
crashed=$(now)
silence A wan
check "B takes over" wait_for 5 is_state B api master
check "C goes on with B" wait_for 5 grep -q B "$tmp/gap"
check "as does the phone" wait_for 5 grep -q B "$tmp/gap.phone"
check_between "what C was without it, ms (36 until B takes over)" 20 "$(gap "$tmp/gap")" 136
check_between "and the phone" 20 "$(gap "$tmp/gap.phone")" 136
# Each connection stays with conntrack for two minutes, and it has no room for many more.
pkill -f "$tmp/fetch.py"
check "the laptop comes back by itself" wait_for 40 answered laptop $vip B
check_between "after seconds (WireGuard shakes hands anew after 15)" 0 \
	"$(awk -v a="$crashed" -v b="$(now)" 'BEGIN { print b - a }')" 30
restore A wan
check "A is back" wait_for 5 answered C $vip A
check "also for the laptop" wait_for 100 answered laptop $vip A
check_is "which it finds where it looked for it" 192.0.2.100:51821 \
	"$(on laptop wg show wgl endpoints | cut -f 2)"
note "$(ipn laptop neigh show 192.0.2.100) (A has $(ipn A -j link show eth0 | jq -r '.[0].address')," \
	"B $(ipn B -j link show eth0 | jq -r '.[0].address')); $(on laptop wg show wgl latest-handshakes | awk '{ print $2 }')"

# --- the node dies that a device is configured with -------------------------------------

silence C wan
check_not "C dies: the phone is cut off" answered phone $vip A
check "and stays so" stays 5 negate answered phone $vip A
check "nodes are not" answered B $vip A
check "nor is the laptop" answered laptop $vip A
restore C wan
check "C is back: so is the phone" wait_for 20 answered phone $vip A
check_is "no warning in the log" "" "$(dmesg | grep -E 'WARNING|BUG:|INFO: possible' | head -n 3)"

finish
