import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import {
  type Browser,
  type BrowserContextOptions,
  chromium,
  type ConsoleMessage,
  type Page,
} from 'playwright-core'
import { build } from 'vite'
import { CHROMIUM, CHROMIUM_FLAGS } from '../../e2e/support/browser.ts'

const BUILD_LIMIT_MS = 240_000
const LOOK_AGAIN_MS = 200

/** The built dashboard: that of the whole run where there is one, else one of its own; let go by `remove`. */
export async function buildDashboard(): Promise<{ folder: string; remove: () => void }> {
  const place = process.env['VASTROX_BUILT_ONCE']
  if (place !== undefined) return { folder: await builtOnce(place), remove: () => {} }
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-dashboard-'))
  await buildInto(folder)
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Two files run at a time: the second waits for what the first builds. */
async function builtOnce(place: string): Promise<string> {
  const [folder, claim, ready] = ['dist', 'claim', 'ready'].map((name) => join(place, name))
  if (!folder || !claim || !ready) throw new Error('There is no place for the build.')
  if (claimed(claim)) {
    try {
      await buildInto(folder)
    } catch (error) {
      // Whoever comes next tries, and says what is wrong, itself.
      rmSync(claim, { recursive: true, force: true })
      throw error
    }
    writeFileSync(ready, '')
    return folder
  }
  const end = Date.now() + BUILD_LIMIT_MS
  while (!existsSync(ready)) {
    if (!existsSync(claim)) return builtOnce(place)
    if (Date.now() > end)
      throw new Error('Another test file did not finish building the dashboard.')
    await setTimeout(LOOK_AGAIN_MS)
  }
  return folder
}

function claimed(claim: string): boolean {
  try {
    mkdirSync(claim)
    return true
  } catch {
    return false
  }
}

async function buildInto(folder: string): Promise<void> {
  const before = process.env['NODE_ENV']
  // As it is installed: under a test's own environment React would be the one for development.
  process.env['NODE_ENV'] = 'production'
  try {
    await build({
      root: join(import.meta.dirname, '..'),
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true },
    })
  } finally {
    process.env['NODE_ENV'] = before
  }
}

export interface Mock {
  url: string
  stop: () => void
}

/** The mock API with a built dashboard, in a process of its own on a free port. */
export async function startMock(folder: string, env: Record<string, string> = {}): Promise<Mock> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'mock-api.ts')], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      MOCK_DIST: folder,
      // A mock is started for most tests: what it is made of is read and compiled once.
      NODE_COMPILE_CACHE: `${folder}-compiled`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('The mock has no output.')
  const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })
  return { url: String(line).trim(), stop: () => void child.kill() }
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS })

/** A page that remembers all that went wrong on it. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions,
): Promise<{ page: Page; troubles: string[] }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => {
    if (isTrouble(message)) troubles.push(message.text())
  })
  return { page, troubles }
}

/** Whether the console of a page says that something is wrong with it. */
export const isTrouble = (message: ConsoleMessage): boolean =>
  message.type() === 'error' || message.type() === 'warning'
