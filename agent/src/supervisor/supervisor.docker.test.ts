import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { PlatformStatus } from '@vastrox/shared/platform-status.ts'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ensureAccounts, removeAccounts } from '#agent/cli/install/accounts.ts'
import { askSupervisor } from '#agent/supervisor/control-client.ts'
import { removeKillGroups } from '#agent/supervisor/kill-group.ts'
import { removeProtectedGroup } from '#agent/supervisor/protected-group.ts'
import { bundle } from '../../../e2e/support/bundle.ts'

/** The real supervisor over stand-ins of agent, daemon and proxy, as root, with the real accounts. */
const PORTS = { httpPort: 18_580, httpsPort: 18_581 }
let home: string
let bundleDir: string
/** Accounts that were not there before, and are not left behind. */
let accountsMade: string[] = []

beforeAll(async () => {
  accountsMade = await ensureAccounts()
  home = await mkdtemp(join(tmpdir(), 'vastrox-supervisor-'))
  // What mkdtemp makes is closed to the accounts of the processes.
  await chmod(home, 0o755)
  bundleDir = join(home, 'first')
  await bundle({ outDir: bundleDir, standIns: true })
  await symlink(process.execPath, join(bundleDir, 'node'))
})
afterAll(async () => {
  removeKillGroups(CONFIG.instance)
  removeProtectedGroup(CONFIG.instance)
  if (accountsMade.length > 0) await removeAccounts()
  await rm(home, { recursive: true, force: true })
})

let stopAll: (() => Promise<void>) | undefined
afterEach(async () => {
  await stopAll?.()
  stopAll = undefined
})

