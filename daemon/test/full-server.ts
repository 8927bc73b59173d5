import { idleCertificates } from '#test/acme/idle-certificates.ts'
import { rmSync } from 'node:fs'
import { createPasswordHasher } from '#adapters/system/password-hasher.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createAccessChanges } from '#core/access/access-changes.ts'
import { createAccessService } from '#core/access/access-service.ts'
import { createIdempotencyService } from '#core/access/idempotency-service.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { createFtpSignIns } from '#core/access/ftp-sign-ins.ts'
import { createSshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAppService } from '#core/apps/app-service.ts'
import { createPurgeApp } from '#core/apps/purge-app.ts'
import { createTrashService } from '#core/apps/trash-service.ts'
import { createLiveEventService } from '#core/apps/live-event-service.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createLogService } from '#core/logs/log-service.ts'
import { createLogSettings } from '#core/logs/log-settings.ts'
import { createDiskService } from '#core/nodes/disk-service.ts'
import { createExposureService } from '#core/nodes/exposure-service.ts'
import { createNodeService } from '#core/nodes/node-service.ts'
import { createTrustedProxies } from '#core/routing/trusted-proxies.ts'
import { createStackImageService } from '#core/stack-images/stack-image-service.ts'
import { createStarterService } from '#core/sources/starter-service.ts'
import type { Limits } from '#http/plugins/limits.ts'
import type { TlsPair } from '#http/server.ts'
import type { Uploads } from '#ssh/sftp-session.ts'
import type { GitAccess } from '#core/sources/git-service.ts'
import type { HostKeys } from '#adapters/system/ssh-host-keys.ts'
import { createInvitationStore } from '#store/invitation-store.ts'
import { createGrantStore } from '#store/grant-store.ts'
import { createMembershipStore } from '#store/membership-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createIdempotencyStore } from '#store/idempotency-store.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createDiskAllowanceStore } from '#store/disk-allowance-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { passkeyVerifier } from '#adapters/identity/passkey-verifier.ts'
import { identityPresets } from '#catalog/identity-presets/index.ts'
import { createFakeIdentityProviders } from '#test/fakes/identity-providers.ts'
import { createIdentityStore } from '#store/identity-store.ts'
import { createPasskeyStore } from '#store/passkey-store.ts'
import { createSecondFactorStore } from '#store/second-factor-store.ts'
import { createSessionStore } from '#store/session-store.ts'
import { createSignInLinkStore } from '#store/sign-in-link-store.ts'
import { createTokenStore } from '#store/token-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createUserStore } from '#store/user-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { InstallationConfig, pathsOf } from '@vastrox/shared/installation.ts'
import type { Role } from '@vastrox/shared/permissions.ts'
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { createHarness, createWorld } from '#test/harness.ts'
import { createTestSshKeys } from '#test/ssh/test-ssh-keys.ts'
import { unmadeFolder } from '#test/unmade-folder.ts'
import { composeEdges } from '../src/compose-edges.ts'
import { composeUploads } from '../src/compose-uploads.ts'
import { createUrlsOfApps } from '#core/domains/urls-of.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createTestFirstRun } from '#test/test-first-run.ts'
import { createTestBaseDomain } from '#test/test-base-domain.ts'
import { createTestDomains } from '#test/test-domains.ts'
import { idleBackups } from '#test/idle-backups.ts'
import { idleWayBack } from '#test/idle-way-back.ts'
import { idleUptime } from '#test/idle-uptime.ts'
import { idleDrains } from '#test/idle-drains.ts'
import { composeTerminals } from '../src/compose-terminals.ts'
import { idleChannels } from '#test/idle-channels.ts'
import { idleAlerts } from '#test/idle-alerts.ts'
import { idleWebhooks } from '#test/idle-webhooks.ts'
import { composeFirewall } from '../src/compose-firewall.ts'
import { createTestRotation } from '#test/test-rotation.ts'
import { createTestMetrics } from '#test/test-metrics.ts'
import { createTestTraffic } from '#test/test-traffic.ts'
import { composePlatformLogs } from '../src/compose-platform-logs.ts'

