import { once } from 'node:events'
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type InstallationConfig, PROCESS_ENV, pathsOf } from '@vastrox/shared/installation.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { createNetworkLab, LAB } from '../../agent/test/network-lab.ts'
import { CHROMIUM } from '#support/browser.ts'
import type { Installation } from '#support/installation.ts'

const DASHBOARD_PORT = 8_443

/**
 * Agent and daemon of the installed programs on a server of their own: a network namespace that may
 * enforce. The browser stands in another one, as somebody on the internet. The machine's own namespace
 * is never touched.
 */
export async function createServerInLab(beside: Installation) {
  const lab = await createNetworkLab()
  const programs = realpathSync(`/opt/vastrox/current-${beside.config.instance}`)
  const dataDir = join(lab.directory, 'data')
  const paths = pathsOf(dataDir)
  const env = {
    [PROCESS_ENV.dataDir]: dataDir,
    VASTROX_AGENT_GID: '0',
    VASTROX_DASHBOARD_DIR: join(programs, 'dashboard'),
    HOME: dataDir,
  }

  /** Resolves once it has said so. */
  async function start(name: 'agent' | 'daemon', said: string): Promise<void> {
    const child = lab.host.start(process.execPath, [join(programs, `${name}.mjs`)], env)
    if (!child.stdout) throw new Error('it has no output')
    const lines = createInterface({ input: child.stdout })
    const ready = new Promise<void>((resolve) => {
      lines.on('line', (line) => {
        if (line.includes(said)) resolve()
      })
    })
    const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the ${name} ended`)))
    await Promise.race([ready, ended])
  }

  try {
    const folders = [paths.daemon, paths.proxy, paths.gitHooks, paths.processLogs]
    for (const name of ['agent', 'proxy', 'daemon']) folders.push(join(paths.run, name))
    for (const folder of folders) mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(paths.config, JSON.stringify(configOfLab()))
    await start('agent', '"agent.ready"')
    await start('daemon', '"daemon.started"')
  } catch (error) {
    await lab.close()
    throw error
  }

  const browser = join(lab.directory, 'browser')
  const enter = `nsenter --net=/run/netns/${lab.internet.name} --`
  writeFileSync(browser, `#!/bin/sh\nexec ${enter} ${CHROMIUM} "$@"\n`)
  chmodSync(browser, 0o700)

  return {
    lab,
    /** A program that starts Chromium outside, on the internet. */
    browser,
    installation: {
      caFile: join(paths.localAuthority, 'ca.pem'),
      dashboardUrl: `https://${LAB.host.internet4}:${DASHBOARD_PORT}`,
      command: (...args: string[]) =>
        run(`/${process.execPath.slice(1)}`, [join(programs, 'vastrox.mjs'), ...args], {
          env: { ...env, PATH: '/usr/bin:/bin' },
          timeoutMs: 30_000,
        }),
    },
  }
}
export type ServerInLab = Awaited<ReturnType<typeof createServerInLab>>

const configOfLab = (): InstallationConfig => ({
  instance: 'f1e2d4',
  httpPort: 80,
  httpsPort: 443,
  dashboardPort: DASHBOARD_PORT,
  sshPort: 2_222,
  ftpPort: 2_121,
  publicAddress: LAB.host.internet4,
  baseDomain: `${LAB.host.internet4.replaceAll('.', '-')}.sslip.io`,
  proxyWorkers: 1,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
  appNetworkRange: '10.128.0.0/12',
})
