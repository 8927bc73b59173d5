#!/usr/bin/env bash
# Runs every test on a machine like the one that install.sh is for, and installs what they need.
# Last line: `N passed, N failed`. --long adds soaks. Everything it makes is removed at the end.
set -Eeuo pipefail

# shellcheck source=install.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/install.sh"

home=/var/tmp/vastrox-test
results=$home/results
engine_pid=
# What fails is tried once more, and named at the end if it passes then: it is to be mended. Not with --long.
tries=(--retry=1)
# What tests need beyond what Vastrox does: a browser and its key store, tracing, load, a yardstick, an image
# registry, another firewall and network namespaces, clients of SSH, SFTP and FTP.
TEST_PACKAGES='chromium libnss3-tools strace wrk nginx-light procps docker-registry apache2-utils ufw iproute2 openssh-client openssh-server openssh-sftp-server lftp curl python3 openssl pebble knot exim4-daemon-light rsyslog rsyslog-openssl prometheus'

run_tests() {
  become_root "$@"
  export DEBIAN_FRONTEND=noninteractive HOME=${HOME:-/root} CI=true NO_COLOR=1
  check_machine
  one_at_a_time test
  mkdir -p "$home"
  find "$home" -mindepth 1 -maxdepth 1 ! -name data -exec rm -rf {} +
  mkdir "$results"
  trap clean_up EXIT
  if has_flag --long "$@"; then tries=(); fi
  log=$results/prepare.log
  if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -e /etc/ssl/certs/ca-certificates.crt ]] && has_own_ca; then
    export NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
  fi

  echo 'Preparing'
  if ! runtime_is_there; then step "Node.js $NODE_VERSION and pnpm $PNPM_VERSION" bootstrap_runtime; fi
  export PATH=$tool/node_modules/.bin:$PATH
  # An instance for tests may ask for a port that another one on this machine has.
  step 'Packages' install_test_packages
  if ! cmp -s "$here/pnpm-lock.yaml" "$here/node_modules/.pnpm/lock.yaml"; then
    step 'Libraries' install_libraries
  fi
  step 'Docker' start_engine
  if [[ -e $home/data/config.json ]]; then step 'What a killed run left' remove_left_over; fi
  cd -- "$here"

  echo 'Testing'
  # The one needs the processor, the other (two files at a time) mostly waits for the engine. Three of
  # them side by side took longer than two, and starved what looks at the clock.
  test_without_engine &
  local without_engine=$!
  check types pnpm typecheck
  suite docker vitest.docker.config.ts --exclude 'dashboard/**'
  touch "$results/engine.free"
  suite dashboard vitest.docker.config.ts dashboard/test
  wait "$without_engine" || touch "$results/without-engine.failed"
  if has_flag --long "$@"; then
    check soak-firewall soak_firewall
    check soak-repositories soak_repositories
    newest_pebble
    check soak-proxy pnpm exec vitest run --config vitest.soak.config.ts
    check soak-conformance soak_conformance
    check soak-handshakes pnpm bench handshakes --long
    check soak-metrics pnpm bench metrics
    check soak-logs pnpm bench logs
  fi
  test_installation "$@"
}

test_without_engine() {
  check format pnpm exec biome format .
  check lint pnpm run lint
  suite plain vitest.config.ts
  # The dashboard's tests, which may still run, need no engine.
  while [[ ! -e $results/engine.free ]]; do sleep 1; done
  first_installation
}

install_test_packages() {
  local wanted=() package
  mapfile -t wanted < <(missing_packages | sort -u)
  for package in $TEST_PACKAGES; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || wanted+=("$package")
  done
  [[ ${#wanted[@]} -eq 0 ]] && return
  # A package must not start a server on the ports of this machine.
  apt-get update && RUNLEVEL=1 install_packages "${wanted[@]}"
}

# Not by the docker program: Debian 13 has it in a package of its own, and nothing else needs it.
engine_answers() {
  "$node" --input-type=module --eval "
    import { engineAnswers } from '$here/agent/src/supervisor/engine-keeper.ts'
    process.exit((await engineAnswers()) ? 0 : 1)"
}

# forget_dead FILE PROGRAM: removes a pid file that does not name a living PROGRAM.
forget_dead() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */"$2" ]] || rm -f "$1"
}

