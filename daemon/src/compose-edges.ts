import { isIPv4 } from 'node:net'
import { DEFAULT_FTP_PASSIVE_PORTS } from '@vastrox/shared/installation.ts'
import type { CommandServices } from '#commands/command.ts'
import { createConsoleServer } from '#commands/console-server.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { SshKeyService } from '#core/access/ssh-key-service.ts'
import type { FtpSignIns } from '#core/access/ftp-sign-ins.ts'
import type { SshSignIns } from '#core/access/ssh-sign-ins.ts'
import type { IdempotencyService } from '#core/access/idempotency-service.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { LoadAlerts } from '#core/alerts/alert-services.ts'
import type { AppService } from '#core/apps/app-service.ts'
import type { LiveEventService } from '#core/apps/live-event-service.ts'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import type { LoadDrains } from '#core/drains/drain-parts.ts'
import type { LoadChannels } from '#core/channels/channel-parts.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { LoadTerminals } from '#core/terminals/terminal-service.ts'
import type { LoadUptime } from '#core/uptime/uptime-services.ts'
import type { LoadWayBack } from '#core/restores/way-back-services.ts'
import type { EnvGroupService } from '#core/env/env-group-service.ts'
import type { EnvService } from '#core/env/env-service.ts'
import type { OpenMetrics, OpenPrometheus } from '#core/metrics/open-metrics.ts'
import type { AccessLogService } from '#core/logs/access-log-service.ts'
import type { LogService } from '#core/logs/log-service.ts'
import type { OpenPlatformLogs } from '#core/logs/platform-logs.ts'
import type { TrashService } from '#core/apps/trash-service.ts'
import type { DiskService } from '#core/nodes/disk-service.ts'
import type { ExposureService } from '#core/nodes/exposure-service.ts'
import type { NodeService } from '#core/nodes/node-service.ts'
import type { StackImageService } from '#core/stack-images/stack-image-service.ts'
import type { TrustedProxyService } from '#core/routing/trusted-proxies.ts'
import type { KeyRotation } from '#core/secrets/key-rotation.ts'
import type { GitAccess } from '#core/sources/git-service.ts'
import { createEventSources } from '#http/event-sources.ts'
import { gitHttp } from '#http/git-http.ts'
import { addonAccessRoutes } from '#http/routes/addon-access-routes.ts'
import { addonLogRoutes } from '#http/routes/addon-log-routes.ts'
import { addonRoutes } from '#http/routes/addon-routes.ts'
import { alertRoutes } from '#http/routes/alert-routes.ts'
import { appRoutes } from '#http/routes/app-routes.ts'
import { backupRoutes } from '#http/routes/backup-routes.ts'
import { baseDomainRoutes } from '#http/routes/base-domain-routes.ts'
import { backupScheduleRoutes } from '#http/routes/backup-schedule-routes.ts'
import { destinationRoutes } from '#http/routes/destination-routes.ts'
import { buildRoutes } from '#http/routes/build-routes.ts'
import { configRoutes } from '#http/routes/config-routes.ts'
import { dnsProviderRoutes } from '#http/routes/dns-provider-routes.ts'
import { certificateRoutes } from '#http/routes/certificate-routes.ts'
import { caRoutes } from '#http/routes/ca-routes.ts'
import { diskRoutes } from '#http/routes/disk-routes.ts'
import { ledgerRoutes } from '#http/routes/ledger-routes.ts'
import { trashRoutes } from '#http/routes/trash-routes.ts'
import { deploymentRoutes } from '#http/routes/deployment-routes.ts'
import { envGroupRoutes } from '#http/routes/env-group-routes.ts'
import { envRoutes } from '#http/routes/env-routes.ts'
import { eventRoutes } from '#http/routes/event-routes.ts'
import { firstRunRoutes } from '#http/routes/first-run-routes.ts'
import { firewallRoutes } from '#http/routes/firewall-routes.ts'
import { drillRoutes } from '#http/routes/drill-routes.ts'
import { importRoutes } from '#http/routes/import-routes.ts'
import { restoreRoutes } from '#http/routes/restore-routes.ts'
import { domainRoutes } from '#http/routes/domain-routes.ts'
import { exposureRoutes } from '#http/routes/exposure-routes.ts'
import { jobRoutes } from '#http/routes/job-routes.ts'
import { trafficRoutes } from '#http/routes/traffic-routes.ts'
import { prometheusRoutes } from '#http/routes/prometheus-routes.ts'
import { metricRoutes } from '#http/routes/metric-routes.ts'
import { logRoutes } from '#http/routes/log-routes.ts'
import { platformLogRoutes } from '#http/routes/platform-log-routes.ts'
import { nodeRoutes } from '#http/routes/node-routes.ts'
import { processRoutes } from '#http/routes/process-routes.ts'
import { registryRoutes } from '#http/routes/registry-routes.ts'
import { releaseRoutes } from '#http/routes/release-routes.ts'
import {
  deliveryRoutes,
  externalSourceRoutes,
  sourceNetworkRoutes,
} from '#http/routes/external-source-routes.ts'
import { gitAccountRoutes } from '#http/routes/git-account-routes.ts'
import { remoteSourceRoutes } from '#http/routes/remote-source-routes.ts'
import { terminalRoutes } from '#http/routes/terminal-routes.ts'
import { uptimeRoutes } from '#http/routes/uptime-routes.ts'
import { logDrainRoutes } from '#http/routes/log-drain-routes.ts'
import { channelRoutes } from '#http/routes/channel-routes.ts'
import { outgoingWebhookRoutes } from '#http/routes/outgoing-webhook-routes.ts'
import { webhookRoutes } from '#http/routes/webhook-routes.ts'
import { sleepRoutes } from '#http/routes/sleep-routes.ts'
import { sourceRoutes } from '#http/routes/source-routes.ts'
import { stackImageRoutes } from '#http/routes/stack-image-routes.ts'
import { deployKeyRoutes } from '#http/routes/deploy-key-routes.ts'
import { sshKeyRoutes } from '#http/routes/ssh-key-routes.ts'
import { starterRoutes } from '#http/routes/starter-routes.ts'
import { portRoutes } from '#http/routes/port-routes.ts'
import { trustedProxyRoutes } from '#http/routes/trusted-proxy-routes.ts'
import { volumeRoutes } from '#http/routes/volume-routes.ts'
import { routeSettingsRoutes } from '#http/routes/route-settings-routes.ts'
import { runRoutes } from '#http/routes/run-routes.ts'
import { uploadRoutes } from '#http/routes/upload-routes.ts'
import { uploadStreamRoutes } from '#http/routes/upload-stream-routes.ts'
import type { DashboardPlace } from '#http/plugins/former-names.ts'
import type { Limits } from '#http/plugins/limits.ts'
import { createHttpServer, type TlsPair } from '#http/server.ts'
import type { StarterService } from '#core/sources/starter-service.ts'
import type { Clock } from '#ports/clock.ts'
import type { SshAccess, SshHostKey } from '@vastrox/shared/ssh-key.ts'
import type { TrafficService } from '#core/metrics/traffic-service.ts'
import type { Proxy } from '#ports/proxy.ts'
import { runConsole } from '#ssh/console-session.ts'
import { runGit } from '#ssh/git-session.ts'
import { withDenials } from '#core/sources/with-denials.ts'
import { createFtpServer } from '#ftp/server.ts'
import { createSshServer } from '#ssh/server.ts'
import { runSftp } from '#ssh/sftp-session.ts'
import type { LoadFirstRun } from '#core/first-run/first-run-service.ts'
import type { LoadBaseDomain } from '#core/base-domain/load-base-domain.ts'
import type { CertificateParts } from './compose-certificates.ts'
import { composeConfig, type ConfigParts } from './compose-config.ts'
import type { PlatformParts } from './compose-platform.ts'
import type { OutgoingWebhookParts } from './compose-outgoing-webhooks.ts'
import type { DeploymentParts } from './compose-deployments.ts'
import type { DomainParts } from './compose-domains.ts'
import type { FirewallParts } from './compose-firewall.ts'
import type { UploadParts } from './compose-uploads.ts'
import type { SourceParts } from './compose-sources.ts'
import type { DaemonConfig } from './config.ts'

