#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Scenario 2 on two whole machines, from one cluster file: "clusterctl upgrade" puts
# another build of the module into each of them in turn, under load, and no connection
# is reset. One that cannot be loaded is replaced by the former one; one that was killed
# in the middle goes on; what was made by hand is there again.
#
#	 machine 1                              machine 2
#	+-----------------------------+        +-----------------------------+
#	| inside   client   fw1 (150) |        | fw2 (200)                   |
#	|    |        |     |  |  |   |        |  |  |  |                    |
#	|   lan    outside lan | sync |  eth0  | lan | sync                  |
#	|    +--------+-----+--+--+---|--------|--+--+--+   a VLAN for each  |
#	+-----------------------------+        +-----------------------------+
#
# Only machine 1 has checks; machine 2 does what it is told. They meet in
# /mnt/nodes: a file is a message.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/scenario2.sh
. "$(dirname "$0")/scenario2.sh"
# shellcheck source=selftests/flows.sh
. "$(dirname "$0")/flows.sh"
# shellcheck source=selftests/machines.sh
. "$(dirname "$0")/machines.sh"

[ "${KC_NODES:-0}" -ge 2 ] || skip_all "needs two machines"
modprobe wireguard 2>/dev/null || skip_all "there is no WireGuard"
need_module
need jq conntrack nft wg flows modinfo python3 strace

# Two emulated machines on two processors, which others may share: more than they can
# carry would be lost, and one that waits for its turn is silent.
tcp=40
udp=20
much="tcp 1 udp 1 chunk 2048 tick 100"
# shellcheck disable=SC2034 # for flows.sh
tick=2000 stalled=12000

networks
firewall "$KC_NODE"

# router NAME DEV VRID LINES: a section of the cluster file. All that moves here is said
# before it does: intervals are long, so that a host which stalls both machines for some
# hundred milliseconds moves nothing by itself.
router()
{
	printf '[VirtualRouter %s]\nDev = %s\nVRID = %s\n' "$1" "$2" "$3"
	printf 'Group = FW\nVMAC = on\nInterval = 1s\nPriority = 150\nPriority@fw2 = 200\n'
	printf '%b\n' "$4"
}

# file PUBLIC1 PUBLIC2: the cluster.
file()
{
	cat <<-END
	[Cluster]
	Name = scenario2
	Network = 10.6.0.0/24
	PeerInterval = 1s
	[Node fw1]
	PublicKey = $1
	Address = 10.6.0.1
	Endpoint = 10.9.9.1
	[Node fw2]
	PublicKey = $2
	Address = 10.6.0.2
	Endpoint = 10.9.9.2
	$(router LAN eth0 1 'Address = 192.168.50.1/24')
	$(router LAN6 eth0 1 'Family = inet6\nAddress = fd50::1/64\nAddress = fe80::1/64')
	$(router OUT eth1 2 "AddressFrom = $meet/block prefixlen 24")
	$(router OUT6 eth1 2 "Family = inet6\nAddress = fe80::2/64\nAddressFrom = $meet/block6 prefixlen 64 excluded")
	[Mirror]
	[Firewall]
	LAN = eth0
	Accept = lan to outside
	Publish = tcp 7777 at 203.0.113.101 to 192.168.50.10
	Publish = udp 7777 at 203.0.113.101 to 192.168.50.10
	Publish = tcp 7777 at 2001:db8::101 to [fd50::10]
	Publish = udp 7777 at 2001:db8::101 to [fd50::10]
	SNAT = lan to outside as 203.0.113.100
	SNAT = lan to outside as 2001:db8::100
	END
}

# ctl COMMAND [WORD...]: of those that need the cluster file and the key.
ctl()
{
	local command=$1

	shift
	cc "$me" "$command" -f "$meet/file" -key "$tmp/key" "$@"
}

# begin: the key of this node, and its part of the cluster. A connection in the middle
# of its life is no new one.
begin()
{
	wait_for 60 test -e "$meet/file" || return 1
	(umask 077 && cp "$meet/key.$KC_NODE" "$tmp/key")
	on "$me" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0
	ctl setup
}

# other_build SCRIPT: the module as another build would be: with another version, from
# other sources, without a signature. SCRIPT changes more of its octets, not their number.
other_build()
{
	local from

	from=$(modinfo -F filename kcluster)
	case $from in
	*.xz) xz -dc "$from" ;;
	*.zst) zstd -dc "$from" ;;
	*) cat "$from" ;;
	esac >"$tmp/plain.ko"
	python3 - "$tmp/plain.ko" "$(modinfo -F version kcluster)" \
		"$(modinfo -F srcversion kcluster)" "${1-}" <<'END'
