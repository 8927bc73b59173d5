import type { NodeDisk } from '@vastrox/shared/agent-api-node.ts'
import type { WatchEvent } from '@vastrox/shared/agent-api.ts'
import { expect, it } from 'vitest'
import { createDiskGuard } from '#agent/containers/disk-guard.ts'
import { createNotices } from '#agent/containers/notices.ts'
import { createEngine } from '#agent/engine/engine.ts'

const GIB = 2 ** 30

function setUp() {
  const world = {
    availableBytes: 50 * GIB,
    sizes: { quiet: 1_000, loud: 2 * GIB },
    measured: 0,
    removed: [] as string[],
    told: [] as WatchEvent[],
  }
  const notices = createNotices()
  notices.on((event) => world.told.push(event))
  const guard = createDiskGuard({
    instance: 'a1b2c3',
    notices,
    diskFloor: {
      read: async (): Promise<NodeDisk[]> => [
        {
          holds: 'data',
          bytes: 100 * GIB,
          availableBytes: world.availableBytes,
          floorBytes: 7 * GIB,
        },
      ],
    },
    engine: {
      ...createEngine('/nowhere'),
      get: async (_path, schema) => {
        world.measured += 1
        return schema.parse(
          Object.entries(world.sizes).map(([name, SizeRw]) => ({ Names: [`/${name}`], SizeRw })),
        )
      },
      act: async (method, path) => void world.removed.push(`${method} ${path}`),
    },
  })
  return { world, guard }
}

it('measures once, and again only when the disk has filled by half a gigabyte', async () => {
  const { world, guard } = setUp()
  await guard.look()
  await guard.look()
  expect(world.measured).toBe(1)

  world.availableBytes -= GIB
  await guard.look()
  expect(world.measured).toBe(2)
  expect(world.removed).toEqual([])
})

it('removes a container that has written more than its share, and says so', async () => {
  const { world, guard } = setUp()
  world.sizes.loud = 5 * GIB
  await guard.look()

  expect(world.removed).toEqual(['DELETE /containers/loud'])
  expect(world.told).toEqual([
    { type: 'instance', name: 'loud', action: 'overwrote', exitCode: null },
  ])
})

it('takes less for too much where the disk is nearly full', async () => {
  const { world, guard } = setUp()
  await guard.look()
  expect(world.removed).toEqual([])
  world.availableBytes = 6 * GIB
  await guard.look()

  expect(world.removed).toEqual(['DELETE /containers/loud'])
})
