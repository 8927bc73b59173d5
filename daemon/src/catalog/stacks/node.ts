import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, defineStack, NO_WISHES, type Wishes, whereSaid } from '#ports/stack.ts'
import { chooseBuild, planBuild } from './node-build.ts'
import { resolveCommand } from './node-command.ts'
import { neededDevDependency } from './node-dev-dependencies.ts'
import { nodeDockerfile } from './node-dockerfile.ts'
import type { Framework, Outcome } from './node-framework.ts'
import { frameworkOf } from './node-frameworks.ts'
import { planInstallation } from './node-install.ts'
import { readManifest } from './node-manifest.ts'
import { choosePackageManager } from './node-packages.ts'
import { findProject, packagesOf, type Project, projectAlone, projectIn } from './node-project.ts'
import { viteSite } from './node-sites.ts'
import { chooseStart, isScriptOfPage, nothingToStart, siteOfBundler } from './node-start.ts'
import { systemPackages } from './node-system-packages.ts'
import { chooseNodeVersion } from './node-version.ts'
import { otherKind } from './not-yet.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses, type Processes } from './processes.ts'
import { slugIgnore } from './slug-ignore.ts'
import { SERVE_SITE, type Site, STATIC_IMAGE, siteFiles } from './static-site.ts'

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
    '*.config.*',
    '.eleventy.js',
    'angular.json',
    '_redirects',
    '_headers',
    '/index.*',
  ],

  detect(tree) {
    const server = ['server.js', 'index.js'].find(
      (path) => tree.paths.has(path) && !isScriptOfPage(tree, path),
    )
    if (!tree.paths.has('package.json'))
      return server === undefined ? undefined : { because: server }
    const manifest = readManifest(tree)
    const startsNode = manifest?.scripts['start'] !== undefined || server !== undefined
    // Django and Laravel have a package.json too, for their assets.
    if (!startsNode && otherKind(tree)) return undefined
    // Pages by hand may have one for a formatter.
    const builds = manifest?.scripts['build'] !== undefined || frameworkOf(projectAlone(tree))
    if (!startsNode && !builds && tree.paths.has('index.html') && !tree.paths.has('Procfile'))
      return undefined
    return { because: 'package.json' }
  },

  plan(tree, wishes) {
    const project = findApp(findProject(tree, wishes), wishes)
    return planProject(project, wishes)
  },
})

/** The only package of a workspace that runs, where its root does not and nothing names another. */
function findApp(project: Project, wishes: Wishes): Project {
  const { workspace, base, directory, tree } = project
  const isNamed = wishes.startCommand !== null || tree.paths.has('Procfile')
  if (!workspace || directory !== '' || isNamed || runs(project)) return project
  const apps = workspace.members.flatMap((member) => {
    const one = projectIn(base, member.directory)
    return one && (one.tree.paths.has('Procfile') || runs(one)) ? [one] : []
  })
  return apps.length === 1 ? (apps[0] ?? project) : project
}

/** Something to start is written, or a framework makes it: more than the `main` of a library. */
function runs(project: Project): boolean {
  const framework = frameworkOf(project)
  const { outcome } = build(project, NO_WISHES, framework)
  const { web } = chooseStart(project, { outcome, hasBuild: false, major: '18' })
  return outcome?.kind === 'site' || (web !== undefined && web.where !== 'main in package.json')
}

interface Choice {
  own: ReturnType<typeof chooseBuild>
  outcome: Outcome | undefined
}

function build(project: Project, wishes: Wishes, framework: Framework | undefined): Choice {
  const own = chooseBuild(project, wishes, framework)
  const outcome = framework?.outcome?.(project, own?.text ?? '')
  if (wishes.outputDirectory !== null)
    return {
      own,
      outcome: {
        kind: 'site',
        folders: [wishes.outputDirectory],
        fallback: outcome?.kind === 'site' ? outcome.fallback : null,
      },
    }
  // A tool that is there for something else builds nothing.
  const isForNothing =
    outcome === undefined && own?.script === null && own.text === framework?.build
  return { own: isForNothing && wishes.buildCommand === null ? undefined : own, outcome }
}

interface Running {
  outcome: Outcome | undefined
  run: Processes
  left: string[]
}

/** What is started, and where nothing is, the site that the build may leave. */
function chooseRunning(
  project: Project,
  wishes: Wishes,
  { own, outcome: made }: Choice,
  major: string,
): Running {
  const scripts = project.manifest?.scripts ?? {}
  const resolve = (command: string): string => resolveCommand(command, scripts)
  const isSaid = wishes.outputDirectory !== null
  const start = isSaid
    ? { web: undefined, left: [] }
    : chooseStart(project, { outcome: made, hasBuild: own !== undefined, major })
  const outcome = made ?? (own && !start.web ? siteByTools(project, own.text) : undefined)
  const web = start.web
    ? { ...start.web, command: resolve(start.web.command) }
    : outcome?.kind === 'site'
      ? { command: SERVE_SITE, where: 'nginx' }
      : undefined
  const run = chooseProcesses(project.tree, wishes, { web, resolve })
  if (Object.keys(run.processes).length > 0) return { outcome, run, left: start.left }
  if (outcome?.kind === 'refused')
    throw new CodedError('START_COMMAND_MISSING', { reason: plainText(outcome.reason) })
  throw nothingToStart(project)
}

