import {
  CA_MOUNT,
  exportSecrets,
  installPackages,
  runShell,
  secretMounts,
  secretsDigest,
} from './build-steps.ts'
import type { Slim } from './node-framework.ts'
import type { PackageManager } from './node-packages.ts'
import type { Member } from './node-workspace.ts'
import { siteStages, type Site } from './static-site.ts'

/** Everything that the Dockerfile of a Node.js project depends on. */
export interface NodeImage {
  /** null where there is nothing to install. */
  manager: PackageManager | null
  /** The app's own, below the root of its workspace; empty where it has none. */
  directory: string
  /** The package of a workspace that is the app, and the folders of all packages. */
  member: Member | undefined
  members: readonly string[]
  /** Those whose packages a build needs, the root of the workspace first as ''. */
  packageFolders: readonly string[]
  build: BuildStep | null
  /** Installing runs scripts of the app's own, with what is for development. */
  installRuns: boolean
  /** Scripts that installing would run and need not: folder → names. */
  droppedScripts: ReadonlyMap<string, readonly string[]>
  /** Installing or building looks at, or writes into, more than the files that name the packages. */
  needsWholeSource: boolean
  /** Where packages are installed, below the context, when it is not its root. */
  installsIn: string
  keepsDevDependencies: boolean
  /** Names of env variables that a build may read, and those of them that an installation may. */
  secretKeys: readonly string[]
  installKeys: readonly string[]
  /** Packages of the distribution. */
  systemPackages: { build: readonly string[]; runtime: readonly string[] }
  /** pnpm and yarn are in the build image only. */
  runsOnBuildImage: boolean
  /** Served by the static image in place of Node.js. */
  site: Site | null
  /** Where a part of what is built runs by itself. */
  slim: Slim | null
  /** The command of `web`; null where there is none. */
  command: string | null
}

export interface BuildStep {
  /** A shell line, from the root of the workspace. */
  command: string
  /** True where none of it is the user's own text, so that it can be written as it is. */
  isOurs: boolean
  env: Record<string, string>
  /** Folders that build tools keep their own cache in. */
  caches: readonly string[]
  /** An npm package that is put beside the others for the build. */
  addedPackage: string | null
}

const CA_ENV = 'NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem'
/**
 * Two levels deep and alone there: for COPY --from, BuildKit hashes everything beside the folder too,
 * which for /app is the whole image (measured: 2.7 s in place of 0.1 s).
 */
const FOLDER = '/srv/app'
const ADDED = '/opt/added'
const OWNER = '--chown=1000:1000'

/**
 * Packages are installed from the files that name them alone, wherever that is enough, and copied as
 * a layer of their own: a change of code alone then rebuilds only what comes after it.
 */
export function nodeDockerfile(image: NodeImage): string {
  const { manager, site } = image
  const stages = manager ? stagesOf(image, manager) : []
  const command = image.command === null ? [] : [`CMD ${JSON.stringify(commandList(image))}`]
  if (site)
    return [
      ...(manager ? stages : ['FROM @BUILD@ AS build', `WORKDIR ${FOLDER}`, 'COPY . .', '']),
      ...siteStages(site, { image: '@BUILD@', from: 'build' }),
      ...command,
      '',
    ].join('\n')
  return [
    ...stages,
    ...finalBase(image),
    `ENV NODE_ENV=production ${pathOf(image)}`,
    ...copiesOf(image),
    `WORKDIR ${at(image.directory)}`,
    'USER 1000:1000',
    ...command,
    '',
  ].join('\n')
}

const at = (directory: string): string => (directory === '' ? FOLDER : `${FOLDER}/${directory}`)

const commandList = ({ site, command }: NodeImage): string[] =>
  site ? (command ?? '').split(' ') : ['/bin/sh', '-c', command ?? '']

const pathOf = ({ directory }: NodeImage): string =>
  `PATH=${[...new Set([at(directory), FOLDER])].map((folder) => `${folder}/node_modules/.bin`).join(':')}:$PATH`

/** A package manager that was put in place first is wanted at run time too. */
function finalBase({ runsOnBuildImage, manager, systemPackages }: NodeImage): string[] {
  const packages =
    systemPackages.runtime.length === 0 ? [] : [installPackages(systemPackages.runtime)]
  if (!runsOnBuildImage) return ['FROM @RUNTIME@', ...packages]
  if (!manager?.setUp) return ['FROM @BUILD@', ...packages]
  return ['FROM tools', ...packages, `RUN chown 1000:1000 ${FOLDER}`]
}

