import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'
import { MARK } from './hostile-strings.ts'

/*
 * Rule C15: every text of free form that the API sends is hostile, in replies and in streams, and the
 * built dashboard shows all of it under the content policy of the daemon.
 */
const PAGES = [
  '/apps',
  '/apps/shop',
  '/apps/shop/push',
  '/apps/shop/source',
  '/apps/shop/deployments',
  '/apps/shop/deployments/13',
  '/apps/shop/deployments/14',
  '/apps/shop/releases',
  '/apps/shop/env',
  '/apps/shop/processes',
  '/apps/shop/jobs',
  '/apps/shop/files',
  '/apps/shop/volumes',
  '/apps/shop/domains',
  '/apps/shop/routing',
  '/apps/shop/logs',
  '/apps/shop/settings',
  '/firewall',
  '/tokens',
  '/audit',
  '/node',
  '/account',
]
/** Where streams print: hostile lines must have come before the page is looked at. */
const STREAMS = ['/apps/shop/deployments/13', '/apps/shop/deployments/14', '/apps/shop/logs']

let browser: Browser
let mock: Mock
let built: Awaited<ReturnType<typeof buildDashboard>>

beforeAll(async () => {
  built = await buildDashboard()
  ;[browser, mock] = await Promise.all([
    startBrowser(),
    startMock(built.folder, { MOCK_HOSTILE: '1' }),
  ])
})
afterAll(async () => {
  await browser.close()
  mock.stop()
  built.remove()
})

/** All that a page may have become by a text; run in the page. */
const LOOK = `(() => {
  const links = [...document.querySelectorAll('a[href], area[href], form[action], [formaction]')]
  const schemes = links.map((link) => new URL(link.href ?? link.action ?? link.formAction, location.href).protocol)
  const all = [...document.querySelectorAll('*')]
  return JSON.stringify({
    ran: window.${MARK} !== undefined,
    title: document.title,
    schemes: [...new Set(schemes)].filter((scheme) => scheme !== 'http:' && scheme !== 'https:'),
    scripts: [...document.scripts].filter((script) => !script.src.startsWith(location.origin + '/')).length,
    parts: document.querySelectorAll('iframe, object, embed, base, meta[http-equiv], math, svg script, animate').length,
    handlers: all.flatMap((one) => one.getAttributeNames()).filter((name) => name.startsWith('on')),
    controls: /[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]/.test(
      [...document.querySelectorAll('[role=log]')].map((log) => log.textContent).join('')),
    mixed: all.filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 &&
        /[\\u202a-\\u202e\\u2066-\\u2069\\u200f\\u061c]/.test(node.data)) &&
        getComputedStyle(one).unicodeBidi === 'normal' && getComputedStyle(one).display.startsWith('inline'))
      .map((one) => one.outerHTML.slice(0, 120)),
  })
})()`

it('no text runs a script, changes a title or the clipboard, or becomes a link that is not the web’s', async () => {
  const { page, troubles } = await openPage(browser, { viewport: { width: 1280, height: 850 } })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const opened: string[] = []
  page.context().on('page', (other) => opened.push(other.url()))
  await page.goto(`${mock.url}/apps`)
  await page.evaluate(`navigator.clipboard.writeText('as before')`)
  let hostile = 0

  for (const path of PAGES) {
    await page.goto(mock.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' })
    if (STREAMS.includes(path))
      await page.getByRole('log').getByText(MARK).first().waitFor({ timeout: 20_000 })

    const seen = JSON.parse(String(await page.evaluate(LOOK)))

    expect(seen, path).toEqual({
      ran: false,
      title: expect.stringMatching(/^(?!.*owned).*Vastrox$/),
      schemes: [],
      scripts: 0,
      parts: 0,
      handlers: [],
      controls: false,
      mixed: [],
    })
    expect(new URL(page.url()).origin, path).toBe(mock.url)
    hostile += await page.getByText(MARK).count()
  }

  // They were shown, as the text that they are.
  expect(hostile).toBeGreaterThan(40)
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('as before')
  expect(dialogs).toEqual([])
  expect(opened).toEqual([])
  // Not one was even tried: the content policy had nothing to refuse.
  expect(troubles).toEqual([])
  await page.context().close()
})
