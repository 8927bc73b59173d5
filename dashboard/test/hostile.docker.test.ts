import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { buildDashboard, openPage, startBrowser, startMock } from './browser.ts'
import { LOOK, PAGES, STREAMS } from './hostile-look.ts'
import { MARK } from './hostile-strings.ts'
import { PANEL, type Siblings, startSiblings } from './sibling-hosts.ts'

/*
 * Rules C16 and C17: an app lives beneath the dashboard's own host name, so browsers call its pages
 * the same site and send the dashboard's cookies to whatever they ask of it. The dashboard is the
 * real server's, the owner is signed in, and the other tab is the app's.
 */
let built: Awaited<ReturnType<typeof buildDashboard>>
let siblings: Siblings
let dashboard: Page
let evil: Page

const Named = z.object({ items: z.array(z.object({ name: z.string() })) })
const tokens = async (): Promise<string[]> =>
  Named.parse(await siblings.read('/tokens')).items.map(({ name }) => name)
const Seen = z.array(
  z.object({
    url: z.string(),
    site: z.string(),
    mode: z.string(),
    hasCookies: z.boolean(),
    status: z.int(),
  }),
)
/** What the server saw, the looks of this test apart. */
const seen = async () =>
  Seen.parse(await siblings.read('/seen')).filter(({ site }) => site !== 'undefined')
const NEW_TOKEN = JSON.stringify({ name: 'stolen', kind: 'api', permissions: ['app.read'] })

beforeAll(async () => {
  built = await buildDashboard()
  siblings = await startSiblings(built.folder)
  dashboard = await siblings.browser.newPage()
  await dashboard.goto(`${siblings.panel}/sign-in/${siblings.links[0]}`)
  await dashboard.getByRole('button', { name: 'Sign in' }).click()
  await dashboard.waitForURL('**/apps')
  evil = await siblings.browser.newPage()
  await evil.goto(siblings.evil)
})
afterAll(async () => {
  await siblings.stop()
  built.remove()
})

/** Runs in the hostile page; `panel` is the dashboard's address there. */
const inEvil = (code: string): Promise<unknown> =>
  evil.evaluate(`(async () => { const panel = ${JSON.stringify(siblings.panel)}; ${code} })()`)
const statusOfMe = (): Promise<unknown> =>
  dashboard.evaluate(`fetch('/api/v1/me').then(({ status }) => status)`)

