import { beforeEach, describe, expect, it } from 'vitest'
import { createAuditStore } from '#store/audit-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness, type Harness } from '#test/harness.ts'

const DATA = { name: 'data', mountPath: '/data', processes: null, exclusive: false }
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000
const coded = (code: string) => expect.objectContaining({ code })

let harness: Harness
beforeEach(async () => {
  harness = createHarness()
  harness.addApp()
  await harness.start()
})

const actions = () =>
  createAuditStore(harness.db)
    .list(harness.actor, undefined, 50)
    .map(({ action }) => action)

describe('a volume', () => {
  it('is given to the instances by a deployment of its own, and is measured then', async () => {
    await harness.deploy('a1')

    const { volume, deployment } = harness.volumes.create(harness.actor, 'hello', DATA)
    await harness.clock.pass(5_000)

    expect(volume).toMatchObject({ name: 'data', mountPath: '/data', sizeBytes: null })
    expect(deployment).toMatchObject({ trigger: 'restart' })
    expect(harness.deployments.get(harness.actor, 'hello', 2).state).toBe('watching')
    const [first] = await harness.volumes.list(harness.actor, 'hello')
    expect(first?.sizeBytes).toBe(4_096)
    expect(actions()).toContain('volume.create')
  })

  it('waits for the first push where nothing runs yet', () => {
    expect(harness.volumes.create(harness.actor, 'hello', DATA).deployment).toBeNull()
  })

  it('is refused where its name or its path is taken, also in part', () => {
    harness.volumes.create(harness.actor, 'hello', DATA)

    for (const mountPath of ['/data', '/data/inner'])
      expect(() =>
        harness.volumes.create(harness.actor, 'hello', { ...DATA, name: 'other', mountPath }),
      ).toThrow(coded('VOLUME_PATH_TAKEN'))
    expect(() =>
      harness.volumes.create(harness.actor, 'hello', { ...DATA, mountPath: '/elsewhere' }),
    ).toThrow(coded('VOLUME_NAME_TAKEN'))
    harness.volumes.create(harness.actor, 'hello', { ...DATA, name: 'data2', mountPath: '/data2' })
  })

  it('is nobody’s of another team', () => {
    harness.volumes.create(harness.actor, 'hello', DATA)
    const stranger = owner({ id: 'user9', teamId: 'team9' })

    expect(() => harness.volumes.change(stranger, 'hello', 'data', {})).toThrow(
      coded('APP_NOT_FOUND'),
    )
  })
})

describe('a volume that has been in use (promise 5)', () => {
  it('is missing where the server has nothing of it: nothing starts, and what runs goes on', async () => {
    await harness.deploy('a1')
    harness.volumes.create(harness.actor, 'hello', DATA)
    await harness.clock.pass(120_000)
    const before = harness.node.running()
    harness.node.volumes.clear()

    const deployment = await harness.deploy('b2')

    expect(deployment).toMatchObject({ state: 'failed' })
    expect(harness.node.running()).toEqual(before)
    expect(harness.node.volumes.size).toBe(0)
  })
})

describe('a volume that is destroyed (promise 5, rule B10)', () => {
  async function destroyed(): Promise<string> {
    await harness.deploy('a1')
    harness.volumes.create(harness.actor, 'hello', DATA)
    await harness.clock.pass(120_000)
    harness.volumes.destroy(harness.actor, 'hello', 'data', 'data')
    await harness.clock.pass(120_000)
    const [one] = await harness.volumes.listDestroyed(harness.actor)
    return one?.id ?? ''
  }

  it('asks for its name once more', () => {
    harness.volumes.create(harness.actor, 'hello', DATA)

    expect(() => harness.volumes.destroy(harness.actor, 'hello', 'data', 'yes')).toThrow(
      coded('CONFIRMATION_WRONG'),
    )
  })

  it('comes back with its data', async () => {
    const id = await destroyed()

    harness.volumes.restore(harness.actor, id)
    await harness.clock.pass(5_000)

    expect(await harness.volumes.list(harness.actor, 'hello')).toMatchObject([
      { name: 'data', sizeBytes: 4_096 },
    ])
    expect(harness.node.calls.filter((call) => call.startsWith('remove-volume'))).toEqual([])
  })

  it('is removed by name alone, and not before its 7 days are over, whatever jobs have run', async () => {
    const id = await destroyed()
    await expect(harness.volumes.purge(harness.actor, id, 'data')).rejects.toEqual(
      coded('VOLUME_IN_TRASH'),
    )

    await harness.clock.pass(WEEK_MS)
    await expect(harness.volumes.purge(harness.actor, id, 'x')).rejects.toEqual(
      coded('CONFIRMATION_WRONG'),
    )
    expect(harness.node.volumes.has(id)).toBe(true)
    await harness.volumes.purge(harness.actor, id, 'data')

    expect(harness.node.volumes.has(id)).toBe(false)
    expect(await harness.volumes.listDestroyed(harness.actor)).toEqual([])
    expect(actions()).toContain('volume.purge')
  })

  it('does not come back once its end was asked for, and the end comes though all die (K3)', async () => {
    const id = await destroyed()
    harness.clock.jump(WEEK_MS)
    harness.node.away = 'AGENT_UNREACHABLE'
    await expect(harness.volumes.purge(harness.actor, id, 'data')).rejects.toEqual(
      coded('AGENT_UNREACHABLE'),
    )

    expect(() => harness.volumes.restore(harness.actor, id)).toThrow(coded('VOLUME_PURGING'))
    expect(await harness.volumes.listDestroyed(harness.actor)).toMatchObject([
      { id, isPurging: true },
    ])
    harness.node.away = undefined
    expect(await harness.volumes.finishPurges()).toBe(1)

    expect(harness.node.volumes.has(id)).toBe(false)
    expect(await harness.volumes.listDestroyed(harness.actor)).toEqual([])
    expect(await harness.volumes.finishPurges()).toBe(0)
    expect(actions().filter((action) => action === 'volume.purge')).toHaveLength(1)
  })

  it('stays as it was where the agent refuses, since nothing was removed', async () => {
    const id = await destroyed()
    harness.clock.jump(WEEK_MS)
    harness.node.away = 'VOLUME_IN_USE'
    await expect(harness.volumes.purge(harness.actor, id, 'data')).rejects.toEqual(
      coded('VOLUME_IN_USE'),
    )
    harness.node.away = undefined

    harness.volumes.restore(harness.actor, id)
    await harness.clock.pass(5_000)

    expect(await harness.volumes.list(harness.actor, 'hello')).toMatchObject([{ name: 'data' }])
    expect(harness.node.volumes.has(id)).toBe(true)
  })
})
