#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Cluster IPs as users and scripts see them: words, refusals, JSON, batches and
# the monitor. The picture is in crowd.sh.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/crowd.sh
. "$(dirname "$0")/crowd.sh"

need_module
need jq
build_crowd A

# wrong TEXT ARGUMENTS...: exits with 2 and says that text in its first line.
wrong()
{
	local text=$1

	shift
	cc A "$@" 2>"$tmp/err" >"$tmp/out"
	check_is "wrong: $*" 2 $?
	head -n 1 "$tmp/err" >"$tmp/line"
	check "it says: $text" grep -q -e "$text" "$tmp/line"
}

cc A -j monitor >"$tmp/monitor" 2>"$tmp/monitor.err" &
background+=($!)
disown

# --- words ------------------------------------------------------------------

web=(clusterip add web dev eth0 address 10.1.0.100/24)
wrong 'name' clusterip add
wrong "'dev DEV' expected" clusterip add web address 10.1.0.100 nodes static 2 local 1
wrong "'address ADDRESS' expected" clusterip add web dev eth0 nodes static 2 local 1
wrong 'nodes static TOTAL local LIST' "${web[@]}"
wrong 'local LIST' "${web[@]}" nodes static 2
wrong "local: '0' given" "${web[@]}" nodes static 2 local 0
wrong 'nodes static' "${web[@]}" nodes static 513 local 1
wrong 'nodes: .*static' "${web[@]}" nodes some
wrong "'router VRRP-NAME' expected" "${web[@]}" nodes peers
wrong 'on-partition: ' "${web[@]}" nodes peers router r on-partition maybe
wrong 'weight: ' "${web[@]}" nodes peers router r weight 65536
wrong 'lease: ' "${web[@]}" nodes peers router r lease long
wrong 'nodes: .*peers say themselves' clusterip set web nodes peers
wrong 'router cannot be changed' clusterip set web router r
wrong 'hash: ' "${web[@]}" hash md5 nodes static 2 local 1
wrong 'mac: ' "${web[@]}" mac 01:00:5e nodes static 2 local 1
wrong 'seed is given twice' "${web[@]}" seed 1 seed 2 nodes static 2 local 1
wrong 'address cannot be changed' clusterip set web address 10.1.0.101
wrong 'nothing to set' clusterip set web
wrong "'follow NAME' expected" "${web[@]}" gateway on
wrong 'follow cannot be changed' clusterip set web follow out
wrong 'gateway: ' clusterip set web gateway perhaps
wrong 'no command' clusterip nonsense
wrong 'too much' clusterip del web now
check "help tells the grammar" eval 'cc A help clusterip | grep -q "nodes static TOTAL local LIST"'

# --- refusals: one line each, and nothing is left ----------------------------

