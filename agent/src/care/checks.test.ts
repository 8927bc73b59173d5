import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchClock } from '#agent/care/check-clock.ts'
import { checkUpdates, readSecurityUpdates } from '#agent/care/check-updates.ts'
import type { Machine } from '#agent/care/machine.ts'
import { compareVersions } from '#agent/care/versions.ts'

const SAID = [
  'Inst libssl3 [3.0.11-1] (3.0.17-1 Debian-Security:12/stable-security [amd64])',
  'Inst vim [2:9.0] (2:9.1 Debian:12.15/stable [amd64])',
  'Inst openssh-server [1:8.9p1-3] (1:8.9p1-3ubuntu0.13 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64]) []',
  'Conf libssl3 (3.0.17-1 Debian-Security:12/stable-security [amd64])',
].join('\n')

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vastrox-care-'))
})
afterEach(() => rm(folder, { recursive: true }))

function machine() {
  const world = {
    now: '2026-11-20T12:00:00.000Z',
    lists: '2026-11-20T11:00:00.000Z',
    said: SAID,
    asked: 0,
  }
  const subject: Machine = {
    read: async () => undefined,
    list: async () => [],
    link: async () => undefined,
    space: async () => undefined,
    modifiedAt: async (path) =>
      path.startsWith('/var/lib/apt/periodic') ? undefined : new Date(world.lists),
    ask: async () => {
      world.asked += 1
      return world.said
    },
    kernel: () => '6.12.0',
    now: () => new Date(world.now),
  }
  return { world, subject }
}

describe('security updates that wait', () => {
  it('are those of a security suite, of Debian and of Ubuntu', () => {
    expect(readSecurityUpdates(SAID)).toEqual(['libssl3', 'openssh-server'])
  })

  it('are known since they were first seen, and looked for only when something has changed', async () => {
    const { world, subject } = machine()
    const file = join(folder, 'updates.json')
    await checkUpdates(subject, file)
    world.now = '2026-11-23T12:00:00.000Z'

    const [again] = await checkUpdates(subject, file)
    expect(again?.message).toBe(
      '2 security updates wait since 2026-11-20: libssl3, openssh-server.',
    )
    expect(world.asked).toBe(1)

    world.lists = world.now
    world.said = SAID.replace(/^Inst libssl3/, 'Inst libcurl4')
    const [anew] = await checkUpdates(subject, file)
    expect(anew?.message).toContain('since 2026-11-20: libcurl4, openssh-server')
    expect(world.asked).toBe(2)
  })

  it('are none where the simulation names none, and a failure is said', async () => {
    const { world, subject } = machine()
    world.said = ''
    expect(await checkUpdates(subject, undefined)).toMatchObject([{ level: 'ok' }])

    subject.ask = async () => undefined
    expect(await checkUpdates(subject, undefined)).toMatchObject([
      { level: 'warn', message: expect.stringContaining('could not be found out') },
    ])
  })
})

describe('a clock that is watched', () => {
  it('is told by another one when it was set', () => {
    const clocks = { wall: 1_000_000, steady: 500 }
    const moved = watchClock(
      () => clocks.wall,
      () => clocks.steady,
    )
    clocks.wall += 60_000
    clocks.steady += 60_000
    expect(moved()).toEqual({ ms: 0, since: new Date(1_000_000) })

    clocks.wall -= 5_000
    expect(moved().ms).toBe(-5_000)
  })
})

it.each([
  ['6.12.0-9', '6.12.0-10', -1],
  ['6.12.0-10-amd64', '6.12.0-10-amd64', 0],
  ['6.2.0', '6.12.0', -1],
  ['28', '28.0.0', 0],
])('versions are compared by their numbers: %s and %s', (one, other, expected) => {
  expect(Math.sign(compareVersions(one, other))).toBe(expected)
})
