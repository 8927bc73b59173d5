import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityOf } from './accessibility.ts'
import { allPages, inTabs, isTurnOf } from './all-pages.ts'
import {
  buildDashboard,
  isTrouble,
  type Mock,
  openPage,
  startBrowser,
  startMock,
} from './browser.ts'
import { untilEnded } from './until-ended.ts'
import { MOST_MOVED, movedBy } from './vitals.ts'

/*
 * The built dashboard in a real Chromium against the mock API, under the content policy of the
 * daemon: what no unit test of a page can see.
 */
const IS_LONG = Boolean(process.env['VASTROX_LONG'])
/** Of the same page as it is elsewhere: with nothing in it, or in another state. */
const OTHERWISE = [
  '/apps/new-idea',
  '/apps/shop/deployments/14',
  '/apps/mail-hook/processes',
  '/apps/blog/jobs',
  '/apps/blog/domains',
  '/apps/blog/traffic',
  '/addons/new?app=shop',
]
const ADDRESSES = ['/', ...allPages().map(({ address }) => address), ...OTHERWISE]
/** Looked at in one of them, in the other the next day; in both when there is time. */
const LOOKS = [
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 375 },
] as const
/** It comes from nowhere, which is refused, and says so: that is how this page ends. */
const REFUSED = /^\/sign-in\/callback\//
const MOVES = /^it moves by/
const VISITS = 3
const TABS = 3
const LIMIT_MS = 60_000
const SEEN = ADDRESSES.flatMap((address, at) => {
  const [first, second] = isTurnOf(at) ? LOOKS : LOOKS.toReversed()
  return [first, ...(IS_LONG ? [second] : [])].flatMap((look) =>
    look ? [{ address, ...look }] : [],
  )
})

let browser: Browser
let mock: Mock
let built: Awaited<ReturnType<typeof buildDashboard>>

beforeAll(async () => {
  built = await buildDashboard()
  ;[browser, mock] = await Promise.all([startBrowser(), startMock(built.folder)])
})
afterAll(async () => {
  await browser.close()
  mock.stop()
  built.remove()
})

/** What is wrong with a page that is whole: a line each. */
async function wrongWith(page: Page, width: number): Promise<string[]> {
  const wrong = await accessibilityOf(page)
  if (!(await page.title()).includes('Vastrox')) wrong.push('it has no title')
  if ((await page.title()).startsWith('Not found')) wrong.push('it is not found')
  if ((await page.getByText('The answer was not what this dashboard expects').count()) > 0)
    wrong.push('the mock answers otherwise than the API')
  if ((await page.getByRole('main').count()) !== 1) wrong.push('it has not one main part')
  if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) wrong.push('it has not one h1')
  const fits = page.waitForFunction(`document.documentElement.scrollWidth <= ${width}`, undefined, {
    timeout: 15_000,
  })
  await fits.catch(() => wrong.push(`it is wider than ${width} px`))
  const moved = await movedBy(page)
  if (moved >= MOST_MOVED) wrong.push(`it moves by ${moved.toFixed(3)}`)
  return wrong
}

/** What is wrong with one visit, with what its console said. */
async function lookAt(
  page: Page,
  { address, colorScheme, width }: (typeof SEEN)[number],
): Promise<string[]> {
  // Nothing was refused by the content policy, and nothing was thrown.
  const found: string[] = []
  page.on('pageerror', (error) => found.push(error.message))
  page.on('console', (message) => {
    if (isTrouble(message) && !REFUSED.test(address)) found.push(message.text())
  })
  await page.setViewportSize({ width, height: 850 })
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
  await page.goto(mock.url + address, { waitUntil: 'commit', timeout: LIMIT_MS })
  await untilEnded(page, LIMIT_MS)
    .then(async () => found.push(...(await wrongWith(page, width))))
    .catch((error: unknown) => found.push(`it does not end: ${String(error).slice(0, 200)}`))
  page.removeAllListeners()
  return found
}

describe('every page', () => {
  it('is whole, quiet, accessible, and does not move while it comes', {
    timeout: SEEN.length * LIMIT_MS,
  }, async () => {
    const wrong: string[] = []
    await inTabs({
      browser,
      items: SEEN,
      count: TABS,
      visit: async (page, seen) => {
        let found = await lookAt(page, seen)
        // Where others take the machine, an answer can be so late that the page is drawn without it.
        for (let visits = 1; visits < VISITS && found.some((each) => MOVES.test(each)); visits += 1)
          found = await lookAt(page, seen)
        const { address, colorScheme, width } = seen
        wrong.push(...found.map((each) => `${address}, ${colorScheme}, ${width} px: ${each}`))
      },
    })

    expect(ADDRESSES.length).toBeGreaterThan(70)
    expect(wrong).toEqual([])
  })
})

