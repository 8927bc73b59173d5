import { describe, expect, it } from 'vitest'
import { purgeDestroyed } from '#core/apps/purge-destroyed.ts'
import { createAppHarness } from '#test/app-harness.ts'

const DAY_MS = 86_400_000

async function setUp() {
  const harness = createAppHarness()
  const { appService, actor, deploy, clock, apps, values } = harness
  const { id } = appService.create(actor, { name: 'hello' })
  await deploy()
  harness.envService.change(actor, 'hello', { SECRET: 'sesame-open' })
  await clock.pass(120_000)
  await clock.until(appService.destroy(actor, 'hello', 'hello'))
  const removed: string[] = []
  const problems: string[] = []
  const remove = (what: string) => async (appId: string) => void removed.push(`${what} ${appId}`)
  const deps = {
    apps,
    agent: { removeApp: remove('app') },
    sourceControl: { removeRepository: remove('repository') },
    logs: { remove: remove('logs') },
    values,
    audit: harness.audit,
    clock,
    transact: harness.transact,
    onProblem: (what: string, error: unknown) => problems.push(`${what}: ${String(error)}`),
  }
  return { ...harness, id, removed, problems, deps, purge: () => purgeDestroyed(deps) }
}

const OWNED = ['apps', 'env_variables', 'builds', 'releases', 'deployments', 'instances', 'routes']

describe('emptying the trash', () => {
  it('leaves everything of an app alone for 7 days, and live apps for ever', async () => {
    const { purge, clock, removed, apps, id, appService, actor } = await setUp()
    appService.create(actor, { name: 'other' })
    await clock.pass(6.9 * DAY_MS)

    expect(await purge()).toEqual([])
    expect(removed).toEqual([])
    expect(apps.findByIdForPlatform(id)).toBeDefined()
  })

  it('then removes containers and images, repository, logs and at last every row', async () => {
    const { purge, clock, removed, id, db, appService, actor, audited } = await setUp()
    await clock.pass(7.1 * DAY_MS)

    expect(await purge()).toEqual(['hello'])

    expect(removed).toEqual([`app ${id}`, `repository ${id}`, `logs ${id}`])
    const rows = OWNED.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
    expect(rows).toEqual(OWNED.map(() => 0))
    expect(audited().slice(-2)).toEqual(['app.destroy hello', 'app.purge hello'])
    expect(appService.listTrash(actor)).toEqual([])
    expect(await purge()).toEqual([])
  })

  it('keeps the row when something could not be removed, and tries again', async () => {
    const { purge, deps, clock, apps, id, problems } = await setUp()
    await clock.pass(7.1 * DAY_MS)
    const { logs } = deps
    deps.logs = { remove: () => Promise.reject(new Error('input/output error')) }

    expect(await purge()).toEqual([])
    expect(problems.join()).toContain('input/output error')
    expect(apps.findByIdForPlatform(id)).toBeDefined()
    deps.logs = logs
    expect(await purge()).toEqual(['hello'])
  })
})