refused A 'there is no node 3: they are 1 to 2' "${web[@]}" nodes static 2 local 3
refused A '10:00:5e:00:00:01 is no multicast MAC' "${web[@]}" mac 10:00:5e:00:00:01 nodes static 2 local 1
refused A 'ff:ff:ff:ff:ff:ff is the broadcast MAC' "${web[@]}" mac ff:ff:ff:ff:ff:ff nodes static 2 local 1
refused A '01:80:c2:00:00:0e is reserved' "${web[@]}" mac 01:80:c2:00:00:0e nodes static 2 local 1
refused A 'IPv4 only' "${web[@]}" address fd01::100/64 hash legacy-source-ip nodes static 2 local 1
refused A '10.1.0.100/24 twice' "${web[@]}" address 10.1.0.100/24 nodes static 2 local 1
refused A 'multicast' clusterip add web dev eth0 address 224.0.0.5 nodes static 2 local 1
refused A 'host bits' clusterip add web dev eth0 address 10.1.0.100/24 local nodes static 2 local 1
refused A 'no cluster IP named "web"' clusterip set web local 1
refused A 'no cluster IP named "web"' clusterip del web
refused A 'no cluster IP named "web"' clusterip show web
refused A 'no virtual router named "r"' "${web[@]}" nodes peers router r
check "a virtual router" cc A vrrp add r dev eth0 vrid 9 address 10.1.0.99/24
refused A 'static nodes have no weights' "${web[@]}" nodes static 2 local 1 weight 5
refused A 'static nodes have no virtual router' "${web[@]}" nodes static 2 local 1 router r
refused A 'legacy hashes are for static nodes' "${web[@]}" nodes peers router r hash legacy-source-ip
refused A '15 characters at most' clusterip add a-name-too-long- dev eth0 address 10.1.0.100/24 nodes peers router r
refused A 'successors' "${web[@]}" nodes peers router r successors 3
refused A 'lease' "${web[@]}" nodes peers router r lease 49ms
refused A 'buckets' "${web[@]}" nodes peers router r buckets 15
wrong 'mac is given twice' "${web[@]}" nodes peers router r mac vmac mac 01:00:5e:00:00:01
cc A vrrp set r vmac on
refused A 'sends from its virtual MAC' "${web[@]}" nodes peers router r mac vmac
cc A vrrp set r vmac off
check_is "nothing was left" '[]' "$(cc A -j clusterip show | jq -c .)"
check_not "no address either" has A 10.1.0.100
on A setpriv --reuid 65534 --regid 65534 --clear-groups clusterctl "${web[@]}" nodes static 2 local 1 2>"$tmp/err"
check_is "an ordinary user is refused" 1 $?
check "and told what is needed" grep -q CAP_NET_ADMIN "$tmp/err"

# --- what peers divide, without any -----------------------------------------

check "peers are to divide it" cc A "${web[@]}" nodes peers router r weight 50 successors 2 \
	lease 400ms buckets 64 seed 3 mac vmac
check_is "there are none" idle "$(ip_of A web .state)"
check_is "it says so" "there are no peers" "$(ip_of A web .reason)"
check "status tells it as well" eval 'cc A status | grep -q "there are no peers"'
check_is "it is at the MAC of the router" 00:00:5e:00:01:09 "$(ip_of A web .mac)"
check_is "what was said is there" "peers r 50 stop 2 400 64 3 true" \
	"$(ip_of A web '"\(.mode) \(.router) \(.weight) \(.on_partition) \(.successors) \(.lease_ms) \(.bucket_count) \(.seed) \(.vmac)"')"
check_is "its number is the MAC of the device" "$(mac_of A eth0)" "$(ip_of A web .id)"
refused A 'divides\? it by the same hash and seed' clusterip set web seed 4
refused A 'peers divide has no share that is said' clusterip set web local +1
cc A save >"$tmp/saved"
check "what is saved can be read" cc A -replace -batch "$tmp/saved"
cc A save | diff - "$tmp/saved" >"$tmp/diff"
check_is "and is the same" "" "$(cat "$tmp/diff")"
check "it serves alone if it is told to" cc A clusterip set web on-partition serve
check "then it has all buckets" wait_for 10 eval '[ "$(ip_of A web .shares)" = 64 ]'
check_is "and is the authority" authority "$(ip_of A web .role)"
check "the router stops" cc A vrrp del r
check "then nobody decides" wait_for 5 eval '[ "$(ip_of A web .state)" = idle ]'
check "it says so" eval 'ip_of A web .reason | grep -q "there is no virtual router r here"'
cc A clusterip del web

# --- what there is ----------------------------------------------------------

