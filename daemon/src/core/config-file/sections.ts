import type { Actor } from '@vastrox/shared/actor.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { AppService } from '#core/apps/app-service.ts'
import type { ConfigSection } from '#core/config-file/section.ts'
import type { SayDigest } from '#core/config-file/secrets.ts'
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
  apps: AppService
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
  const before: ConfigSection[] = []
  const ofApps: ConfigSection[] = [
    settingsSection(services.apps),
    processesSection(finder, services.processSettings),
    volumesSection(services.volumes),
    envGroupsOfAppSection(services.envGroups),
    envSection({ finder, env: services.env, ownForPlatform: services.ownEnvForPlatform, digestOf }),
    egressSection(services.egress),
    domainsSection(services.domains),
    routingSection(services.routeSettings),
    portsSection(services.ports),
    jobsSection(services.jobs),
  ]
  const after: ConfigSection[] = []
  return { before, ofApps, after, ofTeam: [...before, ...after] }
}
