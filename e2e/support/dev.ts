import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, watch, writeFileSync } from 'node:fs'
import { BoundSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type InstallationConfig, PROCESS_ENV, pathsOf } from '@vastrox/shared/installation.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { docker } from '#support/engine.ts'

/**
 * `pnpm dev`: daemon and agent under `node --watch`, a proxy worker that is started anew when its
 * sources change, and the dashboard under Vite, on a data directory that goes when this ends. As root
 * the engine of this machine is used; as anybody else there is no agent, and nothing can be deployed.
 */

const ROOT = resolve(import.meta.dirname, '../..')
const PORTS = { http: 4_080, https: 4_443, dashboard: 4_444, ssh: 4_222, ftp: 4_121, vite: 4_170 }
const START_TIMEOUT_MS = 30_000
const IS_ROOT = process.getuid?.() === 0

const instance = randomBytes(3).toString('hex')
const dataDir = mkdtempSync(join(tmpdir(), 'vastrox-dev-'))
const paths = pathsOf(dataDir)
const env = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: dataDir,
  NODE_ENV: 'development',
  [PROCESS_ENV.dataDir]: dataDir,
}
const children = new Map<string, ChildProcess>()
const sockets = [PORTS.http, PORTS.https].map((port) => new BoundSocket({ host: '::', port }))
let isStopping = false

function prepare(): void {
  const config: InstallationConfig = {
    instance,
    httpPort: PORTS.http,
    httpsPort: PORTS.https,
    dashboardPort: PORTS.dashboard,
    sshPort: PORTS.ssh,
    ftpPort: PORTS.ftp,
    publicAddress: '127.0.0.1',
    baseDomain: 'localhost',
    proxyWorkers: 1,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
    appNetworkRange: '10.128.0.0/12',
  }
  writeFileSync(paths.config, JSON.stringify(config))
  for (const name of ['agent', 'proxy', 'daemon'])
    mkdirSync(join(paths.run, name), { recursive: true })
  for (const path of [paths.daemon, paths.proxy, paths.gitHooks, paths.processLogs])
    mkdirSync(path, { recursive: true })
  const hooks = { 'proc-receive': 'proc-receive-hook.ts', 'git-helper': 'external-helper.ts' }
  for (const [name, file] of Object.entries(hooks)) {
    const hook = join(ROOT, 'daemon/src/adapters/git', file)
    const text = `#!${process.execPath}\nimport(${JSON.stringify(hook)})\n`
    writeFileSync(join(paths.gitHooks, name), text, { mode: 0o755 })
  }
}

function start(name: string, args: string[], more: Record<string, string> = {}): void {
  const descriptors = name === 'proxy' ? sockets.map((socket) => socket.fd()) : []
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...env, ...more },
    stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
  })
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().trimEnd().split('\n')) console.log(`${name}  ${line}`)
    })
  child.on('exit', (code, signal) => {
    if (isStopping || children.get(name) !== child) return
    console.log(`${name}  ended (${signal ?? code})`)
    if (name === 'proxy') setTimeout(startProxy, 1_000)
  })
  children.set(name, child)
}

const startProxy = (): void =>
  start('proxy', ['daemon/src/proxy/main.ts'], {
    [PROCESS_ENV.listenFds]: 'http=3,https=4',
    [PROCESS_ENV.worker]: '0',
  })

/** Inherited sockets do not pass through `node --watch`. */
function watchProxy(): void {
  let timer: NodeJS.Timeout | undefined
  watch(join(ROOT, 'daemon/src/proxy'), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      children.get('proxy')?.kill('SIGKILL')
      startProxy()
    }, 200)
  })
}

async function untilThere(path: string): Promise<void> {
  for (const endsAt = Date.now() + START_TIMEOUT_MS; !existsSync(path); await sleep(100))
    if (Date.now() > endsAt) throw new Error(`${path} does not appear; the daemon says why above`)
}

/** Through the console of the daemon, as `vastrox sign-in-link` does it. */
async function signInPath(): Promise<string> {
  const asked = await run('/usr/bin/env', ['node', 'agent/src/cli/main.ts', 'sign-in-link'], {
    cwd: ROOT,
    env,
    timeoutMs: START_TIMEOUT_MS,
  })
  return /\/sign-in\/\S+/.exec(asked.stdout.toString())?.[0] ?? ''
}

function stop(): void {
  if (isStopping) return
  isStopping = true
  for (const child of children.values()) child.kill('SIGTERM')
  const timer = setTimeout(() => {
    for (const child of children.values()) child.kill('SIGKILL')
  }, 5_000)
  const ends = [...children.values()].map(
    (child) =>
      new Promise((end) => {
        if (child.exitCode !== null || child.signalCode !== null) end(undefined)
        else child.once('exit', end)
      }),
  )
  void Promise.all(ends)
    .then(IS_ROOT ? removeFromEngine : undefined)
    .catch((error: unknown) => console.error(`What was deployed is left: ${String(error)}`))
    .then(() => {
      clearTimeout(timer)
      rmSync(dataDir, { recursive: true, force: true })
      process.exit()
    })
}

/** What was deployed meanwhile. */
async function removeFromEngine(): Promise<void> {
  const ours = ['--filter', `label=vastrox.instance=${instance}`]
  const kinds: [list: string[], remove: string[]][] = [
    [
      ['ps', '-aq'],
      ['rm', '-f'],
    ],
    [
      ['network', 'ls', '-q'],
      ['network', 'rm'],
    ],
    [
      ['images', '-q'],
      ['rmi', '-f'],
    ],
  ]
  for (const [list, remove] of kinds) {
    const ids = (await docker(...list, ...ours)).split('\n').filter((id) => id !== '')
    if (ids.length > 0) await docker(...remove, ...new Set(ids))
  }
}

prepare()
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
if (IS_ROOT) start('agent', ['--watch', 'agent/src/main.ts'], { VASTROX_AGENT_GID: '0' })
start('daemon', ['--watch', 'daemon/src/main.ts'])
startProxy()
watchProxy()
const ca = join(paths.localAuthority, 'ca.pem')
try {
  await untilThere(ca)
  await untilThere(paths.consoleSocket)
  start('dashboard', ['node_modules/vite/bin/vite.js', 'dashboard', '--strictPort'], {
    VASTROX_API: `https://localhost:${PORTS.dashboard}`,
    NODE_EXTRA_CA_CERTS: ca,
  })
  const path = IS_ROOT ? await signInPath() : ''
  console.log(`\nDashboard  http://localhost:${PORTS.vite}${path}`)
  console.log(`Apps       http://<app>.localhost:${PORTS.http}`)
  console.log(`Data       ${dataDir} (removed at the end)\n`)
} catch (error) {
  console.error(String(error))
  process.exitCode = 1
  stop()
}
