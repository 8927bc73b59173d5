import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filled, routeTable } from '../../e2e/support/route-table.ts'
import { buildDashboard, type Mock, startBrowser, startMock } from './browser.ts'
import { firstLoadOf } from './first-load.ts'

/*
 * What every page must keep, whoever adds one: how much is loaded before anything is seen, and that
 * nothing is waited for without an end. The pages are those of the router itself.
 */
const IS_LONG = Boolean(process.env['VASTROX_LONG'])
/** By default a part of the pages, another one for each kind; all of them when there is time. */
const EVERY = IS_LONG ? 1 : 6
const TABS = 6
const VALUES = {
  name: 'shop',
  number: '13',
  addon: 'shop-db',
  id: 'u2',
  token: 'once',
  provider: 'github',
}
/** They end by themselves: what a link is worth is asked once, and said. */
const OUTSIDE = /^\/sign-in|^\/invitation/
const PAGES = routeTable().filter((path) => !OUTSIDE.test(path))
const END_MS = 20_000

let built: Awaited<ReturnType<typeof buildDashboard>>
let browser: Browser
let mock: Mock

beforeAll(async () => {
  built = await buildDashboard()
  ;[browser, mock] = await Promise.all([startBrowser(), startMock(built.folder)])
})
afterAll(async () => {
  await browser.close()
  mock.stop()
  built.remove()
})

/** Who is signed in is still known: without that there is no page. */
const KNOWN = /\/api\/v1\/(?:me|events)$/

/** Paths of pages that still wait, or show nothing, after the end of all patience. */
async function waitingWhere(asked: 'fails' | 'is-slow', pages: readonly string[]) {
  const context = await browser.newContext({ reducedMotion: 'reduce' })
  await context.route('**/api/v1/**', async (route) => {
    if (KNOWN.test(new URL(route.request().url()).pathname)) return route.continue()
    if (asked === 'fails')
      return route.fulfill({
        status: 500,
        json: { error: { code: 'INTERNAL', message: 'It did not work.', details: {} } },
      })
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    return route.continue().catch(() => {})
  })
  const left = [...pages]
  const waiting: string[] = []
  await Promise.all(
    Array.from({ length: TABS }, async () => {
      const page = await context.newPage()
      for (let path = left.shift(); path !== undefined; path = left.shift()) {
        await page.goto(mock.url + filled(path, VALUES))
        const ended = await Promise.all([
          page.locator('main h1, main h2, [role=alert]').first().waitFor({ timeout: END_MS }),
          page.getByLabel('Loading').first().waitFor({ state: 'detached', timeout: END_MS }),
        ]).catch(() => undefined)
        if (!ended) waiting.push(path)
      }
      await page.close()
    }),
  )
  await context.close()
  return waiting.toSorted()
}

const some = (offset: number): string[] => PAGES.filter((_, at) => at % EVERY === offset)

describe('the first load', () => {
  it('is at most 150 KB of gzipped JavaScript, and 160 KB with the shell and the apps', () => {
    const { entry, apps } = firstLoadOf(built.folder)

    expect(entry).toBeGreaterThan(100_000)
    expect(entry).toBeLessThanOrEqual(150_000)
    expect(apps).toBeGreaterThan(entry)
    expect(apps).toBeLessThanOrEqual(160_000)
  })
})

describe('every page of the router', () => {
  it('ends its waiting where every call fails', async () => {
    expect(PAGES.length).toBeGreaterThan(50)
    expect(await waitingWhere('fails', some(0))).toEqual([])
  })

  it('ends its waiting where every call takes three seconds', async () => {
    expect(await waitingWhere('is-slow', some(IS_LONG ? 0 : 1))).toEqual([])
  })
})