const installation = InstallationConfig.parse({
  instance: 'abc123',
  httpPort: 80,
  httpsPort: 443,
  dashboardPort: 8443,
  sshPort: 2222,
  ftpPort: 2121,
  publicAddress: '192.0.2.1',
  baseDomain: 'example.com',
  proxyWorkers: 1,
  acmeDirectory: null,
  acmeCaFile: null,
  acmeEmail: null,
})

interface Options {
  dashboardDir?: string | null
  tls?: TlsPair
  git?: GitAccess
  hostKeys?: HostKeys
  sshPort?: number
  /** For tests that upload. */
  uploadsFolder?: string
  /** In place of those over `uploadsFolder`. */
  uploadSessions?: Uploads
  databasePath?: string
  baseDomain?: string
  /** For what asks more in a minute than anybody may. */
  limits?: Limits
}

const notAsked = () => Promise.reject(new Error('git is not asked here'))
const NO_GIT: GitAccess = {
  advertise: notAsked,
  receive: notAsked,
  serve: notAsked,
  fetch: notAsked,
}

/** Every route of the product, wired as the daemon wires them, over a node in memory. */
export async function createFullServer({
  dashboardDir = null,
  tls = { cert: '', key: '' },
  git = NO_GIT,
  hostKeys = { privateKeys: [], publicKeys: [] },
  sshPort = 2222,
  uploadsFolder = unmadeFolder(),
  uploadSessions,
  databasePath = ':memory:',
  baseDomain = 'example.com',
  limits,
}: Options = {}) {
  const harness = createHarness(createWorld(databasePath))
  const { db, apps, clock, newId, events, node } = harness
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const secretBox = createSecretBox(masterKey)
  const transact = transactionOf(db)
  const users = createUserStore(db)
  const teams = createTeamStore(db)
  const memberships = createMembershipStore(db)
  const agent = node.agent(() => false)
  const onProblem = (what: string, error: unknown) =>
    harness.problems.push(`${what}: ${String(error)}`)
  const dashboardUrl = `https://${baseDomain}:8443`
  const addresses = {
    baseDomain,
    httpPort: 80,
    httpsPort: 443,
    dashboardUrl,
    sshPort,
  }

  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const access = createAccessService({
    users,
    teams,
    memberships,
    grants: createGrantStore(db),
    invitations: createInvitationStore(db),
    changes: createAccessChanges(),
    sessionStore: createSessionStore(db),
    factorStore: createSecondFactorStore(db),
    passkeyStore: createPasskeyStore(db),
    identityStore: createIdentityStore(db),
    identityPresets,
    identityProviders: createFakeIdentityProviders(),
    passkeyVerifier,
    passkeySite: () => ({ rpId: 'example.com', origin: 'https://example.com:8443' }),
    tokenStore: createTokenStore(db),
    links: createSignInLinkStore(db),
    apps,
    auditLog: audit,
    events,
    hasher: createPasswordHasher(),
    secretBox,
    clock,
    newId,
    transact,
    refreshKey: masterKey.deriveKey('refresh-token'),
    dashboardUrl: () => dashboardUrl,
  })
  const addUser = (name: string, role: Role, teamId = harness.actor.teamId) => {
    const createdAt = clock.now().toISOString()
    const user = { id: newId(), name, passwordHash: null, createdAt, disabledAt: null }
    users.insertForPlatform(user)
    memberships.insertForPlatform(user.id, teamId, role, createdAt)
    return user
  }
  addUser('owner', 'owner')

  const finder = createAppFinder(apps)
  const firewall = composeFirewall({
    db,
    firewall: agent.firewall,
    proxy: harness.proxy,
    apps: finder,
    audit,
    events,
    clock,
    newId,
    system: () => systemActor(harness.actor.teamId),
    trustedProxies: () => [],
    installation: { dashboardPort: 8443, httpPort: 80, httpsPort: 443 },
    say: () => {},
    onProblem,
    node: 'local',
  })
  const envServices = harness.envParts.services({
    finder,
    deployments: harness.deployments,
    audit,
    events,
    transact,
  })
  const { archive } = createFakeLogArchive()
  const appLogs = createAppLogs({ archive, clock, onProblem })
  const appService = createAppService({
    finder,
    apps,
    releases: createReleaseStore(db),
    deployments: createDeploymentStore(db),
    instances: createInstanceStore(db),
    isDown: harness.reconciler.isDown,
    retireApp: (appId) => harness.deployments.takeDown(appId),
    onProblem,
    addresses,
    urlsOfApps: createUrlsOfApps({
      domains: createDomainStore(db),
      addresses,
      isTrusted: () => false,
    }),
    memoryLimit: harness.memoryLimit,
    audit,
    events,
    clock,
    newId,
    transact,
  })
  const domains = createTestDomains(harness, { audit })
  const sshKeys = createTestSshKeys({ db, access, audit, events, clock, newId })
  const abuse: string[] = []
  const uploads = composeUploads({
    db,
    folder: uploadsFolder,
    finder,
    sourceArchive: harness.sourceArchive,
    deployments: harness.deployments,
    states: harness.states,
    audit,
    events,
    clock,
    newId,
    addresses: { sftp: null, ftps: null },
    mayDeploy: (userId, app) => access.actors.mayNow(userId, app, 'app.deploy'),
    sayToApp: () => {},
    crashPoint: () => {},
    onProblem,
  })
  const certificates = idleCertificates({
    db,
    audit,
    events,
    clock,
    newId,
    teamId: () => access.rootActor().teamId,
  })
  const outgoingWebhooks = idleWebhooks({
    db,
    finder,
    audit,
    events,
    secretBox,
    clock,
    newId,
    onProblem,
  })
  const channels = idleChannels({
    db,
    finder,
    audit,
    events,
    secretBox,
    clock,
    newId,
    onProblem,
  })
  const alerts = idleAlerts({ ...harness, finder, audit, onProblem })
  const drains = idleDrains({
    db,
    logs: appLogs,
    finder,
    notify: channels.notify,
    secretBox,
    audit,
    events,
    clock,
    newId,
  })
  const backups = idleBackups({
    db,
    openAddons: harness.addons.open,
    finder,
    sourceArchive: harness.sourceArchive,
    values: harness.envParts.values,
    secretBox,
    audit,
    events,
    clock,
    newId,
    onProblem,
  })
  const wayBack = idleWayBack({ ...harness, backups: backups.load, env: envServices.env, audit })
  const uptime = idleUptime({ db, audit, events, clock, newId, onProblem })
  const terminals = composeTerminals({
    apps: finder,
    runs: harness.runs,
    addons: harness.addons.open,
    clock,
    newId,
  })
  const moving = createTestBaseDomain(harness, { audit })
  const firstRun = createTestFirstRun({ ...harness, audit, access })
  const metrics = createTestMetrics({ db, apps, finder, proxy: harness.proxy, clock })
  const edges = await composeEdges({
    ...(limits ? { limits } : {}),
    uptime: uptime.load,
    terminals: terminals.load,
    backups: backups.load,
    wayBack: wayBack.load,
    outgoingWebhooks,
    channels: channels.load,
    alerts: alerts.load,
    drains: drains.load,
    certificates,
    config: {
      dataDir: '/nowhere',
      paths: pathsOf('/nowhere'),
      installation: { ...installation, baseDomain, sshPort },
      sshFd: undefined,
      crashAt: undefined,
      credentials: undefined,
      readyFd: undefined,
      dashboardDir,
      startersDir: null,
      version: 'test',
    },
    configFile: {
      db,
      values: harness.envParts.values,
      digestKey: masterKey.deriveKey('config-digest'),
    },
    dashboardUrl: () => dashboardUrl,
    place: { baseDomain: () => baseDomain, former: () => [], isTrusted: () => false },
    baseDomain: moving.load,
    firstRun: firstRun.load,
    access,
    audit,
    addons: harness.addons.open,
    apps: appService,
    starters: createStarterService({
      starters: { list: async () => [], files: async () => undefined },
      apps: appService,
      sourceControl: harness.sourceControl,
      sourceArchive: harness.sourceArchive,
      deployments: harness.deployments,
      clock,
      newId,
      onProblem,
    }),
    env: envServices.env,
    envGroups: envServices.groups,
    deploying: harness,
    domains,
    uploads: { ...uploads, sessions: { ...uploads.sessions, ...uploadSessions } },
    firewall,
    sources: harness.sources,
    platformLogs: composePlatformLogs({
      node: harness.node.agent(() => false).platformLog,
      clock,
    }),
    logs: createLogService({
      apps: finder,
      logs: appLogs,
      archive,
      clock,
      settings: createLogSettings({
        finder,
        store: createLogSettingsStore(db),
        archive,
        logs: appLogs,
        audit,
        clock,
        transact,
      }),
    }),
    ...createTestTraffic({ db, proxy: harness.proxy, finder, clock }),
    metrics: metrics.open,
    prometheus: metrics.openPrometheus,
    nodes: createNodeService({ agent, nodeName: 'local', clock }),
    disk: createDiskService({
      apps,
      finder,
      allowances: createDiskAllowanceStore(db),
      disk: agent.disk,
      hints: harness.hints,
      audit,
      events,
      clock,
      transact,
      onProblem,
    }),
    trash: createTrashService({
      apps: appService,
      purgeApp: createPurgeApp({
        apps,
        volumes: createVolumeStore(db),
        agent,
        sourceControl: harness.sourceControl,
        logs: archive,
        values: harness.envParts.values,
        audit,
        clock,
        transact,
        crashPoint: () => {},
        onProblem,
      }),
      volumes: harness.volumes,
      addons: { isAny: createAddonStore(db).isAnyForPlatform, open: harness.addons.open },
      bytesOf: harness.ledger.bytesOf,
    }),
    exposure: createExposureService({
      exposure: agent.exposure,
      audit,
      clock,
      transact,
      nodeName: 'local',
      firewall: firewall.service,
    }),
    trustedProxies: createTrustedProxies({
      meta: createMetaStore(db),
      audit,
      publishChange: (write) => harness.routing.publishChange(write),
    }),
    stackImages: createStackImageService({
      agent: agent,
      meta: createMetaStore(db),
      audit,
      clock,
      transact,
      onProblem,
    }),
    liveEvents: createLiveEventService({ events, apps }),
    idempotency: createIdempotencyService({
      store: createIdempotencyStore(db),
      secretBox,
      clock,
      key: masterKey.deriveKey('idempotency'),
    }),
    accessTokenKey: masterKey.deriveKey('access-token'),
    restored: { finish: async () => ({ apps: [], addons: [], sessionsEnded: 0, firewall: null }) },
    keyRotation: createTestRotation({
      db,
      audit,
      clock,
      transact,
      secretBox,
      actor: harness.actor,
    }),
    git,
    hostKeys,
    sshKeys,
    ftpSignIns: createFtpSignIns({
      noteFailure: access.noteFailure,
      throttle: createSignInThrottle(clock),
      auditLog: audit,
      clock,
      verifyUploadPassword: (...given) => uploads.sessions.verifyUploadPassword(...given),
      abuse: firewall.abuse,
    }),
    sshSignIns: createSshSignIns({
      noteFailure: access.noteFailure,
      keys: sshKeys,
      throttle: createSignInThrottle(clock),
      auditLog: audit,
      clock,
      verifyUploadPassword: async (...asked) =>
        (uploadSessions ?? uploads.sessions).verifyUploadPassword(...asked),
      abuse: { note: (address) => abuse.push(address), notePresent: () => {} },
    }),
    proxy: harness.proxy,
    tls,
    caPem: async () => 'the CA',
    clock,
    onProblem,
  })

  edges.http.fastify.addHook('onClose', async () =>
    rmSync(uploadsFolder, { recursive: true, force: true }),
  )

  return {
    ...harness,
    ...edges.http,
    firewall,
    ssh: edges.ssh,
    sshKeys,
    /** Addresses that nobody came in from. */
    abuse,
    access,
    appLogs,
    audit,
    outgoingWebhooks,
    channels,
    alerts,
    backups,
    baseDomain: moving,
    firstRun,
    wayBack,
    uptime,
    users,
    teams,
    memberships,
    addUser,
    finder,
    dashboardUrl,
  }
}
export type FullServer = Awaited<ReturnType<typeof createFullServer>>
