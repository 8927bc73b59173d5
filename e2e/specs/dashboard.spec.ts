import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, pushTinyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { openBrowser } from '#support/browser.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { signInByLink } from '#support/journey.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

const vastrox = connectInstallation()
const APP = 'seen'
/** Written anew with VASTROX_PICTURES=1. */
const PICTURE = join(import.meta.dirname, '../../docs/images/dashboard.png')

let copy: WorkingCopy
let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  copy = await pushTinyApp(vastrox, APP, 'v1')
  copy.write(tinyApp('v2'))
  await copy.commit('second version')
  await copy.push()
  browser = await openBrowser(vastrox.caFile)
  page = await browser.context.newPage()
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
})
afterAll(async () => {
  await browser.close()
  await destroyApp(vastrox, APP)
  copy.remove()
})

describe('the dashboard, in a real browser with verification on', () => {
  it('signs in by a one-time link, once', async () => {
    const url = await signInByLink(vastrox, page)
    expect(page.url()).toMatch(/\/apps$/)

    const again = await vastrox.ask('POST', `${vastrox.apiUrl}/sign-in/link`, {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: url.split('/').at(-1) }),
    })
    expect(again.status).toBe(401)
  })

  it('shows the app with its state and opens it', async () => {
    await page.getByRole('link', { name: APP }).first().click()
    await page.waitForURL(`**/apps/${APP}`)

    await page.getByRole('heading', { level: 1, name: APP, exact: true }).waitFor()
    await page.getByText('second version').first().waitFor()
  })

  it('shows a push as it happens, without a reload', async () => {
    await page.getByRole('link', { name: 'Deployments', exact: true }).click()
    copy.write(tinyApp('v3'))
    await copy.commit('third version')
    const pushed = copy.push()

    await page.getByText('third version').first().waitFor({ timeout: 20_000 })
    expect((await pushed).exitCode).toBe(0)
  })

  it('rolls back by a click', async () => {
    await untilSettled(vastrox, APP)
    await page.getByRole('link', { name: 'Releases', exact: true }).click()
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /roll back/i })
      .click()

    await until('the first version to answer', async () => (await versionOf(vastrox, APP)) === 'v1')
    expect((await untilSettled(vastrox, APP)).trigger).toBe('roll-back')
  })

  it('sets an env variable and deploys it', async () => {
    await untilSettled(vastrox, APP)
    const answer = await vastrox.api('PATCH', `/apps/${APP}/env`, { set: { GREETING: 'hello' } })
    expect(answer.status, answer.body).toBeLessThan(300)
    await page.getByRole('link', { name: 'Env', exact: true }).click()

    await page.getByText('GREETING').first().waitFor()
    expect(await page.getByText('hello', { exact: true }).count()).toBe(0)
  })

  it('shows the log', async () => {
    await page.getByRole('link', { name: 'Logs', exact: true }).click()

    await page
      .getByText(/is live/)
      .first()
      .waitFor()
  })

  it('has a page that README can show', async () => {
    await page.setViewportSize({ width: 1440, height: 900 })
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${vastrox.dashboardUrl.replace(/\/$/, '')}/apps/${APP}`)
    await page.getByText('third version').first().waitFor()
    await page.waitForLoadState('networkidle').catch(() => undefined)
    const file = process.env['VASTROX_PICTURES'] === '1' ? { path: PICTURE } : {}
    const picture = await page.screenshot({ ...file, animations: 'disabled' })
    await page.emulateMedia({ colorScheme: null })

    expect(picture.length).toBeGreaterThan(20_000)
  })

  it('fits a phone: nothing is wider than 375 px', async () => {
    await page.setViewportSize({ width: 375, height: 800 })
    for (const path of [
      '/apps',
      `/apps/${APP}`,
      `/apps/${APP}/deployments`,
      `/apps/${APP}/env`,
      '/tokens',
    ]) {
      await page.goto(`${vastrox.dashboardUrl.replace(/\/$/, '')}${path}`)
      await page.waitForLoadState('networkidle').catch(() => undefined)
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect(width, path).toBeLessThanOrEqual(375)
    }
  })

  it('made no complaint in the console', () => {
    expect(complaints).toEqual([])
  })
})
