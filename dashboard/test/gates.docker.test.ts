import type { Browser, BrowserContext, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allPages, inTabs, shareOfToday } from './all-pages.ts'
import { buildDashboard, type Mock, startBrowser, startMock } from './browser.ts'
import { firstLoadOf } from './first-load.ts'
import { untilEnded } from './until-ended.ts'
import { bestVitalsOf, MOST_MOVED } from './vitals.ts'

/*
 * What every page must keep, whoever adds one: how much is loaded before anything is seen, that
 * nothing is waited for without an end, and that little moves. The pages are those of the router.
 */
const IS_LONG = Boolean(process.env['VASTROX_LONG'])
/** By default a share of the pages, another one each day and of each kind; all when there is time. */
const SHARES = IS_LONG ? 1 : 10
const TABS = 6
/**
 * On a slow phone over mobile data; each is the best of a few visits (vitals.ts). Issue 10 wants 2.0 s,
 * which is asked with all pages, on a machine with nothing else to do. Beside other tests it is 2.5 s,
 * the most that Web Vitals call good: a page at its goal must not fail by what others do.
 */
const PAINT_GOAL_MS = IS_LONG ? 2_000 : 2_500
const VISITS = 3
const PAINTED = IS_LONG
  ? allPages().map(({ address }) => address)
  : ['/apps/shop', '/', '/apps', '/apps/shop/deployments/13', '/node', '/firewall']
/** They end by themselves: what a link is worth is asked once, and said. */
const OUTSIDE = /^\/sign-in|^\/invitation/
const PAGES = allPages().filter(({ route }) => !OUTSIDE.test(route))
type Known = (typeof PAGES)[number]
const EARLY = new Set([
  '/',
  '/apps',
  '/apps/shop',
  '/apps/shop/env',
  '/settings',
  ...shareOfToday(PAGES, IS_LONG ? 1 : 8, 1).map(({ address }) => address),
])
const END_MS = 60_000
const LIMIT_MS = 60_000 + (PAGES.length / SHARES) * END_MS

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
const STREAM = /\/(?:events|stream)$/
const pathOf = (route: Route): string => new URL(route.request().url()).pathname

const HINDRANCES = {
  fails: async (route: Route) => {
    if (KNOWN.test(pathOf(route))) return route.continue()
    const error = { code: 'INTERNAL', message: 'It did not work.', details: {} }
    return route.fulfill({ status: 500, json: { error } })
  },
  'is slow': async (route: Route) => {
    if (KNOWN.test(pathOf(route))) return route.continue()
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    return route.continue().catch(() => {})
  },
  /** The one of events is never there; those of a page are cut in the middle of a word, each time. */
  breaks: async (route: Route) => {
    if (!STREAM.test(pathOf(route))) return route.continue()
    if (pathOf(route).endsWith('/events')) return route.abort('connectionreset')
    const headers = { 'content-type': 'text/event-stream' }
    return route.fulfill({ status: 200, headers, body: 'retry: 500\n\ndata: {"id":1,"ty' })
  },
}

/** Pages that still wait, or show nothing, after the end of all patience. */
async function waitingWhere(asked: keyof typeof HINDRANCES, pages: readonly Known[]) {
  const waiting: string[] = []
  await inTabs({
    browser,
    items: pages,
    count: TABS,
    prepare: (context: BrowserContext) => context.route('**/api/v1/**', HINDRANCES[asked]),
    visit: async (page: Page, { route, address }: Known) => {
      const end = async () => {
        await page.goto(mock.url + address, { waitUntil: 'commit', timeout: END_MS })
        await untilEnded(page, END_MS)
        if (asked === 'breaks')
          await page.getByText('Reconnecting').first().waitFor({ timeout: END_MS })
      }
      await end().catch(() => waiting.push(route))
    },
  })
  return waiting.toSorted()
}

describe('the first load', () => {
  it('is at most 145 KB of gzipped JavaScript, and 215 KB with all of the list of apps', () => {
    const { entry, apps } = firstLoadOf(built.folder)

    // Issue 10 wants 150 KB; the rest is room for what comes.
    expect(entry).toBeGreaterThan(100_000)
    expect(entry).toBeLessThanOrEqual(145_000)
    expect(apps).toBeGreaterThan(entry)
    expect(apps).toBeLessThanOrEqual(215_000)
  })

  it('stands within two seconds and moves next to nothing, on a slow phone over mobile data', {
    timeout: 60_000 + PAINTED.length * 30_000,
  }, async () => {
    const late: string[] = []
    const seen: string[] = []
    for (const page of PAINTED) {
      const limits = { rounds: VISITS, goalMs: PAINT_GOAL_MS }
      const { lcpMs, seenMs, cls } = await bestVitalsOf(browser, mock.url + page, limits)
      expect(lcpMs, page).toBeGreaterThan(0)
      expect(cls, page).toBeLessThan(MOST_MOVED)
      const said = `${page} ${Math.round(lcpMs)} ms (${Math.round(seenMs)} by the clock)`
      seen.push(said)
      if (lcpMs > PAINT_GOAL_MS) late.push(said)
    }
    console.log(`The largest paint: ${seen.join(', ')}.`)
    expect(late).toEqual([])
  })

  it('asks nothing early that the page does not take', { timeout: LIMIT_MS }, async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    for (const address of EARLY) {
      await page.goto(mock.url + address)
      await untilEnded(page, END_MS)
      const left = await page.evaluate('[...globalThis.__vastrox_early.keys()]')
      expect(left, address).toEqual([])
      const asked = await page.evaluate(
        "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/me')).length",
      )
      expect(asked, address).toBe(1)
    }
    await context.close()
  })
})

describe('every page of the router', () => {
  it('ends its waiting where every call fails', { timeout: LIMIT_MS }, async () => {
    expect(PAGES.length).toBeGreaterThan(50)
    expect(await waitingWhere('fails', shareOfToday(PAGES, SHARES, 0))).toEqual([])
  })

  it('ends its waiting where every call takes three seconds', { timeout: LIMIT_MS }, async () => {
    expect(await waitingWhere('is slow', shareOfToday(PAGES, SHARES, 3))).toEqual([])
  })

  it('is whole where the stream breaks, and says so', { timeout: LIMIT_MS }, async () => {
    expect(await waitingWhere('breaks', shareOfToday(PAGES, SHARES, 6))).toEqual([])
  })
})
