# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2317,SC2329
#
# What the self-tests share: KTAP output, nodes as network namespaces, the
# networks between them, captures with the kernel's time stamps, and waiting
# for a condition.
#
#	 node A            node B            node C
#	+--------+        +--------+        +--------+
#	| eth0   |        | eth0   |        | eth0   |
#	+---||---+        +---||---+        +---||---+
#	    || veth           ||                ||
#	+---||----------------||----------------||---+
#	|  A-net            B-net             C-net  |
#	|      one bridge per network, "switch"      |
#	+--------------------------------------------+
#
# A test sources this file, builds its topology with net, node and plug, runs
# its checks, and ends with "finish". A failed check never stops the test.

set -u

ns_prefix=kc$$-
switch=${ns_prefix}switch
tmp=$(mktemp -d "${TMPDIR:-/tmp}/kcluster-test.XXXXXX")
selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)	# for the tests
tests=0
failed=0
nodes=()
background=()

# --- results ----------------------------------------------------------------

[ -n "${demo-}" ] || echo "TAP version 13"

pass()
{
	tests=$((tests + 1))
	echo "ok $tests $1${2:+ # $2}"
}

# The debug kernel takes its time; a condition that must come comes all the same.
case $(uname -r) in
*kcdebug*) patience=5 ;;
*) patience=1 ;;
esac

# A check of the pace at which things happen says nothing where the kernel itself
# is slow, as the debug kernel is, six to ten times: there it fails as a skip.
fail()
{
	if [ -n "${timing-}" ] && [ $patience -gt 1 ]; then
		skip "$1" "the debug kernel is not judged by time${2:+: $2}"
		return
	fi
	tests=$((tests + 1))
	failed=$((failed + 1))
	echo "not ok $tests $1${2:+ # $2}"
}

# check NAME COMMAND...: the check passes when the command succeeds; what a
# failing command printed follows as comments.
check()
{
	local name=$1

	shift
	if "$@" >"$tmp/check.out" 2>&1; then
		pass "$name"
	else
		fail "$name"
		echo "#   failed: $*"
		sed 's/^/#   /' "$tmp/check.out" | head -n 20
	fi
}

# check_not NAME COMMAND...: passes when the command fails.
check_not()
{
	local name=$1

	shift
	check "$name" negate "$@"
}

negate()
{
	! "$@"
}

# check_is NAME EXPECTED SEEN
check_is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "expected '$2', seen '$3'"
	fi
}

# timed COMMAND...: a check, of the pace at which things happen.
timed()
{
	# shellcheck disable=SC2034 # fail reads it
	local timing=1

	"$@"
}

# check_between NAME LOW VALUE HIGH: a measured number and its bounds.
check_between()
{
	local timing=1

	if between "$2" "${3:-none}" "$4"; then
		pass "$1" "$3, allowed $2 to $4"
	else
		fail "$1" "${3:-nothing measured}, allowed $2 to $4"
	fi
}

between()
{
	awk -v low="$1" -v value="$2" -v high="$3" 'BEGIN {
		exit !(value ~ /^-?[0-9.]+(e-[0-9]+)?$/ && value + 0 >= low + 0 &&
		       value + 0 <= high + 0) }'
}

skip()
{
	tests=$((tests + 1))
	echo "ok $tests $1 # SKIP $2"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 4
}

bail()
{
	echo "Bail out! $1"
	exit 1
}

note()
{
	echo "# $*"
}

finish()
{
	echo "1..$tests"
	[ "$tests" -gt 0 ] && [ "$failed" -eq 0 ]
	exit $?
}

# --- waiting ----------------------------------------------------------------

