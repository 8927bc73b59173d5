import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WatchEvent } from '@vastrox/shared/agent-api.ts'
import { floorOf, inodeFloorOf } from '@vastrox/shared/disk-floor.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { createNotices } from '#agent/containers/notices.ts'
import { openDiskBook } from '#agent/disk/disk-book.ts'
import { createDiskGuard } from '#agent/disk/disk-guard.ts'
import type { AppContainer } from '#agent/disk/measure.ts'

const GIB = 2 ** 30
const BYTES = 100 * GIB
const FLOOR = floorOf(BYTES)
const INODES = 1_000_000

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const container = (
  name: string,
  appId: string,
  more: Partial<AppContainer> = {},
): AppContainer => ({
  id: name,
  name,
  appId,
  isInstance: true,
  isAddon: false,
  isRunning: true,
  ownBytes: 1_000,
  namelessBytes: 0,
  anonymous: [],
  hasVolumes: true,
  isReadOnly: false,
  ...more,
})

/** Two apps with a volume each on a disk of 100 GiB; the daemon starts anew what is removed. */
async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-disk-'))
  folders.push(folder)
  const path = join(folder, 'disk.json')
  const world = {
    nowMs: Date.parse('2026-11-26T12:00:00Z'),
    availableBytes: 60 * GIB,
    availableInodes: 900_000,
    volumes: { loud: 2 * GIB, calm: GIB } as Record<string, number>,
    /** So many files that nobody can tell. */
    unmeasurable: undefined as string | undefined,
    files: { loud: 100, calm: 100 } as Record<string, number>,
    containers: [container('web-1', 'loud'), container('other-1', 'calm')],
    fastest: undefined as string | undefined,
    measured: 0,
    acts: [] as string[],
    told: [] as WatchEvent[],
  }
  const notices = createNotices()
  notices.on((event) => world.told.push(event))
  const book = await openDiskBook(path)
  const disk = () => ({
    holds: 'data' as const,
    bytes: BYTES,
    availableBytes: world.availableBytes,
    floorBytes: FLOOR,
    inodes: INODES,
    availableInodes: world.availableInodes,
    floorInodes: inodeFloorOf(INODES),
  })
  const sum = (of: Record<string, number>, names: readonly string[]): number =>
    names.reduce((all, name) => all + (of[name] ?? 0), 0)
  const guard = createDiskGuard({
    book,
    notices,
    now: () => new Date(world.nowMs),
    readDisks: async () => {
      const one = disk()
      return { volumes: one, images: one, all: [one] }
    },
    probes: {
      containers: async () => world.containers,
      sizes: async (id) => world.containers.filter((one) => id === undefined || one.id === id),
      volumes: async () => new Map(Object.keys(world.volumes).map((app) => [app, [app]])),
      bytesOf: async (names) => {
        world.measured += 1
        return names.some((name) => name === world.unmeasurable)
          ? undefined
          : sum(world.volumes, names)
      },
      filesOf: async (names) => sum(world.files, names),
      fastest: async (running) => running.find(({ name }) => name === world.fastest),
      freeze: async (name) => void world.acts.push(`freeze ${name}`),
      thaw: async (name) => void world.acts.push(`thaw ${name}`),
      remove: async (name) => {
        world.acts.push(`remove ${name}`)
        world.containers = world.containers.flatMap((one) => {
          if (one.name !== name) return [one]
          const isReadOnly = guard.isHeld(one.appId)
          return one.isInstance ? [{ ...one, ownBytes: 0, isReadOnly }] : []
        })
      },
    },
  })
  /** Somebody writes, and a while goes by. */
  const grow = (app: string, bytes: number, passMs = 60_000): void => {
    world.volumes[app] = (world.volumes[app] ?? 0) + bytes
    world.availableBytes -= bytes
    world.nowMs += passMs
  }
  return { world, guard, book, path, grow }
}

const useOf = async (guard: Awaited<ReturnType<typeof setUp>>['guard'], app: string) =>
  (await guard.use()).find(({ appId }) => appId === app)

describe('how often the disk is looked at (section 7, disk)', () => {
  it('measures apps once, and again only when half a gigabyte is gone', async () => {
    const { world, guard, grow } = await setUp()
    await guard.look()
    world.nowMs += 60_000
    await guard.look()
    expect(world.measured).toBe(2)

    grow('loud', GIB)
    await guard.look()
    expect(world.measured).toBe(4)
    expect(world.acts).toEqual([])
  })

  it('looks the oftener the less room there is, four times a second at least near the floor', async () => {
    const { world, guard } = await setUp()
    expect(await guard.look()).toBe(10_000)
    world.nowMs += 60_000
    world.availableBytes = FLOOR + 8 * GIB
    expect(await guard.look()).toBe(2_000)
    world.nowMs += 60_000
    world.availableBytes = FLOOR + GIB / 2
    expect(await guard.look()).toBe(250)
  })
})

