import {
  CA_MOUNT,
  copyLine,
  exportSecrets,
  installPackages,
  runOurs,
  runShell,
  secretMounts,
  secretsDigest,
} from './build-steps.ts'
import { type Assets, assetStages } from './node-assets.ts'
import type { PackageInstall } from './php-packages.ts'

/** Everything that the Dockerfile of a PHP app depends on. */
export interface PhpImage {
  version: string
  /** Debian packages of extensions. */
  debianPackages: readonly string[]
  /** null where Composer has nothing to do. */
  install: PackageInstall | null
  assets: Assets | null
  /** The folder that is served; '' for all of the source. null: nothing is served. */
  documentRoot: string | null
  /** A settings file of the app's for PHP. */
  iniFile: string | undefined
  /** Made where the source does not have them. */
  folders: readonly string[]
  links: Readonly<Record<string, string>>
  env: Readonly<Record<string, string>>
  /** Files of ours in the app's folder, by their names in .vastrox. */
  appFiles: readonly string[]
  /** There is a script of ours to be run in the image after everything is in it: .vastrox/build. */
  hasSteps: boolean
  /** The command of `web`; null where there is none. */
  command: string | null
}

const CA_ENV = 'SSL_CERT_FILE=/run/vastrox/ca.pem CURL_CA_BUNDLE=/run/vastrox/ca.pem'
const FOLDER = '/srv/app'
const OWNER = '--chown=1000:1000'
const COMPOSER_CACHE = '/var/cache/composer'

/**
 * Packages come from the files that name them alone, wherever that is enough, and are a layer of
 * their own: a change of code alone copies the code, and nothing else.
 */
export function phpDockerfile(image: PhpImage): string {
  const { install, assets } = image
  const isWhole = install?.whole !== undefined
  const stage = isWhole ? 'build' : 'packages'
  return [
    ...(install ? installStages(image, install, stage) : []),
    ...(assets ? assetStages(assets, install ? { stage, isWhole } : null) : []),
    'FROM @RUNTIME@',
    ...debian(image),
    // The folder is in that image, and the app's user's.
    `WORKDIR ${FOLDER}`,
    ...(image.documentRoot === null ? [] : serverFiles(image.version)),
    `COPY .vastrox/php-cli.ini /etc/php/${image.version}/cli/conf.d/90-vastrox.ini`,
    ...env(image.env),
    ...made(image),
    ...copies(image, stage),
    'USER 1000:1000',
    ...(image.hasSteps ? [`RUN ${CA_MOUNT} ${CA_ENV} /bin/sh -e .vastrox/build`] : []),
    ...(image.command === null
      ? []
      : [`CMD ${JSON.stringify(['/bin/sh', '-c', `exec ${image.command}`])}`]),
    '',
  ].join('\n')
}

function installStages(image: PhpImage, install: PackageInstall, stage: string): string[] {
  const { files, whole, command, secretKeys, buildCommands } = install
  const mounts = [`--mount=type=cache,id=composer,target=${COMPOSER_CACHE}`, CA_MOUNT]
  const build = (line: string): string =>
    runShell(
      [...mounts, ...secretMounts(secretKeys)],
      `${exportSecrets(secretKeys)}export ${CA_ENV}; ${line}`,
    )
  return [
    `FROM @BUILD@ AS ${stage}`,
    ...(buildCommands.length === 0 ? [] : debian(image)),
    `WORKDIR ${FOLDER}`,
    `ENV COMPOSER_ALLOW_SUPERUSER=1 COMPOSER_NO_INTERACTION=1 COMPOSER_NO_DEV=1 COMPOSER_CACHE_DIR=${COMPOSER_CACHE}`,
    ...(whole === undefined ? copyFiles(files) : ['COPY . .']),
    ...secretsDigest(secretKeys),
    runOurs(mounts, { env: CA_ENV, secretKeys }, command),
    ...buildCommands.map(build),
    '',
  ]
}

/** Folders keep their names; everything else goes into one. */
function copyFiles(files: readonly string[]): string[] {
  const isFile = (path: string): boolean =>
    /^(?:composer\.json|composer\.lock|symfony\.lock|auth\.json)$/.test(path)
  return [
    `COPY ${files.filter(isFile).join(' ')} ./`,
    ...files.filter((path) => !isFile(path)).map((path) => `COPY ${path} ${path}`),
  ]
}

const debian = ({ debianPackages }: PhpImage): string[] =>
  debianPackages.length === 0 ? [] : [installPackages(debianPackages)]

const serverFiles = (version: string): string[] => [
  'COPY --chmod=0755 .vastrox/php-server /usr/local/bin/php-server',
  'COPY .vastrox/nginx.conf .vastrox/php-fpm.conf /etc/php-server/',
  `COPY .vastrox/php.ini /etc/php/${version}/fpm/conf.d/90-vastrox.ini`,
]

const env = (variables: Readonly<Record<string, string>>): string[] => {
  const words = Object.entries(variables).map(([key, value]) => `${key}=${value}`)
  return words.length === 0 ? [] : [`ENV ${words.join(' ')}`]
}

/** Before the code, so that a change of code does not make them again. */
function made({ folders, links }: PhpImage): string[] {
  const lines = [
    ...(folders.length === 0
      ? []
      : [`mkdir -p ${folders.map((folder) => `${FOLDER}/${folder}`).join(' ')}`]),
    ...Object.entries(links).map(
      ([path, target]) =>
        `mkdir -p ${FOLDER}/${path.split('/').slice(0, -1).join('/')} && ln -s ${target} ${FOLDER}/${path}`,
    ),
  ]
  return lines.length === 0
    ? []
    : [`RUN ${[...lines, `chown -hR 1000:1000 ${FOLDER}`].join(' && ')}`]
}

function copies(image: PhpImage, stage: string): string[] {
  const { install, assets, documentRoot, version, iniFile } = image
  const isWhole = install?.whole !== undefined
  const takesAll = assets !== null && (documentRoot === null || documentRoot === '')
  const code = isWhole
    ? `COPY ${OWNER} --from=${stage} ${FOLDER} ${FOLDER}`
    : `COPY ${OWNER} . ${FOLDER}`
  const packages = `COPY ${OWNER} --from=${stage} ${FOLDER}/vendor ${FOLDER}/vendor`
  return [
    ...(install && !isWhole && !takesAll ? [packages] : []),
    ...(takesAll ? [] : [code]),
    ...(assets
      ? [
          takesAll
            ? `COPY ${OWNER} --from=assets ${FOLDER} ${FOLDER}`
            : copyLine(
                `${OWNER} --from=assets`,
                `${FOLDER}/${documentRoot}`,
                `${FOLDER}/${documentRoot}`,
              ),
        ]
      : []),
    ...image.appFiles.map((name) => `COPY ${OWNER} .vastrox/${name} ${FOLDER}/${name}`),
    ...(iniFile === undefined
      ? []
      : [copyLine('', iniFile, `/etc/php/${version}/fpm/conf.d/95-app.ini`)]),
  ]
}