const prunes = ({ keepsDevDependencies, build, needsWholeSource }: NodeImage): boolean =>
  !keepsDevDependencies && (build !== null || needsWholeSource)

function stagesOf(image: NodeImage, manager: PackageManager): string[] {
  const { build, needsWholeSource, keepsDevDependencies, site } = image
  const needsAll = build !== null || needsWholeSource || keepsDevDependencies
  const install = manager.install(needsAll ? 'all' : 'production', image.member)
  const tools = toolsOf(image, manager)
  const runsModules = site === null && image.slim === null

  if (needsWholeSource)
    return [
      ...tools,
      ...addedStage(build),
      'FROM tools AS build',
      'COPY . .',
      ...secretsDigest(image.installKeys),
      fetch(image, manager, inside(image.installsIn, install)),
      ...(build === null ? [] : [...secretsDigest(image.secretKeys), buildLine(image, build, [])]),
      ...(runsModules && prunes(image) && manager.prune !== null
        ? [fetch(image, manager, inside(image.installsIn, manager.prune))]
        : []),
      '',
    ]

  const modules = [
    ...tools,
    'FROM tools AS modules',
    ...copyManifests(image, manager),
    ...secretsDigest(image.installKeys),
    fetch(image, manager, `${install} && mkdir -p ${moduleFolders(image).join(' ')}`),
    '',
  ]
  if (build === null && site === null) return modules
  return [
    ...modules,
    ...(runsModules ? productionStage(image, manager) : []),
    ...addedStage(build),
    'FROM tools AS build',
    'COPY . .',
    ...(build === null
      ? []
      : [...secretsDigest(image.secretKeys), buildLine(image, build, modulesMounts(image))]),
    '',
  ]
}

/**
 * Without the dev dependencies: installed once more from the cache of packages, which takes a fifth of
 * the time that taking them out does (measured: 4 s in place of 22), and of a workspace only what the
 * app needs.
 */
function productionStage(image: NodeImage, manager: PackageManager): string[] {
  const { keepsDevDependencies, member, installRuns } = image
  if (keepsDevDependencies || (manager.prune === null && member === undefined)) return []
  if (installRuns && member === undefined && manager.prune !== null)
    return ['FROM modules AS production', fetch(image, manager, manager.prune), '']
  const folders = moduleFolders(image).join(' ')
  return [
    'FROM tools AS production',
    ...copyManifests(image, manager),
    ...secretsDigest(image.installKeys),
    fetch(image, manager, `${manager.install('production', member)} && mkdir -p ${folders}`),
    '',
  ]
}

const inside = (folder: string, command: string): string =>
  folder === '' ? command : `cd ${folder} && ${command}`

const moduleFolders = ({ packageFolders }: NodeImage): string[] =>
  packageFolders.map((folder) => (folder === '' ? 'node_modules' : `${folder}/node_modules`))

const modulesMounts = (image: NodeImage): string[] =>
  moduleFolders(image).map(
    (folder) =>
      `--mount=type=bind,from=modules,source=${FOLDER}/${folder},target=${FOLDER}/${folder},rw`,
  )

function toolsOf(image: NodeImage, { setUp, env }: PackageManager): string[] {
  const variables = Object.entries({ NODE_ENV: 'production', CI: 'true', HUSKY: '0', ...env })
  return [
    'FROM @BUILD@ AS tools',
    ...(image.systemPackages.build.length === 0
      ? []
      : [installPackages(image.systemPackages.build)]),
    `WORKDIR ${FOLDER}`,
    `ENV ${variables.map(([key, value]) => `${key}=${value}`).join(' ')} ${pathOf(image)}`,
    ...(setUp === null
      ? []
      : [`RUN --mount=type=cache,id=npm,target=/root/.npm ${CA_MOUNT} ${CA_ENV} ${setUp}`]),
    '',
  ]
}

const addedStage = (build: BuildStep | null): string[] =>
  build?.addedPackage
    ? [
        'FROM tools AS added',
        `RUN --mount=type=cache,id=npm,target=/root/.npm ${CA_MOUNT} ${CA_ENV} npm install --prefix=${ADDED} --prefer-offline --no-audit --no-fund --legacy-peer-deps ${build.addedPackage}`,
        '',
      ]
    : []

