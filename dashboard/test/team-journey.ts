import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

/** What whoever looks after a team does, and what somebody sees who is invited. */
export function describeTeamPage(
  openAt: (path: string, env?: Record<string, string>) => Promise<Page>,
): void {
  describe('the team', () => {
    it('invites by a link that is shown once, changes what somebody may do, and keeps them out', async () => {
      const page = await openAt('/team')

      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      await page.getByLabel('For whom').fill('Nora, of the print shop')
      await page.getByLabel('Role in the team').selectOption('guest')
      await page.getByLabel('Add an app').selectOption('shop')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await page.getByLabel('link', { exact: true }).getByText('/invitation/').waitFor()
      await page.getByRole('button', { name: 'Done', exact: true }).click()
      await page.getByText('Nora, of the print shop').waitFor()
      await expect.poll(() => page.getByText('/invitation/').count()).toBe(0)

      await page.getByRole('button', { name: 'What can be done about dora' }).click()
      await page.getByRole('menuitem', { name: 'Role and apps' }).click()
      await page.getByLabel('Role in the team').selectOption('viewer')
      await page.getByRole('button', { name: 'Take shop away' }).click()
      await page.getByRole('button', { name: 'Save' }).click()
      const dora = page.getByRole('listitem').filter({ hasText: 'dora' })
      await dora.getByText('viewer', { exact: true }).waitFor()
      await expect.poll(() => dora.getByText('admin of shop').count()).toBe(0)

      await page.getByRole('button', { name: 'What can be done about ben' }).click()
      await page.getByRole('menuitem', { name: 'Disable', exact: true }).click()
      await page.getByRole('button', { name: 'Disable', exact: true }).click()
      const ben = page.getByRole('listitem').filter({ hasText: 'ben' })
      await ben.getByText('disabled').waitFor()
    })

    it('takes whoever is invited in, with a name and a password', async () => {
      const page = await openAt('/invitation/secret', { MOCK_SIGNED_OUT: '1' })

      await page.getByRole('heading', { name: 'Join default' }).waitFor()
      await page.getByText('anna invites you as guest, to blog.').waitFor()
      await page.getByLabel('Your name here').fill('nora')
      await page.getByLabel('Password').fill('correct horse battery')
      const accepted = page.waitForRequest((request) =>
        request.url().endsWith('/invitations/accept'),
      )
      await page.getByRole('button', { name: 'Join', exact: true }).click()
      expect((await accepted).postData()).toContain('"token":"secret"')
    })
  })
}
