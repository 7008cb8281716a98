#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clusterctl deploy, with the real ssh: one file for three nodes, which all check it
# before the first one is changed; backups come before masters, and there is a master all
# the time; a node that refuses it, and one that cuts itself off.
#
#	 A (100)           B (200)           C (150)
#	 10.9.0.1          10.9.0.2          10.9.0.3
#	==+=================+=================+== ops (eth0): ssh, and WireGuard
#	==+=================+=================+== lan (eth1): virtual router one
#
# deploy runs on A. Each node has an /etc/kcluster of its own, by ip-netns(8).
#
# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016 # what eval gets
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need wg jq ssh ssh-keygen nft
[ -x /usr/sbin/sshd ] || skip_all "there is no sshd"

trap 'rm -rf "/etc/netns/$ns_prefix"[ABC]; cleanup' EXIT
mkdir -p /etc/kcluster /run/sshd
net ops
net lan
node A B C
ssh-keygen -q -t ed25519 -N '' -f "$tmp/id"
number=0
for name in A B C; do
	number=$((number + 1))
	plug $name eth0 ops "10.9.0.$number/24"
	plug $name eth1 lan "10.1.0.$number/24"
	etc=/etc/netns/$ns_prefix$name/kcluster
	mkdir -p "$etc"
	(umask 077 && wg genkey >"$etc/private.key")
	wg pubkey <"$etc/private.key" >"$tmp/$name.pub"
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/host.$name"
	echo "10.9.0.$number $(cut -d ' ' -f 1,2 "$tmp/host.$name.pub")" >>"$tmp/known"
	in_background ip netns exec "$ns_prefix$name" /usr/sbin/sshd -D -e -f /dev/null \
		-h "$tmp/host.$name" -o ListenAddress="10.9.0.$number" -o PidFile=none \
		-o AuthorizedKeysFile="$tmp/id.pub" -o StrictModes=no \
		-o PermitRootLogin=prohibit-password 2>"$tmp/sshd.$name"
done
cat >"$tmp/ssh.conf" <<-END
	Host *
	IdentityFile $tmp/id
	UserKnownHostsFile $tmp/known
	GlobalKnownHostsFile /dev/null
END

# file: the cluster.
file()
{
	cat <<-END
	[Cluster]
	Name = test
	Network = 10.6.0.0/24

	[Node A]
	PublicKey = $(cat "$tmp/A.pub")
	Address = 10.6.0.1
	Endpoint = 10.9.0.1
	[Node B]
	PublicKey = $(cat "$tmp/B.pub")
	Address = 10.6.0.2
	Endpoint = 10.9.0.2
	Ssh = root@10.9.0.2
	[Node C]
	PublicKey = $(cat "$tmp/C.pub")
	Address = 10.6.0.3
	Endpoint = 10.9.0.3
	Ssh = root@10.9.0.3

	[VirtualRouter one]
	Dev = eth1
	VRID = 1
	Interval = 100ms
	Priority = 100
	Priority@B = 200
	Priority@C = 150
	Address = 10.1.0.100/24
	END
}

# deploy [WORD...]: on A, of the file in $tmp; its output is in $tmp/out.
deploy()
{
	on A clusterctl deploy -f "$tmp/file" -e "ssh -F $tmp/ssh.conf" "$@" >"$tmp/out" 2>&1
}

shown()
{
	sed 's/^/# /' "$tmp/out"
}

hash_of()
{
	b2sum -l 256 "$1" | cut -c 1-16
}

# runs NODE: the hash of the file that the module of the node tells of.
runs()
{
	cc "$1" -j status | jq -r '.file // "none"'
}

all_run()
{
	[ "$(runs A) $(runs B) $(runs C)" = "$1 $1 $1" ]
}

of_node()
{
	echo "/etc/netns/$ns_prefix$1/kcluster/$2"
}

