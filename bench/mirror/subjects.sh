# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2154 # what lib.sh and the caller set
#
# Who is compared, and how each is started, on these machines:
#
#	client ------------ fw1 ------------ server
#	10.10.0.100    eth0  |  eth1   192.0.2.128 - .191
#	                     | eth2, 10.3.0.1
#	                     | the dedicated link
#	                     | eth2, 10.3.0.2
#	                    fw2
#
# fw1 is master of a virtual router for both sides and hides the client behind
# 192.0.2.1. Cables are between two machines and without a switch, so that what
# costs is the firewall. kcluster's messages go through wg0 over the dedicated
# link, conntrackd's through the link as they are.

port=80
limit=524288	# connections there may be
service=192.0.2.128

cable()
{
	ip -n "$ns_prefix$1" link add "$2" type veth peer "$4" \
		netns "$ns_prefix$3"
	ipn "$1" link set "$2" up
	ipn "$3" link set "$4" up
}

# policy NODE: a firewall that tracks connections, the same on both. The end of
# a connection is forgotten soon, so that it is part of what is measured.
policy()
{
	on "$1" nft -f - <<-'END'
		table inet firewall {
			chain forward {
				type filter hook forward priority filter; policy drop;
				ct state invalid drop
				ct state established,related accept
				iifname "eth0" oifname "eth1" accept
			}
			chain postrouting {
				type nat hook postrouting priority srcnat;
				oifname "eth1" ip saddr 10.10.0.0/24 snat ip to 192.0.2.1
			}
		}
		table ip link {
			chain raw {
				type filter hook prerouting priority raw;
				iifname "eth2" notrack
			}
			chain out {
				type filter hook output priority raw;
				oifname "eth2" notrack
			}
		}
	END
	on "$1" sysctl -qw net.netfilter.nf_conntrack_tcp_loose=0 \
		net.netfilter.nf_conntrack_tcp_timeout_time_wait=1
}

build()
{
	local i

	modprobe wireguard
	# The kernel collects garbage from all of the table now and then: a small one
	# where what happens meanwhile is measured.
	modprobe nf_conntrack hashsize="${buckets:-16384}"
	modprobe nf_conntrack_netlink
	sysctl -qw net.netfilter.nf_conntrack_max="$limit" \
		net.core.rmem_max=67108864 net.core.wmem_max=67108864
	modprobe kcluster
	node client fw1 fw2 server
	cable client eth0 fw1 eth0
	cable fw1 eth1 server eth0
	cable fw1 eth2 fw2 eth2
	ipn client address add 10.10.0.100/24 dev eth0
	ipn client route add default via 10.10.0.1
	ipn server address add 192.0.2.100/24 dev eth0
	for ((i = 128; i < 192; i++)); do
		echo "address add 192.0.2.$i/32 dev eth0"
	done | ipn server -batch -
	ipn fw1 address add 10.10.0.2/24 dev eth0
	ipn fw1 address add 192.0.2.2/24 dev eth1
	for i in 1 2; do
		ipn fw$i address add 10.3.0.$i/24 dev eth2
		on fw$i sysctl -qw net.ipv4.ip_forward=1
		policy fw$i
	done
	# Nobody asks who is there when the link is made long.
	for i in 1 2; do
		ipn fw$i neigh replace 10.3.0.$((3 - i)) dev eth2 nud permanent \
			lladdr "$(on fw$((3 - i)) cat /sys/class/net/eth2/address)"
	done
	wireguard fw1 10.3.0.1 fw2 10.3.0.2
	# Every connection is another one, however long they are remembered.
	on client sysctl -qw net.ipv4.ip_local_port_range='1024 65535' \
		net.ipv4.tcp_max_tw_buckets=262144
	cc fw1 vrrp add gw dev eth0 vrid 10 priority 200 interval 1s \
		address 10.10.0.1/24 address 192.0.2.1/24 dev eth1
	wait_for 20 has fw1 192.0.2.1 || echo "fw1 has no virtual address"
	on server "$tools/shorts" serve $port 32 &
	background+=($!)
	disown
	sleep 0.5
}

# short SECONDS RATE WORKERS: connections, seconds, failures.
short()
{
	on client "$tools/shorts" run $service $port "$1" "$2" "$3"
}

