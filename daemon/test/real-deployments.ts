import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type AppSettings, DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import type { Deployment } from '@vastrox/shared/deployment.ts'
import { createRedactor } from '@vastrox/shared/node/redactor.ts'
import { buildContext } from '#adapters/system/build-context.ts'
import { systemClock } from '#adapters/system/clock.ts'
import { createEventStream } from '#adapters/system/event-stream.ts'
import { httpProbe } from '#adapters/system/http-probe.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { stacks } from '#catalog/stacks/index.ts'
import { createInstanceHints } from '#core/processes/instance-hints.ts'
import { createAppStore } from '#store/app-store.ts'
import { openTestDatabase } from '#test/test-database.ts'
import { createTeamStore } from '#store/team-store.ts'
import { owner } from '#test/fakes/actors.ts'
import { noDeclaredEnv } from '#test/fakes/declared-env.ts'
import { createFakeProxy } from '#test/fakes/proxy.ts'
import {
  commitOf,
  createFakeSourceArchive,
  createFakeSourceControl,
  tarOf,
} from '#test/fakes/sources.ts'
import { startRealAgent } from '#test/real-agent.ts'
import { composeDeployments } from '../src/compose-deployments.ts'

/** Deployments on the machine's engine, through the real agent, with the real stacks; only git and the proxy are fakes. */
export async function startRealDeployments() {
  const folder = await mkdtemp(join(tmpdir(), 'vastrox-deployments-'))
  const real = await startRealAgent()
  const db = openTestDatabase(join(folder, 'control.db'), { create: true })
  const newId = createNewId()
  const actor = owner()
  createTeamStore(db).insertForPlatform(actor.teamId, 'team', new Date().toISOString())
  const apps = createAppStore(db)
  const proxy = createFakeProxy()
  const sourceArchive = createFakeSourceArchive()
  const sourceControl = createFakeSourceControl()
  const hints = createInstanceHints({ agent: real.agent, clock: systemClock })
  const problems: unknown[] = []
  const parts = composeDeployments({
    db,
    agent: real.agent,
    hints,
    proxy,
    probe: httpProbe,
    sourceControl,
    sourceArchive,
    buildContext,
    publicAddress: '127.0.0.1',
    stacks,
    secretBox: createSecretBox(masterKeyOf(randomBytes(32))),
    events: createEventStream(systemClock),
    audit: { append: () => {} },
    clock: systemClock,
    newId,
    installation: real.installation,
    proxyWorkers: 1,
    plainEnv: () => ({}),
    addonEnv: () => ({}),
    ensureAddons: async () => {},
    runtimeEnv: () => ({}),
    buildDigestKey: randomBytes(32),
    declaredEnv: noDeclaredEnv,
    redactorFor: () => createRedactor([]),
    publicUrlOf: (name) => `http://${name}.localhost`,
    ensureCertificates: async () => false,
    certificates: () => [],
    challenges: () => [],
    alpnChallenges: () => [],
    isTrusted: () => false,
    routingSettings: () => ({ httpsPort: 443, baseDomain: 'localhost', trustedProxies: [] }),
    crashPoint: () => {},
    onProblem: (what, error) => problems.push(what, error),
    appLogs: { add: async () => {} },
    sayToApp: () => {},
    system: () => actor,
    random: () => 0.5,
    hourly: [],
  })
  hints.start()
  await parts.start()

  return {
    ...parts,
    real,
    proxy,
    actor,
    problems,

    addApp(name: string, settings: Partial<AppSettings> = {}) {
      apps.insert({
        id: newId(),
        teamId: actor.teamId,
        name,
        stack: null,
        settings: { ...DEFAULT_APP_SETTINGS, ...settings },
        scale: {},
        processLimits: {},
        wanted: true,
        liveReleaseId: null,
        createdAt: new Date().toISOString(),
        destroyedAt: null,
      })
    },

    async push(name: string, files: Record<string, string>): Promise<Deployment> {
      const app = apps.findByName(actor, name)
      if (!app) throw new Error(`there is no app ${name}`)
      const sourceId = newId()
      await sourceArchive.put(sourceId, Readable.from([await tarOf(files)]))
      const ref = 'refs/heads/main'
      const sha = randomBytes(20).toString('hex')
      const oldSha = await sourceControl.readRef(app.id, ref)
      const commit = commitOf(sha)
      const push = { actor, app, commit, ref, oldSha, sourceId, noCache: false }
      const { id } = parts.deployments.requestPush(push)
      return parts.deployments.untilSwitched(id)
    },

    /** What the instance that is routed to says. */
    async ask(name: string, path = '/'): Promise<string> {
      const route = proxy.published.at(-1)?.routes.find(({ app }) => app === name)
      const [instance] = route?.instances ?? []
      if (!instance) throw new Error(`nothing serves ${name}`)
      const signal = AbortSignal.timeout(2_000)
      return (await fetch(`http://${instance.host}:${instance.port}${path}`, { signal })).text()
    },

    async remove(): Promise<void> {
      await parts.stop()
      await hints.stop()
      const appIds = apps.listForPlatform().map(({ id }) => id)
      await real.remove(appIds)
      db.close()
      await rm(folder, { recursive: true })
    },
  }
}
export type RealDeployments = Awaited<ReturnType<typeof startRealDeployments>>
