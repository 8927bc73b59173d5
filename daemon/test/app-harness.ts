import { idleAlerts } from '#test/idle-alerts.ts'
import { idleBackups } from '#test/idle-backups.ts'
import { idleWayBack } from '#test/idle-way-back.ts'
import { idleUptime } from '#test/idle-uptime.ts'
import { idleDrains } from '#test/idle-drains.ts'
import { idleChannels } from '#test/idle-channels.ts'
import { idleWebhooks } from '#test/idle-webhooks.ts'
import { idleCertificates } from '#test/acme/idle-certificates.ts'
import type { Actor } from '@vastrox/shared/actor.ts'
import { masterKeyOf } from '#adapters/system/master-key.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import type { CommandServices } from '#commands/command.ts'
import { createAccessChanges } from '#core/access/access-changes.ts'
import { createAccessService } from '#core/access/access-service.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAppService } from '#core/apps/app-service.ts'
import { createPurgeApp } from '#core/apps/purge-app.ts'
import { createTrashService } from '#core/apps/trash-service.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createLogService } from '#core/logs/log-service.ts'
import { createLogSettings } from '#core/logs/log-settings.ts'
import { createDiskService } from '#core/nodes/disk-service.ts'
import { createExposureService } from '#core/nodes/exposure-service.ts'
import { createNodeService } from '#core/nodes/node-service.ts'
import { createTestFirstRun } from '#test/test-first-run.ts'
import { createTestBaseDomain } from '#test/test-base-domain.ts'
import { createTrustedProxies } from '#core/routing/trusted-proxies.ts'
import { createStackImageService } from '#core/stack-images/stack-image-service.ts'
import { createInvitationStore } from '#store/invitation-store.ts'
import { createGrantStore } from '#store/grant-store.ts'
import { createMembershipStore } from '#store/membership-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { transactionOf } from '#store/database.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createEnvStore } from '#store/env-store.ts'
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
import { createFakeLogArchive } from '#test/fakes/log-archive.ts'
import { createHarness } from '#test/harness.ts'
import { unmadeFolder } from '#test/unmade-folder.ts'
import { createUrlsOfApps } from '#core/domains/urls-of.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createTestDomains } from '#test/test-domains.ts'
import { composeConfig } from '../src/compose-config.ts'
import { composeFirewall } from '../src/compose-firewall.ts'
import { createTestSshKeys, describeNoSsh } from '#test/ssh/test-ssh-keys.ts'
import { composeUploads } from '../src/compose-uploads.ts'
import { createTestMetrics } from '#test/test-metrics.ts'
import { createTestTraffic } from '#test/test-traffic.ts'
import { composePlatformLogs } from '../src/compose-platform-logs.ts'

