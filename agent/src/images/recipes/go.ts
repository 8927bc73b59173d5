import { CA, installPackages } from '#agent/images/recipes/apt.ts'
import { defineRecipe } from '#agent/images/recipes/recipe.ts'

/**
 * The standard library, compiled: the cache of each app begins as a view of it (`from=` of its mount), so
 * that a first build compiles nothing but what is its own.
 */
const GO_SEED = '/usr/local/share/vastrox/go-build'

const SHELL_USER = 'app:x:1000:1000::/home/app:/bin/sh'

/** What programs with C in them load; one that is wholly static needs none of it. */
const LIBRARIES = [
  'libc.so.6',
  'libm.so.6',
  'libpthread.so.0',
  'libdl.so.2',
  'librt.so.1',
  'libresolv.so.2',
  'libnss_dns.so.2',
  'libnss_files.so.2',
  'libgcc_s.so.1',
  'libstdc++.so.6',
]

/**
 * Go of the distribution; a project that wants a newer one gets it from the module proxy, by the go
 * command itself. What apps run on is put together file by file, because a Go program needs so little:
 * a shell for command lines, authorities, time zones and the C library, 10 MB in all.
 */
export const go = defineRecipe({
  stack: 'go',
  title: 'Go',
  versions: [{ version: '1.24', suite: 'trixie' }],
  seconds: 60,
  dockerfile: ({ base, architecture }) =>
    [
      `FROM ${base} AS pieces`,
      installPackages(['busybox-static', 'tzdata']),
      `RUN ${assemble(architecture)}`,
      '',
      'FROM scratch AS runtime',
      'COPY --from=pieces /made/ /',
      'ENV PATH=/usr/local/bin:/usr/bin:/bin LANG=C.UTF-8 HOME=/home/app',
      'RUN ls /usr/share/zoneinfo/UTC >/dev/null',
      'CMD ["/bin/sh"]',
      '',
      `FROM ${base} AS build`,
      installPackages([
        'golang-1.24-go',
        'gcc',
        'g++',
        'libc6-dev',
        'pkg-config',
        'make',
        'git',
        'openssh-client',
      ]),
      // Debian's go is told to keep to itself; projects may ask for a newer one.
      'ENV PATH=/usr/lib/go-1.24/bin:/root/go/bin:$PATH GOTOOLCHAIN=auto',
      `RUN ${CA} GOCACHE=${GO_SEED} CGO_ENABLED=0 GOFLAGS=-buildvcs=false go build -trimpath std && go version`,
      '',
    ].join('\n'),
})

function assemble(architecture: 'x64' | 'arm64'): string {
  const triplet = architecture === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu'
  const loader = architecture === 'x64' ? 'ld-linux-x86-64.so.2' : 'ld-linux-aarch64.so.1'
  const folder = architecture === 'x64' ? 'lib64' : 'lib'
  const libraries = `/made/usr/lib/${triplet}`
  return [
    'set -e',
    `mkdir -p /made/bin ${libraries} /made/etc/ssl/certs /made/usr/share /made/usr/bin /made/usr/local/bin /made/srv/app /made/home/app /made/root /made/var/tmp /made/tmp`,
    'chmod 1777 /made/tmp /made/var/tmp',
    'chown 1000:1000 /made/home/app',
    'cp /bin/busybox /made/bin/busybox',
    'for name in $(busybox --list); do test "$name" = busybox || ln -s busybox "/made/bin/$name"; done',
    'ln -s usr/lib /made/lib',
    ...(folder === 'lib64' ? ['ln -s usr/lib64 /made/lib64', 'mkdir -p /made/usr/lib64'] : []),
    `cp -L /${folder}/${loader} /made/usr/${folder}/${loader}`,
    `for name in ${LIBRARIES.join(' ')}; do cp -L "/usr/lib/${triplet}/$name" ${libraries}/; done`,
    'cp /etc/ssl/certs/ca-certificates.crt /made/etc/ssl/certs/',
    'cp -r /usr/share/zoneinfo /made/usr/share/zoneinfo && rm -rf /made/usr/share/zoneinfo/right /made/usr/share/zoneinfo/posix',
    `printf '%s\\n' 'root:x:0:0:root:/root:/bin/sh' '${SHELL_USER}' > /made/etc/passwd`,
    "printf '%s\\n' 'root:x:0:' 'app:x:1000:' > /made/etc/group",
    "printf 'hosts: files dns\\n' > /made/etc/nsswitch.conf",
    'ln -s /usr/share/zoneinfo/UTC /made/etc/localtime',
  ].join(' && ')
}
