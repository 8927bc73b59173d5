import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createStarterService } from '#core/sources/starter-service.ts'
import { createAppHarness } from '#test/app-harness.ts'
import { owner } from '#test/fakes/actors.ts'

const coded = (code: string) => expect.objectContaining({ code })
const PINS = 'refs/vastrox/deployments/'

async function setUp() {
  const harness = createAppHarness()
  const file = (path: string, text = '') => ({
    path,
    executable: false,
    content: Buffer.from(text),
  })
  const service = createStarterService({
    starters: {
      list: async () => [],
      files: async (name) => (name === 'node' ? [file('server.js')] : undefined),
    },
    apps: harness.commandServices.apps,
    sourceControl: harness.sourceControl,
    sourceArchive: harness.sourceArchive,
    deployments: harness.deployments,
    clock: harness.clock,
    newId: harness.newId,
    onProblem: (what) => harness.problems.push(what),
  })
  const live = async (name: string) => {
    const [last] = harness.deployments.list(harness.actor, name, { limit: 1 }).items
    if (last) await harness.end(last.id)
    await harness.clock.settle()
  }
  return { ...harness, service, live }
}

describe('an app from a starter', () => {
  it('is made and deployed, with the commit in its repository', async () => {
    const { service, actor, app, branch, live, releases, sourceControl } = await setUp()

    await service.create(actor, { name: 'fresh' }, 'node')
    await live('fresh')

    expect(releases.list(actor, 'fresh')).toHaveLength(1)
    expect(await branch('fresh')).toMatch(/^c+1$/)
    expect(await sourceControl.listRefs(app('fresh').id, PINS)).toEqual([])
  })

  it('is not made where there is no such starter, or the name is taken', async () => {
    const { service, actor, apps } = await setUp()

    await expect(service.create(actor, { name: 'fresh' }, 'gone')).rejects.toThrow(
      coded('STARTER_NOT_FOUND'),
    )
    expect(apps.findByName(actor, 'fresh')).toBeUndefined()
    await service.create(actor, { name: 'fresh' }, 'node')
    await expect(service.create(actor, { name: 'fresh' }, 'node')).rejects.toThrow(
      coded('APP_NAME_TAKEN'),
    )
  })

  it('leaves nothing behind where its source cannot be kept', async () => {
    const { service, actor, app, sourceArchive, sourceControl } = await setUp()
    sourceArchive.put = async () => {
      throw new CodedError('DISK_FULL')
    }

    await expect(service.create(actor, { name: 'fresh' }, 'node')).rejects.toThrow(
      coded('DISK_FULL'),
    )
    expect(await sourceControl.listRefs(app('fresh').id, PINS)).toEqual([])
    expect(await sourceArchive.list()).toEqual([])
  })

  it('is for who may create and deploy', async () => {
    const { service } = await setUp()
    const reader = owner({ permissions: new Set(['app.read', 'app.create']) })

    await expect(service.create(reader, { name: 'fresh' }, 'node')).rejects.toThrow(
      coded('PERMISSION_DENIED'),
    )
  })
})