# An engine that is there is used; one that we start goes at the end.
start_engine() {
  engine_answers && return
  # After a power cut the number in a pid file may belong to anybody, and dockerd refuses to start.
  forget_dead /var/run/docker.pid dockerd
  forget_dead /var/run/docker/containerd/containerd.pid containerd
  if [[ -d /run/systemd/system ]]; then systemctl start docker || return; else
    setsid dockerd >"$results/dockerd.log" 2>&1 9>&- &
    engine_pid=$!
  fi
  local waited
  for ((waited = 0; waited < 100; waited++)); do
    if engine_answers; then return; fi
    sleep 0.3
  done
  tail -n 20 "$results/dockerd.log"
  return 1
}

# check NAME COMMAND…: one test.
check() {
  local name=$1 begun outcome=passed
  begun=$(date +%s%3N)
  shift
  "$@" >"$results/$name.log" 2>&1 9>&- || outcome=failed
  touch "$results/$name.$outcome"
  if [[ $outcome == passed ]]; then finish ok "$name" "$begun"; else
    finish '!!' "$name" "$begun"
    tail -n 40 "$results/$name.log"
  fi
}

# suite NAME CONFIG [FILTER…]: every test of a tier, or those that the filter leaves.
suite() {
  local name=$1 config=$2 begun mark=ok
  begun=$(date +%s%3N)
  shift 2
  pnpm exec vitest run --config "$config" "$@" "${tries[@]}" --reporter=default --reporter=json --outputFile.json="$results/$name.json" >"$results/$name.log" 2>&1 9>&- || mark='!!'
  # With no report at all the tier has not run, which is a failure of its own.
  [[ -e $results/$name.json ]] || touch "$results/$name.failed"
  finish "$mark" "$name" "$begun"
  if [[ $mark != ok ]]; then grep -vE '^ *(✓|ok )' "$results/$name.log" | tail -n 80; fi
}

# The proofs of the firewall, with the guard's whole minute and two minutes of a thousand tries a second.
soak_firewall() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.docker.config.ts agent/test/firewall.docker.test.ts \
    agent/test/raw-ports.docker.test.ts daemon/src/catalog/addons/addon-contract.docker.test.ts
}

# What h2spec (built by Go, where there is Go) and testssl.sh find in the proxy, against the list in docs/HTTP2.md.
soak_conformance() {
  dpkg-query -W -f '${Status}' testssl.sh 2>/dev/null | grep -q 'ok installed' || install_packages testssl.sh
  pnpm bench conformance
}

# With what the distribution's does not know yet (ARI, profiles), where Go's module proxy is reached.
newest_pebble() {
  command -v go >/dev/null || return 0
  local pebble=github.com/letsencrypt/pebble/v2/cmd
  GOBIN=$home/bin timeout 600 go install "$pebble/pebble@latest" "$pebble/pebble-challtestsrv@latest" >/dev/null 2>&1 &&
    export VASTROX_PEBBLE_DIR=$home/bin || true
}

# A hundred pushes told of by each Git host, files of 2 GB, a repository of 300 MB.
soak_ways_in() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.e2e.config.ts e2e/specs/external-git.spec.ts e2e/specs/large.spec.ts e2e/specs/secrets.spec.ts
}

# Five rounds of each way to be hostile, beside a neighbour.
soak_hostile() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.e2e.config.ts e2e/specs/hostile.spec.ts
}

# Five apps, three databases and 2 GB, brought back within ten minutes.
soak_disaster() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.e2e.config.ts e2e/specs/disaster.spec.ts e2e/specs/restores.spec.ts
}

# Real causes of alerts until they are over, and five minutes without the daemon.
soak_monitoring() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.e2e.config.ts e2e/specs/alerts.spec.ts e2e/specs/daemon-away.spec.ts e2e/specs/metrics-truth.spec.ts
}

# Every kind of damage in a repository, and the platform's own backup opened by hand.
soak_repositories() {
  VASTROX_LONG=1 pnpm exec vitest run agent/src/backups/check.test.ts agent/src/backups/platform-content.test.ts
}

# Every page when calls fail or are slow, what people do with backups, blocking oneself, and every command of the manual.
soak_dashboard() {
  VASTROX_LONG=1 pnpm exec vitest run --config vitest.docker.config.ts dashboard/test/gates.docker.test.ts &&
    VASTROX_LONG=1 pnpm exec vitest run --config vitest.e2e.config.ts e2e/specs/journeys-care.spec.ts e2e/specs/journeys-firewall.spec.ts e2e/specs/manual.spec.ts
}

