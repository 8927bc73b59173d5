import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { EdgeCounts } from '#ports/routing-snapshot.ts'
import { createDiskDayStore } from '#store/disk-day-store.ts'
import { createAlertHarness } from '#test/alert-harness.ts'
import { createMemoryGroup, createProcTree, mountLoopDisk } from '#test/causes.ts'
import { createMeasuringMachine, type MeasuringMachine } from '#test/measuring-machine.ts'
import { createRig, HOST, instanceAt, routeTo, sendRaw, until } from '#test/proxy/rig.ts'
import { checkReboot } from '../../../../agent/src/care/check-reboot.ts'
import { type Machine, thisMachine } from '../../../../agent/src/care/machine.ts'
import { createContainerSampler } from '../../../../agent/src/metrics/sample-containers.ts'
import { readDisks } from '../../../../agent/src/node/disks.ts'

/**
 * Rules over what is measured, by their causes: a disk that is filled, a control group at its limit, the
 * kernel's own words where the cause cannot be made (steal, a machine without memory), an app that answers
 * late or with errors through a worker of the proxy. The agent's sampler and the worker measure, the daemon's
 * collector and book keep it (issue 9).
 */
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const GIB = 2 ** 30
const ONCE = ['alert', 'resolved']

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end()
})

async function onDisk(sizeBytes: number, inodes: number) {
  const disk = await mountLoopDisk(sizeBytes, inodes)
  ends.push(disk.remove)
  const read = async () => {
    const [data] = await readDisks(disk.path, undefined)
    if (!data) throw new Error('there is no disk')
    return data
  }
  const machine = await createMeasuringMachine({
    readDisks: async () => [{ disk: await read(), path: disk.path }],
  })
  ends.push(machine.end)
  return { ...machine, disk, read }
}

/** What is told of it in all: nothing before `tellMs` are nearly over, then that it is so; over when it ends. */
async function toldThrough(
  { pass, toldOf, problems, metrics }: MeasuringMachine,
  rule: string,
  tellMs: number,
  cause: { begin: () => Promise<void> | void; end: () => Promise<void> | void; each?: () => void },
): Promise<string[]> {
  await pass(5 * MINUTE, cause.each)
  expect(toldOf(rule)).toEqual([])
  await cause.begin()
  await pass(tellMs - 2 * MINUTE, cause.each)
  expect(toldOf(rule)).toEqual([])
  await pass(3 * MINUTE, cause.each)
  expect(toldOf(rule)).toEqual(['alert'])
  await pass(10 * MINUTE, cause.each)
  await cause.end()
  await pass(6 * MINUTE, cause.each)

  expect([...problems, ...metrics.problems]).toEqual([])
  return toldOf(rule)
}

describe('a disk that is filled', () => {
  it('is nearly full, then full, and has room again: each told once', async () => {
    const { disk, read, pass, toldOf, notified } = await onDisk(6 * GIB, 4_096)
    const fillTo = async (name: string, left: number) =>
      disk.fill(name, (await read()).availableBytes - left)
    await pass(5 * MINUTE)
    await fillTo('first', 2.3 * GIB)
    await pass(3 * MINUTE)
    expect(toldOf('disk-low')).toEqual(['alert'])
    await pass(5 * MINUTE)

    await fillTo('second', 0.2 * GIB)
    await pass(2 * MINUTE)
    expect(toldOf('disk-full')).toEqual(['alert'])
    await pass(10 * MINUTE)
    disk.free('second')
    await pass(5 * MINUTE)
    expect(toldOf('disk-full')).toEqual(ONCE)
    expect(toldOf('disk-low')).toEqual(['alert'])
    disk.free('first')
    await pass(5 * MINUTE)

    expect(toldOf('disk-low')).toEqual(ONCE)
    expect(notified).toHaveLength(4)
  })

  it('has no room for files more while there are bytes', async () => {
    const machine = await onDisk(GIB, 1_024)
    const folder = join(machine.disk.path, 'many')
    const told = await toldThrough(machine, 'inodes', 3 * MINUTE, {
      begin: async () => {
        mkdirSync(folder)
        const { availableInodes, inodes } = await machine.read()
        for (let left = availableInodes - inodes * 0.05; left > 0; left -= 1)
          writeFileSync(join(folder, String(left)), '')
      },
      end: () => machine.disk.free('many'),
    })
    expect(told).toEqual(ONCE)
  })

  it('will be full within a week by what it grew by, day by day', async () => {
    const { disk, read, pass, toldOf, titles, db, clock } = await onDisk(40 * GIB, 4_096)
    const days = createDiskDayStore(db)
    for (let day = 0; day < 10; day += 1) {
      await disk.fill(`day-${day}`, 2.6 * GIB)
      const { bytes, availableBytes } = await read()
      const at = new Date(clock.now().getTime() - (10 - day) * DAY).toISOString().slice(0, 10)
      const subjects = [{ subject: 'disk:data', bytes: bytes - availableBytes }]
      db.transaction(() => days.saveForPlatform('local', at, subjects))()
    }
    await pass(90 * MINUTE)
    expect(toldOf('disk-forecast')).toEqual(['alert'])
    expect(titles()[0]).toMatch(/will be full in \d\.\d days/)

    for (let day = 2; day < 10; day += 1) disk.free(`day-${day}`)
    await pass(20 * MINUTE)
    expect(toldOf('disk-forecast')).toEqual(ONCE)
  })
})

