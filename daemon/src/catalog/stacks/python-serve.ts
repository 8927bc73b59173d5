import type { Command } from './processes.ts'
import type { Django } from './python-django.ts'
import type { PythonProject } from './python-facts.ts'
import { findScript } from './python-script.ts'
import { SERVER_FOLDER } from './python-server.ts'
import type { PythonModule } from './python-source.ts'
import { hasUvicorn } from './python-supply.ts'
import { shellWord } from './shell-word.ts'
import { findWebApp, type WebApp } from './python-web.ts'
import { findWorkers } from './python-workers.ts'

/** What serves the project, found without being told. */
export interface Web {
  /** Of `web`; undefined where nothing serves. */
  command: Command | undefined
  workers: Record<string, Command>
  framework: string | undefined
  /** Folders on Python's path, below the app's own. */
  roots: string[]
  env: Record<string, string>
  because: string[]
  alternatives: string[]
}

export function chooseWeb(project: PythonProject): Web {
  const { tree, modules, imports, names, django } = project
  const workers = findWorkers(tree, modules, imports, { names, django })
  const none = { workers, roots: [], env: {}, because: [], alternatives: [] }
  if (django) return webOfDjango(project, django, workers)
  const app = findWebApp(tree, modules, imports)
  if (app) {
    const one = whyOneWorker(project, app.kind)
    return {
      ...none,
      framework: app.framework,
      roots: app.root === '' ? [] : [app.root],
      command: { command: serverCommand(project, app), where: app.path },
      env: one === undefined ? {} : { WEB_CONCURRENCY: '1' },
      because: [
        `${app.framework}: ${app.target}${app.isFactory ? '()' : ''} (found in ${app.path})`,
        ...(one === undefined ? [] : [`one worker: ${one}; set WEB_CONCURRENCY for more`]),
      ],
    }
  }
  const script = findScript(modules)
  if (!script) return { ...none, framework: undefined, command: undefined }
  const { path, because } = script
  const command = { command: scriptCommand(script), where: because }
  if (script.kind !== 'worker') return { ...none, framework: undefined, command }
  return {
    ...none,
    framework: undefined,
    command: undefined,
    workers: { worker: command, ...workers },
    alternatives: [
      `${path} runs as \`worker\`, since ${because}: start it with \`vastrox scale worker=1\`; if it does serve, name it in a Procfile: web: python ${path}`,
    ],
  }
}

function webOfDjango({ names }: PythonProject, django: Django, workers: Web['workers']): Web {
  const target = django.needsWhiteNoise ? 'vastrox_django:application' : django.target
  const isAsgi = django.kind === 'asgi'
  return {
    framework: 'Django',
    command: {
      command: isAsgi ? asgiCommand(names, target, false) : `gunicorn ${target}`,
      where: `${isAsgi ? 'ASGI' : 'WSGI'}: ${django.kindBecause}`,
    },
    workers,
    roots: [],
    env: { DJANGO_SETTINGS_MODULE: django.settings },
    because: [
      `Django: settings ${django.settings} (${django.settingsFrom})`,
      ...(django.needsWhiteNoise
        ? [
            'static files are served by WhiteNoise, which is put into the middleware: nothing in the project serves them',
          ]
        : []),
    ],
    alternatives: [],
  }
}

function serverCommand({ names, modules }: PythonProject, app: WebApp): string {
  const { target, isFactory, kind } = app
  if (kind === 'asgi') return asgiCommand(names, target, isFactory)
  if (kind === 'sanic')
    return `sanic ${target}${isFactory ? ' --factory' : ''} --host 0.0.0.0 --port $PORT --single-process --no-access-logs`
  if (kind === 'aiohttp') return `gunicorn --worker-class aiohttp.GunicornWebWorker ${target}`
  const threads = usesSocketIo(modules) ? ' --threads 100' : ''
  return isFactory ? `gunicorn${threads} "${target}()"` : `gunicorn${threads} ${target}`
}

/** uvicorn, unless the project has chosen another server of its own. */
function asgiCommand(names: ReadonlySet<string>, target: string, isFactory: boolean): string {
  if (!hasUvicorn(names) && !isFactory) {
    if (names.has('hypercorn')) return `hypercorn --bind 0.0.0.0:$PORT ${target}`
    if (names.has('daphne')) return `daphne -b 0.0.0.0 -p $PORT ${target}`
  }
  return withPort(`uvicorn ${isFactory ? '--factory ' : ''}${target}`)
}

const usesSocketIo = (modules: readonly PythonModule[]): boolean =>
  modules.some(({ imports }) => imports.has('flask_socketio'))

/** Why more than one process would not do the same; undefined where it would. */
function whyOneWorker({ modules, names }: PythonProject, kind: string): string | undefined {
  if (usesSocketIo(modules)) return 'Flask-SocketIO keeps its clients in memory'
  const scheduler = modules.find(({ imports }) =>
    [...imports].some((name) => name.startsWith('apscheduler.schedulers')),
  )
  if (scheduler) return `${scheduler.path} starts a scheduler, whose jobs each worker would run`
  if (kind !== 'asgi' || names.has('redis') || names.has('broadcaster')) return undefined
  const sockets = modules.find(
    ({ imports, calls }) =>
      [...imports].some((name) => /\bWebSocket$/.test(name)) ||
      [...calls].some((call) => /\.websocket(_route)?$/.test(call)),
  )
  return sockets && `${sockets.path} takes WebSockets, which one worker knows nothing of in another`
}

const scriptCommand = ({ path: file, kind }: { path: string; kind: string }): string => {
  const path = shellWord(file)
  if (kind === 'streamlit') return withPort(`streamlit run ${path}`)
  return kind === 'gradio' ? `${SERVER_FOLDER}/serve python ${path}` : `python ${path}`
}

/** Servers that take the port and the number of workers from variables of their own. */
export function withPort(command: string): string {
  const isOurs =
    /^(?:python3? -m )?(?:uvicorn|streamlit run|flask (?:--app \S{1,200} )?run)(?=\s|$)/
  return isOurs.test(command) ? `${SERVER_FOLDER}/serve ${command}` : command
}