function fetch(image: NodeImage, { cache }: PackageManager, command: string): string {
  // What one stage has downloaded is there for the other.
  const sharing = image.build !== null && !image.needsWholeSource ? ',sharing=locked' : ''
  const mounts = [`--mount=type=cache,id=${cache.id},target=${cache.target}${sharing}`]
  if (image.installKeys.length === 0) {
    const env = command.startsWith('cd ') ? `export ${CA_ENV} &&` : CA_ENV
    return ['RUN', ...mounts, CA_MOUNT, env, command].join(' ')
  }
  return runShell(
    [...mounts, CA_MOUNT, ...secretMounts(image.installKeys)],
    `${exportSecrets(image.installKeys)}export ${CA_ENV}; ${command}`,
  )
}

/** Build scripts fetch too (fonts, browsers): they get the authorities of the host as well. */
function buildLine(image: NodeImage, build: BuildStep, modules: readonly string[]): string {
  const caches = build.caches.map(
    (folder) =>
      `--mount=type=cache,id=build-${folder.replaceAll(/\W+/g, '-')},target=${FOLDER}/${folder}`,
  )
  const added = build.addedPackage
    ? [`--mount=type=bind,from=added,source=${ADDED},target=${ADDED}`]
    : []
  const mounts = [...modules, ...caches, ...added, CA_MOUNT]
  const env = [CA_ENV, ...Object.entries(build.env).map(([key, value]) => `${key}=${value}`)].join(
    ' ',
  )
  if (build.isOurs && image.secretKeys.length === 0)
    return build.command.includes('&&')
      ? ['RUN', ...mounts, `export ${env} &&`, build.command].join(' ')
      : ['RUN', ...mounts, env, build.command].join(' ')
  return runShell(
    [...mounts, ...secretMounts(image.secretKeys)],
    `${exportSecrets(image.secretKeys)}export ${env}; ${build.command}`,
  )
}

/** Links the added package to where imports look for it. */
export const linkAdded = (name: string): string =>
  `mkdir -p node_modules/${name.replace(/\/[^/]*$/, '')} && ln -sfn ${ADDED}/node_modules/${name} node_modules/${name}`

function copiesOf(image: NodeImage): string[] {
  const { manager, build, slim } = image
  if (!manager) return [`COPY ${OWNER} . ${FOLDER}`]
  if (slim)
    return [
      `COPY ${OWNER} --from=build ${at(image.directory)}/${slim.from} ${slim.to === null ? FOLDER : `${at(image.directory)}/${slim.to}`}`,
    ]
  if (image.needsWholeSource) return [`COPY ${OWNER} --from=build ${FOLDER} ${FOLDER}`]
  const hasOwnStage = build !== null && prunes(image) && (image.member ?? manager.prune)
  const stage = hasOwnStage ? 'production' : 'modules'
  const folder = image.member ? FOLDER : `${FOLDER}/node_modules`
  return [
    `COPY ${OWNER} --from=${stage} ${folder} ${folder}`,
    build === null ? `COPY ${OWNER} . ${FOLDER}` : `COPY ${OWNER} --from=build ${FOLDER} ${FOLDER}`,
  ]
}

/** One COPY puts all its files into one folder, so those of other folders are copied by themselves. */
function copyManifests(image: NodeImage, { files, folders }: PackageManager): string[] {
  const { members } = image
  const inRoot = files.filter((file) => !file.includes('/'))
  const nested = files.filter((file) => file.includes('/'))
  return [
    `COPY ${inRoot.join(' ')} ./`,
    ...nested.map((file) => `COPY ${file} ./${file}`),
    ...folders.map((folder) => `COPY ${folder} ./${folder}`),
    ...members.map((folder) => `COPY ${folder}/package.json ./${folder}/`),
    ...droppedScripts(image),
  ]
}

/** Hooks of git and generated types are nothing that an installation needs. */
function droppedScripts({ droppedScripts: dropped }: NodeImage): string[] {
  if (dropped.size === 0) return []
  const commands = [...dropped].map(([folder, names]) => {
    const drop = `npm pkg delete ${names.map((name) => `scripts.${name}`).join(' ')}`
    return folder === '' ? drop : `(cd ${folder} && ${drop})`
  })
  return [`RUN ${commands.join(' && ')}`]
}
