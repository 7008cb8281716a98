#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Peers: who is alive, suspect and dead, and after how long; two paths of which
# one is cut; farewells and restarts; and all that must not count.
#
#	   A                 B                 C, D            X (a LAN host)
#	+---------------+ +---------------+ +---------------+ +-----------+
#	| eth0 10.1.0.1 |-| eth0 10.1.0.2 |-| eth0 10.1.0.3 |-| eth0      | one
#	| eth1 10.2.0.1 |-| eth1 10.2.0.2 | |          .4   | |  10.1.0.9 | two
#	| wg0  10.6.0.1 |=| wg0  10.6.0.2 |=| wg0  10.6.0.3 | +-----------+ by one
#	| wg1  10.7.0.1 |=| wg1  10.7.0.2 | +---------------+               by two
#	+---------------+ +---------------+
#
# Times are the kernel's: since when a peer is dead, and when it was heard last.
# D has no kcluster peers: a second implementation of the channel talks there.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

# Who is loaded later leaves a namespace earlier, while WireGuard still sends.
modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
modprobe -r kcluster 2>/dev/null
need_module
need jq wg nft python3 tcpdump

talk=$selftests/peer_talk.py

net one
net two
node A B C D X
plug A eth0 one 10.1.0.1/24
plug B eth0 one 10.1.0.2/24
plug C eth0 one 10.1.0.3/24
plug D eth0 one 10.1.0.4/24
plug X eth0 one 10.1.0.9/24
plug A eth1 two 10.2.0.1/24
plug B eth1 two 10.2.0.2/24
wireguard A 10.1.0.1 B 10.1.0.2 C 10.1.0.3 D 10.1.0.4
tunnel wg1 7 A 10.2.0.1 B 10.2.0.2
ip netns exec "${ns_prefix}A" clusterctl -j monitor >"$tmp/events" &
background+=($!)

# peer NODE NAME FILTER: one value of a peer, by a jq expression.
peer()
{
	cc "$1" -s -j peer show "$2" 2>/dev/null | jq -r ".[0] | $3"
}

is_peer()
{
	[ "$(peer "$1" "$2" .state)" = "$3" ]
}

is()
{
	[ "$(peer "$1" "$2" "$3")" = "$4" ]
}

# counter NODE NAME: of the network namespace.
counter()
{
	cc "$1" -s -j status | jq -r ".statistics[\"$2\"]"
}

# event FILTER: some event of A's has been like that.
event()
{
	[ "$(jq -s "map(select($1)) | length > 0" "$tmp/events")" = true ]
}

# both_alive
alive()
{
	is_peer A b alive && is_peer B a alive
}

add_both()
{
	cc A peer add b address 10.6.0.2 "$@" && cc B peer add a address 10.6.0.1 "$@"
}

flush_both()
{
	cc A peer flush && cc B peer flush
}

# refused TEXT ARGUMENT...: exits with 1, in one line with that text.
refused()
{
	local text=$1

	shift
	cc A "$@" 2>"$tmp/err"
	check_is "refused: $*" 1 $?
	check "it says: $text" grep -q -e "$text" "$tmp/err"
	check_is "in one line" 1 "$(wc -l <"$tmp/err")"
}

# --- refusals ---------------------------------------------------------------

refused "eth0 is not a WireGuard device" peer add b address 10.1.0.2
refused "eth0 is not a WireGuard device" peer add b address 10.6.0.2 dev eth0
refused "no route leads to 192.0.2.1" peer add b address 192.0.2.1
refused "10.6.0.1 is an address of this node" peer add b address 10.6.0.1
refused "fd06::1 is an address of this node" peer add b address fd06::1 dev wg0
refused "224.0.0.1 is a multicast address" peer add b address 224.0.0.1 dev wg0
refused "not a device name" peer add b address 10.6.0.2 dev a/b
refused "two paths to 10.6.0.2 by wg0" peer add b address 10.6.0.2 path 10.6.0.2 dev wg0
refused "interval" peer add b address 10.6.0.2 interval 9ms
refused "interval" peer add b address 10.6.0.2 interval 11s
refused "lose" peer add b address 10.6.0.2 lose 1
refused "lose" peer add b address 10.6.0.2 lose 21
refused "more than 4 paths" peer add b address 10.6.0.2 path 10.6.0.3 path 10.6.0.4 \
	path 10.7.0.2 path 10.7.0.3
