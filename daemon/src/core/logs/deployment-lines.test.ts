import { describe, expect, it } from 'vitest'
import { createDeploymentLines } from '#core/logs/deployment-lines.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createAppHarness } from '#test/app-harness.ts'

function setUp() {
  const harness = createAppHarness()
  const said: [text: string, release: number | null | undefined][] = []
  harness.states.onChange(
    createDeploymentLines({
      logs: { say: (_, text, release) => said.push([text, release]) },
      releases: createReleaseStore(harness.db),
    }),
  )
  harness.appService.create(harness.actor, { name: 'hello' })
  return { ...harness, said }
}

describe('what an app’s log says of its deployments', () => {
  it('is said once for each: live, failed with its reason, cancelled', async () => {
    const { deploy, push, end, clock, node, said, deployments, actor } = setUp()
    await deploy('a1')
    await clock.pass(120_000)
    node.behave = () => ({ exitCode: 3 })
    await deploy('b2')
    const gate = Promise.withResolvers<void>()
    node.buildGate = gate.promise
    const id = await push('c3')
    await clock.pass(10)
    deployments.cancel(actor, 'hello', 3)
    gate.resolve()
    await end(id)

    expect(said).toEqual([
      [expect.stringMatching(/^release v1 is live \(push of main: /), 1],
      [expect.stringMatching(/^deployment 2 failed: .+/), 2],
      ['deployment 3 was cancelled', null],
    ])
  })
})
