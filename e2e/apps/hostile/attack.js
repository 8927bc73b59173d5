// Everything that a container must not be able to do, tried as root of it. Prints one JSON object:
// what was refused, by name, with the kernel's word; what was not is `true`.
const { spawnSync } = require('node:child_process')
const fs = require('node:fs')

const attempts = {
  engineSocket: () =>
    ['/var/run/docker.sock', '/run/docker.sock', '/run/containerd/containerd.sock'].some((path) =>
      fs.existsSync(path),
    ),
  hostFiles: () =>
    ['/var/lib/docker', '/var/lib/vastrox', '/var/tmp/inst', '/opt/vastrox', '/run/vastrox/build-fence.lock'].some(
      (path) => fs.existsSync(path),
    ),
  hostProcesses: () => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length > 30,
  disks: () => open(['/dev/vda', '/dev/sda', '/dev/nvme0n1', '/dev/mem', '/dev/kmsg', '/dev/kvm']),
  // A build may make a node, as with every engine; reading the disk by it is what counts.
  deviceNode: () => {
    spawnSync('mknod', ['/srv/device', 'b', '254', '0'])
    return open(['/srv/device'])
  },
  mount: () => spawnSync('mount', ['-t', 'tmpfs', 'none', '/mnt']).status === 0,
  namespace: () => spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status === 0,
  userNamespace: () => spawnSync('unshare', ['--user', '--map-root-user', 'true']).status === 0,
  sysctl: () => write(['/proc/sys/kernel/core_pattern', '/proc/sys/vm/panic_on_oom', '/proc/sys/net/ipv4/ip_forward']),
  // "h" prints a help text where it is let through.
  sysrq: () => write(['/proc/sysrq-trigger'], 'h'),
  ownLimits: () =>
    write(
      ['/sys/fs/cgroup/memory/memory.limit_in_bytes', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/pids/pids.max', '/sys/fs/cgroup/pids.max'],
      '-1',
    ),
  releaseAgent: () =>
    write(['/sys/fs/cgroup/release_agent', '/sys/fs/cgroup/memory/release_agent', '/sys/fs/cgroup/rdma/release_agent'], '/x'),
  priority: () => write([`/proc/${process.pid}/oom_score_adj`], '-900'),
  clock: () => spawnSync('date', ['--set', '@1000000000']).status === 0,
  hostName: () => write(['/proc/sys/kernel/hostname']),
  modules: () => spawnSync('insmod', ['/x.ko']).status === 0 || write(['/proc/sys/kernel/modprobe']),
  firmware: () => write(['/sys/kernel/uevent_helper', '/sys/power/state'], 'x'),
  rawMemory: () => open(['/proc/kcore', '/proc/1/mem'], 'r+') && fs.statSync('/proc/kcore').size > 0,
}

function open(paths, flags = 'r') {
  return paths.some((path) => {
    try {
      fs.closeSync(fs.openSync(path, flags))
      return true
    } catch {
      return false
    }
  })
}

function write(paths, text = 'x') {
  return paths.some((path) => {
    try {
      if (!fs.existsSync(path)) return false
      fs.writeFileSync(path, text)
      return true
    } catch {
      return false
    }
  })
}

const status = fs.readFileSync('/proc/self/status', 'utf8')
const field = (name) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1]
const succeeded = Object.entries(attempts).filter(([, attempt]) => {
  try {
    return attempt()
  } catch {
    return false
  }
})
console.log(
  JSON.stringify({
    succeeded: succeeded.map(([name]) => name),
    tried: Object.keys(attempts).length,
    uid: process.getuid(),
    capabilities: field('CapBnd'),
    noNewPrivileges: field('NoNewPrivs'),
    seccomp: field('Seccomp'),
    devices: fs.readdirSync('/dev').sort(),
    mounts: fs
      .readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => /^\/dev\//.test(line))
      .map((line) => line.split(' ')[1]),
  }),
)
