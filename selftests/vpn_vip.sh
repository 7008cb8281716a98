#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A virtual address inside the VPN: it moves on every node, also on those that do
# not run the virtual router, to where that is master; so does the prefix of a
# site. When nobody has it, it is taken away. Only what a node knows by that name
# can be claimed.
#
#	   A (priority 200)   B (priority 100)     C (client)     D (bystander)
#	+----------------+ +----------------+ +--------------+ +--------------+
#	| wg0 10.6.0.1   | | wg0 10.6.0.2   | | wg0 10.6.0.3 | | wg0 10.6.0.4 |
#	| eth0 10.1.0.1  | | eth0 10.1.0.2  | | eth0 .3      | | eth0 .4      |
#	+-------||-------+ +-------||-------+ +------||------+ +------||------+
#	     ===================== network "one" ========================
#	site: 10.7.0.1 behind A and behind B; E: a plain WireGuard peer of D

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need jq wg python3

net one
node A B C D E
for i in 1 2 3 4 5; do
	plug "$(echo ABCDE | cut -c$i)" eth0 one 10.1.0.$i/24
done
wireguard A 10.1.0.1 B 10.1.0.2 C 10.1.0.3 D 10.1.0.4

vip=10.6.0.100
vip6=fd06::100
site=10.7.0.0/24

# holder NODE PREFIX: the address inside the VPN of the WireGuard peer that has it
# there; nothing if none has.
holder()
{
	on "$1" wg show wg0 allowed-ips | awk -v prefix="$2" '{
		for (i = 2; i <= NF; i++)
			if ($i == prefix)
				for (i = 2; i <= NF; i++)
					if ($i ~ /^10\.6\.0\.[0-9]\/32$/)
						print $i }'
}

held_by()
{
	[ "$(holder "$1" "$2")" = "${3:+10.6.0.$3/32}" ]
}

# all_hold NUMBER NODE...: the VIPs and the site are with node NUMBER on these.
all_hold()
{
	local number=$1 name

	shift
	for name; do
		held_by "$name" "$vip"/32 "$number" &&
			held_by "$name" "$vip6"/128 "$number" &&
			held_by "$name" "$site" "$number" || return 1
	done
}

claim_of()
{
	cc "$1" -s -j claim show "${3:-api}" 2>/dev/null | jq -r ".[0] | $2"
}

claim_is()
{
	[ "$(claim_of "$1" "$2" "${4:-api}")" = "$3" ]
}

reaches()
{
	on "$1" ping -c 1 -W 1 "${3:-$vip}" >/dev/null && [ "$(answer "$1" "${3:-$vip}")" = "$2" ]
}

# answer NODE ADDRESS: who serves there.
answer()
{
	on "$1" python3 "$tmp/fetch.py" "$2" 1 | cut -d' ' -f2
}

cat >"$tmp/serve.py" <<'END'
import socket, sys
server = socket.socket(socket.AF_INET6)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(("::", 8080))
server.listen(64)
while True:
    connection, _ = server.accept()
    connection.sendall(sys.argv[1].encode())
    connection.close()
END

# Fetches over and over; prints when that went well, and who answered.
cat >"$tmp/fetch.py" <<'END'
import socket, sys, time
seconds = float(sys.argv[2]) if len(sys.argv) > 3 else 0
end = time.monotonic() + seconds
while True:
    try:
        with socket.create_connection((sys.argv[1], 8080), 0.02 if seconds else 1) as s:
            who = s.recv(16).decode()
        if who:
            print(f"{time.time():.4f} {who}", flush=True)
    except OSError:
        pass
    if time.monotonic() >= end:
        break
    time.sleep(0.002)
END

# The longest time between two answers, in ms.
gap()
{
	awk 'NR > 1 && $1 - last > most { most = $1 - last } { last = $1 }
	     END { printf "%.1f\n", most * 1000 }' "$1"
}

for name in A B; do
	in_background on $name python3 "$tmp/serve.py" $name
	ipn $name address add 10.7.0.1/32 dev lo
