#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Nodes that are cut off from each other: with "on-isolation yield" and three
# votes there are never two owners, and always one where a majority lives.
#
#	   n1 (200)      n2 (150)      n3 (100, or a witness)     x
#	+----------+  +----------+  +----------+           +-----------+
#	| eth0  .1 |--| eth0  .2 |--| eth0  .3 |-----------| eth0   .9 |  lan
#	+----------+  +----------+  +----------+           +-----------+
#	10.1.0.0/24, fd01::/64; the virtual router holds 10.1.0.100 or fd01::100

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need tcpdump jq nft python3

net lan
node n1 n2 n3 x
for i in 1 2 3; do
	plug "n$i" eth0 lan "10.1.0.$i/24" "fd01::$i/64"
done
plug x eth0 lan 10.1.0.9/24

priority=([1]=200 [2]=150 [3]=100)
voter=()	# the address by which each is known to the others
unicast=

# --- cuts -------------------------------------------------------------------

# drop NAMESPACE DEVICE: what comes in there is lost.
drop()
{
	ip netns exec "$1" nft -f - <<-END
		table netdev cut$2 {
			chain in {
				type filter hook ingress device "$2" priority -500; policy drop;
			}
		}
	END
}

mute()
{
	drop "$switch" "$1-lan"
}

deaf()
{
	drop "${ns_prefix}$1" eth0
}

# part CUT: see where it is used.
part()
{
	case $1 in
	1) silence n1 lan ;;
	2) silence n2 lan ;;
	3) silence n3 lan ;;
	all) silence n1 lan; silence n2 lan; silence n3 lan ;;
	mute1) mute n1 ;;
	deaf1) deaf n1 ;;
	mute3) mute n3 ;;
	link12)
		# Ports that are isolated do not talk to each other.
		bridge -n "$switch" link set dev n1-lan isolated on
		bridge -n "$switch" link set dev n2-lan isolated on
		;;
	esac
}

heal()
{
	local i

	for i in 1 2 3; do
		[ -e "/run/netns/$switch" ] && restore "n$i" lan
		bridge -n "$switch" link set dev "n$i-lan" isolated off
		ip netns exec "$switch" nft delete table netdev "cutn$i-lan" 2>/dev/null
		on "n$i" nft delete table netdev cuteth0 2>/dev/null
	done
	true
}

# --- who owns the address ---------------------------------------------------

# watch ADDRESS: from now on owners.log has all changes.
watch()
{
	in_background "$selftests/vrrp_owners.py" "$1" \
		"${ns_prefix}n1" "${ns_prefix}n2" "${ns_prefix}n3" >"$tmp/owners.log"
	watcher=$!
	wait_for 10 grep -q watching "$tmp/owners.log"
}

unwatch()
{
	kill "$watcher"
}

# owner NODE|nobody: it alone has the address now.
owner()
{
	local want=${ns_prefix}$1

	[ "$1" = nobody ] && want=nobody
	[ "$(tail -n 1 "$tmp/owners.log" | cut -d ' ' -f 2-)" = "$want" ]
}

never_two()
{
	awk 'NF > 2 { print; bad = 1 } END { exit bad }' "$tmp/owners.log"
}

# vacant SINCE: the longest time with nobody since then, that is over.
vacant()
{
	awk -v since="$1" '
		$1 + 0 < since + 0 { next }
		from && $1 - from > longest { longest = $1 - from }
		{ from = $2 == "nobody" ? $1 : 0 }
		END { printf "%.4f\n", longest }' "$tmp/owners.log"
}

changes_since()
{
	awk -v since="$1" '$1 + 0 >= since + 0 { n++ } END { print n + 0 }' "$tmp/owners.log"
}

# give_up_before SINCE FROM TO: how long before TO took it FROM gave it up.
gap()
{
	awk -v since="$1" -v from="$ns_prefix$2" -v to="$ns_prefix$3" '
		$1 + 0 < since + 0 { next }
		$2 == "nobody" && !gone { gone = $1 }
		$2 == to && gone { printf "%.4f\n", $1 - gone; exit }' "$tmp/owners.log"
}

# --- what is refused, and what is shown -------------------------------------

router=(vrrp add R dev eth0 vrid 7 interval 100ms address 10.1.0.100/24)
refused n1 '1 vote has no majority.*name two or more other nodes' \
	"${router[@]}" on-isolation yield
refused n1 '2 votes have no majority.*witness ADDRESS' \
	"${router[@]}" on-isolation yield witness 10.1.0.2
refused n1 'witness 10.1.0.2 twice' "${router[@]}" witness 10.1.0.2 witness 10.1.0.2
refused n1 'have IPv4 addresses' "${router[@]}" witness fd01::2
refused n1 'must be a unicast address' "${router[@]}" witness 224.0.0.18
refused n1 'a witness holds nothing' "${router[@]}" state witness \
	witness 10.1.0.2 witness 10.1.0.3
