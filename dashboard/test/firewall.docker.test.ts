import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'

/* The Firewall page against the mock API: what is asked before anything is cut, and the way back. */
let browser: Browser
let mock: Mock | undefined
let built: Awaited<ReturnType<typeof buildDashboard>>

beforeAll(async () => {
  built = await buildDashboard()
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  built.remove()
})
afterEach(async () => {
  mock?.stop()
  await Promise.all(browser.contexts().map((context) => context.close()))
})

async function open(width = 1_280): Promise<{ page: Page; sent: [string, unknown][] }> {
  mock = await startMock(built.folder)
  const { page } = await openPage(browser, { viewport: { width, height: 900 } })
  const sent: [string, unknown][] = []
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname.replace('/api/v1', '')
    if (request.method() !== 'GET' && path.startsWith('/firewall'))
      sent.push([`${request.method()} ${path}`, JSON.parse(request.postData() ?? 'null')])
  })
  await page.goto(`${mock.url}/firewall`)
  await page.getByRole('heading', { level: 1, name: 'Firewall' }).waitFor()
  return { page, sent }
}

it('shows what enforcing would do, closes what is unticked, and is kept over a new connection', async () => {
  const { page, sent } = await open()

  await page.getByRole('button', { name: 'Preview: enforce' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('leaves 5432/tcp open, where postgres answers').waitFor()
  await dialog.getByLabel('5432/tcp postgres').uncheck()
  await dialog.getByText('closes 5432/tcp, where postgres answers').waitFor()
  await dialog.getByText('your own connection over 22/tcp stays').waitFor()
  await dialog.getByText('You cannot lock yourself out').waitFor()
  await dialog.getByRole('button', { name: 'Apply' }).click()

  await page.getByText(/Goes back by itself in \d+ s/).waitFor()
  expect(sent.at(-1)).toEqual(['POST /firewall/apply', { mode: 'enforce', keepOpen: [] }])
  await page.getByText('Keeping it needs a new connection').waitFor()
  await page.getByRole('button', { name: 'Keep it' }).click()

  await page.getByText('The change is kept.').waitFor()
  // The connections that the browser had before the change were used up first.
  expect(sent.filter(([line]) => line === 'POST /firewall/confirm')).toHaveLength(4)
  await page.getByText('Goes back by itself').waitFor({ state: 'detached' })
  await page.getByText('Enforcing').waitFor()
})

it('takes a change back at a click', async () => {
  const { page, sent } = await open()
  await page.getByRole('button', { name: 'Preview: enforce' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click()

  await page.getByRole('button', { name: 'Take it back now' }).click()

  await page.getByText('The rules before hold again.').waitFor()
  await page.getByText('Observing').waitFor()
  expect(sent.at(-1)?.[0]).toBe('POST /firewall/revert')
})

it('adds a template for a while, at the top of the list, and says what is wrong with a value', async () => {
  const { page, sent } = await open(375)

  await page.getByRole('button', { name: 'New rule' }).click()
  await page.getByRole('button', { name: 'A database for one address, for a while' }).click()
  await page.getByRole('textbox', { name: 'From' }).fill('somewhere')
  await page.getByRole('button', { name: 'Add to the rules' }).click()
  await page.getByText('Write an address such as 203.0.113.7.').waitFor()
  await page.getByRole('textbox', { name: 'From' }).fill('192.0.2.10')
  await page.getByRole('button', { name: 'Add to the rules' }).click()

  await page.getByText('from 192.0.2.10').waitFor()
  const [line, body] = sent.at(-1) ?? []
  expect(line).toBe('POST /firewall/apply')
  expect(body).toMatchObject({
    rules: [{ ports: ['5432'], sources: ['192.0.2.10'] }, { id: 'r1' }, { id: 'r2' }, { id: 'r3' }],
  })
  await expect
    .poll(() => page.evaluate('document.documentElement.scrollWidth'))
    .toBeLessThanOrEqual(375)
})

it('moves and removes rules by keyboard', async () => {
  const { page, sent } = await open()

  await page.getByRole('button', { name: 'Move rule 2 up' }).press('Enter')
  await expect.poll(() => sent.length).toBe(1)
  await page.getByText('Done: rule 2 moved.').waitFor()
  await page.getByRole('button', { name: 'Remove rule 3' }).press('Enter')
  await expect.poll(() => sent.length).toBe(2)

  expect(sent.map(([, body]) => body)).toMatchObject([
    { rules: [{ id: 'r2' }, { id: 'r1' }, { id: 'r3' }] },
    { rules: [{ id: 'r2' }, { id: 'r1' }] },
  ])
})

it('bans, refuses to ban whoever asks, and lifts', async () => {
  const { page, sent } = await open()

  await page.getByRole('button', { name: 'Ban an address' }).click()
  await page.getByLabel('Address', { exact: true }).fill('203.0.113.7')
  await page.getByRole('button', { name: 'Ban', exact: true }).click()
  await page.getByText('That address is never banned.').waitFor()
  await page.getByLabel('Address', { exact: true }).fill('2001:db8::9')
  await page.getByRole('button', { name: 'Ban', exact: true }).click()
  await page.getByText('2001:db8::9 is banned.').waitFor()

  await page.getByRole('button', { name: 'Lift the ban of 192.0.2.66' }).click()
  await page.getByText('192.0.2.66 may come in again.').waitFor()
  expect(sent.at(-1)?.[0]).toBe('DELETE /firewall/bans/ban00001')
})
