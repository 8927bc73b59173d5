import type { SourceTree } from '#ports/stack.ts'
import type { Manifest } from './node-manifest.ts'
import { majorOf, type Project } from './node-project.ts'
import { plainText } from './plain-text.ts'

/** Run by npm and its like around an installation; what they need is not known beforehand. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'dependencies']

/** Writes generated code into node_modules. */
const GENERATORS = ['prisma', '@prisma/client', 'zenstack']

/** More than that many are copied with everything else. */
const MAX_MANIFESTS = 60

/** Steps of install scripts that a build or a server can do without: hooks of git, types for editors. */
const NOT_NEEDED =
  /^(?:husky(?: install)?|is-ci|(?:npx )?only-allow [a-z]{1,10}|simple-git-hooks|lefthook install|(?:npx )?(?:nuxt|nuxi) prepare|(?:npx )?svelte-kit sync|(?:npx )?astro sync|echo(?: ["']{2})?|true|exit 0)$/
/** Needs the folder of patches, which is copied with the files that name packages. */
const NEEDS_PATCHES = /^(?:npx )?patch-package$/

interface Installation {
  /** Why the files that name the packages are not enough; undefined where they are. */
  whole: string | undefined
  /** Scripts of the app's own are run by it. */
  runs: boolean
  /** Scripts that are left out, by the folder of their package. */
  dropped: Map<string, string[]>
}

/** What installing the packages of a project needs to see. */
export function planInstallation(project: Project): Installation {
  const { base, baseManifest, workspace, packages } = project
  const dropped = new Map<string, string[]>()
  let runs = false
  const places: [string, Manifest][] = [
    ...(baseManifest ? [['', baseManifest] as [string, Manifest]] : []),
    ...(workspace?.members ?? []).map((one): [string, Manifest] => [one.directory, one.manifest]),
  ]
  for (const [folder, { scripts }] of places) {
    for (const name of INSTALL_SCRIPTS) {
      const script = scripts[name]
      if (script === undefined) continue
      const steps = script
        .slice(0, 2_000)
        .split(/&&|\|\||;/)
        .map((step) => step.trim())
      if (steps.every((step) => NOT_NEEDED.test(step)))
        dropped.set(folder, [...(dropped.get(folder) ?? []), name])
      else if (folder === '' && steps.every((step) => NEEDS_PATCHES.test(step))) runs = true
      else
        return {
          runs: true,
          whole: `scripts.${name} in ${folder === '' ? '' : `${plainText(folder)}/`}package.json`,
          dropped,
        }
    }
  }
  return { runs, whole: whyWhole(base, project, packages, places), dropped }
}

function whyWhole(
  base: SourceTree,
  { workspace, baseManifest }: Project,
  packages: Readonly<Record<string, string>>,
  places: readonly (readonly [string, Manifest])[],
): string | undefined {
  const isWorkspace =
    baseManifest?.workspaces !== undefined ||
    /^packages:/m.test(base.read('pnpm-workspace.yaml') ?? '')
  if (isWorkspace && !workspace) return 'workspaces whose packages cannot be told'
  if (places.length > MAX_MANIFESTS) return `a workspace of more than ${MAX_MANIFESTS} packages`
  const generator = GENERATORS.find(
    // Later ones write beside the source.
    (name) => Object.hasOwn(packages, name) && (majorOf(packages[name]) ?? 0) < 7,
  )
  if (generator !== undefined) return `${generator} writes into node_modules`
  for (const [, manifest] of places) {
    const all = {
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    }
    const local = Object.entries(all).find(([, wanted]) =>
      /^(?:file|link|portal):|^\.{0,2}\//.test(wanted),
    )
    if (local !== undefined) return `${local[0]} is ${local[1]}`
  }
  return undefined
}
