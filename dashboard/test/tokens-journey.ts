import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'

type OpenAt = (path: string) => Promise<Page>

/** Tokens, deploy keys and the audit log, as an operator goes through them. */
export function describeTokens(openAt: OpenAt): void {
  describe('tokens, deploy keys and the audit log', () => {
    it('are made for what was chosen and shown once, then given a new secret', async () => {
      const page = await openAt('/tokens')
      await page.getByRole('button', { name: 'New token' }).click()
      await page.getByLabel('Name').fill('ci')
      await page.getByLabel('What it may do').selectOption('deploy')
      const create = page.getByRole('button', { name: 'Create token' })
      await expect.poll(() => create.isDisabled()).toBe(true)
      await page.getByLabel('Which app').selectOption('shop')
      await page.getByLabel('From which networks').fill('the office')
      await page.getByText('the is no address or network').waitFor()
      await page.getByLabel('From which networks').fill('203.0.113.0/24')
      await create.click()

      await page.getByText('vxt_deploy_EXAMPLE').waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('from 203.0.113.0/24').first().waitFor()

      await page.getByRole('button', { name: 'Rotate deploy laptop' }).click()
      await page.getByLabel('The secret of now').selectOption('168')
      await page.getByRole('button', { name: 'Rotate', exact: true }).click()
      await page.getByText('vxt_deploy_EXAMPLEROTATED').waitFor()
      await page.getByRole('button', { name: 'Done' }).click()
      await page.getByText('the secret before is still good').waitFor()
    })

    it('let a machine come to one app', async () => {
      const page = await openAt('/apps/shop/push')
      await page.getByRole('button', { name: 'Add a key' }).click()
      await page.getByLabel('Public key').fill('ssh-ed25519 AAAA')
      await page.getByLabel('Name', { exact: true }).fill('runner')
      await page.getByLabel('What it may do').selectOption('write')
      await page.getByRole('button', { name: 'Add it' }).click()

      await page.getByText('runner may push shop now.').waitFor()
      await page.getByText('Push and upload', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Remove runner' }).click()
      await page.getByRole('button', { name: 'Remove', exact: true }).click()
      await page.getByText('No deploy keys').waitFor()
      await expect.poll(() => page.getByText('Push and upload', { exact: true }).count()).toBe(0)
    })

    it('are told of in a log that is filtered, verified and exported', async () => {
      const page = await openAt('/audit')
      await page.getByLabel('Who').fill('deploy laptop')
      await page.getByRole('button', { name: 'Filter' }).click()
      await page.getByText('env.reveal').first().waitFor({ state: 'detached' })
      await page.getByText('token deploy laptop').first().waitFor()
      const link = page.getByRole('link', { name: 'Export' })
      await expect
        .poll(() => link.getAttribute('href'))
        .toBe('/api/v1/audit-events/export?actor=deploy+laptop')

      await page.getByRole('button', { name: 'Verify' }).click()
      await page.getByText('none edited, added or missing').waitFor()
    })
  })
}