check "one is added" cc A "${web[@]}" nodes static 8 local 1,5-8 seed 7
refused A 'cluster IP "web" exists already' "${web[@]}" nodes static 2 local 1
refused A 'there is no node 9' clusterip set web local +9
refused A 'there is no node 5: they are 1 to 4' clusterip set web nodes static 4
check_is "refusals change nothing" "8 1 5 6 7 8" "$(ip_of A web '[.nodes] + .local | join(" ")')"
check_is "show tells it" "web: serving 5 of 8 dev eth0" "$(cc A -c=never clusterip show | head -n 1)"
check "and its nodes" eval 'cc A clusterip show web | grep -q "nodes static 8 local 1,5-8"'
check "and its address" eval 'cc A clusterip show web | grep -q "address 10.1.0.100/24  held"'
check_not "counters only when asked for" eval 'cc A clusterip show web | grep -q others'
check "then also buckets" eval 'cc A -s clusterip show web | grep -q "node 5 mine packets"'
check "-j is JSON" eval 'cc A -s -j clusterip show | jq -e ".[0].buckets | length == 8" >/dev/null'
check "a hash with ports says what it costs" eval \
	'cc A clusterip set web hash source-ip-port && cc A clusterip show web | grep -q "FTP data"'
check "status has it" eval 'cc A status | grep -q "cluster IP web: serving 5 of 8"'
check "and is well" cc A status
check "it can be abbreviated" eval 'cc A clu show web | grep -q serving'

# --- both sides of a gateway -------------------------------------------------

in=(clusterip add in dev eth0 address 10.1.0.150/24 follow web)
refused A 'no cluster IP named "nobody": what is followed has to be there first' \
	clusterip add in dev eth0 address 10.1.0.150/24 follow nobody
refused A 'has no number of nodes: leave it out' "${in[@]}" nodes static 2 local 1
refused A 'has no nodes of its own: leave it out' "${in[@]}" nodes peers router r
refused A 'has no hash of its own: leave it out' "${in[@]}" hash source-ip
refused A 'has no seed of its own: leave it out' "${in[@]}" seed 7
refused A 'has no weights: leave it out' "${in[@]}" weight 5
refused A 'has no MAC of a virtual router: leave it out' "${in[@]}" mac vmac
refused A 'follows another cluster IP is a gateway' "${in[@]}" gateway off
check "a hash that answers cannot tell" cc A clusterip set web hash source-ip-port-dest-port
refused A 'goes by the port of the service' "${in[@]}"
check "and one that they can" cc A clusterip set web hash source-ip-port
check "it is followed" cc A "${in[@]}"
refused A 'follows "web" itself: follow that one' \
	clusterip add deep dev eth0 address 10.1.0.151/24 follow in
refused A 'a gateway at 01:00:5e:01:00:96 on eth0 already' clusterip add other dev eth0 \
	address 10.1.0.151/24 mac 01:00:5e:01:00:96 gateway on nodes static 1 local 1
refused A 'cluster IP "in" follows it, and answers may not tell' \
	clusterip set web hash source-ip-port-dest-port
refused A 'cluster IP "in" follows "web": delete that one first' clusterip del web
refused A 'has no hash of its own' clusterip set in hash source-ip
refused A 'has no share that is said' clusterip set in local +2
refused A 'has no weights' clusterip set in weight 5
refused A 'is a gateway: leave it out' clusterip set in gateway off
check "show tells it" eval 'cc A clusterip show in | grep -q "^    follows web$"'
check_is "JSON as well" "web true 5 static" "$(ip_of A in '"\(.follows) \(.gateway) \(.shares) \(.mode)"')"
check_is "the other one is no gateway" "null false" "$(ip_of A web '"\(.follows) \(.gateway)"')"
check "it can become one" cc A clusterip set web gateway on
check_is "then it is" true "$(ip_of A web .gateway)"
check "show tells it" eval 'cc A clusterip show web | grep -q "gateway on"'
cc A save >"$tmp/saved"
cc A -j clusterip show >"$tmp/before"
cc A clusterip flush
check "what is saved can be read" cc A -batch "$tmp/saved"
cc A -j clusterip show >"$tmp/after"
check "and is the same" diff "$tmp/before" "$tmp/after"
check "also with -replace" cc A -replace -batch "$tmp/saved"
check "which leaves out what is not said" cc A -replace "${web[@]}" nodes static 8 local 1,5-8 \
	seed 7 hash source-ip-port