refused 'no peer named "b"' peer del b
refused 'no peer named "b"' peer set b lose 4
refused 'no peer named "b"' peer show b
check_is "nothing was added by any of it" "[]" "$(cc A -j peer show | jq -c .)"
# Not by "on", of which a killed shell would leave the program behind.
ip netns exec "${ns_prefix}A" python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 3780)); print(1, flush=True)
time.sleep(1000)' >"$tmp/squatter" &
squatter=$!
wait_for 10 test -s "$tmp/squatter"
refused "another program has UDP port 3780" peer add b address 10.6.0.2
kill $squatter
wait $squatter 2>/dev/null

# --- alive ------------------------------------------------------------------

cc A peer add b address 10.6.0.2
check_is "a peer is added" 0 $?
check_is "its device is that of the route" wg0 "$(peer A b '.paths[0].ifname')"
check_is "the default is 100 ms times 3" "100 3" "$(peer A b '"\(.interval) \(.lose)"')"
refused 'peer "b" exists already' peer add b address 10.6.0.3
refused 'is a path to peer "b" already' peer add c address 10.6.0.2 dev wg0
check "it is dead when nothing was heard for that long" wait_for 5 is_peer A b dead
check "and status is degraded" eval '! cc A status >/dev/null'
cc A status >/dev/null
check_is "with exit status 3" 3 $?
cc B peer add a address 10.6.0.1 dev wg0
check "both are alive once both know each other" wait_for 2 alive
check "the event says so" wait_for 2 event '.type == "PEER" and .state == "alive" and .old_state == "dead"'
check "with its round-trip time" wait_for 3 eval '[ "$(peer A b ".paths[0].rtt > 0 and .paths[0].rtt < 50000")" = true ]'
check_is "the version both know" 1 "$(peer A b .version)"
check_is "what fits into a datagram over IPv4" 1368 "$(peer A b .payload_max)"
sleep 2
check_is "nothing is lost" 0 "$(peer A b '.paths[0].loss')"
check "status is well" cc A status
check "the port is held" eval 'on A ss -ulnH | grep -q ":3780 "'

# --- suspect and dead -------------------------------------------------------

# Seconds from when it was last heard to its present state, by the kernel.
silence_of()
{
	peer "$1" "$2" '(.last_heard - .since) / 1000'
}

silence B one
check "a peer that is cut off is dead" wait_for 3 is_peer A b dead
check_between "100 ms times 3: seconds of silence until then" 0.299 "$(silence_of A b)" 0.32
check "the reason says it" eval 'peer A b .reason | grep -q "^silent for"'
check "it was suspect before" event '.name == "b" and .state == "suspect" and .old_state == "alive"'
restore B one
check "it is alive again" wait_for 3 alive
check "lost datagrams are shown" eval '[ "$(peer A b ".paths[0].loss")" -gt 0 ]'

cc A peer set b lose 20
check "a peer can be set" is A b .lose 20
silence B one
check "20 intervals: suspect at first" wait_for 3 is_peer A b suspect
check_between "seconds of silence until then" 0.999 "$(silence_of A b)" 1.02
check "dead then" wait_for 3 is_peer A b dead
check_between "seconds of silence until then" 1.999 "$(silence_of A b)" 2.02
restore B one
check "alive again" wait_for 3 alive

cc A peer set b interval 10ms lose 3
cc B peer set a interval 10ms lose 3
check "10 ms: each knows the other's interval" wait_for 3 is B a .peer_interval 10
sleep 1
deaths=$(peer A b '.statistics.deaths')
sleep 5
timed check_is "10 ms times 3: no false death in 5 s" "$deaths" "$(peer A b '.statistics.deaths')"
silence B one
check "dead" wait_for 3 is_peer A b dead
check_between "10 ms times 3: seconds of silence until then" 0.029 "$(silence_of A b)" 0.045
restore B one
check "alive again" wait_for 3 alive
cc A peer set b interval 1s
check "the longer interval counts" wait_for 3 is B a .peer_interval 1000
silence B one
check "not dead after 30 ms" stays 1 negate is_peer B a dead
restore B one

# --- firewalls --------------------------------------------------------------

