import { chmod, rename } from 'node:fs/promises'
import { type ExposedPort, ExposureReport } from '@vastrox/shared/exposure.ts'
import { HostCare, HostFinding } from '@vastrox/shared/host-care.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openBrowser } from '#support/browser.ts'
import { docker } from '#support/engine.ts'
import { signInByLink } from '#support/journey.ts'
import { connectInstallation, until } from '#support/installation.ts'

const vastrox = connectInstallation()
/** A container of somebody else's, published to everybody. */
const FOREIGN = 'somebody-elses-cache'
const PUBLISHED = 39_127

const Rules = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      action: z.string(),
      ports: z.array(z.string()),
      comment: z.string(),
    }),
  ),
})
const rulesOfIt = async () =>
  Rules.parse(JSON.parse((await vastrox.api('GET', '/firewall/rules')).body)).items.filter(
    ({ ports }) => ports.includes(String(PUBLISHED)),
  )
const report = async (): Promise<ExposureReport> => {
  const { status, body } = await vastrox.api('GET', '/exposure')
  expect(status, body).toBe(200)
  return ExposureReport.parse(JSON.parse(body))
}
const portOf = ({ ports }: ExposureReport, port: number): ExposedPort | undefined =>
  ports.find((each) => each.port === port && each.protocol === 'tcp')
const doctor = async (): Promise<{ exitCode: number | null; findings: HostFinding[] }> => {
  const { exitCode, stdout } = await vastrox.command('doctor', '--json')
  return { exitCode, findings: z.array(HostFinding).parse(JSON.parse(stdout.toString())) }
}

beforeAll(async () => {
  const image = (await docker('images', '--format', '{{.Repository}}:{{.Tag}}'))
    .split('\n')
    .find((name) => name.startsWith('vastrox/node:'))
  await docker('rm', '-f', FOREIGN).catch(() => '')
  await docker(
    'run',
    '-d',
    '--name',
    FOREIGN,
    '--entrypoint',
    '/usr/bin/sleep',
    '-p',
    `${PUBLISHED}:6379`,
    image ?? '',
    '600',
  )
})
afterAll(async () => {
  await docker('rm', '-f', FOREIGN)
  for (const { id } of await rulesOfIt()) await vastrox.api('DELETE', `/firewall/rules/${id}`)
})

describe('what is reachable on the server', () => {
  it('has our ports as ours, and says who has published what', async () => {
    const found = await report()

    expect(portOf(found, vastrox.config.httpsPort)).toMatchObject({
      by: { ours: true },
      warning: null,
    })
    expect(portOf(found, PUBLISHED)).toMatchObject({
      reach: 'world',
      by: { kind: 'container', name: FOREIGN, ours: false },
      warning: { canFence: true },
    })
    expect(found.testedAt).toBeNull()
  })

  it('is the same by the command, which needs no token', async () => {
    const { exitCode, stdout } = await vastrox.command('exposure', '--json')

    expect(exitCode).toBe(0)
    const found = ExposureReport.parse(JSON.parse(stdout.toString()))
    expect(portOf(found, PUBLISHED)?.by.name).toBe(FOREIGN)
  })

  it('names the host’s own state without changing it', async () => {
    const { status, body } = await vastrox.api('GET', '/host-care')

    expect(status).toBe(200)
    const checks = HostCare.parse(JSON.parse(body)).findings.map(({ check }) => check)
    expect(checks).toEqual(expect.arrayContaining(['engine', 'disk', 'memory', 'clock', 'kernel']))
  })
})

describe('the Node page', () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const complaints: string[] = []
  beforeAll(async () => {
    browser = await openBrowser(vastrox.caFile, { viewport: { width: 375, height: 800 } })
    page = await browser.context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    await signInByLink(vastrox, page)
  })
  afterAll(() => browser.close())

  it('warns on a phone about what somebody else has opened, and fences it by one click', async () => {
    await page.goto(`${vastrox.dashboardUrl.replace(/\/$/, '')}/node`)
    const row = page.getByRole('listitem').filter({ hasText: FOREIGN })
    await row.getByText('Open to the world').waitFor()
    await page.getByRole('region', { name: 'Host care' }).waitFor({ timeout: 60_000 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)

    await row.getByRole('button', { name: `Fence port ${PUBLISHED}` }).click()

    await until('the rule is there', async () => (await rulesOfIt()).length === 1)
    expect(await rulesOfIt()).toMatchObject([{ action: 'deny', comment: `fenced: ${FOREIGN}` }])
    const again = await vastrox.api('POST', '/exposure/fence', { protocol: 'tcp', port: PUBLISHED })
    expect(again.status).toBe(409)
    expect(complaints).toEqual([])
  })
})

describe('vastrox doctor', () => {
  it('names what was planted on a running installation, and is content when it is mended', async () => {
    const before = await doctor()
    await chmod(vastrox.paths.masterKey, 0o644)
    await rename(vastrox.paths.caFile, `${vastrox.paths.caFile}.away`)
    const during = await doctor()
    await chmod(vastrox.paths.masterKey, 0o600)
    await rename(`${vastrox.paths.caFile}.away`, vastrox.paths.caFile)
    const after = await doctor()

    const badOf = ({ findings }: { findings: HostFinding[] }): string[] =>
      findings.filter(({ level }) => level === 'bad').map(({ message }) => message)
    expect(during.exitCode).toBe(1)
    expect(badOf(during)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('master.key has the rights 0644'),
        expect.stringContaining('ca.pem is missing'),
      ]),
    )
    expect(badOf(after)).toEqual(badOf(before))
    expect(badOf(after).join(' ')).not.toMatch(/firewall|files|master\.key|could not be looked at/)
    expect(after.findings).toContainEqual(
      expect.objectContaining({
        check: 'exposure',
        message: expect.stringContaining(FOREIGN),
      }),
    )
  })
})
