import { CodedError } from '@vastrox/shared/errors.ts'
import { describe, expect, it } from 'vitest'
import { createPurgeApp } from '#core/apps/purge-app.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { createAppHarness } from '#test/app-harness.ts'

const DAY_MS = 86_400_000

async function setUp() {
  const harness = createAppHarness()
  const { appService, actor, deploy, clock, apps, values } = harness
  const { id } = appService.create(actor, { name: 'hello' })
  await deploy()
  harness.envService.change(actor, 'hello', { SECRET: 'sesame-open' })
  const { volume } = harness.volumes.create(actor, 'hello', {
    name: 'data',
    mountPath: '/data',
    processes: null,
    exclusive: false,
  })
  await clock.pass(120_000)
  await clock.until(appService.destroy(actor, 'hello', 'hello'))
  const removed: string[] = []
  const problems: string[] = []
  const world = { crashes: false }
  const remove = (what: string) => async (appId: string) => void removed.push(`${what} ${appId}`)
  const deps = {
    apps,
    volumes: createVolumeStore(harness.db),
    agent: { removeApp: remove('app') },
    sourceControl: { removeRepository: remove('repository') },
    logs: { remove: remove('logs') },
    values,
    audit: harness.audit,
    clock,
    transact: harness.transact,
    crashPoint: (name: string) => {
      if (world.crashes) throw new Error(name)
    },
    onProblem: (what: string, error: unknown) => problems.push(`${what}: ${String(error)}`),
  }
  const trash = createPurgeApp(deps)
  return { ...harness, id, volume, removed, problems, deps, trash, world }
}

const OWNED = ['apps', 'env_variables', 'builds', 'releases', 'deployments', 'instances', 'routes']
const coded = (code: string) => expect.objectContaining({ code })

describe('purging an app from the trash (promise 5, B10)', () => {
  it('is an act of its own: nothing of it goes by itself, in a year neither', async () => {
    const { trash, clock, removed, apps, id } = await setUp()
    clock.jump(365 * DAY_MS)

    expect(await trash.finishPurges()).toEqual([])
    expect(removed).toEqual([])
    expect(apps.findByIdForPlatform(id)).toBeDefined()
  })

  it('is refused for 7 days, without its name, and for what is not in the trash', async () => {
    const { trash, clock, removed, id, actor, appService } = await setUp()
    const other = appService.create(actor, { name: 'other' })
    await clock.pass(6.9 * DAY_MS)

    await expect(trash.purge(actor, id, 'hello')).rejects.toEqual(coded('APP_IN_TRASH'))
    clock.jump(DAY_MS)
    await expect(trash.purge(actor, id, 'helo')).rejects.toEqual(coded('CONFIRMATION_WRONG'))
    await expect(trash.purge(actor, other.id, 'other')).rejects.toEqual(coded('APP_NOT_IN_TRASH'))
    const viewer = { ...actor, permissions: new Set(['app.read'] as const) }
    await expect(trash.purge(viewer, id, 'hello')).rejects.toEqual(coded('PERMISSION_DENIED'))
    expect(removed).toEqual([])
  })

  it('removes containers and images, repository, logs and at last every row; its volumes stay in the trash', async () => {
    const { trash, clock, removed, id, db, appService, actor, audited, volumes, node } =
      await setUp()
    clock.jump(7.1 * DAY_MS)

    await trash.purge(actor, id, 'hello')

    expect(removed).toEqual([`app ${id}`, `repository ${id}`, `logs ${id}`])
    const rows = OWNED.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
    expect(rows).toEqual(OWNED.map(() => 0))
    expect(audited().slice(-2)).toEqual(['app.destroy hello', 'app.purge hello'])
    expect(appService.listTrash(actor)).toEqual([])
    expect(await volumes.listDestroyed(actor)).toMatchObject([
      { app: 'hello', name: 'data', isPurging: false },
    ])
    expect(node.calls.filter((call) => call.startsWith('remove-volume'))).toEqual([])
  })

  it('goes on where it broke off, and cannot be taken back from then on (K3)', async () => {
    const { trash, clock, removed, id, actor, world, appService, apps } = await setUp()
    clock.jump(8 * DAY_MS)
    world.crashes = true
    await expect(trash.purge(actor, id, 'hello')).rejects.toThrow('app.purging')
    expect(removed).toEqual([])

    expect(appService.listTrash(actor)).toMatchObject([{ name: 'hello', isPurging: true }])
    expect(() => appService.restore(actor, 'hello')).toThrow(coded('APP_PURGING'))
    expect(await trash.finishPurges()).toEqual(['hello'])
    expect(apps.findByIdForPlatform(id)).toBeUndefined()
    expect(await trash.finishPurges()).toEqual([])
  })

  it('keeps the row when something could not be removed, and tries again', async () => {
    const { trash, deps, clock, apps, id, problems, actor } = await setUp()
    clock.jump(8 * DAY_MS)
    const { logs } = deps
    deps.logs = { remove: () => Promise.reject(new CodedError('DISK_FULL')) }
    const failing = createPurgeApp(deps)

    await expect(failing.purge(actor, id, 'hello')).rejects.toEqual(coded('DISK_FULL'))
    expect(await failing.finishPurges()).toEqual([])
    expect(problems).toHaveLength(1)
    expect(apps.findByIdForPlatform(id)).toBeDefined()
    deps.logs = logs
    expect(await trash.finishPurges()).toEqual(['hello'])
  })
})
