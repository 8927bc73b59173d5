import {
  CA_MOUNT,
  exportSecrets,
  installPackages,
  runShell,
  secretMounts,
  secretsDigest,
} from './build-steps.ts'
import { type Assets, assetStages } from './node-assets.ts'
import type { Libraries } from './python-libraries.ts'
import type { PythonPackages } from './python-packages.ts'
import { SERVER_FOLDER } from './python-server.ts'

/** Everything that the Dockerfile of a Python project depends on. */
export interface PythonImage {
  /** null where no file names a package. */
  packages: PythonPackages | null
  /** Installed after the project's own packages, where they have not brought it. */
  supplied: readonly string[]
  libraries: Libraries
  /** The project itself is installed as a package. */
  installsProject: boolean
  assets: Assets | undefined
  buildCommand: string | null
  secretKeys: readonly string[]
  /** Files in .vastrox that are there when it runs. */
  files: readonly string[]
  env: Readonly<Record<string, string>>
  /** Folders on Python's path. */
  path: readonly string[]
  /** Run in the image once the source is in it, by the user that the app runs as. */
  lastStep: string | null
  /** The command of `web`; null where there is none. */
  command: string | null
}

/**
 * Two levels deep, and nothing big beside it: for COPY --from, BuildKit hashes what lies beside a
 * folder too (docs/decisions/0042).
 */
const FOLDER = '/srv/app'
const VENV = '/srv/venv'
const PROJECT = '/srv/project'
const OWNER = '--chown=1000:1000'

const UV_ENV = {
  VIRTUAL_ENV: VENV,
  UV_PROJECT_ENVIRONMENT: VENV,
  UV_CACHE_DIR: '/var/cache/uv',
  UV_LINK_MODE: 'copy',
  UV_COMPILE_BYTECODE: '1',
  UV_PYTHON_DOWNLOADS: 'never',
  UV_NO_PROGRESS: '1',
  PYTHONDONTWRITEBYTECODE: '1',
  ...Object.fromEntries(
    ['SSL_CERT_FILE', 'PIP_CERT', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO'].map(
      (name) => [name, '/run/vastrox/ca.pem'],
    ),
  ),
}
const CACHE = '--mount=type=cache,id=uv,target=/var/cache/uv'
/** A private index that is set for pip is one for uv. */
const WITH_INDEXES =
  '[ -z "${PIP_INDEX_URL:-}" ] || export UV_DEFAULT_INDEX="$PIP_INDEX_URL"; [ -z "${PIP_EXTRA_INDEX_URL:-}" ] || export UV_INDEX="$PIP_EXTRA_INDEX_URL"; '
const NEW_VENV = `uv venv --quiet --no-project --python python3 ${VENV}`

/**
 * The virtual environment is made from the files that name packages alone, wherever that is enough,
 * and copied as a layer of its own: a change of code alone then rebuilds only what comes after it.
 */
export function pythonDockerfile(image: PythonImage): string {
  const { packages, supplied, assets } = image
  const hasVenv = packages !== null || supplied.length > 0 || image.installsProject
  const wantsBuild = image.buildCommand !== null || image.installsProject
  return [
    ...(assets ? assetStages(assets, null) : []),
    ...(hasVenv || wantsBuild ? packageStage(image) : []),
    ...(wantsBuild ? buildStage(image) : []),
    'FROM @RUNTIME@',
    ...(image.libraries.runtime.length > 0 ? [installPackages(image.libraries.runtime)] : []),
    envLine(image, hasVenv),
    ...image.files.map((file) => copyFile(file)),
    ...(hasVenv ? [`COPY --from=packages ${VENV} ${VENV}`] : []),
    ...(image.installsProject ? [`COPY --from=build ${PROJECT} ${PROJECT}`] : []),
    `WORKDIR ${FOLDER}`,
    'USER 1000:1000',
    `COPY ${OWNER} ${sourceOf(image)} ${FOLDER}`,
    ...(image.lastStep === null
      ? []
      : [
          ...secretsDigest(image.secretKeys),
          runShell(
            secretMounts(image.secretKeys).map((mount) => `${mount},uid=1000`),
            `${exportSecrets(image.secretKeys)}${image.lastStep}`,
          ),
        ]),
    ...(image.command === null ? [] : [`CMD ${JSON.stringify(['/bin/sh', '-c', image.command])}`]),
    '',
  ].join('\n')
}

