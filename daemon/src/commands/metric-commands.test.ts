import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createAddonStore } from '#store/addon-store.ts'
import { addonRecord } from '#test/addon-record.ts'
import { type AppHarness, createAppHarness } from '#test/app-harness.ts'
import { commandLine } from '#test/command-line.ts'
import { createTestMetrics } from '#test/test-metrics.ts'

const STEP_MS = 15_000

let harness: AppHarness
let metrics: ReturnType<typeof createTestMetrics>
beforeEach(() => {
  harness = createAppHarness()
  harness.addApp('shop')
  const { teamId } = harness.actor
  createAddonStore(harness.db).insertForPlatform(addonRecord({ teamId, name: 'shop-db' }))
  const { db, apps, finder, proxy, clock } = harness
  metrics = createTestMetrics({ db, apps, finder, proxy, clock })
  harness = { ...harness, commandServices: { ...harness.commandServices, metrics: metrics.open } }
})
afterEach(async () => {
  vi.restoreAllMocks()
  await metrics.stop()
  await harness.domains.stop()
  harness.db.close()
})

const typed = commandLine(() => harness)
const vastrox = (...words: string[]) => typed(words)

async function measure(values: Readonly<Record<string, number>>): Promise<void> {
  for (const [metric, value] of Object.entries(values))
    metrics.book.add(harness.clock.now(), `addon:addon1/${metric}`, value)
  await harness.clock.pass(STEP_MS)
  metrics.book.tick()
}

it('a database has its connections, its size and what it takes, as its Metrics page', async () => {
  expect((await vastrox('addons:metrics', 'shop-db')).out).toBe(
    'Nothing was measured in that time.\n',
  )
  await measure({ connections: 9, maxConnections: 50, size: 64 * 2 ** 20 })
  await measure({ connections: 7, maxConnections: 50, size: 64 * 2 ** 20, cpu: 0.25 })

  const { out, code } = await vastrox('addons:metrics', 'shop-db')
  expect(code).toBe(0)
  // One place of the line is two minutes: their average, and the most within them.
  expect(out).toMatch(/^connections +8 +9 /m)
  expect(out).toMatch(/^maxConnections +50 +50 /m)
  expect(out).toMatch(/^size +64 MB +64 MB /m)
  expect(out).toMatch(/^cpu .*0\.25 cores/m)

  const said = JSON.parse((await vastrox('addons:metrics', 'shop-db', '--json')).out)
  const service = await metrics.open()
  expect(said).toEqual(service.ofAddon(harness.actor, 'shop-db', { points: 32, by: 'app' }))
})

it('a database has as many hours as are asked for', async () => {
  await measure({ connections: 9 })
  vi.spyOn(Date, 'now').mockReturnValue(harness.clock.now().getTime())

  const { out } = await vastrox('addons:metrics', 'shop-db', '--hours', '24')
  expect(out).toMatch(/ 2026-11-21T12:00 to 2026-11-22T13:00 UTC\n/)
  expect(out).toMatch(/^connections +9 +9 /m)
})

it('a database that is not there, or an app, has none, and times that are none are refused', async () => {
  expect(await vastrox('addons:metrics', 'shop')).toMatchObject({ code: 1, out: '' })
  for (const words of [[], ['shop-db', '--hours', '0'], ['shop-db', '--hours', '2209']])
    expect((await vastrox('addons:metrics', ...words)).code, words.join(' ')).toBe(2)
})
