import {
  CountedRule,
  FirewallChange,
  FirewallPreview,
  FirewallStatus,
} from '@vastrox/shared/firewall.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openBrowser } from '#support/browser.ts'
import { connectInstallation, until } from '#support/installation.ts'

/*
 * The firewall of a new installation, which only watches: nothing here ever enforces, as this is the
 * machine's own network namespace. What enforces is tried in namespaces of the agent's lab.
 */
const vastrox = connectInstallation()
const Rules = pageOf(CountedRule)
const rules = async () => (await vastrox.read(Rules, '/firewall/rules')).items
const status = () => vastrox.read(FirewallStatus, '/firewall')

async function clear(): Promise<void> {
  const reply = await vastrox.api('PUT', '/firewall/rules', { rules: [] })
  if (reply.status !== 200) throw new Error(reply.body)
}
beforeAll(clear)
afterAll(clear)

async function ownTable(): Promise<string> {
  const { stdout } = await run(
    '/usr/sbin/nft',
    ['list', 'table', 'inet', `vastrox_${vastrox.config.instance}`],
    { env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, timeoutMs: 30_000 },
  )
  return stdout.toString()
}

describe('an installation that nobody has told anything', () => {
  it('watches: one table of its own, with no statement that keeps a packet from passing', async () => {
    expect(await status()).toMatchObject({ mode: 'observe', pending: null, problem: null })
    const table = await ownTable()

    expect(table).toContain('policy accept')
    expect(table).not.toMatch(/\b(drop|reject)\b/)
  })

  it('says what enforcing would do, and does not do it', async () => {
    const reply = await vastrox.api('POST', '/firewall/preview', { mode: 'enforce' })
    const preview = FirewallPreview.parse(JSON.parse(reply.body))

    expect(preview.words.length).toBeGreaterThan(0)
    expect(preview.needsConfirmation).toBe(true)
    const dashboard = preview.effects.find(({ port }) => port === vastrox.config.dashboardPort)
    expect(dashboard).toMatchObject({ ours: true, before: 'open', after: 'open' })
    expect((await status()).mode).toBe('observe')
  })
})

describe('rules', () => {
  it('are the same by API, by command and in the node, in the same order', async () => {
    const headers = {
      authorization: `Bearer ${vastrox.apiToken}`,
      'content-type': 'application/json',
      'idempotency-key': `firewall-${Date.now()}`,
    }
    const body = JSON.stringify({ action: 'allow', ports: ['5432'], sources: ['203.0.113.7'] })
    const made = () => vastrox.ask('POST', `${vastrox.apiUrl}/firewall/rules`, { headers, body })

    const change = FirewallChange.parse(JSON.parse((await made()).body))
    expect(change).toMatchObject({ state: 'confirmed', pendingUntil: null })
    expect((await made()).headers['idempotency-replayed']).toBe('true')
    const denied = await vastrox.command('firewall:deny', 'all', '--from', '198.51.100.0/24')
    expect(denied.exitCode, denied.stderr).toBe(0)

    const byApi = await rules()
    expect(byApi.map(({ action, sources }) => [action, sources])).toEqual([
      ['deny', ['198.51.100.0/24']],
      ['allow', ['203.0.113.7']],
    ])
    const listed = await vastrox.command('firewall:rules', '--json')
    expect(JSON.parse(listed.stdout.toString()).map(({ id }: { id: string }) => id)).toEqual(
      byApi.map(({ id }) => id),
    )
    const table = await ownTable()
    expect(table.indexOf('198.51.100.0/24')).toBeGreaterThan(0)
    expect(table.indexOf('198.51.100.0/24')).toBeLessThan(table.indexOf('203.0.113.7'))
    expect(table).not.toMatch(/\b(drop|reject)\b/)
  })

  it('outlive daemon and agent, and leave by themselves when their time is over', async () => {
    const expiresAt = new Date(Date.now() + 4_000).toISOString()
    const reply = await vastrox.api('POST', '/firewall/rules', {
      action: 'allow',
      ports: ['6379'],
      sources: ['203.0.113.8'],
      expiresAt,
    })
    expect(reply.status, reply.body).toBe(201)
    const { processes } = await vastrox.status()
    for (const { name, pid } of processes)
      if ((name === 'daemon' || name === 'agent') && pid !== null) process.kill(pid, 'SIGKILL')

    await until('the rule has ended', async () => {
      const now = await rules().catch(() => undefined)
      return now !== undefined && !now.some(({ ports }) => ports.includes('6379'))
    })
    await until(
      'the node has forgotten it',
      async () => !(await ownTable()).includes('203.0.113.8'),
    )

    expect((await rules()).length).toBe(2)
    expect(await status()).toMatchObject({ mode: 'observe', problem: null })
    expect(await ownTable()).toContain('203.0.113.7')
  })

  it('are refused to whoever may not', async () => {
    const made = await vastrox.command('tokens:create', '--name', 'fw', '--push', '--json')
    const { token } = JSON.parse(made.stdout.toString())
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

    for (const [method, path] of [
      ['GET', '/firewall'],
      ['POST', '/firewall/apply'],
      ['POST', '/firewall/confirm'],
    ] as const) {
      const reply = await vastrox.ask(method, `${vastrox.apiUrl}${path}`, {
        headers,
        ...(method === 'POST' && { body: '{}' }),
      })
      expect([path, reply.status]).toEqual([path, 403])
    }
  })
})

it('the page shows the mode, takes a template and a ban, and has no complaint', async () => {
  const browser = await openBrowser(vastrox.caFile)
  try {
    const page = await browser.context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    const link = await vastrox.command('sign-in-link', '--json')
    await page.goto(JSON.parse(link.stdout.toString()).url)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/apps')
    await page.goto(`${vastrox.dashboardUrl}/firewall`)
    await page.getByText('Observing').waitFor()

    await page.getByRole('button', { name: 'New rule' }).click()
    await page.getByRole('button', { name: 'Block a network' }).click()
    await page.getByRole('textbox', { name: 'Network', exact: true }).fill('192.0.2.0/24')
    await page.getByRole('button', { name: 'Add to the rules' }).click()
    await page.getByText('from 192.0.2.0/24').waitFor()
    expect((await rules())[0]).toMatchObject({ action: 'deny', sources: ['192.0.2.0/24'] })

    await page.getByRole('button', { name: 'Preview: enforce' }).click()
    await page.getByText('You cannot lock yourself out').waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()

    await page.getByRole('button', { name: 'Ban an address' }).click()
    await page.getByLabel('Address', { exact: true }).fill('203.0.113.200')
    await page.getByRole('button', { name: 'Ban', exact: true }).click()
    await page.getByText('203.0.113.200 is banned.').waitFor()
    await page.getByRole('button', { name: 'Lift the ban of 203.0.113.200' }).click()
    await page.getByText('203.0.113.200 may come in again.').waitFor()
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
  }
})
