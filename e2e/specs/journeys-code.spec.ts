import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { destroyApp, tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { beginJourney, type Journey } from '#support/journey.ts'
import { createSshUser, type SshUser } from '#support/ssh.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/*
 * How code gets in and goes live, as a person does it in the dashboard, against the real engine: one app
 * for all of it. A picture of each page is kept in test-results/journeys, and axe-core finds nothing.
 */
const APP = 'code-journey'
const PHONE = { width: 375, height: 812 }
const WIDE = { width: 1_280, height: 850 }
const AWHILE = 60_000

const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
let journey: Journey
let user: SshUser

beforeAll(async () => {
  await vastrox.api('POST', '/apps', { name: APP })
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
  // Published by a click here, so that the difference can be looked at.
  await vastrox.api('PATCH', `/apps/${APP}/sources/uploads`, { publishOnIdle: false })
  user = await createSshUser(vastrox)
  await user.addKey(readFileSync(user.keyFile, 'utf8'))
  await copy.init()
  journey = await beginJourney(vastrox, 'code')
  await journey.signIn()
})
afterEach((context) => journey.keepWhereItFailed(context))
afterAll(async () => {
  await journey?.close()
  await destroyApp(vastrox, APP)
  copy.remove()
  user?.remove()
})

const isLive = (version: string) =>
  until(`${version} to answer`, async () => (await versionOf(vastrox, APP)) === version, AWHILE)

async function pushed(version: string, subject: string, extra = ''): Promise<void> {
  copy.write(tinyApp(version, extra))
  await copy.commit(subject)
  await copy.push('--force', 'main')
}

/** As a browser does when somebody lets go of a file over it. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const list = page.getByRole('region', { name: 'Files', exact: true }).getByRole('list').first()
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}))
    return transfer
  })()`)
  await list.dispatchEvent('drop', { dataTransfer })
}

describe('code, from the first push to the way back', () => {
  it('is pushed, and watched without a reload', async () => {
    const { page } = journey
    await journey.go(`/apps/${APP}/deployments`, APP)
    expect(await journey.look('nothing-deployed-yet')).toEqual([])

    const push = pushed('v1', 'The first version')
    await page.getByRole('link', { name: 'The first version' }).click({ timeout: AWHILE })
    await page.getByRole('list', { name: 'Phases' }).waitFor()
    await push
    await page.getByText('Complete', { exact: true }).waitFor({ timeout: AWHILE })
    await page
      .getByText(/is live/)
      .first()
      .waitFor()

    expect(await versionOf(vastrox, APP)).toBe('v1')
    expect(await journey.look('deployed')).toEqual([])
  })

  it('that is broken is explained, and the version before serves on', async () => {
    const { page } = journey
    const push = pushed('v2', 'A version that ends at once', 'process.exit(3)')
    await journey.go(`/apps/${APP}/deployments`, APP)
    await page.getByRole('link', { name: 'A version that ends at once' }).click({ timeout: AWHILE })
    await push

    const said = page.getByRole('alert').filter({ hasText: 'serves as before' })
    await said.waitFor({ timeout: AWHILE })
    expect(await said.textContent()).toMatch(/v1 serves as before/)
    expect(await said.textContent()).toMatch(/code 3|exit/i)
    expect(await versionOf(vastrox, APP)).toBe('v1')
    expect(await journey.look('broken')).toEqual([])
  })

  it('gets its env from a pasted file, with values that nobody sees in passing', async () => {
    const { page } = journey
    await untilSettled(vastrox, APP)
    await journey.go(`/apps/${APP}/env`, APP)
    await page.getByRole('button', { name: 'Import .env' }).click()
    await page.getByLabel('Text of the file').fill('GREETING="good day"\nAPI_KEY=abc123def')
    expect(await journey.look('env-import')).toEqual([])
    await page.getByRole('button', { name: 'Add 2 variables to the changes' }).click()
    await page.getByRole('button', { name: 'Save and deploy' }).click()

    await page
      .getByText(/API_KEY.*GREETING|GREETING.*API_KEY/)
      .first()
      .waitFor()
    await untilSettled(vastrox, APP)
    await page.reload()
    await page.getByText('GREETING', { exact: true }).first().waitFor()
    expect(await page.getByText('abc123def').count()).toBe(0)
    expect(await journey.look('env')).toEqual([])
  })

  it('is edited in the browser, and compared with what is live', async () => {
    const { page } = journey
    await journey.go(`/apps/${APP}/files`, APP)
    await page.getByRole('link', { name: 'server.js', exact: true }).click()
    const text = page.getByRole('textbox', { name: 'Text of server.js' })
    await text.getByText('createServer', { exact: false }).first().waitFor()
    await text.click()
    await page.keyboard.press('Control+a')
    await page.keyboard.insertText(tinyApp('v3')['server.js'] ?? '')
    await page.keyboard.press('Control+s')
    await page.getByText('publish it on the Files page').waitFor()
    await page.getByRole('button', { name: 'Difference to live' }).click()
    await text.getByText('v3', { exact: false }).first().waitFor()
    expect(await journey.look('editor')).toEqual([])

    await journey.go(`/apps/${APP}/files`, APP)
    await page.getByText('1 changed', { exact: false }).waitFor()
    expect(await journey.look('not-published-yet')).toEqual([])
  })

  it('is dropped on the page, put there by SFTP, published, and told apart from the release before', async () => {
    const { page } = journey
    await journey.go(`/apps/${APP}/files`, APP)
    await page.getByRole('link', { name: 'server.js', exact: true }).waitFor()
    await drop(page, 'dropped.txt', 'by drag and drop')
    await page.getByRole('link', { name: 'dropped.txt', exact: true }).waitFor()
    const file = join(user.home, 'by-sftp.txt')
    writeFileSync(file, 'by SFTP')
    const put = await run('/usr/bin/sftp', ['-F', user.config, '-b', '-', `${APP}@vastrox`], {
      env: user.env,
      timeoutMs: AWHILE,
      input: `put ${file} by-sftp.txt\n`,
    })
    expect([put.exitCode, put.stderr]).toEqual([0, ''])

    await page.getByText('2 added, 1 changed', { exact: false }).waitFor()
    expect(await journey.look('dropped-and-sftp')).toEqual([])
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await isLive('v3')
    const { number } = await untilSettled(vastrox, APP)

    await journey.go(`/apps/${APP}/deployments/${number}`, APP)
    await page.getByRole('button', { name: 'Show it' }).click()
    await page.getByRole('button', { name: 'server.js' }).click()
    await page.getByRole('textbox', { name: 'Changes of server.js' }).waitFor()
    expect(await journey.look('difference')).toEqual([])
  })

  it('goes back to where it was', async () => {
    const { page } = journey
    await page.setViewportSize(PHONE)
    await page.emulateMedia({ colorScheme: 'dark' })
    await journey.go(`/apps/${APP}/releases`, APP)
    expect(await journey.look('releases-phone')).toEqual([])
    await page.getByRole('button', { name: 'Roll back to v1' }).click()
    await page.getByLabel('Code only').check()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /roll back/i })
      .click()
    await isLive('v1')

    for (const [path, name] of [
      ['files', 'files-phone'],
      ['files/edit?path=/server.js', 'editor-phone'],
      ['source', 'source-phone'],
      ['env', 'env-phone'],
    ] as const) {
      await journey.go(`/apps/${APP}/${path}`, APP)
      expect(await journey.look(name), path).toEqual([])
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect(width, path).toBeLessThanOrEqual(PHONE.width)
    }
    await page.setViewportSize(WIDE)
  })

  it('made no complaint in the console', () => {
    expect(journey.complaints).toEqual([])
  })
})
