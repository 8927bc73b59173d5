import { type Wishes, whereSaid } from '#ports/stack.ts'
import { resolveCommand } from './node-command.ts'
import { type BuildStep, linkAdded } from './node-dockerfile.ts'
import type { Framework } from './node-framework.ts'
import type { PackageManager } from './node-packages.ts'
import { packagesOf, type Project } from './node-project.ts'
import { needsAdapter } from './node-servers.ts'
import { plainText } from './plain-text.ts'

/** How the app itself is built. */
interface OwnBuild {
  /** A name of scripts in package.json, or a command. */
  script: string | null
  command: string | null
  /** The command is a text of the user's. */
  isUsers: boolean
  /** What it comes down to, for looking at: `vite build --outDir x`. */
  text: string
  because: string
}

/** The settings, then a build script, then what the framework does; undefined: nothing is built. */
export function chooseBuild(
  { manifest }: Project,
  wishes: Wishes,
  framework: Framework | undefined,
): OwnBuild | undefined {
  const scripts = manifest?.scripts ?? {}
  if (wishes.buildCommand !== null)
    return {
      script: null,
      command: wishes.buildCommand,
      isUsers: true,
      text: resolveCommand(wishes.buildCommand, scripts),
      because: `${wishes.buildCommand} (${whereSaid(wishes, 'buildCommand')})`,
    }
  const script = ['heroku-postbuild', 'build', 'docs:build'].find(
    (name) =>
      scripts[name] !== undefined && (name !== 'docs:build' || framework?.build !== undefined),
  )
  if (script !== undefined)
    return {
      script,
      command: null,
      isUsers: false,
      text: resolveCommand(scripts[script] ?? '', scripts),
      because: `(scripts.${script})`,
    }
  const command = framework?.build
  if (command === undefined) return undefined
  return {
    script: null,
    command,
    isUsers: false,
    text: command,
    because: `${command} (${framework?.title})`,
  }
}

interface Built {
  step: BuildStep
  because: string[]
}

/** Caches that belong to nobody in particular: Babel, Terser, ESLint and others use it. */
const COMMON_CACHE = 'node_modules/.cache'

/** The step that builds the packages that the app needs, then the app. */
export function planBuild(
  project: Project,
  own: OwnBuild | undefined,
  {
    manager,
    framework,
    afterBuild,
  }: {
    manager: PackageManager
    framework: Framework | undefined
    afterBuild: string | null
  },
): Built | null {
  const { directory, member } = project
  const before = project.needed.filter(({ manifest }) => manifest.scripts['build'] !== undefined)
  if (!own && before.length === 0) return null
  const runner = member && member.name !== '' ? runnerOf(project) : undefined
  const inApp = (folder: string) => (folder === '' ? '' : `${folder}/`)
  const added = needsAdapter(project) ? '@sveltejs/adapter-node' : null
  const ownCommand = own === undefined ? null : (own.command ?? `${manager.run} ${own.script}`)
  // What people write may end in a comment.
  const ownLine =
    own?.isUsers === true
      ? `(${directory === '' ? '' : `cd ${directory}`}\n${ownCommand}\n)`
      : inFolder(directory, ownCommand ?? '')
  const usesRunner = runner !== undefined && (own === undefined || own.script === 'build')
  const plain = before.map(({ directory: folder }) => `(cd ${folder} && ${manager.run} build)`)
  const commands = [
    ...(added === null ? [] : [inFolder(directory, linkAdded(added))]),
    ...(usesRunner
      ? [runner.command(member?.name ?? '')]
      : [...plain, ...(ownCommand === null ? [] : [ownLine])]),
    ...(afterBuild === null ? [] : [inFolder(directory, afterBuild)]),
  ]
  const caches = [
    ...new Set([
      COMMON_CACHE,
      `${inApp(directory)}${COMMON_CACHE}`,
      ...(framework?.caches ?? []).map((folder) => `${inApp(directory)}${folder}`),
      ...(usesRunner ? [runner.cache] : []),
    ]),
  ]
  return {
    step: {
      command: commands.join(' && '),
      isOurs: own?.isUsers !== true,
      env: { ...framework?.buildEnv?.(project), ...(usesRunner ? runner.env : {}) },
      caches,
      addedPackage: added === null ? null : `${added}@5`,
    },
    because: [
      ...(usesRunner
        ? [`build: ${commands.find((one) => one.includes(runner.name)) ?? ''} (${runner.file})`]
        : [
            ...before.map(
              (one) => `build of ${plainText(one.directory)} first: ${manager.run} build`,
            ),
            ...(own === undefined
              ? []
              : [
                  own.command === null
                    ? `build: ${ownCommand} ${own.because}`
                    : `build: ${own.because}`,
                ]),
          ]),
      ...(added === null
        ? []
        : [`${added} is added for the build, since nothing else says where this runs`]),
    ],
  }
}

const runnerOf = ({ base, baseManifest, packages }: Project): Runner | undefined =>
  RUNNERS.find(
    ({ name, file }) =>
      base.paths.has(file) && Object.hasOwn({ ...packagesOf(baseManifest), ...packages }, name),
  )

interface Runner {
  name: string
  file: string
  command: (packageName: string) => string
  cache: string
  env: Record<string, string>
}

/** They know in which order packages are built, and keep what they have built. */
const RUNNERS: readonly Runner[] = [
  {
    name: 'turbo',
    file: 'turbo.json',
    command: (name) => `turbo run build --filter=${name}`,
    cache: '.turbo/cache',
    env: { TURBO_TELEMETRY_DISABLED: '1', TURBO_CACHE_DIR: '/srv/app/.turbo/cache' },
  },
  {
    name: 'nx',
    file: 'nx.json',
    command: (name) => `nx run ${name}:build`,
    cache: '.nx/cache',
    env: { NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_CACHE_DIRECTORY: '/srv/app/.nx/cache' },
  },
]

const inFolder = (folder: string, command: string): string =>
  folder === '' ? command : `(cd ${folder} && ${command})`
