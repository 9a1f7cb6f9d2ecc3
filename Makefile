# Each target does its own set-up: missing host packages are installed with a line that says what and why.
.PHONY: image test check bench setup build clean

image: build
	@./tools/setup image
	mkdir -p out
	bin/disk-image-create -o out/debian.qcow2 vm debian-minimal
	@echo "boot it: bin/dib boot out/debian.qcow2   (leave QEMU with Ctrl-A X)"

test: build
	@./tools/setup image test
	@./tools/run-tests

check: build
	npm run check
	shellcheck $$(./tools/list-shell-files)

bench: build
	@./tools/setup image bench
	node --import tsx bench/run.ts $(BENCH_FLAGS)

# Not npm ci: it insists on the packages of every platform, which partial mirrors of the registry lack.
build:
	@./tools/setup build
	@test -d node_modules -a node_modules -nt package-lock.json || npm install --no-save --no-audit --no-fund
	@npm run --silent build

clean:
	rm -rf dist out
