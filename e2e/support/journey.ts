import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'
import { openBrowser } from '#support/browser.ts'
import type { Installation } from '#support/installation.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const AXE = createRequire(join(ROOT, 'dashboard/package.json')).resolve('axe-core/axe.min.js')
/** Not in Git; kept until the next run. */
const PICTURES = join(ROOT, 'test-results/journeys')

/** What a person needs of an installation to sit before its dashboard. */
export type BeforeDashboard = Pick<Installation, 'caFile' | 'dashboardUrl' | 'command'>

/**
 * A person in a real browser before the real dashboard. `look` keeps a picture of the page and gives
 * what axe-core has against it; the console's complaints are gathered.
 */
export async function beginJourney(
  vastrox: BeforeDashboard,
  journey: string,
  {
    viewport = { width: 1_280, height: 850 },
    browser,
  }: { viewport?: { width: number; height: number }; browser?: string } = {},
) {
  mkdirSync(PICTURES, { recursive: true })
  const { context, close } = await openBrowser(vastrox.caFile, { viewport, program: browser })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`)
  })
  const base = vastrox.dashboardUrl.replace(/\/$/, '')
  let pictures = 0

  return {
    page,
    context,
    complaints,
    close,
    base,
    signIn: () => signInByLink(vastrox, page),

    /** To a page of the dashboard, until it is there. */
    async go(path: string, heading: string): Promise<void> {
      await page.goto(base + path)
      await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor()
      await untilWhole(page)
    },

    /** For `afterEach`: what a person had before them when a test failed. */
    async keepWhereItFailed({ task }: { task: { name: string; result?: { state: string } } }) {
      if (task.result?.state !== 'fail') return
      const what = task.name.replaceAll(/[^a-z]+/gi, '-').slice(0, 40)
      await page.screenshot({ path: join(PICTURES, `${journey}-failed-${what}.png`) })
    },

    /** A picture, and what is wrong with the page for those who do not see it. */
    async look(what: string): Promise<string[]> {
      await untilWhole(page)
      pictures += 1
      const name = `${journey}-${String(pictures).padStart(2, '0')}-${what}.png`
      await page.screenshot({ path: join(PICTURES, name), animations: 'disabled' })
      return accessibilityOf(page)
    },
  }
}
export type Journey = Awaited<ReturnType<typeof beginJourney>>

const untilWhole = (page: Page): Promise<void> =>
  page.getByLabel('Loading').first().waitFor({ state: 'detached' })

/** Signs in as a person does from the server's console; gives the link, which is good once. */
export async function signInByLink(vastrox: BeforeDashboard, page: Page): Promise<string> {
  const made = await vastrox.command('sign-in-link', '--json')
  const { url } = z.object({ url: z.string() }).parse(JSON.parse(made.stdout.toString()))
  await page.goto(url)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'))
  return url
}

/** Another person, with cookies of their own, in the same browser. */
export async function anotherPerson(context: BrowserContext): Promise<Page> {
  await context.clearCookies()
  return context.newPage()
}

/** What axe-core says against the page, a line each; run outside of the page's own world. */
export async function accessibilityOf(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page)
  await session.send('Runtime.evaluate', { expression: await readFile(AXE, 'utf8') })
  const { result } = await session.send('Runtime.evaluate', {
    expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      JSON.stringify(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 160)))))`,
    awaitPromise: true,
    returnByValue: true,
  })
  await session.detach()
  return z.array(z.string()).parse(JSON.parse(String(result.value)))
}