refused n1 'a witness votes with two nodes or more' vrrp add R dev eth0 vrid 7 \
	state witness witness 10.1.0.2
check "two others make three votes" cc n1 "${router[@]}" on-isolation yield \
	witness 10.1.0.2 witness 10.1.0.3,10.2.0.3
refused n1 '2 votes have no majority' vrrp set R witness 10.1.0.2
refused n1 '1 vote has no majority' vrrp set R witness none
refused n1 'a witness stays one' vrrp set R state witness
check_is "nothing of that changed anything" \
	'yield 3 ["10.1.0.2","10.1.0.3","10.2.0.3"]' \
	"$(get n1 R '"\(.on_isolation) \(.votes) \([.witnesses[].addresses[]])"' )"
check "save has it" eval 'cc n1 save | tr "\n" " " | grep -q \
	"on-isolation yield.*witness 10.1.0.2 .*witness 10.1.0.3,10.2.0.3"'
cc n1 save >"$tmp/saved"
check "replace with the same changes nothing" cc n1 -replace -batch "$tmp/saved"
cc n1 save >"$tmp/again"
check "the same is saved" cmp "$tmp/saved" "$tmp/again"
check "keep, and nobody else votes" cc n1 vrrp set R on-isolation keep witness none
check_is "that is what it says" 'keep []' \
	"$(get n1 R '"\(.on_isolation) \(.witnesses)"')"
cc n1 vrrp del R
refused n1 'holds nothing' vrrp add R dev eth0 vrid 7 state witness witness 10.1.0.2 \
	witness 10.1.0.3 route default via 10.1.0.9
cc n1 vrrp add R dev eth0 vrid 7 state witness witness 10.1.0.2 witness 10.1.0.3
check "a witness is in state WITNESS" wait_for 2 is_state n1 R witness
check "why says what it is" eval 'cc n1 vrrp why R | grep -q "is a witness"'
check_is "status is well" 0 "$(cc n1 status >/dev/null; echo $?)"
refused n1 'is a witness and holds nothing' vrrp address add R 10.1.0.100/24
cc n1 vrrp del R

# --- two nodes that keep ----------------------------------------------------

capture "$tmp/wire" lan
for i in 1 2; do
	cc "n$i" vrrp add R dev eth0 vrid 7 interval 100ms priority "${priority[i]}" \
		address 10.1.0.100/24
done
keep_one()
{
	is_state n1 R master && is_state n2 R backup
}
check "two nodes: one master" wait_for 5 keep_one
silence n1 lan
check "cut apart both are masters: keep, the default" wait_for 3 eval \
	'is_state n1 R master && is_state n2 R master'
check "and stay so" stays 1 eval 'is_state n1 R master && is_state n2 R master'
restore n1 lan
check "healed: one master again" wait_for 3 keep_one
check_is "no message of another kind came" 0 "$(stat_of n2 R discard-type)"