const siteByTools = (project: Project, build: string): Outcome | undefined =>
  (viteSite.uses(project) ? viteSite.outcome?.(project, build) : undefined) ??
  siteOfBundler(project)

function planProject(project: Project, wishes: Wishes): BuildPlan {
  const { tree, manifest, base, baseManifest, directory } = project
  const framework = frameworkOf(project)
  const choice = build(project, wishes, framework)
  const version = chooseNodeVersion(wishes, [
    { tree, manifest },
    ...(directory === '' ? [] : [{ tree: base, manifest: baseManifest }]),
  ])
  const { outcome, run, left } = chooseRunning(project, wishes, choice, version.major)
  const site = siteOf(project, outcome, run, choice.own !== undefined)
  const slim = slimOf(outcome, run)
  const commands = [...Object.values(run.processes), run.releaseCommand ?? '']
  const packages = planPackages(project, wishes, {
    framework,
    own: choice.own,
    slim,
    site,
    commands,
  })
  const system = systemPackages(project)
  const secretKeys = secretKeysOf(wishes, framework)
  const ignored = slugIgnore(tree)
  const usesManager = site ? undefined : runsPackageManager(commands)
  const files = site ? siteFiles(tree, site, ['public', 'static', '']) : { files: {}, because: [] }
  const alternatives = alternativesTo(project, { site, outcome, slim, wishes }).map(plainText)

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

/** Only what nginx alone serves: another process would have no Node.js. */
function siteOf(
  { directory }: Project,
  outcome: Outcome | undefined,
  { processes, releaseCommand }: Processes,
  isBuilt: boolean,
): Site | null {
  if (outcome?.kind !== 'site' || processes['web'] !== SERVE_SITE) return null
  const other =
    Object.keys(processes).find((name) => name !== 'web') ??
    (releaseCommand === null ? undefined : 'release')
  if (other !== undefined)
    throw new CodedError('START_COMMAND_MISSING', {
      reason: `The site is served by nginx alone, without Node.js for ${plainText(other)}: give web a command that serves it, such as a server of its own.`,
    })
  const { folders, fallback } = outcome
  return {
    folders: folders.map((folder) => (directory === '' ? folder : `${directory}/${folder}`)),
    fallback,
    isBuilt,
  }
}

const siteLine = ({ folders, fallback }: Site): string =>
  `a site: nginx serves ${folders[0] ?? 'it'}, ${fallback === null ? '404.html where there is no such page' : `${fallback} where there is no such file`}`

function slimOf(outcome: Outcome | undefined, { processes, releaseCommand }: Processes) {
  if (outcome?.kind !== 'server' || releaseCommand !== null) return null
  const isAlone = Object.keys(processes).length === 1 && processes['web'] === outcome.command
  return isAlone ? (outcome.slim ?? null) : null
}

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
    'secretKeys' | 'systemPackages' | 'runsOnBuildImage' | 'site' | 'slim' | 'command'
  >
  because: string[]
}

interface Plans {
  framework: Framework | undefined
  own: Choice['own']
  slim: ReturnType<typeof slimOf>
  site: Site | null
  commands: readonly string[]
}

function planPackages(
  project: Project,
  wishes: Wishes,
  { framework, own, slim, site, commands }: Plans,
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
  const built = planBuild(project, own, { manager, framework, slim })
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

function alternativesTo(
  { workspace, directory, context }: Project,
  {
    site,
    outcome,
    slim,
    wishes,
  }: { site: Site | null; outcome: Outcome | undefined; slim: Plans['slim']; wishes: Wishes },
): string[] {
  const others = workspace?.members.filter((one) => one.directory !== directory) ?? []
  return [
    ...(site ? ['Set startCommand to run a server in place of nginx.'] : []),
    ...(site && wishes.outputDirectory === null
      ? ['Set outputDirectory where the build leaves the site elsewhere.']
      : []),
    ...(outcome?.kind === 'server' && outcome.command === 'next start' && !slim
      ? ["Set output: 'standalone' in next.config for a smaller image."]
      : []),
    ...(context === 'root-directory' && others.length > 0
      ? [
          `Set rootDirectory for another package: ${others
            .slice(0, 8)
            .map((one) => one.directory)
            .join(', ')}.`,
        ]
      : []),
  ]
}

/** npm is in every image; the others are where things are built. */
const runsPackageManager = (commands: readonly string[]): string | undefined =>
  commands.join(' && ').match(/(?:^|[\s;&|(])(pnpm|pnpx|yarn)(?=\s|$)/)?.[1]