interface Parts {
  config: DaemonConfig
  configFile: ConfigParts
  dashboardUrl: () => string
  place: DashboardPlace
  baseDomain: LoadBaseDomain
  firstRun: LoadFirstRun
  access: AccessService
  audit: AuditLog
  addons: OpenAddons
  backups: LoadBackups
  wayBack: LoadWayBack
  uptime: LoadUptime
  terminals: LoadTerminals
  apps: AppService
  starters: StarterService
  env: EnvService
  envGroups: EnvGroupService
  deploying: DeploymentParts
  domains: Pick<DomainParts, 'service'>
  uploads: UploadParts
  firewall: FirewallParts
  sources: SourceParts
  outgoingWebhooks: Pick<OutgoingWebhookParts, 'service'>
  channels: LoadChannels
  alerts: LoadAlerts
  drains: LoadDrains
  logs: LogService
  platformLogs: OpenPlatformLogs
  traffic: TrafficService
  metrics: OpenMetrics
  prometheus: OpenPrometheus
  accessLog: AccessLogService
  nodes: NodeService
  disk: DiskService
  trash: TrashService
  exposure: ExposureService
  stackImages: StackImageService
  trustedProxies: TrustedProxyService
  liveEvents: LiveEventService
  idempotency: IdempotencyService
  accessTokenKey: Buffer
  keyRotation: KeyRotation
  restored: Pick<PlatformParts, 'finish'>
  git: GitAccess
  sshKeys: SshKeyService
  sshSignIns: SshSignIns
  ftpSignIns: FtpSignIns
  hostKeys: { privateKeys: readonly string[]; publicKeys: readonly SshHostKey[] }
  proxy: Proxy
  tls: TlsPair
  certificates: CertificateParts
  /** Of the local CA, and of those from before whose names still answer. */
  caPem: () => Promise<string>
  clock: Clock
  onProblem: (what: string, error: unknown) => void
  /** Requests in a minute, where it is not what everybody is allowed. */
  limits?: Limits
}