cc A peer set b interval 100ms
cc B peer set a interval 100ms
check "alive" wait_for 4 alive
for i in A B; do
	on $i sysctl -qw net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.wg0.rp_filter=1
	on $i nft -f - <<-END
		table inet wall {
			counter tracked { }
			counter untracked { }
			counter seen { }
			chain in {
				type filter hook input priority 0; policy drop;
				udp dport 3780 counter name seen
				udp dport 51820 accept
			}
			chain out {
				type filter hook output priority 0;
				udp dport 3780 ct state untracked counter name untracked
				udp dport 3780 ct state != untracked counter name tracked
			}
		}
	END
done
# The tunnel's own connection is known by then, and is all that there is room for.
sleep 1
max=$(cat /proc/sys/net/netfilter/nf_conntrack_max)
deaths=$(peer A b '.statistics.deaths')
echo 1 >/proc/sys/net/netfilter/nf_conntrack_max
check "INPUT that drops all and a full connection table do not cut the channel" \
	stays 2 is_peer A b alive
check_is "nobody died of it" "$deaths" "$(peer A b '.statistics.deaths')"
# counted NAME: packets
counted()
{
	on A nft -j list counter inet wall "$1" | jq '.nftables[] | .counter? // empty | .packets'
}
check "what is sent is not tracked" eval '[ "$(counted untracked)" -gt 10 ]'
check_is "none of it" 0 "$(counted tracked)"
check_is "nor does INPUT see what comes" 0 "$(counted seen)"
echo "$max" >/proc/sys/net/netfilter/nf_conntrack_max
for i in A B; do
	on $i nft delete table inet wall
	on $i sysctl -qw net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.wg0.rp_filter=0
done

# --- what does not count ----------------------------------------------------

stray=$(counter A discard-not-a-peer)
for i in 1 2 3; do
	on X "$talk" send 10.1.0.1 3780 0101000001010000
	on C "$talk" send 10.6.0.1 3780 0101000001010000
	on C "$talk" send fd06::1 3780 0101000001010000
done
check "a LAN host and an unknown peer are counted" wait_for 2 eval \
	'[ "$(counter A discard-not-a-peer)" = '$((stray + 9))' ]'
# The peer's address, by another device than that of the path.
on A sysctl -qw net.ipv4.conf.eth0.rp_filter=0 net.ipv4.conf.all.rp_filter=0
ipn X address add 10.6.0.2/32 dev lo
on X "$talk" send 10.1.0.1 3780 0101000001010000 10.6.0.2
check "a peer's address by another device is counted" wait_for 2 eval \
	'[ "$(counter A discard-wrong-device)" = 1 ]'
ipn X address del 10.6.0.2/32 dev lo

before=$(peer A b '[.state, .incarnation, .statistics.restarts, .statistics.deaths] | tostring')
bad()
{
	local name=$1 was

	was=$(peer A b ".statistics[\"$name\"]")
	on B "$talk" send 10.6.0.1 3780 "$2"
	check "$3: counted as $name" wait_for 2 is A b ".statistics[\"$name\"]" $((was + 1))
}
life=$(peer A b .incarnation | xargs printf '%016x')
tail=0000000000000001
bad discard-malformed 01 "one octet"
bad discard-malformed "010100ff01010000$life$tail" "a payload that is not there"
bad discard-malformed "0101000001010000$life$tail" "an empty HELLO"
bad discard-malformed "010100000101000000000000000000000000000000000001" "no incarnation"
bad discard-version "090100000909000000000000000000010000000000000001" "an unknown version"
bad discard-stale "010200000101000000000000000000010000000000000001" "an earlier life"
bad duplicates "0102000001010000$life$(printf '%016x' "$(peer B a '.paths[0].sent')")" \
	"a number that has come"
check_is "none of it changed anything" "$before" \
	"$(peer A b '[.state, .incarnation, .statistics.restarts, .statistics.deaths] | tostring')"

# --- who was cut off --------------------------------------------------------

# An observer that is dead is spoken to at every tenth interval only. But A was away, not
# the others, and hears so from B.
cc A peer add c address 10.6.0.3 dev wg0 observer on interval 2s
cc C peer add a address 10.6.0.1 dev wg0 observer on interval 2s
check "a peer and an observer are alive" wait_for 10 eval \
	'is_peer A b alive && is_peer A c alive && is_peer C a alive'
