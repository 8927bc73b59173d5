import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, defineStack, type SourceTree, type Wishes } from '#ports/stack.ts'
import { buildsAssets, chooseAssets } from './node-assets.ts'
import { PHP_SERVER, readServerCommand, replaceServer, webCommandOf } from './php-command.ts'
import { readComposer } from './php-composer.ts'
import { detectPhp, frameworkOf, whatWasFound } from './php-detect.ts'
import { phpDockerfile } from './php-dockerfile.ts'
import { chooseDocumentRoot, type DocumentRoot, shownRoot } from './php-document-root.ts'
import { chooseExtensions } from './php-extensions.ts'
import { PHP_CLI_INI } from './php-fpm.ts'
import type { PhpSource } from './php-framework.ts'
import { chooseInstall } from './php-packages.ts'
import { phpServerScript } from './php-server.ts'
import { planSite, readWish } from './php-site.ts'
import { choosePhpVersion } from './php-version.ts'
import { plainText } from './plain-text.ts'
import { chooseProcesses } from './processes.ts'
import { slugIgnore } from './slug-ignore.ts'

export const php = defineStack({
  name: 'php',
  title: 'PHP',
  reads: [
    '/composer.json',
    '/composer.lock',
    '/package.json',
    '/pnpm-lock.yaml',
    '/pnpm-workspace.yaml',
    '/.yarnrc.yml',
    '/.nvmrc',
    '/.node-version',
    '/.tool-versions',
    '/.php-version',
    '/.slugignore',
    '/Procfile',
    '/style.css',
    '/wp-includes/version.php',
    '.htaccess',
  ],

  detect: detectPhp,

  plan(tree, wishes) {
    refuseTheme(tree)
    const composer = readComposer(tree)
    const source: PhpSource = { tree, composer }
    const known = frameworkOf(source)
    const framework = known?.framework
    const wish = readWish(tree, wishes)
    const version = choosePhpVersion(tree, wishes, composer, framework?.phpVersion?.(source))
    const extensions = chooseExtensions(composer, version.version, framework?.extensions ?? [])
    const assets = chooseAssets(tree, wishes)
    const install = chooseInstall(tree, composer, wishes, {
      knowsScripts: framework?.title === 'Laravel' || framework?.title === 'Symfony',
      buildCommand: buildsAssets(wishes) ? null : wishes.buildCommand,
      ignoresPatchLevel: version.ignoresPatchLevel,
      addedExtensions: extensions.names,
    })
    const own = ownServer(tree, wishes)
    const root =
      own === undefined
        ? chooseDocumentRoot(tree, wishes, {
            wish,
            ofFramework: framework?.documentRoot?.(source),
            isBuilt: assets !== undefined || install?.whole !== undefined,
          })
        : undefined
    const site = root && planSite(source, wishes, { framework, wish, root })
    const chosen = chooseProcesses(tree, wishes, {
      web: root && { command: PHP_SERVER, where: 'nginx and php-fpm' },
      release: framework?.release?.(source, wishes),
      resolve: replaceServer,
    })
    const web = chosen.processes['web']
    const hasNothing = Object.keys(chosen.processes).length === 0
    if (hasNothing || (wish && !root)) throw nothingToServe(tree)

    const ignored = slugIgnore(tree)
    const steps = framework?.build?.(source) ?? []
    const files = framework?.files?.(source, wishes) ?? {}
    const { served, notes } = site ?? { served: undefined, notes: [] }
    return {
      stack: 'php',
      summary: [
        [
          `found ${known ? `${known.because}: ${framework?.title}` : `${whatWasFound(tree)}: plain PHP`}`,
          ...(root
            ? [`document root ${shownRoot(root.folder)}${root.because && ` ${root.because}`}`]
            : []),
          `PHP ${version.version} ${version.because}`,
        ].join('; '),
        ...(version.ignoresPatchLevel && wishes.version === null
          ? [
              'Composer takes that to mean other releases than the one that is there: it is told to go on',
            ]
          : []),
        ...(install?.because ?? []),
        ...(install === undefined && tree.paths.has('vendor/autoload.php')
          ? ['vendor/ is in the repository: Composer is not run']
          : []),
        ...extensions.because,
        ...(assets?.because ?? []),
        ...notes,
        ...chosen.because,
        ...(framework?.notes?.(source, wishes) ?? []),
        ...ignored.because,
      ].map(plainText),
      alternatives: [...otherRoots(root), ...(framework?.advice?.(source, wishes) ?? [])].map(
        plainText,
      ),
      images: [{ stack: 'php', version: version.version }, ...(assets ? [assets.image] : [])],
      dockerfile: phpDockerfile({
        version: version.version,
        debianPackages: extensions.packages,
        install: install ?? null,
        assets: assets ?? null,
        documentRoot: root?.folder ?? null,
        iniFile: wish?.iniFile,
        folders: (framework?.folders ?? []).filter((folder) => !isInside(tree, folder)),
        links: Object.fromEntries(
          Object.entries(framework?.links ?? {}).filter(([path]) => !isInside(tree, path)),
        ),
        env: framework?.env ?? {},
        appFiles: Object.keys(files).filter((name) => !name.startsWith('dump-')),
        hasSteps: steps.length > 0,
        command: web ?? null,
      }),
      files: Object.fromEntries(
        Object.entries({
          ...served,
          ...(served
            ? { 'php-server': phpServerScript(framework?.beforeStart?.(source) ?? []) }
            : {}),
          'php-cli.ini': PHP_CLI_INI,
          ...(steps.length === 0 ? {} : { build: `${steps.join('\n')}\n` }),
          ...files,
        }).map(([name, text]) => [`.vastrox/${name}`, text]),
      ),
      buildEnvKeys: [...new Set([...(install?.secretKeys ?? []), ...(assets?.secretKeys ?? [])])],
      ignore: ['.git', '**/node_modules', ...(install ? ['/vendor'] : []), ...ignored.patterns],
      processes: chosen.processes,
      releaseCommand: chosen.releaseCommand,
      env: { ...framework?.env },
      documentRoot: root ? shownRoot(root.folder) : null,
    } satisfies BuildPlan
  },
})

