import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'

/* Certificates, CAs, DNS providers, traffic and the access log against the mock API, as people use them. */
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

async function open(path: string, heading: string, width = 1_280) {
  mock = await startMock(built.folder)
  const { page, troubles } = await openPage(browser, { viewport: { width, height: 900 } })
  const sent: [string, unknown][] = []
  page.on('request', (request) => {
    const line = new URL(request.url()).pathname.replace('/api/v1', '')
    if (request.method() !== 'GET' && line !== '/session/refresh')
      sent.push([`${request.method()} ${line}`, JSON.parse(request.postData() ?? 'null')])
  })
  await page.goto(mock.url + path)
  await page.getByRole('heading', { level: 1, name: heading }).waitFor()
  return { page, sent, troubles }
}

const fits = (page: Page): Promise<unknown> =>
  expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(375)

const block = (label: string, body: string): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
const CERTIFICATE = block('CERTIFICATE', 'Y2VydGlmaWNhdGU=')
const KEY = block('PRIVATE KEY', 'a2V5')

it('shows why a host has no certificate, what became of it, and tries again at a click', async () => {
  const { page, sent } = await open('/certificates', 'Certificates', 375)

  // Those that need somebody come first, and are open.
  const history = page.getByRole('list', {
    name: 'What became of the certificate of shop.example.com',
  })
  await history.getByText('Refused by Let’s Encrypt').waitFor()
  await history.getByText('There is no record for shop.example.com yet.').waitFor()
  await history.getByText('12 times').waitFor()
  await fits(page)

  await page.getByRole('button', { name: 'Order now' }).first().press('Enter')
  await page.getByText('shop.example.com is seen to now').waitFor()
  expect(sent).toEqual([['POST /certificate-states/shop.example.com/renew', {}]])

  await page.getByRole('searchbox', { name: 'Search for a host' }).fill('app-3')
  await page.getByRole('button', { name: /app-3\.example\.com/ }).waitFor()
  await page.getByRole('button', { name: /app-4/ }).waitFor({ state: 'detached' })
})