done
for name in C D; do
	ipn $name route add "$site" dev wg0
done

number_of()
{
	case $1 in A) echo 1 ;; B) echo 2 ;; C) echo 3 ;; D) echo 4 ;; esac
}

for name in A B C D; do
	for other in A B C D; do
		[ $name = $other ] || cc $name peer add $other \
			address 10.6.0."$(number_of $other)" dev wg0 interval 10ms
	done
done

# router NODE PRIORITY PEER
router()
{
	cc "$1" vrrp add api dev wg0 vrid 5 priority "$2" interval 10ms \
		peer 10.6.0."$3" address "$vip"/32 &&
		cc "$1" vrrp add api6 dev wg0 vrid 6 priority "$2" interval 10ms \
			peer fd06::"$3" address "$vip6"/128 &&
		cc "$1" claim add api prefix "$site"
}

follow()
{
	cc "$1" claim add api prefix "$vip"/32 prefix "$site" &&
		cc "$1" claim add api6 prefix "$vip6"/128 dev wg0
}

in_background cc C monitor >"$tmp/monitor"
check "a router on WireGuard" router A 200 2
check "another one" router B 100 1
check "a client that runs no router" follow C
check "a bystander" follow D

# --- it is where the master is ----------------------------------------------

check "A becomes master" wait_for 5 is_state A api master
check "on all other nodes both VIPs and the site are A's" wait_for 8 all_hold 1 B C D
for name in A B C D; do
	note "$name: $(cc $name claim show | tr '\n' ';')"
done
check "on A they are nobody's" all_hold "" A
check_is "A says that it has them" here "$(claim_of A .state)"
check_is "C says that A has them" "peer A" "$(claim_of C '.state + " " + .owner')"
check_is "with the same epoch" "$(claim_of A .epoch)" "$(claim_of C .epoch)"
check_is "vrrp show tells the epoch" "$(claim_of A .epoch)" "$(get A api .claim_epoch)"
check_is "peer show tells of claims" 2 "$(cc C -j peer show A | jq '.[0].claims')"
check "C reaches the VIP" wait_for 3 reaches C A
check "D reaches it, too" wait_for 3 reaches D A
check "by IPv6" wait_for 3 reaches C A $vip6
check "and the site" wait_for 3 reaches D A 10.7.0.1
check "B, which is backup, reaches it" wait_for 3 reaches B A

# --- the owner is cut off ---------------------------------------------------

in_background on C python3 "$tmp/fetch.py" $vip 4 loop >"$tmp/gap"
check "the client fetches" wait_for 3 grep -q A "$tmp/gap"
silence A one
check "B is master" wait_for 5 is_state B api master
check "the client goes on with B" wait_for 5 grep -q B "$tmp/gap"
check "all is B's on C and D" wait_for 3 all_hold 2 C D
note "the client saw a gap of $(gap "$tmp/gap") ms"
check_between "the gap, ms (36 until B takes over)" 20 "$(gap "$tmp/gap")" 136
check "by IPv6" wait_for 3 reaches C B $vip6
check "the site" wait_for 3 reaches D B 10.7.0.1
check "the epoch has risen" eval '[ "$(claim_of C .epoch)" -gt "$(claim_of A .epoch)" ]'
check "the monitor told it" grep -q 'claim.*api.*peer B epoch' "$tmp/monitor"

# --- the split heals --------------------------------------------------------

check "A is still master, of nobody" is_state A api master
restore A one
check "A preempts, B is backup" wait_for 8 eval 'is_state A api master && is_state B api backup'
check "all is A's again" wait_for 5 all_hold 1 B C D
check "and stays there" stays 2 all_hold 1 B C D
check "C reaches it" wait_for 3 reaches C A

# --- planned: priority 0 ----------------------------------------------------

