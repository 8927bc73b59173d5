import { randomBytes } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { uptime as machineUptimeS } from 'node:os'
import { dirname } from 'node:path'
import { crashPoint } from '@vastrox/shared/node/crash-point.ts'
import { createNodeAgent } from '#adapters/agent/node-agent.ts'
import { createExternalGit } from '#adapters/git/external-git.ts'
import { createExternalSocket } from '#adapters/git/external-socket.ts'
import { createGitTransport } from '#adapters/git/git-transport.ts'
import { createPushSocket } from '#adapters/git/push-socket.ts'
import { createSourceControl } from '#adapters/git/source-control.ts'
import { createIdentityProviders } from '#adapters/identity/identity-providers.ts'
import { passkeyVerifier } from '#adapters/identity/passkey-verifier.ts'
import { createProxyAdapter } from '#adapters/proxy/proxy-adapter.ts'
import { createAuthorityFile } from '#adapters/system/authority-file.ts'
import { buildContext } from '#adapters/system/build-context.ts'
import { systemClock } from '#adapters/system/clock.ts'
import { createGitHosts } from '#adapters/hosts/git-hosts.ts'
import { createGitHostSignIn } from '#adapters/hosts/sign-in.ts'
import { createRemoteFiles } from '#adapters/sftp/remote-files.ts'
import { createGuardedDownload } from '#adapters/system/guarded-download.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { createSmtpMailer } from '#adapters/mail/smtp-mailer.ts'
import { interfaceAddresses } from '#lib/own-addresses.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { sshKeyMaker } from '#adapters/system/ssh-key-maker.ts'
import { createEventStream } from '#adapters/system/event-stream.ts'
import { httpProbe } from '#adapters/system/http-probe.ts'
import {
  createUptimeProbe,
  LOOKED_AT_PORTS,
  withLookedAtPorts,
} from '#adapters/system/uptime-probe.ts'
import { createNewId } from '#adapters/system/ids.ts'
import { createLocalAuthority, permittedNames } from '#adapters/system/local-authority.ts'
import { bootId, fileId } from '#adapters/system/boot-id.ts'
import { createAnchorFile } from '#adapters/system/anchor-file.ts'
import { createAccessLogFiles } from '#adapters/system/access-log-files.ts'
import { createLogArchive } from '#adapters/system/log-archive.ts'
import { openKeyRing } from '#adapters/system/key-ring.ts'
import { createPasswordHasher } from '#adapters/system/password-hasher.ts'
import { createSecretBox } from '#adapters/system/secret-box.ts'
import { openHostKeys } from '#adapters/system/ssh-host-keys.ts'
import { createSourceArchive } from '#adapters/system/source-archive.ts'
import { createStarterFolder } from '#adapters/system/starter-folder.ts'
import { identityPresets } from '#catalog/identity-presets/index.ts'
import { stacks } from '#catalog/stacks/index.ts'
import type { LogArchive } from '#ports/log-archive.ts'
import { createAccessChanges } from '#core/access/access-changes.ts'
import { createAccessService } from '#core/access/access-service.ts'
import { createSshKeyService } from '#core/access/ssh-key-service.ts'
import { createFtpSignIns } from '#core/access/ftp-sign-ins.ts'
import { createSshSignIns } from '#core/access/ssh-sign-ins.ts'
import { createSignInThrottle } from '#core/access/sign-in-throttle.ts'
import { createIdempotencyService } from '#core/access/idempotency-service.ts'
import { createAppFinder } from '#core/apps/app-finder.ts'
import { createAppService } from '#core/apps/app-service.ts'
import { systemActor } from '#core/access/system-actor.ts'
import { withAbuseNotes } from '#core/firewall/with-abuse-notes.ts'
import { createLiveEventService } from '#core/apps/live-event-service.ts'
import { finishDestroyed } from '#core/apps/finish-destroyed.ts'
import { createPurgeApp } from '#core/apps/purge-app.ts'
import { createTrashService } from '#core/apps/trash-service.ts'
import { createPlatformPlace } from '#core/base-domain/platform-place.ts'
import { wantedCertificates } from '#core/base-domain/wanted-certificates.ts'
import { createAuditAnchors } from '#core/audit/audit-anchors.ts'
import { createAddonSubjects } from '#core/backups/addon-subjects.ts'
import { createHoldApp } from '#core/backups/hold-app.ts'
import { createAuditLog } from '#core/audit/audit-log.ts'
import { isLocalhost } from '#core/base-domain/look-at-base-domain.ts'
import { domainCertificateOf } from '#core/certificates/domain-certificate.ts'
import { openDeployments } from '#core/deployments/resume-after-restart.ts'
import { createReceivePush } from '#core/deployments/receive-push.ts'
import { createRemovePushLeftovers } from '#core/deployments/receive-push-leftovers.ts'
import { createUrlsOf, createUrlsOfApps } from '#core/domains/urls-of.ts'
import { createDeclaredEnv } from '#core/env/declared-env.ts'
import { generateValue } from '#core/env/generate-value.ts'
import { createAppLogs } from '#core/logs/app-logs.ts'
import { createDeploymentLines } from '#core/logs/deployment-lines.ts'
import { createLogCollector } from '#core/logs/log-collector.ts'
import { createAccessLogService } from '#core/logs/access-log-service.ts'
import { createTrafficService } from '#core/metrics/traffic-service.ts'
import { createLogSettings } from '#core/logs/log-settings.ts'
import { createLogService } from '#core/logs/log-service.ts'
import { withSettledLogs } from '#core/logs/with-settled-logs.ts'
import { createDiskService } from '#core/nodes/disk-service.ts'
import { createExposureService } from '#core/nodes/exposure-service.ts'
import { createNodeService } from '#core/nodes/node-service.ts'
import { createInstanceHints } from '#core/processes/instance-hints.ts'
import { createStackImageService } from '#core/stack-images/stack-image-service.ts'
import { withTell } from '#core/outgoing-webhooks/with-tell.ts'
import { createTrustedProxies } from '#core/routing/trusted-proxies.ts'
import { createKeyRotation } from '#core/secrets/key-rotation.ts'
import { createPurposeKeys } from '#core/secrets/purpose-keys.ts'
import { createGitService } from '#core/sources/git-service.ts'
import { createSourceNetworks } from '#core/sources/source-networks.ts'
import { createStarterService } from '#core/sources/starter-service.ts'
import { cronTimes } from '#jobs/cron-times.ts'
import { say } from '#lib/say.ts'
import { createInvitationStore } from '#store/invitation-store.ts'
import { createGrantStore } from '#store/grant-store.ts'
import { createMembershipStore } from '#store/membership-store.ts'
import { createTeamStore } from '#store/team-store.ts'
import { createAddonAttachmentStore } from '#store/addon-attachment-store.ts'
import { createAddonStore } from '#store/addon-store.ts'
import { createAppStore } from '#store/app-store.ts'
import { createAuditStore } from '#store/audit-store.ts'
import { createBuildStore } from '#store/build-store.ts'
import { openDatabase, transactionOf } from '#store/database.ts'
import { createDomainStore } from '#store/domain-store.ts'
import { createDeploymentStore } from '#store/deployment-store.ts'
import { createDiskAllowanceStore } from '#store/disk-allowance-store.ts'
import { createEnvStore } from '#store/env-store.ts'
import { createIdempotencyStore } from '#store/idempotency-store.ts'
import { holdInstanceLock } from '#store/instance-lock.ts'
import { createInstanceStore } from '#store/instance-store.ts'
import { createMetaStore } from '#store/meta-store.ts'
import { createLogSettingsStore } from '#store/log-settings-store.ts'
import { createPurposeKeyStore } from '#store/purpose-key-store.ts'
import { createReleaseStore } from '#store/release-store.ts'
import { createRouteStore } from '#store/route-store.ts'
import { createIdentityStore } from '#store/identity-store.ts'
import { createPasskeyStore } from '#store/passkey-store.ts'
import { createSecondFactorStore } from '#store/second-factor-store.ts'
import { createSealedStore } from '#store/sealed-store.ts'
import { createSessionStore } from '#store/session-store.ts'
import { createSignInLinkStore } from '#store/sign-in-link-store.ts'
import { createSshKeyStore } from '#store/ssh-key-store.ts'
import { createTokenStore } from '#store/token-store.ts'
import { createUptimeStore } from '#store/uptime-store.ts'
import { createUserStore } from '#store/user-store.ts'
import { createTold } from '#core/outgoing-webhooks/told.ts'
import { type AlertParts, composeAlerts } from './compose-alerts.ts'
import { composeBaseDomain, createDashboardPairs } from './compose-base-domain.ts'
import { composeBackups } from './compose-backups.ts'
import { createBaseDomainStore } from '#store/base-domain-store.ts'
import { createVolumeStore } from '#store/volume-store.ts'
import { composeCertificates } from './compose-certificates.ts'
import { composeDeployments, type DeploymentParts } from './compose-deployments.ts'
import { composeDomains } from './compose-domains.ts'
import { composeAddons } from './compose-addons.ts'
import { composeEdges } from './compose-edges.ts'
import { composeEnv } from './compose-env.ts'
import { composeUploads } from './compose-uploads.ts'
import { hourlyTasks } from './compose-hourly.ts'
import { composeFirstRun } from './compose-first-run.ts'
import { composeFirewall } from './compose-firewall.ts'
import { composeDrains } from './compose-drains.ts'
import { composeChannels, type ChannelDoor } from './compose-channels.ts'
import { composeMetrics } from './compose-metrics.ts'
import { composeOutgoingWebhooks, type OutgoingWebhookParts } from './compose-outgoing-webhooks.ts'
import { composePlatform } from './compose-platform.ts'
import { composePlatformLogs } from './compose-platform-logs.ts'
import { composeRestores } from './compose-restores.ts'
import { composeSources } from './compose-sources.ts'
import { composeTerminals } from './compose-terminals.ts'
import { composeUptime } from './compose-uptime.ts'
import type { DaemonConfig } from './config.ts'

