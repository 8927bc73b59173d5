import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { openBrowser } from '#support/browser.ts'
import { filled, routeTable } from '../../dashboard/route-table.ts'
import type { BrowserContext, Page } from 'playwright-core'
import { z } from 'zod'

const ROOT = resolve(import.meta.dirname, '../..')
const PROGRAM = join(ROOT, 'daemon/test/bench/seeded-dashboard.ts')
/** Issue 10. */
const PAGE_GOAL_MS = 1_000
const CALL_GOAL_MS = 20
const SEED_LIMIT_MS = 10 * 60_000
const PAGE_LIMIT_MS = 30_000
const TURNS = 2
const ASKED_EACH = 40
/** What is not there without an add-on, a backup, an alert or a check, and what signs in or out. */
const NOT_SEEDED = /\$addon|\$id|\$token|\$provider|^\/sign-in|^\/invitation|\/crashes\/\$number/

/** The editor is opened with a file that the seeded server has, of an app that has nothing else of it. */
const EDITED = {
  path: '/apps/$name/files/edit',
  address: '/apps/app-008/files/edit?path=%2Findex.html',
}

const Started = z.object({
  port: z.int(),
  link: z.string(),
  seededMs: z.number(),
  apps: z.int(),
  deployments: z.int(),
  auditEvents: z.int(),
})
type Started = z.infer<typeof Started>

/**
 * `pnpm bench dashboard [apps] [deployments]`: seeds a database on disk, serves it with the routes of
 * the daemon and the built dashboard, opens every page in Chromium and asks every list call that the
 * pages made again, in the same session. `DASHBOARD_DIST` names a build; without it one is made.
 */
export async function benchDashboard(apps: number, deployments: number) {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-bench-dashboard-'))
  let server: ChildProcess | undefined
  try {
    const dist = await builtIn(home)
    const [key, cert] = await certificateIn(home)
    const begun = await start({ home, dist, key, cert, apps, deployments })
    server = begun.child
    const browser = await openBrowser(cert)
    try {
      const { pages, calls, cookie } = await visitAll(browser.context, begun.started)
      const lists = await askAll({
        ca: readFileSync(cert, 'utf8'),
        port: begun.started.port,
        cookie,
        calls,
      })
      const slowestPage = pages.toSorted((a, b) => b.interactiveMs - a.interactiveMs)[0]
      const slowestCall = lists.toSorted((a, b) => b.p95Ms - a.p95Ms)[0]
      const { link: _link, port: _port, ...seeded } = begun.started
      return {
        seeded,
        pages,
        lists,
        slowestPage,
        slowestCall,
        ok:
          pages.every(({ interactiveMs }) => interactiveMs <= PAGE_GOAL_MS) &&
          lists.every(({ p95Ms, status }) => p95Ms <= CALL_GOAL_MS && status === 200),
      }
    } finally {
      await browser.close()
    }
  } finally {
    server?.kill()
    rmSync(home, { recursive: true, force: true })
  }
}

async function builtIn(home: string): Promise<string> {
  const given = process.env['DASHBOARD_DIST']
  if (given !== undefined && existsSync(given)) return given
  const dist = join(home, 'dist')
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', dist], {
    cwd: join(ROOT, 'dashboard'),
    env: { ...process.env, NODE_ENV: 'production' },
    timeout: 300_000,
  })
  return dist
}

async function certificateIn(home: string): Promise<[key: string, certificate: string]> {
  const [key, certificate] = [join(home, 'key.pem'), join(home, 'cert.pem')]
  await promisify(execFile)(
    '/usr/bin/openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      .concat(['-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=localhost'])
      .concat(['-addext', 'subjectAltName=DNS:localhost']),
    { timeout: 30_000 },
  )
  return [key, certificate]
}

interface Start {
  home: string
  dist: string
  key: string
  cert: string
  apps: number
  deployments: number
}

