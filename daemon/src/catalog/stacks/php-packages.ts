import type { SourceTree, Wishes } from '#ports/stack.ts'
import { type Composer, hasPackage, packagesOf } from './php-composer.ts'
import { plainText } from './plain-text.ts'

/** How Composer's packages come into the image. */
export interface PackageInstall {
  /** Copied before all others: they alone decide what is installed. */
  files: string[]
  /** Why they are not enough; undefined where they are. */
  whole: string | undefined
  command: string
  /** Run after it, with the whole source beside it. */
  buildCommands: string[]
  secretKeys: string[]
  because: string[]
}

/** Packages that write outside of vendor/, or read files of the source. */
const WRITERS = [
  'composer/installers',
  'oomphinc/composer-installers-extender',
  'drupal/core-composer-scaffold',
  'johnpbloch/wordpress-core-installer',
  'roots/wordpress-core-installer',
  'typo3/cms-composer-installers',
  'magento/magento-composer-installer',
  'magento/composer-root-update-plugin',
  'cweagans/composer-patches',
  'vaimo/composer-patches',
  'wikimedia/composer-merge-plugin',
  'contao/manager-plugin',
  'october/rain',
]
const SCRIPTS = ['pre-install-cmd', 'post-install-cmd', 'pre-autoload-dump', 'post-autoload-dump']
const AUTH = 'COMPOSER_AUTH'

interface Known {
  /** What the scripts of composer.json do is done in another way: leaving them out needs no word. */
  knowsScripts: boolean
  buildCommand: string | null
  /** Composer would refuse this PHP by its patch level alone. */
  ignoresPatchLevel: boolean
  /** Extensions that the image that runs gets, and the one that builds has not. */
  addedExtensions: readonly string[]
}

/** undefined where nothing is to be installed. */
export function chooseInstall(
  tree: SourceTree,
  composer: Composer | undefined,
  wishes: Wishes,
  known: Known,
): PackageInstall | undefined {
  if (!composer) return undefined
  const isCommitted = tree.paths.has('vendor/autoload.php')
  if (isCommitted && !composer.hasLockfile) return undefined
  const compile = composer.scripts.includes('compile')
    ? ['composer run-script --no-interaction compile']
    : []
  const buildCommands = known.buildCommand === null ? compile : [known.buildCommand]
  if (packagesOf(composer).length === 0 && !composer.hasAutoload && buildCommands.length === 0)
    return undefined

  const local = localFolders(composer)
  const isEmpty = packagesOf(composer).length === 0 && !composer.hasLockfile
  const whole = whyWhole(composer, local, buildCommands)
  return {
    files: [
      ...['composer.json', 'composer.lock', 'symfony.lock', 'auth.json'].filter((file) =>
        tree.paths.has(file),
      ),
      ...(local ?? []),
    ],
    whole,
    command: isEmpty ? DUMP : installCommand(known, buildCommands.length > 0),
    buildCommands,
    secretKeys: [
      ...new Set([...wishes.buildEnvKeys, ...(wishes.envKeys.includes(AUTH) ? [AUTH] : [])]),
    ],
    because: [
      howInstalled(composer, isEmpty),
      ...(whole === undefined ? [] : [`installed with the whole source beside it: ${whole}`]),
      ...buildCommands.map((command) => `build: ${command}`),
      ...(isCommitted ? ['the vendor/ in the repository is not used: composer.lock decides'] : []),
      ...(tree.paths.has('auth.json')
        ? [
            `auth.json is in the repository: whoever can read it has your access; set the env variable ${AUTH} in its place`,
          ]
        : []),
      ...scriptsLeftOut(composer, known.knowsScripts),
    ],
  }
}

/** Without packages there is nothing to ask a registry for. */
const DUMP = 'composer dump-autoload --no-dev --optimize'

/** Adding extensions to the image that builds would take longer than everything that Composer does. */
function installCommand(
  { ignoresPatchLevel, addedExtensions }: Known,
  hasExtensions: boolean,
): string {
  return [
    'composer install --no-dev --no-scripts --no-progress --prefer-dist --optimize-autoloader',
    ...(ignoresPatchLevel ? ['--ignore-platform-req=php'] : []),
    ...(hasExtensions ? [] : addedExtensions.map((name) => `--ignore-platform-req=ext-${name}`)),
  ].join(' ')
}

function howInstalled({ hasLockfile }: Composer, isEmpty: boolean): string {
  if (isEmpty) return 'composer dump-autoload (no packages)'
  return hasLockfile
    ? 'composer install --no-dev (composer.lock)'
    : 'composer install --no-dev (no composer.lock: versions may differ from build to build; commit it)'
}

/** Folders that packages come from; undefined where one cannot be told by its name. */
function localFolders({ repositories }: Composer): string[] | undefined {
  const folders = new Set<string>()
  for (const { type, url } of repositories) {
    if (type !== 'path' && type !== 'artifact') continue
    if (!/^(?:\.\/)?\w[\w@.-]*(?:\/[\w@.*-]+)*\/?$/.test(url) || url.includes('..'))
      return undefined
    const parts = url.replace(/^\.\//, '').replace(/\/$/, '').split('/')
    const star = parts.findIndex((part) => part.includes('*'))
    const folder = (star === -1 ? parts : parts.slice(0, star)).join('/')
    if (folder === '') return undefined
    folders.add(folder)
  }
  return [...folders].toSorted()
}

function whyWhole(
  composer: Composer,
  local: readonly string[] | undefined,
  buildCommands: readonly string[],
): string | undefined {
  const writer = WRITERS.find((name) => hasPackage(composer, name))
  if (writer !== undefined) return `${writer} looks beyond vendor/`
  if (composer.autoload.classmap.length > 0) return 'autoload.classmap in composer.json'
  const vendor = composer.config['vendor-dir']
  if (vendor !== undefined && vendor !== 'vendor')
    return `config.vendor-dir is ${plainText(vendor)}`
  if (local === undefined) return 'a repository of composer.json is a folder beside it'
  return buildCommands.length > 0 ? 'a build command' : undefined
}

function scriptsLeftOut({ scripts }: Composer, knowsScripts: boolean): string[] {
  const left = knowsScripts ? [] : SCRIPTS.filter((name) => scripts.includes(name))
  return left.length === 0
    ? []
    : [
        `scripts of composer.json are not run (${left.join(', ')}): set buildCommand to \`composer run-script ${left.at(-1)}\` if the app needs them`,
      ]
}
