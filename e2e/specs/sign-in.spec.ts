import type { CDPSession, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openBrowser } from '#support/browser.ts'
import { connectInstallation } from '#support/installation.ts'

const vastrox = connectInstallation()
const dashboard = vastrox.dashboardUrl.replace(/\/$/, '')

let browser: Awaited<ReturnType<typeof openBrowser>>
let page: Page
let cdp: CDPSession

async function linkOf(...words: string[]): Promise<string> {
  const made = await vastrox.command('sign-in-link', ...words, '--json')
  return z.object({ url: z.string() }).parse(JSON.parse(made.stdout.toString())).url
}

beforeAll(async () => {
  browser = await openBrowser(vastrox.caFile)
  page = await browser.context.newPage()
  cdp = await browser.context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
})
afterAll(() => browser.close())

describe('passkeys, in a real browser with a virtual authenticator', () => {
  it('registers one, signs in with it and nothing else, and removes it', async () => {
    await page.goto(await linkOf())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/apps')

    await page.goto(`${dashboard}/account`)
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await page.getByLabel('Name', { exact: true }).fill('virtual')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('Put them away now').waitFor()
    const codes = await page.getByLabel('recovery codes', { exact: true }).textContent()
    expect(codes?.trim().split(/\s+/)).toHaveLength(10)
    await page.getByRole('button', { name: 'I have them' }).click()
    await page.getByText('virtual', { exact: true }).waitFor()

    await browser.context.clearCookies()
    await page.goto(`${dashboard}/sign-in`)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
    await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'))

    await page.goto(`${dashboard}/account`)
    await page.getByRole('button', { name: 'Remove virtual' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No passkeys yet').waitFor()
    expect(await page.getByText('virtual', { exact: true }).count()).toBe(0)
  })
})
