import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { type BrowserContext, chromium } from 'playwright-core'

/** Starts Chromium so that it takes no notice of what comes and goes on the machine it is on. */
export const CHROMIUM = process.env['CHROMIUM'] ?? join(import.meta.dirname, 'chromium.py')
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

interface BrowserWish {
  viewport?: { width: number; height: number }
  /** What starts it; otherwise `CHROMIUM`. */
  program?: string | undefined
  args?: readonly string[]
}

/**
 * A real Chromium that trusts the installation's CA as a person's browser would after the printed
 * step: Chromium reads NSS, not the system's store. No switch that turns verification off is used.
 */
export async function openBrowser(
  caFile: string,
  { viewport = { width: 1280, height: 800 }, program = CHROMIUM, args = [] }: BrowserWish = {},
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-browser-'))
  const nss = join(home, '.pki/nssdb')
  mkdirSync(nss, { recursive: true })
  const env = { HOME: home, PATH: '/usr/bin:/bin' }
  for (const asked of [
    ['-d', `sql:${nss}`, '-N', '--empty-password'],
    ['-d', `sql:${nss}`, '-A', '-t', 'C,,', '-n', 'vastrox', '-i', caFile],
  ]) {
    const result = await run('/usr/bin/certutil', asked, { env, timeoutMs: 20_000 })
    if (result.exitCode !== 0) throw new Error(`certutil: ${result.stderr}`)
  }
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: program,
    headless: true,
    viewport,
    env,
    args: [...CHROMIUM_FLAGS, ...args],
  })
  return {
    context,
    close: async () => {
      await context.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
