import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { untilThereIsRoom } from '#agent/builds/admission.ts'
import { goFirst } from '#agent/builds/fence-pressure.ts'
import { createFreezer } from '#agent/builds/freezer.ts'
import { createVerdicts, guardMemory, lowBytesOf } from '#agent/builds/pressure-guard.ts'
import type { MachineMemory } from '#agent/node/memory.ts'

const MIB = 2 ** 20
const STEP = 'system.slice/system.slice:docker:jvifp9a6b1lxa1kuw8bwfcovf'

/** 4 GiB, of which 245 MiB are the least to leave. */
const with_ = (availableMib: number, more: Partial<MachineMemory> = {}): MachineMemory => ({
  totalBytes: 4_096 * MIB,
  availableBytes: availableMib * MIB,
  swapTotalBytes: 0,
  swapFreeBytes: 0,
  stalledPercent: 0,
  ...more,
})

describe('builds and the memory of the machine (promise 3)', () => {
  it('leaves 6 %, of a small machine 64 MiB and of a large one 384 MiB', () => {
    expect(lowBytesOf(1_024 * MIB)).toBe(64 * MIB)
    expect(Math.round(lowBytesOf(4_096 * MIB) / MIB)).toBe(246)
    expect(lowBytesOf(64 * 1_024 * MIB)).toBe(384 * MIB)
  })

  it('freezes when it is low, and goes on when there is twice as much', () => {
    const judge = createVerdicts()

    expect(judge(with_(400), 0)).toBe('run')
    expect(judge(with_(200), 1_000)).toBe('freeze')
    expect(judge(with_(400), 2_000)).toBe('freeze')
    expect(judge(with_(500), 3_000)).toBe('run')
  })

  it('freezes earlier where nothing goes on but the moving of memory, and not for that alone', () => {
    const stalled = { stalledPercent: 40 }

    expect(createVerdicts()(with_(400, stalled), 0)).toBe('freeze')
    expect(createVerdicts()(with_(3_000, stalled), 0)).toBe('run')
  })

  it('counts what can be put aside', () => {
    expect(createVerdicts()(with_(100, { swapFreeBytes: 1_024 * MIB }), 0)).toBe('run')
  })

  it('ends a build when it does not get better in a minute, or the apps take the last of it', () => {
    const patient = createVerdicts()
    expect(patient(with_(200), 0)).toBe('freeze')
    expect(patient(with_(200), 59_000)).toBe('freeze')
    expect(patient(with_(200), 60_000)).toBe('end')

    const critical = createVerdicts()
    expect(critical(with_(200), 0)).toBe('freeze')
    expect(critical(with_(50), 1_000)).toBe('freeze')
    expect(critical(with_(200), 3_500)).toBe('freeze')
    expect(critical(with_(50), 5_000)).toBe('freeze')
    expect(critical(with_(50), 8_000)).toBe('end')
  })

  it('says that it is paused and that it goes on, and leaves nothing frozen', async () => {
    const world = { availableMib: 100, nowMs: 0, frozen: false }
    const said: string[] = []
    const stop = guardMemory({
      freezer: {
        async freeze() {
          world.frozen = true
          return true
        },
        async thaw() {
          world.frozen = false
        },
      },
      read: async () => with_(world.availableMib),
      say: (line) => said.push(line),
      onEnd: () => said.push('ended'),
      now: () => world.nowMs,
      everyMs: 1,
    })

    await vi.waitFor(() => expect(world.frozen).toBe(true), 15_000)
    Object.assign(world, { availableMib: 900, nowMs: 12_000 })
    await vi.waitFor(() => expect(world.frozen).toBe(false), 15_000)
    Object.assign(world, { availableMib: 100 })
    await vi.waitFor(() => expect(world.frozen).toBe(true), 15_000)
    Object.assign(world, { nowMs: 90_000 })
    await vi.waitFor(() => expect(said).toContain('ended'), 15_000)
    await stop()

    expect(world.frozen).toBe(false)
    expect(said).toEqual([
      'Paused: only 105 MB of memory are free, and the running apps go first. It goes on by itself.',
      'Goes on after 12 s.',
      'Paused: only 105 MB of memory are free, and the running apps go first. It goes on by itself.',
      'ended',
    ])
  })
})