describe('the supervisor', () => {
  it('gives each process its account: the daemon is in the group of the proxy, nobody is root but the agent', async () => {
    const { status } = await start()

    expect(await accountsOf(await status(), 'daemon')).toEqual({
      uid: await idOf('passwd', 'vastrox'),
      groups: new Set([await idOf('group', 'vastrox-proxy'), await idOf('group', 'vastrox')]),
    })
    expect(await accountsOf(await status(), 'proxy-0')).toEqual({
      uid: await idOf('passwd', 'vastrox-proxy'),
      groups: new Set([await idOf('group', 'vastrox-proxy')]),
    })
    expect((await accountsOf(await status(), 'agent')).uid).toBe(0)
  })

  it('accepts again within 300 ms after every worker was killed, and refuses no connection meanwhile', async () => {
    const { status } = await start()
    const killedAt = performance.now()

    for (const each of (await status()).processes)
      if (each.name.startsWith('proxy-') && each.pid) process.kill(each.pid, 'SIGKILL')
    const answer = await get('/')

    expect(answer.status).toBe(200)
    expect(performance.now() - killedAt).toBeLessThan(300 * slowness)
    expect(namesOf(await status())).toEqual(['supervisor', 'proxy-0', 'proxy-1', 'agent', 'daemon'])
  })

  it('replaces a worker that hangs, in ten seconds, and leaves alone those that beat', async () => {
    const { status } = await start()
    const pidOf = async (name: string) =>
      (await status()).processes.find((each) => each.name === name)?.pid ?? 0
    const [hanging, beating] = [await pidOf('proxy-0'), await pidOf('proxy-1')]
    const agent = await pidOf('agent')

    process.kill(hanging, 'SIGSTOP')
    await sleep(8_000)
    expect(await pidOf('proxy-0')).toBe(hanging)
    const replacedBy = performance.now() + 5_000 * slowness
    const proxy = async () => (await status()).processes.find(({ name }) => name === 'proxy-0')
    while (performance.now() < replacedBy) {
      const now = await proxy()
      if (now?.restarts === 1 && now.state === 'running') break
      await sleep(100)
    }

    expect(await proxy()).toMatchObject({
      state: 'running',
      restarts: 1,
      lastExit: 'no sign of life, SIGKILL',
    })
    expect(isAlive(hanging)).toBe(false)
    expect(await pidOf('proxy-1')).toBe(beating)
    expect(await pidOf('agent')).toBe(agent)
    expect((await get('/')).status).toBe(200)
  }, 60_000)

  it('leaves nothing running of what a killed process had started, even in sessions of their own', async () => {
    const { status } = await start()
    const orphan = Number((await get('/leave-children')).body)
    expect(isAlive(orphan)).toBe(true)

    for (const each of (await status()).processes)
      if (each.name.startsWith('proxy-') && each.pid) process.kill(each.pid, 'SIGKILL')
    await untilGone([orphan])
  })

  it('drops no request while every process is restarted', async () => {
    const { ask, status } = await start()
    const before = await status()

    const probe = probeUntil(ask({ verb: 'restart' }))

    const { failures, answered } = await probe
    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(5)
    expect(await pidsOf(status)).not.toEqual(before.processes.map(({ pid }) => pid))
  })

  it('drops no request while another supervisor takes over, which then runs everything', async () => {
    const { ask, status } = await start()
    const before = await status()
    const second = join(home, 'second')
    await cp(bundleDir, second, { recursive: true, verbatimSymlinks: true })

    const { failures, answered } = await probeUntil(
      ask({ verb: 'hand-over', bundleDir: second }).then(() => sleep(500)),
    )

    expect(failures).toEqual([])
    expect(answered).toBeGreaterThan(20)
    const after = await status()
    expect(after.version).toBe('second')
    expect(namesOf(after)).toEqual(namesOf(before))
    await untilGone(before.processes.map(({ pid }) => pid ?? 0))
  })

  it('goes on as before when a successor does not come up', async () => {
    const { ask, status } = await start()
    const before = await status()

    await expect(ask({ verb: 'hand-over', bundleDir: join(home, 'nowhere') })).rejects.toThrow(
      'ENOENT',
    )

    expect(await status()).toEqual(before)
    expect((await get('/')).status).toBe(200)
  })

  it('goes on as before when the workers of a successor end at once', async () => {
    const { ask, status } = await start()
    const before = await status()
    const broken = join(home, 'broken')
    await cp(bundleDir, broken, { recursive: true, verbatimSymlinks: true })
    await writeFile(join(broken, 'proxy.mjs'), 'process.exit(1)')

    await expect(ask({ verb: 'hand-over', bundleDir: broken })).rejects.toThrow(
      'the successor ended',
    )

    expect(await status()).toEqual(before)
    expect((await get('/')).status).toBe(200)
  })

  it('starts a process that refuses its state no second time', async () => {
    const { status } = await start({ refuse: true })
    await sleep(500)

    const daemon = (await status()).processes.find(({ name }) => name === 'daemon')

    expect(daemon).toMatchObject({ state: 'refused', restarts: 0, lastExit: 'exit code 78' })
  })

  it('finishes what is under way before it stops, and leaves no process behind', async () => {
    const { status, ask } = await start()
    const pids = (await status()).processes.map(({ pid }) => pid ?? 0)
    const slow = get('/slow')
    await sleep(100)

    await ask({ verb: 'stop' })

    expect((await slow).status).toBe(200)
    await untilGone(pids)
  })

  it('is restarted after SIGKILL by ending what was left and binding the same ports', async () => {
    const first = await start()
    const before = await first.status()
    first.child.kill('SIGKILL')
    await sleep(100)
    expect((await get('/')).status).toBe(200)

    const second = await start({ keep: first.dataDir })

    expect((await get('/')).status).toBe(200)
    const pids = before.processes.map(({ pid }) => pid ?? 0)
    expect(pids.filter(isAlive)).toEqual([])
    expect(namesOf(await second.status())).toEqual(namesOf(before))
  })
})

/** Shared machines are slow now and then; the 300 ms of the promise are for an idle one. */
const slowness = 2