silence A one
check "A is cut off: all are dead to it, and it to them" wait_for 10 eval \
	'is_peer A b dead && is_peer A c dead && is_peer B a dead && is_peer C a dead'
# Who is set is spoken to; then not for 20 seconds.
cc A peer set c lose 3
cc C peer set a lose 3
# As long as the words wait for a MAC address they would still arrive.
given_up()
{
	[ -z "$(ipn A neigh show to 10.1.0.3 nud incomplete
		ipn C neigh show to 10.1.0.1 nud incomplete)" ]
}
check "both have just spoken, which is lost" wait_for 10 given_up
restore A one
check "it is back: the observer does not wait for its turn" wait_for 4 eval \
	'is_peer A c alive && is_peer C a alive'
cc A peer del c
cc C peer del a

# --- farewell and restart ---------------------------------------------------

first=$(peer A b .incarnation)
cc B peer del a
check "a peer that says goodbye is dead at once" wait_for 1 is_peer A b dead
check_is "and the reason" "it said goodbye" "$(peer A b .reason)"
check_between "seconds from its last word" -0.001 "$(silence_of A b)" 0.01
cc B peer add a address 10.6.0.1
check "added again, it is alive" wait_for 1 alive
check_is "it has started anew" 1 "$(peer A b .statistics.restarts)"
check "in a later life" eval '[ "$(peer A b .incarnation)" -gt '"$first"' ]'
check "the event says so" event '.name == "b" and .restarted'

cc C peer add a address 10.6.0.1 dev wg0
cc A peer add c address 10.6.0.3 dev wg0
check "a third node" wait_for 2 is_peer A c alive
ip netns del "${ns_prefix}C"
check "a network namespace that goes away says goodbye" wait_for 5 eval \
	'is_peer A c dead && [ "$(peer A c .reason)" = "it said goodbye" ]'
cc A peer del c
check "the event tells that it is gone" wait_for 2 event '.name == "c" and .state == "gone"'

# --- save and restore -------------------------------------------------------

cc A peer set b interval 200ms lose 5
cc A save >"$tmp/saved"
check "save has it" grep -qx 'peer add b address 10.6.0.2 dev wg0 interval 200ms lose 5' \
	"$tmp/saved"
cc A flush
check_is "flush deletes it" "[]" "$(cc A -j peer show | jq -c .)"
check "nothing holds the port any more" eval '! on A ss -ulnH | grep -q ":3780 "'
check "the batch brings it back" cc A -batch "$tmp/saved"
check "it is alive" wait_for 3 alive
cc A save >"$tmp/again"
check "a save is the same again" cmp "$tmp/saved" "$tmp/again"
check "with -replace it goes on living" cc A -replace -batch "$tmp/saved"
check "nobody noticed" is A b .statistics.deaths 0
flush_both

# --- two paths --------------------------------------------------------------

cc A peer add b address 10.6.0.2 path 10.7.0.2 interval 50ms
cc B peer add a address 10.6.0.1 path 10.7.0.1 interval 50ms
both_up()
{
	is A b '[.paths[].up] | tostring' '[true,true]' &&
		is B a '[.paths[].up] | tostring' '[true,true]'
}
check "two paths are up" wait_for 3 both_up
check_is "the first one is the best" true "$(peer A b '.paths[0].best')"
silence B one
check "one is cut: it is down" wait_for 3 is A b '[.paths[].up] | tostring' '[false,true]'
check_is "the other one is the best now" true "$(peer A b '.paths[1].best')"
timed check "the peer is alive all the time" is A b '"\(.state) \(.statistics.deaths)"' "alive 0"
check "the event tells of the path" wait_for 2 event \
	'.type == "PEER_PATH" and .ifname == "wg0" and (.up | not)'
cc A status >/dev/null
check_is "status is degraded" 3 $?
restore B one
check "it is back" wait_for 3 both_up
check_is "and the best again" true "$(peer A b '.paths[0].best')"
ipn A link del wg1
check "a device that goes away takes its path along" wait_for 3 is A b \
	'"\(.paths[1].up) \(.paths[1].flaw)"' "false does not exist"
ipn A link add wg1 type veth peer name wg1x
ipn A link set wg1 up
check "another device by that name is not used" wait_for 3 is A b \
	'"\(.paths[1].up) \(.paths[1].flaw)"' "false is not a WireGuard device"