import struct, sys
path, version, sources, script = sys.argv[1:]
data = open(path, "rb").read()
mark = b"~Module signature appended~\n"
if data.endswith(mark):
    data = data[:-len(mark)]
    data = data[:-12 - struct.unpack(">I", data[-4:])[0]]
old, new = version.encode(), version[:-1].encode() + b"9"
data = data.replace(b"version=" + old + b"\0", b"version=" + new + b"\0")
data = data.replace(b"\0" + old + b"\0", b"\0" + new + b"\0")
data = data.replace(b"version " + old, b"version " + new)
data = data.replace(b"srcversion=" + sources.encode(),
                    b"srcversion=" + bytes(reversed(sources.encode())))
exec(script)
sys.stdout.buffer.write(data)
END
}

# --- machine 2: does what it is told ----------------------------------------

if [ "$KC_NODE" = 2 ]; then
	begin 2>&1 | put setup.2
	echo "${PIPESTATUS[0]}" | put ready.2
	until [ -e "$meet/upgrade.2" ]; do sleep 0.1; done
	other_build >"$tmp/new.ko"
	ctl upgrade module "$tmp/new.ko" 2>&1 | put log.2
	echo "${PIPESTATUS[0]}" | put upgraded.2
	cc fw2 version | put version.2
	until [ -e "$meet/end.2" ]; do sleep 0.1; done
	exit 0
fi

# --- machine 1 --------------------------------------------------------------

# told MESSAGE SECONDS: machine 2 has done that, with success.
told()
{
	wait_for "$2" test -e "$meet/$1" && [ "$(cat "$meet/$1")" = 0 ]
}

# holds NODE: fw1 has all addresses, or has none and another one answers.
holds()
{
	if [ "$1" = fw1 ]; then
		has fw1 192.168.50.1 eth0 && has fw1 203.0.113.131 eth1 &&
			has fw1 2001:db8::131 eth1
	else
		negate has fw1 192.168.50.1 && negate has fw1 203.0.113.131 &&
			on inside ping -q -c 1 -W 1 192.168.50.1
	fi
}

version()
{
	cc fw1 -j version | jq -r .module
}

shown()
{
	sed 's/^/# /' "$tmp/out"
}

was=$(modinfo -F version kcluster)
will=${was%?}9
other_build >"$tmp/new.ko"
other_build 'data = data.replace(b"\0nf_conntrack_alloc\0", b"\0nf_conntrack_allox\0")
data = data.replace(b"nf_conntrack_alloc" + bytes(16), b"nf_conntrack_allox" + bytes(16))' >"$tmp/broken.ko"
other_build 'data = data.replace(b"vermagic=6.", b"vermagic=0.").replace(b"vermagic=7.", b"vermagic=0.")' >"$tmp/foreign.ko"
check_is "there is another build" "$will" "$(modinfo -F version "$tmp/new.ko")"

block
cp "$tmp/block" "$tmp/block6" "$meet"
for number in 1 2; do
	(umask 077 && wg genkey >"$meet/key.$number")
done
file "$(wg pubkey <"$meet/key.1")" "$(wg pubkey <"$meet/key.2")" | put file
ends
check "fw1 is set up" begin
check "fw2 is set up on the other machine" told ready.2 60
check "fw2 is master" wait_for 30 holds fw2
serve_all
begin_all
check "$((4 * tcp + 4)) TCP and $((4 * udp + 4)) UDP connections are up" wait_for 90 ready
check "fw1 says that it is safe to fail over" wait_for 30 in_sync fw1

# --- what is refused --------------------------------------------------------

ctl upgrade module "$tmp/foreign.ko" 2>"$tmp/err"
check_is "a module for another kernel is refused" 1 $?
check "with both kernels" grep -q "built for the kernel 0\..*, and $(uname -r) runs" "$tmp/err"
cc inside vrrp add alien dev eth0 vrid 9 interval 1s address 192.168.50.99/24
ctl upgrade module "$tmp/new.ko" 2>"$tmp/err"
check_is "what another network namespace has is not lost silently" 1 $?
check "it is named" grep -q "network namespace ${ns_prefix}inside has virtual routers" "$tmp/err"
cc inside flush
ctl upgrade module "$tmp/plain.ko" >"$tmp/out" 2>&1
check_is "the module that runs already" 0 $?
check "needs nothing" grep -q "is that of .* already; 'force' loads it anew" "$tmp/out"
ctl upgrade module "$tmp/new.ko" -check >"$tmp/out" 2>&1
check_is "-check finds nothing in the way" 0 $?
check "and tells both versions" grep -q "the module $was .* has $will " "$tmp/out"
check_is "and does nothing" "$was" "$(version)"

