import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createNodeService } from '#core/nodes/node-service.ts'

const DESCRIBED = {
  node: 'local',
  agentVersion: '0.1.0',
  engine: {
    version: '20.10.24',
    apiVersion: '1.41',
    cgroupVersion: '1',
    storageDriver: 'overlay2',
  },
  cpus: 2,
  memoryBytes: 8,
  memoryAvailableBytes: 4,
  diskBytes: 100,
  diskAvailableBytes: 50,
  disks: [],
  loadAverage: 0.5,
}

function setUp() {
  const world = { nowMs: 0, away: false, asked: 0 }
  const nodes = createNodeService({
    agent: {
      describe: async () => {
        world.asked += 1
        if (world.away) throw new CodedError('AGENT_UNREACHABLE')
        return DESCRIBED
      },
    },
    nodeName: 'local',
    clock: {
      now: () => new Date(world.nowMs),
      elapsedMs: () => world.nowMs,
      sleep: async () => {},
    },
  })
  return { world, nodes }
}

describe('the nodes', () => {
  it('are described, and not asked again within 5 seconds', async () => {
    const { world, nodes } = setUp()
    const [node] = await nodes.list()
    world.nowMs = 4_999
    await Promise.all([nodes.list(), nodes.list()])

    expect(node).toEqual({
      name: 'local',
      reachable: true,
      engineVersion: '20.10.24',
      cpus: 2,
      memoryBytes: 8,
      memoryAvailableBytes: 4,
      diskBytes: 100,
      diskAvailableBytes: 50,
      disks: [],
      loadAverage: 0.5,
    })
    expect(world.asked).toBe(1)
  })

  it('are said not to be reachable, instead of a failure', async () => {
    const { world, nodes } = setUp()
    world.away = true
    expect(await nodes.list()).toMatchObject([{ name: 'local', reachable: false }])

    world.away = false
    world.nowMs = 5_000
    expect(await nodes.list()).toMatchObject([{ reachable: true }])
  })
})