/** The one node there is, until there are more. */
const NODE = 'local'
/** Of values that are made for `generator: secret`. */
const SECRET_BYTES = 32
const HTTPS = 443
/** Between servers, by TLS, and of submission. */
const SMTP_PORTS = [25, 465, 587]
/** Syslog by TCP, and RFC 6587's. */
const SYSLOG_PORTS = [514, 601]

/** Builds the daemon from its parts; nothing runs until `start`. Throws what main.ts tells people. */
export async function compose(config: DaemonConfig, { create }: { create: boolean }) {
  const { paths, installation } = config
  const lock = holdInstanceLock(`${paths.daemon}/daemon.lock`)
  const keyRing = await openKeyRing(paths.masterKey, { create, credentials: config.credentials })
  const db = openDatabase(paths.controlDatabase, { create })
  mkdirSync(paths.repositories, { recursive: true, mode: 0o700 })
  for (const folder of [
    paths.sources,
    paths.uploads,
    paths.externalRepositories,
    paths.remoteFolders,
  ])
    mkdirSync(folder, { recursive: true, mode: 0o700 })

  const clock = systemClock
  const newId = createNewId()
  const transact = transactionOf(db)
  const secretBox = createSecretBox(keyRing)
  /** What keys are derived from: not the master key itself, which can be changed. */
  const masterKey = createPurposeKeys({
    store: createPurposeKeyStore(db),
    secretBox,
    clock,
    derive: (purpose) => keyRing.oldest().deriveKey(purpose),
    isNew: create,
  })
  /** Made once there is all that it looks at; nothing is noted before. */
  let alerts: AlertParts | undefined
  const onProblem = (what: string, error: unknown): void => {
    say('daemon.problem', {
      what,
      error: String(error),
      stack: error instanceof Error ? error.stack : undefined,
    })
    alerts?.ofProblem(what, error)
  }
  const onError = (error: unknown): void => onProblem('a request failed', error)

  const apps = createAppStore(db)
  const deployments = createDeploymentStore(db)
  const instances = createInstanceStore(db)
  const releases = createReleaseStore(db)
  const meta = createMetaStore(db)
  const env = createEnvStore(db)

  const { publicAddress, httpPort, httpsPort, sshPort } = installation
  const place = createPlatformPlace({
    moves: createBaseDomainStore(db),
    meta,
    installation,
    clock,
    newId,
    transact,
  })
  const { dashboardUrl } = place
  const addresses = {
    httpPort,
    httpsPort,
    sshPort,
    get baseDomain(): string {
      return place.baseDomain()
    },
    get dashboardUrl(): string {
      return place.dashboardUrl()
    },
  }
  const isPublic = (host: string): boolean => domainCertificates.stateOf(host)?.isPublic === true
  const places = { domains: createDomainStore(db), addresses }
  // Whoever names a CA of their own has browsers that know it.
  const urlsOfApps = createUrlsOfApps({
    ...places,
    isTrusted: (host) => isPublic(host) || certificates.isIssued(host),
  })
  const urlsOf = createUrlsOf(urlsOfApps)
  /** Where looks from here go: this machine need not know that CA. */
  const lookedAtUrlsOf = createUrlsOf(createUrlsOfApps({ ...places, isTrusted: isPublic }))
  const publicUrlOf = (appName: string): string => urlsOf(appName)[0] ?? ''

  const events = createEventStream(clock)
  const auditStore = createAuditStore(db)
  const anchors = createAuditAnchors({
    audit: auditStore,
    log: createAnchorFile(paths.auditAnchors),
    clock,
    seed: masterKey.deriveKey('audit-anchor'),
  })
  const bareAudit = createAuditLog({
    audit: auditStore,
    clock,
    key: masterKey.deriveKey('audit'),
    anchors,
  })
  /** Browsers make passkeys for names alone, and only where they trust the certificate. */
  const passkeySite = () => {
    const host = place.dashboardHost()
    return isIP(host) === 0 && (isLocalhost(host) || certificates.isTrusted(host))
      ? { rpId: host, origin: new URL(dashboardUrl()).origin }
      : undefined
  }
  /** Made once there are the addresses that it may reach; nothing is told before. */
  let outgoingWebhooks: OutgoingWebhookParts | undefined
  let channels: ChannelDoor | undefined
  const told = createTold(
    () => outgoingWebhooks?.tell,
    () => alerts?.hear,
  )
  const audit = withTell(bareAudit, () => told)
  const bareAccess = createAccessService({
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
    identityProviders: createIdentityProviders({ send: (request) => hostHttp.send(request) }),
    passkeyVerifier,
    passkeySite,
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
    dashboardUrl,
  })
  bareAccess.createFirstOwner()
  const keyRotation = createKeyRotation({
    keys: keyRing,
    sealed: createSealedStore(db),
    secretBox,
    purposeKeys: masterKey,
    audit,
    system: () => systemActor(bareAccess.rootActor().teamId),
    clock,
    transact,
    crashPoint,
    onProblem,
  })
  const sshKeys = createSshKeyService({
    keys: createSshKeyStore(db),
    users: createUserStore(db),
    apps,
    actors: bareAccess.actors,
    userOf: (actor) => bareAccess.userOf(actor),
    auditLog: audit,
    events,
    clock,
    newId,
    transact,
  })

  const authority = createLocalAuthority({
    directory: paths.localAuthority,
    permitted: () => permittedNames(place.baseDomain(), publicAddress),
    formers: () => place.former().map(({ name }) => name),
  })
  const certificateParts = composeCertificates({
    db,
    config: installation,
    version: config.version,
    local: authority,
    preflight: (...asked) => domains.preflight(...asked),
    http: { send: (request) => hostHttp.send(request) },
    publish: () => deploying.routing.publishChange(),
    onDashboard: () => void showDashboardPairs().catch((error: unknown) => onError(error)),
    audit,
    events,
    secretBox,
    clock,
    newId,
    teamId: () => bareAccess.rootActor().teamId,
    isOwn: (names) => dashboardPairs.hosts().includes(names),
    random: Math.random,
    crashPoint,
    onProblem,
    noteNews: (news) => told.ofCertificate(news),
  })
  const certificates = certificateParts.service
  const domainCertificates = {
    stateOf: (host: string) => domainCertificateOf(certificates.stateOf(host), clock.now()),
    want: (hosts: readonly string[]): void => certificates.want(hosts),
    caaDomains: (): readonly string[] => certificates.caaDomains(),
  }
  /** The proxy answers with it, so that a look from outside knows whom it has met. */
  const reachKey = randomBytes(SECRET_BYTES).toString('hex')
  const dashboardPairs = createDashboardPairs({
    place,
    authority,
    publicAddress,
    pairFor: (host) => certificates.pairFor(host),
  })
  /** Where a wildcard can be had for the base domain, it is wanted in place of one for each app. */
  const wanted = (hosts: readonly string[]): string[] =>
    wantedCertificates(hosts, {
      baseDomain: place.baseDomain(),
      canProveByDns: (name) => certificateParts.providers.covers(name),
      hasFailed: (name) => certificates.stateOf(name).state === 'failing',
    })

  const fencingToken = meta.raiseCounterForPlatform('fencing_token')
  const bareAgent = createNodeAgent({ socketPath: paths.agentSocket, fencingToken })
  const hints = createInstanceHints({ agent: bareAgent, clock })
  const envParts = composeEnv({
    db,
    box: secretBox,
    clock,
    newId,
    platformOf: (appId) => {
      const name = apps.findByIdForPlatform(appId)?.name ?? appId
      return { PUBLIC_URL: publicUrlOf(name), VASTROX_APP: name }
    },
  })
  const { values, history } = envParts
  const declaredEnv = createDeclaredEnv({
    env,
    values,
    builds: createBuildStore(db),
    plainEnv: values.plainForPlatform,
    buildKeys: values.buildKeysForPlatform,
    newSecret: generateValue,
    history,
    audit,
    events,
    clock,
    transact,
  })
  const addonLogSettings = createLogSettingsStore(db, 'addon')
  const archive: LogArchive = createLogArchive(paths.logs, {
    limitsOf: (id) => addonLogSettings.findForPlatform(id) ?? logSettings.settingsOf(id),
    onProblem,
  })
  const appLogs = createAppLogs({
    archive,
    clock,
    onProblem,
    onDrop: (appId, count) => alerts?.hear.ofDroppedLines(appId, count),
  })
  const logSettings = createLogSettings({
    finder: createAppFinder(apps),
    store: createLogSettingsStore(db),
    archive,
    logs: appLogs,
    audit,
    clock,
    transact,
    onChange: (appId) => collector.readAgain(appId),
  })
  const collector = createLogCollector({
    linesPerSecondOf: (appId) => logSettings.settingsOf(appId).linesPerSecond,
    agent: bareAgent,
    hints,
    logs: appLogs,
    redactorFor: (appId) => values.redactorFor(appId),
    clock,
    onProblem,
  })
  const agent = withSettledLogs(bareAgent, collector)
  const proxy = await createProxyAdapter({
    socketPath: paths.proxySocket,
    gid: statSync(dirname(paths.proxySocket)).gid,
    expectedWorkers: installation.proxyWorkers,
    say: (line) => say('daemon.proxy', { line }),
  })
  const sourceControl = createSourceControl({ repositories: paths.repositories })
  const sourceArchive = createSourceArchive({ folder: paths.sources })

  const stackImages = createStackImageService({
    agent: bareAgent,
    meta,
    audit,
    clock,
    transact,
    onProblem,
  })

  const trustedProxies = createTrustedProxies({
    meta,
    audit,
    publishChange: (write) => deploying.routing.publishChange(write),
  })
  const purgeApp = createPurgeApp({
    apps,
    volumes: createVolumeStore(db),
    agent: bareAgent,
    sourceControl: {
      removeRepository: async (appId) => {
        await sourceControl.removeRepository(appId)
        await sources.forget(appId)
      },
    },
    logs: archive,
    values,
    audit,
    clock,
    transact,
    crashPoint,
    onProblem,
  })
  const deploying: DeploymentParts = composeDeployments({
    db,
    agent,
    hints,
    proxy,
    probe: httpProbe,
    sourceControl,
    sourceArchive,
    buildContext,
    stacks,
    secretBox,
    events,
    audit,
    clock,
    newId,
    installation: installation.instance,
    publicAddress,
    proxyWorkers: installation.proxyWorkers,
    plainEnv: values.plainForPlatform,
    runtimeEnv: values.runtimeForPlatform,
    addonEnv: values.addonEnvForPlatform,
    ensureAddons: (...wanted) => addons.ensure(...wanted),
    buildDigestKey: masterKey.deriveKey('build-digest'),
    declaredEnv,
    redactorFor: (appId) => values.redactorFor(appId),
    sayToApp: (appId, text) => appLogs.say(appId, text),
    appLogs,
    publicUrlOf,
    ensureCertificates: (hosts) => {
      certificates.want(wanted(hosts))
      return certificates.ensure(hosts)
    },
    certificates: () => certificates.source(),
    challenges: () => certificates.challenges(),
    alpnChallenges: () => certificates.alpnChallenges(),
    isTrusted: (host) => certificates.isTrusted(host),
    routingSettings: () => ({
      httpsPort,
      baseDomain: place.baseDomain(),
      trustedProxies: trustedProxies.networksForPlatform(),
      reachKey,
    }),
    formerDomains: place.former,
    crashPoint,
    onProblem,
    random: Math.random,
    system: () => systemActor(bareAccess.rootActor().teamId),
    noteMove: (deployment) => {
      told.ofDeployment(deployment)
      channels?.noteMove(deployment)
    },
    noteCrashLoop: (row) => told.ofCrashLoop(row),
    readMetrics: (...asked) => metrics.book.read(...asked),
    bootedAt: () => new Date(Date.now() - machineUptimeS() * 1_000),
    hourly: hourlyTasks({
      purgeApp,
      takeDownDestroyed: () => takeDownDestroyed(),
      uploads: { tidy: () => uploads.tidy() },
      apps,
      sourceControl,
      logs: archive,
      addons: createAddonStore(db),
      anchors,
      tokens: bareAccess.tokens,
      renewCertificates: () => renewCertificates(),
      baseDomain: { tend: () => baseDomain.tend() },
      backups: { hourly: () => backups.hourly() },
      drills: {
        queueWeekly: async () => (backups.isAny() ? restores.queueWeekly() : 0),
      },
      stackImages,
      keyRing,
      keyRotation,
      onProblem,
    }),
  })
  const networks = createSourceNetworks({ meta, audit, transact })
  const gitSocket = createExternalSocket({
    path: paths.gitSocket,
    helper: `${paths.gitHooks}/git-helper`,
  })
  const guarded = createGuardedAddresses({
    allowed: networks.allowedForPlatform,
    own: () => ({
      addresses: [publicAddress, ...interfaceAddresses()],
      ports: [httpPort, httpsPort],
    }),
  })
  const hostHttp = createGuardedHttp({
    addresses: guarded,
    extraCa: networks.authoritiesForPlatform,
  })
  const sources = composeSources({
    db,
    externalGit: createExternalGit({
      repositories: paths.externalRepositories,
      addresses: guarded,
      socket: gitSocket,
      http: hostHttp,
      download: createGuardedDownload({
        addresses: guarded,
        extraCa: networks.authoritiesForPlatform,
      }),
      caFile: createAuthorityFile({
        file: paths.sourceAuthorities,
        extra: networks.authoritiesForPlatform,
      }),
    }),
    remoteFiles: createRemoteFiles({ folder: paths.remoteFolders, addresses: guarded }),
    sshKeys: sshKeyMaker,
    hosts: createGitHosts(hostHttp),
    signIn: createGitHostSignIn(hostHttp, () => clock.now()),
    onDeployment: (listener) => deploying.states.onChange(listener),
    publicUrlOf,
    redactorFor: (appId) => values.redactorFor(appId),
    networks,
    sourceArchive,
    deployments: deploying.deployments,
    secretBox,
    events,
    audit,
    clock,
    newId,
    dashboardUrl,
    random: Math.random,
    onProblem,
  })
  deploying.states.onChange(createDeploymentLines({ logs: appLogs, releases }))

  const finder = createAppFinder(apps)
  const hookAddresses = createGuardedAddresses({
    allowed: networks.allowedForPlatform,
    lowPorts: [HTTPS],
  })
  outgoingWebhooks = composeOutgoingWebhooks({
    db,
    finder,
    audit: bareAudit,
    events,
    addresses: hookAddresses,
    http: createGuardedHttp({ addresses: hookAddresses, extraCa: networks.authoritiesForPlatform }),
    secretBox,
    clock,
    newId,
    version: config.version,
    dashboardUrl,
    publicUrlOf,
    random: Math.random,
    onProblem,
  })
  channels = composeChannels({
    db,
    finder,
    audit,
    events,
    http: createGuardedHttp({ addresses: hookAddresses, extraCa: networks.authoritiesForPlatform }),
    mailer: createSmtpMailer({
      addresses: createGuardedAddresses({
        allowed: networks.allowedForPlatform,
        lowPorts: SMTP_PORTS,
      }),
      allowedAddresses: createGuardedAddresses({
        allowed: networks.allowedForPlatform,
        lowPorts: SMTP_PORTS,
        isUsable: () => false,
      }),
      extraCa: networks.authoritiesForPlatform,
      hostName: place.dashboardHost,
    }),
    secretBox,
    clock,
    newId,
    dashboardUrl,
    random: Math.random,
    onProblem,
  })
  const firewall = composeFirewall({
    db,
    firewall: bareAgent.firewall,
    proxy,
    apps: finder,
    audit,
    events,
    clock,
    newId,
    system: () => systemActor(bareAccess.rootActor().teamId),
    trustedProxies: () => trustedProxies.networksForPlatform(),
    installation,
    say,
    onProblem,
    node: NODE,
  })
  const domains = composeDomains({
    db,
    apps: finder,
    routing: deploying.routing,
    certificates: domainCertificates,
    audit,
    events,
    clock,
    newId,
    installation,
    place,
    reachKey,
    shutPorts: () => firewall.shutPorts([httpPort, httpsPort]),
    trustedProxies: () => trustedProxies.networksForPlatform(),
    random: Math.random,
    onProblem,
  })
  const baseDomain = composeBaseDomain({
    db,
    place,
    domains,
    routing: deploying.routing,
    certificates: certificateParts,
    wantAgain: () => wantCertificates(),
    onDashboard: () => renewDashboardPairs(),
    node: bareAgent,
    httpPort,
    audit,
    system: () => systemActor(bareAccess.rootActor().teamId),
    events,
    clock,
    crashPoint,
    onProblem,
  })
  const access = withAbuseNotes(bareAccess, firewall.abuse)
  const appService = createAppService({
    finder,
    apps,
    releases,
    deployments,
    instances,
    isDown: deploying.reconciler.isDown,
    retireApp: async (appId) => {
      await uploads.sessions.closeThoseOf(appId)
      await deploying.deployments.takeDown(appId)
    },
    onProblem,
    addresses,
    urlsOfApps,
    memoryLimit: deploying.memoryLimit,
    audit,
    events,
    clock,
    newId,
    transact,
  })
  const envServices = envParts.services({
    finder,
    deployments: deploying.deployments,
    audit,
    events,
    transact,
  })

  const addons = composeAddons({
    db,
    agent: bareAgent,
    hints,
    finder,
    deploying: envServices.deploying,
    appLogs,
    archive,
    logSettings: addonLogSettings,
    secretBox,
    audit,
    events,
    clock,
    newId,
    transact,
    nodeName: NODE,
    teamId: () => bareAccess.rootActor().teamId,
    random: Math.random,
    crashPoint,
    onProblem,
  })

  const pushSocket = createPushSocket({ path: paths.pushSocket })
  const git = createGitService({
    apps: appService,
    transport: createGitTransport({
      repositories: paths.repositories,
      hooks: paths.gitHooks,
      pushSocket,
    }),
    sourceControl,
    receivePush: createReceivePush({
      sourceControl,
      sourceArchive,
      deployments: deploying.deployments,
      stacks,
      declaredEnv,
      diskRoom: deploying.diskRoom,
      urlsOf: (app) => urlsOf(app.name),
      newId,
      clock,
      onError,
    }),
    onDenied: (actor, permission, target) => access.noteDenied(actor, permission, target),
  })

  const isNamed = (sourceId: string): boolean =>
    deployments.listWantedSourcesForPlatform().includes(sourceId)
  const isUnderWay = (sourceId: string): boolean =>
    openDeployments({ deployments }).some(
      ({ id }) => deployments.findForPlatform(id)?.sourceId === sourceId,
    )
  const removePushLeftovers = createRemovePushLeftovers({
    sourceControl,
    sourceArchive,
    appIds: () => apps.listForPlatform().map(({ id }) => id),
    isUnderWay,
    isNamed,
    onProblem,
  })

  const uploads = composeUploads({
    mayDeploy: (userId, app) => bareAccess.actors.mayNow(userId, app, 'app.deploy'),
    db,
    folder: paths.uploads,
    finder,
    sourceArchive,
    deployments: deploying.deployments,
    states: deploying.states,
    audit,
    events,
    clock,
    newId,
    addresses: {
      get sftp() {
        return { host: place.dashboardHost(), port: sshPort }
      },
      get ftps() {
        return installation.ftps === false
          ? null
          : { host: place.dashboardHost(), port: installation.ftpPort }
      },
    },
    sayToApp: (appId, text) => appLogs.say(appId, text),
    crashPoint,
    onProblem,
  })

  const disk = createDiskService({
    apps,
    finder,
    allowances: createDiskAllowanceStore(db),
    disk: bareAgent.disk,
    hints,
    audit,
    events,
    clock,
    transact,
    onProblem,
  })

  const platform = composePlatform({
    db,
    baseDomain: place.baseDomain,
    config,
    masterKeys: () => keyRing.forBackup(),
    agent: bareAgent,
    addonParts: addons.open,
    node: bareAgent.backups,
    audit,
    clock,
    system: () => systemActor(bareAccess.rootActor().teamId),
    async startApps() {
      await deploying.start()
      addons.start()
    },
    nodeName: NODE,
  })

  const backups = composeBackups({
    db,
    node: bareAgent.backups,
    nodeName: NODE,
    host: installation.instance,
    addons: createAddonSubjects({
      addons: createAddonStore(db),
      attachments: createAddonAttachmentStore(db),
      open: addons.open,
    }),
    platform: (backupId) => platform.contentOf(backupId),
    finder,
    sourceArchive,
    buildContext,
    values,
    ...createHoldApp({ apps, instances, deployments: deploying.deployments, clock }),
    times: cronTimes,
    secretBox,
    noteNews: (news) => told.ofBackup(news),
    onGood: (backupId) => restores.afterBackup(backupId),
    audit,
    events,
    clock,
    newId,
    crashPoint,
    onProblem,
  })

  const restores = composeRestores({
    db,
    addons: addons.open,
    backups: backups.load,
    nodeAddons: bareAgent.addons,
    node: bareAgent.backups,
    agent: bareAgent,
    deployments: deploying.deployments,
    env: envServices.env,
    sourceArchive,
    buildContext,
    audit,
    events,
    noteNews: (news) => told.ofBackup(news),
    clock,
    newId,
    nodeName: NODE,
    crashPoint,
    onProblem,
  })

  const localAuthorities = async (): Promise<string> =>
    [await authority.certificate(), ...(await authority.formerCertificates())].join('')
  let localAuthority = await localAuthorities()
  const uptimeAddresses = withLookedAtPorts(
    createGuardedAddresses({
      allowed: networks.allowedForPlatform,
      lowPorts: LOOKED_AT_PORTS,
      own: () => ({
        addresses: [publicAddress, ...interfaceAddresses()],
        ports: [httpPort, httpsPort],
      }),
    }),
  )
  const uptimeProbe = createUptimeProbe({
    addresses: uptimeAddresses,
    proxy: { httpPort, httpsPort },
    extraCa: () => [networks.authoritiesForPlatform(), localAuthority].join('\n'),
  })
  const uptime = composeUptime({
    db,
    addresses: uptimeAddresses,
    probe: uptimeProbe,
    urlsOf: lookedAtUrlsOf,
    isDown: deploying.reconciler.isDown,
    alerts: {
      note: (event) => alerts?.note(event),
      settle: (key) => alerts?.settle(key),
    },
    addMetric: (at, series, value) => metrics.book.add(at, series, value),
    audit,
    events,
    clock,
    newId,
    random: Math.random,
    onProblem,
  })

  const firstRun = composeFirstRun({
    db,
    probe: uptimeProbe,
    urlsOf: lookedAtUrlsOf,
    waysFor: (actor) => access.proofs.waysFor(actor),
    place,
    certificateOf: domainCertificates.stateOf,
    isTrusted: (host) => certificates.isTrusted(host),
    isIssued: (host) => certificates.isIssued(host),
    audit,
    events,
    clock,
  })
  let localPair = await dashboardPairs.issueLocal()
  const traffic = createTrafficService({
    proxy,
    apps: finder,
    routes: createRouteStore(db),
    clock,
  })
  const nodes = createNodeService({ agent: bareAgent, nodeName: NODE, clock })
  const exposure = createExposureService({
    exposure: agent.exposure,
    audit,
    clock,
    transact,
    nodeName: NODE,
    firewall: firewall.service,
  })
  const metrics = composeMetrics({
    db,
    path: paths.metricsDatabase,
    node: bareAgent.metrics,
    maxConnections: addons.maxConnections,
    version: config.version,
    nodeName: NODE,
    proxy,
    apps,
    finder,
    clock,
    onProblem,
  })
  const hooks = outgoingWebhooks
  const channelDoor = channels
  const drains = composeDrains({
    db,
    logs: appLogs,
    finder,
    http: createGuardedHttp({ addresses: hookAddresses, extraCa: networks.authoritiesForPlatform }),
    addresses: createGuardedAddresses({
      allowed: networks.allowedForPlatform,
      lowPorts: SYSLOG_PORTS,
    }),
    allowedAddresses: createGuardedAddresses({
      allowed: networks.allowedForPlatform,
      lowPorts: SYSLOG_PORTS,
      isUsable: () => false,
    }),
    extraCa: networks.authoritiesForPlatform,
    hostName: place.dashboardHost,
    notify: channelDoor.notify,
    secretBox,
    audit,
    events,
    clock,
    newId,
    dashboardUrl,
    random: Math.random,
  })
  const alerting = composeAlerts({
    db,
    finder,
    source: metrics.source,
    notify: channelDoor.notify,
    hasChannel: channelDoor.hasAny,
    announce: hooks.announce,
    hints,
    audit,
    events,
    clock,
    newId,
    operators: () => bareAccess.rootActor().teamId,
    nodeName: NODE,
    isNodeReachable: async () => (await nodes.list()).every(({ reachable }) => reachable),
    care: exposure.care,
    proxyWorkers: () => proxy.workers().length,
    expectedWorkers: installation.proxyWorkers,
    checkOf: createUptimeStore(db).findForPlatform,
    dashboardUrl,
    bootId: bootId(),
    fileId: fileId(paths.controlDatabase),
    onProblem,
  })
  alerts = alerting
  const terminals = composeTerminals({
    apps: finder,
    runs: deploying.runs,
    addons: addons.open,
    clock,
    newId,
  })
  const edges = await composeEdges({
    outgoingWebhooks: hooks,
    channels: channelDoor.load,
    drains: drains.load,
    alerts: alerting.load,
    backups: backups.load,
    wayBack: restores.load,
    uptime: uptime.load,
    terminals: terminals.load,
    config,
    configFile: {
      db,
      values,
      digestKey: masterKey.deriveKey('config-digest'),
    },
    dashboardUrl,
    place: { ...place, isTrusted: (host) => certificates.isTrusted(host) },
    baseDomain: baseDomain.load,
    firstRun,
    access,
    audit,
    addons: addons.open,
    apps: appService,
    starters: createStarterService({
      starters: createStarterFolder(config.startersDir),
      apps: appService,
      sourceControl,
      sourceArchive,
      deployments: deploying.deployments,
      clock,
      newId,
      onProblem,
    }),
    env: envServices.env,
    envGroups: envServices.groups,
    deploying,
    domains,
    uploads,
    firewall,
    sources,
    logs: createLogService({ apps: finder, logs: appLogs, archive, clock, settings: logSettings }),
    platformLogs: composePlatformLogs({ node: bareAgent.platformLog, clock }),
    traffic,
    metrics: metrics.open,
    prometheus: metrics.openPrometheus,
    accessLog: createAccessLogService({
      apps: finder,
      accessLogs: createAccessLogFiles(paths.accessLogs),
      redactorFor: (appId) => values.redactorFor(appId),
      clock,
    }),
    nodes,
    disk,
    trash: createTrashService({
      apps: appService,
      purgeApp,
      volumes: deploying.volumes,
      addons: { isAny: createAddonStore(db).isAnyForPlatform, open: addons.open },
      bytesOf: deploying.ledger.bytesOf,
    }),
    exposure,
    stackImages,
    trustedProxies,
    liveEvents: createLiveEventService({ events, apps }),
    idempotency: createIdempotencyService({
      store: createIdempotencyStore(db),
      secretBox,
      clock,
      key: masterKey.deriveKey('idempotency'),
    }),
    accessTokenKey: masterKey.deriveKey('access-token'),
    keyRotation,
    restored: platform,
    git,
    sshKeys,
    sshSignIns: createSshSignIns({
      noteFailure: access.noteFailure,
      keys: sshKeys,
      throttle: createSignInThrottle(clock, { freeOfKnown: 50 }),
      auditLog: audit,
      clock,
      verifyUploadPassword: (...given) => uploads.sessions.verifyUploadPassword(...given),
      abuse: firewall.abuse,
    }),
    ftpSignIns: createFtpSignIns({
      noteFailure: access.noteFailure,
      throttle: createSignInThrottle(clock, { freeOfKnown: 50 }),
      auditLog: audit,
      clock,
      verifyUploadPassword: (...given) => uploads.sessions.verifyUploadPassword(...given),
      abuse: firewall.abuse,
    }),
    hostKeys: await openHostKeys(paths.sshHostKeys),
    proxy,
    tls: localPair,
    certificates: certificateParts,
    caPem: localAuthorities,
    clock,
    onProblem,
  })

  const takeDownDestroyed = (): Promise<number> =>
    finishDestroyed({
      apps,
      instances,
      routes: createRouteStore(db),
      retireApp: (appId) => deploying.deployments.takeDown(appId),
      clock,
    })

  const routedHosts = (): string[] =>
    apps.listForPlatform().flatMap((app) => deploying.routing.hostsOf(app))

  async function renewCertificates(): Promise<void> {
    const hosts = routedHosts()
    wantCertificates()
    if (await certificates.ensure(hosts)) await deploying.routing.publishChange()
    await certificates.housekeep()
    await renewDashboardPairs()
  }

  const wantCertificates = (): void =>
    certificates.wantOnly([...wanted(routedHosts()), ...dashboardPairs.hosts()])

  async function renewDashboardPairs(): Promise<void> {
    localPair = await dashboardPairs.issueLocal()
    localAuthority = await localAuthorities()
    await showDashboardPairs()
  }

  /** A certificate of a CA comes into use without a restart. */
  async function showDashboardPairs(): Promise<void> {
    const choice = await dashboardPairs.choose(localPair)
    edges.http.replaceCertificates(choice)
    edges.ftp?.replaceCertificate(choice.named?.pair ?? localPair)
  }

  return {
    async start(): Promise<void> {
      await platform.settle()
      await platform.tidy()
      await pushSocket.listen()
      await gitSocket.listen()
      await anchors.add()
      await drains.start()
      hints.start()
      collector.start()
      // Before routes are published: workers hand over what they have counted meanwhile from then on.
      traffic.start()
      metrics.start()
      await removePushLeftovers()
      if (!platform.isHeld()) {
        await deploying.start()
        addons.start()
      }
      uploads.start()
      sources.start()
      void takeDownDestroyed().catch((error: unknown) => onProblem('finishing to destroy', error))
      firewall.start()
      disk.start()
      domains.start()
      await edges.start()
      await showDashboardPairs()
      wantCertificates()
      certificates.start()
      keyRotation.start()
      hooks.start()
      channelDoor.start()
      alerting.start()
      uptime.start()
      await backups.start()
      restores.start()
      await baseDomain.start()
    },

    /** Lets go of everything; what is under way is taken up by the next daemon from its rows. */
    async stop(): Promise<void> {
      // First, so that a push that waits ends with a sentence.
      await pushSocket.close()
      await edges.stop()
      await terminals.stop()
      stackImages.stop()
      await keyRotation.stop()
      hooks.stop()
      await uptime.stop()
      await channelDoor.stop()
      await drains.stop()
      await alerting.stop()
      await restores.stop()
      await backups.stop()
      await baseDomain.stop()
      await certificates.stop()
      await uploads.stop()
      await domains.stop()
      await firewall.stop()
      disk.stop()
      traffic.stop()
      await metrics.stop()
      await sources.stop()
      await gitSocket.close()
      await addons.stop()
      await deploying.stop()
      await collector.stop()
      await appLogs.flush()
      await hints.stop()
      await proxy.close()
      bareAccess.flushFailures()
      await anchors
        .add()
        .catch((error: unknown) => onProblem('signing the end of the audit log failed', error))
      db.close()
      lock.release()
    },
  }
}
