# SPDX-License-Identifier: GPL-2.0
#
# kcluster: the module, the tool, their tests. "make help" lists the targets.
# modules, tools and install never install a package, only name the missing
# one; demo, check, lint and bench install what they need and say so.

VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
PREFIX ?= /usr/local
DESTDIR ?=
BUILD ?= $(CURDIR)/build
DIST ?= $(BUILD)/kcluster-$(VERSION).tar.gz
DEMO_KERNEL ?= 6.1

TOOLDIR := tools/clusterctl
VM := selftests/vm/run

.DEFAULT_GOAL := all
.PHONY: all help modules tools install dist dkms-install demo check \
	check-full check-debug bench lint unit fuzz gen clean clean-modules

all: modules tools ## modules and tools

help: ## this list
	@echo "kcluster $(VERSION)"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | \
		expand -t 22
	@echo
	@echo "One command in a VM: $(VM) -k 6.1 -- COMMAND (see $(VM) --help)"

modules: ## kcluster.ko for the running kernel, or for KDIR=/KVER=
	@if [ ! -e "$(KDIR)/Makefile" ]; then \
		echo "modules: $(KDIR) is not there: install the package" \
		     "linux-headers-$(KVER), or name another kernel's build" \
		     "directory with KDIR=." >&2; exit 1; fi
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

tools: ## clusterctl
	@tools/build/deps --check tools
	$(MAKE) -C $(TOOLDIR) all BUILD=$(BUILD)/clusterctl \
		PREFIX=$(PREFIX) VERSION=$(VERSION)

install: tools ## clusterctl, its man page, completion and units (DESTDIR=, PREFIX=)
	$(MAKE) -C $(TOOLDIR) install BUILD=$(BUILD)/clusterctl \
		PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) VERSION=$(VERSION)

# The same sources give the same bytes: the VM harness recognises a tree it
# has built before by the archive's hash.
dist: ## build/kcluster-VERSION.tar.gz: what dkms needs, and the tool
	@mkdir -p $(dir $(DIST))
	@tar -c --sort=name --owner=0 --group=0 --numeric-owner \
		--mtime=@1 --mode=u=rwX,go=rX --exclude-vcs \
		--exclude='*.o' --exclude='*.ko' --exclude='*.mod' \
		--exclude='*.mod.c' --exclude='.*.cmd' --exclude='*.d' \
		--exclude='__pycache__' \
		--transform='s,^,kcluster-$(VERSION)/,' \
		$(wildcard Kbuild Makefile dkms.conf COPYING README.md kmod \
			uapi tools docs) | gzip -n >$(DIST).tmp
	@mv $(DIST).tmp $(DIST)
	@echo "$(DIST)"

dkms-install: dist ## build and install the module here with dkms (root)
	@command -v dkms >/dev/null || { echo "dkms-install: install the package dkms." >&2; exit 1; }
	tar -C /usr/src -xzf $(DIST)
	-dkms remove kcluster/$(VERSION) --all
	dkms add kcluster/$(VERSION)
	dkms install kcluster/$(VERSION)

demo: ## a VPN, a floating address, two firewalls, a shared address, failures; DEMO_KERNEL=6.1
	@tools/build/deps vm
	@if [ -t 1 ] && [ -z "$$NO_COLOR" ]; then export KC_COLOR=1; fi; \
		$(VM) -k $(DEMO_KERNEL) --icount --timeout 900 -- selftests/demo/run.sh

check: ## lint, unit and fuzz; all selftests on 6.1, a smoke run elsewhere
	@tools/build/deps lint tools unit vm
	@selftests/run check

check-full: ## all of it on every supported kernel
	@tools/build/deps lint tools unit vm
	@selftests/run full

check-debug: ## all selftests on the KASAN, lockdep and kmemleak kernel
	@tools/build/deps vm
	@selftests/run debug

bench: ## measure against the peers: BENCH=vrrp, or all; QUICK=1
	@tools/build/deps vm bench
	@bench/run $(if $(QUICK),--quick) $(BENCH)

lint: ## sparse, checkpatch, W=1, cppcheck, shellcheck, symbols, generated files
	@tools/build/deps lint tools
	@tools/build/lint

unit: ## unit tests of the pure core, on the host
	@tools/build/deps unit
	$(MAKE) -C selftests/unit

fuzz: ## fuzz the parsers, on the host, for a bounded time
	@tools/build/deps unit tools
	$(MAKE) -C selftests/fuzz

gen: ## regenerate the netlink code from uapi/kcluster.yaml
	@tools/build/deps gen
	@tools/build/gen

clean-modules:
	@find . -path ./.git -prune -o -path ./build -prune -o -type f \( \
		-name '*.o' -o -name '*.ko' -o -name '*.mod' \
		-o -name '*.mod.c' -o -name '.*.cmd' -o -name '*.o.d' \
		-o -name Module.symvers -o -name modules.order \) \
		-exec rm -f {} +
	@rm -rf .tmp_versions

clean: clean-modules ## remove everything that was built
	@for dir in $(TOOLDIR) selftests/unit selftests/fuzz; do \
		[ ! -e $$dir/Makefile ] || \
		$(MAKE) -s -C $$dir clean BUILD=$(BUILD)/$$(basename $$dir); \
	done
	@rm -rf build
