import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { ExposureReport } from '@vastrox/shared/exposure.ts'
import { FIRST_FIREWALL_STATE } from '@vastrox/shared/firewall-rule.ts'
import { type InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import type { PlatformProcess } from '@vastrox/shared/platform-status.ts'
import type { Machine } from '#agent/care/machine.ts'
import type { Subject } from '#agent/cli/doctor/subject.ts'
import { expectedDirectories } from '#agent/cli/install/directories.ts'
import { createEngine } from '#agent/engine/engine.ts'

export const NOW = new Date('2026-11-26T12:00:00.000Z')
export const INSTANCE = 'ab12cd'
export const APP = 'app000000001'
const VERSION = '0.1.0-0a1b2c3d'
const GIB = 2 ** 30

/** Self-signed for a test, until 2056; nobody has its key. */
const CA = `-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUXyiNzHLob/BHlkWnSh8R0X0iyI0wCgYIKoZIzj0EAwIw
GjEYMBYGA1UEAwwPVmFzdHJveCB0ZXN0IENBMCAXDTI2MTEyNjEyMjU0MVoYDzIw
NTYxMTE4MTIyNTQxWjAaMRgwFgYDVQQDDA9WYXN0cm94IHRlc3QgQ0EwWTATBgcq
hkjOPQIBBggqhkjOPQMBBwNCAAShCrg4Ba6luEeNZsFiT2jve0lSjJjAJ9hqxgEh
IYrpGmUAhBpDcXe+ofl70WPuEPyaVN6hrIDWjC5RSCWDhr5go1MwUTAdBgNVHQ4E
FgQUATJ5pEP+vM9GKoJMbke+j5/lPmkwHwYDVR0jBBgwFoAUATJ5pEP+vM9GKoJM
bke+j5/lPmkwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiAKp5Bj
NcwmvaEejuA/UjtzNL1YPmxZxM+WFhEvRnxk3gIhAMIXZ26z0o8Pvu+1IJYzJiga
yeat2N7vrc+j9S6b9PJU
-----END CERTIFICATE-----
`

const MEMINFO = [
  'MemTotal: 8000000 kB',
  'MemAvailable: 6000000 kB',
  'SwapTotal: 0 kB',
  'SwapFree: 0 kB',
]
const LIMITS = 'Max open files            1048576              1048576              files'

/**
 * A healthy installation for the doctor to look at: real files, sockets, a real database and an engine
 * of answers in a directory of its own; the machine around it is a table that a test changes.
 */
export async function createPatient() {
  const home = await mkdtemp(join(tmpdir(), 'vastrox-doctor-'))
  const dataDir = join(home, 'data')
  const programs = join(home, 'opt')
  const paths = pathsOf(dataDir)
  const uid = process.getuid?.() ?? 0
  const gid = process.getgid?.() ?? 0
  const me = { uid, gid }
  const owners = { root: me, daemon: me, proxy: me }
  const config: InstallationConfig = {
    instance: INSTANCE,
    httpPort: 80,
    httpsPort: 443,
    dashboardPort: 8443,
    sshPort: 2222,
    ftpPort: 2121,
    publicAddress: '203.0.113.10',
    baseDomain: 'example.test',
    proxyWorkers: 2,
    acmeDirectory: null,
    acmeCaFile: null,
    acmeEmail: null,
    appNetworkRange: '10.128.0.0/12',
  }
  const links = {
    current: join(programs, 'current'),
    previous: join(programs, 'previous'),
    command: join(home, 'vastrox'),
  }
  const anchor = join(home, 'anchor.crt')
  const servers: Server[] = []

  for (const [path, mode] of expectedDirectories(paths, dataDir, owners)) {
    await mkdir(path, { recursive: true })
    await chmod(path, mode)
  }
  await mkdir(join(programs, VERSION), { recursive: true })
  await writeFile(join(programs, VERSION, 'VERSION'), VERSION)
  await symlink(join(programs, VERSION), links.current)
  await symlink(join(programs, VERSION), links.previous)
  const write = async (path: string, text: string, mode = 0o644): Promise<void> => {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    await chmod(path, mode)
  }
  await write(links.command, '', 0o755)
  await write(paths.config, JSON.stringify(config), 0o640)
  await write(paths.masterKey, 'key', 0o600)
  await write(join(paths.localAuthority, 'ca.key'), 'key', 0o600)
  await write(paths.caFile, CA)
  await write(anchor, CA)
  await write(join(paths.gitHooks, 'proc-receive'), '', 0o755)
  await write(join(paths.proxy, 'current'), '000000000007-0123456789ab\n')
  await write(
    join(paths.agent, 'firewall/confirmed.json'),
    JSON.stringify({
      generation: 1,
      state: FIRST_FIREWALL_STATE,
      facts: NO_FACTS,
      appliedAt: NOW.toISOString(),
      until: null,
      confirmWithinMs: 0,
      boot: 'b',
      namespace: 'n',
    }),
  )
  const database = new DatabaseSync(paths.controlDatabase)
  database.exec(
    `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT); CREATE TABLE apps (id TEXT PRIMARY KEY);
     CREATE TABLE certificates (hosts_json TEXT, issuer TEXT, not_before TEXT, created_at TEXT, not_after TEXT);
     INSERT INTO meta VALUES ('routing_generation', '7'); INSERT INTO apps VALUES ('${APP}');`,
  )
  database.close()

  const listen = async (path: string, mode: number): Promise<void> => {
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve) => {
      server.listen(path, resolve)
    })
    await chmod(path, mode)
  }
  await listen(paths.agentSocket, 0o660)
  await listen(paths.proxySocket, 0o660)
  await listen(paths.consoleSocket, 0o600)

  const answers: Record<string, unknown> = {
    '/version': { Version: '29.1.0', Components: [{ Name: 'runc', Version: '1.4.0' }] },
    '/info': {
      ServerVersion: '29.1.0',
      Driver: 'overlay2',
      DockerRootDir: join(home, 'docker'),
      LiveRestoreEnabled: true,
      CgroupVersion: '2',
      SecurityOptions: ['name=seccomp,profile=builtin'],
    },
    '/containers/json': [
      {
        Id: 'c1',
        Names: ['/vastrox-web-1'],
        Image: 'app',
        State: 'running',
        Labels: { 'vastrox.instance': INSTANCE, 'vastrox.kind': 'instance', 'vastrox.app': APP },
        NetworkSettings: { Networks: { app: { NetworkID: 'n1' } } },
      },
    ],
    '/networks': [{ Id: 'n1', Name: 'app' }],
  }
  const engineSocket = join(home, 'docker.sock')
  const docker = createHttpServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '')
    response.setHeader('api-version', '1.51')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answers[path] ?? {}))
  })
  servers.push(docker)
  await new Promise<void>((resolve) => {
    docker.listen(engineSocket, resolve)
  })
  const engine = createEngine(engineSocket)

  const processes: PlatformProcess[] = ['supervisor', 'proxy-0', 'proxy-1', 'agent', 'daemon'].map(
    (name, at) => ({
      name,
      pid: 100 + at,
      since: NOW.toISOString(),
      restarts: 0,
      state: 'running' as const,
      lastExit: null,
    }),
  )
  const world = {
    isUp: true,
    version: VERSION,
    processes,
    now: NOW,
    kernel: '6.12.0-1-amd64',
    /** Files and links outside of the installation. */
    files: new Map<string, string>([
      ['/proc/meminfo', MEMINFO.join('\n')],
      ['/proc/103/limits', LIMITS],
      ['/proc/104/oom_score_adj', '-900'],
      ['/proc/1/comm', 'systemd'],
      ['/proc/50/comm', 'chronyd'],
      ['/proc/self/mounts', '/dev/vda1 / ext4 rw,relatime 0 0'],
    ]),
    names: new Map<string, string[]>([
      ['/proc', ['1', '50', '100', '103', '104']],
      ['/boot', ['vmlinuz-6.12.0-1-amd64']],
    ]),
    modified: new Map<string, Date>([
      ['/var/lib/apt/lists', NOW],
      ['/var/lib/dpkg/status', NOW],
    ]),
    /** What programs print. */
    said: new Map<string, string>([
      ['/usr/bin/nice', ''],
      ['/usr/bin/timedatectl', 'NTPSynchronized=yes'],
    ]),
    space: {
      bytes: 100 * GIB,
      availableBytes: 60 * GIB,
      inodes: 6_000_000,
      availableInodes: 5_000_000,
    },
    holders: new Map([
      [80, 101],
      [443, 101],
      [8443, 104],
      [2222, 104],
      [2121, 104],
    ]),
    strangers: new Map<number, string>(),
    tables: async (): Promise<string[]> => ['ip nat', `inet vastrox_${INSTANCE}`],
    exposure: NOTHING_EXPOSED,
    forwarding: undefined as string | undefined,
    hasConntrack: true,
    handshake: async (): Promise<string | undefined> => undefined,
    domain: { leadsHere: true, problems: [] as string[] },
  }

  const isInside = (path: string): boolean => path.startsWith(home)
  const machine: Machine = {
    read: async (path) =>
      isInside(path) ? readFile(path, 'utf8').catch(() => undefined) : world.files.get(path),
    list: async (path) =>
      isInside(path) ? readdir(path).catch(() => []) : (world.names.get(path) ?? []),
    link: async (path) =>
      isInside(path)
        ? (await import('node:fs/promises')).readlink(path).catch(() => undefined)
        : world.files.get(path),
    modifiedAt: async (path) =>
      isInside(path)
        ? stat(path).then(
            () => new Date(NOW.getTime() - 86_400_000),
            () => undefined,
          )
        : world.modified.get(path),
    space: async () => world.space,
    ask: async (program) => world.said.get(program),
    kernel: () => world.kernel,
    now: () => world.now,
  }

  const subject: Subject = {
    installation: { dataDir, paths, config, links },
    platform: {
      kind: 'systemd',
      status: async () =>
        world.isUp
          ? {
              instance: INSTANCE,
              version: world.version,
              dataDir,
              supervisor: 'systemd',
              processes: world.processes,
            }
          : undefined,
    },
    machine,
    engine,
    owners,
    programs,
    anchor,
    domain: async () => world.domain,
    holders: async (ports) =>
      ports.flatMap((port) => {
        const stranger = world.strangers.get(port)
        const pid = world.holders.get(port)
        if (stranger !== undefined) return [{ port, pid: 4_711, program: stranger }]
        return pid === undefined ? [] : [{ port, pid, program: 'node' }]
      }),
    handshake: () => world.handshake(),
    tables: () => world.tables(),
    exposure: async () => world.exposure,
    forwarding: async () => world.forwarding,
    hasConntrack: () => world.hasConntrack,
    close: () => engine.close(),
  }

  return {
    subject,
    world,
    answers,
    home,
    paths,
    links,
    programs,
    anchor,
    engineSocket,
    /** The process ends, and what it answered at is there still. */
    async endEngine(): Promise<void> {
      engine.close()
      docker.closeAllConnections()
      await new Promise<void>((resolve) => {
        docker.close(() => resolve())
      })
    },
    async bury(): Promise<void> {
      engine.close()
      for (const server of servers) server.close()
      docker.closeAllConnections()
      await rm(home, { recursive: true, force: true })
    },
  }
}
export type Patient = Awaited<ReturnType<typeof createPatient>>

const NO_FACTS = {
  instance: INSTANCE,
  productPorts: [],
  proxyPorts: [],
  sshPorts: [],
  operators: [],
  resolvers: [],
  containerBridges: [],
  appBridges: [],
  addonBridges: [],
  buildBridge: null,
  building: null,
  neighbours: [],
  proxies: [],
  flowsAtMost: 262_144,
  ports: [],
  exceptions: [],
}

const NOTHING_EXPOSED: ExposureReport = {
  at: NOW.toISOString(),
  mode: 'observe',
  problem: null,
  addresses: ['203.0.113.10'],
  hasPublicAddress: true,
  others: [],
  ports: [],
  leftOff: 0,
  testedAt: null,
  testIsStale: false,
}