# A master that yields says so with one more advertisement.
cc n1 vrrp standby R
check "n2 is master for a while" wait_for 3 is_state n2 R master
mark=$(now)
cc n1 vrrp active R
check "n1 preempts" wait_for 3 keep_one
check "both have sent" wait_for 3 heard "$tmp/wire" "$mark" 10.1.0.1 200
more=$(adverts "$tmp/wire" "$mark" | awk '
	$2 == "10.1.0.1" { seen = 1 } seen && $2 == "10.1.0.2" { n++ } END { print n + 0 }')
check_is "the one that yields sends one more advertisement, and only one" 1 "$more"
check "the one that heard it announces again" eval \
	'[ "$(stat_of n1 R lower-priority)" -ge 1 ]'
cc n1 vrrp del R
cc n2 vrrp del R

# --- every partition of three -----------------------------------------------

# up WHAT ADDRESS/LEN SETTING...: the three of them; WHAT says what n3 is.
up()
{
	local what=$1 address=$2 i j

	shift 2
	for i in 1 2 3; do
		local voters=() kind=(address "$address" priority "${priority[i]}" on-isolation yield)

		for j in 1 2 3; do
			[ "$i" = "$j" ] && continue
			voters+=(witness "${voter[j]}")
			[ -z "$unicast" ] || voters+=(peer "${voter[j]}")
		done
		[ "$i" = 3 ] && [ "$what" = witness ] && kind=(state witness)
		cc "n$i" vrrp add R dev eth0 vrid 7 "$@" "${kind[@]}" "${voters[@]}" || return 1
	done
}

down()
{
	local i

	for i in 1 2 3; do
		cc "n$i" vrrp del R
	done
}

# becomes NAME SECONDS NODE|nobody CUT: cut, and who owns it then.
becomes()
{
	local name=$1 bound=$2 who=$3

	mark=$(now)
	part "$4"
	check "$name: $who owns it" wait_for "$bound" owner "$who"
}

# stays_with NAME CUT: no change at all for two leases.
stays_with()
{
	local name=$1

	mark=$(now)
	part "$2"
	sleep "$two_leases"
	check_is "$name: n1 stays the owner, without a break" "0 yes" \
		"$(changes_since "$mark") $(owner n1 && echo yes)"
}

# partitions WHAT ADDRESS INTERVAL SETTING...
partitions()
{
	local what="$1, $4 $5 ${6-} ${7-}, $3 s" interval=$3 bound lease margin
	# From the cut: who takes over hears the last advert, waits, and asks. The
	# machine may add its part.
	bound=$(awk -v i="$interval" 'BEGIN { print 4.5 * i + 0.3 }')
	lease=$(awk -v i="$interval" 'BEGIN { print 3 * i + 0.2 }')
	margin=$(awk -v i="$interval" 'BEGIN { print i < 0.05 ? 0 : 0.15 * i }')
	two_leases=$(awk -v i="$interval" 'BEGIN { print 6 * i + 0.2 }')
	local patience_s
	patience_s=$(awk -v i="$interval" 'BEGIN { print int(20 * i) + 2 }')

	check "$what: the watch begins" watch "${2%/*}"
	check "$what: three are added" up "$1" "$2" interval "$(awk -v i="$interval" \
		'BEGIN { print i * 1000 }')ms" "${@:4}"
	check "$what: n1 becomes the owner" wait_for "$patience_s" owner n1
	check "$what: it has all votes" wait_for "$patience_s" eval \
		'[ "$(get n1 R .votes_granted)" = 3 ]'

	becomes "$what: {1}{23}" "$patience_s" n2 1
	check_between "$what: seconds from the cut to the new owner" 0 \
		"$(awk -v m="$mark" 'END { print $1 - m }' "$tmp/owners.log")" "$bound"
	check_between "$what: seconds from the cut to when n1 gave up, a lease at most" 0 \
		"$(awk -v m="$mark" '$1 >= m && $2 == "nobody" { print $1 - m; exit }' \
		"$tmp/owners.log")" "$lease"
	check_between "$what: n1 gave it up so many seconds before n2 took it" "$margin" \
		"$(gap "$mark" n1 n2)" "$bound"
	check "$what: n1 knows why" wait_for "$patience_s" eval \
		'cc n1 vrrp why R | grep -q "no majority: 1 of 3 votes (.* does not answer since"'
	check "$what: its history too" eval 'cc n1 vrrp history R |
		grep -q "MASTER -> BACKUP.*no majority: 1 of 3 votes (no answer from"'
	check_is "$what: its status is degraded" 3 "$(cc n1 status >/dev/null; echo $?)"
	check_is "$what: it counts it" 1 "$(stat_of n1 R isolated)"
	mark=$(now)
	heal
	check "$what: healed: n1 preempts" wait_for "$patience_s" owner n1

	stays_with "$what: {2}{13}" 2
	heal
	sleep "$two_leases"
	stays_with "$what: {3}{12}" 3
	heal
	sleep "$two_leases"
	becomes "$what: {1}{2}{3}" "$patience_s" nobody all
	sleep "$two_leases"
	check "$what: nor later" owner nobody
	heal
	check "$what: healed: n1 owns it" wait_for "$patience_s" owner n1
	check "$what: with all votes" wait_for "$patience_s" eval \
		'[ "$(get n1 R .votes_granted)" = 3 ]'

	becomes "$what: nobody hears n1, which hears all" "$patience_s" n2 mute1
	sleep "$two_leases"
	check "$what: and it stays so" owner n2
	heal
	check "$what: healed: n1 owns it again" wait_for "$patience_s" owner n1
	becomes "$what: all hear n1, which hears nobody" "$patience_s" n2 deaf1
	sleep "$two_leases"
	check "$what: and it stays so" owner n2
	heal
	check "$what: healed: n1 owns it once more" wait_for "$patience_s" owner n1
	sleep "$two_leases"
	stays_with "$what: n1 and n2 do not hear each other, n3 hears both" link12
	heal
	sleep "$two_leases"
	stays_with "$what: nobody hears n3" mute3
	heal

	mark=$(now)
	cc n1 vrrp standby R
	check "$what: n1 stands by: n2 owns it" wait_for "$patience_s" owner n2
	# Given back, so nobody waits for the lease to lapse.
	check_between "$what: seconds without an owner" 0 "$(vacant "$mark")" \
		"$(awk -v i="$interval" 'BEGIN { print i + 0.2 }')"
	cc n1 vrrp active R
	check "$what: n1 is active: it owns it" wait_for "$patience_s" owner n1
	mark=$(now)
	cc n1 vrrp del R
	check "$what: n1 is deleted: n2 owns it" wait_for "$patience_s" owner n2
	# What an address takes to be removed is more than the guard of 2.5 ms there.
	if [ "$interval" = 0.01 ]; then
		timed check "$what: never two owners" never_two
	else
		check "$what: never two owners" never_two
	fi
	check "$what: there was something to see" eval \
		'[ "$(wc -l <"$tmp/owners.log")" -ge 20 ]'
	unwatch
	cc n2 vrrp del R
	cc n3 vrrp del R
}

for i in 1 2 3; do
	voter[i]=10.1.0.$i
done
partitions routers 10.1.0.100/24 0.1 version 3
partitions witness 10.1.0.100/24 0.1 version 3
partitions witness 10.1.0.100/24 1 version 2 auth-pass secret
unicast=y
partitions routers 10.1.0.100/24 0.01 version 3
for i in 1 2 3; do
	voter[i]=fd01::$i
done
partitions routers fd01::100/64 0.1 version 3
# Multicast has the link-local address as its source.
unicast=
for i in 1 2 3; do
	voter[i]=$(ipn "n$i" -j -6 address show dev eth0 scope link |
		jq -r '[.[].addr_info[] | select(.local)][0].local')
done
partitions witness fd01::100/64 0.1 version 3

# --- who has no say ---------------------------------------------------------

for i in 1 2 3; do
	voter[i]=10.1.0.$i
done
up routers 10.1.0.100/24 interval 100ms
check "n1 is master again" wait_for 5 is_state n1 R master

# vote SOURCE OCTETS TTL: a message about votes to n1 from x, by its octets.
vote()
{
	on x python3 - "$1" "$2" "$3" <<-'END'
		import socket, struct, sys
		src, data, ttl = sys.argv[1], bytearray.fromhex(sys.argv[2]), int(sys.argv[3])
		def total(b):
		    b = bytes(b) + b"\0" * (len(b) % 2)
		    s = sum(struct.unpack(f"!{len(b) // 2}H", b))
		    while s >> 16:
		        s = (s & 0xffff) + (s >> 16)
		    return s
		here, there = socket.inet_aton(src), socket.inet_aton("10.1.0.1")
		if len(data) >= 8:
		    data[6:8] = b"\0\0"
		    pseudo = here + there + struct.pack("!HH", 112, len(data))
		    data[6:8] = struct.pack("!H", 0xffff ^ total(pseudo + data))
		head = struct.pack("!BBHHHBBH4s4s", 0x45, 0xc0, 20 + len(data), 0, 0, ttl, 112, 0,
		                   here, there)
		raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
		raw.sendto(head + data, ("10.1.0.1", 0))
	END
}

counts()
{
	[ "$(stat_of n1 R "$1")" -gt "$before" ]
}

# ignored NAME COUNTER SOURCE OCTETS TTL
ignored()
{
	before=$(stat_of n1 R "$2")
	vote "$3" "$4" "$5"
	check "$1 is discarded, and counted as $2" wait_for 2 counts "$2"
	check "and n1 is still master" is_state n1 R master
}

# A request of priority 255 that hears all: from a voter it would be obeyed.
request=3e070100ff03000003010000$(printf %08x 300)
request+=00000000000000010000000000000000000000000000000100000000000000$(printf %02x 0)
ignored "a request from who is no voter" discard-source 10.1.0.9 "$request" 255
ignored "one with another hop limit" discard-ttl 10.1.0.2 "$request" 254
ignored "one that is too short" discard-length 10.1.0.2 "${request:0:94}" 255
ignored "one of another version" discard-version 10.1.0.2 "2${request:1}" 255
ignored "one with a password" discard-auth 10.1.0.2 "${request:0:80}6162630000000000" 255
ignored "one of an unknown kind" discard-type 10.1.0.2 "${request:0:4}09${request:6}" 255
vote 10.1.0.2 "$request" 255
check "the same from a voter is obeyed" wait_for 2 eval \
	'cc n1 vrrp history R | grep -q "10.1.0.2 asks for votes with priority 255"'
down
cc n1 vrrp add R dev eth0 vrid 7 interval 100ms address 10.1.0.100/24 \
	witness 10.1.0.2 witness 10.1.0.3
check "with keep n1 is master without votes" wait_for 5 is_state n1 R master
ignored "with keep a request" discard-destination 10.1.0.2 "$request" 255
cc n1 vrrp del R

finish
