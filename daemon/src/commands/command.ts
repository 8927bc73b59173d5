import type { ParseArgsOptionsConfig } from 'node:util'
import type { Actor } from '@vastrox/shared/actor.ts'
import type { CommandOrigin } from '@vastrox/shared/command-origin.ts'
import type { Permission } from '@vastrox/shared/permissions.ts'
import type { SshAccess } from '@vastrox/shared/ssh-key.ts'
import type { Terminal } from '#commands/terminal-port.ts'
import type { AccessService } from '#core/access/access-service.ts'
import type { SshKeyService } from '#core/access/ssh-key-service.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { LoadAlerts } from '#core/alerts/alert-services.ts'
import type { AppService } from '#core/apps/app-service.ts'
import type { TrashService } from '#core/apps/trash-service.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { LoadFirstRun } from '#core/first-run/first-run-service.ts'
import type { LoadBaseDomain } from '#core/base-domain/load-base-domain.ts'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import type { LoadUptime } from '#core/uptime/uptime-services.ts'
import type { LoadConfig } from '#core/config-file/config-service.ts'
import type { LoadDrains } from '#core/drains/drain-parts.ts'
import type { LoadChannels } from '#core/channels/channel-parts.ts'
import type { LoadWayBack } from '#core/restores/way-back-services.ts'
import type { BanService } from '#core/firewall/ban-service.ts'
import type { BuildService } from '#core/builds/build-service.ts'
import type { DomainService } from '#core/domains/domain-service.ts'
import type { DnsProviderService } from '#core/certificates/dns-provider-service.ts'
import type { IssuerService } from '#core/certificates/issuer-service.ts'
import type { KeptCertificates } from '#core/certificates/kept-certificates.ts'
import type { DeploymentService } from '#core/deployments/deployment-service.ts'
import type { EnvGroupService } from '#core/env/env-group-service.ts'
import type { EnvService } from '#core/env/env-service.ts'
import type { EgressService } from '#core/firewall/egress-service.ts'
import type { FirewallService } from '#core/firewall/firewall-service.ts'
import type { JobService } from '#core/scheduled-jobs/job-service.ts'
import type { AccessLogService } from '#core/logs/access-log-service.ts'
import type { LogService } from '#core/logs/log-service.ts'
import type { OpenPlatformLogs } from '#core/logs/platform-logs.ts'
import type { DiskLedger } from '#core/nodes/disk-ledger.ts'
import type { DiskService } from '#core/nodes/disk-service.ts'
import type { ExposureService } from '#core/nodes/exposure-service.ts'
import type { NodeService } from '#core/nodes/node-service.ts'
import type { ProcessSettings } from '#core/processes/process-settings.ts'
import type { ProcessService } from '#core/processes/process-service.ts'
import type { RunService } from '#core/processes/run-service.ts'
import type { ExternalService } from '#core/sources/external-service.ts'
import type { GitAccountService } from '#core/sources/git-account-service.ts'
import type { ImageService } from '#core/sources/image-service.ts'
import type { RegistryService } from '#core/sources/registry-service.ts'
import type { RemoteService } from '#core/sources/remote-service.ts'
import type { SourceNetworkService } from '#core/sources/source-networks.ts'
import type { OutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'
import type { WebhookService } from '#core/sources/webhook-service.ts'
import type { PortService } from '#core/routing/port-service.ts'
import type { RouteSettingsService } from '#core/routing/route-settings-service.ts'
import type { TrustedProxyService } from '#core/routing/trusted-proxies.ts'
import type { ReleaseService } from '#core/releases/release-service.ts'
import type { OpenMetrics } from '#core/metrics/open-metrics.ts'
import type { TrafficService } from '#core/metrics/traffic-service.ts'
import type { SleepService } from '#core/sleep/sleep-service.ts'
import type { StackImageService } from '#core/stack-images/stack-image-service.ts'
import type { VolumeService } from '#core/volumes/volume-service.ts'
import type { ArchiveService } from '#core/sources/archive-service.ts'
import type { PublishUploads } from '#core/sources/publish-uploads.ts'
import type { UploadFiles } from '#core/sources/upload-files.ts'
import type { UploadSettings } from '#core/sources/upload-settings.ts'

/** What commands may call; each calls one. */
export interface CommandServices {
  access: AccessService
  /** Loaded when it is first asked for. */
  addons: OpenAddons
  /** The same. */
  alerts: LoadAlerts
  apps: AppService
  audit: AuditLog
  backups: LoadBackups
  baseDomain: LoadBaseDomain
  firstRun: LoadFirstRun
  bans: BanService
  channels: LoadChannels
  /** Loaded when it is first asked for. */
  config: LoadConfig
  drains: LoadDrains
  builds: BuildService
  certificates: KeptCertificates
  issuers: IssuerService
  dnsProviders: DnsProviderService
  deployments: DeploymentService
  domains: DomainService
  egress: EgressService
  env: EnvService
  envGroups: EnvGroupService
  firewall: FirewallService
  exposure: ExposureService
  external: ExternalService
  jobs: JobService
  images: ImageService
  logs: LogService
  /** Loaded when it is first asked for. */
  platformLogs: OpenPlatformLogs
  traffic: TrafficService
  metrics: OpenMetrics
  accessLog: AccessLogService
  nodes: NodeService
  disk: DiskService
  ledger: DiskLedger
  trash: TrashService
  processes: ProcessService
  processSettings: ProcessSettings
  registries: RegistryService
  releases: ReleaseService
  sleep: SleepService
  routeSettings: RouteSettingsService
  ports: PortService
  stackImages: StackImageService
  runs: RunService
  /** The SSH server itself. */
  ssh: { describe(): SshAccess }
  sshKeys: SshKeyService
  uploads: {
    archives: ArchiveService
    files: UploadFiles
    publishing: PublishUploads
    settings: UploadSettings
  }
  sourceNetworks: SourceNetworkService
  gitAccounts: GitAccountService
  remote: RemoteService
  trustedProxies: TrustedProxyService
  volumes: VolumeService
  /** Drills, restores and imports. */
  wayBack: LoadWayBack
  /** Loaded when it is first asked for. */
  uptime: LoadUptime
  webhooks: WebhookService
  outgoingWebhooks: OutgoingWebhookService
}

/** Where a command runs: on the server's console, or over SSH. */
export interface CommandContext extends CommandServices {
  actor: Actor
  /** Where whoever asks works from; undefined where it cannot be told. */
  origin?: CommandOrigin | undefined
  /** What was piped in; undefined where nothing was. */
  stdin: string | undefined
  /** Where somebody works with the command; undefined where it only prints. */
  terminal: Terminal | undefined
  /** At the console of the server: root in that team, since root is in every team. */
  inTeam?: ((teamId: string) => Actor | undefined) | undefined
  /** True with --json: the only thing printed is one JSON value. */
  json: boolean
  /** Aborts when whoever asked has gone. */
  signal: AbortSignal
  /** Resolves once the reader can take more. */
  print(text: string): Promise<void>
  printError(text: string): Promise<void>
}

export interface Arguments {
  positionals: string[]
  options: Readonly<Record<string, string | boolean | undefined>>
}

export interface Command {
  /** As people know it: `env:set`. `env set` works too. */
  name: string
  aliases?: readonly string[]
  /** Behind the name: `<app> KEY=value …`. */
  usage: string
  summary: string
  permission: Permission | 'signed-in'
  /** It shows no more than what whoever asks may see, so that it is for those too who see only some apps. */
  filtered?: true
  options?: ParseArgsOptionsConfig
  /** How many positionals it takes, at least and at most. */
  takes: readonly [least: number, most: number]
  /** Gives the exit code where it is not 0. */
  run(context: CommandContext, args: Arguments): Promise<number | undefined | void>
}

/** The command line cannot be understood: exit code 2, with the usage. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** The positional at that place; commands say in `takes` which are there. */
export function positional({ positionals }: Arguments, at: number): string {
  const found = positionals[at]
  if (found === undefined) throw new UsageError('There is something missing.')
  return found
}

export function textOption({ options }: Arguments, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** A whole number at or above `least`. */
export function numberOption(args: Arguments, name: string, least = 0): number | undefined {
  const text = textOption(args, name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < least)
    throw new UsageError(`--${name} takes a whole number from ${least} on.`)
  return value
}
