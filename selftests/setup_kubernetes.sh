#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clusterctl kubernetes on a machine: what it checks there is found out, the remedies that
# it names help, and kubelet's file is changed only when it is told to be.
#
#	node A, wg0 10.6.0.1, eth0 192.0.2.1/24, flannel.1 over wg0
#
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/members.sh
. "$(dirname "$0")/members.sh"

need_module
need wg nft jq

net wan
node A B
plug A eth0 wan 192.0.2.1/24
plug B eth0 wan 192.0.2.2/24
ipn A route add default via 192.0.2.2
key_of A B

# file [LINE]: the cluster, with another line for the firewall
file()
{
	cat <<-END
	[Cluster]
	Network = 10.6.0.0/24
	$(section A 1)
	$(section B 2)
	[VirtualRouter api]
	Dev = wg0
	VRID = 1
	Peer = nodes
	Address = 10.6.0.100/32
	[Firewall]
	Pods = 10.240.0.0/16
	Accept = vpn,pods to node
	Accept = pods to any
	${1-}
	END
}

kube()
{
	cc A "$@" -f "$tmp/file" -key "$tmp/A.key"
}

# wrong: names of the checks that are not good
wrong()
{
	kube -j kubernetes check net-conf "$tmp/net-conf.json" >"$tmp/checks"
	jq -r '[.checks[] | select(.good | not).check] | join(" ")' "$tmp/checks"
}

file >"$tmp/file"
echo '{ "Network": "10.240.0.0/16", "Backend": { "Type": "vxlan" } }' >"$tmp/net-conf.json"
on A sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 \
	net.ipv4.conf.default.rp_filter=0
check_is "before setup" "tunnel forwarding firewall" "$(wrong)"
check "setup" setup A
check_is "forwarding is not setup's" forwarding "$(wrong)"
kube kubernetes check >"$tmp/out" 2>&1
check_is "then it exits with 1" 1 $?
on A sh -c "$(sed -n "s/^WRONG forwarding: .*'\(sysctl [^']*\)'.*/\1/p" "$tmp/out")"
check_is "the remedy helps" "" "$(wrong)"
check "and it exits with 0" kube kubernetes check net-conf "$tmp/net-conf.json"

ipn A link add flannel.1 type vxlan id 1 local 10.6.0.1 dev wg0 dstport 8472
ipn A link set flannel.1 up
check_is "flannel over the tunnel has its MTU" "1370 " \
	"$(ipn A -j link show flannel.1 | jq '.[0].mtu') $(wrong)"
ipn A link set wg0 mtu 1400
check_is "too much for a tunnel with less" mtu "$(wrong)"
ipn A link set wg0 mtu 1450
check_is "a tunnel that has too much itself" mtu "$(wrong)"
ipn A link set wg0 mtu 1420
on A sysctl -qw net.ipv4.conf.all.rp_filter=1
check_is "rp_filter of all counts" "rp_filter rp_filter" "$(wrong)"
kube kubernetes check >"$tmp/out" 2>&1
sed -n "s/^WRONG rp_filter: .*'\(sysctl [^']*\)'.*/\1/p" "$tmp/out" >"$tmp/remedy"
on A sh "$tmp/remedy"
check_is "the remedy helps" "" "$(wrong)"

echo '{ "Network": "10.244.0.0/16", "Backend": { "Type": "host-gw" } }' >"$tmp/net-conf.json"
check_is "another network, and a backend that cannot work" "pod-network backend" "$(wrong)"
kube kubernetes flannel | sed -n '/^{/,$p' >"$tmp/net-conf.json"
check_is "what is printed is right" "" "$(wrong)"
file "Accept = outside to node tcp 10000-11000" >"$tmp/file"
check_is "what is open from outside" "ports ports ports" "$(wrong)"
file >"$tmp/file"
on A nft delete table inet kcluster
check_is "the table is missed" firewall "$(wrong)"

# --- what is printed, and where it goes ------------------------------------------------

kube -j kubernetes >"$tmp/out"
check_is "the API is reached at the address that fails over" 10.6.0.100:6443 \
	"$(jq -r .kubeadm.controlPlaneEndpoint "$tmp/out")"
check_is "of another node as well" 10.6.0.2 \
	"$(kube -j kubernetes kubelet node B | jq -r '.kubelet["node-ip"]')"
refused A "this machine is not node B" kubernetes kubelet write node B -f "$tmp/file" \
	-key "$tmp/A.key"
place=$(jq -r .kubelet.file "$tmp/out")
check_is "Debian's place" /etc/default/kubelet "$place"
check_not "nothing was written" test -e "$place"
check "it is written" kube kubernetes kubelet write
check_is "as it is printed" "$(kube kubernetes kubelet | grep -v '^#')" "$(cat "$place")"
check "once more is no change" eval 'kube kubernetes kubelet write | grep -q already'
echo 'KUBELET_EXTRA_ARGS="--v=2 --node-ip=192.0.2.1"' >"$place"
check_is "an address outside is seen" "node-ip firewall" "$(wrong)"
check "what was there stays, but that" eval 'kube kubernetes kubelet write &&
	grep -qx "KUBELET_EXTRA_ARGS=\"--v=2 --node-ip=10.6.0.1\"" "$place"'
rm "$place"

finish
