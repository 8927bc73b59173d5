import { existsSync } from 'node:fs'
import {
  chmod,
  cp,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { linksOf } from '#agent/cli/installation.ts'
import { processStart } from '#agent/node/process-start.ts'
import { askSupervisor } from '#agent/supervisor/control-client.ts'
import { bundle } from '../../../../e2e/support/bundle.ts'

/** The real installer over stand-ins of agent, daemon and proxy, on this machine. */
const HTTP_PORT = 18_680
const FLAGS = {
  '--http-port': String(HTTP_PORT),
  '--https-port': '18681',
  '--dashboard-port': '18682',
  '--public-address': '127.0.0.1',
}
let home: string
let first: string
let second: string
let dataDir: string
let paths: ReturnType<typeof pathsOf>

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'vastrox-install-'))
  await chmod(home, 0o755)
  first = join(home, 'first')
  second = join(home, 'second')
  await bundle({ outDir: first, standIns: true })
  await writeFile(join(first, 'VERSION'), '0.0.1-first\n')
  await cp(first, second, { recursive: true })
  await writeFile(join(second, 'VERSION'), '0.0.2-second\n')
})
afterAll(() => rm(home, { recursive: true, force: true }))

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(home, 'host-')), 'data')
  await chmod(join(dataDir, '..'), 0o755)
  paths = pathsOf(dataDir)
})
afterEach(async () => {
  if (existsSync(paths.config)) await installer(first, '--uninstall', '--purge')
})

describe('install.sh', () => {
  it('makes a data directory whose parts are closed to everybody but their process', async () => {
    const { stdout } = await install(first, '--json')

    expect(await modesOf(paths)).toEqual({
      daemon: '700 vastrox:vastrox',
      agent: '700 root:root',
      proxy: '700 vastrox-proxy:vastrox-proxy',
      processLogs: '700 root:root',
      gitHooks: '755 root:root',
      config: '640 root:vastrox',
      caFile: '644 root:root',
    })
    const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(Object.keys(last)).toEqual([
      'dashboardUrl',
      'signInUrl',
      'apiUrl',
      'apiToken',
      'exampleUrl',
      'caFile',
      'sshPort',
      'ftpPort',
      'dataDir',
      'command',
    ])
    expect(last).toMatchObject({
      dashboardUrl: 'https://localhost:18682',
      signInUrl: 'https://localhost:18682/sign-in/x',
      exampleUrl: `http://hello.localhost:${HTTP_PORT}`,
    })
  })

  it('changes nothing on a second run of the same version', async () => {
    await install(first)
    const before = await pids()
    const config = await readFile(paths.config, 'utf8')

    await install(first)

    expect(await pids()).toEqual(before)
    expect(await readFile(paths.config, 'utf8')).toBe(config)
  })

  it('starts again what was stopped, and gives back modes that were changed', async () => {
    await install(first)
    const { supervisor } = await pids()
    if (supervisor) process.kill(supervisor, 'SIGKILL')
    await chmod(paths.daemon, 0o777)

    await install(first)

    expect(Object.keys(await pids())).toEqual([
      'supervisor',
      'proxy-0',
      'proxy-1',
      'agent',
      'daemon',
    ])
    expect((await modesOf(paths))['daemon']).toBe('700 vastrox:vastrox')
  })

  it('drops no request while another version takes over, and keeps the one before', async () => {
    await install(first)
    const probe = probing()

    await install(second)

    expect(await probe.stop()).toEqual([])
    const links = await linksOfThis()
    expect(await readlink(links.current)).toBe('/opt/vastrox/0.0.2-second')
    expect(await readlink(links.previous)).toBe('/opt/vastrox/0.0.1-first')
    expect(existsSync('/opt/vastrox/0.0.1-first/agent.mjs')).toBe(true)
  })

  it('goes back to the version before, and to its state, when a new one does not come up', async () => {
    await install(first)
    await writeFile(paths.controlDatabase, 'of the first version')
    await writeFile(join(dataDir, 'refuse-0.0.2-second'), '')
    const probe = probing()

    const failed = await installer(second, ...flags())

    expect(failed.exitCode).toBe(1)
    expect(failed.stderr).toContain('0.0.2-second does not come up; 0.0.1-first runs again')
    expect(failed.stderr).toContain('DATABASE_NEWER')
    expect(await probe.stop()).toEqual([])
    expect(await readlink((await linksOfThis()).current)).toBe('/opt/vastrox/0.0.1-first')
    expect(await readFile(paths.controlDatabase, 'utf8')).toBe('of the first version')
    expect((await status()).processes.map(({ state }) => state)).not.toContain('refused')
  })

  it('keeps the data on --uninstall, and works with it when it is installed again', async () => {
    await install(first)
    const config = await readFile(paths.config, 'utf8')
    await writeFile(join(paths.daemon, 'precious'), '')

    await mustInstaller('--uninstall')

    expect(existsSync(join(paths.daemon, 'precious'))).toBe(true)
    expect(existsSync((await linksOfThis()).command)).toBe(false)
    await install(first)
    expect(await readFile(paths.config, 'utf8')).toBe(config)
  })

  it('leaves the host as it was on --uninstall --purge, and uses an engine that was there as it is', async () => {
    const before = await whatIsOnTheHost()
    const engine = await theEngine()
    await install(first)
    expect(await theEngine()).toEqual(engine)
    const running = Object.values(await pids())
    expect(await whatIsOnTheHost()).not.toEqual(before)

    await mustInstaller('--uninstall', '--purge')

    expect(await whatIsOnTheHost()).toEqual(before)
    expect(await theEngine()).toEqual(engine)
    expect(engine.startedAt).not.toBe('')
    expect(existsSync(dataDir)).toBe(false)
    expect(running.filter((pid) => existsSync(`/proc/${pid}/exe`))).toEqual([])
  })
})