it('takes a certificate that is dropped or pasted, once it was seen what it is for', async () => {
  const { page, sent, troubles } = await open('/certificates', 'Certificates')
  await page.getByRole('button', { name: 'Upload a certificate' }).click()
  const dialog = page.getByRole('dialog')

  await dialog.getByLabel('Or paste it').fill(CERTIFICATE)
  await dialog.getByRole('button', { name: 'Look at it' }).click()
  await dialog.getByText('The private key is missing').waitFor()
  await dialog.getByLabel('Or paste it').fill(CERTIFICATE + block('PRIVATE KEY', 'd3Jvbmc='))
  await dialog.getByRole('button', { name: 'Look at it' }).click()
  await dialog.getByText("The private key is not the certificate's.").waitFor()

  await dialog.getByLabel('Or paste it').fill('')
  await dialog.getByLabel('Drop the files here').setInputFiles([
    { name: 'key.pem', mimeType: 'text/plain', buffer: Buffer.from(KEY) },
    { name: 'chain.pem', mimeType: 'text/plain', buffer: Buffer.from(CERTIFICATE) },
  ])
  await dialog.getByText('new.example.com, *.new.example.com').waitFor()
  await dialog.getByText('visitors will be warned').waitFor()
  expect(sent.filter(([line]) => line === 'POST /certificates')).toEqual([])
  await dialog.getByRole('button', { name: 'Use it' }).click()

  await page.getByText('Served for new.example.com').waitFor()
  expect(sent.at(-1)).toEqual(['POST /certificates', { certificatePem: CERTIFICATE, keyPem: KEY }])
  await page.getByRole('button', { name: 'Remove the certificate of intranet.example.com' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await page.getByText('The certificate is removed.').waitFor()
  // The wrong key was refused with 422, which the console tells.
  expect(troubles.filter((line) => !line.includes('422'))).toEqual([])
})

it('adds a CA with the binding that it asks for, puts it first, and tells what a test found', async () => {
  const { page, sent } = await open('/certificates', 'Certificates')

  await page.getByRole('button', { name: 'Add a CA' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('EAB Credentials').waitFor()
  await dialog.getByLabel('Key id of the binding (EAB)').fill('kid-1')
  await dialog.getByLabel('HMAC key of the binding').fill('short')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await dialog.getByText('The HMAC key is base64url.').waitFor()
  await dialog.getByLabel('HMAC key of the binding').fill('aGVsbG8taGVsbG8taGVsbG8')
  await dialog.getByRole('button', { name: 'Add it' }).click()
  await page.getByText('ZeroSSL is asked from now on.').waitFor()

  const choose = async (issuer: string, act: string): Promise<void> => {
    await page.getByRole('button', { name: `More for ${issuer}` }).click()
    await page.getByRole('menuitem', { name: act }).click()
  }
  await choose('ca.example.com', 'Ask it earlier')
  await page.getByText('ca.example.com is asked earlier.').waitFor()
  expect(sent.slice(-3)).toEqual([
    ['PATCH /issuers/our-ca', { position: 0 }],
    ['PATCH /issuers/letsencrypt', { position: 1 }],
    ['PATCH /issuers/zerossl', { position: 2 }],
  ])
  await choose('ca.example.com', 'Test it')
  await page.getByText('directory cannot be read').first().waitFor()
  await choose('Let’s Encrypt', 'Switch off')
  await page.getByText('Let’s Encrypt is not asked from now on.').waitFor()
})

it('draws the form of a DNS provider from its settings, and says what the trial found', async () => {
  const { page, sent } = await open('/certificates', 'Certificates', 375)

  await page.getByRole('button', { name: 'Test this: example.com' }).click()
  await page.getByText('A record was made in example.com').waitFor()
  await page.getByRole('button', { name: 'Set up a zone' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Zone').fill('example.net')
  await dialog.getByRole('button', { name: 'Try it out and keep it' }).click()
  await dialog.getByText('This has to be filled in.').waitFor()
  await dialog.getByLabel('Primary name server').fill('away.example.com')
  await dialog.getByRole('button', { name: 'Try it out and keep it' }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel('Primary name server').fill('ns1.example.net')
  await dialog.getByLabel('Algorithm of the TSIG key').selectOption('hmac-sha512')
  await fits(page)
  await dialog.getByRole('button', { name: 'Try it out and keep it' }).click()

  await page.getByText('Names of example.net are proven by its DNS from now on.').waitFor()
  expect(sent.at(-1)).toEqual([
    'POST /dns-providers',
    {
      zone: 'example.net',
      type: 'rfc2136',
      settings: { server: 'ns1.example.net', algorithm: 'hmac-sha512' },
    },
  ])
})

it('reads a chart by keyboard, place by place', async () => {
  const { page } = await open('/apps/shop/traffic', 'shop')
  const chart = page.getByRole('slider', { name: 'Requests a minute by status' })

  await chart.press('End')
  const last = await chart.getAttribute('aria-valuetext')
  await chart.press('ArrowLeft')

  expect(last).toMatch(/^\d\d:\d\d: 2xx [\d,]+, 3xx/)
  await expect.poll(() => chart.getAttribute('aria-valuetext')).not.toBe(last)
  await page.getByLabel('Time', { exact: true }).selectOption('5')
  await expect.poll(() => chart.getAttribute('max')).toBe('4')
})

it('filters the access log on the server, is paused, and downloads all that matches', async () => {
  const { page, troubles } = await open('/apps/shop/access-log', 'shop', 375)
  const log = page.getByRole('log')
  await log.getByText('/products/42/a-rather-long-name').first().waitFor()

  await page.getByLabel('Status').selectOption('5xx')
  await expect.poll(() => log.getByText('200', { exact: true }).count()).toBe(0)
  await log.getByText('500', { exact: true }).first().waitFor()
  await page.getByLabel('Part of the path').fill('/api')
  await page.getByLabel('Part of the path').press('Enter')
  await expect.poll(() => log.getByText('/cart').count()).toBe(0)
  await page.getByRole('button', { name: 'Pause' }).press('Enter')
  await page.getByText('Paused').waitFor()
  await fits(page)

  const coming = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download what matches' }).click()
  const download = await coming
  expect(download.suggestedFilename()).toBe('shop-access-log.ndjson')
  expect(new URL(download.url()).search).toBe('?status=5xx&path=%2Fapi')
  expect(troubles).toEqual([])
})