# configuration NODE: conntrackd's. Injecting what comes makes it known to the
# standby's kernel, as it is with kcluster.
configuration()
{
	local own=1 other=2 mode

	[ "$1" = fw1 ] || own=2 other=1
	case $subject in
	*-notrack) mode='NOTRACK { DisableInternalCache on; DisableExternalCache on; }' ;;
	*) mode='FTFW { ResendQueueSize 131072; ACKWindowSize 300; DisableExternalCache on; }' ;;
	esac
	tr ';' '\n' <<-END
		Sync {
			Mode ${mode/\{/{;}
			UDP {
				IPv4_address 10.3.0.$own
				IPv4_Destination_Address 10.3.0.$other
				Port 3781
				Interface eth2
				SndSocketBuffer 33554432
				RcvSocketBuffer 33554432
				Checksum on
			}
		}
		General {
			HashSize 131072
			HashLimit $limit
			LogFile $tmp/$1.conntrackd.log
			LockFile $tmp/$1.lock
			UNIX {
				Path $tmp/$1.ctl
			}
			NetlinkBufferSize 8388608
			NetlinkBufferSizeMaxGrowth 67108864
			NetlinkOverrunResync on
			Filter From Kernelspace {
				Protocol Accept {
					TCP
					UDP
				}
				Address Ignore {
					IPv4_address 127.0.0.1
					IPv4_address 10.10.0.1
					IPv4_address 10.10.0.2
					IPv4_address 192.0.2.2
					IPv4_address 10.3.0.0/24
					IPv4_address 10.6.0.0/24
				}
				State Accept {
					ESTABLISHED CLOSED TIME_WAIT CLOSE_WAIT for TCP
				}
			}
		}
	END
}

# daemon NODE ARGUMENT: what conntrackd there is asked.
daemon()
{
	on "$1" conntrackd -C "$tmp/$1.conf" "$2"
}

start_daemon()
{
	configuration "$1" >"$tmp/$1.conf"
	in_background nsenter --net="/run/netns/$ns_prefix$1" \
		conntrackd -C "$tmp/$1.conf" >"$tmp/$1.said" 2>&1
	echo $! >"$tmp/$1.process"
	wait_for 20 daemon "$1" -s || cat "$tmp/$1.said" "$tmp/$1.conntrackd.log"
}

# start NODE: as $subject; the peer may not be there yet.
start()
{
	case $subject in
	none) ;;
	kcluster)
		if [ "$1" = fw1 ]; then
			cc fw1 peer add fw2 address 10.6.0.2 interval 1s lose 20
		else
			cc fw2 peer add fw1 address 10.6.0.1 interval 1s lose 20
		fi
		cc "$1" mirror set on ;;
	*) start_daemon "$1" ;;
	esac
}

# stop: both, and what they know.
stop()
{
	local name

	for name in fw1 fw2; do
		case $subject in
		none) ;;
		kcluster)
			cc "$name" mirror set off
			cc "$name" peer flush ;;
		*)
			daemon "$name" -k
			wait_for 20 negate kill -0 "$(cat "$tmp/$name.process")" ||
				kill -9 "$(cat "$tmp/$name.process")" ;;
		esac
		on "$name" conntrack -F 2>/dev/null
	done
}

# told JQ-EXPRESSION [NODE]: something of the mirror.
told()
{
	cc "${2-fw1}" -s -j mirror show | jq -r "$1"
}

in_sync()
{
	[ "$(told '.peers[0].state')" = sync ]
}

# settled: what there is to know is known on fw2.
settled()
{
	case $subject in
	kcluster)
		wait_for 60 in_sync || echo "kcluster: is not in sync" ;;
	conntrackd*) sleep 3 ;;
	esac
}

# created: connections that were put into fw2's table so far, by whoever it was:
# the kernel's own count, in hexadecimal.
created()
{
	local column sum=0 value

	column=$(on fw2 head -n 1 /proc/net/stat/nf_conntrack | tr -s ' ' '\n' |
		grep -nx insert | cut -d : -f 1)
	for value in $(on fw2 tail -n +2 /proc/net/stat/nf_conntrack |
		tr -s ' ' | cut -d ' ' -f "$column"); do
		sum=$((sum + 0x$value))
	done
	echo $sum
}

# entries NODE: connections in its table.
entries()
{
	on "$1" sysctl -n net.netfilter.nf_conntrack_count
}

# connections LINE: of what "short" said; failures are told.
connections()
{
	# shellcheck disable=SC2086 # three words
	set -- $1
	[ "${3:-none}" = 0 ] || echo "${3-all} connections failed" >&2
	echo "${1:-0}"
}

# per VALUE N: the quotient.
per()
{
	awk -v v="$1" -v n="$2" 'BEGIN { printf "%.4f\n", v / n }'
}