/** The command of `web` where it serves by itself, without nginx and php-fpm. */
function ownServer(tree: SourceTree, wishes: Wishes): string | undefined {
  const command = webCommandOf(tree, wishes)
  return command !== undefined && !readServerCommand(command) ? command : undefined
}

const otherRoots = (root: DocumentRoot | undefined): string[] =>
  (root?.others ?? []).map(
    (folder) => `Set documentRoot to ${folder} to serve that folder instead.`,
  )

const isInside = ({ paths }: SourceTree, folder: string): boolean =>
  paths.has(folder) || [...paths].some((path) => path.startsWith(`${folder}/`))

/** A theme is a part of a site, and has an index.php all the same. */
function refuseTheme(tree: SourceTree): void {
  const style = (tree.read('style.css') ?? '').slice(0, 4_096)
  if (!tree.paths.has('functions.php') || tree.paths.has('wp-load.php')) return
  if (!/^[ \t*/]*Theme Name:/m.test(style)) return
  throw new CodedError('START_COMMAND_MISSING', {
    reason:
      'This is a theme for WordPress, not a site: push a WordPress that has it in wp-content/themes.',
  })
}

function nothingToServe({ paths }: SourceTree): CodedError {
  const index = [...paths].find(
    (path) => /(?:^|\/)(?:index|app)\.php$/.test(path) && !path.startsWith('vendor/'),
  )
  return new CodedError('START_COMMAND_MISSING', {
    reason: plainText(
      index === undefined
        ? 'There is no index.php, and no Procfile says what to run.'
        : `index.php is at ${index}: set documentRoot to its folder.`,
    ),
  })
}
