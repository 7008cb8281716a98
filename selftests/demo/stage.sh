# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# The demo's stage: machines, servers, the client, and what is printed of all
# that happens. address.sh, firewalls.sh and shares.sh tell the stories.

demo=1
# shellcheck source=selftests/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# --- looks ------------------------------------------------------------------

bold='' dim='' red='' green='' yellow='' cyan='' plain=''
if [ -t 1 ] || [ -n "${KC_COLOR-}" ]; then
	bold=$'\033[1m' dim=$'\033[2m' red=$'\033[31m' green=$'\033[32m'
	yellow=$'\033[33m' cyan=$'\033[36m' plain=$'\033[0m'
fi
differences=0
verdicts=()

# clock TIME: seconds since the act began.
clock()
{
	awk -v t="$1" -v zero="$zero" 'BEGIN { printf "%7.2f", t - zero }'
}

say()
{
	printf '%s  %s%s%s\n' "$(clock "${2:-$(now)}")" "$bold" "$1" "$plain"
}

title()
{
	printf '\n%s%s%s\n' "$bold" "$1" "$plain"
	printf '%s\n' "$1" | sed 's/./=/g'
}

text()
{
	printf '%s\n' "$@"
}

# shown NODE WORD...: what an operator would see there.
shown()
{
	local name=$1

	shift
	printf '\n         %s%s# clusterctl %s%s\n' "$cyan" "$name" "$*" "$plain"
	cc "$name" ${bold:+-c=always} "$@" | sed 's/^/         /'
}

status()
{
	local name

	for name; do
		shown "$name" status
	done
	echo
}

# --- machines ---------------------------------------------------------------

# Those of scenario 3, a client, and WireGuard over the management network.
machines()
{
	build_scenario3
	on router sysctl -qw net.ipv4.ip_forward=1
	node client
	plug client eth0 clients 192.168.43.200/24
	ipn client route add default via 192.168.43.1
	wireguard KA1 10.7.5.1 KA2 10.7.5.2 KA3 10.7.5.3
}

# The services of a node: a web server that says its name, and what runs the
# notify script.
services()
{
	local name=KA$1

	cat >"$tmp/nginx.$name.conf" <<-END
		worker_processes 1;
		daemon off;
		pid $tmp/nginx.$name.pid;
		error_log /dev/null;
		events { worker_connections 512; }
		http {
			access_log off;
			server {
				listen 80;
				default_type text/plain;
				return 200 "$name\n";
			}
		}
	END
	in_background ip netns exec "$ns_prefix$name" nginx -c "$tmp/nginx.$name.conf"
	DEMO_DIR=$tmp in_background ip netns exec "$ns_prefix$name" \
		clusterctl monitor --exec "$here/notify" >/dev/null
}

# Every pair of nodes has shaken hands.
wireguard_up()
{
	local i

	for i in 1 2 3; do
		[ "$(on "KA$i" wg show wg0 latest-handshakes |
			awk '$2 > 0' | wc -l)" = 2 ] || return 1
	done
}

vpn_certificate()
{
	command -v openvpn >/dev/null || return
	[ -c /dev/net/tun ] || modprobe tun || return
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
		-subj /CN=vpn -days 3650 -keyout "$tmp/vpn.key" \
		-out "$tmp/vpn.crt" 2>/dev/null
}

# crash NODE NETWORK...: the crash of a machine: no cable says anything any more,
# no process runs.
crash()
{
	local name=$1 network pid

	shift
	for network; do
		silence "$name" "$network"
	done
	for pid in $(ip netns pids "$ns_prefix$name"); do
		kill -KILL "$pid" 2>/dev/null
	done
}

# --- what happened ----------------------------------------------------------

# The kernel's log, with its own time stamps.
follow_kernel()
{
	local before

	: >"$tmp/notify.log"
	before=$(now)
	echo "kcluster demo: mark" >/dev/kmsg
	in_background cat /dev/kmsg >"$tmp/kmsg"
	wait_for 5 grep -q 'demo: mark' "$tmp/kmsg"
	boot=$(awk -F'[,;]' -v t="$before" '/demo: mark/ {
		printf "%.6f", t - $3 / 1000000 }' "$tmp/kmsg")
}

# changes SINCE: TIME, router, state, reason of each change, tab-separated.
changes()
{
	awk -F'[,;]' -v boot="$boot" -v since="$1" '
		match($0, /\(KA[123]\) Entering [A-Z]+ STATE/) {
			time = boot + $3 / 1000000
			if (time < since - 0.002)
				next
			split(substr($0, RSTART, RLENGTH), word, /[() ]+/)
			reason = substr($0, RSTART + RLENGTH)
			sub(/^[^:]*: */, "", reason)
			printf "%.6f\t%s\t%s\t%s\n", time, word[2], word[4], reason
		}' "$tmp/kmsg"
}

