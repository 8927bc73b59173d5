import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'
import { type BrowserContext, chromium } from 'playwright-core'

/**
 * A real Chromium that trusts the installation's CA as a person's browser would after the printed
 * step: Chromium reads NSS, not the system's store. No switch that turns verification off is used.
 */
export async function openBrowser(
  caFile: string,
  viewport = { width: 1280, height: 800 },
  program = '/usr/bin/chromium',
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'vastrox-browser-'))
  const nss = join(home, '.pki/nssdb')
  mkdirSync(nss, { recursive: true })
  const env = { HOME: home, PATH: '/usr/bin:/bin' }
  for (const args of [
    ['-d', `sql:${nss}`, '-N', '--empty-password'],
    ['-d', `sql:${nss}`, '-A', '-t', 'C,,', '-n', 'vastrox', '-i', caFile],
  ]) {
    const result = await run('/usr/bin/certutil', args, { env, timeoutMs: 20_000 })
    if (result.exitCode !== 0) throw new Error(`certutil: ${result.stderr}`)
  }
  const context = await chromium.launchPersistentContext(join(home, 'profile'), {
    executablePath: program,
    headless: true,
    viewport,
    env,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    close: async () => {
      await context.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
