import { readFile } from 'node:fs/promises'
import { BaseDomain, BaseDomainCheck } from '@vastrox/shared/base-domain.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { destroyApp, pushTinyApp } from '#support/apps.ts'
import { connectInstallation, until } from '#support/installation.ts'
import type { WorkingCopy } from '#support/working-copy.ts'

/* Names that end in localhost: curl and git find this machine by them, and nobody else is asked. */
const APP = 'e2e-base'
const vastrox = connectInstallation()
const OLD = vastrox.config.baseDomain
const NEW = `moved.${OLD}`
const { httpPort, httpsPort, dashboardPort } = vastrox.config

let copy: WorkingCopy
let firstCa: string
beforeAll(async () => {
  firstCa = await readFile(vastrox.caFile, 'utf8')
  copy = await pushTinyApp(vastrox, APP, 'v1')
})
afterAll(async () => {
  const { name } = BaseDomain.parse(JSON.parse(await said('base-domain', '--json')))
  if (name !== OLD) await vastrox.command('base-domain:undo')
  await destroyApp(vastrox, APP)
  copy.remove()
})

const said = async (...args: string[]): Promise<string> => {
  const done = await vastrox.command(...args)
  expect(done.exitCode, done.stderr).toBe(0)
  return done.stdout.toString()
}

/** As a person does it: the real client, with the CA that the installation hands out. */
async function curl(url: string, ...more: string[]) {
  const format = '\n%{http_code} %{redirect_url}'
  const args = ['-sS', '--max-time', '20', '--cacert', vastrox.caFile, '-w', format, ...more, url]
  const done = await run('/usr/bin/curl', args, { timeoutMs: 30_000 })
  expect(done.exitCode, `${url}: ${done.stderr}`).toBe(0)
  const lines = done.stdout.toString().split('\n')
  const [status, location] = (lines.pop() ?? '').split(' ')
  return { status: Number(status), location, body: lines.join('\n') }
}

it('moves dashboard, API, git, apps and certificates to another name, answers by the old one, and goes back', async () => {
  const checked = BaseDomainCheck.parse(JSON.parse(await said('base-domain:check', NEW, '--json')))
  expect(checked).toMatchObject({ name: NEW, leadsHere: true })

  // An app that is asked all the while, by its old name.
  const statuses = new Set<string>()
  const leave = new AbortController()
  const visits = (async () => {
    while (!leave.signal.aborted) {
      const { status, body } = await vastrox.ask('POST', `http://127.0.0.1:${httpPort}/`, {
        headers: { host: `${APP}.${OLD}` },
      })
      statuses.add(`${status} ${body.slice(0, 2)}`)
    }
  })()

  expect(await said('base-domain', NEW)).toContain(`Dashboard  https://${NEW}:${dashboardPort}`)

  expect((await curl(`https://${APP}.${NEW}:${httpsPort}/a`)).body).toBe('v1 /a')
  expect(await curl(`http://${APP}.${OLD}:${httpPort}/a?b=1`)).toMatchObject({
    status: 308,
    location: `http://${APP}.${NEW}:${httpPort}/a?b=1`,
  })
  expect((await curl(`https://${APP}.${OLD}:${httpsPort}/`, '-X', 'POST')).body).toContain('v1')
  expect(await curl(`https://${OLD}:${dashboardPort}/apps?x=1`)).toMatchObject({
    status: 308,
    location: `https://${NEW}:${dashboardPort}/apps?x=1`,
  })
  const token = `Authorization: Bearer ${vastrox.apiToken}`
  for (const name of [OLD, NEW]) {
    const reply = await curl(`https://${name}:${dashboardPort}/api/v1/base-domain`, '-H', token)
    expect(BaseDomain.parse(JSON.parse(reply.body))).toMatchObject({
      name: NEW,
      former: [{ name: OLD, sendsOn: true }],
    })
    const git = await run(
      '/usr/bin/git',
      [
        '-c',
        `http.sslCAInfo=${vastrox.caFile}`,
        'ls-remote',
        `https://git:${vastrox.apiToken}@${name}:${dashboardPort}/git/${APP}.git`,
      ],
      { timeoutMs: 30_000 },
    )
    expect(git.stdout.toString(), git.stderr).toContain('refs/heads/main')
  }
  // Whoever trusted the CA from before goes on trusting the names from before.
  const former = await run(
    '/usr/bin/openssl',
    ['s_client', '-connect', `127.0.0.1:${httpsPort}`, '-servername', `${APP}.${OLD}`],
    { input: '', timeoutMs: 20_000 },
  )
  expect(former.stdout.toString()).toContain(`Vastrox local CA (${OLD})`)
  expect(await said('sign-in-link')).toContain(`https://${NEW}:${dashboardPort}/sign-in/`)
  expect(JSON.parse(await readFile(vastrox.paths.config, 'utf8'))).toMatchObject({
    baseDomain: NEW,
    formerDomains: [OLD],
  })

  // What is trusted is the new CA; that of the old names is handed out behind it.
  const doctor = await vastrox.command('doctor')
  expect(doctor.stdout.toString()).toContain('The CA is trusted, and signs the dashboard.')

  expect(await said('base-domain:undo')).toContain(`Dashboard  https://${OLD}:${dashboardPort}`)
  expect((await curl(`https://${APP}.${OLD}:${httpsPort}/a`)).body).toBe('v1 /a')
  expect((await readFile(vastrox.caFile, 'utf8')).startsWith(firstCa)).toBe(true)
  leave.abort()
  await visits
  expect([...statuses]).toEqual(['200 v1'])
})

it('is finished by the next daemon where one dies in the middle', async () => {
  await said('debug:crash-at', 'baseDomain.afterConfig')
  const pid = await vastrox.pidOf('daemon')
  await vastrox.command('base-domain', NEW)
  await until('another daemon runs', async () => (await vastrox.pidOf('daemon')) !== pid)

  await until('the move is finished', async () => {
    const shown = await vastrox.command('base-domain', '--json')
    return shown.exitCode === 0 && JSON.parse(shown.stdout.toString()).isMoving === false
  })
  expect((await curl(`http://${APP}.${NEW}:${httpPort}/`)).body).toBe('v1 /')
  await said('base-domain:undo')
})