const LISTEN_AGAIN_MS = 30_000

/** The ways in: HTTPS (dashboard, API, git), SSH (git, console) and the console socket. */
export async function composeEdges(parts: Parts) {
  const { config, access, apps, deploying, clock, uploads } = parts
  const now = (): Date => clock.now()
  const eventSources = createEventSources({})

  const owners = servicesOf()
  const loadConfig = composeConfig(owners, parts.configFile)
  const services: CommandServices = { ...owners, config: loadConfig }
  const http = await createHttpServer({
    config: config.installation,
    version: config.version,
    tls: parts.tls,
    access,
    auditLog: parts.audit,
    idempotency: parts.idempotency,
    isTrustedProxy: (address) => parts.trustedProxies.trusts(address),
    accessTokenKey: parts.accessTokenKey,
    dashboardUrl: parts.dashboardUrl,
    place: parts.place,
    now,
    logError: parts.onProblem,
    limits: parts.limits,
    dashboardFolder: config.dashboardDir,
    health: async () => {
      const [node] = await parts.nodes.list()
      return {
        agent: node?.reachable ? 'ok' : 'failing',
        engine: (node?.engineVersion ?? null) === null ? 'failing' : 'ok',
        proxy: parts.proxy.workers().length > 0 ? 'ok' : 'failing',
      }
    },
    api: [
      caRoutes(parts.caPem),
      dnsProviderRoutes(parts.certificates.providers),
      certificateRoutes(parts.certificates.kept, parts.certificates.issuerService),
      appRoutes(apps, parts.starters),
      starterRoutes(parts.starters),
      envRoutes(parts.env),
      envGroupRoutes(parts.envGroups),
      deploymentRoutes(deploying.deployments, eventSources),
      releaseRoutes(deploying.releases, deploying.releaseSources, deploying.deployments),
      buildRoutes(deploying.builds),
      volumeRoutes(deploying.volumes),
      drillRoutes(parts.wayBack),
      restoreRoutes(parts.wayBack),
      importRoutes(parts.wayBack),
      addonRoutes(parts.addons),
      addonAccessRoutes(parts.addons),
      addonLogRoutes(parts.addons, eventSources),
      destinationRoutes(parts.backups),
      backupRoutes(parts.backups),
      backupScheduleRoutes(parts.backups),
      domainRoutes(parts.domains.service),
      sourceRoutes(deploying.images),
      externalSourceRoutes(parts.sources.external),
      deliveryRoutes(parts.sources.webhooks),
      webhookRoutes(parts.sources.webhooks),
      outgoingWebhookRoutes(parts.outgoingWebhooks.service),
      uptimeRoutes(parts.uptime),
      terminalRoutes(parts.terminals, eventSources),
      channelRoutes(parts.channels),
      alertRoutes(parts.alerts),
      logDrainRoutes(parts.drains),
      sourceNetworkRoutes(parts.sources.networks),
      gitAccountRoutes(parts.sources.accounts),
      remoteSourceRoutes(parts.sources.remote),
      registryRoutes(deploying.registries),
      processRoutes(deploying.processes, deploying.processSettings, deploying.deployments),
      sleepRoutes(deploying.sleep),
      routeSettingsRoutes(deploying.routeSettings),
      portRoutes(deploying.ports),
      sshKeyRoutes(parts.sshKeys, describeSsh),
      deployKeyRoutes(parts.sshKeys.ofApps),
      uploadRoutes(parts.uploads),
      uploadStreamRoutes(parts.uploads),
      runRoutes(deploying.runs, eventSources),
      jobRoutes(deploying.jobs),
      logRoutes(parts.logs, eventSources),
      platformLogRoutes(parts.platformLogs, eventSources),
      trafficRoutes(parts.traffic, parts.accessLog, eventSources),
      metricRoutes(parts.metrics),
      prometheusRoutes(parts.prometheus),
      eventRoutes(parts.liveEvents, eventSources),
      nodeRoutes(parts.nodes),
      diskRoutes(parts.disk),
      ledgerRoutes(deploying.ledger),
      trashRoutes(parts.trash),
      exposureRoutes(parts.exposure),
      trustedProxyRoutes(parts.trustedProxies),
      configRoutes(loadConfig),
      baseDomainRoutes(parts.baseDomain),
      firstRunRoutes(parts.firstRun),
      stackImageRoutes(parts.stackImages),
      firewallRoutes(parts.firewall.service, parts.firewall.bans, parts.firewall.egress),
    ],
    root: [
      gitHttp({
        git: parts.git,
        authenticateToken: (token, address) => access.authenticateToken(token, address),
        onError: (error) => parts.onProblem('git over HTTPS failed', error),
      }),
    ],
  })

  function servicesOf(): Omit<CommandServices, 'config'> {
    return {
      access,
      addons: parts.addons,
      alerts: parts.alerts,
      apps,
      audit: parts.audit,
      backups: parts.backups,
      baseDomain: parts.baseDomain,
      firstRun: parts.firstRun,
      bans: parts.firewall.bans,
      channels: parts.channels,
      drains: parts.drains,
      builds: deploying.builds,
      certificates: parts.certificates.kept,
      issuers: parts.certificates.issuerService,
      dnsProviders: parts.certificates.providers,
      deployments: deploying.deployments,
      domains: parts.domains.service,
      egress: parts.firewall.egress,
      env: parts.env,
      envGroups: parts.envGroups,
      external: parts.sources.external,
      webhooks: parts.sources.webhooks,
      outgoingWebhooks: parts.outgoingWebhooks.service,
      sourceNetworks: parts.sources.networks,
      gitAccounts: parts.sources.accounts,
      remote: parts.sources.remote,
      firewall: parts.firewall.service,
      jobs: deploying.jobs,
      images: deploying.images,
      logs: parts.logs,
      platformLogs: parts.platformLogs,
      traffic: parts.traffic,
      metrics: parts.metrics,
      accessLog: parts.accessLog,
      nodes: parts.nodes,
      disk: parts.disk,
      ledger: deploying.ledger,
      trash: parts.trash,
      exposure: parts.exposure,
      processes: deploying.processes,
      processSettings: deploying.processSettings,
      registries: deploying.registries,
      releases: deploying.releases,
      sleep: deploying.sleep,
      routeSettings: deploying.routeSettings,
      ports: deploying.ports,
      stackImages: parts.stackImages,
      trustedProxies: parts.trustedProxies,
      runs: deploying.runs,
      uploads: parts.uploads,
      volumes: deploying.volumes,
      wayBack: parts.wayBack,
      uptime: parts.uptime,
      ssh: { describe: describeSsh },
      sshKeys: parts.sshKeys,
    }
  }
  const onBug = (error: unknown): void => parts.onProblem('a command failed', error)
  const console = createConsoleServer({
    socketPath: config.paths.consoleSocket,
    services,
    only: async () =>
      (await import('#commands/root-commands.ts')).rootCommands(parts.keyRotation, parts.restored),
    rootActor: () => access.rootActor(),
    rootIn: (teamId) => access.actors.root(teamId),
    onBug,
  })

  const onSshError = (error: unknown): void => parts.onProblem('a session over SSH failed', error)
  const place = {
    get host(): string {
      return new URL(parts.dashboardUrl()).hostname
    },
    port: config.installation.sshPort,
  }
  const ssh = createSshServer({
    hostKeys: parts.hostKeys.privateKeys,
    place,
    signIns: parts.sshSignIns,
    services: {
      git: ({ actor }, session) =>
        runGit({ git: parts.git, place, onError: onSshError }, actor, session),
      console: ({ actor }, session) => runConsole({ services, onBug }, actor, session),
      sftp: ({ actor }, app, session) =>
        runSftp(
          { uploads: withDenials(uploads.sessions, access), now, onError: onSshError },
          actor,
          app,
          session,
        ),
    },
    now,
    onError: onSshError,
  })
  let tryAgain: NodeJS.Timeout | undefined
  /** Without SSH the daemon does the rest of its work, and goes on trying. */
  async function listenForSsh(): Promise<void> {
    const { sshFd: fd } = config
    try {
      await (fd === undefined
        ? ssh.listen({ host: '::', port: place.port })
        : ssh.listen({ fd }).catch(() => ssh.listen({ host: '::', port: place.port })))
    } catch (error) {
      parts.onProblem(`the SSH port ${place.port} cannot be opened`, error)
      tryAgain = setTimeout(() => void listenForSsh(), LISTEN_AGAIN_MS)
    }
  }
  const ftp = config.installation.ftps === false ? undefined : composeFtp()
  function composeFtp() {
    const { ftpPassivePorts, publicAddress } = config.installation
    return createFtpServer({
      tls: parts.tls,
      signIns: parts.ftpSignIns,
      sessions: parts.uploads.sessions,
      passivePorts: ftpPassivePorts ?? DEFAULT_FTP_PASSIVE_PORTS,
      isPlainAllowed: (app) => parts.uploads.settings.isPlainFtpAllowed(app),
      publicAddress: isIPv4(publicAddress) ? publicAddress : null,
      now,
      onError: (error) => parts.onProblem('a session over FTP failed', error),
    })
  }
  let ftpAgain: NodeJS.Timeout | undefined
  /** As for SSH. */
  async function listenForFtp(): Promise<void> {
    const port = config.installation.ftpPort
    try {
      await ftp?.listen({ host: '::', port })
    } catch (error) {
      parts.onProblem(`the FTP port ${port} cannot be opened`, error)
      ftpAgain = setTimeout(() => void listenForFtp(), LISTEN_AGAIN_MS)
    }
  }
  parts.sshKeys.onRemoved((keyId) => ssh.drop(keyId))
  access.onChange(() => {
    eventSources.recheck()
    ssh.recheck()
    uploads.sessions
      .recheck()
      .catch((error: unknown) => parts.onProblem('uploads could not be hung up on', error))
  })
  function describeSsh(): SshAccess {
    const connections = ssh.connections()
    return {
      host: place.host,
      port: place.port,
      hostKeys: [...parts.hostKeys.publicKeys],
      connections,
    }
  }

  return {
    http,
    ssh,
    ftp,
    async start(): Promise<void> {
      await console.listen()
      await http.listen()
      await listenForSsh()
      await listenForFtp()
    },
    async stop(): Promise<void> {
      clearTimeout(tryAgain)
      clearTimeout(ftpAgain)
      await Promise.all([console.close(), http.close(), ssh.close(), ftp?.close()])
    },
  }
}
