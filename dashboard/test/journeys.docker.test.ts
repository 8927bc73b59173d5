import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { afterEach, beforeAll, afterAll, describe, expect, it } from 'vitest'
import { describeBackupPages } from './backups-journey.ts'
import { buildDashboard, type Mock, openPage, startBrowser, startMock } from './browser.ts'
import { describeFirstRun } from './first-run-journey.ts'
import { describeDomainsPage } from './domains-journey.ts'
import { describeReach } from './reach-journeys.ts'
import { describeTeamPage } from './team-journey.ts'
import { describeTokens } from './tokens-journey.ts'

/* What people do, by keyboard where that is shortest, and what they see when the API fails them. */
const DESKTOP = { viewport: { width: 1280, height: 900 } }

let browser: Browser
let mock: Mock | undefined
/** The usual one for the next test is started while a test runs: each changes its own. */
let next: Promise<Mock> | undefined
let built: Awaited<ReturnType<typeof buildDashboard>>

beforeAll(async () => {
  built = await buildDashboard()
  next = startMock(built.folder)
  browser = await startBrowser()
})
afterAll(async () => {
  await browser.close()
  ;(await next)?.stop()
  built.remove()
})
afterEach(async () => {
  mock?.stop()
  await Promise.all(browser.contexts().map((context) => context.close()))
})

async function usualMock(): Promise<Mock> {
  const started = await (next ?? startMock(built.folder))
  next = startMock(built.folder)
  // Whoever takes it is told; here it must only not end the run.
  next.catch(() => {})
  return started
}

async function openAt(path: string, env: Record<string, string> = {}): Promise<Page> {
  mock = await (Object.keys(env).length === 0 ? usualMock() : startMock(built.folder, env))
  const { page } = await openPage(browser, DESKTOP)
  await page.goto(mock.url + path)
  return page
}

