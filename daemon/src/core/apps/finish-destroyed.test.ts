import { describe, expect, it } from 'vitest'
import { finishDestroyed } from '#core/apps/finish-destroyed.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { createAppHarness } from '#test/app-harness.ts'

describe('a crash right after an app was destroyed', () => {
  it('leaves nothing behind: the next start takes it down, and only it', async () => {
    const harness = createAppHarness()
    const { appService, actor, apps, deploy, clock, node, db, deployments } = harness
    for (const name of ['hello', 'other']) {
      appService.create(actor, { name })
      await deploy('a1', { appName: name })
      await clock.pass(120_000)
    }
    const { id } = harness.app()
    apps.markDestroyed(actor, id, clock.now().toISOString())
    const routes = createRouteStore(db)
    const finish = () =>
      clock.until(
        finishDestroyed({
          apps,
          instances: createInstanceStore(db),
          routes,
          retireApp: (appId) => deployments.takeDown(appId),
          clock,
        }),
      )
    expect(node.running()).toHaveLength(2)

    expect(await finish()).toBe(1)

    expect(node.running()).toHaveLength(1)
    expect(routes.listForAppForPlatform(id)).toEqual([])
    expect(appService.get(actor, 'other').state).toBe('running')
    expect(await finish()).toBe(0)
  })
})
