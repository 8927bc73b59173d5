import type { PackageManager } from './node-packages.ts'

/** Everything that the Dockerfile of a Node.js project depends on. */
export interface NodeImage {
  /** null where there is nothing to install. */
  manager: PackageManager | null
  buildScript: string | null
  /** Installing or building looks at, or writes into, more than the files that name the packages. */
  needsWholeSource: boolean
  keepsDevDependencies: boolean
  /** Folders that build tools keep their own cache in. */
  buildCaches: string[]
  /** pnpm and yarn are in the build image only. */
  runsOnBuildImage: boolean
  /** The command of `web`; null where there is none. */
  command: string | null
}

const CA = '--mount=type=secret,id=vastrox-ca,target=/run/vastrox/ca.pem'
const WITH_CA = 'NODE_EXTRA_CA_CERTS=/run/vastrox/ca.pem'
/**
 * Two levels deep and alone there: for COPY --from, BuildKit hashes everything beside the folder too,
 * which for /app is the whole image (measured: 2.7 s in place of 0.1 s).
 */
const FOLDER = '/srv/app'
const PATH = `PATH=${FOLDER}/node_modules/.bin:$PATH`
const OWNER = '--chown=1000:1000'

/**
 * Packages are installed from the files that name them alone, wherever that is enough, and copied as
 * a layer of their own: a change of code alone then rebuilds only what comes after it.
 */
export function nodeDockerfile(image: NodeImage): string {
  const { manager } = image
  const stages = manager ? stagesOf(image, manager) : []
  const copies = manager ? copiesOf(image) : [`COPY ${OWNER} . ${FOLDER}`]
  return [
    ...stages,
    ...finalBase(image),
    `ENV NODE_ENV=production ${PATH}`,
    ...copies,
    `WORKDIR ${FOLDER}`,
    'USER 1000:1000',
    ...(image.command === null ? [] : [`CMD ${JSON.stringify(['/bin/sh', '-c', image.command])}`]),
    '',
  ].join('\n')
}

/** A package manager that was put in place first is wanted at run time too. */
function finalBase({ runsOnBuildImage, manager }: NodeImage): string[] {
  if (!runsOnBuildImage) return ['FROM @RUNTIME@']
  if (!manager?.setUp) return ['FROM @BUILD@']
  return ['FROM tools', `RUN chown 1000:1000 ${FOLDER}`]
}

const prunes = ({ keepsDevDependencies, buildScript, needsWholeSource }: NodeImage): boolean =>
  !keepsDevDependencies && (buildScript !== null || needsWholeSource)

function stagesOf(image: NodeImage, manager: PackageManager): string[] {
  const full = image.buildScript !== null || image.needsWholeSource || image.keepsDevDependencies
  const install = manager.install(full ? 'all' : 'production')
  const prune = prunes(image) ? manager.prune : null
  const tools = toolsOf(manager)

  if (image.needsWholeSource)
    return [
      ...tools,
      'FROM tools AS build',
      'COPY . .',
      fetch(manager, install),
      ...(image.buildScript === null ? [] : [build(image, manager, [])]),
      ...(prune === null ? [] : [fetch(manager, prune)]),
      '',
    ]

  const modules = [
    ...tools,
    'FROM tools AS modules',
    ...copyFiles(manager.files),
    fetch(manager, `${install} && mkdir -p node_modules`),
    '',
  ]
  if (image.buildScript === null) return modules
  return [
    ...modules,
    ...(prune === null ? [] : ['FROM modules AS production', fetch(manager, prune), '']),
    'FROM tools AS build',
    'COPY . .',
    build(image, manager, [MODULES]),
    '',
  ]
}

const MODULES = `--mount=type=bind,from=modules,source=${FOLDER}/node_modules,target=${FOLDER}/node_modules,rw`

function toolsOf({ setUp, env }: PackageManager): string[] {
  const variables = Object.entries({ NODE_ENV: 'production', CI: 'true', HUSKY: '0', ...env })
  return [
    'FROM @BUILD@ AS tools',
    `WORKDIR ${FOLDER}`,
    `ENV ${variables.map(([key, value]) => `${key}=${value}`).join(' ')} ${PATH}`,
    ...(setUp === null
      ? []
      : [`RUN --mount=type=cache,id=npm,target=/root/.npm ${CA} ${WITH_CA} ${setUp}`]),
    '',
  ]
}

const fetch = ({ cache }: PackageManager, command: string): string =>
  `RUN --mount=type=cache,id=${cache.id},target=${cache.target} ${CA} ${WITH_CA} ${command}`

/** Build scripts fetch too (fonts, browsers): they get the authorities of the host as well. */
function build(
  { buildScript, buildCaches }: NodeImage,
  { run }: PackageManager,
  mounts: readonly string[],
): string {
  const caches = buildCaches.map(
    (folder) =>
      `--mount=type=cache,id=build-${folder.replaceAll(/\W+/g, '-')},target=${FOLDER}/${folder}`,
  )
  return ['RUN', ...mounts, ...caches, CA, `${WITH_CA} ${run} ${buildScript}`].join(' ')
}

function copiesOf(image: NodeImage): string[] {
  if (image.needsWholeSource) return [`COPY ${OWNER} --from=build ${FOLDER} ${FOLDER}`]
  const hasPruned = image.buildScript !== null && prunes(image) && image.manager?.prune
  const stage = hasPruned ? 'production' : 'modules'
  return [
    `COPY ${OWNER} --from=${stage} ${FOLDER}/node_modules ${FOLDER}/node_modules`,
    image.buildScript === null
      ? `COPY ${OWNER} . ${FOLDER}`
      : `COPY ${OWNER} --from=build ${FOLDER} ${FOLDER}`,
  ]
}

/** One COPY puts all its files into one folder, so those of other folders are copied by themselves. */
function copyFiles(files: readonly string[]): string[] {
  const inRoot = files.filter((file) => !file.includes('/'))
  const nested = files.filter((file) => file.includes('/'))
  return [`COPY ${inRoot.join(' ')} ./`, ...nested.map((file) => `COPY ${file} ./${file}`)]
}