# Workers killed, restarted and upgraded under every kind of visitor.
soak_replace() {
  pnpm bench replace "$here/install.sh" --data-dir "$home/data" --http-port 18080 --https-port 18443 \
    --dashboard-port 18444 --ssh-port 12222 --ftp-port 12121 --public-address 127.0.0.1 --json
}

# An installed Vastrox with its own data and ports, as a user gets it, and the first app of each kind on it.
first_installation() {
  "$node" e2e/support/host-snapshot.ts >"$results/before.txt"
  check install install_for_tests
  if [[ -e $results/install.passed ]]; then
    VASTROX_E2E=$home/installation.json suite e2e-first vitest.e2e.config.ts --project first
  fi
}

# What is tried on it, with nothing beside.
test_installation() {
  if [[ -e $results/install.passed ]]; then
    export VASTROX_E2E=$home/installation.json
    check idle idle_gate
    suite e2e vitest.e2e.config.ts --project together --project alone
    check install-again install_for_tests
    if has_flag --long "$@"; then
      check soak-hostile soak_hostile
      check soak-ways-in soak_ways_in
      check soak-disaster soak_disaster
      check soak-monitoring soak_monitoring
      check soak-dashboard soak_dashboard
      check soak-neighbour pnpm bench neighbour
      check soak-small-machine pnpm bench small-machine
      check soak-deploy pnpm bench deploy 20
      check soak-zero-downtime pnpm bench zero-downtime --long
      check soak-watch pnpm bench watch
      check soak-schemathesis pnpm bench schemathesis 300
      check soak-sleep pnpm bench sleep
      check soak-replace soak_replace
      check soak-large-push pnpm bench large-push 600
      check soak-reboot pnpm bench reboot 60
      check soak-idle pnpm bench idle
    fi
  fi
  check uninstall uninstall_for_tests
  check host-as-before host_is_as_before
}

install_for_tests() {
  "$here/install.sh" --data-dir "$home/data" --http-port 18080 --https-port 18443 \
    --dashboard-port 18444 --ssh-port 12222 --ftp-port 12121 --public-address 127.0.0.1 --json |
    tee "$home/installed.txt" || return
  tail -n 1 "$home/installed.txt" >"$home/installation.json"
}

# Promise 10, of processes that have not worked before: what a suite of tests leaves in their heaps is
# not what an idle server has.
idle_gate() {
  local command process
  command=$("$node" --print "JSON.parse(fs.readFileSync('$VASTROX_E2E', 'utf8')).command") || return
  for process in agent daemon proxy; do "$command" restart --process "$process" || return; done
  pnpm bench idle
}

uninstall_for_tests() { "$here/install.sh" --uninstall --purge --data-dir "$home/data"; }

# Its containers would keep the engine in use, and so the prepared images, for ever.
remove_left_over() {
  uninstall_for_tests || true
  rm -rf "$home/data"
}

host_is_as_before() {
  "$node" e2e/support/host-snapshot.ts >"$results/after.txt"
  # Images that the engine's tests built, and their directory, may go: they are ours as well.
  local changed
  changed=$(diff "$results/before.txt" "$results/after.txt" | grep '^[<>]' | grep -vE '^< (image|file) \S*vastrox' || true)
  echo "$changed"
  [[ -z $changed ]]
}

clean_up() {
  local status=$?
  trap - EXIT
  if [[ -e $home/data/config.json ]]; then uninstall_for_tests >>"$results/clean-up.log" 2>&1 || true; fi
  if [[ -n $engine_pid ]]; then
    # A test kills the engine and starts it again: the one that runs now may be its successor.
    kill "$engine_pid" "$(cat /var/run/docker.pid 2>/dev/null)" 2>/dev/null || true
    wait "$engine_pid" 2>/dev/null || true
  fi
  if [[ -n $(compgen -G "$results/*.passed") ]]; then
    status=0
    "$node" e2e/support/tally.ts "$results" || status=1
    if [[ $status -eq 0 ]]; then rm -rf "$home"; fi
  fi
  exit "$status"
}

run_tests "$@"
