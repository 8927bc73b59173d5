import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isInFence } from '#agent/builds/fence-places.ts'
import {
  defaultBuildMemory,
  defaultBuildSwap,
  limitFiles,
  raiseFence,
  weightFiles,
} from '#agent/builds/fence.ts'
import { isFull, readPressure } from '#agent/builds/fence-pressure.ts'
import { killOf } from '#agent/builds/oom-log.ts'
import { createOurSteps, markerOf } from '#agent/builds/whose-step.ts'

const LIMITS = { memoryBytes: 2_147_483_648, swapBytes: 0, cpuWeight: 20, pids: 2_048 }
const STEP = 'system.slice/system.slice:docker:jvifp9a6b1lxa1kuw8bwfcovf'

let root: string

async function record(files: Record<string, string>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8')

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fence-'))
})
afterEach(() => rm(root, { recursive: true }))

describe('the fence around builds (promise 3)', () => {
  it('is these files on version 1 and these on version 2', () => {
    expect(limitFiles(1, 'docker/buildkit', LIMITS)).toEqual([
      ['memory/docker/buildkit/memory.limit_in_bytes', '2147483648'],
      ['memory/docker/buildkit/memory.memsw.limit_in_bytes', '2147483648'],
      ['cpu/docker/buildkit/cpu.shares', '205'],
      ['pids/docker/buildkit/pids.max', '2048'],
    ])
    expect(limitFiles(2, 'docker/buildkit', LIMITS)).toEqual([
      ['docker/buildkit/memory.max', '2147483648'],
      ['docker/buildkit/memory.swap.max', '0'],
      ['docker/buildkit/cpu.weight', '20'],
      ['docker/buildkit/pids.max', '2048'],
    ])
  })

  it('gives builds what nobody else wants where the kernel can, and their weight where not', async () => {
    await record({ 'cpu/docker/buildkit/cpu.idle': '0', 'cpu/docker/buildkit/cpu.shares': '1024' })

    const lower = await raiseFence(
      { cgroupVersion: '1', cgroupDriver: 'cgroupfs' },
      LIMITS,
      root,
      root,
    )
    lower()

    expect(await read('cpu/docker/buildkit/cpu.idle')).toBe('1')
    expect(await read('cpu/docker/buildkit/cpu.shares')).toBe('1024')
    expect(limitFiles(1, 'docker/buildkit', LIMITS, true).slice(2, 4)).toEqual([
      ['cpu/docker/buildkit/cpu.idle', '0'],
      ['cpu/docker/buildkit/cpu.shares', '205'],
    ])
    expect(limitFiles(2, 'docker/buildkit', { ...LIMITS, onlyLeftOver: true }, true)[2]).toEqual([
      'docker/buildkit/cpu.idle',
      '1',
    ])
  })

  it('lets the disk serve others first, where its scheduler weighs', async () => {
    await record({ 'blkio/docker/buildkit/blkio.bfq.weight': '100\n' })
    const lower = await raiseFence(
      { cgroupVersion: '1', cgroupDriver: 'cgroupfs' },
      LIMITS,
      root,
      root,
    )
    lower()

    expect(await read('blkio/docker/buildkit/blkio.bfq.weight')).toBe('10')
    await expect(read('blkio/docker/buildkit/blkio.weight')).rejects.toThrow('ENOENT')
    expect(weightFiles(2, 'docker/buildkit')).toEqual([
      ['docker/buildkit/io.bfq.weight', '10'],
      ['docker/buildkit/io.weight', 'default 10'],
    ])
  })

  it('lets a build put memory aside on a small machine that has swap', () => {
    const swapping = { ...LIMITS, memoryBytes: 1_000, swapBytes: 500 }

    expect(limitFiles(1, 'g', swapping)[1]).toEqual([
      'memory/g/memory.memsw.limit_in_bytes',
      '1500',
    ])
    expect(limitFiles(2, 'g', swapping)[1]).toEqual(['g/memory.swap.max', '500'])
    expect(defaultBuildSwap(2 ** 30, 2 * 2 ** 30)).toBe(2 ** 29)
    expect(defaultBuildSwap(2 ** 30, 0)).toBe(0)
    expect(defaultBuildSwap(8 * 2 ** 30, 2 * 2 ** 30)).toBe(0)
  })

  it('stands before the first build has made the cgroup', async () => {
    await raiseFence({ cgroupVersion: '1', cgroupDriver: 'cgroupfs' }, LIMITS, root, root)

    expect(await read('memory/docker/buildkit/memory.limit_in_bytes')).toBe('2147483648')
    expect(await read('pids/docker/buildkit/pids.max')).toBe('2048')
  })

  it('does without a controller that is not there, and keeps the others', async () => {
    await record({ cpu: 'a file where the controller would be mounted' })

    await raiseFence({ cgroupVersion: '1', cgroupDriver: 'cgroupfs' }, LIMITS, root, root)

    expect(await read('memory/docker/buildkit/memory.limit_in_bytes')).toBe('2147483648')
    expect(await read('pids/docker/buildkit/pids.max')).toBe('2048')
  })

  it('passes the controllers down on version 2', async () => {
    await raiseFence({ cgroupVersion: '2', cgroupDriver: 'cgroupfs' }, LIMITS, root, root)

    expect(await read('cgroup.subtree_control')).toBe('+memory +cpu +pids')
    expect(await read('docker/cgroup.subtree_control')).toBe('+memory +cpu +pids')
    expect(await read('docker/buildkit/memory.max')).toBe('2147483648')
  })

  it('is put around every step as it appears where the systemd driver gives each its own cgroup', async () => {
    await mkdir(join(root, 'system.slice/docker.service'), { recursive: true })
    const lower = await raiseFence(
      { cgroupVersion: '2', cgroupDriver: 'systemd' },
      LIMITS,
      root,
      root,
    )

    await mkdir(join(root, STEP))
    await vi.waitFor(async () => expect(await read(`${STEP}/pids.max`)).toBe('2048'), 15_000)
    lower()

    expect(await read(`${STEP}/memory.max`)).toBe('2147483648')
    await expect(read('system.slice/docker.service/memory.max')).rejects.toThrow('ENOENT')
  })

  it('is 2 GiB, or half of a smaller machine', () => {
    expect(defaultBuildMemory(16 * 2 ** 30)).toBe(2 * 2 ** 30)
    expect(defaultBuildMemory(2 ** 30)).toBe(2 ** 29)
  })
})