# --- a module that cannot be loaded -----------------------------------------

cc fw1 vrrp track set health 7 weight 10
ipn fw1 link add hand0 type dummy
cc fw1 vrrp add hand dev hand0 vrid 77 interval 1s address 10.77.0.1/24
cc fw1 save | grep -w -e hand -e health | sort >"$tmp/hand"
check_is "there are a router and a value by hand" 2 "$(wc -l <"$tmp/hand")"
by_hand()
{
	cc fw1 save | grep -w -e hand -e health | sort | diff "$tmp/hand" -
}

tell mark
ctl upgrade module "$tmp/broken.ko" >"$tmp/out" 2>&1
check_is "one that cannot be loaded" 1 $?
shown
check "is named" grep -q "broken.ko cannot be loaded: a symbol it needs is missing" "$tmp/out"
check "what is by hand was said before" grep -q "^by hand, will be made again: vrrp add hand" "$tmp/out"
check "the former one is there again" grep -q "the former module, .* runs again" "$tmp/out"
check_is "and runs" "$was" "$(version)"
check "the node is active" eval 'cc fw1 node | grep -q "^node: active"'
check "what was made by hand is there" by_hand
check "safe again" wait_for 30 in_sync fw1
lived "a module that cannot be loaded"

# --- killed in the middle ---------------------------------------------------

# It has not much more to do when it sets up, so strace(1) makes it slow.
tell mark
in_background ip netns exec "${ns_prefix}fw1" strace -f -o "$tmp/strace" -e trace=sendmsg \
	-e inject=sendmsg:delay_enter=100000 \
	clusterctl upgrade -f "$meet/file" -key "$tmp/key" module "$tmp/new.ko" > >(
		while read -r line; do
			case $line in
			"setting up"*) pkill -KILL -f "clusterctl upgrade -f" ;;
			esac
		done
	)
killed=$!
wait_for 120 negate test -e "/proc/$killed"
wait_for 5 negate pgrep -f "clusterctl upgrade -f"
check_is "killed when it sets up: the new module is there" "$will" "$(version)"
check "the node stands by" eval 'cc fw1 node | grep -q "^node: standby"'
ctl upgrade module "$tmp/new.ko" >"$tmp/out" 2>&1
check_is "the same command" 0 $?
shown
check "goes on" grep -q "^going on with an upgrade that ended in the middle" "$tmp/out"
check "the node is active" eval 'cc fw1 node | grep -q "^node: active"'
check "what was made by hand is there" by_hand
check "and it is over" [ ! -e /run/kcluster/upgrade ]
check "safe again, with different modules" wait_for 30 in_sync fw1
check "fw2 is master" wait_for 5 holds fw2
lived "the backup's module is replaced"

# --- the master -------------------------------------------------------------

tell mark
put upgrade.2 </dev/null
check "fw2, the master, is upgraded" told upgraded.2 120
sed 's/^/# fw2: /' "$meet/log.2"
wait_for 10 test -e "$meet/version.2"
check "it has the other build" grep -q "module $will$" "$meet/version.2"
check "fw2 is master again" wait_for 30 holds fw2
check "safe again" wait_for 30 in_sync fw1
check "there was a time when fw1 was master" eval 'cc fw1 vrrp history LAN | grep -q MASTER'
lived "the master's module is replaced"

# --- nobody to take over ----------------------------------------------------

tell mark
ctl upgrade module "$tmp/plain.ko" >"$tmp/out" 2>&1
check_is "back to the first build, as the backup" 0 $?
check_is "it runs" "$was" "$(version)"
check "safe again" wait_for 30 in_sync fw1
lived "back to the first build"
tell quit
put end.2 </dev/null
ipn fw1 link set eth3 down
check "fw2 is dead" wait_for 20 eval '[ "$(cc fw1 -j peer show | jq -r ".[0].state")" = dead ]'
silence fw1 lan
silence fw1 outside
check "fw1 is master" wait_for 20 holds fw1
ctl upgrade module "$tmp/new.ko" >"$tmp/out" 2>&1
check_is "an upgrade that nobody takes over from is refused" 1 $?
check "router by router" grep -q "virtual router OUT6: no other node that has it is known to be alive" "$tmp/out"
check "nothing was done" eval '[ "$(version)" = "$was" ] && holds fw1'
cc fw1 -j upgrade -f "$meet/file" -key "$tmp/key" force module "$tmp/new.ko" >"$tmp/out" 2>/dev/null
check_is "with force it is done" 0 $?
check_is "as JSON says" "fw1 $was $will" "$(jq -r '"\(.node) \(.before) \(.module)"' "$tmp/out")"
check "fw1 is master again" wait_for 20 holds fw1
finish
