import { CodedError } from '@vastrox/shared/errors.ts'
import type { CountedRule, FirewallChange } from '@vastrox/shared/firewall.ts'
import { describe, expect, it } from 'vitest'
import { createExposureService } from '#core/nodes/exposure-service.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeExposure, exposedPort } from '#test/fakes/exposure.ts'

const NO_RULE = {
  sources: [],
  expiresAt: null,
  ratePerMinute: null,
  packets: null,
  bytes: null,
}
const CHANGE: FirewallChange = {
  number: 1,
  state: 'pending',
  mode: 'enforce',
  summary: '',
  actor: 'anna',
  at: new Date(0).toISOString(),
  pendingUntil: new Date(60_000).toISOString(),
  endedAt: null,
  reason: null,
}

function setUp() {
  const world = {
    nowMs: 0,
    away: false,
    asked: [] as string[],
    audited: [] as string[],
    rules: [] as CountedRule[],
    places: [] as (number | undefined)[],
  }
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
    firewall: {
      listRules: async () => world.rules,
      async addRule(_actor, rule, at) {
        world.rules.push({
          ...NO_RULE,
          id: `rule${world.rules.length}`,
          action: rule.action,
          protocol: rule.protocol ?? 'tcp',
          ports: rule.ports ?? [],
          comment: rule.comment ?? '',
        })
        world.places.push(at)
        return CHANGE
      },
    },
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

describe('a port that somebody else has opened', () => {
  const redis = { protocol: 'tcp', port: 6379 } as const

  it('is fenced by one rule at the top, which waits for its confirmation as any other', async () => {
    const { world, exposure } = setUp()

    const change = await exposure.fence(owner(), redis)

    expect(change.state).toBe('pending')
    expect(world.rules).toMatchObject([
      { action: 'deny', protocol: 'tcp', ports: ['6379'], sources: [], comment: 'fenced: cache' },
    ])
    expect(world.places).toEqual([0])
  })

  it('is not fenced twice', async () => {
    const { world, exposure } = setUp()
    await exposure.fence(owner(), redis)

    await expect(exposure.fence(owner(), redis)).rejects.toMatchObject({ code: 'EXPOSURE_FENCED' })
    expect(world.rules).toHaveLength(1)
  })

  it('has to be there, and be none of ours', async () => {
    const { world, node, exposure } = setUp()
    await expect(exposure.fence(owner(), { protocol: 'udp', port: 6379 })).rejects.toMatchObject({
      code: 'EXPOSURE_NOT_FOUND',
    })
    node.ports = [exposedPort({ port: 443, by: { ...exposedPort().by, ours: true } })]

    await expect(exposure.fence(owner(), { protocol: 'tcp', port: 443 })).rejects.toMatchObject({
      code: 'EXPOSURE_NEEDED',
    })
    expect(world.rules).toEqual([])
  })
})
