import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { App, ChangeAppSettings, CreateApp, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { Deployment } from '@vastrox/shared/deployment.ts'
import { type ErrorCode, ERRORS, hintOf } from '@vastrox/shared/errors.ts'
import { ChangeJob, type ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { ChangeAppImage, DeployImage } from '@vastrox/shared/image-source.ts'
import { ChangeProcess, type ProcessLimits, Scale } from '@vastrox/shared/process.ts'
import { routeMatcher } from '@vastrox/shared/page-route.ts'
import type { AppSleep } from '@vastrox/shared/sleep.ts'
import { AddDeployKey, AddSshKey, type DeployKey, SshKey } from '@vastrox/shared/ssh-key.ts'
import { CreateToken, RotateToken } from '@vastrox/shared/token.ts'
import { ChangeLogSettings, LogSettingsView } from '@vastrox/shared/log.ts'
import { SignIn, SignInByLink } from '@vastrox/shared/user.ts'
import {
  auditEvents,
  deploymentOf,
  health,
  type MockApp,
  me,
  mockApps,
  nodes,
  sessions,
  SSH,
  sshKeys,
  tokens,
  VOLUMES,
  mockJobs,
} from './mock-data.ts'
import { APP_IMAGE, BUILD_PLAN, EJECTED, RELEASE_BUILD, STACKS, STARTERS } from './mock-builds.ts'
import { DIFFERENCE, FILES, TEXT, UPLOADS } from './mock-uploads.ts'
import { spoil } from './hostile-strings.ts'
import { mockAddons } from './mock-addons.ts'
import { mockTerminals } from './mock-terminals.ts'
import { mockBackups } from './mock-backups.ts'
import { mockDisk } from './mock-disk.ts'
import { EXPOSURE, HOST_CARE } from './mock-exposure.ts'
import { mockCertificates } from './mock-certificates.ts'
import { mockDomains } from './mock-domains.ts'
import { mockFirewall } from './mock-firewall.ts'
import { mockSignIn, SECOND_STEP } from './mock-sign-in.ts'
import { mockEnv } from './mock-env.ts'
import { teamHandlers } from './mock-team.ts'
import { mockLedger } from './mock-ledger.ts'
import { mockWebhooks } from './mock-webhooks.ts'
import { mockPorts } from './mock-ports.ts'
import { mockFirstRun } from './mock-first-run.ts'
import { mockRouting } from './mock-routing.ts'
import { mockTraffic } from './mock-traffic.ts'
import { mockUptime } from './mock-uptime.ts'
import { mockMetrics } from './mock-metrics.ts'
import { mockAlerts } from './mock-alerts.ts'
import { mockChannels } from './mock-channels.ts'
import { ConnectExternal } from '@vastrox/shared/external-source.ts'
import { ACCOUNTS, DELIVERIES, GIT_SOURCE, REMOTE_SOURCE, REPOSITORIES } from './mock-sources.ts'
import { searchPlatformLog } from './mock-platform-logs.ts'
import { BUILD_LINES, type BuildLine, linesBetween, searchLog } from './mock-logs.ts'

/*
 * A stand-in for the daemon, for work on the dashboard and for pictures of it: `node
 * test/mock-api.ts`, and `vite` beside it; or `vite build`, and this alone serves the result under
 * the content policy of the real one. MOCK_EMPTY=1 starts with no apps, MOCK_SIGNED_OUT=1 asks for
 * a sign-in, MOCK_NO_PASSWORD=1 has an owner without a password, MOCK_PROOF=1 asks who sits there
 * before a token is made, MOCK_SLOW_MS delays every reply, MOCK_HOSTILE=1 puts what an attacker would
 * write into every text of free form.
 */
const PORT = Number(process.env['PORT'] ?? '4180')
const DIST = process.env['MOCK_DIST'] ?? join(import.meta.dirname, '../dist')
const SLOW_MS = Number(process.env['MOCK_SLOW_MS'] ?? '0')
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

class MockError extends Error {
  readonly code: ErrorCode
  readonly details: object
  constructor(code: ErrorCode, details: object = {}) {
    super(code)
    this.code = code
    this.details = details
  }
}

const apps = process.env['MOCK_EMPTY'] ? new Map<string, MockApp>() : mockApps()
let signedIn = !process.env['MOCK_SIGNED_OUT']
let accessExpired = false
let hasPassword = !process.env['MOCK_NO_PASSWORD']
let trash: { name: string; destroyedAt: string }[] = [
  { name: 'old-shop', destroyedAt: new Date(Date.now() - 200_000_000).toISOString() },
]
let sessionList = sessions()
let keyList = sshKeys()
let tokenList = tokens()
let deployKeys: DeployKey[] = []
let eventId = 0
const listeners = new Set<ServerResponse>()

const textOf = (value: unknown): string =>
  JSON.stringify(value, process.env['MOCK_HOSTILE'] ? spoil : undefined)

const emit = (type: string, app: string | null): void => {
  eventId += 1
  const data = JSON.stringify({ id: eventId, type, app, subject: null })
  for (const listener of listeners) listener.write(`id: ${eventId}\ndata: ${data}\n\n`)
}

const find = (name: string): MockApp => {
  const entry = apps.get(name)
  if (!entry) throw new MockError('APP_NOT_FOUND')
  return entry
}

interface Context {
  params: string[]
  query: URLSearchParams
  body: unknown
  request: IncomingMessage
  response: ServerResponse
}
type Handler = (context: Context) => unknown
const page = (items: readonly unknown[], nextCursor: string | null = null) => ({
  items,
  nextCursor,
})
const at = (params: string[], index: number): string => params[index] ?? ''

/** Makes a deployment walk through its states, as the real one would. */
function deploy(entry: MockApp, given: Partial<Deployment>): Deployment {
  const number = (entry.deployments[0]?.number ?? 0) + 1
  const deployment = deploymentOf(entry.app.name, number, 0, {
    state: 'queued',
    actor: me.name,
    ...given,
  })
  entry.deployments.unshift(deployment)
  entry.app = { ...entry.app, state: 'deploying' }
  const walk = ['building', 'starting', 'checking', 'switching', 'watching', 'live'] as const
  walk.forEach((state, index) =>
    setTimeout(
      () => {
        if (deployment.state === 'cancelled') return
        deployment.state = state
        deployment.phases.push({ state, at: new Date().toISOString() })
        if (state === 'live') entry.app = { ...entry.app, state: 'running' }
        emit('deployment.changed', entry.app.name)
      },
      900 * (index + 1),
    ),
  )
  emit('deployment.changed', entry.app.name)
  return deployment
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  response.write('retry: 1000\n\n')
}

function sendText(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', etag: '"1"' })
  response.end(text)
}

const findDeployment = (entry: MockApp, number: string): Deployment => {
  const deployment = entry.deployments.find((item) => item.number === Number(number))
  if (!deployment) throw new MockError('DEPLOYMENT_NOT_FOUND')
  return deployment
}

const linesOf = ({ state, reason }: Deployment): BuildLine[] =>
  state === 'failed'
    ? [...BUILD_LINES.slice(0, 14), ['error', reason ?? ''], ['done', `=====> Failed: ${reason}`]]
    : BUILD_LINES

function followBuild({ params, request, response }: Context): void {
  const deployment = findDeployment(find(at(params, 0)), at(params, 1))
  const ended = ['live', 'failed', 'superseded', 'reverted', 'cancelled'].includes(deployment.state)
  const lines = linesOf(deployment)
  let seq = Number(request.headers['last-event-id'] ?? '0')
  openStream(response)
  const next = () => {
    const [kind, text] = lines[seq] ?? ['done', '=====> Live']
    seq += 1
    const line = { seq, at: new Date().toISOString(), kind, text }
    response.write(`id: ${seq}\ndata: ${textOf(line)}\n\n`)
    if (kind === 'done') response.end()
  }
  if (ended) while (!response.writableEnded) next()
  else {
    for (let i = seq; i < 7; i += 1) next()
    const timer = setInterval(next, 700)
    response.on('close', () => clearInterval(timer))
  }
}

function followApp({ query, request, response }: Context): void {
  openStream(response)
  let after: string | null =
    String(request.headers['last-event-id'] ?? query.get('after') ?? '') || null
  const write = () => {
    for (const line of linesBetween(after, query)) {
      after = line.id
      response.write(`id: ${line.id}\ndata: ${textOf(line)}\n\n`)
    }
  }
  write()
  const timer = setInterval(write, 600)
  response.on('close', () => clearInterval(timer))
}

function followEvents({ response }: Context): void {
  openStream(response)
  listeners.add(response)
  response.on('close', () => listeners.delete(response))
}

const sleepOf = ({ app }: MockApp): AppSleep => ({
  isAsleep: app.state === 'asleep',
  since: app.state === 'asleep' ? new Date(Date.now() - 7_200_000).toISOString() : null,
  afterMs: app.settings.sleepAfterMs,
  staysAwake: app.liveRelease === null ? 'nothing of it serves visitors' : null,
  lastDay: { asleepMs: 50_520_000, times: 3, freedBytes: 84 * 2 ** 20, slowestWakeMs: 410 },
})
function setAsleep(entry: MockApp, isAsleep: boolean): AppSleep {
  entry.app = { ...entry.app, state: isAsleep ? 'asleep' : 'running' }
  emit('app.changed', entry.app.name)
  return sleepOf(entry)
}

const PUBLIC = [
  'HEAD /ca.pem',
  'POST /sign-in',
  'POST /sign-in/link',
  'POST /invitations/look',
  'POST /invitations/accept',
  'POST /sign-in/second-step',
  'GET /sign-in/offers',
  'POST /sign-in/provider',
  'POST /sign-in/provider/finish',
  'POST /session/refresh',
  'GET /health',
]

const { handlers: signInHandlers, mustBeProven } = mockSignIn({
  fail: (code, details) => new MockError(code, details),
  onSignedIn: () => {
    signedIn = true
  },
})

const ROUTES: Record<string, Handler> = {
  'GET /health': () => health,
  'GET /me': () => ({ ...me, hasPassword }),
  'POST /sign-in': ({ body }) => {
    const { password } = SignIn.parse(body)
    if (password === 'wrong') throw new MockError('SIGN_IN_FAILED')
    if (password === 'and a code') throw new MockError('SECOND_STEP_NEEDED', SECOND_STEP)
    signedIn = true
    return { ...me, hasPassword }
  },
  'POST /sign-in/link': ({ body }) => {
    if (SignInByLink.parse(body).token === 'used') throw new MockError('SIGN_IN_LINK_INVALID')
    signedIn = true
    return { ...me, hasPassword }
  },
  ...signInHandlers,
  'POST /sign-out': () => {
    signedIn = false
  },
  'POST /session/refresh': () => {
    if (!signedIn) throw new MockError('NOT_SIGNED_IN')
    accessExpired = false
  },
  'GET /ssh': () => SSH,
  'GET /ssh-keys': () => page(keyList),
  'POST /ssh-keys': ({ body }) => {
    const { name, publicKey } = AddSshKey.parse(body)
    if (!publicKey.startsWith('ssh-')) throw new MockError('SSH_KEY_INVALID')
    const added = { ...sshKeys()[0], id: `key-${Date.now()}`, name: name ?? 'new key' }
    keyList = [SshKey.parse(added), ...keyList]
    emit('ssh-keys.changed', null)
    return added
  },
  'DELETE /ssh-keys/:': ({ params }) => {
    keyList = keyList.filter(({ id }) => id !== at(params, 0))
  },
  'GET /sessions': () => page(sessionList),
  'DELETE /sessions/:': ({ params }) => {
    sessionList = sessionList.filter(({ id }) => id !== at(params, 0))
  },
  'PUT /password': () => {
    hasPassword = true
  },
  'GET /apps': () => page([...apps.values()].map(({ app }) => app)),
  'POST /apps': ({ body }) => {
    const { name, starter } = CreateApp.parse(body)
    if (apps.has(name)) throw new MockError('APP_NAME_TAKEN')
    const app = App.parse({
      id: `id-${name}`,
      name,
      stack: null,
      state: 'never-deployed',
      urls: [`https://${name}.203-0-113-7.sslip.io`],
      gitUrl: `https://203.0.113.7:8443/git/${name}.git`,
      gitSshUrl: `ssh://git@203.0.113.7:2222/${name}.git`,
      liveRelease: null,
      lastDeployment: null,
      settings: DEFAULT_APP_SETTINGS,
      createdAt: new Date().toISOString(),
    })
    apps.set(name, { app, deployments: [], releases: [], env: new Map(), processes: [] })
    emit('app.created', name)
    if (starter !== undefined) deploy(find(name), { trigger: 'push' })
    return app
  },
  'GET /starters': () => page(STARTERS),
  'GET /apps/:/sources': ({ params }) => ({
    image: find(at(params, 0)).app.name === 'shop' ? APP_IMAGE : null,
  }),
  'PATCH /apps/:/sources/image': ({ body }) => ({
    image: { ...APP_IMAGE, ...ChangeAppImage.parse(body) },
  }),
  'POST /apps/:/sources/image': ({ params, body }) => {
    if (DeployImage.parse(body).reference.includes('gone')) throw new MockError('IMAGE_NOT_FOUND')
    return deploy(find(at(params, 0)), { trigger: 'image', commit: null })
  },
  'GET /apps/:': ({ params }) => find(at(params, 0)).app,
  'PATCH /apps/:': ({ params, body }) => {
    const entry = find(at(params, 0))
    const changes = ChangeAppSettings.parse(body)
    const build = { ...entry.app.settings.build, ...changes.build }
    const settings = { ...entry.app.settings, ...changes, build }
    entry.app = App.parse({ ...entry.app, settings })
    return { ...entry.app, needsRedeploy: ['memoryBytes'] }
  },
  'DELETE /apps/:': ({ params }) => {
    apps.delete(at(params, 0))
    trash = [{ name: at(params, 0), destroyedAt: new Date().toISOString() }, ...trash]
    emit('app.destroyed', at(params, 0))
  },
  'GET /destroyed-apps': () => page(trash),
  'POST /destroyed-apps/:/restore': ({ params }) => {
    trash = trash.filter(({ name }) => name !== at(params, 0))
    const [entry] = mockApps().values()
    if (entry) apps.set(at(params, 0), { ...entry, app: { ...entry.app, name: at(params, 0) } })
    emit('app.created', at(params, 0))
    return find(at(params, 0)).app
  },
  'POST /apps/:/restart': ({ params }) =>
    deploy(find(at(params, 0)), { trigger: 'restart', commit: null }),
  'POST /apps/:/stop': ({ params }) => {
    const entry = find(at(params, 0))
    entry.app = { ...entry.app, state: 'stopped' }
    emit('app.changed', entry.app.name)
  },
  'GET /apps/:/sleep': ({ params }) => sleepOf(find(at(params, 0))),
  'POST /apps/:/sleep': ({ params }) => setAsleep(find(at(params, 0)), true),
  'POST /apps/:/wake': ({ params }) => setAsleep(find(at(params, 0)), false),
  'POST /apps/:/start': ({ params }) =>
    deploy(find(at(params, 0)), { trigger: 'start', commit: null }),
  ...mockEnv({
    find: (name) => find(name),
    deploy: (entry) => deploy(entry, { trigger: 'env', commit: null }),
    emit: (...told) => emit(...told),
  }),
  'GET /apps/:/deployments': ({ params, query }) => {
    const { deployments } = find(at(params, 0))
    const from = Number(query.get('cursor') ?? '0')
    const to = from + Number(query.get('limit') ?? '50')
    return page(deployments.slice(from, to), to < deployments.length ? String(to) : null)
  },
  'POST /apps/:/deployments': ({ params }) =>
    deploy(find(at(params, 0)), { trigger: 'redeploy', commit: null }),
  'GET /apps/:/deployments/:': ({ params }) => findDeployment(find(at(params, 0)), at(params, 1)),
  'GET /apps/:/deployments/:/log': ({ params, query }) =>
    page(
      linesOf(findDeployment(find(at(params, 0)), at(params, 1)))
        .map(([kind, text], index) => ({
          seq: index + 1,
          at: new Date().toISOString(),
          kind,
          text,
        }))
        .slice(Number(query.get('after') ?? '0')),
    ),
  'GET /apps/:/deployments/:/log/stream': followBuild,
  'POST /apps/:/deployments/:/cancel': ({ params }) => {
    const deployment = findDeployment(find(at(params, 0)), at(params, 1))
    deployment.state = 'cancelled'
    deployment.reason = 'Cancelled by anna.'
    emit('deployment.changed', at(params, 0))
    return deployment
  },
  'GET /stacks': () => page(STACKS),
  'GET /apps/:/build-plan': ({ params }) => {
    const { app } = find(at(params, 0))
    if (app.liveRelease === null) throw new MockError('APP_NOT_DEPLOYED')
    return BUILD_PLAN
  },
  'GET /apps/:/releases/:/build': () => RELEASE_BUILD,
  'GET /apps/:/releases/:/dockerfile': () => EJECTED,
  'GET /config': ({ query, response }) =>
    sendText(response, `vastrox: 1\napps:\n  ${query.get('app') ?? 'blog'}: {}\n`),
  'GET /apps/:/releases': ({ params }) => page(find(at(params, 0)).releases),
  'POST /apps/:/releases/:/roll-back': ({ params }) =>
    deploy(find(at(params, 0)), {
      trigger: 'roll-back',
      commit: null,
      release: Number(at(params, 1)),
    }),
  'GET /apps/:/sources/git': ({ params }) => ({
    source: ['shop', 'blog'].includes(at(params, 0)) ? GIT_SOURCE : null,
  }),
  'GET /apps/:/sources/git/deliveries': ({ params }) =>
    page(at(params, 0) === 'shop' ? DELIVERIES : []),
  'POST /apps/:/sources/git/fetch': () => ({
    outcome: 'nothing',
    reason: 'main is at 914d3e2: that was taken up already.',
    deployment: null,
    commit: GIT_SOURCE.commit,
  }),
  'POST /apps/:/sources/git/deliveries/:/redeliver': ({ params }) =>
    DELIVERIES.find(({ id }) => id === at(params, 1)),
  'PUT /apps/:/sources/git': ({ body }) => ({
    source: { ...GIT_SOURCE, url: ConnectExternal.parse(body).url },
    webhookSecret: '23900ab55993e44c26198da4490bcbbc0208329e5265c8a7a834a2cadfcfdff1',
  }),
  'GET /apps/:/sources/sftp': ({ params }) => ({
    source: at(params, 0) === 'shop' ? REMOTE_SOURCE : null,
  }),
  'GET /git-accounts': () => page(ACCOUNTS),
  'GET /git-accounts/:/repositories': () => page(REPOSITORIES),
  'GET /git-accounts/:/branches': () => page(['main', 'dev']),
  'GET /apps/:/sources/uploads': () => UPLOADS,
  'GET /apps/:/sources/files': () => FILES,
  'GET /apps/:/sources/difference': () => DIFFERENCE,
  'GET /apps/:/sources/files/content': ({ response }) => sendText(response, TEXT),
  'GET /apps/:/releases/:/source-file': ({ response }) => sendText(response, TEXT),
  'GET /apps/:/volumes': ({ params }) =>
    page(find(at(params, 0)).app.liveRelease === null ? [] : VOLUMES),
  ...mockAddons((code) => new MockError(code)),
  ...mockTerminals(),
  ...mockBackups((code) => new MockError(code)),
  ...mockDisk,
  ...mockLedger,
  ...mockDomains,
  ...mockRouting,
  ...mockFirstRun(() => hasPassword),
  ...mockPorts,
  'GET /destroyed-volumes': () =>
    page([
      {
        id: 'volume0000destroyed',
        app: 'shop',
        name: 'cache',
        sizeBytes: 4_096,
        destroyedAt: '2026-11-20T12:00:00.000Z',
        purgeableAt: '2026-11-27T12:00:00.000Z',
        isPurging: false,
      },
    ]),
  'GET /apps/:/processes': ({ params }) => page(find(at(params, 0)).processes),
  'PATCH /apps/:/processes': ({ params, body }) => {
    const entry = find(at(params, 0))
    const scale = Scale.parse(body)
    entry.processes = entry.processes.map((process) => ({
      ...process,
      scale: scale[process.name] ?? process.scale,
    }))
    return deploy(entry, { trigger: 'scale', commit: null })
  },
  'PATCH /apps/:/processes/:': ({ params, body }) => {
    const entry = find(at(params, 0))
    const change = ChangeProcess.parse(body)
    const process = entry.processes.find(({ name }) => name === at(params, 1))
    if (!process) throw new MockError('PROCESS_NOT_FOUND')
    const set = (limit: keyof ProcessLimits, value: number | null | undefined): void => {
      if (typeof value === 'number') {
        process.ownLimits[limit] = value
        process.limits[limit] = value
      }
      if (value === null) delete process.ownLimits[limit]
    }
    set('memoryBytes', change.memoryBytes)
    set('cpuMillis', change.cpuMillis)
    set('stopGraceMs', change.stopGraceMs)
    process.needsRestart = change.restart !== true
    const { name, scale, limits, ownLimits, needsRestart } = process
    const deployment =
      change.restart === true ? deploy(entry, { trigger: 'restart', commit: null }) : null
    return { name, scale, limits, ownLimits, needsRestart, deployment }
  },
  'GET /apps/:/jobs': ({ params }) => page(jobsOf(at(params, 0))),
  'PATCH /apps/:/jobs/:': ({ params, body }) => {
    const job = findJob(at(params, 0), at(params, 1))
    job.enabled = ChangeJob.parse(body).enabled ?? job.enabled
    job.nextRunAt = job.enabled ? new Date(Date.now() + 3_600_000).toISOString() : null
    return job
  },
  'POST /apps/:/jobs/:/run': ({ params }) => {
    const { lastRun } = findJob(at(params, 0), at(params, 1))
    return { ...lastRun, number: 99, state: 'running', endedAt: null, exitCode: null }
  },
  'GET /apps/:/jobs/:/runs': ({ params }) =>
    page([findJob(at(params, 0), at(params, 1)).lastRun].filter((run) => run !== null)),
  'GET /apps/:/runs/:/log': () =>
    page(
      ['removing carts older than 30 days', 'Error: relation "carts" does not exist'].map(
        (text, index) => ({
          seq: index + 1,
          at: new Date().toISOString(),
          kind: 'output',
          text,
        }),
      ),
    ),
  'GET /apps/:/logs/stream': followApp,
  'GET /apps/:/logs/settings': () => logSettings,
  'PATCH /apps/:/logs/settings': ({ body }) => keepLogs(body),
  'GET /addons/:/logs/settings': () => logSettings,
  'PATCH /addons/:/logs/settings': ({ body }) => keepLogs(body),
  'GET /apps/:/logs/search': ({ query }) => searchLog(query),
  'GET /platform/logs/search': ({ query }) => searchPlatformLog(query),
  'GET /platform/logs/stream': ({ response }) => openStream(response),
  'GET /events': followEvents,
  'HEAD /ca.pem': () => undefined,
  'GET /nodes': () => page(nodes),
  'GET /exposure': () => EXPOSURE,
  'POST /exposure/test': () => EXPOSURE,
  'GET /host-care': () => HOST_CARE,
  ...mockFirewall((code) => new MockError(code)),
  ...mockWebhooks,
  ...teamHandlers,
  ...mockCertificates((code) => new MockError(code)),
  ...mockTraffic,
  ...mockMetrics,
  ...mockUptime((code) => new MockError(code)),
  ...mockAlerts((code) => new MockError(code), Boolean(process.env['MOCK_EMPTY'])),
  ...mockChannels,
  'GET /tokens': () => page(tokenList),
  'POST /tokens': ({ body }) => {
    mustBeProven()
    const input = CreateToken.parse(body)
    const token = {
      id: `t${tokenList.length + 1}`,
      name: input.name,
      kind: input.kind,
      hint: 'vxt_deploy_…77aa',
      user: me.name,
      permissions: input.permissions ?? me.permissions,
      apps: input.apps ?? null,
      networks: input.networks ?? null,
      createdAt: new Date().toISOString(),
      expiresAt: null,
      lastUsedAt: null,
      lastUsedAddress: null,
      rotatedAt: null,
      previousUntil: null,
    }
    tokenList = [token, ...tokenList]
    return { ...token, token: 'vxt_deploy_EXAMPLE0123456789abcdefghijklmn77aa' }
  },
  'POST /tokens/:/rotate': ({ params, body }) => {
    const { graceHours } = RotateToken.parse(body)
    const token = tokenList.find(({ id }) => id === at(params, 0))
    if (!token) throw new MockError('TOKEN_NOT_FOUND')
    const now = Date.now()
    token.rotatedAt = new Date(now).toISOString()
    token.previousUntil = new Date(now + graceHours * 3_600_000).toISOString()
    return { ...token, token: 'vxt_deploy_EXAMPLEROTATED56789abcdefghijk99zz' }
  },
  'DELETE /tokens/:': ({ params }) => {
    tokenList = tokenList.filter(({ id }) => id !== at(params, 0))
  },
  'GET /apps/:/deploy-keys': () => page(deployKeys),
  'POST /apps/:/deploy-keys': ({ params, body }) => {
    const wish = AddDeployKey.parse(body)
    const key: DeployKey = {
      id: `deploy-key-${deployKeys.length + 1}`,
      name: wish.name ?? 'ci',
      app: at(params, 0),
      access: wish.access,
      type: 'ssh-ed25519',
      fingerprint: 'SHA256:ubeB6PZ61La2PHYcvECTrRkl5UqjzECvHo76LtJ3u0Y',
      createdAt: new Date().toISOString(),
      expiresAt: null,
      lastUsedAt: null,
      lastUsedAddress: null,
    }
    deployKeys = [key, ...deployKeys]
    return key
  },
  'DELETE /apps/:/deploy-keys/:': ({ params }) => {
    deployKeys = deployKeys.filter(({ id }) => id !== at(params, 1))
  },
  'GET /audit-events/verification': () => ({
    intact: true,
    events: auditEvents.length,
    findings: [],
    anchors: { count: 0, last: null },
    verifiedAt: new Date().toISOString(),
    durationMs: 12,
  }),
  'GET /audit-events': ({ query }) => {
    const from = Number(query.get('cursor') ?? '0')
    const to = from + 50
    const actor = query.get('actor') ?? ''
    const found = auditEvents.filter((event) => event.actor.includes(actor))
    return page(found.slice(from, to), to < found.length ? String(to) : null)
  },
  // For tests of the dashboard: what happens to a page in use.
  'POST /mock/expire': () => {
    accessExpired = true
  },
}

function keepLogs(body: unknown): LogSettingsView {
  logSettings = LogSettingsView.parse({ ...logSettings, ...ChangeLogSettings.parse(body) })
  return logSettings
}
let logSettings: LogSettingsView = {
  keepDays: 30,
  keepBytes: 100 * 2 ** 20,
  linesPerSecond: 10_000,
  usedBytes: 3_400_000,
  lineBytes: 48_000_000,
  oldestAt: new Date(Date.now() - 12 * 86_400_000).toISOString(),
  droppedLines: 1_204,
}

/** One app has jobs, the others have none. */
function jobsOf(app: string): ScheduledJob[] {
  return app === 'shop' ? mockJobs : []
}

function findJob(app: string, name: string): ScheduledJob {
  const job = jobsOf(app).find((each) => each.name === name)
  if (!job) throw new MockError('JOB_NOT_FOUND')
  return job
}

const PATTERNS = Object.entries(ROUTES).map(([key, handler]) => ({
  key,
  handler,
  pattern: new RegExp(`^${key.replaceAll(':', '([^/]+)')}$`),
}))

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://mock')
  const accepted = request.headers['accept-encoding'] ?? ''
  if (!url.pathname.startsWith('/api/v1')) return serveFile(url, accepted, response)
  setTimeout(() => void answer(request, response, url), SLOW_MS)
})

