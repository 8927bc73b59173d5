import type { SourceTree, Wishes } from '#ports/stack.ts'
import { type Manifest, readManifest } from './node-manifest.ts'
import { hasLockfile } from './node-packages.ts'
import { type Member, neededMembers, readWorkspace, type Workspace } from './node-workspace.ts'
import { sourceBelow } from './source-below.ts'

/** One Node.js app and what it is built with. */
export interface Project {
  /** The app's own directory. */
  tree: SourceTree
  /** undefined where there is no package.json. */
  manifest: Manifest | undefined
  /** Where packages are installed: the app's directory, or the root of the workspace it is in. */
  base: SourceTree
  baseManifest: Manifest | undefined
  /** The app's directory below `base`; empty where they are one. */
  directory: string
  workspace: Workspace | undefined
  member: Member | undefined
  /** Packages of the workspace that it is built from, those first that others need. */
  needed: Member[]
  context: 'root-directory' | 'repository'
  /** Where its packages are installed, below `base`, when that is not the root. */
  installsIn: string
  /** Every package that it names; those of the workspace's root where it names none. */
  packages: Record<string, string>
}

/** Finds the workspace that the app is in, from the root of the repository or by itself. */
export function findProject(tree: SourceTree, { repository, rootDirectory }: Wishes): Project {
  if (!repository || rootDirectory === null) return projectAlone(tree)
  const directory = rootDirectory.replace(/\/+$/, '')
  const found =
    hasLockfile(tree) && !hasLockfile(repository) ? undefined : projectIn(repository, directory)
  if (found) return { ...found, context: 'repository' }
  const project = projectAlone(tree)
  if (!reachesOut(project.manifest)) return project
  return { ...project, base: repository, directory, installsIn: directory, context: 'repository' }
}

/** With nothing around it. */
export function projectAlone(tree: SourceTree): Project {
  const manifest = readManifest(tree)
  return {
    tree,
    manifest,
    base: tree,
    baseManifest: manifest,
    directory: '',
    workspace: readWorkspace(tree, manifest),
    member: undefined,
    needed: [],
    context: 'root-directory',
    installsIn: '',
    packages: packagesOf(manifest),
  }
}

/** A package of the workspace whose root `base` is; undefined where it is none of it. */
export function projectIn(base: SourceTree, directory: string): Project | undefined {
  const baseManifest = readManifest(base)
  const workspace = readWorkspace(base, baseManifest)
  const member = workspace?.members.find((one) => one.directory === directory)
  if (!workspace || !member) return undefined
  const own = packagesOf(member.manifest)
  return {
    tree: sourceBelow(base, directory),
    manifest: member.manifest,
    base,
    baseManifest,
    directory,
    workspace,
    member,
    needed: neededMembers(workspace, member),
    context: 'root-directory',
    installsIn: '',
    packages: Object.keys(own).length > 0 ? own : packagesOf(baseManifest),
  }
}

/** A package beside the app's own directory, which is not in the context then: file:../shared. */
const reachesOut = (manifest: Manifest | undefined): boolean =>
  Object.values({ ...manifest?.dependencies, ...manifest?.devDependencies }).some((wanted) =>
    /^(?:(?:file|link|portal):)?\.\.\//.test(wanted),
  )

export const packagesOf = (manifest: Manifest | undefined): Record<string, string> => ({
  ...manifest?.dependencies,
  ...manifest?.optionalDependencies,
  ...manifest?.devDependencies,
})

export const has = ({ packages }: Project, name: string): boolean => Object.hasOwn(packages, name)

/** The first number of a version that is asked for: 4 of "^4.1.0"; undefined where there is none. */
export function majorOf(wanted: string | undefined): number | undefined {
  const major = /^[\^~>=v\s]{0,5}(\d{1,4})/.exec(wanted ?? '')?.[1]
  return major === undefined ? undefined : Number(major)
}
