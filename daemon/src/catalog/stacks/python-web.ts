import type { SourceTree } from '#ports/stack.ts'
import type { Imports } from './python-import.ts'
import { depthOf, type PythonModule } from './python-source.ts'

/** What kind of server an app object is for. */
export type Interface = 'wsgi' | 'asgi' | 'sanic' | 'aiohttp'

/** An object, or a function that makes one, which a server can be told to load. */
export interface WebApp {
  framework: string
  kind: Interface
  path: string
  /** `shop.web:app`. */
  target: string
  isFactory: boolean
  /** The folder that has to be on Python's path; empty for the root. */
  root: string
}

const MAKERS: Record<string, readonly [framework: string, kind: Interface]> = {
  'flask.Flask': ['Flask', 'wsgi'],
  'flask.app.Flask': ['Flask', 'wsgi'],
  'apiflask.APIFlask': ['Flask', 'wsgi'],
  'flask_openapi3.OpenAPI': ['Flask', 'wsgi'],
  'connexion.FlaskApp': ['Connexion', 'wsgi'],
  'bottle.Bottle': ['Bottle', 'wsgi'],
  'bottle.default_app': ['Bottle', 'wsgi'],
  'falcon.App': ['Falcon', 'wsgi'],
  'falcon.API': ['Falcon', 'wsgi'],
  'falcon.asgi.App': ['Falcon', 'asgi'],
  'fastapi.FastAPI': ['FastAPI', 'asgi'],
  'fastapi.applications.FastAPI': ['FastAPI', 'asgi'],
  'starlette.applications.Starlette': ['Starlette', 'asgi'],
  'litestar.Litestar': ['Litestar', 'asgi'],
  'litestar.app.Litestar': ['Litestar', 'asgi'],
  'quart.Quart': ['Quart', 'asgi'],
  'quart.app.Quart': ['Quart', 'asgi'],
  'blacksheep.Application': ['BlackSheep', 'asgi'],
  'blacksheep.server.Application': ['BlackSheep', 'asgi'],
  'fasthtml.common.FastHTML': ['FastHTML', 'asgi'],
  'fasthtml.common.fast_app': ['FastHTML', 'asgi'],
  'fasthtml.FastHTML': ['FastHTML', 'asgi'],
  'connexion.AsyncApp': ['Connexion', 'asgi'],
  'sanic.Sanic': ['Sanic', 'sanic'],
  'sanic.app.Sanic': ['Sanic', 'sanic'],
  'aiohttp.web.Application': ['aiohttp', 'aiohttp'],
  'socketio.ASGIApp': ['Socket.IO', 'asgi'],
  'socketio.WSGIApp': ['Socket.IO', 'wsgi'],
  'gradio.mount_gradio_app': ['Gradio', 'asgi'],
  'channels.routing.ProtocolTypeRouter': ['Channels', 'asgi'],
}

/** Dash keeps the app that a server can load in an attribute. */
const WITH_ATTRIBUTE: Record<string, readonly [framework: string, attribute: string]> = {
  'dash.Dash': ['Dash', 'server'],
}

const FACTORY =
  /^(create|make|build|get|init)_?(app|application|api|server|asgi|wsgi)?\w{0,20}$|^(app|application)_?factory$/i
const NAMES = ['application', 'app', 'api', 'server', 'asgi', 'wsgi']
const FILES = [
  ['wsgi', 'asgi'],
  ['app', 'main', 'application', 'server', 'api', 'run', 'index', 'web', 'start'],
  ['__init__'],
]

interface Candidate {
  name: string
  framework: string
  kind: Interface
  isFactory: boolean
}

/** The app that a server is to load, found by reading the source; undefined where there is none. */
export function findWebApp(
  tree: SourceTree,
  modules: readonly PythonModule[],
  imports: Imports,
): WebApp | undefined {
  const preferred = /^\s*(?:export\s+)?FLASK_APP\s*=\s*["']?([\w./:]{1,200})/m.exec(
    tree.read('.flaskenv') ?? '',
  )?.[1]
  const found = modules.flatMap((module) => {
    const name = imports.nameOf(module.path)
    const candidate = name && bestOf(candidatesIn(module, imports))
    if (!name || !candidate) return []
    const app: WebApp = {
      framework: candidate.framework,
      kind: candidate.kind,
      path: module.path,
      target: `${name.module}:${candidate.name}`,
      isFactory: candidate.isFactory,
      root: name.root,
    }
    return [app]
  })
  return found.toSorted((one, other) => rankOf(one, preferred) - rankOf(other, preferred))[0]
}

/** The lower, the more likely it is the one that is meant. */
function rankOf({ path, target, isFactory }: WebApp, preferred: string | undefined): number {
  const [module = ''] = target.split(':')
  if (preferred !== undefined && [module, target, path].includes(preferred)) return -1
  const name = path.split('/').at(-1)?.replace(/\.py$/, '') ?? ''
  const kind = FILES.findIndex((names) => names.includes(name))
  return (kind === -1 ? FILES.length : kind) * 10 + depthOf(path) * 4 + (isFactory ? 5 : 0)
}

function candidatesIn(module: PythonModule, imports: Imports): Candidate[] {
  const found = new Map<string, Candidate>()
  for (const { name, maker } of module.assigned) {
    const alias = maker.startsWith('= ') ? found.get(maker.slice(2)) : undefined
    const made = madeBy(maker, module, imports) ?? alias
    // `app = Middleware(app)` is still what it was.
    if (made) found.set(name, { ...made, name: made.name.replace(/^\w*/, name) })
  }
  for (const { name, calls, needsArguments } of module.factories) {
    const made = calls.map((call) => MAKERS[call]).find((one) => one !== undefined)
    if (made && !needsArguments && FACTORY.test(name) && !found.has(name))
      found.set(name, { name, framework: made[0], kind: made[1], isFactory: true })
  }
  return [...found.values()]
}

function madeBy(maker: string, module: PythonModule, imports: Imports): Candidate | undefined {
  const known = Object.hasOwn(MAKERS, maker) ? MAKERS[maker] : undefined
  if (known) return { name: '', framework: known[0], kind: known[1], isFactory: false }
  const dash = Object.hasOwn(WITH_ATTRIBUTE, maker) ? WITH_ATTRIBUTE[maker] : undefined
  if (dash) return { name: `.${dash[1]}`, framework: dash[0], kind: 'wsgi', isFactory: false }
  const called = maker.split('.').at(-1) ?? ''
  const home = maker.includes('.')
    ? imports.moduleNamed(maker.slice(0, -called.length - 1))
    : module
  const factory = home?.factories.find(({ name }) => name === called)
  const made = factory?.calls.map((call) => MAKERS[call]).find((one) => one !== undefined)
  return made && { name: '', framework: made[0], kind: made[1], isFactory: false }
}

const bestOf = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.toSorted((one, other) => nameRank(one) - nameRank(other))[0]

function nameRank({ name, isFactory, framework }: Candidate): number {
  const [plain = ''] = name.split('.')
  const at = NAMES.indexOf(plain)
  const outermost = framework === 'Socket.IO' || framework === 'Channels' ? -20 : 0
  return (at === -1 ? NAMES.length : at) + (isFactory ? 10 : 0) + outermost
}