async function start({ home, dist, key, cert, apps, deployments }: Start) {
  const child = spawn(process.execPath, [PROGRAM], {
    env: {
      PATH: process.env['PATH'],
      DIST: dist,
      KEY: key,
      CERT: cert,
      DATABASE: join(home, 'control.sqlite'),
      APPS: String(apps),
      DEPLOYMENTS: String(deployments),
      AUDIT_EVENTS: '20000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(child.stdout, 'data', {
    signal: AbortSignal.timeout(SEED_LIMIT_MS),
  }).catch((error: unknown) => {
    child.kill()
    throw error
  })
  return { child, started: Started.parse(JSON.parse(String(line))) }
}

/** Each page whole, as somebody opens it who was here before; the best of a few turns counts. */
async function visitAll(context: BrowserContext, { port, link, deployments, apps }: Started) {
  const base = `https://localhost:${port}`
  const page = await context.newPage()
  const calls = new Set<string>()
  page.on('request', (asked) => {
    const { pathname, search } = new URL(asked.url())
    if (asked.method() !== 'GET' || !pathname.startsWith('/api/v1/')) return
    if (!/\/(events|stream)$/.test(pathname)) calls.add(pathname + search)
  })
  await page.goto(`${base}/sign-in/${link}`)
  await page.getByRole('button').first().click()
  await page.waitForURL(`${base}/apps`, { timeout: PAGE_LIMIT_MS })

  const values = { name: 'app-007', number: String(Math.ceil(deployments / apps)) }
  const pages: { path: string; interactiveMs: number }[] = []
  for (const path of routeTable().filter((each) => !NOT_SEEDED.test(each))) {
    const url = base + (path === EDITED.path ? EDITED.address : filled(path, values))
    let best = Number.POSITIVE_INFINITY
    for (let turn = 0; turn < TURNS; turn += 1) best = Math.min(best, await visit(page, url))
    pages.push({ path, interactiveMs: Math.round(best) })
  }
  await page.close()
  const cookie = (await context.cookies(base))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')
  return { pages, calls: [...calls].toSorted(), cookie }
}

/** From the start of the navigation until the heading stands and nothing is being read any more. */
async function visit(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'commit', timeout: PAGE_LIMIT_MS })
  const timeout = PAGE_LIMIT_MS
  await page.locator('main h1').first().waitFor({ timeout })
  await page.getByLabel('Loading').first().waitFor({ state: 'detached', timeout })
  // Its own clock began with the navigation.
  return Number(await page.evaluate('performance.now()'))
}

interface AskAll {
  ca: string
  port: number
  /** Of the session that the pages were opened in: some calls answer people alone. */
  cookie: string
  calls: readonly string[]
}

async function askAll({ ca, port, cookie, calls }: AskAll) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca, servername: 'localhost' })
  const lists: { call: string; status: number; p95Ms: number; bytes: number }[] = []
  for (const path of calls) {
    const times: number[] = []
    let last = { status: 0, bytes: 0 }
    for (let turn = 0; turn < ASKED_EACH; turn += 1) {
      const began = performance.now()
      last = await askKept({ agent, port, path, cookie })
      times.push(performance.now() - began)
    }
    const sorted = times.toSorted((a, b) => a - b)
    const p95 = sorted[Math.ceil(ASKED_EACH * 0.95) - 1] ?? 0
    lists.push({ call: path, ...last, p95Ms: Math.round(p95 * 10) / 10 })
  }
  agent.destroy()
  return lists
}

interface Ask {
  agent: Agent
  port: number
  path: string
  cookie: string
}

/** The server may close a connection at the moment that it is used again; that is no answer of its. */
const askKept = (wish: Ask) =>
  ask(wish).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return ask(wish)
    throw error
  })

function ask({ agent, port, path, cookie }: Ask): Promise<{ status: number; bytes: number }> {
  const {
    promise,
    resolve: done,
    reject,
  } = Promise.withResolvers<{ status: number; bytes: number }>()
  const headers = { host: `localhost:${port}`, cookie }
  const asked = request({ host: '127.0.0.1', port, path, headers, agent }, (reply) => {
    let bytes = 0
    reply.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    reply.once('end', () => done({ status: reply.statusCode ?? 0, bytes }))
    reply.once('error', reject)
  })
  asked.setTimeout(PAGE_LIMIT_MS, () => asked.destroy(new Error(`${path} was not answered`)))
  asked.once('error', reject)
  asked.end()
  return promise
}
