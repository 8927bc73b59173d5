import { type BuildPlan, type Wishes, whereSaid } from '#ports/stack.ts'
import { planBuild } from './node-build.ts'
import { neededDevDependency } from './node-dev-dependencies.ts'
import { nodeDockerfile } from './node-dockerfile.ts'
import type { Framework, Outcome, Slim } from './node-framework.ts'
import { frameworkOf } from './node-frameworks.ts'
import { planInstallation } from './node-install.ts'
import { choosePackageManager } from './node-packages.ts'
import { packagesOf, type Project } from './node-project.ts'
import {
  afterBuildOf,
  chooseRunning,
  chooseWork,
  siteOf,
  slimOf,
  startedBy,
  type Work,
} from './node-running.ts'
import { systemPackages } from './node-system-packages.ts'
import { chooseNodeVersion } from './node-version.ts'
import { plainText } from './plain-text.ts'
import { slugIgnore } from './slug-ignore.ts'
import { type Site, STATIC_IMAGE, siteFiles } from './static-site.ts'

/** The plan of one Node.js app, wherever in a repository it is. */
export function planProject(project: Project, wishes: Wishes): BuildPlan {
  const { tree, manifest, base, baseManifest, directory } = project
  const framework = frameworkOf(project)
  const work = chooseWork(project, wishes, framework)
  const version = chooseNodeVersion(wishes, [
    { tree, manifest },
    ...(directory === '' ? [] : [{ tree: base, manifest: baseManifest }]),
  ])
  const chosen = chooseRunning(project, wishes, work, version.major)
  const { outcome, left } = chosen
  const site = siteOf(project, outcome, chosen.run, work.own !== undefined)
  const slim = slimOf(outcome, chosen.run)
  const run = slim ? startedBy(chosen.run, slim.command) : chosen.run
  const commands = [...Object.values(run.processes), run.releaseCommand ?? '']
  const packages = planPackages(project, wishes, {
    framework,
    own: work.own,
    slim,
    site,
    afterBuild: afterBuildOf(outcome, chosen.run),
    commands,
  })
  const system = systemPackages(project)
  const secretKeys = secretKeysOf(wishes, framework)
  const ignored = slugIgnore(tree)
  const usesManager = site ? undefined : runsPackageManager(commands)
  const files = site ? siteFiles(tree, site, ['public', 'static', '']) : { files: {}, because: [] }
  const alternatives = alternativesTo({ site, outcome, slim, wishes }).map(plainText)

  return {
    stack: 'node',
    summary: [
      `Node.js ${version.major} (${version.because})`,
      ...(framework ? [framework.title] : []),
      ...(directory === '' ? [] : [`the app is ${directory}${whyThere(project, wishes)}`]),
      ...packages.because,
      ...(usesManager === undefined
        ? []
        : [`${usesManager} and compilers stay in the image: a process starts by ${usesManager}`]),
      ...(secretKeys.length === 0
        ? []
        : [`the build reads ${secretKeys.join(', ')} of the app's variables`]),
      ...(site ? [siteLine(site)] : system.because),
      ...(slim
        ? [`the image has ${slim.from} alone: nothing of the source and no node_modules`]
        : []),
      ...files.because,
      ...left,
      ...run.because,
      ...ignored.because,
    ].map(plainText),
    ...(alternatives.length === 0 ? {} : { alternatives }),
    images: [{ stack: 'node', version: version.major }, ...(site ? [STATIC_IMAGE] : [])],
    dockerfile: nodeDockerfile({
      ...packages.image,
      secretKeys,
      installKeys: wishes.buildEnvKeys,
      systemPackages: site ? { build: system.build, runtime: [] } : system,
      runsOnBuildImage: usesManager !== undefined,
      site,
      slim,
      command: run.processes['web'] ?? null,
    }),
    ...(site ? { files: files.files, documentRoot: site.folders[0] ?? null } : {}),
    ...(secretKeys.length === 0 ? {} : { buildEnvKeys: secretKeys }),
    ignore: ['.git', 'node_modules', '**/node_modules', ...ignored.patterns],
    ...(project.context === 'repository' ? { context: project.context } : {}),
    processes: run.processes,
    releaseCommand: run.releaseCommand,
    env: site ? {} : { NODE_ENV: 'production', ...framework?.env, ...system.env },
  }
}

function whyThere({ member, workspace, context }: Project, wishes: Wishes): string {
  if (!member) return ' (rootDirectory), with the packages beside it'
  return context === 'repository'
    ? ` (${whereSaid(wishes, 'rootDirectory')}: rootDirectory), a package of ${workspace?.because}`
    : ` (the only package of ${workspace?.because} that runs)`
}

