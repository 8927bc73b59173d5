import { depthOf, type PythonModule } from './python-source.ts'

/** A file that is run by itself. */
export interface Script {
  path: string
  kind: 'streamlit' | 'gradio' | 'server' | 'worker'
  /** What shows it: "imports streamlit". */
  because: string
}

const STREAMLIT = ['streamlit_app.py', 'app.py', 'main.py', 'Home.py', 'home.py', 'dashboard.py']
const SCRIPTS = [
  'main.py',
  'app.py',
  'server.py',
  'run.py',
  'start.py',
  'bot.py',
  'worker.py',
  'index.py',
  'hello.py',
  'wsgi.py',
  'asgi.py',
  '__main__.py',
]

/** Modules that listen for visitors. */
const SERVERS = [
  'http.server',
  'socketserver',
  'wsgiref',
  'wsgiref.simple_server',
  'tornado',
  'aiohttp.web',
  'bottle',
  'cherrypy',
  'flask',
  'fastapi',
  'starlette',
  'quart',
  'sanic',
  'waitress',
  'uvicorn',
  'hypercorn',
  'gevent.pywsgi',
  'eventlet.wsgi',
  'nicegui',
  'robyn',
  'panel',
  'reactpy',
  'websockets.server',
  'websockets.asyncio.server',
  'twisted.web',
  'werkzeug.serving',
  'web',
  'dash',
  'mesop',
]
const SERVING_CALLS = [
  'asyncio.start_server',
  'websockets.serve',
  'socketserver.TCPServer',
  'grpc.server',
  'grpc.aio.server',
]

/** What to run where there is no app object that a server could load; undefined where nothing is. */
export function findScript(modules: readonly PythonModule[]): Script | undefined {
  const near = modules.filter(({ path }) => depthOf(path) <= 2)
  const streamlit = best(
    near.filter(({ imports }) => has(imports, 'streamlit')),
    STREAMLIT,
  )
  if (streamlit)
    return {
      path: streamlit.path,
      kind: 'streamlit',
      because: `${streamlit.path} imports streamlit`,
    }
  const gradio = best(
    near.filter(
      ({ imports, calls }) =>
        has(imports, 'gradio') && [...calls].some((call) => call.endsWith('.launch')),
    ),
    SCRIPTS,
  )
  if (gradio)
    return { path: gradio.path, kind: 'gradio', because: `${gradio.path} launches Gradio` }
  const script = best(
    near.filter(({ path }) => SCRIPTS.includes(nameOf(path))),
    SCRIPTS,
  )
  if (!script) return undefined
  const serving = modules.map(servesBy).find((found) => found !== undefined)
  return serving === undefined
    ? { path: script.path, kind: 'worker', because: 'nothing in the source listens for visitors' }
    : { path: script.path, kind: 'server', because: serving }
}

/** What listens, and in which file. */
function servesBy({ path, imports, calls }: PythonModule): string | undefined {
  const module = SERVERS.find((name) => has(imports, name))
  if (module !== undefined) return `${path} imports ${module}`
  const call = SERVING_CALLS.find((name) => calls.has(name))
  return call === undefined ? undefined : `${path} calls ${call}`
}

const has = (imports: ReadonlySet<string>, name: string): boolean => imports.has(name)

const nameOf = (path: string): string => path.split('/').at(-1) ?? path

/** By depth first, then by the order of the names. */
function best(
  modules: readonly PythonModule[],
  names: readonly string[],
): PythonModule | undefined {
  const rank = ({ path }: PythonModule): number => {
    const at = names.indexOf(nameOf(path))
    return depthOf(path) * 100 + (at === -1 ? names.length : at)
  }
  return modules.toSorted((one, other) => rank(one) - rank(other))[0]
}