function sourceOf({ buildCommand, assets }: PythonImage): string {
  if (buildCommand !== null) return `--from=build ${FOLDER}`
  return assets ? `--from=assets ${FOLDER}` : '.'
}

function envLine({ env, path, installsProject }: PythonImage, hasVenv: boolean): string {
  const folders = [...(installsProject ? [PROJECT] : []), ...path]
  const programs = [
    ...(hasVenv ? [`${VENV}/bin`] : []),
    ...(installsProject ? [`${PROJECT}/bin`] : []),
  ]
  const variables = {
    ...(programs.length > 0 ? { PATH: `${programs.join(':')}:$PATH` } : {}),
    ...(hasVenv ? { VIRTUAL_ENV: VENV } : {}),
    ...(folders.length > 0 ? { PYTHONPATH: folders.join(':') } : {}),
    ...env,
  }
  return `ENV ${Object.entries(variables)
    .map(([key, value]) => `${key}=${/[\s"']/.test(value) ? JSON.stringify(value) : value}`)
    .join(' ')}`
}

function packageStage(image: PythonImage): string[] {
  const { packages, supplied, libraries, secretKeys } = image
  const variables = Object.entries(UV_ENV).map(([key, value]) => `${key}=${value}`)
  const steps = packages === null ? NEW_VENV : `${NEW_VENV} && ${packages.install}`
  return [
    'FROM @BUILD@ AS packages',
    `WORKDIR ${FOLDER}`,
    `ENV ${variables.join(' ')} PATH=${VENV}/bin:$PATH`,
    ...(libraries.build.length > 0 ? [installPackages(libraries.build)] : []),
    ...(packages === null ? [] : [...copyPackageFiles(packages), ...secretsDigest(secretKeys)]),
    fetch(packages === null ? [] : secretKeys, steps),
    ...(supplied.length === 0
      ? []
      : [fetch([], `uv pip install ${supplied.map((one) => `'${one}'`).join(' ')}`)]),
    '',
  ]
}

const fetch = (secretKeys: readonly string[], command: string): string =>
  runShell(
    [CACHE, CA_MOUNT, ...secretMounts(secretKeys)],
    `${exportSecrets(secretKeys)}${secretKeys.length > 0 ? WITH_INDEXES : ''}${command}`,
  )

/** One COPY puts all its files into one folder, so those of other folders are copied by themselves. */
function copyPackageFiles({ needsSource, files, added }: PythonPackages): string[] {
  if (needsSource !== undefined) return ['COPY . .']
  const all = [...new Set([...files, ...Object.keys(added)])]
  const inRoot = all.filter((file) => !file.includes('/'))
  const nested = all.filter((file) => file.includes('/'))
  return [
    ...(inRoot.length > 0 ? [`COPY ${JSON.stringify([...inRoot, './'])}`] : []),
    ...nested.map((file) => `COPY ${JSON.stringify([file, `./${file}`])}`),
  ]
}

/** The project as a package, and what the user's own command makes of the source. */
function buildStage({ assets, installsProject, buildCommand, secretKeys }: PythonImage): string[] {
  return [
    'FROM packages AS build',
    assets ? `COPY --from=assets ${FOLDER} ${FOLDER}` : 'COPY . .',
    ...(installsProject
      ? [fetch(secretKeys, `uv pip install --no-deps --target ${PROJECT} .`)]
      : []),
    ...(buildCommand === null
      ? []
      : [
          ...secretsDigest(secretKeys),
          runShell(
            [CACHE, CA_MOUNT, ...secretMounts(secretKeys)],
            `${exportSecrets(secretKeys)}${buildCommand}`,
          ),
        ]),
    '',
  ]
}

const copyFile = (file: string): string => {
  const name = file.split('/').at(-1)
  const mode = file.endsWith('/serve') ? '--chmod=0755 ' : ''
  return `COPY ${mode}${file} ${SERVER_FOLDER}/${name}`
}
