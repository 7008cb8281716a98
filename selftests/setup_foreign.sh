#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules of other programs that eat what the cluster sends: setup -check names them, they
# do eat it, and the remedy that is printed, run as it stands, helps.
#
#	 X .100      A .1        B .2        C .3
#	  |           |           |           |
#	==+===========+===========+===========+== wan 192.0.2.0/24
#	            ==+===========+==             lan 10.1.0.0/24 (eth1)
#	              |           |           |
#	              +-----------+-----------+   10.6.0.0/24 (wg0), B is the hub
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"

need_module
need wg nft iptables-nft iptables-legacy jq python3

net wan
net lan
node A B C X
number=0
for name in A B C; do
	number=$((number + 1))
	plug $name eth0 wan 192.0.2.$number/24
	[ $name = C ] || plug $name eth1 lan 10.1.0.$number/24
	ipn $name route add default via 192.0.2.100
	key_of $name
done
plug X eth0 wan 192.0.2.100/24

cat >"$tmp/file" <<-END
	[Cluster]
	Network = 10.6.0.0/24
	Topology = hub
	Hub = B

	$(section A 1)
	$(section B 2)
	$(section C 3)

	[VirtualRouter gw]
	Nodes = A B
	Dev = eth1
	VRID = 1
	Interval = 100ms
	Priority = 100
	Priority@A = 200
	Address = 10.1.0.100/24
END

# look: what setup -check says on B, in JSON
look()
{
	cc B -j setup -f "$tmp/file" -key "$tmp/B.key" -check
}

# Runs what is printed as it stands, as its reader would.
heed()
{
	local command

	look | jq -r '.foreign[].remedy[]' >"$tmp/remedy"
	while read -r command; do
		note "$command"
		on B sh -c "$command" || return 1
	done <"$tmp/remedy"
}

eaten()
{
	look | jq -r '[.foreign[].eats[]] | unique | join(" ")'
}

# answers NODE PORT: a server
answers()
{
	on "$1" python3 - "$2" >/dev/null <<'END' &
import socket, sys
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", int(sys.argv[1]))); s.listen()
while True:
    c, who = s.accept(); c.sendall(b"here"); c.close()
END
	background+=($!)
}

asks()
{
	on "$1" python3 -c 'import socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
sys.exit(s.recv(99) != b"here")' "$2" "$3"
}

# told_off: whether B refuses what X sends to WireGuard's port, and says so
told_off()
{
	on X python3 -c 'import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("192.0.2.2", 51820)); s.settimeout(0.5)
try:
    for i in range(3):
        s.send(b"hello"); s.recv(9)
except socket.timeout:
    sys.exit(1)
except OSError:
    sys.exit(0)
sys.exit(1)'
}

# all is as without the rules of others
works()
{
	wait_for 10 asks A 10.6.0.2 7000 && wait_for 10 asks A 10.6.0.3 7000 &&
		wait_for 10 is_state B gw backup && stays 1 is_state B gw backup
}

for name in A B C; do
	check "setup on $name" setup $name
done
answers B 7000
answers C 7000
check "all works" works
check_not "WireGuard's port does not answer strangers" told_off
check_is "there is nothing to be said" "[]" "$(look | jq -c .foreign)"
setup B -check >"$tmp/out" 2>&1
check_is "nor without JSON" 1 "$(wc -l <"$tmp/out")"

# --- what distributions end their chains with, in both kinds of iptables ----------

distribution()
{
	local iptables=$1

	on B "$iptables" -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT &&
		on B "$iptables" -A INPUT -p icmp -j ACCEPT &&
		on B "$iptables" -A INPUT -i lo -j ACCEPT &&
		on B "$iptables" -A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT &&
		on B "$iptables" -A INPUT -j REJECT --reject-with icmp-host-prohibited &&
		on B "$iptables" -A FORWARD -j REJECT --reject-with icmp-host-prohibited
}

# A namespace does not load the table of the legacy kind by itself.
modprobe iptable_filter 2>/dev/null
for iptables in iptables-nft iptables-legacy; do
	if ! on B $iptables -S INPUT >"$tmp/out" 2>&1; then
		skip "the distribution's rules by $iptables" "$(head -n 1 "$tmp/out")"
		continue
	fi
	check "the distribution's rules by $iptables" distribution $iptables
	setup B -check >"$tmp/out" 2>&1
	check_is "are no error" 0 $?
	sed 's/^/# /' "$tmp/out"
	check "INPUT is named" grep -q "warning: table ip filter of iptables, chain INPUT.*rejects WireGuard (UDP port 51820), what comes out of the tunnel (wg0), .*; remedy: $iptables -I INPUT " "$tmp/out"
	check "FORWARD is named" grep -q "chain FORWARD.*rejects what goes from tunnel to tunnel (wg0).*; remedy: $iptables -I FORWARD " "$tmp/out"
	check_is "in JSON as well" "channel relay tunnel wireguard" "$(eaten)"
	check "WireGuard's port is rejected" told_off
	check_not "so is what comes out of the tunnel" asks A 10.6.0.2 7000
	check_not "and what goes from tunnel to tunnel" asks A 10.6.0.3 7000
	check "but not VRRP, which the module hears before" stays 1 is_state B gw backup
	check "the remedy can be run" heed
	check "all works again" works
	check_not "WireGuard's port is open" told_off
	check_is "and nothing is said" "[]" "$(look | jq -c .foreign)"
	on B $iptables -F
