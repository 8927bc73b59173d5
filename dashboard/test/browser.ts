import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'

export const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Builds the dashboard beside the tests that look at it; removed by `remove`. */
export async function buildDashboard(): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'vastrox-dashboard-'))
  const before = process.env['NODE_ENV']
  // As it is installed: under a test's own environment React would be the one for development.
  process.env['NODE_ENV'] = 'production'
  await build({
    root: join(import.meta.dirname, '..'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  process.env['NODE_ENV'] = before
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export interface Mock {
  url: string
  stop: () => void
}

/** The mock API with a built dashboard, in a process of its own on a free port. */
export async function startMock(folder: string, env: Record<string, string> = {}): Promise<Mock> {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, 'mock-api.ts')], {
    env: { PATH: process.env['PATH'], PORT: '0', MOCK_DIST: folder, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!child.stdout) throw new Error('The mock has no output.')
  const [line] = await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })
  return { url: String(line).trim(), stop: () => void child.kill() }
}

export const startBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: FLAGS,
  })

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
    // Other work on the machine makes bridges, which makes Chromium drop a connection and retry.
    if (message.text().includes('ERR_NETWORK_CHANGED')) return
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text())
  })
  return { page, troubles }
}