describe('what a container writes beside its volumes', () => {
  it('has it removed where it is more than its share, and says so', async () => {
    const { world, guard } = await setUp()
    world.containers = [container('web-1', 'loud', { ownBytes: 5 * GIB })]
    await guard.look()

    expect(world.acts).toEqual(['remove web-1'])
    expect(world.told).toEqual([
      { type: 'instance', name: 'web-1', action: 'overwrote', exitCode: null },
    ])
  })

  it('is less where the disk is nearly full, volumes that nobody has named included', async () => {
    const { world, guard } = await setUp()
    world.volumes['nameless'] = GIB
    world.containers = [container('web-1', 'loud', { anonymous: ['nameless'] })]
    await guard.look()
    expect(world.acts).toEqual([])
    world.availableBytes = FLOOR - GIB
    world.nowMs += 60_000
    await guard.look()

    expect(world.acts).toEqual(['remove web-1'])
  })
})

describe('what a container writes into files that it has removed already', () => {
  it('counts as what it writes beside its volumes, also where they lie in one', async () => {
    const { world, guard } = await setUp()
    world.containers = [container('web-1', 'loud', { namelessBytes: 5 * GIB })]
    await guard.look()

    expect(world.acts).toEqual(['remove web-1'])
  })

  it('is less where the disk is nearly full, and whoever is found to do so is no innocent', async () => {
    const { world, guard } = await setUp()
    world.availableBytes = FLOOR + GIB
    await guard.look()
    world.fastest = 'web-1'
    for (const nameless of [0.3, 0.6, 0.9, 1.2, 1.5, 1.8]) {
      world.containers = world.containers.map((one) =>
        one.name === 'web-1' ? { ...one, ownBytes: 0, namelessBytes: nameless * GIB } : one,
      )
      world.availableBytes = FLOOR + GIB - nameless * GIB
      world.nowMs += 500
      await guard.look()
      if (world.acts.includes('remove web-1')) break
    }

    expect(world.acts).toContain('remove web-1')
    expect(world.availableBytes).toBeGreaterThan(FLOOR)
  })
})

describe('what an app has in its volumes', () => {
  it('can only be read from its own allowance on, and is written again when more is allowed', async () => {
    const { world, guard, grow } = await setUp()
    await guard.keepAllowances([{ appId: 'loud', bytes: 3 * GIB }])
    await guard.look()
    expect(guard.isHeld('loud')).toBe(false)
    grow('loud', 2 * GIB)
    await guard.look()

    expect(world.acts).toEqual(['remove web-1'])
    expect(world.told).toMatchObject([
      {
        name: 'web-1',
        action: 'read-only',
        reason:
          'Its volumes hold 4 GB, and 3 GB are allowed: they can be read, and not written until there is less in them or more is allowed.',
      },
    ])
    expect(await useOf(guard, 'loud')).toMatchObject({ isOwn: true, hold: expect.anything() })
    expect(guard.isHeld('calm')).toBe(false)

    await guard.keepAllowances([{ appId: 'loud', bytes: 8 * GIB }])
    await guard.look()
    expect(guard.isHeld('loud')).toBe(false)
    expect(world.acts).toEqual(['remove web-1', 'remove web-1'])
    expect(world.told.at(-1)).toMatchObject({ action: 'writable' })
  })

  it('may be more than a quarter of the disk as long as there is room for everybody', async () => {
    const { guard, grow, world } = await setUp()
    await guard.look()
    grow('loud', 30 * GIB)
    await guard.look()
    expect(guard.isHeld('loud')).toBe(false)
    expect(await useOf(guard, 'loud')).toMatchObject({ isOwn: false, allowanceBytes: 25 * GIB })

    grow('calm', 18 * GIB)
    await guard.look()
    expect(world.availableBytes).toBeLessThan(2 * FLOOR)
    expect(guard.isHeld('loud')).toBe(true)
    expect(guard.isHeld('calm')).toBe(false)
  })

  it('is held where it has filled a disk that is low, whatever is allowed', async () => {
    const { guard, grow, world } = await setUp()
    world.availableBytes = FLOOR + GIB
    await guard.look()
    grow('loud', 2 * GIB)
    await guard.look()

    expect(guard.isHeld('loud')).toBe(true)
    expect(guard.isHeld('calm')).toBe(false)
    expect((await useOf(guard, 'loud'))?.hold?.reason).toMatch(/^6 GB are free .* 7 GB must/)
    world.nowMs += 60_000
    world.availableBytes = 2 * FLOOR
    await guard.look()
    expect(guard.isHeld('loud')).toBe(false)
  })

  it('is held where it cannot be measured on a disk that is low, once nobody is found who has filled it', async () => {
    const { guard, grow, world } = await setUp()
    world.availableBytes = FLOOR + GIB
    await guard.look()
    world.unmeasurable = 'loud'
    grow('loud', 2 * GIB)
    await guard.look()

    expect(guard.isHeld('loud')).toBe(true)
    expect(guard.isHeld('calm')).toBe(false)
    expect((await useOf(guard, 'loud'))?.hold?.reason).toMatch(/could not be measured/)
    world.nowMs += 60_000
    world.availableBytes = 2 * FLOOR
    await guard.look()
    expect(guard.isHeld('loud')).toBe(false)
  })

  it('is not held for what is not known as long as there is room', async () => {
    const { guard, grow, world } = await setUp()
    world.unmeasurable = 'loud'
    await guard.look()
    grow('loud', 2 * GIB)
    await guard.look()

    expect(guard.isHeld('loud')).toBe(false)
    expect(await useOf(guard, 'loud')).toBeUndefined()
  })

  it('has not filled the disk with all that it has where that is known at last', async () => {
    const { guard, world } = await setUp()
    world.unmeasurable = 'loud'
    await guard.look()
    world.unmeasurable = undefined
    world.availableBytes = FLOOR - GIB
    world.nowMs += 60_000
    await guard.look()

    expect(guard.isHeld('loud')).toBe(false)
  })

  it('is held for many small files as well (inodes)', async () => {
    const { guard, world } = await setUp()
    await guard.look()
    world.nowMs += 60_000
    world.availableInodes = 60_000
    world.files['loud'] = 600_000
    await guard.look()

    expect(guard.isHeld('loud')).toBe(true)
    expect((await useOf(guard, 'loud'))?.hold?.reason).toMatch(/600000 files, and 250000/)
  })

  it('can be made less by a command, and one that fills it further is ended', async () => {
    const { guard, grow, world } = await setUp()
    await guard.keepAllowances([{ appId: 'loud', bytes: GIB }])
    await guard.look()
    expect(world.acts).toEqual(['remove web-1'])
    world.containers.push(container('run-1', 'loud', { isInstance: false }))
    grow('loud', -GIB / 2)
    await guard.look()
    expect(world.acts).toHaveLength(1)
    grow('loud', 2 * GIB)
    await guard.look()
    expect(world.acts).toEqual(['remove web-1', 'remove run-1'])
  })

  it('stays held over a restart of the agent, and what was begun is done then (rule K3)', async () => {
    const { guard, book, path, world } = await setUp()
    await book.setHold('loud', {
      cause: 'allowance',
      reason: 'x',
      since: new Date(world.nowMs).toISOString(),
      bytes: 1,
    })
    expect((await openDiskBook(path)).hold('loud')).toMatchObject({ reason: 'x' })
    await book.setAllowances([{ appId: 'loud', bytes: GIB }])
    await guard.look()

    expect(guard.isHeld('loud')).toBe(true)
    expect(world.acts).toContain('remove web-1')
  })
})

