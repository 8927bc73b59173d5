import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { certificateIn } from '../../daemon/test/certificate.ts'
import { type Pebble, startPebble } from '../../daemon/test/acme/pebble.ts'
import { tinyApp, untilSettled, versionOf } from '#support/apps.ts'
import { connectInstallation, type Installation, until } from '#support/installation.ts'
import { beginJourney, type Journey } from '#support/journey.ts'
import { createKeyboard, dropOn } from '#support/journey-hands.ts'
import { installForJourney, type JourneyInstallation } from '#support/journey-installation.ts'
import { createSshUser, type SshUser } from '#support/ssh.ts'

/*
 * The first hour of somebody who has just installed Vastrox, in the order of the list of first steps:
 * a server that nobody has signed in to yet, a real CA (Pebble) as in a company's network, the real
 * engine, and a real browser. What each step says is looked at from the outside as well.
 */
const APP = 'shop'
const HOST = 'shop.first-steps.test'
const PASSWORD = 'a long and quiet sentence'
const PORT = 19_180
const AWHILE = 60_000
const RULE = 'Memory of the shop'

let own: JourneyInstallation
let vastrox: Installation
let pebble: Pebble
let journey: Journey
let hook: Awaited<ReturnType<typeof startHook>>
let user: SshUser

beforeAll(async () => {
  pebble = await startPebble({ httpPort: PORT, tlsPort: PORT + 1 })
  own = await installForJourney(connectInstallation(), {
    name: 'first',
    port: PORT,
    acmeDirectory: pebble.directoryUrl,
    acmeCaFile: pebble.caFile,
    dnsServer: pebble.dnsServer,
  })
  vastrox = own.installation
  hook = await startHook(own.home)
  journey = await beginJourney(vastrox, 'first')
})
afterEach((context) => journey.keepWhereItFailed(context))
afterAll(async () => {
  await journey?.close()
  user?.remove()
  hook?.server.close()
  await own?.remove()
  await pebble?.stop()
})

