import { Readable } from 'node:stream'
import type { Actor } from '@vastrox/shared/actor.ts'
import { type AppSettings, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import { buildContext } from '#adapters/system/build-context.ts'
import { createEventStream } from '#adapters/system/event-stream.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { addons as catalogOfAddons } from '#catalog/addons/index.ts'
import type { ReadMetrics } from '#core/crashes/curve-before.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createDeclaredEnv } from '#core/env/declared-env.ts'
import { createEnvDeployments } from '#core/env/env-deployments.ts'
import type { Told } from '#core/outgoing-webhooks/told.ts'
import { createInstanceHints } from '#core/processes/instance-hints.ts'
import { type AppRecord, createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { transactionOf } from '#store/database.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createEnvStore } from '#store/env-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { createFakeNode } from '#test/fakes/agent.ts'
import { createFakeClock } from '#test/fakes/clock.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { createFakeRemoteFiles } from '#test/fakes/remote-files.ts'
import { createFakeExternalGit } from '#test/fakes/external-git.ts'
import { createFakeProxy } from '#test/fakes/proxy.ts'
import {
  commitOf,
  createFakeSourceArchive,
  createFakeSourceControl,
  tarOf,
} from '#test/fakes/sources.ts'
import { fakeStack } from '#test/fakes/stack.ts'
import { sshKeyMaker } from '#adapters/system/ssh-key-maker.ts'
import { createGitHosts } from '#adapters/hosts/git-hosts.ts'
import { createGitHostSignIn } from '#adapters/hosts/sign-in.ts'
import type { HttpClient } from '#ports/http-client.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { createSourceNetworks } from '#core/sources/source-networks.ts'
import type { PlatformPlace } from '#core/base-domain/platform-place.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { composeDeployments } from '../src/compose-deployments.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { composeAddons } from '../src/compose-addons.ts'
import { composeEnv } from '../src/compose-env.ts'
import { composeSources } from '../src/compose-sources.ts'

export { NOON } from '#test/fakes/clock.ts'

/** What is there whether a daemon runs or not: the disk, the node, the proxies, the repositories. */
export function createWorld(databasePath = ':memory:') {
  const clock = createFakeClock()
  const proxy = createFakeProxy()
  proxy.nowMs = () => clock.now().getTime()
  const hostHttp: HttpClient = {
    send: () => Promise.reject(new CodedError('HOST_UNREACHABLE')),
  }
  return {
    databasePath,
    clock,
    node: createFakeNode(),
    proxy,
    externalGit: createFakeExternalGit(),
    remoteFiles: createFakeRemoteFiles(),
    /** The APIs of Git hosts: nobody answers, unless a test says otherwise. */
    hostHttp,
    sourceControl: createFakeSourceControl(),
    sourceArchive: createFakeSourceArchive(),
    newId: createNewId(() => clock.now().getTime()),
    env: {} as Record<string, string>,
    isNew: true,
    /** What was measured; nothing, unless a test says otherwise. */
    readMetrics: ((series) => series.map(() => [])) as ReadMetrics,
    bootedAt: undefined as Date | undefined,
    /** Told of what happens, as webhooks and alerts are. */
    told: undefined as Pick<Told, 'ofDeployment' | 'ofCrashLoop'> | undefined,
    /** In place of the catalog's. */
    addonKinds: catalogOfAddons,
    /** Whether each host that is deployed gets a certificate it has not had. */
    areCertificatesNew: false,
    /** Where the platform is, where a test says it. */
    place: undefined as PlatformPlace | undefined,
    /** Hosts with a certificate that browsers know. */
    trusted: new Set<string>(),
  }
}
export type World = ReturnType<typeof createWorld>

interface PushOptions {
  files?: Record<string, string>
  appName?: string
  oldSha?: string | undefined
}

interface Options {
  /** The named point at which the daemon dies: from then on it does nothing more, to nobody. */
  crashAt?: string
}

/** A daemon over a world. After a crash, another one over the same world is the next start. */
export function createHarness(world: World = createWorld(), { crashAt }: Options = {}) {
  const { clock, node, newId } = world
  const db = openTestDatabase(world.databasePath, { create: world.isNew })
  const apps = createAppStore(db)
  const actor = owner()
  if (world.isNew)
    createTeamStore(db).insertForPlatform(actor.teamId, 'team', clock.now().toISOString())
  world.isNew = false

  let isDead = false
  const problems: string[] = []
  const said: string[] = []
  const agent = node.agent(() => isDead)
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const box = createSecretBox(masterKey)
  const events = createEventStream(clock)
  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const env = createEnvStore(db)
  const envParts = composeEnv({
    db,
    box,
    clock,
    newId,
    platformOf: () => ({ PUBLIC_URL: 'http://hello.localhost' }),
  })
  const { values } = envParts
  /** What a test says is set, and what was stored. */
  const plainEnv = (appId: string): Record<string, string> => ({
    ...values.plainForPlatform(appId),
    ...world.env,
  })
  let secrets = 0
  const hints = createInstanceHints({ agent, clock })

  const parts = composeDeployments({
    db,
    agent,
    hints,
    proxy: dying(world.proxy, () => isDead),
    probe: node.probe,
    sourceControl: dying(world.sourceControl, () => isDead),
    sourceArchive: dying(world.sourceArchive, () => isDead),
    buildContext,
    stacks: [fakeStack],
    secretBox: box,
    events,
    audit,
    clock,
    newId,
    installation: node.installation,
    publicAddress: '203.0.113.10',
    proxyWorkers: 1,
    appLogs: { add: async () => {} },
    sayToApp: (_appId, text) => {
      said.push(text)
    },
    plainEnv,
    buildDigestKey: masterKey.deriveKey('build-digest'),
    addonEnv: values.addonEnvForPlatform,
    ensureAddons: (...wanted) => addons.ensure(...wanted),
    runtimeEnv: (appId) => ({ ...values.runtimeForPlatform(appId), ...world.env }),
    declaredEnv: createDeclaredEnv({
      env,
      values,
      builds: createBuildStore(db),
      plainEnv,
      buildKeys: values.buildKeysForPlatform,
      newSecret: () => `secret${(secrets += 1)}`,
      history: envParts.history,
      audit,
      events,
      clock,
      transact: transactionOf(db),
    }),
    redactorFor: (appId) => createRedactor(Object.values(plainEnv(appId))),
    publicUrlOf: (name) => `http://${name}.localhost`,
    ensureCertificates: async () => world.areCertificatesNew,
    certificates: () => [],
    challenges: () => [],
    alpnChallenges: () => [],
    isTrusted: (host) => world.trusted.has(host),
    routingSettings: () => ({
      httpsPort: 443,
      baseDomain: world.place?.baseDomain() ?? 'localhost',
      trustedProxies: [],
    }),
    formerDomains: () => world.place?.former() ?? [],
    crashPoint: dieAt,
    onProblem: (what, error) => {
      if (!isDead) problems.push(error instanceof Error ? `${what}: ${error.message}` : what)
    },
    random: () => 0.5,
    system: () => actor,
    noteMove: (deployment) => world.told?.ofDeployment(deployment),
    noteCrashLoop: (row) => world.told?.ofCrashLoop(row),
    hourly: [],
    readMetrics: (...asked) => world.readMetrics(...asked),
    bootedAt: () => world.bootedAt ?? new Date(0),
  })
  const http: HttpClient = { send: (request) => world.hostHttp.send(request) }
  const sources = composeSources({
    db,
    externalGit: dying(world.externalGit, () => isDead),
    remoteFiles: dying(world.remoteFiles, () => isDead),
    sshKeys: sshKeyMaker,
    hosts: createGitHosts(http),
    signIn: createGitHostSignIn(http, () => clock.now()),
    onDeployment: (listener) => parts.states.onChange(listener),
    publicUrlOf: (name) => `http://${name}.localhost`,
    redactorFor: (appId) => values.redactorFor(appId),
    networks: createSourceNetworks({
      meta: createMetaStore(db),
      audit,
      transact: transactionOf(db),
    }),
    sourceArchive: dying(world.sourceArchive, () => isDead),
    deployments: parts.deployments,
    secretBox: box,
    events,
    audit,
    clock,
    newId,
    dashboardUrl: () => 'https://localhost:8443',
    random: () => 0.5,
    onProblem: (what, error) => {
      if (!isDead) problems.push(error instanceof Error ? `${what}: ${error.message}` : what)
    },
  })
  const { archive } = createFakeLogArchive()
  const addons = composeAddons({
    db,
    agent,
    hints,
    archive,
    logSettings: createLogSettingsStore(db, 'addon'),
    appLogs: createAppLogs({
      archive,
      clock,
      onProblem: (what, error) => {
        if (!isDead) problems.push(`${what} ${String(error)}`)
      },
    }),
    finder: createAppFinder(apps),
    deploying: createEnvDeployments({
      values,
      deployments: parts.deployments,
      builds: createBuildStore(db),
      events,
    }),
    secretBox: box,
    audit,
    events,
    clock,
    newId,
    transact: transactionOf(db),
    nodeName: 'local',
    teamId: () => actor.teamId,
    random: () => 0.5,
    crashPoint: dieAt,
    onProblem: (what, error) => {
      if (!isDead) problems.push(error instanceof Error ? `${what}: ${error.message}` : what)
    },
    kinds: world.addonKinds,
  })
  hints.start()

  function dieAt(name: string): void {
    if (name !== crashAt) return
    kill()
    throw new Error('the daemon was killed')
  }

  /** SIGKILL: from now on it does nothing more, to nobody. */
  function kill(): void {
    isDead = true
    db.close()
  }

  const app = (name = 'hello'): AppRecord => {
    const found = apps.findByName(actor, name)
    if (!found) throw new Error(`there is no app ${name}`)
    return found
  }

  /** A push whose source is durable; gives the id of its deployment. */
  async function push(
    sha = 'a1',
    { files = { 'server.js': '' }, appName = 'hello', oldSha }: PushOptions = {},
  ): Promise<string> {
    const record = app(appName)
    const sourceId = newId()
    await world.sourceArchive.put(sourceId, Readable.from([await tarOf(files)]))
    const ref = 'refs/heads/main'
    const before = oldSha ?? (await world.sourceControl.readRef(record.id, ref))
    return parts.deployments.requestPush({
      actor,
      app: record,
      commit: commitOf(shaOf(sha)),
      ref,
      oldSha: before,
      sourceId,
      noCache: false,
    }).id
  }

  const end = (id: string): Promise<Deployment> => clock.until(parts.deployments.untilSwitched(id))

  return {
    ...world,
    ...parts,
    envParts,
    sources,
    addons,
    /** What servers of add-ons printed. */
    archive,
    world,
    db,
    apps,
    actor,
    events,
    hints,
    app,
    /** The env that is stored for an app, opened. */
    storedEnv: (name = 'hello') => values.plainForPlatform(app(name).id),
    unsetEnv(key: string, name = 'hello'): void {
      env.remove(actor, app(name).id, key)
    },
    buildsOf: (name = 'hello') => createBuildStore(db).listForAppForPlatform(app(name).id),
    /** What was reported as unexpected. */
    problems,
    auditOf: (action: string) =>
      audit.list(actor, { limit: 200 }).items.filter((event) => event.action === action),
    /** What the apps' logs were told. */
    said,
    isDead: () => isDead,
    kill,

    addApp(name = 'hello', settings: Partial<AppSettings> = {}, of: Actor = actor): AppRecord {
      const record = {
        id: newId(),
        teamId: of.teamId,
        name,
        stack: null,
        settings: { ...DEFAULT_APP_SETTINGS, ...settings },
        scale: {},
        processLimits: {},
        wanted: true,
        liveReleaseId: null,
        createdAt: clock.now().toISOString(),
        destroyedAt: null,
      }
      apps.insert(record)
      return record
    },

    instances: (name = 'hello') => createInstanceStore(db).listForAppForPlatform(app(name).id),

    push,

    branch: (name = 'hello'): Promise<string | undefined> =>
      world.sourceControl.readRef(app(name).id, 'refs/heads/main'),

    /** Lets time pass until the deployment serves or never will. */
    end,

    deploy: async (sha?: string, options?: PushOptions): Promise<Deployment> =>
      end(await push(sha, options)),

    logOf: (id: string): string[] => {
      const lines: string[] = []
      parts.deployments.follow(id, 0, ({ text }) => lines.push(text))()
      return lines
    },
  }
}
export type Harness = ReturnType<typeof createHarness>

/** A whole sha from a few letters. */
export const shaOf = (letters: string): string => letters.padEnd(40, '0')

/** A port as a daemon that may die sees it: afterwards nothing reaches the other side, and nothing comes back. */
function dying<Port extends object>(port: Port, isDead: () => boolean): Port {
  return new Proxy(port, {
    get(target, key, receiver) {
      const value: unknown = Reflect.get(target, key, receiver)
      if (typeof value !== 'function') return value
      return (...args: unknown[]) =>
        isDead() ? new Promise(() => {}) : Reflect.apply(value, target, args)
    },
  })
}