now()
{
	date +%s.%N
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when it has
# not within that time.
wait_for()
{
	local end pause=0.05

	end=$(($(date +%s%N) + ${1%.*} * patience * 1000000000 + 500000000))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$(date +%s%N)" -lt "$end" ] || return 1
		sleep $pause
		pause=0.15
	done
}

# stays SECONDS COMMAND...: the command succeeds over and over for that time.
stays()
{
	local end

	end=$(($(date +%s%N) + $1 * 1000000000))
	shift
	while [ "$(date +%s%N)" -lt "$end" ]; do
		"$@" || return 1
		sleep 0.1
	done
}

# --- topology ---------------------------------------------------------------

# net NAME: a network (a bridge) that nodes are plugged into.
net()
{
	[ -e "/run/netns/$switch" ] || ip netns add "$switch"
	ip -n "$switch" link add "$1" type bridge mcast_snooping 0
	ip -n "$switch" link set "$1" up
}

# node NAME...: machines, each a network namespace.
node()
{
	local name

	for name; do
		ip netns add "$ns_prefix$name"
		nodes+=("$name")
		# No duplicate address detection: addresses are usable at once.
		on "$name" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0 \
			net.ipv6.conf.default.accept_ra=0
		ip -n "$ns_prefix$name" link set lo up
	done
}

# plug NODE DEVICE NETWORK [ADDRESS...]: a cable between them.
plug()
{
	local name=$1 dev=$2 network=$3 address

	shift 3
	[ $((${#name} + ${#network})) -le 14 ] ||
		bail "$name-$network is too long for a device"
	ip -n "$switch" link add "$name-$network" type veth \
		peer name "$dev" netns "$ns_prefix$name"
	ip -n "$switch" link set "$name-$network" master "$network" up
	for address; do
		ip -n "$ns_prefix$name" address add "$address" dev "$dev"
	done
	ip -n "$ns_prefix$name" link set "$dev" up
}

# on NODE COMMAND...
on()
{
	local name=$1

	shift
	ip netns exec "$ns_prefix$name" "$@"
}

# ipn NODE ARGUMENTS...: ip(8) on that node.
ipn()
{
	local name=$1

	shift
	ip -n "$ns_prefix$name" "$@"
}

# wireguard NODE ADDRESS...: wg0 on each of these nodes, 10.6.0.1/24 on the first
# one and so on; each is a peer of each other, by the address that is given.
wireguard()
{
	tunnel wg0 6 "$@"
}

# tunnel DEVICE N NODE ADDRESS...: the same with another device, with addresses
# 10.N.0.1/24 and fd0N::1/64, and so on.
tunnel()
{
	local dev=$1 net=$2 port names=() endpoints=() keys=() i j
	local key=$tmp/wireguard.key

	port=$((51814 + net))
	shift 2
	while [ $# -gt 0 ]; do
		names+=("$1") endpoints+=("$2")
		shift 2
	done
	for i in "${!names[@]}"; do
		(umask 077 && wg genkey >"$key")
		keys+=("$(wg pubkey <"$key")")
		ipn "${names[i]}" link add "$dev" type wireguard
		on "${names[i]}" wg set "$dev" listen-port $port private-key "$key"
		ipn "${names[i]}" address add "10.$net.0.$((i + 1))/24" dev "$dev"
		ipn "${names[i]}" address add "fd0$net::$((i + 1))/64" dev "$dev"
		ipn "${names[i]}" link set "$dev" up
	done
	for i in "${!names[@]}"; do
		for j in "${!names[@]}"; do
			[ "$i" = "$j" ] || on "${names[i]}" wg set "$dev" \
				peer "${keys[j]}" endpoint "${endpoints[j]}:$port" \
				allowed-ips "10.$net.0.$((j + 1))/32,fd0$net::$((j + 1))/128" \
				persistent-keepalive 25
		done
	done
}

# Three ways in which a node's cable dies. Silently: it still has carrier and
# nothing arrives any more. Loudly: the carrier is lost.
silence()
{
	ip -n "$switch" link set "$1-$2" nomaster
}

restore()
{
	ip -n "$switch" link set "$1-$2" master "$2"
}

carrier_off()
{
	ip -n "$switch" link set "$1-$2" down
}

carrier_on()
{
	ip -n "$switch" link set "$1-$2" up
}

# frozen SECONDS [COMMAND]: stop every process but this one's child, let time
# pass, do COMMAND in the middle of it, and let all continue. The child takes
# nothing from any other process: it is one Python that slept already.
frozen()
{
	python3 - "$1" "${2-}" <<'END'
import os, signal, subprocess, sys, time
seconds, command = float(sys.argv[1]), sys.argv[2]
print("frozen", time.time())
sys.stdout.flush()
mine = os.getpid()
os.kill(-1, signal.SIGSTOP)         # all but init and ourselves
running = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        stat = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        # Kernel threads have no memory map; init cannot be stopped.
        if int(pid) not in (1, mine) and stat[20] != "0" and stat[0] not in "TtZX":
            running.append(pid)
    except OSError:
        pass
time.sleep(seconds / 2)
if command:
    # The event itself: a child that is not stopped, and gone at once.
    print("event", time.time())
    subprocess.run(command, shell=True, check=False)
time.sleep(seconds / 2)
print("thawed", time.time())
print("running", *running)
os.kill(-1, signal.SIGCONT)
END
}

cleanup()
{
	local pid name

	for pid in ${background[@]+"${background[@]}"}; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	for name in ${nodes[@]+"${nodes[@]}"}; do
		[ -e "/run/netns/$ns_prefix$name" ] || continue
		for pid in $(ip netns pids "$ns_prefix$name"); do
			kill -KILL "$pid" 2>/dev/null
		done
		ip netns del "$ns_prefix$name"
	done
	[ ! -e "/run/netns/$switch" ] || ip netns del "$switch"
	rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' INT TERM HUP

# in_background COMMAND...: its process id in $!, killed at the end.
in_background()
{
	# Otherwise it would read nothing, whatever the function is given to read.
	"$@" <&0 &
	background+=($!)
	disown		# its end is no news
}

# --- kcluster ---------------------------------------------------------------

need_module()
{
	[ "$(id -u)" = 0 ] || skip_all "needs to be root"
	command -v clusterctl >/dev/null || bail "there is no clusterctl"
	[ -d /sys/module/kcluster ] || modprobe kcluster ||
		bail "kcluster.ko does not load"
}

need()
{
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip_all "there is no $tool"
	done
}

# cc NODE ARGUMENTS...: clusterctl on that node.
cc()
{
	local name=$1

	shift
	clusterctl -n "$ns_prefix$name" "$@"
}

# refused NODE TEXT ARGUMENTS...: clusterctl exits with 1 there and says that
# text in one line.
refused()
{
	local name=$1 text=$2

	shift 2
	cc "$name" "$@" 2>"$tmp/err"
	check_is "refused: $*" 1 $?
	check "it says: $text" grep -q -e "$text" "$tmp/err"
	check_is "in one line" 1 "$(wc -l <"$tmp/err")"
}

# get NODE ROUTER FILTER: one value of a router, by a jq expression.
get()
{
	cc "$1" -s -j vrrp show "$2" 2>/dev/null | jq -r ".[0] | $3"
}

# stat_of NODE ROUTER COUNTER
stat_of()
{
	get "$1" "$2" ".statistics[\"$3\"]"
}

state_of()
{
	get "$1" "$2" '.state | ascii_downcase'
}

is_state()
{
	[ "$(state_of "$1" "$2")" = "$3" ]
}

# has NODE ADDRESS [DEVICE]: the node carries that address.
has()
{
	ipn "$1" -o address show ${3:+dev "$3"} | grep -qF " ${2%%/*}/"
}

# shellcheck source=selftests/captures.sh
. "$selftests/captures.sh"
