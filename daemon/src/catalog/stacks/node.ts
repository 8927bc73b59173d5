import { type BuildPlan, defineStack, type SourceTree } from '#ports/stack.ts'
import { neededDevDependency } from './node-dev-dependencies.ts'
import { nodeDockerfile } from './node-dockerfile.ts'
import { type Manifest, readManifest } from './node-manifest.ts'
import { choosePackageManager, type PackageManager } from './node-packages.ts'
import { chooseStart, type Start } from './node-start.ts'
import { chooseNodeVersion } from './node-version.ts'
import { otherKind } from './not-yet.ts'
import { plainText } from './plain-text.ts'
import { slugIgnore } from './slug-ignore.ts'

/** Run by npm and its like around an installation; what they need is not known beforehand. */
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare', 'dependencies']

/** Writes generated code into node_modules. */
const GENERATORS = ['prisma', '@prisma/client', 'patch-package']

const BUILD_CACHES: readonly (readonly [dependency: string, folder: string])[] = [
  ['next', '.next/cache'],
  ['nuxt', '.nuxt/cache'],
  ['astro', 'node_modules/.astro'],
]

export const node = defineStack({
  name: 'node',
  title: 'Node.js',
  reads: [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.yarnrc.yml',
    '.nvmrc',
    '.node-version',
    '.tool-versions',
    '.slugignore',
    'Procfile',
  ],

  detect(tree) {
    const server = ['server.js', 'index.js'].find((path) => tree.paths.has(path))
    if (!tree.paths.has('package.json'))
      return server === undefined ? undefined : { because: server }
    const manifest = readManifest(tree)
    const startsNode = manifest?.scripts['start'] !== undefined || server !== undefined
    // Django and Laravel have a package.json too, for their assets.
    if (!startsNode && otherKind(tree)) return undefined
    return { because: 'package.json' }
  },

  plan(tree) {
    const manifest = readManifest(tree)
    const version = chooseNodeVersion(tree, manifest)
    const buildScript = manifest ? buildScriptOf(manifest) : null
    const start = chooseStart(tree, manifest, {
      hasBuild: buildScript !== null,
      major: version.major,
    })
    const packages = manifest && planPackages(tree, manifest, start, buildScript)
    const command = start.processes['web'] ?? null
    const ignored = slugIgnore(tree)
    const usesManager = runsPackageManager(start)

    return {
      stack: 'node',
      summary: [
        `Node.js ${version.major} (${version.because})`,
        ...(packages?.because ?? []),
        ...(usesManager === undefined
          ? []
          : [`${usesManager} and compilers stay in the image: a process starts by ${usesManager}`]),
        ...start.because,
        ...ignored.because,
      ].map(plainText),
      images: [{ stack: 'node', version: version.major }],
      dockerfile: nodeDockerfile({
        manager: packages?.manager ?? null,
        buildScript,
        needsWholeSource: packages?.needsWholeSource ?? false,
        keepsDevDependencies: packages?.keepsDevDependencies ?? false,
        buildCaches: packages?.buildCaches ?? [],
        runsOnBuildImage: usesManager !== undefined,
        command,
      }),
      ignore: ['.git', 'node_modules', '**/node_modules', ...ignored.patterns],
      processes: start.processes,
      releaseCommand: start.releaseCommand,
      env: { NODE_ENV: 'production' },
    } satisfies BuildPlan
  },
})

interface Packages {
  manager: PackageManager | null
  needsWholeSource: boolean
  keepsDevDependencies: boolean
  buildCaches: string[]
  because: string[]
}

function planPackages(
  tree: SourceTree,
  manifest: Manifest,
  start: Start,
  buildScript: string | null,
): Packages {
  const all = {
    ...manifest.dependencies,
    ...manifest.optionalDependencies,
    ...manifest.devDependencies,
  }
  const script = INSTALL_SCRIPTS.find((name) => manifest.scripts[name] !== undefined)
  if (
    Object.keys(all).length === 0 &&
    buildScript === null &&
    script === undefined &&
    !isWorkspace(tree, manifest)
  )
    return { manager: null, ...NOTHING, because: ['no dependencies'] }

  const manager = choosePackageManager(tree, manifest)
  const whole = whyWholeSource(tree, manifest, all, script)
  const commands = [...Object.values(start.processes), start.releaseCommand ?? '']
  const needed = neededDevDependency(commands, manifest)
  const installsDev = buildScript !== null || whole !== undefined
  return {
    manager,
    needsWholeSource: whole !== undefined,
    keepsDevDependencies: needed !== undefined,
    buildCaches: BUILD_CACHES.flatMap(([name, folder]) => (name in all ? [folder] : [])),
    because: [
      manager.because,
      ...(whole === undefined ? [] : [`installed with the whole source beside it: ${whole}`]),
      ...(buildScript === null
        ? []
        : [`build: ${manager.run} ${buildScript} (scripts.${buildScript})`]),
      devDependencies({ needed, installsDev, canPrune: manager.prune !== null }),
    ],
  }
}

const NOTHING = { needsWholeSource: false, keepsDevDependencies: false, buildCaches: [] }

function devDependencies(facts: {
  needed: string | undefined
  installsDev: boolean
  canPrune: boolean
}): string {
  if (facts.needed !== undefined) return `dev dependencies stay: a process runs ${facts.needed}`
  if (!facts.installsDev) return 'production dependencies only'
  return facts.canPrune
    ? 'dev dependencies are taken out after the build'
    : 'dev dependencies stay: this yarn cannot take them out'
}

const buildScriptOf = ({ scripts }: Manifest): string | null =>
  ['heroku-postbuild', 'build'].find((name) => scripts[name] !== undefined) ?? null

const isWorkspace = (tree: SourceTree, manifest: Manifest): boolean =>
  manifest.workspaces !== undefined || tree.paths.has('pnpm-workspace.yaml')

/** Why the files that name the packages are not enough to install them; undefined where they are. */
function whyWholeSource(
  tree: SourceTree,
  manifest: Manifest,
  all: Readonly<Record<string, string>>,
  script: string | undefined,
): string | undefined {
  if (script !== undefined) return `scripts.${script} in package.json`
  if (manifest.workspaces !== undefined) return 'workspaces in package.json'
  if (/^packages:/m.test(tree.read('pnpm-workspace.yaml') ?? '')) return 'pnpm-workspace.yaml'
  if (/patchedDependencies/.test(tree.read('pnpm-workspace.yaml') ?? '')) return 'patched packages'
  const generator = GENERATORS.find((name) => name in all)
  if (generator !== undefined) return `${generator} writes into node_modules`
  const local = Object.entries(all).find(([, wanted]) =>
    /^(file|link|portal|workspace|patch):|^\.{0,2}\//.test(wanted),
  )
  if (local !== undefined) return `${local[0]} is ${local[1]}`
  const folder = ['patches/', '.yarn/patches/', '.yarn/plugins/'].find((path) =>
    [...tree.paths].some((one) => one.startsWith(path)),
  )
  return folder
}

/** npm is in every image; the others are where things are built. */
const runsPackageManager = ({ processes, releaseCommand }: Start): string | undefined =>
  [...Object.values(processes), releaseCommand ?? '']
    .join(' && ')
    .match(/(?:^|[\s;&|(])(pnpm|pnpx|yarn)(?=\s|$)/)?.[1]
