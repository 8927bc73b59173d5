import { expect, it } from 'vitest'
import { appMarks } from '#core/metrics/marks.ts'
import { createMarkStore } from '#store/mark-store.ts'
import { createHarness } from '#test/harness.ts'

it('marks deployments and crashes of an app, each with its own page', async () => {
  const harness = createHarness()
  const app = harness.addApp()
  const from = harness.clock.now().getTime()
  await harness.start()
  await harness.deploy('a1')
  await harness.clock.pass(61_000)
  for (let crash = 0; crash < 2; crash += 1) {
    harness.node.crash(harness.node.running()[0] ?? '')
    await harness.clock.pass(61_000)
  }

  const marks = appMarks(createMarkStore(harness.db), app, from, harness.clock.now().getTime())

  expect(marks.map(({ kind, link }) => [kind, link])).toEqual([
    ['deployment', '/apps/hello/deployments/1'],
    ['crash', '/apps/hello/crashes/1'],
    ['crash', '/apps/hello/crashes/2'],
  ])
})
