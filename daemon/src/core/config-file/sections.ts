import type { Actor } from '@vastrox/shared/actor.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { LoadAlerts } from '#core/alerts/alert-services.ts'
import type { LoadBackups } from '#core/backups/backup-services.ts'
import type { LoadChannels } from '#core/channels/channel-parts.ts'
import type { LoadDrains } from '#core/drains/drain-parts.ts'
import type { FirewallService } from '#core/firewall/firewall-service.ts'
import type { LogService } from '#core/logs/log-service.ts'
import type { OutgoingWebhookService } from '#core/outgoing-webhooks/outgoing-webhook-service.ts'
import type { TrustedProxyService } from '#core/routing/trusted-proxies.ts'
import type { ExternalService } from '#core/sources/external-service.ts'
import type { ImageService } from '#core/sources/image-service.ts'
import type { RemoteService } from '#core/sources/remote-service.ts'
import type { UploadSettings } from '#core/sources/upload-settings.ts'
import type { LoadUptime } from '#core/uptime/uptime-services.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AppService } from '#core/apps/app-service.ts'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { SayDigest } from '#core/config-file/secrets.ts'
import { addonsSection, attachmentsSection } from '#core/config-file/sections/addons.ts'
import { alertRulesSection } from '#core/config-file/sections/alert-rules.ts'
import { backupSchedulesSection } from '#core/config-file/sections/backup-schedules.ts'
import { channelsSection } from '#core/config-file/sections/channels.ts'
import { destinationsSection } from '#core/config-file/sections/destinations.ts'
import { envGroupsSection } from '#core/config-file/sections/env-groups.ts'
import {
  firewallSection,
  portPolicySection,
  trustedProxiesSection,
} from '#core/config-file/sections/firewall.ts'
import { logDrainsSection } from '#core/config-file/sections/log-drains.ts'
import { logsSection } from '#core/config-file/sections/logs.ts'
import {
  gitSection,
  imageSection,
  remoteSection,
  uploadsSection,
} from '#core/config-file/sections/sources.ts'
import { uptimeOfAppSection, uptimeSection } from '#core/config-file/sections/uptime.ts'
import { webhooksSection } from '#core/config-file/sections/webhooks.ts'
import { domainsSection } from '#core/config-file/sections/domains.ts'
import { egressSection } from '#core/config-file/sections/egress.ts'
import { envSection } from '#core/config-file/sections/env.ts'
import { envGroupsOfAppSection } from '#core/config-file/sections/env-groups-of-app.ts'
import { jobsSection } from '#core/config-file/sections/jobs.ts'
import { portsSection } from '#core/config-file/sections/ports.ts'
import { processesSection } from '#core/config-file/sections/processes.ts'
import { routingSection } from '#core/config-file/sections/routing.ts'
import { settingsSection } from '#core/config-file/sections/settings.ts'
import { volumesSection } from '#core/config-file/sections/volumes.ts'
import type { DomainService } from '#core/domains/domain-service.ts'
import type { EnvGroupService } from '#core/env/env-group-service.ts'
import type { EnvService } from '#core/env/env-service.ts'
import type { Variables } from '#core/env/variable.ts'
import type { EgressService } from '#core/firewall/egress-service.ts'
import type { ProcessSettings } from '#core/processes/process-settings.ts'
import type { PortService } from '#core/routing/port-service.ts'
import type { RouteSettingsService } from '#core/routing/route-settings-service.ts'
import type { JobService } from '#core/scheduled-jobs/job-service.ts'
import type { VolumeService } from '#core/volumes/volume-service.ts'

/** The owners of everything that a file can say. */
export interface ConfigServices {
  addons: OpenAddons
  alerts: LoadAlerts
  apps: AppService
  backups: LoadBackups
  channels: LoadChannels
  drains: LoadDrains
  external: ExternalService
  firewall: FirewallService
  images: ImageService
  logs: Pick<LogService, 'settings'>
  outgoingWebhooks: OutgoingWebhookService
  remote: RemoteService
  trustedProxies: TrustedProxyService
  uploads: { settings: UploadSettings }
  uptime: LoadUptime
  domains: DomainService
  egress: EgressService
  env: EnvService
  envGroups: EnvGroupService
  finder: AppFinder
  jobs: JobService
  ownEnvForPlatform: (appId: string) => Variables
  ownGroupForPlatform: (actor: Actor, group: string) => Variables
  ports: PortService
  processSettings: ProcessSettings
  routeSettings: RouteSettingsService
  volumes: VolumeService
  digestOf: SayDigest
}

/** In the order in which they are made: what is referred to stands before what refers to it. */
export interface Sections {
  before: readonly ConfigSection[]
  ofApps: readonly ConfigSection[]
  after: readonly ConfigSection[]
  ofTeam: readonly ConfigSection[]
}

/** To add a section: write its file beside the others, then name it here. */
export function createSections(services: ConfigServices): Sections {
  const { digestOf, finder } = services
  const before: ConfigSection[] = [
    trustedProxiesSection(services.trustedProxies),
    portPolicySection(services.ports),
    destinationsSection(services.backups),
    envGroupsSection({
      groups: services.envGroups,
      ownForPlatform: services.ownGroupForPlatform,
      digestOf,
    }),
    addonsSection(services.addons),
  ]
  const rules = alertRulesSection(services.alerts)
  const drains = logDrainsSection(services.drains)
  const webhooks = webhooksSection(services.outgoingWebhooks)
  const ofApps: ConfigSection[] = [
    settingsSection(services.apps),
    processesSection(finder, services.processSettings),
    volumesSection(services.volumes),
    envGroupsOfAppSection(services.envGroups),
    attachmentsSection(services.addons),
    envSection({ finder, env: services.env, ownForPlatform: services.ownEnvForPlatform, digestOf }),
    egressSection(services.egress),
    domainsSection(services.domains),
    routingSection(services.routeSettings),
    portsSection(services.ports),
    jobsSection(services.jobs),
    logsSection(services.logs.settings),
    uptimeOfAppSection(services.uptime),
    rules,
    drains,
    webhooks,
    // Last: from then on it is built, with all of the above.
    uploadsSection(services.uploads.settings),
    gitSection(services.external),
    remoteSection(services.remote),
    imageSection(services.images),
  ]
  const after: ConfigSection[] = [
    backupSchedulesSection(services.backups),
    // They may name apps.
    channelsSection(services.channels),
    uptimeSection(services.uptime),
    rules,
    drains,
    webhooks,
    // Last of all: it may shut out what is not confirmed.
    firewallSection(services.firewall),
  ]
  return { before, ofApps, after, ofTeam: [...before, ...after] }
}
