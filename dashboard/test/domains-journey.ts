import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

const PHONE = { width: 375, height: 800 }

/** The Domains page against the mock API, on a phone; over the build of whoever calls it. */
export function describeDomainsPage(openAt: (path: string) => Promise<Page>): void {
  describe('domains, on a phone', () => {
    it('adds a pasted address with www, shows the record to set, and sees that it is there', async () => {
      const page = await openAt('/apps/shop/domains')
      await page.setViewportSize(PHONE)
      await page.getByRole('button', { name: 'bücher.example.com', exact: false }).first().waitFor()
      await page.getByText('leads to 198.51.100.9, not to this server').waitFor()
      await page.getByText('Invalid response from').waitFor()

      await page.getByRole('button', { name: 'Add a domain' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('textbox', { name: 'Domain' }).fill('https://Shop-Example.com/cart')
      await dialog.getByText('Stored as shop-example.com').waitFor()
      await dialog.getByText('Add www.shop-example.com too').waitFor()
      await dialog.getByRole('button', { name: 'Add the domain' }).click()
      await page.getByText('shop-example.com and www.shop-example.com are added.').waitFor()

      const said = 'There is no record for shop-example.com yet'
      const row = page.getByRole('listitem').filter({ hasText: said }).first()
      await row.getByText('missing').first().waitFor()
      await row.getByRole('button', { name: 'Copy the value of the A record' }).first().waitFor()
      const overflow = () =>
        page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
      await expect.poll(overflow).toBe(0)
      await row.getByRole('button', { name: 'Look again' }).first().click()
      await page.getByText(said).first().waitFor({ state: 'detached' })
    })

    it('asks for the name before a domain goes', async () => {
      const page = await openAt('/apps/shop/domains')
      await page.getByRole('button', { name: 'More for www.example.com' }).click()
      await page.getByRole('menuitem', { name: 'Remove …' }).click()
      const dialog = page.getByRole('dialog')
      const remove = dialog.getByRole('button', { name: 'Remove the domain' })
      await expect.poll(() => remove.isDisabled()).toBe(true)
      await dialog.getByRole('textbox').fill('www.example.com')
      await remove.click()
      await page.getByText('www.example.com is removed.').waitFor()
    })
  })
}