ipn A link del wg1
flush_both

# --- IPv6 -------------------------------------------------------------------

cc A peer add b address fd06::2 interval 50ms
cc B peer add a address fd06::1 interval 50ms
check "alive over IPv6" wait_for 3 alive
check_is "what fits into a datagram over IPv6" 1348 "$(peer A b .payload_max)"
silence B one
check "dead when it is cut off" wait_for 3 is_peer A b dead
check_between "50 ms times 3: seconds of silence until then" 0.149 "$(silence_of A b)" 0.17
restore B one
check "alive again" wait_for 3 alive
flush_both

# --- another implementation -------------------------------------------------

ip netns exec "${ns_prefix}D" "$talk" hear 600 >"$tmp/heard" &
hearer=$!
background+=("$hearer")
cc A peer add d address 10.6.0.4 interval 50ms
check "what a node says is what is written" wait_for 5 eval \
	'jq -es "length > 3 and all(.version == 1 and .type == 1 and .min == 1 and .max == 1 and
		.reserved == 0 and .port == 3780 and .interval == 50000 and .length == 32 and
		(.hears | not) and .octets == 56) and ([.[].sequence] == [range(.[0].sequence; .[0].sequence + length)])" "$tmp/heard"'
modprobe -r kcluster
check_is "the module can be removed" 0 $?
check "it says goodbye" wait_for 3 eval 'jq -es ".[-1].goodbye" "$tmp/heard"'
modprobe kcluster
kill $hearer
wait $hearer 2>/dev/null
cc A peer add d address 10.6.0.4 interval 50ms
ip netns exec "${ns_prefix}D" "$talk" be 600 3 &
background+=($!)
check "a peer that knows later versions, and says more, is alive" wait_for 5 is_peer A d alive
check_is "the common version" 1 "$(peer A d .version)"
check "messages of a kind that is not known are counted" eval \
	'[ "$(peer A d ".statistics[\"discard-type\"]")" -gt 0 ]'
check_is "nothing is malformed" 0 "$(peer A d '.statistics["discard-malformed"]')"
cc A peer flush

# --- those who may not do much ----------------------------------------------

user()
{
	unshare -rn sh -c "$1" 2>&1
}
check "a user's own namespace: 1 s when not given" eval \
	'user "clusterctl peer add b address 10.6.0.2 dev wg0 && clusterctl -j peer show" |
		jq -e ".[0].interval == 1000"'
check "no shorter interval" eval \
	'user "clusterctl peer add b address 10.6.0.2 dev wg0 interval 999ms" |
		grep -q "once per second at most"'
check "no more than 16 peers" eval \
	'user "for i in \$(seq 17); do clusterctl peer add p\$i address 10.6.0.\$i dev wg0; done" |
		grep -q "may have 16 peers"'
check "who has no CAP_NET_ADMIN changes nothing" eval \
	'on A setpriv --bounding-set -net_admin --inh-caps -net_admin \
		clusterctl peer add b address 10.6.0.2 2>&1 | grep -q CAP_NET_ADMIN'
seq 257 | sed 's/.*/peer add p& address fd06::1:& dev wg0 interval 10s/' >"$tmp/many"
cc A -batch "$tmp/many" 2>"$tmp/err"
check "256 peers are the most" grep -q "may have 256 peers" "$tmp/err"
check_is "all of them are there" 256 "$(cc A -j peer show | jq length)"
check "they are flushed" cc A peer flush
seq 4097 | sed 's/.*/peer add p& address fd06::1:& dev wg0 observer on interval 10s/' >"$tmp/many"
cc A -batch "$tmp/many" 2>"$tmp/err"
check "4096 observers are the most" grep -q "may have 4096 observers" "$tmp/err"
check_is "all of them are there" 4096 "$(cc A -j peer show | jq 'map(select(.observer)) | length')"
cc A peer set p4000 lose 4
check_is "each is found" 4 "$(cc A -j peer show p4000 | jq '.[0].lose')"
check "and a peer beside them" cc A peer add b address 10.6.0.2
check "status counts observers, and none is missed" eval \
	'cc A status | grep -q "observers: 0 of 4096 alive"; ! cc A status | grep -q "peer p1 "'
check "all are flushed" cc A peer flush

finish