describe('what is frozen and what goes first, in the kernel’s files', () => {
  let root: string
  async function record(files: Record<string, string>): Promise<void> {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    }
  }
  const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8')

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'freezer-'))
  })
  afterEach(() => rm(root, { recursive: true }))

  it.each([
    ['1', 'cgroupfs', 'freezer/docker/buildkit/freezer.state', 'THAWED', 'FROZEN'],
    ['1', 'systemd', `freezer/${STEP}/freezer.state`, 'THAWED', 'FROZEN'],
    ['2', 'cgroupfs', 'docker/buildkit/cgroup.freeze', '0', '1'],
    ['2', 'systemd', `${STEP}/cgroup.freeze`, '0', '1'],
  ])('is one file on version %s with the %s driver', async (version, driver, file, run, frozen) => {
    await record({ [file]: `${run}\n` })
    const freezer = createFreezer({ cgroupVersion: version, cgroupDriver: driver }, root)

    expect(await freezer.freeze()).toBe(true)
    expect(await read(file)).toBe(frozen)
    await freezer.thaw()
    expect(await read(file)).toBe(run)
  })

  it('is nothing where the kernel has no freezer', async () => {
    const freezer = createFreezer({ cgroupVersion: '1', cgroupDriver: 'cgroupfs' }, root)

    expect(await freezer.freeze()).toBe(false)
  })

  it('marks every process of a step, and never makes one less likely to go', async () => {
    await record({
      'memory/docker/buildkit/abc/cgroup.procs': '11\n12\n13\n',
      'proc/11/oom_score_adj': '-500\n',
      'proc/12/oom_score_adj': '1000\n',
    })
    const engine = { cgroupVersion: '1', cgroupDriver: 'cgroupfs' }
    await goFirst(engine, root, join(root, 'proc'))

    expect(await read('proc/11/oom_score_adj')).toBe('600')
    expect(await read('proc/12/oom_score_adj')).toBe('1000\n')
  })
})

describe('a build waits for the memory that it will need', () => {
  const GIB = 2 ** 30
  const never = new AbortController().signal

  async function wait(
    neededBytes: number | null,
    roomsMib: number[],
    options: { waitMostMs?: number; signal?: AbortSignal } = {},
  ): Promise<string[]> {
    const said: string[] = []
    const rest = [...roomsMib]
    await untilThereIsRoom(
      { neededBytes, limitBytes: 2 * GIB },
      {
        // 246 MiB are left to the apps.
        read: async () => with_((rest.length > 1 ? rest.shift() : rest[0]) ?? 0),
        say: (line) => said.push(line),
        signal: never,
        everyMs: 1,
        waitMostMs: 5_000,
        ...options,
      },
    )
    return said
  }

  it('not at all where there is enough, and by no more than the fence lets it have', async () => {
    expect(await wait(null, [500])).toEqual([])
    expect(await wait(1_900 * MIB, [2_400])).toEqual([])
    expect(await wait(9 * GIB, [2_400])).toEqual([])
  })

  it('in words, until there is', async () => {
    expect(await wait(1_900e6, [1_300, 1_300, 2_300])).toEqual([
      'This build needed 1.9 GB last time, 1.1 GB are free: waiting for memory.',
      '2.2 GB are free: beginning.',
    ])
  })

  it('never for ever: it begins with less', async () => {
    expect(await wait(1_900e6, [1_300], { waitMostMs: 5 })).toEqual([
      'This build needed 1.9 GB last time, 1.1 GB are free: waiting for memory.',
      'Begins all the same after 0 s, with 1.1 GB: it is paused where the running apps need the memory.',
    ])
  })

  it('and is refused where there is next to none', async () => {
    await expect(wait(null, [250], { waitMostMs: 5 })).rejects.toMatchObject({
      code: 'NODE_MEMORY_LOW',
    })
  })

  it('no longer than who asked for it', async () => {
    const signal = AbortSignal.timeout(20)

    await expect(wait(null, [250], { signal })).rejects.toThrow('aborted')
  })
})
