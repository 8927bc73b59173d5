import { type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { FirewallChange, FirewallStatus } from '@vastrox/shared/firewall.ts'
import { type InstallationConfig, PROCESS_ENV, pathsOf } from '@vastrox/shared/installation.ts'
import { run } from '@vastrox/shared/node/run.ts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { listenOn, probe } from '../../agent/test/firewall-lab.ts'
import { createNetworkLab, LAB, type NetworkLab } from '../../agent/test/network-lab.ts'

/*
 * Agent and daemon as they are, in a network namespace of their own that enforces; the operator and
 * a stranger come from another one, over a cable. The machine's own namespace is never touched.
 */
const REPOSITORY = resolve(import.meta.dirname, '../..')
const DATABASE = 5_432
const PORTS = { httpPort: 80, httpsPort: 443, dashboardPort: 8_443, sshPort: 2_222, ftpPort: 2_121 }
const HOST = LAB.host.internet4
const Reply = z.object({ status: z.int(), closes: z.boolean(), body: z.unknown() })
const Seen = z.object({
  before: Reply,
  applied: Reply,
  overSecond: Reply,
  overThird: Reply,
  confirmed: Reply,
  after: Reply,
})

let lab: NetworkLab
let dataDir: string
beforeAll(async () => {
  lab = await createNetworkLab()
  dataDir = join(lab.directory, 'data')
  const paths = pathsOf(dataDir)
  const folders = [paths.daemon, paths.proxy, paths.gitHooks, paths.processLogs]
  for (const name of ['agent', 'proxy', 'daemon']) folders.push(join(paths.run, name))
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 })
  const config: InstallationConfig = {
    ...PORTS,
    instance: 'f1e2d3',
    publicAddress: HOST,
    baseDomain: `${HOST.replaceAll('.', '-')}.sslip.io`,
    proxyWorkers: 1,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
    appNetworkRange: '10.128.0.0/12',
  }
  await writeFile(paths.config, JSON.stringify(config))
  await start('agent', '"agent.ready"')
  await start('daemon', '"daemon.started"')
  await listenOn(lab.host, [DATABASE])
}, 120_000)
afterAll(() => lab.close())

const env = () => ({ [PROCESS_ENV.dataDir]: dataDir, VASTROX_AGENT_GID: '0', HOME: dataDir })

/** Resolves once it has said so. */
async function start(name: 'agent' | 'daemon', said: string): Promise<ChildProcess> {
  const child = lab.host.start(process.execPath, [join(REPOSITORY, name, 'src/main.ts')], env())
  if (!child.stdout) throw new Error('it has no output')
  const lines = createInterface({ input: child.stdout })
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes(said)) resolve()
    })
  })
  await Promise.race([
    ready,
    once(child, 'exit').then(() => Promise.reject(new Error(`the ${name} ended`))),
  ])
  return child
}

/** `vastrox …` on the server, by somebody who sits at it. */
async function command(...args: string[]): Promise<unknown> {
  const program = join(REPOSITORY, 'agent/src/cli/main.ts')
  const { stdout, stderr, exitCode } = await run(
    `/${process.execPath.slice(1)}`,
    [program, ...args, '--json'],
    { env: { ...env(), PATH: '/usr/bin:/bin' }, timeoutMs: 30_000 },
  )
  if (exitCode !== 0) throw new Error(stderr)
  return JSON.parse(stdout.toString())
}

/** What a stranger on the internet meets at that port. */
const reach = async (port: number): Promise<string | undefined> =>
  (await probe(lab.internet, `tcp,${HOST},${port}`))[0]

it('enforces at the word of an operator, and keeps it at the word of a new connection alone', async () => {
  const made = await command('tokens:create', '--name', 'operator', '--kind', 'api', '--admin')
  const { token } = z.object({ token: z.string() }).parse(made)
  expect(await reach(DATABASE)).toBe('open')

  const printed = await lab.internet.must(process.execPath, [
    join(import.meta.dirname, 'lab/operator.ts'),
    HOST,
    String(PORTS.dashboardPort),
    join(pathsOf(dataDir).localAuthority, 'ca.pem'),
    token,
  ])
  const seen = Seen.parse(JSON.parse(printed))

  expect(seen.before).toMatchObject({ status: 200, closes: false, body: { mode: 'observe' } })
  expect(seen.applied).toMatchObject({ status: 201, closes: true, body: { state: 'pending' } })
  for (const old of [seen.overSecond, seen.overThird])
    expect(old).toMatchObject({ status: 409, body: { error: { code: 'FIREWALL_CONNECTION_OLD' } } })
  expect(seen.confirmed).toMatchObject({ status: 200, body: { state: 'confirmed' } })
  expect(FirewallStatus.parse(seen.after.body)).toMatchObject({
    mode: 'enforce',
    pending: null,
    yourAddress: LAB.internet.v4,
  })
  expect(await reach(DATABASE)).toBe('silent')
})

it('opens and closes a port for one address by command, and by the end of a rule', async () => {
  const opened = await command('firewall:allow', String(DATABASE), '--from', LAB.internet.v4)
  expect(FirewallChange.parse(opened).state).toBe('confirmed')
  expect(await reach(DATABASE)).toBe('open')

  expect(FirewallChange.parse(await command('firewall:remove', '1')).state).toBe('pending')
  expect(await reach(DATABASE)).toBe('silent')
  await command('firewall:revert')
  expect(await reach(DATABASE)).toBe('open')
})

it('bans whoever guesses tokens from everything, and nobody else', async () => {
  const guesser = '203.0.113.66'
  await lab.internet.must('/usr/sbin/ip', ['addr', 'add', `${guesser}/24`, 'dev', 'wan'])
  const guess = async (times: number): Promise<string> => {
    const { stdout, stderr } = await lab.internet.run('/usr/bin/curl', [
      '-sSm3',
      '-o/dev/null',
      '-w%{http_code} ',
      '--cacert',
      join(pathsOf(dataDir).localAuthority, 'ca.pem'),
      '--interface',
      guesser,
      '-HAuthorization: Bearer vxt_api_wrong',
      `https://${HOST}:${PORTS.dashboardPort}/api/v1/apps?turn=[1-${times}]`,
    ])
    return `${stdout.toString()}${stderr}`.trim()
  }

  expect(await guess(30)).toBe('401 '.repeat(30).trim())
  // The answer is not held up by the ban.
  await expect.poll(() => guess(1), { timeout: 10_000 }).toMatch(/^000 .*timed out/)

  const bans = z.array(z.object({ address: z.string(), reason: z.string() }))
  expect(bans.parse(await command('firewall:bans'))).toEqual([
    expect.objectContaining({ address: guesser, reason: '30 wrong tokens within 10 minutes' }),
  ])
  expect(await reach(DATABASE)).toBe('open')
  await command('firewall:unban', guesser)
  expect(await guess(1)).toBe('401')
})
