import { describe, expect, it } from 'vitest'
import { createDeploymentLogStore } from '#store/deployment-log-store.ts'
import { createHarness } from '#test/harness.ts'

describe('the log of a deployment', () => {
  it('is forgotten once the app has had that many deployments since', async () => {
    const harness = createHarness()
    harness.addApp('hello', { watchMs: 0 })
    await harness.start()
    const ids: string[] = []
    for (const sha of ['a1', 'b2', 'c3']) {
      const id = await harness.push(sha)
      await harness.end(id)
      ids.push(id)
    }
    const store = createDeploymentLogStore(harness.db)

    expect(store.pruneForPlatform(2)).toBeGreaterThan(0)

    const kept = ids.map((id) => store.listAfterForPlatform(id, 0, 100).length > 0)
    expect(kept).toEqual([false, true, true])
    expect(harness.deployments.get(harness.actor, 'hello', 1).state).toBe('superseded')
  })
})
