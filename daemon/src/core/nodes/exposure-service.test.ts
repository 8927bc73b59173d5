import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createExposureService } from '#core/nodes/exposure-service.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeExposure } from '#test/fakes/exposure.ts'

function setUp() {
  const world = { nowMs: 0, away: false, asked: [] as string[], audited: [] as string[] }
  const node = createFakeExposure()
  const exposure = createExposureService({
    exposure: node.agent(async (verb) => {
      world.asked.push(verb)
      if (world.away) throw new CodedError('AGENT_UNREACHABLE')
    }),
    audit: {
      append({ action, target }) {
        world.audited.push(`${action} ${target}`)
      },
    },
    transact: (work) => work(),
    clock: {
      now: () => new Date(world.nowMs),
      elapsedMs: () => world.nowMs,
      sleep: async () => {},
    },
    nodeName: 'local',
  })
  return { world, node, exposure }
}

describe('what is reachable on the node', () => {
  it('is looked at once for all who ask at the same time, and anew after 3 seconds', async () => {
    const { world, exposure } = setUp()
    await Promise.all([exposure.list(), exposure.list()])
    world.nowMs = 2_999
    await exposure.list()
    expect(world.asked).toEqual(['list-exposure'])

    world.nowMs = 3_000
    await exposure.list()
    expect(world.asked).toHaveLength(2)
  })

  it('is asked again at once after a failure', async () => {
    const { world, exposure } = setUp()
    world.away = true
    await expect(exposure.list()).rejects.toMatchObject({ code: 'AGENT_UNREACHABLE' })

    world.away = false
    await expect(exposure.list()).resolves.toMatchObject({ ports: [{ port: 6379 }] })
  })

  it('is tested on request only, with a line in the audit log before', async () => {
    const { world, exposure, node } = setUp()
    await exposure.list()

    await exposure.test(owner())

    expect(node.tested).toBe(1)
    expect(world.audited).toEqual(['exposure.test local'])
    expect((await exposure.list()).testedAt).not.toBeNull()
  })
})