describe('a hostile app on a host name beneath the dashboard’s', () => {
  it('is the same site to the browser, and the dashboard itself may write (or this would prove nothing)', async () => {
    const made = await dashboard.evaluate(
      `fetch('/api/v1/tokens', { method: 'POST', headers: { 'content-type': 'application/json' },
        body: ${JSON.stringify(NEW_TOKEN.replace('stolen', 'own'))} }).then(({ status }) => status)`,
    )

    expect(made).toBe(201)
    expect(await tokens()).toContain('own')
    await inEvil(
      `await fetch(panel + '/api/v1/me', { mode: 'no-cors', credentials: 'include' }).catch(() => {})`,
    )
    // The dashboard beside it asks for things of its own.
    expect(await seen()).toContainEqual({
      url: '/api/v1/me',
      site: 'same-site',
      mode: 'no-cors',
      hasCookies: true,
      status: 403,
    })
  })

  it.each([
    ['JSON that says it is text', `'text/plain'`],
    ['JSON that says it is a form', `'application/x-www-form-urlencoded'`],
    ['JSON', `'application/json'`],
  ])('writes nothing by fetch of %s', async (_what, type) => {
    for (const mode of ['no-cors', 'cors'])
      await inEvil(`await fetch(panel + '/api/v1/tokens', { method: 'POST', mode: '${mode}', credentials: 'include',
        headers: { 'content-type': ${type} }, body: ${JSON.stringify(NEW_TOKEN)} }).catch(() => {})`)

    expect(await tokens()).not.toContain('stolen')
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'writes nothing by a form of type %s, and signs nobody in or out',
    async (type) => {
      const before = await sessionOf()
      for (const [path, body] of [
        ['/tokens', NEW_TOKEN],
        ['/sign-in/link', JSON.stringify({ token: siblings.links[1] })],
        ['/sign-out', '{}'],
        ['/session/refresh', '{}'],
      ] as const) {
        const form = await siblings.browser.newPage()
        const name = JSON.stringify(`${body.slice(0, -1)},"`)
        await expect
          .poll(
            async () => {
              await form.goto(siblings.evil)
              await form.evaluate(`(() => { const form = document.createElement('form')
                form.method = 'POST'; form.enctype = '${type}'
                form.action = ${JSON.stringify(siblings.panel)} + '/api/v1${path}'
                const field = document.createElement('input'); field.name = ${name}; field.value = '":""}'
                form.append(field); document.body.append(form); form.submit() })()`)
              await form.waitForURL(`${siblings.panel}/**`, { timeout: 5_000 }).catch(() => {})
              return (await seen()).at(-1)
            },
            { timeout: 20_000 },
          )
          .toMatchObject({ url: `/api/v1${path}`, mode: 'navigate', status: 403 })
        await form.close()
      }

      expect(await tokens()).not.toContain('stolen')
      expect(await sessionOf()).toEqual(before)
      expect(await statusOfMe()).toBe(200)
    },
  )

  it('opens no stream and no socket, and reads nothing', async () => {
    expect(
      await inEvil(`return await new Promise((resolve) => {
        const source = new EventSource(panel + '/api/v1/told', { withCredentials: true })
        source.onmessage = source.onopen = () => resolve('open'); source.onerror = () => resolve('refused') })`),
    ).toBe('refused')
    for (const path of ['/api/v1/told', '/api/v1/events', '/'])
      expect(
        await inEvil(`return await new Promise((resolve) => {
          const socket = new WebSocket(panel.replace('https', 'wss') + '${path}')
          socket.onopen = () => resolve('open'); socket.onerror = () => resolve('refused') })`),
      ).toBe('refused')
    for (const path of ['/api/v1/me', '/api/v1/tokens', '/', '/api/docs'])
      expect(
        await inEvil(
          `return await fetch(panel + '${path}', { credentials: 'include' }).then(() => 'read', () => 'refused')`,
        ),
      ).toBe('refused')
  })

  it('gets no part of the dashboard into its own page: frame, script, style, image, object', async () => {
    for (const [tag, attribute] of [
      ['script', 'src'],
      ['img', 'src'],
      ['link rel=stylesheet', 'href'],
      ['object', 'data'],
    ] as const)
      for (const path of ['/api/v1/me', '/boot.js', '/favicon.svg'])
        expect(
          await inEvil(`return await new Promise((resolve) => {
            const [name, ...rest] = '${tag}'.split(' '); const one = document.createElement(name)
            for (const each of rest) one.setAttribute(...each.split('='))
            one.onload = () => resolve('loaded'); one.onerror = () => resolve('refused')
            one.setAttribute('${attribute}', panel + '${path}'); document.body.append(one)
            setTimeout(() => resolve('nothing'), 3000) })`),
          `${tag} ${path}`,
        ).not.toBe('loaded')
    for (const path of ['/apps', '/api/docs', '/sign-in']) {
      await inEvil(`const frame = document.createElement('iframe'); frame.src = panel + '${path}'
        document.body.append(frame); await new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 3000) })`)
      const shown = evil.frames().filter((frame) => frame.url().startsWith(siblings.panel))
      const texts = await Promise.all(
        shown.map((frame) => frame.evaluate('document.body?.textContent ?? ""').catch(() => '')),
      )
      expect(texts.join(''), path).not.toMatch(/Vastrox|Sign in/)
    }
  })

  it('holds nothing of a window that it opens, and its messages reach nobody', async () => {
    const [opened, held] = await Promise.all([
      siblings.browser.waitForEvent('page'),
      inEvil(`window.held = window.open(panel + '/apps'); await new Promise((resolve) => setTimeout(resolve, 1500))
        window.held.postMessage({ type: 'sign-out' }, '*')
        return { closed: window.held.closed, frames: window.held.length }`),
    ])
    await opened.waitForLoadState()

    expect(held).toMatchObject({ closed: true })
    expect(await opened.evaluate('window.opener')).toBeNull()
    expect(await statusOfMe()).toBe(200)
    await opened.close()
  })

  it('puts no worker between the dashboard and its server', async () => {
    expect(
      await inEvil(
        `return await navigator.serviceWorker.register(panel + '/boot.js').then(() => 'registered', ({ name }) => name)`,
      ),
    ).toBe('SecurityError')
    expect(
      await inEvil(
        `return await navigator.serviceWorker.register('/worker.js', { scope: panel + '/' }).then(() => 'registered', ({ name }) => name)`,
      ),
    ).toBe('SecurityError')
  })

  it('tosses no cookie that counts, by script or by header', async () => {
    const prefix = '__Host-vastrox-abc123'
    for (const name of [`${prefix}-access`, `${prefix}-refresh`])
      await inEvil(`for (const value of ['${name}=evil', '${name.toLowerCase()}=evil', '=${name}=evil', ' ${name}=evil'])
        for (const rest of ['; domain=${PANEL}; path=/; secure', '; domain=${PANEL}; path=/api; secure', '; path=/; secure; domain=.${PANEL}'])
          document.cookie = value + rest`)
    siblings.evilCookies.push(
      `${prefix}-access=evil; Domain=${PANEL}; Path=/; Secure; HttpOnly`,
      `${prefix}-refresh=evil; Domain=${PANEL}; Path=/api/v1; Secure`,
      `=${prefix}-access=evil; Domain=${PANEL}; Path=/; Secure`,
      `other=evil; Domain=${PANEL}; Path=/; Secure`,
    )
    await evil.goto(siblings.evil)
    siblings.evilCookies.length = 0

    const sent = await siblings.browser.cookies(siblings.panel)
    expect(
      sent.filter(({ name, value }) => name.includes('vastrox') && value.includes('evil')),
    ).toEqual([])
    expect(sent.some(({ name }) => name === 'other')).toBe(true)
    expect(await statusOfMe()).toBe(200)
    // Nor does it see one of the dashboard's.
    expect(siblings.evilSaw.join('; ')).not.toContain('vastrox')
  })

  it('keeps nobody out for good by more cookies than a request may carry', async () => {
    await inEvil(`for (let at = 0; at < 12; at += 1)
      document.cookie = 'bomb' + at + '=' + 'x'.repeat(3500) + '; domain=${PANEL}; path=/; secure'`)
    // A script does not wait until the browser has stored what it set.
    const stored = async () =>
      (await siblings.browser.cookies(siblings.panel)).map(({ name }) => name)
    await expect
      .poll(async () => (await stored()).filter((name) => name.startsWith('bomb')))
      .toHaveLength(12)

    const refused = await dashboard.goto(`${siblings.panel}/apps`)

    expect(refused?.status()).toBe(431)
    expect(await dashboard.textContent('body')).toContain('cookies')
    expect((await dashboard.goto(`${siblings.panel}/sign-in`))?.status()).toBe(200)
  })
})

/*
 * Rule C15: every text of free form that the API sends is hostile, in replies and in streams, and the
 * built dashboard shows all of it under the content policy of the daemon.
 */
it('no text runs a script, changes a title or the clipboard, or becomes a link that is not the web’s', async () => {
  const [browser, mock] = await Promise.all([
    startBrowser(),
    startMock(built.folder, { MOCK_HOSTILE: '1' }),
  ])
  const { page, troubles } = await openPage(browser, { viewport: { width: 1280, height: 850 } })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  const opened: string[] = []
  page.context().on('page', (other) => opened.push(other.url()))
  await page.goto(`${mock.url}/apps`)
  await page.evaluate(`navigator.clipboard.writeText('as before')`)
  let hostile = 0

  for (const path of PAGES) {
    await page.goto(mock.url + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.getByLabel('Loading').first().waitFor({ state: 'detached' })
    if (STREAMS.includes(path))
      await page.getByRole('log').getByText(MARK).first().waitFor({ timeout: 20_000 })

    const seen = JSON.parse(String(await page.evaluate(LOOK)))

    expect(seen, path).toEqual({
      ran: false,
      title: expect.stringMatching(/^(?!.*owned).*Vastrox$/),
      schemes: [],
      scripts: 0,
      parts: 0,
      handlers: [],
      controls: false,
      mixed: [],
    })
    expect(new URL(page.url()).origin, path).toBe(mock.url)
    hostile += await page.getByText(MARK).count()
  }

  // They were shown, as the text that they are.
  expect(hostile).toBeGreaterThan(20)
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('as before')
  expect(dialogs).toEqual([])
  expect(opened).toEqual([])
  // Not one was even tried: the content policy had nothing to refuse.
  expect(troubles).toEqual([])
  await browser.close()
  mock.stop()
})

/** Which session the dashboard has; its refresh token is another one every time. */
async function sessionOf(): Promise<unknown> {
  const cookies = await siblings.browser.cookies(siblings.panel)
  return cookies
    .filter(({ name }) => name.endsWith('-refresh'))
    .map(({ value }) => value.split('.')[0])
}
