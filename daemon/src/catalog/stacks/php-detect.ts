import type { Detection, SourceTree, Wishes } from '#ports/stack.ts'
import { readServerCommand, webCommandOf } from './php-command.ts'
import { readComposer } from './php-composer.ts'
import type { Framework, PhpSource } from './php-framework.ts'
import { frameworks } from './php-frameworks.ts'
import { plainText } from './plain-text.ts'

/** Give a project away by themselves, whatever else it has. */
const SURE = ['artisan', 'symfony.lock', 'wp-load.php', 'wp-settings.php', 'wp-config.php']
const PAGES = [
  'index.php',
  'public/index.php',
  'web/index.php',
  'web/app.php',
  'webroot/index.php',
  'pub/index.php',
  'public_html/index.php',
  'htdocs/index.php',
  'www/index.php',
]
/** Projects of these kinds may have a page in PHP lying about. */
const OTHER_KINDS = [
  'manage.py',
  'go.mod',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'server.js',
]

/** Whether a source is a PHP app, and by what. */
export function detectPhp(tree: SourceTree, wishes: Wishes): Detection | undefined {
  const { paths } = tree
  const sure = SURE.find((path) => paths.has(path))
  if (sure !== undefined) return { because: found(tree, sure) }
  const web = webCommandOf(tree, wishes)
  if (web !== undefined && readServerCommand(web)) return { because: 'Procfile' }
  const isOther = OTHER_KINDS.some((path) => paths.has(path))
  if (paths.has('composer.json')) {
    const hasCode = [...paths].some((path) => path.endsWith('.php'))
    return hasCode || !(isOther || paths.has('package.json'))
      ? { because: found(tree, 'composer.json') }
      : undefined
  }
  if (isOther) return undefined
  const page = PAGES.find((path) => paths.has(path)) ?? pageBesideHtml(paths)
  return page === undefined ? undefined : { because: `found ${plainText(page)}` }
}

const found = (tree: SourceTree, path: string): string => {
  const known = frameworkOf({ tree, composer: quietly(tree) })
  return known ? `found ${known.because}: ${known.framework.title}` : `found ${path}`
}

/** What is wrong with it the plan says. */
function quietly(tree: SourceTree) {
  try {
    return readComposer(tree)
  } catch {
    return undefined
  }
}

/** The framework, and what gave it away. */
export function frameworkOf(
  source: PhpSource,
): { framework: Framework; because: string } | undefined {
  for (const framework of frameworks) {
    const because = framework.detect(source)
    if (because !== undefined) return { framework, because }
  }
  return undefined
}

/** A form that sends mail beside pages of HTML. */
function pageBesideHtml(paths: ReadonlySet<string>): string | undefined {
  if (!paths.has('index.html')) return undefined
  return [...paths].find((path) => /^[^/]+\.php$/.test(path))
}

/** What says that it is PHP, where no framework does. */
export const whatWasFound = ({ paths }: SourceTree): string =>
  [...PAGES, 'composer.json'].find((path) => paths.has(path)) ?? pageBesideHtml(paths) ?? 'PHP'