# change SINCE ROUTER STATE: when it entered that state.
change()
{
	changes "$1" | awk -F'\t' -v r="$2" -v s="$3" '
		$2 == r && $3 == s { print $1; exit }'
}

# told WORDS: whether the notify script was called so since the mark.
told()
{
	awk -F'\t' -v since="$mark" -v words="$1" \
		'$1 >= since && $2 == words { found = 1 } END { exit !found }' \
		"$tmp/notify.log"
}

# requests SINCE: OUTAGE-ms FAILED ALL SERVER of the client. The outage is the
# longest time from the beginning of a request that failed to the next answer
# from the same address.
requests()
{
	sort -n "$tmp/client" | awk -v since="$1" '
		$1 < since || NF < 4 { next }
		{ all++ }
		$4 == "-" {
			failed++
			if (!bad[$3])
				bad[$3] = $1
			next
		}
		{
			if (bad[$3] && $2 - bad[$3] > outage)
				outage = $2 - bad[$3]
			bad[$3] = 0
			server = $4
		}
		END { printf "%d %d %d %s\n", outage * 1000 + 0.5, failed, all, server }'
}

# served NODE: the last ten requests were answered by that node.
served()
{
	[ "$(tail -n 10 "$tmp/client" | awk '{ print $4 }' | sort -u)" = "$1" ]
}

# settled: everything that was asked until now is answered or given up.
settled()
{
	awk -v t="$1" '$1 > t { found = 1; exit } END { exit !found }' "$tmp/client"
}

# timeline: what happened since the mark, in order, then what the client saw.
timeline()
{
	local outage failed all server color

	wait_for 3 settled "$(awk -v t="$(now)" 'BEGIN { printf "%.3f", t + 0.25 }')"
	{
		changes "$mark" | awk -F'\t' -v OFS='\t' '{ print $1, $2, $3, $4 }'
		awk -F'\t' -v OFS='\t' -v since="$mark" '$1 >= since {
			split($2, word, " ")
			print $1, word[2], "notify", $2 ": " $3 }' "$tmp/notify.log"
	} | sort -n | while IFS=$'\t' read -r time name what why; do
		case $what in
		MASTER) color=$green ;;
		FAULT) color=$red ;;
		notify) color=$dim ;;
		*) color=$yellow ;;
		esac
		printf '%s     %-4s%s%-7s%s %s\n' "$(clock "$time")" "$name" \
			"$color" "$what" "$plain" "$why"
	done
	read -r outage failed all server < <(requests "$mark")
	if [ "$failed" = 0 ]; then
		printf '             client %sno request failed%s of %s; served by %s\n' \
			"$green" "$plain" "$all" "$server"
	else
		printf '             client %s%s ms without an answer%s, %s of %s requests failed; served by %s\n' \
			"$yellow" "$outage" "$plain" "$failed" "$all" "$server"
	fi
}

# --- verdicts ---------------------------------------------------------------

verdict()
{
	local sign=ok

	[ "$4" = 0 ] || sign=DIFFERS
	[ "$4" = 0 ] || differences=$((differences + 1))
	verdicts+=("$1|$2|$3|$sign")
}

# expect NAME LOW SECONDS HIGH: a measured time, in seconds.
expect()
{
	local wanted seen differs

	wanted=$(awk -v l="$2" -v h="$4" 'BEGIN {
		if (l > 0) printf "%.0f to %.0f ms", l * 1000, h * 1000
		else printf "under %.0f ms", h * 1000 }')
	seen=$(awk -v s="${3-}" 'BEGIN {
		if (s == "") print "never"
		else printf "%.0f ms", s * 1000 }')
	between "$2" "${3:-none}" "$4"
	differs=$?
	verdict "$1" "$wanted" "$seen" "$differs"
}

# expect_that NAME COMMAND...: something that is or is not.
expect_that()
{
	local name=$1

	shift
	if "$@" >/dev/null 2>&1; then
		verdict "$name" yes yes 0
	else
		verdict "$name" yes no 1
	fi
}

show_verdicts()
{
	local line name wanted seen sign color

	title "Verdict: what the scenario says, and what happened"
	printf '%-58s %-16s %-10s\n' "" expected seen
	for line in "${verdicts[@]}"; do
		IFS='|' read -r name wanted seen sign <<<"$line"
		color=$green
		[ "$sign" = ok ] || color=$red
		printf '%-58s %-16s %-10s %s%s%s\n' "$name" "$wanted" "$seen" \
			"$color" "$sign" "$plain"
	done
	echo
	if [ "$differences" = 0 ]; then
		text "${green}All ${#verdicts[@]} as the scenario says.$plain"
	else
		text "$red$differences of ${#verdicts[@]} differ from the scenario.$plain"
	fi
	[ "$differences" = 0 ]
}
