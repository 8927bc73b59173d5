import { mkdirSync, readFileSync } from 'node:fs'
import { run } from '@vastrox/shared/node/run.ts'

/**
 * `init.ts <directory>`: the first process of a small machine, in control group, mount and network
 * namespaces of its own. Shows its control groups as those of a whole machine and gives it a /run of
 * its own; prints `ready` and stays until it is killed.
 */
const [directory = ''] = process.argv.slice(2)
const must = async (program: `/${string}`, ...args: string[]): Promise<void> => {
  const { exitCode, stderr } = await run(program, args, { timeoutMs: 10_000 })
  if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`)
}

await must('/usr/bin/mount', '--make-rprivate', '/')
for (const [type, place, options] of cgroupMounts()) {
  await must('/usr/bin/umount', '--lazy', place)
  // The second hierarchy of a mixed host has no controllers, and none of ours looks at it.
  if (type === 'cgroup') await must('/usr/bin/mount', '-t', 'cgroup', '-o', options, 'none', place)
}
mkdirSync(`${directory}/run/lock`, { recursive: true })
await must('/usr/bin/mount', '--bind', `${directory}/run`, '/run')
console.log('ready')
setInterval(() => {}, 2 ** 30)

function cgroupMounts(): [type: string, place: string, options: string][] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, place = '', type = '', options = '']) => [type, place, controllersOf(options)])
}

function controllersOf(options: string): string {
  const named = /name=\w+/.exec(options)?.[0]
  const kept = options
    .split(',')
    .filter((option) => !/^(rw|ro|relatime|nosuid|nodev|noexec|name=.*|xattr)$/.test(option))
  return named === undefined ? kept.join(',') : `none,${named}`
}
