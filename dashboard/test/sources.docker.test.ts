import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'

/* The Source page of an app in a real Chromium against the mock API. */
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

const PHONE = { viewport: { width: 375, height: 812 } }

describe('the Source page', () => {
  it('says why webhooks did nothing, and looks again on a click', async () => {
    const { page, troubles } = await openPage(browser, { colorScheme: 'dark', ...PHONE })
    await page.goto(`${mock.url}/apps/shop/source`)

    await page.getByText('It is not signed with the secret of this app.').waitFor()
    await page.getByText('Resource not accessible by integration').waitFor()
    await page.getByRole('button', { name: 'Look now' }).click()
    await page.getByText('that was taken up already').first().waitFor()
    await page.getByRole('button', { name: 'Redeliver' }).first().click()
    await page.getByText('Deployment 13: main 914d3e2.').nth(1).waitFor()

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)
    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('says what is wrong with a branch, and makes a deploy key for an SSH address', async () => {
    const { page, troubles } = await openPage(browser, PHONE)
    await page.goto(`${mock.url}/apps/new-idea/source`)
    await page.getByRole('button', { name: 'Give its address' }).click()
    await page.getByLabel('Address').fill('git@github.com:anna/idea.git')
    await page.getByText('a deploy key is made').waitFor()
    await page.getByRole('textbox', { name: 'Branch' }).fill('-bad')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page
      .getByRole('textbox', { name: 'Branch' })
      .and(page.locator('[aria-invalid=true]'))
      .waitFor()
    await page.getByRole('textbox', { name: 'Branch' }).fill('main')
    await page.getByRole('button', { name: 'Connect', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })

    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('shows the secret of the webhook once', async () => {
    const { page, troubles } = await openPage(browser, { colorScheme: 'dark', ...PHONE })
    await page.goto(`${mock.url}/apps/blog/source`)
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Address').fill('git@github.com:anna/other.git')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('23900ab55993e44c').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('23900ab55993e44c').waitFor({ state: 'detached' })

    expect(troubles).toEqual([])
    await page.context().close()
  })

  it('picks a repository from an account', async () => {
    const { page, troubles } = await openPage(browser, PHONE)
    await page.goto(`${mock.url}/apps/new-idea/source`)
    await page.getByRole('button', { name: 'Pick a repository' }).click()
    await page.getByRole('textbox', { name: 'Search' }).fill('intra')
    await page.getByLabel('Repository', { exact: true }).selectOption('team/intranet')
    await page.getByLabel('Branch').selectOption('dev')
    await page.getByRole('button', { name: 'Another account' }).click()
    await page.getByLabel('Host', { exact: true }).selectOption('gitea-oauth')
    await page.getByText('/api/v1/git-accounts/callback').waitFor()

    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)
    expect(troubles).toEqual([])
    await page.context().close()
  })
})