async function answer(request: IncomingMessage, response: ServerResponse, url: URL) {
  try {
    const path = decodeURIComponent(url.pathname.slice('/api/v1'.length))
    const line = `${request.method} ${path}`
    const found = PATTERNS.find(({ pattern }) => pattern.test(line))
    if (!found) throw new MockError('ROUTE_NOT_FOUND')
    if (!PUBLIC.includes(found.key) && (!signedIn || accessExpired)) {
      throw new MockError('NOT_SIGNED_IN')
    }
    const params = found.pattern.exec(line)?.slice(1) ?? []
    const body = await readBody(request)
    const reply = found.handler({ params, query: url.searchParams, body, request, response })
    if (response.headersSent) return
    response.writeHead(reply === undefined ? 204 : 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    })
    response.end(reply === undefined ? undefined : textOf(reply))
  } catch (error) {
    const code = error instanceof MockError ? error.code : 'REQUEST_INVALID'
    const { status, message } = ERRORS[code]
    const hint = hintOf(code)
    const details = error instanceof MockError ? error.details : {}
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ error: { code, message, ...(hint && { hint }), details } }))
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString()
  const isJson = request.headers['content-type']?.startsWith('application/json') === true
  return isJson && text !== '' ? JSON.parse(text) : undefined
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** Compressed where the build has it so and the browser takes it, as the daemon serves it. */
const PACKED = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
]

/** The page of a route, as the daemon chooses it. */
function pageFile(pathname: string): string {
  const table = join(DIST, 'pages/table.json')
  if (!existsSync(table)) return join(DIST, 'index.html')
  const files: Record<string, string> = JSON.parse(readFileSync(table, 'utf8'))
  const route = routeMatcher(Object.keys(files))(pathname)
  return route === undefined ? join(DIST, 'index.html') : join(DIST, 'pages', files[route] ?? '')
}

function serveFile({ pathname }: URL, accepted: string, response: ServerResponse): void {
  const wanted = join(DIST, normalize(pathname))
  const isFile = wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile()
  const file = isFile ? wanted : pageFile(pathname)
  const packed = PACKED.find(
    ({ encoding, ending }) => accepted.includes(encoding) && existsSync(file + ending),
  )
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
    'x-content-type-options': 'nosniff',
    ...(packed && { 'content-encoding': packed.encoding }),
  })
  createReadStream(file + (packed?.ending ?? '')).pipe(response)
}

server.listen(PORT, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : PORT
  console.log(`http://127.0.0.1:${port}`)
})