describe('a build that fills its fence', () => {
  const STEPS = 'memory/docker/buildkit'
  const V1 = { cgroupVersion: '1', cgroupDriver: 'cgroupfs' }

  it('is told by the memory that cannot be dropped, in every place steps may be', async () => {
    await record({
      [`${STEPS}/abc/memory.stat`]: 'rss 1\ntotal_rss 90\ntotal_swap 10\n',
      'docker/buildkit/abc/memory.stat': 'anon 200\nfile 900\n',
      'docker/buildkit/abc/memory.swap.current': '0\n',
      [`${STEP}/memory.stat`]: 'anon 300\nfile 900\n',
    })
    const of = (engine: typeof V1) =>
      readPressure(engine, createOurSteps(engine, 'a1b2c3', root, root), root)

    expect(await of(V1)).toEqual({ ourBytes: 100, allBytes: 100 })
    expect(await of({ ...V1, cgroupVersion: '2' })).toEqual({ ourBytes: 200, allBytes: 200 })
    expect(await of({ cgroupVersion: '2', cgroupDriver: 'systemd' })).toEqual({
      ourBytes: 300,
      allBytes: 300,
    })
  })

  it('is not ended for the memory of another installation’s build', async () => {
    const env = (marker: string): string => `PATH=/bin\0NO_PROXY=localhost,${marker}\0`
    await record({
      [`${STEPS}/mine/memory.stat`]: 'total_rss 400\n',
      [`${STEPS}/mine/cgroup.procs`]: '11\n',
      'proc/11/environ': env(markerOf('a1b2c3')),
      [`${STEPS}/theirs/memory.stat`]: 'total_rss 550\n',
      [`${STEPS}/theirs/cgroup.procs`]: '12\n13\n',
      'proc/12/environ': env(markerOf('d4e5f6')),
      [`${STEPS}/nobodys/memory.stat`]: 'total_rss 30\n',
      [`${STEPS}/nobodys/cgroup.procs`]: '14\n',
      'proc/14/environ': 'PATH=/bin\0',
    })
    const ours = createOurSteps(V1, 'a1b2c3', root, join(root, 'proc'))
    const pressure = await readPressure(V1, ours, root)

    expect(pressure).toEqual({ ourBytes: 430, allBytes: 980 })
    expect(isFull(pressure, 1_000)).toBe(false)
    expect(isFull({ ourBytes: 550, allBytes: 980 }, 1_000)).toBe(true)
    expect(isFull({ ourBytes: 550, allBytes: 920 }, 1_000)).toBe(false)
    expect(ours.isOurs('/docker/buildkit/theirs')).toBe(false)
    expect(ours.isOurs('/docker/buildkit/mine')).toBe(true)
  })

  it('is told by the kernel’s log, but not for a container, another’s or an older build', () => {
    const kill = (full: string, ended: string): string =>
      `4,812,5000000,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,${full},task_memcg=${ended},task=node,pid=1,uid=0`
    const fence = kill('oom_memcg=/docker/buildkit', '/docker/buildkit/x')
    const all = () => true

    expect(killOf(fence, 4_000_000, all)).toBe('fence')
    expect(killOf(kill(`oom_memcg=/${STEP}`, `/${STEP}`), 4_000_000, all)).toBe('fence')
    expect(killOf(kill('global_oom', '/docker/buildkit/x'), 4_000_000, all)).toBe('machine')
    expect(killOf(kill('oom_memcg=/lxc/7', '/lxc/7/docker/buildkit/x'), 0, all)).toBe('machine')
    expect(killOf(fence, 6_000_000, all)).toBeUndefined()
    expect(killOf(fence, 4_000_000, () => false)).toBeUndefined()
    const container = `/docker/${'c'.repeat(64)}`
    expect(killOf(kill(`oom_memcg=${container}`, container), 0, all)).toBeUndefined()
    expect(killOf('6,1,5000000,-;something else', 0, all)).toBeUndefined()
    expect(isInFence('/system.slice/docker.service')).toBe(false)
  })
})