in_background on C python3 "$tmp/fetch.py" $vip 3 loop >"$tmp/planned"
check "the client fetches" wait_for 3 grep -q A "$tmp/planned"
cc A vrrp standby api
cc A vrrp standby api6
check "B takes over" wait_for 5 all_hold 2 A D
check "the site goes with it" held_by C "$site" 2
check "the client goes on with B" wait_for 3 grep -q B "$tmp/planned"
check_between "a gap without a dead time, ms" 0 "$(gap "$tmp/planned")" 100
cc A vrrp active api
cc A vrrp active api6
check "A takes it back" wait_for 5 all_hold 1 B C D

# --- what somebody else changes comes right ---------------------------------

key=$(on D wg show wg0 allowed-ips | awk '/10\.6\.0\.3\/32/ { print $1 }')
on D wg set wg0 peer "$key" allowed-ips "10.6.0.3/32,fd06::3/128,$vip/32"
check "another hand gives it to C" held_by D "$vip"/32 3
check "it comes back to its owner" wait_for 15 held_by D "$vip"/32 1

# --- a peer that is no node -------------------------------------------------

wg genkey >"$tmp/key"
public=$(wg pubkey <"$tmp/key")
ipn E link add wg0 type wireguard
on E wg set wg0 private-key "$tmp/key" listen-port 51820 peer "$(on D wg show wg0 public-key)" \
	endpoint 10.1.0.4:51820 allowed-ips 10.6.0.0/24 persistent-keepalive 25
ipn E address add 10.6.0.9/24 dev wg0
ipn E link set wg0 up
on D wg set wg0 peer "$public" endpoint 10.1.0.5:51820 allowed-ips 10.6.0.9/32
on D sysctl -qw net.ipv4.ip_forward=1
for name in A B; do
	on $name wg set wg0 peer "$(on D wg show wg0 public-key)" \
		allowed-ips "10.6.0.4/32,fd06::4/128,10.6.0.9/32"
done
check "a plain WireGuard peer of D reaches the VIP through it" wait_for 5 reaches E A

# --- what may not be claimed ------------------------------------------------

refused C 'address by which peer "A" is reached' claim add bad prefix 10.6.0.1/32
refused C 'belongs to claim "api" already' claim add bad prefix "$vip"/32
refused C 'bits set behind the first 24' claim add bad prefix 10.8.0.1/24
refused C 'exists already' claim add api prefix 10.9.0.0/24
refused C 'no claim named' claim del bad
refused A 'addresses on a WireGuard device' claim del api6
cc A claim set api prefix "$site" prefix 10.6.0.9/32 prefix 10.99.0.0/16
check "C does not know the prefix: it ignores it" wait_for 5 eval \
	'[ "$(cc C -s -j peer show A | jq ".[0].statistics[\"claims-ignored\"]")" -gt 0 ]'
check_is "nobody has it there" "" "$(on C wg show wg0 allowed-ips | grep -F 10.99.0.0)"
check "what C knows stays" all_hold 1 C D
cc D claim set api prefix "$vip"/32 prefix "$site" prefix 10.6.0.9/32
check "what another peer has is not taken away" wait_for 15 eval \
	'cc D claim show api | grep -q "10.6.0.9/32.*failed.*another WireGuard peer"'
check "it still has it" eval 'on D wg show wg0 allowed-ips | grep -F "$public" | grep -q 10.6.0.9/32'
check_is "D is degraded" 3 "$(cc D status >"$tmp/status"; echo $?)"
check "and says why" grep -q 'claim api: 10.6.0.9/32.*allowed IP' "$tmp/status"
cc D claim set api prefix "$vip"/32 prefix "$site"
cc A claim set api prefix "$site"
check "all is well again" wait_for 5 eval 'cc D status >/dev/null'

# --- many prefixes ----------------------------------------------------------

many=()
for i in $(seq 0 999); do
	many+=(prefix "10.$((100 + i / 250)).$((i % 250)).0/24")
