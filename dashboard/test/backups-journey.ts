import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

/** Databases and backups as somebody meets them: one page load goes a long way here. */
export function describeBackupPages(
  openAt: (path: string, env?: Record<string, string>) => Promise<Page>,
): void {
  describe('databases and backups', () => {
    it('creates a database for an app in one screen, and says which variables it gives', async () => {
      const page = await openAt('/apps/shop/databases')
      await page.getByRole('link', { name: 'New database' }).click()

      await page.getByText('No image registry answers').first().waitFor()
      await page.getByLabel('Prefix of its variables').fill('reports')
      await page.getByText('REPORTS_PASSWORD').waitFor()
      await page.getByLabel('Name', { exact: true }).fill('shop-reports')
      const asked = page.waitForRequest((request) => request.method() === 'POST')
      await page.getByRole('button', { name: 'Create and attach to shop' }).click()

      expect((await asked).postDataJSON()).toMatchObject({
        name: 'shop-reports',
        kind: 'postgresql',
        app: 'shop',
        prefix: 'REPORTS',
      })
      await page.getByText('It is on its way').waitFor()
    })

    it('restores in three acts, and shows how far it is', async () => {
      const page = await openAt('/addons/shop-db/backups')
      await page.getByRole('link', { name: /20/ }).first().click()
      await page.getByRole('link', { name: /^Restore/ }).click()
      await page.getByRole('radio').nth(1).check()
      await page.getByRole('button', { name: /^Go on from/ }).click()
      await page.getByRole('radio', { name: /take its place/ }).check()
      await page.getByText('waits there for 7 days').waitFor()
      await page.getByRole('button', { name: 'Go on', exact: true }).click()

      const act = page.getByRole('button', { name: 'Restore and switch shop-db' })
      await expect.poll(() => act.isDisabled()).toBe(true)
      await page.getByLabel('Type shop-db to confirm').fill('shop-db')
      await page.keyboard.press('Enter')

      await page.waitForURL('**/backups/restores/*')
      await page.getByText('What was there before is in the trash').waitFor({ timeout: 30_000 })
      await page.getByText('public.orders').waitFor()
    })

    it('backs a database up in one click, and takes in a dump of somebody’s own', async () => {
      const page = await openAt('/addons/shop-db/backups')
      const backups = page.getByRole('region', { name: 'Backups' })
      await backups.getByRole('button', { name: /^Back up now/ }).click()
      await page.getByText(/is under way\./).waitFor()

      const asked = page.waitForRequest((request) => request.url().includes('confirm='))
      await page.getByLabel('Dump to import').setInputFiles({
        name: 'shop.sql.gz',
        mimeType: 'application/gzip',
        buffer: Buffer.from([31, 139, 8]),
      })
      await page.getByRole('dialog').getByRole('textbox').fill('shop-db')
      await page.keyboard.press('Enter')

      await page.waitForURL('**/backups/restores/*')
      const sent = await asked
      expect(sent.method()).toBe('PUT')
      expect(new URL(sent.url()).searchParams.get('name')).toBe('shop.sql.gz')
    })

    it('shows the key of a destination until somebody says that they have kept it', async () => {
      const page = await openAt('/backups/destinations')
      await page.getByRole('button', { name: 'New destination' }).click()
      await page.getByLabel('What it is').selectOption('local')
      await page.getByLabel('Name', { exact: true }).fill('disk')
      await page.getByRole('button', { name: 'Try it out and keep it' }).click()

      await page.getByText('correct-horse-battery').waitFor()
      const done = page.getByRole('button', { name: 'Done', exact: true })
      await page.keyboard.press('Escape')
      await expect.poll(() => done.isDisabled()).toBe(true)
      await page.getByLabel('I have kept it').check()
      await done.click()

      await expect.poll(() => page.getByText('correct-horse-battery').count()).toBe(0)
      await page.getByText('disk', { exact: true }).waitFor()
    })
  })
}
