import type { Page } from 'playwright-core'

/** Until a page shows something of its own and nothing of it is being read any more. */
export async function untilEnded(page: Page, timeout: number): Promise<void> {
  await page.locator('main h1, main h2, main [role=alert]').first().waitFor({ timeout })
  await page.getByLabel('Loading').first().waitFor({ state: 'detached', timeout })
}