done

# --- Docker -------------------------------------------------------------------------

docker()
{
	local chain

	for chain in DOCKER DOCKER-USER; do
		on B iptables-nft -N $chain
	done
	on B iptables-nft -P FORWARD DROP
	on B iptables-nft -A FORWARD -j DOCKER-USER
	on B iptables-nft -A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
	on B iptables-nft -A FORWARD -o docker0 -j DOCKER
	on B iptables-nft -A FORWARD -i docker0 ! -o docker0 -j ACCEPT
	on B iptables-nft -A DOCKER-USER -j RETURN
}
docker
setup B -check >"$tmp/out" 2>&1
sed 's/^/# /' "$tmp/out"
check "Docker's policy is named" grep -q "of Docker, chain FORWARD, its policy drop.*; remedy: iptables-nft -I DOCKER-USER -i wg0 -o wg0 -j ACCEPT$" "$tmp/out"
check_not "it drops what goes from tunnel to tunnel" asks A 10.6.0.3 7000
check "but not what is for the node" asks A 10.6.0.2 7000
check "the remedy can be run" heed
check "all works again" works
check_is "and nothing is said" "[]" "$(look | jq -c .foreign)"
on B nft flush ruleset

# --- nftables ------------------------------------------------------------------------

on B nft -f - <<-'END'
	table inet filter {
		chain input {
			type filter hook input priority 0; policy drop;
			ct state vmap { established : accept, related : accept, invalid : drop }
			iifname "lo" accept
			meta l4proto { icmp, ipv6-icmp } accept
			tcp dport 22 accept
		}
		chain forward {
			type filter hook forward priority 0; policy accept;
			iifname "wg*" jump guests
		}
		chain guests {
			ip saddr 10.6.0.1 drop
		}
	}
END
setup B -check >"$tmp/out" 2>&1
sed 's/^/# /' "$tmp/out"
check_is "what eats what" "policy drop: channel tunnel wireguard, drop: relay" \
	"$(look | jq -r '[.foreign[] | .verdict + ": " + (.eats | sort | join(" "))] | join(", ")')"
handle=$(look | jq -r '.foreign[] | select(.verdict == "drop").handle')
check_is "a rule is named by its handle" "ip saddr 10.6.0.1 drop # handle $handle" \
	"$(on B nft -a list chain inet filter guests | grep -o 'ip saddr.*')"
check_not "what comes out of the tunnel is dropped" asks A 10.6.0.2 7000
check_not "and what goes from tunnel to tunnel" asks A 10.6.0.3 7000
check "the remedy can be run" heed
check "all works again" works
check_is "and nothing is said" "[]" "$(look | jq -c .foreign)"
on B nft flush ruleset

# --- VRRP, before the module hears it --------------------------------------------------

on B nft -f - <<-'END'
	table netdev guard {
		chain in {
			type filter hook ingress device "eth1" priority 0; policy accept;
			ip daddr 224.0.0.0/4 drop
		}
	}
	table ip early {
		chain pre {
			type filter hook prerouting priority -400; policy accept;
			meta l4proto { 89, 112 } drop
		}
		chain later {
			type filter hook prerouting priority -150; policy accept;
			meta l4proto 112 drop
		}
	}
END
setup B -check >"$tmp/out" 2>&1
sed 's/^/# /' "$tmp/out"
check_is "what eats VRRP" "in: vrrp, pre: vrrp" \
	"$(look | jq -r '[.foreign[] | .chain + ": " + (.eats | sort | join(" "))] | join(", ")')"
check "it does: there are two masters" wait_for 10 is_state B gw master
check "the remedy can be run" heed
check "all works again" works
check_is "and nothing is said" "[]" "$(look | jq -c .foreign)"
on B nft flush ruleset

# --- who may not look -----------------------------------------------------------------

install -m 644 "$tmp/file" /run/setup_foreign.conf
on B setpriv --reuid 65534 --regid 65534 --clear-groups \
	clusterctl setup -f /run/setup_foreign.conf -check >"$tmp/out" 2>&1
check_is "without root the file is checked" 0 $?
rm /run/setup_foreign.conf
check "and it is said that the rules are not" grep -q "were not looked at (run as root or with sudo)" "$tmp/out"

finish
