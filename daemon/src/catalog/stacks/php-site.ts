import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceTree, Wishes } from '#ports/stack.ts'
import { PHP_SERVER, readServerCommand, type ServerWish, webCommandOf } from './php-command.ts'
import { packagesOf } from './php-composer.ts'
import { type DocumentRoot, isSafePath } from './php-document-root.ts'
import { phpFpmConfig, phpIni } from './php-fpm.ts'
import type { Framework, PhpSource } from './php-framework.ts'
import { type Htaccess, readHtaccess } from './php-htaccess.ts'
import { phpNginxConfig } from './php-nginx.ts'
import { plainText } from './plain-text.ts'

const DEFAULT_UPLOAD_BYTES = 64 * 2 ** 20
/** What a form has around the file that it sends. */
const FORM_BYTES = 2 ** 20

/** What the command line of `web` says. Throws BUILD_SETTINGS_INVALID for a file that is not there. */
export function readWish(tree: SourceTree, wishes: Wishes): ServerWish | undefined {
  const command = webCommandOf(tree, wishes)
  const wish = command === undefined ? undefined : readServerCommand(command)
  for (const file of [wish?.nginxFile, wish?.poolFile, wish?.iniFile]) {
    if (file === undefined || (isSafePath(file) && tree.paths.has(file))) continue
    throw new CodedError('BUILD_SETTINGS_INVALID', {
      reason: `The source has no file ${plainText(file)}, which the command of web names.`,
    })
  }
  return wish
}

/** The files of the web server and of php-fpm, and what is to be said about them. */
export function planSite(
  source: PhpSource,
  wishes: Wishes,
  {
    framework,
    wish,
    root,
  }: { framework: Framework | undefined; wish: ServerWish | undefined; root: DocumentRoot },
): { served: Record<string, string>; notes: string[] } {
  const { tree, composer } = source
  const htaccess = readHtaccess(tree, root.folder)
  const uploadMaxBytes = wishes.uploadMaxBytes ?? DEFAULT_UPLOAD_BYTES
  const maxBodyBytes = uploadMaxBytes + FORM_BYTES
  const pages = pagesIn(tree, root.folder)
  const frontController = frontControllerOf(framework, htaccess, pages, {
    isNamed: root.folder !== '' || (composer !== undefined && packagesOf(composer).length > 0),
  })
  const changesItself =
    framework?.changesItself ?? (framework === undefined && composer === undefined)
  return {
    served: {
      'nginx.conf': phpNginxConfig({
        documentRoot: root.folder,
        frontController,
        hasFoldersWithIndex: pages.some((page) => /\/index\.(?:php|html?)$/.test(page)),
        servesPackages: root.folder === '',
        htaccess,
        locations: framework?.locations ?? [],
        nginxFile: wish?.nginxFile,
        maxBodyBytes,
      }),
      'php-fpm.conf': phpFpmConfig(wish?.poolFile),
      'php.ini': phpIni({ uploadMaxBytes, maxBodyBytes, changesItself }),
    },
    notes: [
      ...(frontController === null ? [] : [`what is no file goes to ${frontController}`]),
      ...wordsOnHtaccess(htaccess),
      ...(wish?.nginxFile === undefined
        ? []
        : [`${wish.nginxFile} is part of the configuration of nginx`]),
      ...(wish?.notUsed ?? []).map((file) => `not used: ${file}`),
      `uploads up to ${Math.floor(uploadMaxBytes / 2 ** 20)} MB${wishes.uploadMaxBytes === null ? ' (uploadMaxBytes in the settings changes that)' : ''}`,
    ],
  }
}

/** Pages of the document root, by their paths in it. */
function pagesIn({ paths }: SourceTree, folder: string): string[] {
  const prefix = folder === '' ? '' : `${folder}/`
  return [...paths].flatMap((path) =>
    path.startsWith(prefix) && /\.(?:php|html?)$/.test(path) && !path.startsWith('vendor/')
      ? [path.slice(prefix.length)]
      : [],
  )
}

/**
 * Which page answers for every path that is no file. A plain site of several pages answers 404
 * instead; a folder that is made for it, and an index.php all alone, take everything.
 */
function frontControllerOf(
  framework: Framework | undefined,
  htaccess: Htaccess,
  pages: readonly string[],
  { isNamed }: { isNamed: boolean },
): string | null {
  const index = pages.includes('index.php') || !pages.includes('app.php') ? 'index.php' : 'app.php'
  if (framework) return framework.frontController === null ? null : index
  if (!pages.includes(index)) return null
  const isAlone = pages.filter((page) => page.endsWith('.php') && !page.includes('/')).length === 1
  return htaccess.hasFrontController || isNamed || isAlone ? index : null
}

function wordsOnHtaccess(htaccess: Htaccess): string[] {
  const closed = [...htaccess.denied, ...htaccess.closed]
  if (!htaccess.exists && closed.length === 0) return []
  const done = [
    ...(htaccess.hasFrontController ? ['its rewriting to index.php'] : []),
    ...(htaccess.hidesPhp ? ['addresses without .php'] : []),
    ...Object.keys(htaccess.errorPages).map((status) => `the page for ${status}`),
    ...(closed.length > 0 ? [`closed folders (${shortList(closed)})`] : []),
  ]
  const left =
    htaccess.leftOut.length === 0
      ? ''
      : `; without effect: ${htaccess.leftOut.join(', ')} (in a file of nginx they have: "web: ${PHP_SERVER} -C nginx.conf" in a Procfile)`
  return [
    `.htaccess: nginx does not read it${done.length > 0 ? `; done in its place: ${done.join(', ')}` : ''}${left}`,
  ]
}

const shortList = (names: readonly string[]): string =>
  names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
