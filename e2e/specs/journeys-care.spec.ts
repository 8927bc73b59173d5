import { mkdirSync, rmSync } from 'node:fs'
import { Addon } from '@vastrox/shared/addon.ts'
import { Backup } from '@vastrox/shared/backup.ts'
import { CountedRule, FirewallStatus } from '@vastrox/shared/firewall.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { destroyApp, tinyApp, untilSettled } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import { anotherPerson, beginJourney, type Journey } from '#support/journey.ts'
import { createWorkingCopy } from '#support/working-copy.ts'

/*
 * Looking after what runs, as a person does in the dashboard, against the real engine: one app for all
 * of it. A picture of each page is kept in test-results/journeys, and axe-core finds nothing on any.
 * The firewall only watches here: this is the machine's own network namespace.
 */
const APP = 'cared-for'
const DATABASE = `${APP}-db`
const BESIDE = `${DATABASE}-beside`
const VAULT = 'care-vault'
/** Backups and drills wait for their turn on a busy machine: with `--long`. */
const LONG = process.env['VASTROX_LONG'] === '1'
const MINUTE = 60_000

const vastrox = connectInstallation()
const copy = createWorkingCopy(vastrox.remote(APP))
let journey: Journey

beforeAll(async () => {
  await vastrox.api('POST', '/apps', { name: APP })
  await vastrox.api('PATCH', `/apps/${APP}`, { watchMs: 0 })
  await copy.init()
  copy.write(tinyApp('v1'))
  await copy.commit('the first version')
  const pushed = await copy.push('--force', 'main')
  if (pushed.exitCode !== 0) throw new Error(pushed.output)
  journey = await beginJourney(vastrox, 'care')
  await journey.signIn()
})
afterEach((context) => journey.keepWhereItFailed(context))
afterAll(async () => {
  await journey?.close()
  for (const name of [BESIDE, DATABASE]) {
    await vastrox.api('DELETE', `/addons/${name}/attachments/${APP}`)
    await vastrox.api('DELETE', `/addons/${name}`, { confirm: name })
  }
  await destroyApp(vastrox, APP)
  await vastrox.api('PUT', '/firewall/rules', { rules: [] })
  copy.remove()
})

it('the overview tells that all is well, and what happened', async () => {
  await journey.go('/', 'Overview')
  await journey.page.getByText('The node', { exact: true }).waitFor()
  await journey.page.getByRole('link', { name: new RegExp(`${APP} #1 went live`) }).waitFor()

  expect(await journey.look('overview')).toEqual([])
})

it('a database is made for the app in one screen, and the app has its address', async () => {
  const { page } = journey
  await journey.go(`/apps/${APP}/databases`, APP)
  await page.getByRole('link', { name: 'New database' }).click()
  await page.getByLabel('Name', { exact: true }).fill(DATABASE)
  expect(await journey.look('new-database')).toEqual([])
  await page.getByRole('button', { name: `Create and attach to ${APP}` }).click()
  await page.waitForURL(`**/addons/${DATABASE}`)

  await until(
    'the database to run',
    async () => (await vastrox.read(Addon, `/addons/${DATABASE}`)).state === 'running',
    3 * MINUTE,
  )
  // The page hears of it by itself.
  await page.getByText('Running', { exact: true }).first().waitFor({ timeout: MINUTE })
  expect(await journey.look('database')).toEqual([])
  await untilSettled(vastrox, APP)
  const env = await vastrox.api('GET', `/apps/${APP}/env`)
  expect(env.body).toContain('DATABASE_URL')
})

describe.each(LONG ? ['a database'] : [])('%s', () => {
  const root = `/var/tmp/vastrox-e2e-care-${process.pid}`
  const Roots = z.object({ items: z.array(z.object({ rootId: z.string(), path: z.string() })) })

  beforeAll(async () => {
    mkdirSync(root, { recursive: true, mode: 0o700 })
    const allowed = await vastrox.command('destinations', 'allow', root)
    if (allowed.exitCode !== 0) throw new Error(allowed.stderr)
    const { items } = await vastrox.read(Roots, '/backup-roots')
    const rootId = items.find(({ path }) => path === root)?.rootId
    const wish = { name: VAULT, kind: 'local', settings: { rootId } }
    const made = await vastrox.api('POST', '/destinations', wish)
    if (made.status !== 201) throw new Error(made.body)
  })
  afterAll(async () => {
    await vastrox.api('DELETE', `/destinations/${VAULT}`, { confirm: VAULT })
    await vastrox.command('destinations', 'disallow', root)
    rmSync(root, { recursive: true, force: true })
  })

  const untilBackup = (what: string, is: (backup: Backup) => boolean): Promise<Backup> =>
    until(
      what,
      async () =>
        (
          await vastrox.read(pageOf(Backup), `/backups?subject=addon:${DATABASE}&limit=20`)
        ).items.find(is),
      4 * MINUTE,
    )

  it('is backed up at a click, restored for proof, and put back beside what is there', async () => {
    const { page } = journey
    await journey.go(`/apps/${APP}/backups`, APP)
    await page.getByRole('button', { name: `Back up now: ${APP}` }).click()
    await page.getByText(/backups are under way\./).waitFor()
    const made = await untilBackup('the backup', ({ state }) => state === 'done')

    await journey.go(`/backups/${made.id}`, DATABASE)
    await page.getByRole('button', { name: 'Prove it now' }).click()
    await untilBackup('its drill', ({ drill }) => drill?.state === 'proven')
    await page
      .getByText(/^Proven/)
      .first()
      .waitFor({ timeout: MINUTE })
    expect(await journey.look('backup-proven')).toEqual([])

    await page.getByRole('link', { name: /^Restore/ }).click()
    await page.getByRole('button', { name: /^Go on from/ }).click()
    await page.getByRole('radio').first().check()
    await page.getByRole('button', { name: 'Go on', exact: true }).click()
    await page.getByLabel('Name of the new one').fill(BESIDE)
    expect(await journey.look('restore-confirm')).toEqual([])
    await page.getByRole('button', { name: 'Restore into a new one' }).click()
    await page.waitForURL('**/backups/restores/*')
    await page.getByText(`${BESIDE} is there, beside ${DATABASE}.`).waitFor({ timeout: 3 * MINUTE })
    expect(await journey.look('restored')).toEqual([])
    expect((await vastrox.read(Addon, `/addons/${BESIDE}`)).state).toBe('running')
  })

  it('is in the calendar of backups today', async () => {
    const { page } = journey
    await journey.go('/backups/history', 'Backups')
    await page.getByRole('button', { name: /, today: / }).click()
    await page.getByRole('link', { name: DATABASE }).first().waitFor()
    expect(await journey.look('calendar')).toEqual([])
  })
})

