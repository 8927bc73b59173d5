import { CodedError } from '@vastrox/shared/errors.ts'
import type { DiskUse } from '@vastrox/shared/disk-use.ts'
import { describe, expect, it } from 'vitest'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createDiskService } from '#core/nodes/disk-service.ts'
import type { InstanceHint } from '#core/processes/instance-hints.ts'
import { transactionOf } from '#store/database.ts'
import { createDiskAllowanceStore } from '#store/disk-allowance-store.ts'
import { createFakeDisk } from '#test/fakes/disk.ts'
import { owner } from '#test/fakes/actors.ts'
import { createHarness } from '#test/harness.ts'

const use = (changes: Partial<DiskUse> = {}): DiskUse => ({
  bytes: 5_000,
  allowanceBytes: 9_000,
  isOwn: false,
  hold: null,
  measuredAt: new Date(0).toISOString(),
  ...changes,
})

function setUp() {
  const harness = createHarness()
  const world = {
    away: false,
    audited: [] as string[],
    problems: [] as string[],
    onHint: (_hint: InstanceHint): void => {},
  }
  const node = createFakeDisk()
  const service = createDiskService({
    apps: harness.apps,
    finder: createAppFinder(harness.apps),
    allowances: createDiskAllowanceStore(harness.db),
    disk: node.agent(async () => {
      if (world.away) throw new CodedError('AGENT_UNREACHABLE')
    }),
    hints: {
      on: (listener) => {
        world.onHint = listener
        return () => true
      },
    },
    audit: {
      append: ({ action, target, details }) =>
        void world.audited.push(`${action} ${target} ${JSON.stringify(details)}`),
    },
    events: harness.events,
    clock: harness.clock,
    transact: transactionOf(harness.db),
    onProblem: (what) => world.problems.push(what),
  })
  const { actor } = harness
  return { world, disk: node, service, actor, addApp: (name: string) => harness.addApp(name) }
}

describe('what an app may take of the disk (section 7)', () => {
  it('is said of it, kept, audited and told to the node; and is again what every app has', async () => {
    const { service, world, disk, actor, addApp } = setUp()
    const app = addApp('shop')
    disk.uses.set(app.id, use())

    const changed = await service.change(actor, 'shop', { allowanceBytes: 2 ** 30 })

    expect(changed).toEqual({ app: 'shop', allowanceBytes: 2 ** 30, use: use() })
    expect(disk.allowances).toEqual([{ appId: app.id, bytes: 2 ** 30 }])
    await service.change(actor, 'shop', { allowanceBytes: null })
    expect(disk.allowances).toEqual([])
    expect(await service.get(actor, 'shop')).toMatchObject({ allowanceBytes: null })
    expect(world.audited).toEqual([
      'disk.allow shop {"allowanceBytes":1073741824}',
      'disk.allow shop {"allowanceBytes":null}',
    ])
  })

  it('is not for the people of the app to say: it protects the others', async () => {
    const { service, disk, addApp } = setUp()
    addApp('shop')
    const developer = owner({ permissions: new Set(['app.read', 'app.change', 'app.deploy']) })

    await expect(
      service.change(developer, 'shop', { allowanceBytes: 2 ** 40 }),
    ).rejects.toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(disk.allowances).toEqual([])
  })

  it('holds where the node is away, which is told when it is back', async () => {
    const { service, world, disk, actor, addApp } = setUp()
    addApp('shop')
    service.start()
    world.away = true
    const changed = await service.change(actor, 'shop', { allowanceBytes: 2 ** 30 })
    expect(changed).toEqual({ app: 'shop', allowanceBytes: 2 ** 30, use: null })
    expect(world.problems).toHaveLength(1)

    world.away = false
    world.onHint({ type: 'engine-restarted' })
    await expect.poll(() => disk.allowances).toHaveLength(1)
  })

  it('is listed with what is taken, the most first', async () => {
    const { service, disk, actor, addApp } = setUp()
    const [small, big] = [addApp('small'), addApp('big'), addApp('none')]
    disk.uses.set(small?.id ?? '', use({ bytes: 1 }))
    disk.uses.set(big?.id ?? '', use({ bytes: 2 }))

    expect((await service.list(actor)).map(({ app }) => app)).toEqual(['big', 'small', 'none'])
  })
})