describe('coming in', () => {
  it('asks for a click before a link is used up, and offers to set a password', async () => {
    const page = await openAt('/sign-in/once', { MOCK_SIGNED_OUT: '1', MOCK_NO_PASSWORD: '1' })
    const used: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/sign-in/link')) used.push(request.postData() ?? '')
    })

    await page.getByRole('heading', { name: 'Welcome to Vastrox' }).waitFor()
    expect(used).toEqual([])
    await page.getByRole('button', { name: 'Sign in' }).click()

    await page.getByRole('heading', { name: 'Apps', exact: true }).waitFor()
    expect(used).toEqual(['{"token":"once"}'])
    // The first steps offer it too.
    const prompt = page.getByRole('region', { name: 'Set a password' })
    await prompt.getByRole('link', { name: 'Set a password' }).click()
    await page.getByLabel('New password').fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.getByText('The password is set.').waitFor()
  })

  it('says why a link does not work, and how to get another', async () => {
    const page = await openAt('/sign-in/used', { MOCK_SIGNED_OUT: '1' })

    await page.getByRole('button', { name: 'Sign in' }).click()

    await page.getByRole('alert').getByText('used already or has expired').waitFor()
    await page.getByText('vastrox sign-in-link').waitFor()
    expect(page.url()).toContain('/sign-in/used')
  })

  it('leads back to the page that was asked for', async () => {
    const page = await openAt('/apps/shop/logs', { MOCK_SIGNED_OUT: '1' })

    await page.getByLabel('Name').fill('anna')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('That user name or password is not right.').waitFor()
    await page.getByLabel('Password').fill('correct horse battery')
    await page.keyboard.press('Enter')

    await page.waitForURL('**/apps/shop/logs')
    await expect.poll(() => page.title()).toContain('Logs · shop')
  })

  it('asks for the second factor where there is one, a recovery code too', async () => {
    const page = await openAt('/tokens', { MOCK_SIGNED_OUT: '1' })
    await page.getByLabel('Name').fill('anna')
    await page.getByLabel('Password').fill('and a code')
    await page.keyboard.press('Enter')

    await page.getByLabel('Code of your authenticator app').fill('000000')
    await page.keyboard.press('Enter')
    await page.getByText('That is not right, or was used before.').waitFor()
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByLabel('Recovery code').fill('abcd-efgh-2345-6710')
    await page.keyboard.press('Enter')

    await page.getByText('deploy laptop').waitFor()
    await expect.poll(() => page.title()).toContain('Tokens')
  })

  it('asks who sits there before a token is made, and then makes it by itself', async () => {
    const page = await openAt('/tokens', { MOCK_PROOF: '1' })
    await page.getByRole('button', { name: 'New token' }).click()
    await page.getByLabel('Name').fill('ci')
    await page.keyboard.press('Enter')

    await page.getByLabel('Your password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('That does not show that it is you.').waitFor()
    await page.getByLabel('Your password').fill('right')
    await page.keyboard.press('Enter')

    await page.getByText('Copy it now').waitFor()
    await expect.poll(() => page.getByText('Is it you?').count()).toBe(0)
  })

  it('comes back from a provider, and says so where that is not the trip that was begun', async () => {
    const page = await openAt('/sign-in?to=/tokens', { MOCK_SIGNED_OUT: '1' })
    await page.getByRole('button', { name: 'Sign in with Corp' }).waitFor()

    await page.goto(`${mock?.url}/sign-in/callback/corp?code=bad&state=x`)
    await page.getByText('This is not where that sign-in began').waitFor()
    expect(page.url()).not.toContain('code=')
    await page.goto(`${mock?.url}/sign-in/callback/corp?code=good&state=x`)

    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
  })

  it('leads from a link to the sign-in when the session is over', async () => {
    const page = await openAt('/apps')
    const error = { code: 'NOT_SIGNED_IN', message: 'Sign in first.', details: {} }
    await page.getByRole('link', { name: 'Team', exact: true }).waitFor()
    await page.route('**/api/v1/**', (route) => route.fulfill({ status: 401, json: { error } }))
    await page.getByRole('link', { name: 'Team', exact: true }).press('Enter')

    await page.getByLabel('Password').waitFor()
    expect(new URL(page.url()).search).toBe('?to=%2Fteam')
  })

  it('signs out, and offers every way in again without a reload', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await page.route('**/sign-in/offers', async (route) => {
      await sleep(500)
      await route.continue()
    })
    await page.getByRole('button', { name: 'anna' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()

    await page.getByLabel('Password').waitFor()
    await page.getByRole('button', { name: /passkey/i }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/sign-in')
  })

  it('goes on without a word when the access cookie expires', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))

    await page.request.post(`${mock?.url}/api/v1/mock/expire`)
    await page.getByRole('link', { name: 'Tokens' }).click()

    await page.getByText('deploy laptop').waitFor()
    expect(asked.filter((path) => path.endsWith('/session/refresh'))).toHaveLength(1)
    expect(page.url()).toContain('/tokens')
  })
})

