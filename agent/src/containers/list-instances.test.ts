import { afterEach, beforeEach, expect, it } from 'vitest'
import { LABEL } from '#agent/containers/labels.ts'
import { createInstanceList } from '#agent/containers/list-instances.ts'
import { type FakeEngine, startFakeEngine } from '#test/fake-engine.ts'

const DETAILS = '/containers/one/json'
const one = (state: string, pid: number, restarts = 0) => ({
  id: 'one',
  state,
  pid,
  restarts,
  labels: {
    [LABEL.app]: 'app-1',
    [LABEL.release]: 'release-1',
    [LABEL.releaseNumber]: '1',
    [LABEL.process]: 'web',
    [LABEL.ordinal]: '1',
    [LABEL.generation]: '1',
    [LABEL.address]: '10.0.0.2',
  },
})

let fake: FakeEngine
beforeEach(async () => {
  fake = await startFakeEngine()
})
afterEach(() => fake.stop())

const create = () => createInstanceList({ engine: fake.engine, instance: 'a1b2c3' })

it.each(['created', 'restarting', 'exited'])(
  'an instance that was %s when it was looked at runs once it runs (D9)',
  async (before) => {
    const list = create()
    fake.world.containers = [one(before, 0)]
    expect((await list()).instances).toMatchObject([{ status: before }])

    fake.world.containers = [one('running', process.pid, 1)]

    expect((await list()).instances).toMatchObject([{ status: 'running', restarts: 1 }])
  },
)

it('one that still runs as the process it was is not asked about again', async () => {
  const list = create()
  fake.world.containers = [one('running', process.pid)]
  await list()
  await list()
  await list()

  expect(fake.world.asked.filter((path) => path === DETAILS)).toHaveLength(1)
})
