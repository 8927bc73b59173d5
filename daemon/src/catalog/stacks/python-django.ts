import type { SourceTree } from '#ports/stack.ts'
import type { Imports } from './python-import.ts'
import { depthOf, type PythonModule } from './python-source.ts'

/** What a Django project says about itself. */
export interface Django {
  /** Of manage.py; empty for the root. */
  root: string
  settings: string
  /** Where the name of the settings was found. */
  settingsFrom: string
  kind: 'wsgi' | 'asgi'
  /** `shop.wsgi:application`. */
  target: string
  /** Why it is served the way it is. */
  kindBecause: string
  /** Why static files are not collected; undefined where they are. */
  collectsNothing: string | undefined
  /** Static files are collected, and nothing in the project serves them. */
  needsWhiteNoise: boolean
  hasDatabase: boolean
  /** The database is a file of SQLite among the app's own. */
  hasOwnFile: boolean
  /** Env variables without which the settings do not load, with a value that lets them. */
  buildEnv: Record<string, string>
  advice: string[]
}

const MAX_DEPTH = 4
const MAX_SETTINGS_FILES = 8

/** undefined where there is no manage.py of Django within two folders of the root. */
export function readDjango(
  tree: SourceTree,
  modules: readonly PythonModule[],
  imports: Imports,
  names: ReadonlySet<string>,
): Django | undefined {
  const manage = [...tree.paths]
    .filter((path) => /^(?:[\w.@+-]+\/){0,2}manage\.py$/.test(path))
    .toSorted((one, other) => depthOf(one) - depthOf(other) || (one < other ? -1 : 1))
    .find((path) => settingsIn(tree.read(path)) !== undefined)
  if (manage === undefined) return undefined
  const root = manage.slice(0, -'manage.py'.length).replace(/\/$/, '')
  const inside = (path: string): boolean => root === '' || path.startsWith(`${root}/`)
  const server = (file: string, call: string): PythonModule | undefined =>
    modules.find(
      ({ path, calls }) =>
        inside(path) && path.endsWith(`/${file}`) && [...calls].some((one) => one.endsWith(call)),
    )
  const wsgi = server('wsgi.py', 'get_wsgi_application')
  const asgi = server('asgi.py', 'get_asgi_application')

  const ofManage = settingsIn(tree.read(manage)) ?? ''
  const ofServer = settingsIn((wsgi ?? asgi)?.text)
  const settings = ofServer ?? ofManage
  const text = settingsText(tree, root, settings)

  const isAsync = asgi !== undefined && whyAsync(asgi, text, names, wsgi)
  const chosen = isAsync ? asgi : (wsgi ?? asgi)
  const written = /^WSGI_APPLICATION\s*=\s*["']([\w.]{1,200})\.(\w{1,100})["']/m.exec(text)
  const module = chosen && imports.nameOf(chosen.path)?.module
  const application = (): string => {
    if (chosen === wsgi && written) return `${written[1]}:${written[2]}`
    const below = chosen?.path.slice(root === '' ? 0 : root.length + 1)
    return `${below?.replace(/\.py$/, '').replaceAll('/', '.') ?? module ?? 'wsgi'}:application`
  }
  return {
    root,
    settings,
    settingsFrom: ofServer === undefined ? manage : ((wsgi ?? asgi)?.path ?? manage),
    kind: chosen !== undefined && chosen === asgi ? 'asgi' : 'wsgi',
    target: application(),
    kindBecause: isAsync === false ? (chosen?.path ?? manage) : isAsync,
    collectsNothing: whyNothing(text),
    needsWhiteNoise:
      whyNothing(text) === undefined && !/whitenoise\.middleware|\bstorages\./.test(text),
    hasDatabase: /^[ \t]*DATABASES\s*(?::[^=\n]{1,100})?=/m.test(text),
    hasOwnFile: hasOwnFile(text),
    buildEnv: buildEnvOf(text),
    advice: adviceOf(text, settings, root, tree),
  }
}

const settingsIn = (text: string | undefined): string | undefined =>
  /DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]{1,200})["']/.exec(text ?? '')?.[1]

function whyAsync(
  asgi: PythonModule,
  settings: string,
  names: ReadonlySet<string>,
  wsgi: PythonModule | undefined,
): string | false {
  if (wsgi === undefined) return `${asgi.path}; there is no wsgi.py`
  if ([...asgi.calls].some((call) => call.endsWith('ProtocolTypeRouter')))
    return `${asgi.path} routes WebSockets`
  if (/^ASGI_APPLICATION\s*=/m.test(settings)) return 'ASGI_APPLICATION in the settings'
  const package_ = ['channels', 'daphne'].find((name) => names.has(name))
  return package_ === undefined ? false : `${package_} is installed`
}

/** The settings with all that they import by `*`, the outermost last, as Python would read them. */
function settingsText(tree: SourceTree, root: string, settings: string): string {
  const seen = new Set<string>()
  const read = (module: string, depth: number): string => {
    const base = [root, ...module.split('.')].filter((part) => part !== '').join('/')
    const path = [`${base}.py`, `${base}/__init__.py`].find((one) => tree.paths.has(one))
    if (path === undefined || seen.has(path) || seen.size >= MAX_SETTINGS_FILES) return ''
    seen.add(path)
    const text = tree.read(path) ?? ''
    if (depth >= MAX_DEPTH) return text
    const isFolder = path.endsWith('/__init__.py')
    const package_ = isFolder ? module : module.split('.').slice(0, -1).join('.')
    const below = [...text.matchAll(/^\s*from\s+([.\w]{1,200})\s+import\s+\*/gm)]
      .slice(0, MAX_SETTINGS_FILES)
      .map((match) => read(absolute(match[1] ?? '', package_), depth + 1))
    return [...below, text].join('\n')
  }
  return read(settings, 0)
}

function absolute(name: string, package_: string): string {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0
  if (dots === 0) return name
  const parts = package_.split('.')
  return [...parts.slice(0, parts.length - dots + 1), name.slice(dots)]
    .filter((part) => part !== '')
    .join('.')
}

function whyNothing(settings: string): string | undefined {
  if (!/["']django\.contrib\.staticfiles["']/.test(settings))
    return 'django.contrib.staticfiles is not in INSTALLED_APPS'
  if (!/^[ \t]*STATIC_ROOT\s*[:=]/m.test(settings))
    return "STATIC_ROOT is not set: add STATIC_ROOT = BASE_DIR / 'staticfiles' to the settings"
  return undefined
}

/**
 * Names that the settings cannot do without, with something to load them by: the build has none of the
 * app's env and must not need it.
 */
function buildEnvOf(settings: string): Record<string, string> {
  const found: Record<string, string> = {}
  const take = (pattern: RegExp): void => {
    for (const match of [...settings.matchAll(pattern)].slice(0, 100)) {
      const [, name = '', reader] = match
      found[name] ??= standIn(name, reader)
    }
  }
  take(/\bos\.environ\[\s*["']([A-Za-z_]\w{0,100})["']\s*\]/g)
  take(/\benv\(\s*["']([A-Za-z_]\w{0,100})["']\s*\)/g)
  take(/\bconfig\(\s*["']([A-Za-z_]\w{0,100})["']\s*\)/g)
  for (const match of [
    ...settings.matchAll(/\benv\.(\w{1,20})\(\s*["']([A-Za-z_]\w{0,100})["']\s*\)/g),
  ].slice(0, 100))
    found[match[2] ?? ''] ??= standIn(match[2] ?? '', match[1])
  if (/\benv\.(db|db_url|dj_db_url)\(\s*\)/.test(settings))
    found['DATABASE_URL'] ??= standIn('DATABASE_URL', 'db')
  return { ...found, SECRET_KEY: 'build', DJANGO_SECRET_KEY: 'build' }
}

function standIn(name: string, reader: string | undefined): string {
  if (reader === 'int' || reader === 'float' || /PORT$|_ID$/.test(name)) return '0'
  if (reader === 'bool' || name === 'DEBUG') return 'False'
  if (name.endsWith('CACHE_URL')) return 'locmemcache://'
  if (name.endsWith('EMAIL_URL')) return 'consolemail://'
  if (/DATABASE_URL$|DB_URL$/.test(name) || reader === 'db' || reader === 'db_url')
    return 'sqlite:////tmp/build.sqlite3'
  if (name.endsWith('_URL')) return 'redis://localhost:6379/0'
  return 'build'
}

function adviceOf(settings: string, module: string, root: string, tree: SourceTree): string[] {
  const advice: string[] = []
  const hosts = lastValue(settings, 'ALLOWED_HOSTS')
  if (hosts === undefined || /^\[\s*\]/.test(hosts))
    advice.push(
      'ALLOWED_HOSTS is empty, and with DEBUG off Django answers 400 to every visitor: set it to the names of the app, or to ["*"], since only the proxy in front reaches it.',
    )
  if (/^True\b/.test(lastValue(settings, 'DEBUG') ?? ''))
    advice.push(
      'DEBUG is True in the settings: visitors would see the source where something fails; set it from the environment.',
    )
  if (hasOwnFile(settings))
    advice.push(
      'The database is a file of SQLite: unless it is on a volume, each deployment begins with an empty one.',
    )
  const last = module.split('.').at(-1) ?? ''
  const folder = [root, ...module.split('.').slice(0, -1)].filter((part) => part !== '').join('/')
  const better = ['production', 'prod'].find((name) => tree.paths.has(`${folder}/${name}.py`))
  if (['local', 'dev', 'development'].includes(last) && better !== undefined)
    advice.push(
      `The settings are ${module}; set DJANGO_SETTINGS_MODULE=${module.replace(/\w+$/, better)} in the app's env for those of production.`,
    )
  return advice
}

const hasOwnFile = (settings: string): boolean =>
  /django\.db\.backends\.sqlite3/.test(settings) &&
  !/DATABASE_URL|dj_database_url|\benv\.(dj_)?db|backends\.(postgresql|mysql)/.test(settings)

/** What is assigned to a name at the outermost level, the last time. */
const lastValue = (text: string, name: string): string | undefined =>
  [...text.matchAll(new RegExp(`^${name}\\s*=[ \\t]*(.{0,200})`, 'gm'))].at(-1)?.[1]
