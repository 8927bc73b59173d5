import type { Framework } from './node-framework.ts'
import { angular, expo, gatsby, plainSites, viteSite } from './node-sites.ts'
import type { Project } from './node-project.ts'
import {
  astro,
  nest,
  next,
  nitro,
  nuxt,
  reactRouter,
  remix,
  svelteKit,
  tanStackStart,
  webServers,
} from './node-servers.ts'

/** Meta-frameworks before the tools that they are made of. The first that a project uses is taken. */
const frameworks: readonly Framework[] = [
  next,
  nuxt,
  svelteKit,
  tanStackStart,
  reactRouter,
  remix,
  astro,
  nitro,
  angular,
  gatsby,
  expo,
  ...plainSites,
  nest,
  ...webServers,
  viteSite,
]

export const frameworkOf = (project: Project): Framework | undefined =>
  frameworks.find((framework) => framework.uses(project))
