# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034,SC2154 # what lib.sh and the caller have
#
# Who is compared, and how each decides, on this machine:
#
#	 S (whoever sends)             R
#	+------+                     +-------------------------------------+
#	| eth0 |=====================| eth0  10.1.0.1, fd01::1             |
#	+------+                     |       10.16.0.0 or fd16:: and so on |
#	                             +-------------------------------------+
#
# R is one node of two and has $count addresses of $family from $first on, which
# are in $tmp/block as well. Every subject is told which of the two it is; it
# takes the frames that come to the shared MAC as frames of its own.

mac=01:00:5e:10:00:00
spaces=0

modules()
{
	local module

	for module in kcluster ip_tables iptable_filter iptable_mangle \
		ip6table_mangle ipt_CLUSTERIP xt_cluster xt_set; do
		modprobe $module || echo "there is no $module"
	done
}

# machines FAMILY COUNT WHO: S and R anew; WHO are "others" if the addresses are
# put there for them.
machines()
{
	family=$1 count=$2
	[ $spaces = 0 ] || ip netns del "$ns_prefix$sender"
	[ $spaces = 0 ] || ip netns del "$ns_prefix$receiver"
	spaces=$((spaces + 1))
	sender=S$spaces receiver=R$spaces
	nodes=()
	node "$sender" "$receiver"
	ip -n "$ns_prefix$sender" link add eth0 type veth peer eth0 \
		netns "$ns_prefix$receiver"
	# Nobody asks who is there.
	ipn "$sender" link set eth0 arp off
	on "$sender" sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1
	ipn "$sender" link set eth0 up
	ipn "$receiver" address add 10.1.0.1/24 dev eth0
	ipn "$receiver" address add fd01::1/64 dev eth0
	ipn "$receiver" link set eth0 up
	own=$(on "$receiver" cat /sys/class/net/eth0/address)
	if [ "$family" = 4 ]; then
		client=10.1.0.9 first=10.16.0.0 length=32
	else
		client=fd01::9 first=fd16:: length=128
	fi
	block "$family" "$count" >"$tmp/block"
	[ "$3" != others ] || sed "s|.*|address add &/$length dev eth0|" \
		"$tmp/block" | ipn "$receiver" -batch -
	# What a new namespace does at first, and the end of the old one.
	sleep 3
}

block()
{
	local i

	for ((i = 0; i < $2; i++)); do
		if [ "$1" = 4 ]; then
			echo "10.16.$((i / 256)).$((i % 256))"
		else
			printf 'fd16::%x\n' $i
		fi
	done
}

# start SUBJECT MODE NODE [NODES]: R decides so, as that node of two or of NODES.
start()
{
	local total=${4-2}

	case $1 in
	floor) ;;
	drop) on "$receiver" nft -f - <<-'END'
		table netdev bench {
			chain in {
				type filter hook ingress device eth0 priority 0;
				drop
			}
		}
		END
		;;
	kcluster)
		cc "$receiver" clusterip add bench dev eth0 mac $mac hash "$2" \
			seed 0 address-from "$tmp/block" nodes static "$total" local "$3" ;;
	leased) lease "$2" ;;
	router) cc "$receiver" vrrp add bench dev eth0 vrid 9 interval 10s address 10.2.0.1/24 ;;
	clusterip) theirs "$2" "$3" ;;
	xt_cluster) match "$3" ;;
	nft-*) rules "${1#nft-}" "$2" "$3" | on "$receiver" nft -f - ;;
	esac
}

stop()
{
	case $1 in
	drop | nft-*) on "$receiver" nft flush ruleset ;;
	kcluster) cc "$receiver" clusterip flush ;;
	leased) cc "$receiver" clusterip flush ;;
	router) cc "$receiver" vrrp flush ;;
	clusterip) on "$receiver" iptables-legacy -F ;;
	xt_cluster)
		on "$receiver" "$(xtables)" -t mangle -F
		on "$receiver" ipset destroy 2>/dev/null ;;
	esac
}

# lease MODE: R is the only one of those who would divide them, and has it all, as
# long as its lease lasts, at which every packet looks.
lease()
{
	cc "$receiver" clusterip add bench dev eth0 mac $mac hash "$1" \
		seed 0 address-from "$tmp/block" nodes peers router bench \
		on-partition serve lease 60s &&
		wait_for 300 eval \
			'[ "$(cc "$receiver" -j clusterip show bench | jq ".[0].shares")" -gt 0 ]'
}

# theirs MODE NODE, of $total: a rule per address, it takes no blocks.
theirs()
{
	local mode=sourceip

	case $1 in
	source-ip-port) mode=sourceip-sourceport ;;
	source-ip-port-dest-port) mode=sourceip-sourceport-destport ;;
	esac
	{
		echo '*filter'
		sed "s|.*|-A INPUT -d & -i eth0 -j CLUSTERIP --new --hashmode $mode --clustermac $mac --total-nodes $total --local-node $2 --hash-init 0|" \
			"$tmp/block"
		echo COMMIT
	} | on "$receiver" iptables-legacy-restore
}

xtables()
{
	[ "$family" = 4 ] && echo iptables-legacy || echo ip6tables-legacy
}

# match NODE, of $total: xt_cluster knows the source only.
match()
{
	local to=(-d "$first")

	if [ "$count" != 1 ]; then
		{
			echo "create block hash:ip $([ "$family" = 4 ] || echo family inet6)"
			sed 's/^/add block /' "$tmp/block"
		} | on "$receiver" ipset restore
		to=(-m "set" --match-set block dst)
	fi
	on "$receiver" "$(xtables)" -t mangle -A PREROUTING -i eth0 "${to[@]}" \
		-m cluster --cluster-total-nodes "$total" ! --cluster-local-node "$1" \
		--cluster-hash-seed 0 -j DROP
}

# rules HOOK MODE NODE, of $total: an nftables ruleset.
rules()
{
	local ip=ip table=netdev hook='ingress device eth0 priority 0' what
	local kind=ipv4_addr to

	[ "$family" = 4 ] || ip=ip6 kind=ipv6_addr
	[ "$1" = ingress ] || table=$ip hook='prerouting priority raw'
	case $2 in
	source-ip) what="$ip saddr" ;;
	source-ip-port) what="$ip saddr . th sport" ;;
	source-ip-port-dest-port) what="$ip saddr . th sport . th dport" ;;
	esac
	to=$first
	echo "table $table bench {"
	if [ "$count" != 1 ]; then
		echo "set block { type $kind; elements = { $(paste -sd , "$tmp/block") }; }"
		to=@block
	fi
	cat <<-END
		chain judge {
			jhash $what mod $total seed 0x1 != $(($3 - 1)) drop
			meta pkttype set unicast
		}
		chain in {
			type filter hook $hook;
			$ip daddr $to goto judge
		}
		}
	END
}