describe('an app that would fill the disk within seconds', () => {
  it('is frozen while it is measured, and goes on where it has its right', async () => {
    const { guard, grow, world } = await setUp()
    world.availableBytes = FLOOR + 4 * GIB
    await guard.look()
    world.fastest = 'web-1'
    grow('loud', 2 * GIB, 1_000)
    await guard.look()

    expect(world.acts).toEqual(['freeze web-1', 'thaw web-1'])
    expect(guard.isHeld('loud')).toBe(false)
  })

  it('is frozen as a whole: another of its containers would go on filling', async () => {
    const { guard, grow, world } = await setUp()
    world.containers.push(container('web-2', 'loud'))
    world.availableBytes = FLOOR + 4 * GIB
    await guard.look()
    world.fastest = 'web-1'
    grow('loud', 2 * GIB, 1_000)
    await guard.look()

    expect(world.acts).toEqual(['freeze web-1', 'freeze web-2', 'thaw web-1', 'thaw web-2'])
  })

  it('is held before half of what must stay free is gone', async () => {
    const { guard, grow, world } = await setUp()
    world.availableBytes = FLOOR + 2 * GIB
    await guard.look()
    world.fastest = 'web-1'
    for (let at = 0; at < 20 && !guard.isHeld('loud'); at += 1) {
      const waitMs = await guard.look()
      grow('loud', GIB / 4, waitMs)
    }

    expect(guard.isHeld('loud')).toBe(true)
    expect(world.availableBytes).toBeGreaterThan(FLOOR / 2)
    expect(world.containers[0]).toMatchObject({ isReadOnly: true })
  })

  it('is left alone when it turns out to have filled nothing', async () => {
    const { guard, world } = await setUp()
    world.availableBytes = FLOOR + 2 * GIB
    await guard.look()
    world.fastest = 'web-1'
    world.containers = [container('web-1', 'loud', { ownBytes: 0 })]
    for (const free of [1.5, 1, 0.5]) {
      world.availableBytes = FLOOR + free * GIB
      world.nowMs += 500
      await guard.look()
    }
    expect(world.acts).toEqual(['freeze web-1', 'thaw web-1'])
  })

  it('does not stay frozen when the agent dies meanwhile', async () => {
    const { guard, book, world } = await setUp()
    await book.setFrozen(['web-1'])
    const stopping = new AbortController()
    const running = guard.run(stopping.signal)
    await expect.poll(() => world.acts).toEqual(['thaw web-1'])
    stopping.abort()
    await running
    expect(book.frozen()).toEqual([])
  })
})
