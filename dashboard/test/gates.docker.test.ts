import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard } from './browser.ts'
import { firstLoadOf } from './first-load.ts'

/*
 * What every page must keep, whoever adds one: how much is loaded before anything is seen.
 */
let built: Awaited<ReturnType<typeof buildDashboard>>

beforeAll(async () => {
  built = await buildDashboard()
})
afterAll(() => built.remove())

describe('the first load', () => {
  it('is at most 150 KB of gzipped JavaScript, and 160 KB with the shell and the apps', () => {
    const { entry, apps } = firstLoadOf(built.folder)

    expect(entry).toBeGreaterThan(100_000)
    expect(entry).toBeLessThanOrEqual(150_000)
    expect(apps).toBeGreaterThan(entry)
    expect(apps).toBeLessThanOrEqual(160_000)
  })
})