check_is "so it is no gateway" false "$(ip_of A web .gateway)"
check "first the follower is deleted" cc A clusterip del in

# --- batches ----------------------------------------------------------------

cc A clusterip add six dev eth0 address fd01::100-fd01::1ff/64 address 10.40.0.0/24 local \
	mac 33:33:00:00:01:00 hash source-ip-port-dest-port nodes static 512 local 2-511
cc A save >"$tmp/saved"
cc A -j clusterip show >"$tmp/before"
check "there is something to save" [ "$(jq length "$tmp/before")" = 2 ]
check "what exists is refused" eval '! cc A -batch "$tmp/saved" 2>/dev/null'
check "with -replace it is as it shall be" cc A -replace -batch "$tmp/saved"
check "flush deletes them" cc A flush
check_is "all" '[]' "$(cc A -j clusterip show | jq -c .)"
check "what save printed is a batch" cc A -batch "$tmp/saved"
cc A -j clusterip show >"$tmp/after"
check "that recreates them" diff "$tmp/before" "$tmp/after"
cc A save >"$tmp/again"
check "and is saved as the same text" diff "$tmp/saved" "$tmp/again"
check "-replace changes what can be changed" cc A -replace "${web[@]}" nodes static 3 local 3
check_is "so that it is that" "3 3 0" "$(ip_of A web '[.nodes] + .local + [.seed] | join(" ")')"
check "and makes anew what cannot" cc A -replace clusterip add web dev eth0 \
	address 10.1.0.101/24 nodes static 3 local 3
check "with the other address" has A 10.1.0.101
check_not "instead of the first one" has A 10.1.0.100

# --- the monitor ------------------------------------------------------------

cc A clusterip set web local none
cc A clusterip set web local 1,2
cc A clusterip set web local 1
ipn A link set eth0 down
wait_for 5 eval '[ "$(ip_of A web .state)" = waiting ]'
ipn A link set eth0 up
wait_for 5 eval '[ "$(ip_of A web .state)" = serving ]'
cc A clusterip flush
news()
{
	jq -r 'select(.type == "CLUSTERIP" and .name == "web") | "\(.old_state)-\(.state)-\(.shares)"' \
		"$tmp/monitor" | tail -n 7 | xargs
}
check "the monitor tells of each change" wait_for 5 eval \
	'[ "$(news)" = "serving-idle-0 idle-serving-2 serving-serving-1 serving-waiting-1 waiting-serving-1 serving-gone-1" ] ||
	 [ "$(news | cut -d " " -f 2-)" = "serving-idle-0 idle-serving-2 serving-serving-1 serving-waiting-1 waiting-serving-1 serving-gone-1" ]'
note "told: $(news)"
check_is "numbered without a gap" "" "$(jq -r 'select(.sequence) | .sequence' "$tmp/monitor" |
	awk 'NR > 1 && $1 != last + 1 { print last, $1 } { last = $1 }')"

# --- limits -----------------------------------------------------------------

for ((i = 1; i <= 65; i++)); do
	echo "clusterip add c$i dev none0 address 10.50.0.$i nodes static 1 local 1"
done >"$tmp/many"
cc A -batch "$tmp/many" 2>"$tmp/err"
check_is "the 65th is refused" 64 "$(cc A -j clusterip show | jq length)"
check "with the number" grep -q 'may have 64 cluster IPs' "$tmp/err"
cc A clusterip flush
check "a user's own namespace may have four" eval \
	'unshare -Urn sh -c "ip link add e0 type veth peer e1
		for i in 1 2 3 4 5; do
			clusterctl clusterip add c\$i dev e0 address 10.1.0.\$i nodes static 1 local 1
		done" 2>"$tmp/err"; grep -q "may have 4 cluster IPs" "$tmp/err"'

finish