/** Apps and their env over the deployments' harness: what an app does when it is deployed is real. */
export function createAppHarness() {
  const harness = createHarness()
  harness.queue.start()
  const { db, apps, actor, clock, newId, events, problems } = harness
  const masterKey = masterKeyOf(Buffer.alloc(32, 7))
  const box = createSecretBox(masterKey)
  const audit = createAuditLog({
    audit: createAuditStore(db),
    clock,
    key: masterKey.deriveKey('audit'),
  })
  const env = createEnvStore(db)
  const { values } = harness.envParts
  const finder = createAppFinder(apps)
  const transact = transactionOf(db)
  const down = new Set<string>()
  const onProblem = (what: string): void => void problems.push(what)
  const addresses = {
    baseDomain: 'localhost',
    httpPort: 8080,
    httpsPort: 443,
    dashboardUrl: 'https://localhost:8443',
    sshPort: 2222,
  }
  const domains = createTestDomains(harness, { audit })
  const appService = createAppService({
    finder,
    apps,
    releases: createReleaseStore(db),
    deployments: createDeploymentStore(db),
    instances: createInstanceStore(db),
    isDown: (name) => down.has(name),
    retireApp: async (appId) => {
      await uploads.sessions.closeThoseOf(appId)
      await harness.deployments.takeDown(appId)
    },
    onProblem,
    memoryLimit: harness.memoryLimit,
    addresses,
    urlsOfApps: createUrlsOfApps({
      domains: createDomainStore(db),
      addresses,
      isTrusted: (host) => domains.states.get(host)?.isPublic === true,
    }),
    audit,
    events,
    clock,
    newId,
    transact,
  })
  const { env: envService, groups: envGroups } = harness.envParts.services({
    finder,
    deployments: harness.deployments,
    audit,
    events,
    transact,
  })
  createTeamStore(db).insertForPlatform('team2', 'other team', clock.now().toISOString())

  const { archive } = createFakeLogArchive()
  const appLogs = createAppLogs({ archive, clock, onProblem })
  const access = createAccessService({
    users: createUserStore(db),
    teams: createTeamStore(db),
    memberships: createMembershipStore(db),
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
    hasher: { hash: async (password) => `hash of ${password}`, verify: async () => false },
    secretBox: createSecretBox(masterKey),
    clock,
    newId,
    transact,
    refreshKey: masterKey.deriveKey('refresh-token'),
    dashboardUrl: () => 'https://localhost:8443',
  })
  /** As a daemon that is started wires it. */
  const startFirewall = () =>
    composeFirewall({
      db,
      firewall: harness.node.agent(() => false).firewall,
      proxy: harness.proxy,
      apps: finder,
      audit,
      events,
      clock,
      newId,
      system: () => systemActor(actor.teamId),
      trustedProxies: () => [],
      installation: { dashboardPort: 8443, httpPort: 80, httpsPort: 443 },
      say: () => {},
      onProblem,
      node: 'local',
    })
  const firewall = startFirewall()
  /** As a daemon that is started wires it. */
  const uploadsFolder = unmadeFolder()
  const startUploads = () =>
    composeUploads({
      mayDeploy: () => true,
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
      addresses: {
        sftp: { host: 'localhost', port: 2222 },
        ftps: { host: 'localhost', port: 2121 },
      },
      sayToApp: (_appId, text) => harness.said.push(text),
      crashPoint: () => {},
      onProblem,
    })
  const uploads = startUploads()
  const certificates = idleCertificates({
    db,
    audit,
    events,
    clock,
    newId,
    teamId: () => harness.actor.teamId,
  })
  const backups = idleBackups({
    db,
    openAddons: harness.addons.open,
    finder,
    sourceArchive: harness.sourceArchive,
    values,
    secretBox: box,
    audit,
    events,
    clock,
    newId,
    onProblem,
  })
  const purgeApp = createPurgeApp({
    apps: harness.apps,
    volumes: createVolumeStore(db),
    agent: harness.node.agent(() => false),
    sourceControl: harness.sourceControl,
    logs: archive,
    values: harness.envParts.values,
    audit,
    clock,
    transact,
    crashPoint: () => {},
    onProblem,
  })
  const alerts = idleAlerts({ ...harness, finder, audit, onProblem })
  const owners: Omit<CommandServices, 'config'> = {
    addons: harness.addons.open,
    uptime: idleUptime({ db, audit, events, clock, newId, onProblem }).load,
    alerts: alerts.load,
    access,
    backups: backups.load,
    wayBack: idleWayBack({ ...harness, backups: backups.load, env: envService, audit }).load,
    apps: appService,
    audit,
    bans: firewall.bans,
    builds: harness.builds,
    certificates: certificates.kept,
    issuers: certificates.issuerService,
    dnsProviders: certificates.providers,
    deployments: harness.deployments,
    egress: firewall.egress,
    env: envService,
    envGroups,
    firewall: firewall.service,
    external: harness.sources.external,
    webhooks: harness.sources.webhooks,
    drains: idleDrains({
      db,
      logs: appLogs,
      finder,
      notify: () => {},
      secretBox: box,
      audit,
      events,
      clock,
      newId,
    }).load,
    channels: idleChannels({
      db,
      finder,
      audit,
      events,
      secretBox: box,
      clock,
      newId,
      onProblem,
    }).load,
    outgoingWebhooks: idleWebhooks({
      db,
      finder,
      audit,
      events,
      secretBox: box,
      clock,
      newId,
      onProblem,
    }).service,
    sourceNetworks: harness.sources.networks,
    gitAccounts: harness.sources.accounts,
    remote: harness.sources.remote,
    jobs: harness.jobs,
    routeSettings: harness.routeSettings,
    ports: harness.ports,
    baseDomain: createTestBaseDomain(harness, { audit }).load,
    firstRun: createTestFirstRun({ ...harness, audit, access }).load,
    trustedProxies: createTrustedProxies({
      meta: createMetaStore(db),
      audit,
      publishChange: (write) => harness.routing.publishChange(write),
    }),
    images: harness.images,
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
    metrics: createTestMetrics({ db, apps, finder, proxy: harness.proxy, clock }).open,
    ...createTestTraffic({ db, proxy: harness.proxy, finder, clock }),
    nodes: createNodeService({ agent: harness.node.agent(() => false), nodeName: 'local', clock }),
    ledger: harness.ledger,
    trash: createTrashService({
      apps: appService,
      purgeApp,
      volumes: harness.volumes,
      addons: { isAny: createAddonStore(db).isAnyForPlatform, open: harness.addons.open },
      bytesOf: harness.ledger.bytesOf,
    }),
    disk: createDiskService({
      apps,
      finder,
      allowances: createDiskAllowanceStore(db),
      disk: harness.node.agent(() => false).disk,
      hints: harness.hints,
      audit,
      events,
      clock,
      transact,
      onProblem,
    }),
    exposure: createExposureService({
      exposure: harness.node.agent(() => false).exposure,
      audit,
      clock,
      transact,
      nodeName: 'local',
      firewall: firewall.service,
    }),
    stackImages: createStackImageService({
      agent: harness.node.agent(() => false),
      meta: createMetaStore(db),
      audit,
      clock,
      transact,
      onProblem,
    }),
    processes: harness.processes,
    processSettings: harness.processSettings,
    registries: harness.registries,
    releases: harness.releases,
    sleep: harness.sleep,
    runs: harness.runs,
    ssh: { describe: describeNoSsh },
    sshKeys: createTestSshKeys({ db, access, audit, events, clock, newId }),
    uploads,
    volumes: harness.volumes,
    domains: domains.service,
  }
  const commandServices: CommandServices = {
    ...owners,
    config: composeConfig(owners, {
      db,
      values: harness.envParts.values,
      digestKey: Buffer.alloc(32, 5),
    }),
  }

  return {
    ...harness,
    uploads,
    startUploads,
    uploadsFolder,
    access,
    appLogs,
    commandServices,
    alerts,
    firewall,
    /** The firewall of a daemon after this one. */
    restartFirewall: startFirewall,
    box,
    audit,
    env,
    values,
    finder,
    appService,
    domains,
    envService,
    envGroups,
    transact,
    /** Instances that the engine is said not to run. */
    down,

    /** The audit log, oldest first, as `action target`. */
    audited: (): string[] =>
      audit
        .list(actor, { cursor: undefined, limit: 200 })
        .items.map(({ action, target }) => `${action} ${target}`)
        .toReversed(),

    /** Everything in the tables of the database as text: for looking whether something is at rest. */
    atRest: (): string => {
      const tables = db
        .prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'")
        .pluck()
        .all()
      return JSON.stringify(tables.map((name) => db.prepare(`SELECT * FROM "${name}"`).all()))
    },

    /** The same person, in another team. */
    stranger: { ...actor, id: 'user2', teamId: 'team2' } satisfies Actor,
  }
}
export type AppHarness = ReturnType<typeof createAppHarness>