async function start({ refuse = false, keep }: { refuse?: boolean; keep?: string } = {}) {
  const dataDir = keep ?? (await mkdtemp(join(home, 'data-')))
  await chmod(dataDir, 0o755)
  const paths = pathsOf(dataDir)
  await mkdir(join(paths.run, 'supervisor'), { recursive: true })
  if (refuse) await writeFile(join(dataDir, 'refuse'), '')
  await writeFile(paths.config, JSON.stringify({ ...CONFIG, ...PORTS }))
  const child: ChildProcess = spawn(join(bundleDir, 'node'), [join(bundleDir, 'supervisor.mjs')], {
    detached: true,
    env: { VASTROX_DATA_DIR: dataDir },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ask = (request: Parameters<typeof askSupervisor>[1]) =>
    askSupervisor(paths.supervisorSocket, request)
  const status = async () => PlatformStatus.parse(await ask({ verb: 'status' }))
  stopAll = async () => {
    const pids = await pidsOf(status).catch(() => [])
    await ask({ verb: 'stop' }).catch(() => undefined)
    for (let waited = 0; waited < 100 && pids.some((pid) => isAlive(pid ?? 0)); waited++)
      await sleep(50)
  }
  for (let waited = 0; waited < 400; waited++) {
    const now = await status().catch(() => undefined)
    if (now?.processes.every(({ state }) => state === 'running' || state === 'refused')) break
    await sleep(50)
  }
  return { child, dataDir, ask, status }
}

const CONFIG = {
  instance: 'abc123',
  dashboardPort: 18_582,
  sshPort: 18_583,
  ftpPort: 18_584,
  publicAddress: '127.0.0.1',
  baseDomain: 'localhost',
  proxyWorkers: 2,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
}

/** None of them may live for long. */
async function untilGone(pids: readonly number[]): Promise<void> {
  for (let waited = 0; waited < 60 && pids.some(isAlive); waited++) await sleep(100)
  expect(pids.filter(isAlive)).toEqual([])
}

const namesOf = ({ processes }: PlatformStatus) => processes.map(({ name }) => name)
const pidsOf = async (status: () => Promise<PlatformStatus>) =>
  (await status()).processes.map(({ pid }) => pid)

function get(path: string, agent?: Agent): Promise<{ status: number; body: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>()
  const options = { port: PORTS.httpPort, host: '127.0.0.1', path, timeout: 5_000 }
  const asked = request({ ...options, ...(agent && { agent }) }, (response) => {
    let body = ''
    response.on('data', (chunk: Buffer) => {
      body += chunk.toString()
    })
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
  })
  asked.on('error', reject)
  asked.end()
  return promise
}

/** New connections every few milliseconds while the work lasts. */
async function probeUntil(work: Promise<unknown>) {
  const over = new AbortController()
  const failures: string[] = []
  let answered = 0
  const probing = (async () => {
    const underWay: Promise<void>[] = []
    while (!over.signal.aborted) {
      underWay.push(
        get('/').then(
          ({ status }) => {
            answered += 1
            if (status !== 200) failures.push(String(status))
          },
          (error: unknown) => {
            failures.push(String(error))
          },
        ),
      )
      await sleep(5)
    }
    await Promise.all(underWay)
  })()
  await work.finally(() => over.abort())
  await probing
  return { failures, answered }
}

async function accountsOf(status: PlatformStatus, name: string) {
  const { pid } = status.processes.find((each) => each.name === name) ?? {}
  const lines = await readFile(`/proc/${pid}/status`, 'utf8')
  const field = (key: string) =>
    (new RegExp(`^${key}:(.*)$`, 'm').exec(lines)?.[1] ?? '').trim().split(/\s+/).map(Number)
  return { uid: field('Uid')[0], groups: new Set(field('Groups')) }
}

async function idOf(file: 'passwd' | 'group', name: string): Promise<number> {
  const line = (await readFile(`/etc/${file}`, 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  return Number(line?.split(':')[2])
}

/** A zombie whose new parent has not looked yet does nothing any more. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