describe('working on an app', () => {
  it('creates one and gives the commands with a token in them', async () => {
    const page = await openAt('/apps')

    await page.getByRole('button', { name: 'New app' }).click()
    await page.getByLabel('Name').fill('Not Allowed')
    await page.getByText('Use 2 to 40 lower-case letters').waitFor()
    await page.getByLabel('Name').fill('my-shop')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/apps/my-shop/push')
    await page.getByRole('button', { name: 'Create a deploy token' }).click()

    await page.getByText('https://git:vxt_deploy_EXAMPLE').waitFor()
    const commands = await page.getByLabel('push commands', { exact: true }).textContent()
    expect(commands).toContain('/git/my-shop.git\ngit push vastrox HEAD:main')
  })

  it('begins with a starter where there is nothing yet', async () => {
    const page = await openAt('/apps', { MOCK_EMPTY: '1' })
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.postData() ?? '')
    })

    await page.getByRole('button', { name: 'Use it: Express' }).click()
    await page.getByText('A small Express 5 app.').first().waitFor()
    await page.getByLabel('Name', { exact: true }).fill('first')
    await page.keyboard.press('Enter')

    await page.waitForURL('**/apps/first')
    expect(sent).toContain('{"name":"first","starter":"node-express"}')
  })

  it('takes an image, and makes no second app when the first one was refused', async () => {
    const page = await openAt('/apps')
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(new URL(request.url()).pathname)
    })

    await page.getByRole('button', { name: 'New app' }).click()
    await page.getByLabel('Name', { exact: true }).fill('mirror')
    await page.getByLabel('Begin with').selectOption('image')
    await page.getByLabel('Image', { exact: true }).fill('nginx:gone')
    await page.keyboard.press('Enter')
    await page.getByText('There is no such image.').waitFor()
    await page.getByLabel('Image', { exact: true }).fill('nginx:1.27')
    await page.keyboard.press('Enter')

    await page.waitForURL('**/apps/mirror')
    expect(sent.filter((path) => path === '/api/v1/apps')).toHaveLength(1)
    expect(sent.filter((path) => path.endsWith('/sources/image'))).toHaveLength(2)
  })

  it('shows the digest of an image, and follows its tag', async () => {
    const page = await openAt('/apps/shop/settings')

    await page.getByText('registry.example/team/shop:stable').waitFor()
    await page.getByRole('button', { name: 'Follow the tag' }).click()

    await page.getByText('The registry is asked every 10 minutes').waitFor()
    await expect
      .poll(() => page.getByRole('button', { name: 'Stay with this image' }).count())
      .toBe(1)
  })

  it('gathers changes of env and saves them as one deployment', async () => {
    const page = await openAt('/apps/blog/env')
    const saved: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'PATCH') saved.push(request.postData() ?? '')
    })

    await page.getByRole('button', { name: 'Import .env' }).click()
    await page.getByLabel('Text of the file').fill('NEW="a\\nb"\nAPI_KEY=$kept\nnonsense')
    await page.getByText('Line 3').waitFor()
    await page.getByRole('button', { name: 'Add 2 variables to the changes' }).click()
    await page.getByRole('button', { name: 'Remove FEATURES' }).click()
    await page.getByText('2 set, 1 removed').waitFor()
    expect(saved).toEqual([])
    await page.getByRole('button', { name: 'Save and deploy' }).click()

    await page.getByText('Deployment #7 brings it live.').waitFor()
    expect(saved.map((body): unknown => JSON.parse(body))).toEqual([
      { set: { NEW: { value: 'a\nb' }, API_KEY: { value: '$kept' }, FEATURES: null } },
    ])
  })

  it('marks variables, has values made, and shares those of a group', async () => {
    const page = await openAt('/apps/blog/env')
    const sent: [string, unknown][] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (['PATCH', 'PUT'].includes(request.method()))
        sent.push([pathname, JSON.parse(request.postData() ?? 'null')])
    })

    await page.getByRole('button', { name: 'Edit API_KEY' }).click()
    await page.getByLabel('Who gets it').selectOption('both')
    await page.getByLabel('Never show the value again').check()
    await page.getByRole('button', { name: 'Keep the change' }).click()
    await page.getByText('for the build and what runs').waitFor()
    await page.getByLabel('Name of a new variable').fill('MADE')
    await page.getByRole('button', { name: 'Add with a value made at random' }).click()
    await page.getByText('will be 64 hexadecimal digits').waitFor()
    await page.getByRole('button', { name: 'Save and deploy' }).click()
    await page.getByText('brings it live').waitFor()

    const history = page.getByRole('region', { name: 'History' })
    await history.getByText('set API_KEY, MADE').waitFor()
    await page.getByLabel('Attach a group').selectOption('mail')
    await page.getByText('SMTP_PASSWORD').waitFor()
    await page.getByRole('link', { name: 'mail', exact: true }).click()
    await page.getByText('Attached to blog.').waitFor()
    expect(sent).toEqual([
      [
        '/api/v1/apps/blog/env',
        {
          set: {
            API_KEY: { phase: 'both', neverReveal: true, isReference: false },
            MADE: { generate: 'hex' },
          },
        },
      ],
      ['/api/v1/apps/blog/env-groups', { groups: ['mail'] }],
    ])
  })

  it('says which variables a release changed, by name', async () => {
    const page = await openAt('/apps/blog/releases')
    await page.getByText('Env changes').first().click()
    await page
      .getByRole('listitem')
      .filter({ hasText: 'API_KEY' })
      .getByText('changed')
      .first()
      .waitFor()
    await expect.poll(() => page.getByText('FEATURES').count()).toBe(1)
  })

  it('does not lose changes that are not saved', async () => {
    const page = await openAt('/apps/blog/env')

    await page.getByRole('button', { name: 'Remove FEATURES' }).click()
    await page.getByRole('link', { name: 'Logs' }).click()
    await page.getByRole('dialog').getByText('Leave without saving?').waitFor()
    await page.keyboard.press('Escape')

    await page.getByText('1 removed').waitFor()
    expect(page.url()).toContain('/env')
  })

  it('rolls back, live on the page that was open', async () => {
    const page = await openAt('/apps/blog/releases')

    await page.getByRole('button', { name: 'Roll back to v4' }).click()
    await page.getByText('Not undone:').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back to v4' }).click()

    await page.getByText('Roll back: now release v4').first().waitFor()
    await page.getByText('Live, watched').waitFor({ timeout: 15_000 })
    expect(new URL(page.url()).pathname).toBe('/apps/blog')
  })

  it('overrules how it is built, by keyboard, and says what cannot be', async () => {
    const page = await openAt('/apps/shop/settings')
    const sent: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'PATCH') sent.push(request.postData() ?? '')
    })

    await page.getByText('The last source: Node.js (package.json).').waitFor()
    await page.getByLabel('Version', { exact: true }).fill('latest')
    await page.keyboard.press('Enter')
    await page.getByText('Use a number such as 26 or 3.13.').waitFor()
    expect(sent).toEqual([])
    await page.getByLabel('Version', { exact: true }).fill('24')
    await page.getByLabel('Stack', { exact: true }).selectOption('php')
    await page.getByLabel('Version', { exact: true }).press('Enter')

    await page.getByText('The next deployment is built so.').waitFor()
    expect(JSON.parse(sent[0] ?? '{}')).toMatchObject({ build: { version: '24', stack: 'php' } })
  })

  it('shows how a deployment was built, and gives the Dockerfile away', async () => {
    const page = await openAt('/apps/shop/deployments/12')

    await page.getByText('npm ci (package-lock.json)').waitFor()
    await page.getByText('Dockerfile', { exact: true }).click()
    await page
      .getByRole('group', { name: 'Dockerfile' })
      .getByText('FROM vastrox/node:26')
      .waitFor()
    await page.getByRole('button', { name: 'Take the Dockerfile over' }).click()
    await page.getByRole('dialog').getByText('.dockerignore').first().waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await expect.poll(() => page.getByText('buildpacks are not used').count()).toBe(1)
  })

  it('destroys only what was typed', async () => {
    const page = await openAt('/apps/blog/settings')
    // What is destroyed can be made again: its settings are kept as a file first.
    const kept = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export', exact: true }).click()
    expect((await kept).suggestedFilename()).toBe('blog.yaml')

    await page.getByRole('button', { name: 'Destroy blog' }).click()
    const destroy = page.getByRole('dialog').getByRole('button', { name: 'Destroy the app' })
    await page.keyboard.type('blo')
    await expect.poll(() => destroy.isDisabled()).toBe(true)
    await page.keyboard.type('g')
    await page.keyboard.press('Enter')

    await page.waitForURL('**/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'blog', exact: true }).count()).toBe(0)
  })

  it('lets go of the end of a log when the reader scrolls up, and reads what is older', async () => {
    const page = await openAt('/apps/shop/logs')
    const log = page.getByRole('log')
    const fromEnd = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    await page.getByText('GET /').first().waitFor()
    await expect.poll(fromEnd).toBeLessThan(40)

    await log.evaluate((box) => box.scrollTo(0, 0))
    await page.getByRole('button', { name: 'To the newest line' }).waitFor()
    await page.getByText(/^1,\d{3} lines, older ones above$/).waitFor()
    // What was read stays where it is: nobody is carried away, neither up nor down.
    const stands = await log.evaluate((box) => box.scrollTop)
    await page.waitForTimeout(1_500)
    expect(await log.evaluate((box) => box.scrollTop)).toBe(stands)

    await page.getByRole('button', { name: 'To the newest line' }).click()
    await expect.poll(fromEnd).toBeLessThan(40)
  })

  it('opens a terminal, types into it, and says how it ended', async () => {
    const page = await openAt('/apps/shop/terminal')
    const refused: string[] = []
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) refused.push(message.text())
    })
    await page.getByRole('button', { name: 'Open terminal' }).click()

    const rows = page.locator('.xterm-rows')
    const ready = rows.getByText('ready')
    await ready.waitFor()
    // Both come from styles that the content policy would refuse in the shape that xterm gives them.
    expect(await ready.evaluate((span) => getComputedStyle(span).color)).toBe('rgb(255, 120, 40)')
    expect(await rows.evaluate((box) => box.clientWidth)).toBeGreaterThan(300)

    await page.keyboard.type('echo hello')
    await rows.getByText('echo hello').waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type('exit')
    await page.keyboard.press('Enter')
    await page.getByText('It ended with code 0.').waitFor()
    await page.getByRole('button', { name: 'Open another' }).waitFor()
    expect(refused).toEqual([])
  })

  it('goes anywhere by the command palette', async () => {
    const page = await openAt('/apps')
    await page.getByRole('heading', { name: 'Apps', exact: true }).waitFor()

    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('log blog')
    await page.getByRole('option', { selected: true }).getByText('blog').waitFor()
    await page.keyboard.press('Enter')

    await page.waitForURL('**/apps/blog/logs')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
  })
})

