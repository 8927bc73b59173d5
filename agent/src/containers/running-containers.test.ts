import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LABEL } from '#agent/containers/labels.ts'
import { createRunningContainers } from '#agent/containers/running-containers.ts'
import { type FakeEngine, startFakeEngine } from '#test/fake-engine.ts'

const LIST = '/containers/json'

const instanceOf = (id: string, state = 'running') => ({
  id,
  state,
  labels: {
    [LABEL.kind]: 'instance',
    [LABEL.app]: `app-of-${id}`,
    [LABEL.process]: 'web',
    [LABEL.ordinal]: '2',
    [LABEL.releaseNumber]: '7',
  },
})
const addonOf = (id: string) => ({
  id,
  state: 'running',
  labels: { [LABEL.kind]: 'addon', [LABEL.addon]: `addon-of-${id}` },
})

describe('what runs', () => {
  let fake: FakeEngine
  let ms: number
  beforeEach(async () => {
    fake = await startFakeEngine()
    fake.world.containers = [instanceOf('one')]
    ms = 0
  })
  afterEach(() => fake.stop())

  const create = () =>
    createRunningContainers({ engine: fake.engine, instance: 'a1b2c3', now: () => ms })
  const listed = (): number => fake.world.asked.filter((path) => path === LIST).length

  it('is listed once for all who ask, until the engine says that something changed', async () => {
    const running = create()
    const stopping = new AbortController()
    const following = running.follow(stopping.signal)
    await expect.poll(() => fake.listeners(), { timeout: 20_000 }).toBe(1)
    const [first, second] = await Promise.all([running.get(), running.get()])
    ms = 30_000
    // Its own beginning may count as a change.
    const before = listed()
    await Promise.all([running.get(), running.get()])

    expect(listed() - before).toBeLessThan(2)
    expect(second).toBe(first)
    expect(first).toEqual([
      {
        id: 'one',
        name: 'vastrox-one',
        kind: 'instance',
        owner: 'app-of-one',
        process: 'web',
        ordinal: 2,
        release: 7,
      },
    ])
    fake.world.containers = [
      instanceOf('one'),
      addonOf('db'),
      instanceOf('gone', 'exited'),
      instanceOf('still', 'paused'),
      { id: 'other', state: 'running', labels: { [LABEL.kind]: 'volume' } },
    ]
    fake.tell()
    await expect
      .poll(async () => (await running.get()).map(({ id, owner }) => [id, owner]), {
        timeout: 20_000,
      })
      .toEqual([
        ['one', 'app-of-one'],
        ['db', 'addon-of-db'],
        ['still', 'app-of-still'],
      ])
    const after = listed()
    ms += 61_000
    await running.get()
    expect(listed()).toBe(after + 1)

    stopping.abort()
    await following
  })

  it('is looked at every few seconds while the engine tells no events, and is what was known while it is away', async () => {
    const running = create()
    await running.get()
    ms = 4_000
    await running.get()
    expect(listed()).toBe(1)
    ms = 6_000
    await running.get()
    expect(listed()).toBe(2)
    fake.world.isAway = true
    ms = 60_000

    expect(await running.get()).toHaveLength(1)
  })

  it('is what was known while the engine does not answer', async () => {
    let isHanging = false
    const running = createRunningContainers({
      engine: {
        ...fake.engine,
        get: (path, schema, call) =>
          isHanging ? new Promise(() => undefined) : fake.engine.get(path, schema, call),
      },
      instance: 'a1b2c3',
      now: () => ms,
    })
    await running.get()
    isHanging = true
    ms = 60_000

    expect(await running.get()).toHaveLength(1)
  })

  it('is not known where the engine was never there', async () => {
    fake.world.isAway = true

    await expect(create().get()).rejects.toThrow('away')
  })
})
