import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { CATALOGUE_FILE } from '../words/read.ts'
import { inTabs } from './all-pages.ts'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'

const PAGES = [
  '/',
  '/apps',
  '/apps/shop',
  '/apps/shop/env',
  '/apps/shop/files',
  '/addons',
  '/backups',
  '/alerts/rules',
  '/firewall',
  '/account',
  '/settings',
  '/team',
]
/** Names, units, abbreviations and what is no language: the same for everybody. */
const EVERYWHERE = new Set(
  (
    'vastrox github gitlab gitea forgejo docker postgresql mariadb redis valkey mysql mongodb ' +
    'cpu http https tcp udp sftp ftps ssh api env app apps url kib mib gib deutsch english ' +
    'chrome firefox safari edge linux macos windows android iphone ipad'
  ).split(' '),
)

const MOST_LOOKS = 10
const LOOK_AGAIN_MS = 300

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

const Catalogue = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const PSEUDO = 'áƀćđéƒǵħíǰķłɱńóƥɋŕśťúṽŵẋýžÁƁĆĐÉƑǴĦÍǰĶŁⱮŃÓƤɊŔŚŤÚṼŴẊÝŽ'

/** Readable, and without a plain letter; what is filled in stays. */
const pseudo = (text: string): string =>
  text.replaceAll(/\{\w+\}|<\/?\w+>|[a-zA-Z]/g, (part) =>
    part.length > 1 ? part : (PSEUDO[PLAIN.indexOf(part)] ?? part),
  )

/** The catalogue as one more language, in the place of the German one. */
function pseudoModule(): string {
  const catalogue = Catalogue.parse(JSON.parse(readFileSync(CATALOGUE_FILE, 'utf8')))
  const said = Object.entries(catalogue).map(([key, english]) => [
    key,
    typeof english === 'string'
      ? pseudo(english)
      : { one: pseudo(english['one'] ?? ''), other: pseudo(key) },
  ])
  return `export default ${JSON.stringify(Object.fromEntries(said))}`
}

/** What a person reads on a page or is told of it, commands and examples of values apart. */
const READ = `(() => {
  const texts = [document.title]
  const skip = 'code, kbd, pre, samp, svg title, .font-mono, [aria-hidden=true], .cm-editor, time, textarea'
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (element && !element.closest(skip + ', script, style, noscript') && element.checkVisibility())
      texts.push(node.data)
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.querySelectorAll('[' + name + ']'))
      if (!element.matches('time, input.font-mono') && !(name === 'placeholder' && /[^\\w\\s]/.test(element.placeholder)))
        texts.push(element.getAttribute(name))
  return texts
})()`

/** Words in plain letters, three at least, that no reply of the API has. */
async function plainWordsOf(page: Page, known: ReadonlySet<string>): Promise<string[]> {
  const texts = z.array(z.string()).parse(await page.evaluate(READ))
  return [
    ...new Set(
      texts.flatMap((text) =>
        wordsIn(text)
          .filter((word) => !known.has(word) && !EVERYWHERE.has(word))
          .map((word) => `${word} (${text.trim().slice(0, 80)})`),
      ),
    ),
  ]
}

/** The same, once what the page says has had time to come from the API, and its replies to be read here. */
async function leftOf(page: Page, known: ReadonlySet<string>): Promise<string[]> {
  let words = await plainWordsOf(page, known)
  for (let looks = 1; looks < MOST_LOOKS && words.length > 0; looks += 1) {
    await page.waitForTimeout(LOOK_AGAIN_MS)
    words = await plainWordsOf(page, known)
  }
  return words
}

const wordsIn = (text: string): string[] =>
  (text.match(/(?<![\p{L}])[A-Za-z]{3,}(?![\p{L}])/gu) ?? []).map((word) => word.toLowerCase())

describe('another language', () => {
  it('says everything of these pages', { timeout: 180_000 }, async () => {
    const missed: string[] = []
    const known = new Set<string>()
    const source = pseudoModule()
    await inTabs({
      browser,
      items: PAGES,
      count: 2,
      options: { locale: 'de-DE' },
      prepare: async (context) => {
        await context.route(/\/assets\/de-[\w-]+\.js/, (route) =>
          route.fulfill({ contentType: 'text/javascript', body: source }),
        )
        context.on('response', (response) => {
          if (!response.headers()['content-type']?.includes('json')) return
          void response.text().then(
            (text) => wordsIn(text).forEach((word) => known.add(word)),
            () => {},
          )
        })
      },
      visit: async (page, address) => {
        await page.goto(mock.url + address)
        await page.getByRole('heading', { level: 1 }).waitFor()
        await page.waitForLoadState('networkidle').catch(() => {})
        await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('de')
        missed.push(...(await leftOf(page, known)).map((word) => `${address}: ${word}`))
      },
    })
    expect(missed, 'These go round the catalogue: dashboard/words/README.md').toEqual([])
  })

  it('is chosen under Account, stays, and goes back to English', async () => {
    const { page, troubles } = await openPage(browser, { locale: 'en-US' })
    await page.goto(`${mock.url}/account`)
    await page.getByRole('combobox', { name: 'Language' }).selectOption('Deutsch')
    await page.getByRole('heading', { level: 1, name: 'Konto' }).waitFor()
    await expect.poll(() => page.title()).toBe('Konto · Vastrox')
    await page.reload()
    await page.getByRole('combobox', { name: 'Sprache' }).selectOption('English')
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
    await expect.poll(() => page.locator('html').getAttribute('lang')).toBe('en')
    expect(troubles).toEqual([])
  })

  it('is not loaded by those who read English', async () => {
    const { page } = await openPage(browser, { locale: 'en-US' })
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    await page.goto(`${mock.url}/apps`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    expect(asked.filter((path) => /\/de-[\w-]+\.js/.test(path))).toEqual([])
    expect(asked.some((path) => path.startsWith('/assets/'))).toBe(true)
  })
})
