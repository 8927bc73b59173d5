import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

const PHONE = { width: 375, height: 812 }
const MOST_TABS = 90

/** Tab by tab until it is reached, as somebody gets there who has no mouse; and it can be seen where one is. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element.matches(':focus-visible'))) return
  }
  throw new Error(`${String(wanted)} is not reached by Tab`)
}

/** What somebody does without a mouse, and with a phone. */
export function describeReach(
  openAt: (path: string, env?: Record<string, string>) => Promise<Page>,
): void {
  describe('by keyboard alone', () => {
    it('an app is found, gets a variable, and is deployed with it', async () => {
      const page = await openAt('/apps')
      const sent: unknown[] = []
      page.on('request', (request) => {
        if (request.method() === 'PATCH') sent.push(JSON.parse(request.postData() ?? 'null'))
      })
      await page.getByRole('link', { name: 'blog', exact: true }).waitFor()

      await page.keyboard.press('Tab')
      await page
        .getByRole('link', { name: 'Skip to the page' })
        .and(page.locator(':focus'))
        .waitFor()
      await page.keyboard.press('Enter')
      await tabTo(page, page.getByRole('link', { name: 'blog', exact: true }))
      await page.keyboard.press('Enter')
      await page.waitForURL('**/apps/blog')
      await tabTo(page, page.getByRole('link', { name: 'Env', exact: true }))
      await page.keyboard.press('Enter')
      await tabTo(page, page.getByLabel('Name of a new variable'))
      await page.keyboard.type('GREETING')
      await tabTo(page, page.getByRole('button', { name: 'Add with a value made at random' }))
      await page.keyboard.press('Enter')
      await tabTo(page, page.getByRole('button', { name: 'Save and deploy' }))
      await page.keyboard.press('Enter')

      await page.getByText('brings it live').waitFor()
      expect(sent).toEqual([{ set: { GREETING: { generate: 'hex' } } }])
    })
  })

  describe('on a phone', () => {
    it('what is wrong is seen, an app is opened and its log read', async () => {
      const page = await openAt('/apps')
      await page.setViewportSize(PHONE)
      const fits = async () =>
        expect
          .poll(() => page.evaluate('document.documentElement.scrollWidth'))
          .toBeLessThanOrEqual(PHONE.width)

      await page
        .getByRole('link', { name: /^Alerts: / })
        .filter({ visible: true })
        .click()
      await page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor()
      await fits()
      await page.getByRole('link', { name: 'Apps', exact: true }).filter({ visible: true }).click()
      await page.getByRole('link', { name: 'blog', exact: true }).click()
      await page.getByRole('heading', { name: 'blog', exact: true }).waitFor()
      await fits()
      await page.getByRole('link', { name: 'Logs', exact: true }).click()
      await page
        .getByText(/GET \//)
        .first()
        .waitFor()
      await fits()
    })
  })
}