done
cc A claim set api prefix "$site" "${many[@]}"
cc C claim set api prefix "$vip"/32 prefix "$site" "${many[@]}"
many_held()
{
	[ "$(on C wg show wg0 allowed-ips | grep -F 10.6.0.1/32 | grep -o '/24' | wc -l)" = "$1" ]
}
check "a thousand more prefixes go to A" wait_for 20 many_held 1001
cc C claim set api prefix "$vip"/32 prefix "$site"
check "and leave it" wait_for 20 many_held 1
cc A claim set api prefix "$site"
check "the rest stays" wait_for 5 all_hold 1 C D

# --- WireGuard changes while it is read -------------------------------------

# So many peers that what they have does not fit into one message. wg(8) reads again
# for as long as anything changes meanwhile, so there are pauses that it fits into.
python3 - >"$tmp/crowd" <<'END'
import base64, os
for i in range(1000):
    print("[Peer]\nPublicKey =", base64.b64encode(os.urandom(32)).decode())
    print(f"AllowedIPs = 10.200.{i // 250}.{i % 250}/32")
END
on C wg addconf wg0 "$tmp/crowd"
start=$(date +%s%N)
key=$(on C wg show wg0 allowed-ips | awk '/10\.6\.0\.4\/32/ { print $1 }')
pause=$(awk -v ns=$(($(date +%s%N) - start)) 'BEGIN { printf "%.2f", 10 * ns / 1e9 + 0.1 }')
: >"$tmp/restless"
for i in 1 2; do
	in_background on C sh -c "while [ -e $tmp/restless ]; do
		for i in 1 2 3 4 5 6 7 8; do
			wg set wg0 peer '$key' persistent-keepalive \$((i + 20))
		done
		sleep $pause
	done"
done
cc A claim set api prefix "$site" prefix 10.8.0.0/24
cc C claim set api prefix "$vip"/32 prefix "$site" prefix 10.8.0.0/24
check "what is where it belongs stays there meanwhile" stays 12 all_hold 1 C
rm "$tmp/restless"
check "a prefix of that time goes to A" wait_for 15 held_by C 10.8.0.0/24 1
check "and C is well" wait_for 5 eval 'cc C status >/dev/null'
cc A vrrp standby api
check "all moves as before" wait_for 5 eval 'held_by C "$vip"/32 2 && held_by C "$site" 2'
cc A vrrp active api
check "and back" wait_for 5 all_hold 1 C D
cc A claim set api prefix "$site"
cc C claim set api prefix "$vip"/32 prefix "$site"

# --- all die ----------------------------------------------------------------

silence A one
silence B one
check "both are dead: nobody has them" wait_for 8 all_hold "" C D
check "C says so" wait_for 2 claim_is C .state nobody
check "A, alone, still says that it has them" claim_is A .state here
restore B one
check "B is back: all is B's" wait_for 8 all_hold 2 C D
restore A one
check "A is back: all is A's" wait_for 8 all_hold 1 B C D

# --- save and delete --------------------------------------------------------

check "save has the claim" eval 'cc C save | grep -q "^claim add api6 prefix fd06::100/128 dev wg0"'
cc C claim del api
check "a deleted claim takes the allowed IPs away" wait_for 5 eval \
	'held_by C "$vip"/32 "" && held_by C "$site" ""'
check "the other one stays" held_by C "$vip6"/128 1
cc A vrrp del api
check "the router is deleted: B takes over" wait_for 5 held_by D "$vip"/32 2
check "with the site" wait_for 5 held_by D "$site" 2

# --- the module goes --------------------------------------------------------

check_is "no warning in the log" "" "$(dmesg | grep -E 'WARNING|BUG:|INFO: possible' | head -n 3)"
modprobe -r kcluster
check_is "no allowed IP is left behind" "" "$(on D wg show wg0 allowed-ips | grep -F $vip)"
check_is "nor the site" "" "$(on D wg show wg0 allowed-ips | grep -F $site)"
check_is "no warning in the log" "" "$(dmesg | grep -E 'WARNING|BUG:|INFO: possible' | head -n 3)"
modprobe kcluster
finish