it('a style sheet that did not arrive is asked for again', async () => {
  const { page } = await openPage(browser, { viewport: { width: 375, height: 812 } })
  let asked = 0
  await page.route('**/assets/index-*.css', (route) => {
    asked += 1
    return asked === 1 ? route.abort('connectionreset') : route.continue()
  })
  await page.goto(mock.url)

  await expect
    .poll(() => page.evaluate('getComputedStyle(document.body).fontFamily'))
    .toContain('Geist')
  expect(asked).toBe(2)
  await page.context().close()
})

it('the history of a job and its log open by keyboard, and fit a phone', async () => {
  const viewport = { width: 375, height: 812 }
  const { page, troubles } = await openPage(browser, { viewport, colorScheme: 'light' })
  await page.goto(`${mock.url}/apps/shop/jobs`)

  await page.getByRole('button', { name: 'History of clean-carts' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Log of run 40' }).focus()
  await page.keyboard.press('Enter')

  await page.getByText('relation "carts" does not exist').waitFor()
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'))
    .toBeLessThanOrEqual(375)
  expect(await accessibilityOf(page)).toEqual([])
  expect(troubles).toEqual([])
  await page.context().close()
})

it('a webhook is made, shows its secret once, and its deliveries open by keyboard on a phone', async () => {
  const viewport = { width: 375, height: 812 }
  const { page, troubles } = await openPage(browser, { viewport, colorScheme: 'dark' })
  await page.goto(`${mock.url}/webhooks`)

  await page.getByRole('button', { name: 'New webhook' }).click()
  await page.getByLabel('Address').fill('https://ops.example.com/in')
  await page.getByRole('checkbox', { name: 'domain.added' }).check()
  expect(await accessibilityOf(page)).toEqual([])
  await page.getByRole('button', { name: 'Add webhook' }).click()
  await page.getByText('Copy it now').waitFor()
  await page.getByText(/^whsec_/).waitFor()
  await page.getByRole('button', { name: 'Done' }).click()
  // A dialog moves the focus when it closes, and when it opens.
  await page.getByRole('dialog').waitFor({ state: 'hidden' })

  await page.getByRole('button', { name: 'Open ops.example.com' }).press('Enter')
  await page.getByRole('button', { name: 'More', expanded: false }).first().press('Enter')
  await page.getByLabel('What it answered').waitFor()
  await page.getByRole('button', { name: 'Redeliver' }).click()
  await page.getByText('It is on its way again.').waitFor()

  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'))
    .toBeLessThanOrEqual(375)
  expect(await accessibilityOf(page)).toEqual([])
  expect(troubles).toEqual([])
  await page.context().close()
})

it('of a long list only what is seen is drawn, and each row says where it stands', async () => {
  const { page, troubles } = await openPage(browser, { viewport: { width: 375, height: 812 } })
  await page.goto(`${mock.url}/audit`)
  const rows = page.locator('main li[aria-posinset]')
  await rows.first().waitFor()
  expect(await rows.first().getAttribute('aria-setsize')).toBe('-1')

  await page.getByRole('button', { name: 'Show older ones' }).press('Enter')
  await page.locator('main li[aria-setsize="90"]').first().waitFor()
  await page.evaluate('window.scrollTo(0, 0)')
  await page.locator('main li[aria-posinset="1"]').waitFor()
  expect(await rows.count()).toBeLessThan(60)

  // However high the rows are, the list ends with its last one, and nothing is behind that.
  const list = page.locator('main ul:has(li[aria-posinset])')
  await expect
    .poll(
      async () => {
        await page.evaluate('window.scrollTo(0, document.documentElement.scrollHeight)')
        const isEnd = await page.locator('main li[aria-posinset="90"]').isVisible()
        return isEnd ? await list.getAttribute('style') : ''
      },
      { timeout: 20_000 },
    )
    .toContain('padding-bottom: 0px')
  expect(await rows.count()).toBeLessThan(60)
  expect(await accessibilityOf(page)).toEqual([])
  expect(troubles).toEqual([])
  await page.context().close()
})
