#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What dkms made of the archive of "make dist": installed for this kernel, loaded
# by its name, removed without a trace, and back. The machine that this runs in
# was given the module by "dkms add", "dkms build" and "dkms install"; here dkms
# puts the module back from what it has built.

# shellcheck disable=SC2317,SC2329 # functions are called through check
# shellcheck disable=SC2016        # expressions for eval
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_module
need dkms modinfo

kernel=$(uname -r)
package=$(dkms status kcluster | sed -n '1s/[,:].*//p')
[ -n "$package" ] || skip_all "dkms does not know kcluster here"
version=${package#*/}
built=/var/lib/dkms/kcluster/$version
module()
{
	modinfo -k "$kernel" -n kcluster 2>/dev/null
}

check "dkms says: installed for $kernel" \
	eval "dkms status kcluster/$version -k $kernel | grep -q ': installed'"
check "modprobe finds it where dkms installs" \
	eval 'case $(module) in */updates/dkms/*) true ;; *) false ;; esac'
check_is "modinfo tells the version of dkms.conf" "$version" \
	"$(modinfo -k "$kernel" -F version kcluster)"
check_is "and was built for this kernel" "$kernel" \
	"$(modinfo -k "$kernel" -F vermagic kcluster | cut -d' ' -f1)"
check "clusterctl talks to it" clusterctl vrrp show
check "it is unloaded" modprobe -r kcluster

cp -a "$built" "$tmp/built"
check "dkms remove" dkms remove "kcluster/$version" -k "$kernel"
check "no module is left" negate module
check "modprobe says so" negate modprobe kcluster
clusterctl vrrp show 2>"$tmp/err"
check_is "clusterctl too" 1 $?
check "in one line that names the remedy" grep -q 'dkms\|modprobe' "$tmp/err"
note "$(cat "$tmp/err")"

# Compiling takes minutes here: dkms shall find what it compiled before.
mkdir -p "$(dirname "$built")"
cp -aT "$tmp/built" "$built"
check "dkms install puts it back" dkms install --force "kcluster/$version" -k "$kernel"
check "it is there" module
check "and loads" modprobe kcluster

finish
