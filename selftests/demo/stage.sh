# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# The demo's stage: machines, servers, the client, and what is printed of all
# that happens. globe.sh, address.sh, firewalls.sh and shares.sh tell the stories.

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

# --- one file for all nodes ---------------------------------------------------

cluster=/etc/kcluster/cluster.conf

# keys NODE...: a private key for each. public NODE: the one that stands in the file.
keys()
{
	local name

	for name; do
		(umask 077 && wg genkey >"$tmp/$name.key")
	done
}

public()
{
	wg pubkey <"$tmp/$1.key"
}

# show_file FIRST LAST: these lines of it (patterns), as an editor would show them.
show_file()
{
	printf '\n         %s%s%s\n' "$cyan" "$cluster" "$plain"
	sed -n "/$1/,/$2/p" "$tmp/cluster.conf" |
		sed -E "s,$tmp/,/etc/kcluster/,; s/(PublicKey = .{8}).*/\\1.../; s/^/         /"
	echo
}

# set_up NODE...: what makes each its part of the file.
set_up()
{
	local name

	for name; do
		printf '         %s%s# clusterctl setup%s\n' "$cyan" "$name" "$plain"
		cc "$name" setup -f "$tmp/cluster.conf" -key "$tmp/$name.key" >"$tmp/set_up" 2>&1 ||
			verdict "$act: $name is set up" yes no 1
		sed "s,$tmp/cluster.conf,$cluster,; s/^/         /" "$tmp/set_up"
	done
	echo
}

# --- machines ---------------------------------------------------------------

# Those of scenario 3, and a client.
machines()
{
	build_scenario3
	on router sysctl -qw net.ipv4.ip_forward=1
	node client
	plug client eth0 clients 192.168.43.200/24
	ipn client route add default via 192.168.43.1
}

# listen NODE [WORD...]: the changes that it tells, with the time.
listen()
{
	local name=$1

	shift
	in_background ip netns exec "$ns_prefix$name" \
		clusterctl -t monitor "$@" >>"$tmp/events.$name" 2>/dev/null
}

# stamped NODE: what it told, each line with the time in seconds before it.
stamped()
{
	sed -n 's/^\[\([^]]*\)\].*/\1/p' "$tmp/events.$1" | date -f - +%s.%N |
		paste -d ' ' - "$tmp/events.$1"
}

# The services of a node: a web server that says its name, and what runs the
# notify script.
services()
{
	web "KA$1"
	DEMO_DIR=$tmp DEMO_NODE=KA$1 listen "KA$1" --exec "$here/notify"
}

# web NODE: a web server that says its name.
web()
{
	local name=$1

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

# changes NODE: TIME, node, state, reason of each change since the mark, tab-separated.
changes()
{
	stamped "$1" | awk -v OFS='\t' -v since="$mark" -v node="$1" '
		$1 >= since && $5 == "->" && $6 ~ /^(MASTER|BACKUP|FAULT)$/ {
			match($0, /\(.*\)$/)
			print $1, node, $6, substr($0, RSTART + 1, RLENGTH - 2)
		}'
}

# told WORDS: whether the notify script was called so since the mark.
told()
{
	awk -F'\t' -v since="$mark" -v words="$1" \
		'$1 >= since && $3 == words { found = 1 } END { exit !found }' \
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

# seen_by_client: what the client saw since the mark.
seen_by_client()
{
	local outage failed all server

	read -r outage failed all server < <(requests "$mark")
	if [ "$failed" = 0 ]; then
		printf '             client %sno request failed%s of %s; served by %s\n' \
			"$green" "$plain" "$all" "$server"
	else
		printf '             client %s%s ms without an answer%s, %s of %s requests failed; served by %s\n' \
			"$yellow" "$outage" "$plain" "$failed" "$all" "$server"
	fi
}

# timeline NODE...: what happened since the mark, in order, then what the client saw.
timeline()
{
	local name time what why color

	wait_for 3 settled "$(awk -v t="$(now)" 'BEGIN { printf "%.3f", t + 0.25 }')"
	{
		for name; do
			changes "$name"
		done
		awk -F'\t' -v OFS='\t' -v since="$mark" '$1 >= since {
			print $1, $2, "notify", $3 ": " $4 }' "$tmp/notify.log"
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
	seen_by_client
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