it('the firewall says in words what enforcing would do, and does nothing until it is told to', async () => {
  const { page } = journey
  await journey.go('/firewall', 'Firewall')
  await page.getByRole('button', { name: 'Preview: enforce' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('You cannot lock yourself out').waitFor()
  expect(await journey.look('firewall-preview')).toEqual([])
  await dialog.getByRole('button', { name: 'Cancel' }).click()

  await page.getByRole('button', { name: 'New rule' }).first().click()
  await page.getByRole('button', { name: 'A database for one address, for a while' }).click()
  await page.getByRole('textbox', { name: 'From' }).fill('203.0.113.7')
  await page.getByRole('button', { name: 'Add to the rules' }).click()
  // What a change would do is shown first, also where nothing is kept from passing.
  const apply = page.getByRole('dialog').getByRole('button', { name: 'Apply' })
  await apply.or(page.getByText('from 203.0.113.7')).first().waitFor()
  if (await apply.isVisible()) await apply.click()
  await page.getByText('from 203.0.113.7').first().waitFor()
  expect(await journey.look('firewall-rule')).toEqual([])

  const { items } = await vastrox.read(pageOf(CountedRule), '/firewall/rules')
  expect(items.map(({ sources }) => sources)).toEqual([['203.0.113.7']])
  expect(await vastrox.read(FirewallStatus, '/firewall')).toMatchObject({ mode: 'observe' })
})

it('whoever is invited as a viewer sees it all and can change nothing', async () => {
  const { page, context, base } = journey
  await journey.go('/team', 'Team')
  await page.getByRole('button', { name: 'Invite', exact: true }).click()
  await page.getByLabel('For whom').fill('Vera, who looks on')
  await page.getByLabel('Role in the team').selectOption('viewer')
  await page.getByRole('button', { name: 'Make the link' }).click()
  const link = page.getByLabel('link', { exact: true })
  await link.getByText('/invitation/').waitFor()
  const url = /https:\/\/\S+\/invitation\/[\w-]+/.exec((await link.textContent()) ?? '')?.[0] ?? ''
  expect(await journey.look('invited')).toEqual([])

  // The page of whoever invited would go on with the cookies of somebody else.
  await page.goto('about:blank')
  const theirs = await anotherPerson(context)
  const name = `vera-${process.pid}`
  await theirs.goto(url)
  await theirs.getByLabel('Your name here').fill(name)
  await theirs.getByLabel('Password').fill('a long and quiet sentence')
  await theirs.getByRole('button', { name: 'Join', exact: true }).click()
  await theirs.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
  await theirs.getByRole('link', { name: APP }).first().waitFor()
  expect(await theirs.getByRole('button', { name: 'New app' }).count()).toBe(0)

  await theirs.goto(`${base}/apps/${APP}/settings`)
  await theirs.getByLabel('Deploy branch').waitFor()
  await expect.poll(() => theirs.getByLabel('Deploy branch').isDisabled()).toBe(true)
  expect(await theirs.getByText('Danger zone').count()).toBe(0)
  for (const [method, path] of [
    ['POST', `/apps/${APP}/restart`],
    ['PATCH', `/apps/${APP}`],
    ['DELETE', `/addons/${DATABASE}`],
    ['PUT', '/firewall/rules'],
    ['POST', '/tokens'],
  ]) {
    const asked = { method, headers: { 'content-type': 'application/json' }, body: '{}' }
    const status = await theirs.evaluate(
      `fetch('/api/v1${path}', ${JSON.stringify(asked)}).then(({ status }) => status)`,
    )
    expect(status, `${method} ${path}`).toBe(403)
  }
  await theirs.close()
  await vastrox.command('users:remove', name, '--yes')
})

it('nothing complained in the console', () => {
  expect(journey.complaints).toEqual([])
})