const flags = (): string[] => ['--data-dir', dataDir, ...Object.entries(FLAGS).flat()]

const installer = (bundleDir: string, ...args: string[]) =>
  run('/usr/bin/env', [process.execPath, join(bundleDir, 'install.mjs'), ...args], {
    timeoutMs: 60_000,
    env: {
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
      VASTROX_DATA_DIR: dataDir,
      VASTROX_PROXY_WORKERS: '2',
    },
  })

async function install(bundleDir: string, ...args: string[]): Promise<{ stdout: string }> {
  const result = await installer(bundleDir, ...flags(), ...args)
  expect(result.stderr).toBe('')
  return { stdout: result.stdout.toString() }
}

async function mustInstaller(...args: string[]): Promise<void> {
  const result = await installer(first, ...args)
  expect(result.stderr).toBe('')
}

const status = async (): Promise<PlatformStatus> =>
  PlatformStatus.parse(await askSupervisor(paths.supervisorSocket, { verb: 'status' }))

async function pids(): Promise<Record<string, number | null>> {
  const { processes } = await status()
  return Object.fromEntries(processes.map(({ name, pid }) => [name, pid]))
}

async function linksOfThis() {
  const { instance } = JSON.parse(await readFile(paths.config, 'utf8'))
  return linksOf(dataDir, instance)
}

async function modesOf(all: ReturnType<typeof pathsOf>) {
  const { daemon, agent, proxy, processLogs, gitHooks, config, caFile } = all
  const chosen = { daemon, agent, proxy, processLogs, gitHooks, config, caFile }
  const names = async (file: string): Promise<Map<number, string>> =>
    new Map(
      (await readFile(file, 'utf8'))
        .split('\n')
        .map((line) => line.split(':'))
        .map(([name, , id]) => [Number(id), name ?? '']),
    )
  const users = await names('/etc/passwd')
  const groups = await names('/etc/group')
  const entries = Object.entries(chosen).map(async ([name, path]) => {
    const { mode, uid, gid } = await stat(path)
    const text = `${(mode & 0o777).toString(8)} ${users.get(uid)}:${groups.get(gid)}`
    return [name, text] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

/** An engine that was there before: the same process with the same settings, and none of its containers started anew. */
async function theEngine() {
  const pid = Number(await readFile('/var/run/docker.pid', 'utf8').catch(() => '0'))
  const files = [
    ...(await readdir('/etc/docker', { recursive: true }).catch(() => []))
      .toSorted((one, other) => one.localeCompare(other))
      .map((name) => `/etc/docker/${name}`),
    '/etc/default/docker',
    '/lib/systemd/system/docker.service',
  ]
  const texts = await Promise.all(files.map((path) => readFile(path, 'utf8').catch(() => '')))
  return {
    pid,
    startedAt: await processStart(pid),
    settings: Object.fromEntries(files.map((path, at) => [path, texts[at]])),
    overrides: await readdir('/etc/systemd/system/docker.service.d').catch(() => []),
  }
}

/** What an installation puts outside of its data directory. */
async function whatIsOnTheHost() {
  const list = (path: string) => readdir(path).catch(() => [])
  return {
    programs: await list('/opt/vastrox'),
    commands: await list('/usr/local/bin'),
    anchors: await list('/usr/local/share/ca-certificates'),
    trusted: new Set(await list('/etc/ssl/certs')),
    bundle: (await readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8')).length,
    groups: await list('/sys/fs/cgroup').then((names) =>
      names.filter((name) => /vastrox/.test(name)),
    ),
  }
}

/** New connections every few milliseconds until it is stopped; gives what failed. */
function probing() {
  const over = new AbortController()
  const failures: string[] = []
  const work = (async () => {
    while (!over.signal.aborted) {
      await ask().catch((error: unknown) => failures.push(String(error)))
      await sleep(5)
    }
  })()
  return {
    async stop(): Promise<string[]> {
      over.abort()
      await work
      return failures
    },
  }
}

function ask(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const options = { host: '127.0.0.1', port: HTTP_PORT, agent: false, timeout: 5_000 }
  const asked = request(options, (response) => {
    response.resume()
    response.on('end', resolve)
  })
  asked.on('error', reject)
  asked.end()
  return promise
}