describe('when the API fails', () => {
  it('shows an outline while it is slow, and then the page', async () => {
    const page = await openAt('/apps', { MOCK_SLOW_MS: '1500' })

    await page.getByLabel('Loading').first().waitFor()

    await page.getByRole('link', { name: 'shop', exact: true }).waitFor({ timeout: 15_000 })
    await expect.poll(() => page.getByLabel('Loading').count()).toBe(0)
  })

  it('says so with a way on, and goes on by itself when it is back', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await page.route('**/api/v1/tokens*', (route) => route.abort())

    await page.getByRole('link', { name: 'Tokens' }).click()
    await page.getByText('Vastrox does not answer.').waitFor({ timeout: 15_000 })
    await page.getByText('Your apps keep running without it.').waitFor()
    await page.unroute('**/api/v1/tokens*')

    await page.getByText('deploy laptop').waitFor({ timeout: 15_000 })
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  })

  it('loads itself anew where an upgrade gave the files of its pages other names', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    let isUpgraded = false
    await page.route(/\/assets\/trash-page/, (route) =>
      isUpgraded ? route.continue() : route.fulfill({ status: 404, body: 'gone' }),
    )
    page.on('request', (request) => {
      isUpgraded ||= request.isNavigationRequest()
    })

    await page.getByRole('link', { name: 'Trash', exact: true }).press('Enter')

    await page.getByRole('heading', { level: 1, name: 'Trash' }).waitFor()
    expect(isUpgraded).toBe(true)
  })

  it('comes to a page whose file did not arrive once it does', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await page.route(/\/assets\/trash-page|:\d+\/$/, (route) => route.abort())

    await page.getByRole('link', { name: 'Trash', exact: true }).press('Enter')
    await page.getByText('This part of the dashboard could not be loaded.').waitFor()
    await page.unrouteAll()

    await page.getByRole('heading', { level: 1, name: 'Trash' }).waitFor()
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
  })

  it('is calm about a broken stream, and true again after it', async () => {
    const page = await openAt('/apps')
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    const port = new URL(mock?.url ?? '').port

    mock?.stop()
    await page.getByText('Reconnecting').first().waitFor({ timeout: 15_000 })
    await page.getByRole('link', { name: 'shop', exact: true }).waitFor()
    mock = await startMock(built.folder, { PORT: port, MOCK_EMPTY: '1' })

    await page.getByText('Push your first app').waitFor({ timeout: 30_000 })
    await page.getByText('Live', { exact: true }).waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'shop', exact: true }).count()).toBe(0)
  })
})

describe('SSH keys', () => {
  it('are added, refused with the reason beside the field, and removed', async () => {
    const page = await openAt('/account')

    await page.getByRole('button', { name: 'Add a key' }).click()
    await page.getByLabel('Public key').fill('hello')
    await page.getByRole('button', { name: 'Add it' }).click()
    await page.getByText('That is no SSH public key that can sign in here.').waitFor()
    await page.getByLabel('Public key').fill('ssh-ed25519 AAAA')
    await page.getByLabel('Name', { exact: true }).fill('ci runner')
    await page.getByRole('button', { name: 'Add it' }).click()

    await page.getByText('ci runner may sign in now.').waitFor()
    await page.getByRole('button', { name: 'Remove ci runner' }).click()
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove ci runner' }).waitFor({ state: 'detached' })
    await expect.poll(() => page.getByText('anna@laptop').count()).toBe(1)
    await page.getByText('SHA256:Vl7dU').waitFor()
  })
})

describeDomainsPage(openAt)
describeFirstRun(openAt)
describeTeamPage(openAt)
describeBackupPages(openAt)
describeTokens(openAt)
describeReach(openAt)
