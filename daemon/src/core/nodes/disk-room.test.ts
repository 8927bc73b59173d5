import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createDiskRoom } from '#core/nodes/disk-room.ts'
import { createFakeNode } from '#test/fakes/agent.ts'

function setUp() {
  const world = { nowMs: 0, away: false, asked: 0, availableBytes: 3e9 }
  const agent = createFakeNode().agent(() => false)
  const room = createDiskRoom({
    agent: {
      async describe() {
        world.asked += 1
        if (world.away) throw new CodedError('AGENT_UNREACHABLE')
        const { availableBytes } = world
        const files = { inodes: 0, availableInodes: 0, floorInodes: 0 }
        const sizes = { bytes: 100e9, availableBytes, floorBytes: 7e9 }
        const disk = { holds: 'data' as const, ...sizes, ...files }
        return { ...(await agent.describe()), disks: [disk] }
      },
    },
    clock: {
      now: () => new Date(world.nowMs),
      elapsedMs: () => world.nowMs,
      sleep: async () => {},
    },
  })
  return { world, room }
}

describe('a disk that is nearly full', () => {
  it('takes nothing new, says how much must stay free, and takes it once there is room', async () => {
    const { world, room } = setUp()

    await expect(room.mustHaveRoom('pushes are')).rejects.toMatchObject({
      code: 'DISK_LOW',
      details: {
        reason: expect.stringMatching(/^3\.0 GB are free .* 7\.0 GB .* pushes are refused/),
      },
    })
    world.availableBytes = 8e9
    world.nowMs = 5_000
    await expect(room.mustHaveRoom('pushes are')).resolves.toBeUndefined()
  })

  it('is not asked about again within 5 seconds, and an agent that is away stops nobody', async () => {
    const { world, room } = setUp()
    world.away = true
    await room.mustHaveRoom('pushes are')
    world.nowMs = 4_999
    await room.mustHaveRoom('pushes are')

    expect(world.asked).toBe(1)
  })
})