# Longest time without a master of the virtual router, in ms, since the time $1: what
# each node remembers of itself, by the one clock they have.
without_master()
{
	local name

	for name in A B C; do
		cc $name -j vrrp history one
	done | jq -s --argjson from "$1" --argjson to "$2" '
		# While each of them was master: from, to.
		[.[] | . as $h | range(length) | select($h[.].state == "MASTER") |
		 [$h[.].time, ($h[. + 1].time // $to)]] | sort |
		reduce .[] as $i ({at: $from, gap: 0};
			(if $i[0] > .at and $i[0] > $from then .gap = ([.gap, $i[0] - .at] | max) else . end) |
			.at = ([.at, $i[1]] | max)) |
		[.gap, $to - .at] | max'
}

ms()
{
	date +%s%3N
}

file >"$tmp/file"
for name in A B C; do
	cp "$tmp/file" "$(of_node $name cluster.conf)"
	on $name clusterctl setup >"$tmp/out" 2>&1
	check_is "$name is set up by hand" 0 $?
done
first=$(hash_of "$tmp/file")
check "B is master" wait_for 10 is_state B one master
check "all tell of the same file" wait_for 5 eval \
	'cc A status | grep -qx "cluster file $first here and on all of 2 peers"'
check "sshd answers" wait_for 20 on A ssh -F "$tmp/ssh.conf" -o BatchMode=yes root@10.9.0.3 true

# --- the plan ---------------------------------------------------------------

deploy
check_is "the same file" 0 $?
check_is "is had by all already" 3 "$(grep -c "; has this file already$" "$tmp/out")"
check "nothing is left beside it" eval '! ls "$(of_node C cluster.conf)".deploy*'

file | sed 's/^Priority@B = 200/Priority@B = 120/; s/^Priority@C = 150/Priority@C = 210/' >"$tmp/file"
second=$(hash_of "$tmp/file")
deploy -n
check_is "the plan of another one" 0 $?
shown
check_is "has backups before masters, and this machine last" \
	"1. C (root@10.9.0.3): master of 0|2. B (root@10.9.0.2): master of 1|3. A (this machine): master of 0|" \
	"$(sed 's/ virtual router.*//' "$tmp/out" | tr '\n' '|')"
check "and changes nothing" all_run "$first"

# --- refusals ---------------------------------------------------------------

grep -v '^10.9.0.3 ' "$tmp/known" >"$tmp/known.less"
sed "s,$tmp/known,&.less," "$tmp/ssh.conf" >"$tmp/ssh.less"
on A clusterctl deploy -f "$tmp/file" -e "ssh -F $tmp/ssh.less" >"$tmp/out" 2>&1
check_is "a host key that is not known is not accepted" 1 $?
shown
check "with the node and what ssh says" \
	grep -q "^clusterctl: deploy: node C: asked what it is: Host key verification failed" "$tmp/out"
check "nothing was changed" all_run "$first"

cp -p "$(of_node B private.key)" "$tmp/B.key"
wg genkey >"$(of_node B private.key)"
deploy
check_is "a node that refuses the file" 1 $?
shown
check "is named, with the reason" \
	grep -q "^clusterctl: deploy: node B: setup -check: clusterctl: .*no node has the public key" "$tmp/out"
check "no node was changed" all_run "$first"
check "and no file left" eval '! ls "$(of_node C cluster.conf)".deploy*'
cp -p "$tmp/B.key" "$(of_node B private.key)"

on A clusterctl deploy D -f "$tmp/file" >"$tmp/out" 2>&1
check_is "a node that there is not" 1 $?
check "is named" grep -q "there is no node 'D' in it" "$tmp/out"

# --- one that cuts itself off -----------------------------------------------

cp "$tmp/file" "$tmp/good"
printf '[Firewall]\nNodes = C\nAccept = vpn to node\n' >>"$tmp/file"
deploy -confirm 12s
check_is "a file that cuts C off" 1 $?
shown
check "C is named, and that it goes back" \
	grep -q "deploy: node C: after setup: it is not reached any more: .*it is not confirmed and goes back by itself" "$tmp/out"
check "and those behind it" grep -q "the 2 nodes behind it stay as they are" "$tmp/out"
check_is "B and A are as they were" "$first $first" "$(runs B) $(runs A)"
check "C goes back by itself" wait_for 20 eval '[ "$(runs C)" = "$first" ]'
check "it is reached again" wait_for 10 on A ssh -F "$tmp/ssh.conf" -o BatchMode=yes root@10.9.0.3 true
check_is "and boots from its old file" "$first" "$(hash_of "$(of_node C cluster.conf)")"
check "B is master all the time" is_state B one master

# --- and one that is right --------------------------------------------------

cp "$tmp/good" "$tmp/file"
began=$(ms)
on A clusterctl -j deploy -f "$tmp/file" -e "ssh -F $tmp/ssh.conf" >"$tmp/out" 2>"$tmp/err"
check_is "a file that is right" 0 $?
sed 's/^/# /' "$tmp/err"
check_is "is had by all, in this order" "C done,B done,A done" \
	"$(jq -r '[.nodes[] | "\(.name) \(.result)"] | join(",")' "$tmp/out")"
check "the modules tell of it" all_run "$second"
for name in A B C; do
	check_is "$name boots from it" "$second" "$(hash_of "$(of_node $name cluster.conf)")"
	check_is "$name keeps the one before" "$first" "$(hash_of "$(of_node $name cluster.conf.before)")"
	check "nothing of $name waits to be confirmed" eval \
		'! on $name clusterctl setup -confirmed >/dev/null 2>&1'
done
check "C is master now" wait_for 10 is_state C one master
check "who runs which file is said" eval \
	'cc A status | grep -qx "cluster file $second here and on all of 2 peers"'
check_between "ms without a master, from first to last" 0 "$(without_master "$began" "$(ms)")" 300

finish
