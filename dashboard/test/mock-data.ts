import type { Volume } from '@vastrox/shared/volume.ts'
import { createHash } from 'node:crypto'
import { App, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { AuditEvent } from '@vastrox/shared/audit-event.ts'
import { Deployment, type DeploymentState } from '@vastrox/shared/deployment.ts'
import type { EnvVariable } from '@vastrox/shared/env.ts'
import { Node } from '@vastrox/shared/node.ts'
import { ROLE_PERMISSIONS } from '@vastrox/shared/permissions.ts'
import { Process } from '@vastrox/shared/process.ts'
import { ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { Release } from '@vastrox/shared/release.ts'
import type { SshAccess, SshKey } from '@vastrox/shared/ssh-key.ts'
import { ApiToken } from '@vastrox/shared/token.ts'
import { Me, Session } from '@vastrox/shared/user.ts'

/** A made-up platform for working on the dashboard; every object is checked by its schema. */
const NOW = Date.now()
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString()
const sha = (text: string): string => createHash('sha1').update(text).digest('hex')

/** What a variable is unless said otherwise. */
const PLAIN = { phase: 'runtime', neverReveal: false, isReference: false } as const

export interface MockApp {
  app: App
  deployments: Deployment[]
  releases: Release[]
  env: Map<
    string,
    Pick<EnvVariable, 'value' | 'changedAt' | 'phase' | 'neverReveal' | 'isReference'>
  >
  processes: Process[]
}

const COMMITS = [
  'Show the cart total before shipping',
  'Cache the product list for a minute',
  'Fix the price of bundles',
  'Read the session secret from env',
  'Upgrade express to 5',
  'Add a health endpoint',
  'First commit',
]

const commitOf = (app: string, index: number) => ({
  sha: sha(`${app}${index}`),
  branch: 'main',
  subject: COMMITS[index % COMMITS.length] ?? '',
  author: index % 3 === 0 ? 'Anna Berg' : 'Tom Ilves',
})

const PHASES: DeploymentState[] = [
  'queued',
  'building',
  'releasing',
  'starting',
  'checking',
  'switching',
  'watching',
  'live',
]
/** How many phases one that ended badly went through. */
const BROKEN_AFTER: Partial<Record<DeploymentState, number>> = { failed: 5, reverted: 7 }
const SECONDS = [0.1, 6.4, 0.2, 0.4, 1.3, 0.1, 60]

export function deploymentOf(
  app: string,
  number: number,
  minutesAgo: number,
  given: Partial<Deployment> = {},
): Deployment {
  const state = given.state ?? 'live'
  const last = PHASES.indexOf(state === 'superseded' ? 'live' : state)
  const passed =
    last === -1 ? [...PHASES.slice(0, BROKEN_AFTER[state] ?? 2), state] : PHASES.slice(0, last + 1)
  const start = NOW - minutesAgo * 60_000
  let ms = 0
  const phases = passed.map((phase, index) => {
    const entered = new Date(start + ms).toISOString()
    ms += (SECONDS[index] ?? 0) * 1_000
    return { state: phase, at: entered }
  })
  return Deployment.parse({
    id: sha(`${app}-d${number}`).slice(0, 12),
    app,
    number,
    state,
    trigger: 'push',
    actor: 'token deploy laptop',
    commit: commitOf(app, 20 - number),
    release: state === 'failed' || state === 'building' ? null : number,
    previousRelease: number > 1 ? number - 1 : null,
    reason: null,
    hint: null,
    phases,
    createdAt: phases[0]?.at,
    changedAt: phases.at(-1)?.at,
    ...given,
  })
}

export function releaseOf(app: string, number: number, minutesAgo: number, live = false): Release {
  return Release.parse({
    number,
    live,
    canRollBack: number > 2,
    image: null,
    stack: 'node',
    imageId: `sha256:${sha(`${app}${number}`)}`,
    imageSizeBytes: 91_000_000 + number * 400_000,
    commit: commitOf(app, 20 - number),
    description: number % 4 === 0 ? 'env: set API_KEY, unset DEBUG' : 'push of main',
    envKeys: ['API_KEY', 'DATABASE_URL', 'SESSION_SECRET'],
    processes: { web: 'node server.js', worker: 'node worker.js' },
    createdAt: at(minutesAgo),
  })
}

const LIMITS = { memoryBytes: 512 * 2 ** 20, cpuMillis: 0, stopGraceMs: 10_000 }
const OF_APP = { limits: LIMITS, ownLimits: {}, needsRestart: false }

const instanceOf = (
  app: string,
  process: string,
  ordinal: number,
  release: number,
  given: object = {},
) => ({
  id: sha(`${app}${process}${ordinal}`).slice(0, 12),
  process,
  ordinal,
  release,
  node: 'main',
  state: 'running',
  address: `10.128.${app.length}.${10 + ordinal}`,
  port: process === 'web' ? 3000 : null,
  restarts: 0,
  exitCode: null,
  memoryBytes: 62_000_000 + ordinal * 9_000_000 + app.length * 2_000_000,
  cpuPercent: process === 'web' ? 2.4 + ordinal : 0.3,
  startedAt: at(64),
  limits: LIMITS,
  lastCrash: null,
  nextTryAt: null,
  ...given,
})

interface Given {
  state: App['state']
  live: number | null
  url?: string
  deployments?: Deployment[]
  web?: number
  instance?: object
}

function mockApp(
  name: string,
  { state, live, web = 1, deployments, instance = {} }: Given,
): MockApp {
  const list =
    deployments ??
    (live === null
      ? []
      : Array.from({ length: live }, (_, i) =>
          deploymentOf(name, live - i, 64 + i * 700, {
            state: i === 0 ? 'live' : 'superseded',
            ...(i === 2 && { trigger: 'env', commit: null, actor: 'anna' }),
          }),
        ))
  const [last] = list
  return {
    app: App.parse({
      id: sha(name).slice(0, 12),
      name,
      stack: live === null ? null : 'node',
      state,
      urls: [`https://${name}.203-0-113-7.sslip.io`, `http://${name}.203-0-113-7.sslip.io`],
      gitUrl: `https://203.0.113.7:8443/git/${name}.git`,
      gitSshUrl: `ssh://git@203.0.113.7:2222/${name}.git`,
      liveRelease: live,
      lastDeployment: last
        ? {
            number: last.number,
            state: last.state,
            title: last.commit?.subject ?? last.trigger,
            at: last.createdAt,
          }
        : null,
      settings: { ...DEFAULT_APP_SETTINGS, healthPath: name === 'shop' ? '/healthz' : null },
      createdAt: at(60 * 24 * 20),
    }),
    deployments: list,
    releases:
      live === null
        ? []
        : Array.from({ length: live }, (_, i) => releaseOf(name, live - i, 64 + i * 700, i === 0)),
    env: new Map(
      live === null
        ? []
        : [
            ['API_KEY', { value: 'sk-example-2f81c0', changedAt: at(700), ...PLAIN }],
            [
              'DATABASE_URL',
              { value: 'postgres://shop@10.128.0.4/shop', changedAt: at(9_000), ...PLAIN },
            ],
            ['FEATURES', { value: '{"cart":true,"beta":false}', changedAt: at(20_000), ...PLAIN }],
            ['SESSION_SECRET', { value: 'line one\nline two', changedAt: at(28_000), ...PLAIN }],
          ],
    ),
    processes:
      live === null
        ? []
        : [
            Process.parse({
              name: 'web',
              command: 'node server.js',
              scale: web,
              ...OF_APP,
              instances: Array.from({ length: web }, (_, i) =>
                instanceOf(name, 'web', i + 1, live, instance),
              ),
            }),
            Process.parse({
              name: 'worker',
              command: 'node worker.js --queue "mail, images"',
              scale: name === 'shop' ? 1 : 0,
              ...OF_APP,
              instances: name === 'shop' ? [instanceOf(name, 'worker', 1, live)] : [],
            }),
          ],
  }
}

export const mockApps = (): Map<string, MockApp> =>
  new Map(
    [
      mockApp('hello', { state: 'running', live: 1 }),
      mockApp('shop', {
        state: 'deploying',
        live: 12,
        web: 2,
        deployments: [
          deploymentOf('shop', 14, 0.2, { state: 'building', previousRelease: 12 }),
          deploymentOf('shop', 13, 55, {
            state: 'failed',
            reason: 'Nothing listens on port 3000 after 60 s.',
            hint: 'Listen on the port in the PORT variable; the release before it is still live.',
          }),
          ...Array.from({ length: 11 }, (_, i) =>
            deploymentOf('shop', 12 - i, 64 + i * 700, {
              state: i === 0 ? 'live' : 'superseded',
              ...(i === 2 && {
                trigger: 'env' as const,
                commit: null,
                actor: 'anna',
              }),
              ...(i === 4 && {
                trigger: 'roll-back' as const,
                state: 'reverted' as const,
                reason: 'Four times as many errors as release v8; it was put back.',
              }),
            }),
          ),
        ],
      }),
      mockApp('blog', { state: 'running', live: 6 }),
      mockApp('mail-hook', {
        state: 'crashed',
        live: 3,
        instance: {
          state: 'crash-looping',
          restarts: 4,
          exitCode: null,
          memoryBytes: null,
          cpuPercent: null,
          startedAt: null,
          nextTryAt: at(-2),
          lastCrash: {
            number: 3,
            signal: null,
            explanation:
              'Nothing answers at 10.128.0.4 port 5432 (PostgreSQL). Look whether the server runs and lets this app in.',
            at: at(1),
            process: 'web',
            ordinal: 1,
            release: 3,
            exitCode: 1,
            oomKilled: false,
            memoryBytes: 512 * 2 ** 20,
            lines: [
              'connecting to 10.128.0.4:5432',
              'Error: connect ECONNREFUSED 10.128.0.4:5432',
              '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)',
            ],
          },
        },
      }),
      mockApp('status-page', { state: 'stopped', live: 2, web: 0 }),
      mockApp('new-idea', { state: 'never-deployed', live: null }),
    ].map((entry) => [entry.app.name, entry]),
  )

export const me: Me = Me.parse({
  kind: 'user',
  name: 'anna',
  role: 'owner',
  permissions: ROLE_PERMISSIONS.owner,
  grants: {},
  team: { id: 'team1', name: 'default' },
  teams: [
    { id: 'team1', name: 'default', role: 'owner' },
    { id: 'team2', name: 'agency', role: 'developer' },
  ],
  hasPassword: true,
  needsSecondFactor: false,
})

export const nodes: Node[] = [
  Node.parse({
    name: 'main',
    reachable: true,
    engineVersion: '26.1.5',
    cpus: 2,
    memoryBytes: 4_100_000_000,
    memoryAvailableBytes: 2_480_000_000,
    diskBytes: 79_000_000_000,
    diskAvailableBytes: 51_300_000_000,
    disks: [
      {
        holds: 'data',
        bytes: 79_000_000_000,
        availableBytes: 51_300_000_000,
        floorBytes: 2_147_483_648,
        inodes: 5_000_000,
        availableInodes: 4_400_000,
        floorInodes: 250_000,
      },
    ],
    loadAverage: 0.34,
  }),
]

export const health = {
  status: 'ok',
  version: '0.1.0',
  parts: { database: 'ok', agent: 'ok', engine: 'ok', proxy: 'ok' },
}

export const SSH: SshAccess = {
  host: '203.0.113.7',
  port: 2222,
  hostKeys: [
    {
      type: 'ssh-ed25519',
      fingerprint: 'SHA256:Vl7dU+MJk72bixNmaSjtNCheWlQSKeBB1tnab/1y3c4',
      publicKey: 'ssh-ed25519 AAAA',
    },
    {
      type: 'ssh-rsa',
      fingerprint: 'SHA256:2kngjLiylpVjBCcZdzjiM6m/jR+A648yh8xdbiQtB7Q',
      publicKey: 'ssh-rsa AAAA',
    },
  ],
  connections: { open: 1, git: 0, console: 1, sftp: 0 },
}

export const sshKeys = (): SshKey[] => [
  {
    id: 'key-1',
    name: 'anna@laptop',
    user: me.name,
    type: 'ssh-ed25519',
    fingerprint: 'SHA256:GC45n6a6gng4OQZneYrFAYHOdguLDfo2P+uLl58nwZc',
    createdAt: at(57_600),
    expiresAt: null,
    lastUsedAt: at(60),
    lastUsedAddress: '203.0.113.80',
  },
]

export const sessions = (): Session[] =>
  [
    {
      id: 's1',
      current: true,
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36',
      address: '203.0.113.80',
      createdAt: at(90),
      lastUsedAt: at(0),
      expiresAt: at(-9_000),
    },
    {
      id: 's2',
      current: false,
      userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1',
      address: '198.51.100.23',
      createdAt: at(4_000),
      lastUsedAt: at(300),
      expiresAt: at(-5_000),
    },
  ].map((session) => Session.parse(session))

export const tokens = (): ApiToken[] =>
  [
    {
      id: 't1',
      name: 'deploy laptop',
      kind: 'deploy',
      hint: 'vxt_deploy_…9f2c',
      user: me.name,
      permissions: ['app.read', 'app.deploy'],
      apps: ['shop'],
      networks: null,
      lastUsedAddress: '198.51.100.23',
      rotatedAt: null,
      previousUntil: null,
      createdAt: at(20_000),
      expiresAt: at(-80_000),
      lastUsedAt: at(2),
    },
    {
      id: 't2',
      name: 'ci',
      kind: 'api',
      hint: 'vxt_api_…11b0',
      user: me.name,
      networks: ['203.0.113.0/24'],
      lastUsedAddress: null,
      rotatedAt: null,
      previousUntil: null,
      permissions: ['app.read', 'app.deploy', 'logs.read'],
      apps: null,
      createdAt: at(50_000),
      expiresAt: null,
      lastUsedAt: null,
    },
  ].map((token) => ApiToken.parse(token))

const ACTIONS = [
  ['anna', 'env.reveal', 'shop API_KEY', 'ok'],
  ['token deploy laptop', 'deployment.request', 'shop #14', 'ok'],
  ['anna', 'app.create', 'new-idea', 'ok'],
  ['token ci', 'app.destroy', 'shop', 'denied'],
  ['anna', 'session.sign-in', 'anna', 'ok'],
  ['nobody', 'session.sign-in', 'root', 'failed'],
] as const

export const auditEvents: AuditEvent[] = Array.from({ length: 90 }, (_, i) => {
  const [actor, action, target, result] = ACTIONS[i % ACTIONS.length] ?? ACTIONS[0]
  return AuditEvent.parse({
    id: 900 - i,
    at: at(i * 37),
    actor,
    action,
    target,
    result,
    actorId: `user-${actor}`,
    address: i % 4 === 3 ? null : '203.0.113.80',
    via: i % 4 === 3 ? null : 'session 01JTESTSESSION',
    details: i % 6 === 3 ? { permission: 'app.destroy' } : {},
  })
})

/** One of each kind. */
export const VOLUMES: Volume[] = [
  {
    name: 'database',
    mountPath: '/data',
    processes: ['web'],
    exclusive: true,
    sizeBytes: 12_582_912,
    createdAt: '2026-11-01T12:00:00.000Z',
  },
  {
    name: 'uploads',
    mountPath: '/srv/app/storage/uploads',
    processes: null,
    exclusive: false,
    sizeBytes: null,
    createdAt: '2026-11-02T12:00:00.000Z',
  },
]

export const mockJobs: ScheduledJob[] = (['clean-carts', 'send-mail'] as const).map((name, i) =>
  ScheduledJob.parse({
    id: `job${i}`,
    name,
    origin: i === 0 ? 'user' : 'source',
    schedule: i === 0 ? '30 2 * * *' : '*/15 * * * *',
    timeZone: 'Europe/Berlin',
    command: i === 0 ? 'node jobs/clean-carts.js --older-than 30d' : 'node jobs/mail.js',
    overlap: 'skip',
    timeoutMs: 3_600_000,
    memoryBytes: null,
    runLate: false,
    enabled: true,
    nextRunAt: at(-40),
    running: 0,
    lastRun: {
      id: `run${i}`,
      number: 40 + i,
      kind: 'job',
      state: i === 0 ? 'failed' : 'succeeded',
      command: name,
      release: 9,
      jobId: `job${i}`,
      deployment: null,
      exitCode: i === 0 ? 1 : 0,
      oomKilled: false,
      reason: null,
      actor: 'schedule',
      dueAt: at(20),
      startedAt: at(20),
      endedAt: at(19),
    },
    createdAt: at(9_000),
  }),
)
