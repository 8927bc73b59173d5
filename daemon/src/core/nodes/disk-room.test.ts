import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createDiskRoom } from '#core/nodes/disk-room.ts'
import { createFakeNode } from '#test/fakes/agent.ts'

function setUp() {
  const world = {
    nowMs: 0,
    away: false,
    asked: 0,
    availableBytes: 3e9,
    bytes: 50e9,
    /** What a clean-up frees. */
    removableBytes: 0,
    cleanUps: 0,
    problems: [] as string[],
    cleanUpFailure: undefined as Error | undefined,
  }
  const agent = createFakeNode().agent(() => false)
  const room = createDiskRoom({
    agent: {
      async describe() {
        world.asked += 1
        if (world.away) throw new CodedError('AGENT_UNREACHABLE')
        const { availableBytes, bytes } = world
        const files = { inodes: 0, availableInodes: 0, floorInodes: 0 }
        const sizes = { bytes, availableBytes, floorBytes: bytes * 0.05 }
        const disk = { holds: 'data' as const, ...sizes, ...files }
        return { ...(await agent.describe()), disks: [disk] }
      },
    },
    clock: {
      now: () => new Date(world.nowMs),
      elapsedMs: () => world.nowMs,
      sleep: async () => {},
    },
    async makeRoom() {
      world.cleanUps += 1
      if (world.cleanUpFailure) throw world.cleanUpFailure
      world.availableBytes += world.removableBytes
      return world.removableBytes > 0
    },
    onProblem: (what) => world.problems.push(what),
  })
  return { world, room }
}

describe('a disk that is nearly full', () => {
  it('takes no deployment with less than 10 % free, says so in words, and takes it once there is room', async () => {
    const { world, room } = setUp()

    await expect(room.mustHaveRoom('pushes are')).rejects.toMatchObject({
      code: 'DISK_LOW',
      details: {
        reason: expect.stringMatching(/^3\.0 GB are free .* 5\.0 GB .* pushes are refused/),
      },
    })
    world.availableBytes = 5e9
    world.nowMs = 5_000
    await expect(room.mustHaveRoom('pushes are')).resolves.toBeUndefined()
  })

  it('takes none with less than 2 GB free, however small a part of the disk that is', async () => {
    const { world, room } = setUp()
    world.bytes = 10e9
    world.availableBytes = 1.9e9

    await expect(room.mustHaveRoom('pushes are')).rejects.toMatchObject({ code: 'DISK_LOW' })
    world.availableBytes = 2.2e9
    world.nowMs = 5_000
    await expect(room.mustHaveRoom('pushes are')).resolves.toBeUndefined()
  })

  it('is cleaned up before anything is refused', async () => {
    const { world, room } = setUp()
    world.removableBytes = 4e9

    await expect(room.mustHaveRoom('pushes are')).resolves.toBeUndefined()
    expect(world.cleanUps).toBe(1)
  })

  it('refuses in the same words where the clean-up fails, which is reported', async () => {
    const { world, room } = setUp()
    world.cleanUpFailure = new Error('the engine is away')

    await expect(room.mustHaveRoom('pushes are')).rejects.toMatchObject({ code: 'DISK_LOW' })
    expect(world.problems).toHaveLength(1)
  })

  it('is not asked about again within 5 seconds, and an agent that is away stops nobody', async () => {
    const { world, room } = setUp()
    world.away = true
    await room.mustHaveRoom('pushes are')
    world.nowMs = 4_999
    await room.mustHaveRoom('pushes are')

    expect(world.asked).toBe(1)
    expect(world.cleanUps).toBe(0)
  })
})
