import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'

/*
 * The built dashboard in a real Chromium against the mock API, under the content policy of the
 * daemon: what no unit test of a page can see.
 */
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

const PAGES = [
  ['/', 'Overview'],
  ['/apps', 'Apps'],
  ['/apps/shop', 'shop'],
  ['/apps/new-idea', 'new-idea'],
  ['/apps/shop/push', 'shop'],
  ['/apps/shop/source', 'shop'],
  ['/apps/shop/deployments', 'shop'],
  ['/apps/shop/deployments/13', 'shop'],
  ['/apps/shop/deployments/14', 'shop'],
  ['/apps/shop/releases', 'shop'],
  ['/apps/shop/env', 'shop'],
  ['/apps/shop/processes', 'shop'],
  ['/apps/mail-hook/processes', 'mail-hook'],
  ['/apps/shop/jobs', 'shop'],
  ['/apps/blog/jobs', 'blog'],
  ['/apps/shop/files', 'shop'],
  ['/apps/shop/volumes', 'shop'],
  ['/apps/shop/domains', 'shop'],
  ['/apps/blog/domains', 'blog'],
  ['/apps/shop/routing', 'shop'],
  ['/apps/shop/traffic', 'shop'],
  ['/apps/blog/traffic', 'blog'],
  ['/apps/shop/access-log', 'shop'],
  ['/apps/shop/logs', 'shop'],
  ['/apps/shop/terminal', 'shop'],
  ['/apps/shop/settings', 'shop'],
  ['/apps/shop/backups', 'shop'],
  ['/addons/new?app=shop', 'New add-on'],
  ['/addons/shop-db', 'shop-db'],
  ['/backups', 'Backups'],
  ['/backups/history', 'Backups'],
  ['/firewall', 'Firewall'],
  ['/certificates', 'Certificates'],
  ['/settings/domain', 'Domain'],
  ['/first-steps', 'First steps'],
  ['/tokens', 'Tokens'],
  ['/webhooks', 'Webhooks'],
  ['/team', 'Team'],
  ['/env-groups', 'Env groups'],
  ['/audit', 'Audit'],
  ['/node', 'Node'],
  ['/settings', 'Settings'],
  ['/platform-log', 'Platform log'],
  ['/disk', 'Disk'],
  ['/trash', 'Trash'],
  ['/account', 'Account'],
  ['/sign-in', 'Sign in'],
  ['/sign-in/once', 'Welcome to Vastrox'],
] as const

/** Looked at in turn dark and wide, or light and narrow; both of each when there is time (VASTROX_LONG). */
const MONITORING = [
  ['/apps/shop/metrics', 'shop'],
  ['/alerts', 'Alerts'],
  ['/node/metrics', 'Node'],
  ['/uptime', 'Uptime'],
  ['/apps/shop/crashes/3', 'shop'],
  ['/alerts/rules', 'Alerts'],
  ['/alerts/channels', 'Alerts'],
  ['/uptime/u2', 'Payments'],
  ['/apps/shop/crashes', 'shop'],
  ['/alerts/al1', 'shop answers 7.4 % of its visitors with errors (5xx)'],
  ['/addons/shop-db/metrics', 'shop-db'],
  ['/alerts/drains', 'Alerts'],
] as const
const IS_LONG = Boolean(process.env['VASTROX_LONG'])
/** The first of them, each of its own kind; the others when there is time. */
const BY_DEFAULT = 7

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

/** What axe-core says against the page, in one line each. Run outside of the page's own world. */
async function accessibilityOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  const { readFile } = await import('node:fs/promises')
  const source = await readFile(AXE, 'utf8')
  await session.send('Runtime.evaluate', { expression: source })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160)))))`,
    awaitPromise: true,
    returnByValue: true,
  })
  return JSON.parse(String(result.value))
}

async function untilWhole(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
  await page.getByLabel('Loading').first().waitFor({ state: 'detached' })
}

describe('every page', () => {
  it.each(PAGES)('%s is whole, quiet and accessible, dark and light', async (path, heading) => {
    const { page, troubles } = await openPage(browser, {
      colorScheme: 'dark',
      viewport: { width: 1280, height: 850 },
    })

    await page.goto(mock.url + path)
    await untilWhole(page, heading)

    expect(await page.title()).toContain('Vastrox')
    expect(await page.getByRole('main').count()).toBe(1)
    expect(await accessibilityOf(page), 'dark, 1280 px').toEqual([])

    await page.setViewportSize({ width: 375, height: 812 })
    await page.emulateMedia({ colorScheme: 'light' })
    await page.reload()
    await untilWhole(page, heading)
    await expect
      .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 5_000 })
      .toBeLessThanOrEqual(375)
    expect(await accessibilityOf(page), 'light, 375 px').toEqual([])
    // Nothing was refused by the content policy, and nothing was thrown.
    expect(troubles).toEqual([])
    await page.context().close()
  })
})

describe('pages of monitoring', () => {
  it.each(
    MONITORING.slice(0, IS_LONG ? undefined : BY_DEFAULT).map(
      ([path, heading], at) => [path, heading, at] as const,
    ),
  )('%s is whole, quiet and accessible', async (path, heading, at) => {
    const { page, troubles } = await openPage(browser, { colorScheme: 'dark' })
    const looks = [
      { colorScheme: 'dark', width: 1280 },
      { colorScheme: 'light', width: 375 },
    ] as const
    for (const { colorScheme, width } of IS_LONG ? looks : [looks[at % 2] ?? looks[0]]) {
      await page.setViewportSize({ width, height: 812 })
      await page.emulateMedia({ colorScheme })
      await page.goto(mock.url + path)
      await untilWhole(page, heading)
      await expect
        .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 5_000 })
        .toBeLessThanOrEqual(width)
      expect(await accessibilityOf(page), `${colorScheme}, ${width} px`).toEqual([])
    }
    expect(troubles).toEqual([])
    await page.context().close()
  })
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
    .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 5_000 })
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

  await page.getByRole('button', { name: 'Open ops.example.com' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'More' }).first().focus()
  await page.keyboard.press('Enter')
  await page.getByLabel('What it answered').waitFor()
  await page.getByRole('button', { name: 'Redeliver' }).click()
  await page.getByText('It is on its way again.').waitFor()

  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'), { timeout: 5_000 })
    .toBeLessThanOrEqual(375)
  expect(await accessibilityOf(page)).toEqual([])
  expect(troubles).toEqual([])
  await page.context().close()
})