describe('an instance', () => {
  it('that stays at the limit of its memory, by the kernel', async () => {
    const limitBytes = 256 * 2 ** 20
    const group = await createMemoryGroup(limitBytes)
    ends.push(group.remove)
    const container = {
      kind: 'instance' as const,
      id: group.id,
      name: 'shop.web.1',
      owner: 'unknown',
      process: 'web',
      ordinal: 1,
      release: 1,
    }
    const machine = await createMeasuringMachine({
      readDisks: async () => [],
      sampleContainers: createContainerSampler({
        engine: { get: async (_path, schema) => schema.parse({ RestartCount: 0 }) },
        running: { get: async () => [container] },
        sizes: { sizeOf: () => null, measureNext: async () => {} },
      }),
    })
    ends.push(machine.end)
    container.owner = machine.addApp('shop').id

    const told = await toldThrough(machine, 'memory-limit', 11 * MINUTE, {
      begin: () => group.hold(0.97),
      end: () => group.letGo(),
    })
    expect(told).toEqual(ONCE)
    expect(machine.titles()[0]).toContain('shop web.1')
  })
})

it('node-care: a restart is due; found with the next look, once, and over with the first without', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-care-'))
  ends.push(async () => rmSync(folder, { recursive: true }))
  /** This one, with a /run of its own. */
  const here: Machine = {
    ...thisMachine,
    read: (path) => thisMachine.read(join(folder, path)),
    list: async () => [],
    link: async () => undefined,
  }
  const harness = createAlertHarness()
  ends.push(harness.stopAlerts)
  const look = async (): Promise<string[]> => {
    harness.machine.findings = await checkReboot(here)
    await harness.clock.pass(HOUR + 5 * MINUTE)
    return harness.firing()
  }
  expect(await look()).toEqual([])

  mkdirSync(join(folder, 'run'))
  writeFileSync(join(folder, 'run', 'reboot-required'), '*** System restart required ***')
  expect(await look()).toEqual(['node-care'])
  expect(await look()).toEqual(['node-care'])
  rmSync(join(folder, 'run'), { recursive: true })
  expect(await look()).toEqual([])
})

describe('a machine, by what its kernel says', () => {
  const WELL = { steal: 0.02, cpuStalled: 0.1, memoryStalled: 0, swapped: 0 }

  it.each([
    ['cpu-steal', 16, { steal: 0.45 }],
    ['cpu-pressure', 16, { cpuStalled: 0.9 }],
    ['swap-thrash', 4, { swapped: 20e6 }],
    ['memory-low', 2, { memoryStalled: 0.4 }],
  ] as const)('%s', async (rule, minutes, bad) => {
    const tree = await createProcTree()
    ends.push(tree.remove)
    const machine = await createMeasuringMachine({ readDisks: async () => [], ...tree })
    ends.push(machine.end)
    let state: Parameters<typeof tree.live>[0] = WELL
    const { available } = tree.kilobytes
    const told = await toldThrough(machine, rule, minutes * MINUTE, {
      each: () => tree.live(state),
      begin: () => {
        state = { ...WELL, ...bad }
        if (rule === 'memory-low') tree.kilobytes.available = available / 20
      },
      end: () => {
        state = WELL
        tree.kilobytes.available = available
      },
    })
    expect(told).toEqual(ONCE)
  })
})

describe('an app, by the answers that its visitors got', () => {
  interface Manner {
    /** What it takes for each answer. */
    afterMs: number
    /** Of four visitors, this many meet a 500. */
    failing: number
  }

  /** What a worker of the proxy counts of thirty visitors of an app that answers like that. */
  async function countsOf({ afterMs, failing }: Manner): Promise<EdgeCounts[]> {
    const rig = await createRig()
    try {
      const told: EdgeCounts[] = []
      rig.adapter.onEdge(({ counts }) => void told.push(...counts))
      let visits = 0
      const { port } = await rig.upstream((_, response) => {
        response.statusCode = visits % 4 < failing ? 500 : 200
        visits += 1
        setTimeout(() => response.end('four'), afterMs)
      })
      await rig.publish([routeTo([instanceAt(port)], { app: 'shop' })])
      const visit = `GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`
      await Promise.all(Array.from({ length: 30 }, () => sendRaw(rig.port, visit, 60_000)))
      await rig.worker.stop()
      const counted = (): number => told.reduce((sum, { requests }) => sum + requests, 0)
      await until(() => counted() === 30, 30_000)
      return told
    } finally {
      await rig.end()
    }
  }

  /** An app at a worker of the proxy: each quarter of a minute is one that was measured. */
  async function visited() {
    const machine = await createMeasuringMachine({ readDisks: async () => [] })
    ends.push(machine.end)
    machine.addApp('shop')
    return {
      machine,
      quarter: (counts: EdgeCounts[]) => (): void => machine.proxy.edge({ counts, webSockets: {} }),
    }
  }

  it('errors: one in four is a 5xx', async () => {
    const { machine, quarter } = await visited()
    const [well, bad] = [
      quarter(await countsOf({ afterMs: 20, failing: 0 })),
      quarter(await countsOf({ afterMs: 20, failing: 1 })),
    ]
    let each = well
    const told = await toldThrough(machine, 'errors', 3 * MINUTE, {
      each: () => each(),
      begin: () => {
        each = bad
      },
      end: () => {
        each = well
      },
    })
    expect(told).toEqual(ONCE)
  })

  it('latency: an app that takes its time, far more than it took for hours', async () => {
    const { machine, quarter } = await visited()
    // So far from each other that what runs beside it on the machine makes no difference.
    const [usual, slow] = [
      quarter(await countsOf({ afterMs: 120, failing: 0 })),
      quarter(await countsOf({ afterMs: 4_000, failing: 0 })),
    ]
    await machine.pass(5 * HOUR, usual)
    let each = usual
    const told = await toldThrough(machine, 'latency', 8 * MINUTE, {
      each: () => each(),
      begin: () => {
        each = slow
      },
      end: () => {
        each = usual
      },
    })
    expect(told).toEqual(ONCE)
  })
})