/** What somebody else's program is told by a webhook. */
async function startHook(home: string) {
  const folder = join(home, 'hook')
  mkdirSync(folder)
  const { key, cert } = certificateIn(folder)
  const told: string[] = []
  const server = createServer({ key, cert }, (asked, answer) => {
    let body = ''
    asked.on('data', (part: Buffer) => (body += part.toString()))
    asked.on('end', () => {
      told.push(body)
      answer.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { server, told, url: `https://127.0.0.1:${port}/told`, cert }
}

const step = (title: string) =>
  journey.page
    .getByRole('region', { name: 'First steps' })
    .getByRole('listitem')
    .filter({ hasText: title })

/** What a visitor sees who trusts the CA, and nothing else. */
async function visitByDomain(): Promise<string> {
  const roots = await vastrox.ask('GET', `${pebble.managementUrl}/roots/0`, { ca: pebble.caPem })
  const asHost = { ca: roots.body, servername: HOST, headers: { host: HOST } }
  return (await vastrox.ask('GET', `https://127.0.0.1:${PORT + 1}/`, asHost)).body
}

describe('the first hour', () => {
  it('begins with the printed link, and a password in its place', async () => {
    const { page } = journey
    await page.goto(vastrox.signInUrl)
    await page.getByRole('heading', { level: 1, name: 'Welcome to Vastrox' }).waitFor()
    expect(await journey.look('welcome')).toEqual([])
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('0 of 5 done').waitFor()
    expect(await journey.look('first-steps')).toEqual([])

    await step('Set a password').getByRole('link', { name: 'Set a password', exact: true }).click()
    await page.getByRole('heading', { level: 1, name: 'Account' }).waitFor()
    await page.getByLabel('New password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set it', exact: true }).click()
    await page.getByText('The password is set.').waitFor()
    expect(await journey.look('password')).toEqual([])

    await page.getByRole('button', { name: /, account and theme/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.getByText('1 of 5 done').waitFor()
    await step('Set a password').getByText('You come back by your name').waitFor()
  })

  it('brings an app of her own, a folder that is dropped in the dialog', async () => {
    const { page } = journey
    const folder = join(own.home, 'my-shop')
    for (const [name, text] of Object.entries({ ...tinyApp('v1'), 'pages/about.txt': 'us' })) {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(join(folder, name), text)
    }
    await journey.go('/apps', 'Apps')
    await step('Deploy an app').getByRole('button', { name: 'Deploy an app', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(APP)
    await dialog
      .getByLabel('Begin with')
      .selectOption({ label: 'A folder or archive of this computer' })
    await dropOn(dialog.getByRole('status').first(), [folder])
    await dialog.getByText('3 files').waitFor()
    expect(await journey.look('dropped')).toEqual([])
    await dialog.getByRole('button', { name: 'Create and deploy' }).click()

    await page.getByRole('heading', { level: 1, name: APP, exact: true }).waitFor()
    await page.getByRole('link', { name: 'v1', exact: true }).waitFor({ timeout: AWHILE })
    expect(await versionOf(vastrox, APP)).toBe('v1')
    expect(await journey.look('live')).toEqual([])
    await journey.go('/apps', 'Apps')
    await step('Deploy an app').getByText('is live and has answered').waitFor()
  })

  it('changes it by SFTP, with the password that the page makes, and publishes what she sees', async () => {
    const { page } = journey
    user = await createSshUser(vastrox)
    await journey.go(`/apps/${APP}/files`, APP)
    await page.getByLabel(/^Publish by itself/).uncheck()
    await page.getByRole('button', { name: 'Make a password' }).click()
    const shown = await page.getByRole('group', { name: 'password' }).textContent()
    expect(await page.getByRole('group', { name: 'addresses' }).textContent()).toContain(
      `sftp://${APP}@`,
    )
    expect(await journey.look('sftp-password')).toEqual([])
    const file = join(user.home, 'server.js')
    writeFileSync(file, tinyApp('v2')['server.js'] ?? '')
    await user.sftpWithPassword(APP, shown?.trim() ?? '', `put ${file} server.js\n`)

    await page.getByText('1 changed, compared with release v1').waitFor()
    expect(await journey.look('sftp-not-published-yet')).toEqual([])
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await until('v2 to answer', async () => (await versionOf(vastrox, APP)) === 'v2', AWHILE)
    await page.getByText('Not published yet').waitFor({ state: 'detached' })
    expect((await untilSettled(vastrox, APP)).release).toBe(2)
  })

  it('has a rule of her own watched, and sees what it would have done', async () => {
    const { page } = journey
    await journey.go('/alerts/rules', 'Alerts')
    await page.getByRole('button', { name: 'New rule' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill(RULE)
    await dialog.getByLabel('App', { exact: true }).selectOption(APP)
    await dialog.getByLabel('Limit').fill('1')
    await dialog.getByLabel('Without a break for').fill('0')
    await dialog.getByText(/, the last day$|^Of the last day there is nothing/).waitFor()
    expect(await journey.look('new-rule')).toEqual([])
    await dialog.getByRole('button', { name: 'Watch it' }).click()
    await page.getByText(RULE, { exact: true }).waitFor()
  })

  it('gives it a domain, and a CA that the server has never met gives the certificate', async () => {
    const { page } = journey
    await journey.go(`/apps/${APP}/domains`, APP)
    await page.getByRole('button', { name: 'Add a domain' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Domain' }).fill(`https://${HOST.toUpperCase()}/cart`)
    await dialog.getByText(`Stored as ${HOST}`).waitFor()
    await dialog.getByLabel(`Add www.${HOST} too`).uncheck()
    expect(await journey.look('add-domain')).toEqual([])
    await dialog.getByRole('button', { name: 'Add the domain' }).click()
    // The page hears of the order and of its end by itself.
    await page
      .getByText(/^certificate by 127\.0\.0\.1:\d+, \d+ days left$/)
      .waitFor({ timeout: AWHILE })
    await page.getByText('leads here', { exact: true }).waitFor()
    await page
      .locator(`a[href="https://${HOST}:${PORT + 1}"]`)
      .first()
      .waitFor()
    expect(await journey.look('domain')).toEqual([])
    expect(await visitByDomain()).toBe('v2 /')

    await journey.go('/certificates', 'Certificates')
    await page.getByRole('button', { name: HOST }).click()
    expect(await journey.look('certificate')).toEqual([])
    await journey.go('/apps', 'Apps')
    await step('Give it your domain').getByText(`${HOST} leads to ${APP}`).waitFor()
  })

  it('sets up backups, makes the first one, and sees it proven', async () => {
    const { page } = journey
    const disk = join(own.home, 'disk')
    mkdirSync(disk, { mode: 0o700 })
    await step('Have backups').getByRole('link', { name: 'Set up backups', exact: true }).click()
    await page.getByRole('link', { name: 'Set up a destination' }).click()
    await page.getByRole('button', { name: 'New destination' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What it is').selectOption('local')
    await dialog.getByLabel('Name').fill('shelf')
    // What the dialog says is to be done on the server; it sees by itself that it was.
    await dialog.getByText('sudo vastrox destinations allow').waitFor()
    const allowed = await vastrox.command('destinations', 'allow', disk)
    expect(allowed.exitCode, allowed.stderr).toBe(0)
    await dialog.getByRole('option', { name: disk }).waitFor({ state: 'attached' })
    expect(await journey.look('destination')).toEqual([])
    const kept = page.getByLabel('I have kept it')
    await dialog.getByRole('button', { name: 'Try it out and keep it' }).click()
    await kept.check({ timeout: AWHILE })
    expect(await journey.look('destination-key')).toEqual([])
    await page.getByRole('button', { name: 'Done', exact: true }).click()

    await page.getByRole('link', { name: 'Overview', exact: true }).last().click()
    await page.getByRole('button', { name: `Back up now: ${APP}` }).click()
    await page.getByRole('link', { name: APP, exact: true }).click()
    const made = page.getByRole('region', { name: 'Code, settings and env' }).getByRole('link')
    await made.first().click()
    // By itself it waits until the server has time for it; asked for it does not.
    await page.getByRole('button', { name: 'Prove it now' }).click({ timeout: AWHILE })
    await page
      .getByText(/^Proven /)
      .first()
      .waitFor({ timeout: AWHILE })
    expect(await journey.look('backup-proven')).toEqual([])
  })

  it('is told when something is wrong: a channel, tried, and then all steps are done', async () => {
    const { page } = journey
    await vastrox.api('PUT', '/source-networks', { allowed: ['127.0.0.0/8'] })
    await vastrox.api('PUT', '/source-authorities', { certificates: hook.cert })
    await journey.go('/apps', 'Apps')
    await step('Be told').getByRole('link', { name: 'Add a channel', exact: true }).click()
    await page.getByRole('button', { name: 'New channel' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What it is').selectOption('webhook')
    await dialog.getByLabel('Name').fill('Pager')
    await dialog.getByLabel('Url').fill(hook.url)
    expect(await journey.look('new-channel')).toEqual([])
    await dialog.getByRole('button', { name: 'Add the channel' }).click()
    await page.getByRole('button', { name: 'Send a test: Pager' }).click()
    await page.getByText(/^Taken after/).waitFor()
    expect(hook.told.length).toBeGreaterThanOrEqual(1)

    await journey.go('/first-steps', 'First steps')
    await page.getByText('All of it is done.').waitFor()
    expect(await journey.look('all-done')).toEqual([])
    await journey.go('/apps', 'Apps')
    expect(await page.getByRole('region', { name: 'First steps' }).count()).toBe(0)
  })

  it('meets her first alert, looks after it, silences it, and ends its rule', async () => {
    const { page } = journey
    const dialog = page.getByRole('dialog')
    // Every quarter of a minute it is looked at, and every page tells of it.
    await journey.go(`/apps/${APP}`, APP)
    await page.getByRole('link', { name: 'Alerts: 1 warning' }).first().click({ timeout: AWHILE })
    await page.getByRole('heading', { level: 2, name: '1 firing' }).waitFor()
    expect(await journey.look('alert-firing')).toEqual([])
    await page.getByRole('link', { name: new RegExp(RULE) }).click()
    await page.getByRole('button', { name: 'I look after it' }).click()
    await page.getByText('Looked after by').waitFor()
    await page.getByRole('button', { name: 'Silence' }).click()
    await dialog.getByLabel('For', { exact: true }).selectOption({ label: '15 minutes' })
    await dialog.getByLabel('Why').fill('We know')
    await dialog.getByRole('button', { name: 'Silence' }).click()
    await page.getByText('Silenced until').waitFor()
    expect(await journey.look('alert-silenced')).toEqual([])

    await journey.go('/alerts/silences', 'Alerts')
    await page.getByText('We know').waitFor()
    expect(await journey.look('silences')).toEqual([])
    await page.getByRole('button', { name: `End it: ${RULE}` }).click()
    await page.getByText('Nothing is silenced').waitFor()
    await journey.go('/alerts/rules', 'Alerts')
    await page.getByRole('button', { name: `More for ${RULE}` }).click()
    await page.getByRole('menuitem', { name: 'Remove …' }).click()
    await dialog.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('It is gone.').waitFor()
  })

  it('rolls back with no mouse, from the sign-in on, and always sees where she is', async () => {
    const { page, context, base } = journey
    // The page would go on asking with the cookies of nobody.
    await page.goto('about:blank')
    await context.clearCookies()
    await page.goto(`${base}/sign-in?to=%2Fapps`)
    const keys = createKeyboard(page)
    await keys.untilFocused(/^Name$/)
    await keys.type('admin')
    await keys.tabTo(/^Password$/)
    await keys.type(PASSWORD)
    await keys.press('Enter')
    await page.waitForURL('**/apps')
    await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()

    await keys.tabTo(/^Skip to the page$/)
    await keys.press('Enter')
    await keys.tabTo(/^shop$/)
    await keys.press('Enter')
    await page.getByRole('heading', { level: 1, name: APP, exact: true }).waitFor()
    await keys.tabTo(/^Releases$/)
    await keys.press('Enter')
    await page.getByRole('button', { name: 'Roll back to v1' }).waitFor()
    await keys.tabTo(/^Roll back to v1$/)
    await keys.press('Enter')
    await keys.untilFocused(/^Code and env/)
    await keys.press('ArrowDown')
    await keys.untilFocused(/^Code only/)
    expect(await journey.look('keyboard-roll-back')).toEqual([])
    await keys.tabTo(/^Roll back to v1$/)
    await keys.press('Enter')

    await until('v1 to answer', async () => (await versionOf(vastrox, APP)) === 'v1', AWHILE)
    await keys.tabTo(/^v3$/)
    expect(await journey.look('keyboard-rolled-back')).toEqual([])
    expect(keys.unseen).toEqual([])
    expect(keys.presses()).toBeLessThan(200)
  })

  it('made no complaint in the console', () => {
    expect(journey.complaints).toEqual([])
  })
})