const siteLine = ({ folders, fallback }: Site): string =>
  `a site: nginx serves ${folders[0] ?? 'it'}, ${fallback === null ? '404.html where there is no such page' : `${fallback} where there is no such file`}`

/** Those that a framework puts into pages are meant to be seen; of others only what is named. */
function secretKeysOf(
  { buildEnvKeys, envKeys }: Wishes,
  framework: Framework | undefined,
): string[] {
  const isPublic = (key: string): boolean =>
    (framework?.publicEnv ?? []).some((beginning) => key.startsWith(beginning)) && /^\w+$/.test(key)
  return [...new Set([...buildEnvKeys, ...envKeys.filter(isPublic).slice(0, 50)])].toSorted()
}

interface Packages {
  image: Omit<
    Parameters<typeof nodeDockerfile>[0],
    | 'secretKeys'
    | 'installKeys'
    | 'systemPackages'
    | 'runsOnBuildImage'
    | 'site'
    | 'slim'
    | 'command'
  >
  because: string[]
}

interface Plans {
  framework: Framework | undefined
  own: Work['own']
  slim: Slim | null
  afterBuild: string | null
  site: Site | null
  commands: readonly string[]
}

function planPackages(
  project: Project,
  wishes: Wishes,
  { framework, own, slim, site, afterBuild, commands }: Plans,
): Packages {
  const { base, directory, member, workspace, needed, installsIn } = project
  const manifest = project.baseManifest ?? project.manifest
  const installation = planInstallation(project)
  const image: Packages['image'] = {
    manager: null,
    directory,
    member,
    members: workspace?.members.map((one) => one.directory) ?? [],
    packageFolders: [
      '',
      ...needed.map((one) => one.directory),
      ...(directory === '' ? [] : [directory]),
    ],
    build: null,
    installRuns: installation.runs,
    droppedScripts: installation.dropped,
    needsWholeSource: false,
    installsIn,
    keepsDevDependencies: false,
  }
  if (!manifest) return { image, because: [] }
  const hasPackages = [manifest, ...(workspace?.members.map((one) => one.manifest) ?? [])].some(
    (one) => Object.keys(packagesOf(one)).length > 0,
  )
  if (!hasPackages && !own && installation.whole === undefined && !workspace)
    return { image, because: ['no dependencies'] }

  const manager = choosePackageManager(installsIn === '' ? base : project.tree, manifest)
  const built = planBuild(project, own, { manager, framework, afterBuild })
  const needsDev = site || slim ? undefined : neededDevDependency(commands, merged(project))
  const isWhole = installation.whole !== undefined
  const installsDev = built !== null || isWhole
  const dropped = isWhole ? [] : [...new Set([...installation.dropped.values()].flat())]
  return {
    image: {
      ...image,
      manager,
      build: built?.step ?? null,
      needsWholeSource: isWhole,
      keepsDevDependencies: needsDev !== undefined,
    },
    because: [
      manager.because,
      ...(isWhole ? [`installed with the whole source beside it: ${installation.whole}`] : []),
      ...(dropped.length === 0
        ? []
        : [`not needed here, and left out: scripts.${dropped.join(', scripts.')}`]),
      ...(built?.because ?? []),
      ...(site || slim
        ? []
        : [
            devDependencies({
              needed: needsDev,
              installsDev,
              canPrune: manager.prune !== null || member !== undefined,
            }),
          ]),
    ],
  }
}

/** A tool may be in the workspace's root. */
const merged = ({ manifest, baseManifest }: Project) => ({
  dependencies: { ...manifest?.dependencies },
  devDependencies: { ...baseManifest?.devDependencies, ...manifest?.devDependencies },
})

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

function alternativesTo({
  site,
  outcome,
  slim,
  wishes,
}: {
  site: Site | null
  outcome: Outcome | undefined
  slim: Plans['slim']
  wishes: Wishes
}): string[] {
  return [
    ...(site ? ['Set startCommand to run a server in place of nginx.'] : []),
    ...(site && wishes.outputDirectory === null
      ? ['Set outputDirectory where the build leaves the site elsewhere.']
      : []),
    ...(outcome?.kind === 'server' && outcome.command === 'next start' && !slim
      ? ["Set output: 'standalone' in next.config for a smaller image."]
      : []),
  ]
}

/** npm is in every image; the others are where things are built. */
const runsPackageManager = (commands: readonly string[]): string | undefined =>
  commands.join(' && ').match(/(?:^|[\s;&|(])(pnpm|pnpx|yarn)(?=\s|$)/)?.[1]
