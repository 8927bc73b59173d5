import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HostProgram, run } from '@vastrox/shared/node/run.ts'

const must = async (program: HostProgram, ...args: string[]): Promise<void> => {
  const { exitCode, stderr } = await run(program, args, { timeoutMs: 60_000 })
  if (exitCode !== 0) throw new Error(`${program}: ${stderr}`)
}

/** A file system of its own on a loop device, to be filled. */
export async function mountLoopDisk(sizeBytes: number, inodes: number) {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-loop-'))
  const [image, mounted] = [join(folder, 'image'), join(folder, 'mounted')]
  await mkdir(mounted)
  await must('/usr/bin/truncate', '-s', String(sizeBytes), image)
  await must('/usr/sbin/mkfs.ext4', '-q', '-F', '-m', '0', '-N', String(inodes), image)
  await must('/usr/bin/mount', '-o', 'loop', image, mounted)
  return {
    path: mounted,
    /** A file of that size more. */
    fill: (name: string, bytes: number) =>
      must('/usr/bin/fallocate', '-l', String(Math.floor(bytes)), join(mounted, name)),
    free: (name: string) => rmSync(join(mounted, name), { recursive: true }),
    remove: async (): Promise<void> => {
      await must('/usr/bin/umount', '--lazy', mounted)
      await rm(folder, { recursive: true })
    },
  }
}

/** The kernel's files in /proc as far as the agent reads them, with counters that a test lets rise. */
export async function createProcTree() {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-proc-'))
  const put = (name: string, text: string): void => {
    const path = join(folder, 'proc', name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  const ticks = { user: 1_000, idle: 90_000, steal: 0 }
  const stalledUsec = { cpu: 0, memory: 0, io: 0 }
  const pages = { in: 0, out: 0 }
  const kilobytes = { total: 8_388_608, available: 5_242_880 }
  put('loadavg', '0.50 1.25 2.00 3/417 10846\n')
  put('uptime', '1234.56 2000.00\n')
  put('sys/kernel/random/boot_id', 'boot-1\n')

  function write(): void {
    put('stat', `cpu  ${ticks.user} 0 0 ${ticks.idle} 0 0 0 ${ticks.steal} 0 0\n`)
    put(
      'meminfo',
      `MemTotal: ${kilobytes.total} kB\nMemFree: 1024 kB\nMemAvailable: ${kilobytes.available} kB\nBuffers: 0 kB\nCached: 0 kB\nSwapTotal: 1048576 kB\nSwapFree: 524288 kB\nSReclaimable: 0 kB\n`,
    )
    put('vmstat', `pswpin ${pages.in}\npswpout ${pages.out}\noom_kill 0\n`)
    for (const [what, total] of Object.entries(stalledUsec))
      put(
        `pressure/${what}`,
        `some avg10=0.00 avg60=0.00 avg300=0.00 total=${total}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`,
      )
  }
  write()

  return {
    proc: join(folder, 'proc'),
    sys: join(folder, 'sys'),
    root: join(folder, 'groups'),
    kilobytes,
    /** What 15 s of it are like: shares of the time, and bytes a second. */
    live: ({ steal = 0, cpuStalled = 0, memoryStalled = 0, swapped = 0 }): void => {
      const seconds = 15
      ticks.user += 300
      ticks.steal += Math.round(3_000 * steal)
      ticks.idle += 2_700 - Math.round(3_000 * steal)
      stalledUsec.cpu += seconds * 1e6 * cpuStalled
      stalledUsec.memory += seconds * 1e6 * memoryStalled
      pages.in += Math.round((swapped * seconds) / 4_096)
      pages.out += Math.round((swapped * seconds) / 4_096)
      write()
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

const GROUPS = '/sys/fs/cgroup'
/** A process that holds so many bytes more with each line that it is given. */
const HOLDER = `
const held = []
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'none') held.length = 0, gc()
  else held.push(Buffer.alloc(Number(line), 1))
  console.log('held')
})`

/** A control group of the kernel's with a limit of memory, where the engine has those of its containers. */
export async function createMemoryGroup(limitBytes: number) {
  const id = randomBytes(32).toString('hex')
  const isVersion1 = existsSync(join(GROUPS, 'memory/memory.usage_in_bytes'))
  const folders = isVersion1
    ? ['memory', 'cpuacct', 'cpu', 'pids'].map((name) => join(GROUPS, name, 'docker', id))
    : [join(GROUPS, 'docker', id)]
  const [memory = ''] = folders
  for (const folder of folders) mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(memory, isVersion1 ? 'memory.limit_in_bytes' : 'memory.max'),
    String(limitBytes),
  )
  const child: ChildProcess = spawn(process.execPath, ['--expose-gc', '-e', HOLDER], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  for (const folder of folders) writeFileSync(join(folder, 'cgroup.procs'), String(child.pid))
  const usage = join(memory, isVersion1 ? 'memory.usage_in_bytes' : 'memory.current')
  const used = (): number => Number(readFileSync(usage, 'utf8'))

  async function tell(line: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    child.stdout?.once('data', () => resolve())
    child.stdin?.write(`${line}\n`)
    await promise
  }

  return {
    id,
    used,
    /** Takes memory until that share of the limit is used. */
    hold: async (share: number): Promise<void> => {
      for (let turn = 0; turn < 40 && used() < limitBytes * share; turn += 1)
        await tell(String(Math.max(65_536, Math.floor((limitBytes * share - used()) * 0.7))))
    },
    /** Until next to none is used: what is held is given back in the background, a while after it is let go. */
    letGo: async (): Promise<void> => {
      for (let turn = 0; turn < 100 && used() > limitBytes / 2; turn += 1) {
        await tell('none')
        await sleep(50)
      }
    },
    remove: async (): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>()
      child.once('exit', () => resolve())
      child.kill('SIGKILL')
      await promise
      for (const folder of folders) await removeGroup(folder)
    },
  }
}

/** The kernel takes its time to let the last process go. */
async function removeGroup(folder: string): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1)
    try {
      rmdirSync(folder)
      return
    } catch {
      await sleep(50)
    }
  rmdirSync(folder)
}
