import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

const PHONE = { width: 375, height: 800 }

/** From the sign-in link to the list of first steps, and the move to one's own domain, on a phone. */
export function describeFirstRun(
  openAt: (path: string, env?: Record<string, string>) => Promise<Page>,
): void {
  const isWide = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)

  describe('the first run', () => {
    it('leads on to the first step that is open, is put away, and comes back where it was left', async () => {
      const page = await openAt('/apps', { MOCK_FIRST_RUN: '1', MOCK_NO_PASSWORD: '1' })
      await page.setViewportSize(PHONE)
      const card = page.getByRole('region', { name: 'First steps' })
      await card.getByText('0 of 5 done').waitFor()
      const next = card.locator('[aria-current="step"]')
      await next.getByText('You came by a link that works once').waitFor()
      await next.getByRole('link', { name: 'Set a password' }).waitFor()
      await expect.poll(() => isWide(page)).toBe(false)

      await card.getByRole('button', { name: 'Not for us: Be told' }).click()
      await card.getByText('0 of 4 done').waitFor()
      await card.getByRole('button', { name: 'Put away' }).click()
      await card.waitFor({ state: 'detached' })

      await page.goto(new URL('/first-steps', page.url()).href)
      await page.getByText('Left out by your team.').waitFor()
      await page.getByRole('button', { name: 'Show them on the first page' }).click()
      await page.goto(new URL('/apps', page.url()).href)
      await page.getByRole('region', { name: 'First steps' }).getByText('0 of 4 done').waitFor()
    })

    it('moves everything to a domain of one’s own once its DNS leads here, and back', async () => {
      const page = await openAt('/settings/domain', { MOCK_FIRST_RUN: '1' })
      await page.setViewportSize(PHONE)
      await page.getByRole('heading', { name: 'Domain', level: 1 }).waitFor()
      const name = page.getByRole('textbox', { name: 'Domain' })
      await name.fill('not a domain')
      await page.getByRole('button', { name: 'Look at its DNS' }).click()
      await page.getByText('A domain has letters, digits, hyphens and dots').waitFor()

      await name.fill('elsewhere.example')
      await page.getByRole('button', { name: 'Look at its DNS' }).click()
      await page.getByText('There is no record for elsewhere.example yet.').first().waitFor()
      await page.getByText('missing').first().waitFor()
      await page.getByRole('button', { name: 'Move there all the same' }).waitFor()

      await name.fill('Example.com')
      await page.getByRole('button', { name: 'Look again' }).click()
      await page.getByText('example.com and *.example.com lead here.').waitFor()
      await page.getByText('2 passkeys were made for 203.0.113.7').waitFor()
      await expect.poll(() => isWide(page)).toBe(false)
      await page.getByRole('button', { name: 'Move to example.com' }).click()
      const dialog = page.getByRole('dialog')
      const act = dialog.getByRole('button', { name: 'Move everything' })
      await expect.poll(() => act.isDisabled()).toBe(true)
      await dialog.getByRole('textbox').fill('example.com')
      await act.click()
      await page.getByText('Everything is at example.com now.').waitFor()
      await page.getByText('Answers until 2026-12-27').waitFor()

      await page.getByRole('button', { name: 'Undo the move' }).click()
      await page.getByRole('dialog').getByRole('textbox').fill('203-0-113-7.sslip.io')
      await page.getByRole('dialog').getByRole('button', { name: 'Move back' }).click()
      await page.getByRole('heading', { name: '203-0-113-7.sslip.io' }).waitFor()
    })
  })
}
