import type { Detection, SourceTree, Wishes } from '#ports/stack.ts'
import { readManifest } from './node-manifest.ts'
import { readImports } from './python-import.ts'
import { isProject, readPyproject } from './python-manifest.ts'
import { readModules } from './python-source.ts'
import { findWebApp } from './python-web.ts'

/** Files that only projects of Python have. */
const FILES = [
  'manage.py',
  'requirements.txt',
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'Pipfile',
  'Pipfile.lock',
  'setup.py',
]
const FOLDERS = /^(requirements\/[\w.-]{1,100}\.(txt|in)|(src|backend|server|app)\/manage\.py)$/
const MISSPELT = /^requi?[a-z]{0,12}s?(\.txt|\.text){1,2}$/i
const SCRIPTS = [
  'app.py',
  'main.py',
  'server.py',
  'wsgi.py',
  'asgi.py',
  'bot.py',
  'run.py',
  'start.py',
  'worker.py',
  'application.py',
  'streamlit_app.py',
  'hello.py',
  '__main__.py',
]
/** Projects of other languages that may have a script of Python beside them. */
const RIVALS = [
  'go.mod',
  'pom.xml',
  'build.gradle',
  'build.gradle.kts',
  'Cargo.toml',
  'Gemfile',
  'mix.exs',
  'composer.json',
  'deno.json',
]
const RUNS_PYTHON =
  /^(?:python[0-9.]*|gunicorn|uvicorn|hypercorn|daphne|waitress-serve|uwsgi|flask|fastapi|streamlit|celery|sanic|granian|\/srv\/vastrox\/serve)(?=\s|$)/

/** A project of Python, unless another language runs it and nothing of Python serves. */
export function detectPython(tree: SourceTree, wishes: Wishes): Detection | undefined {
  const because = markOf(tree)
  if (because === undefined) return undefined
  const rival = rivalOf(tree)
  if (rival === undefined || because === 'manage.py') return { because }
  const web = wishes.startCommand ?? webOfProcfile(tree)
  if (web !== undefined) return RUNS_PYTHON.test(web.trim()) ? { because } : undefined
  const modules = readModules(tree)
  const app = findWebApp(tree, modules, readImports(tree, modules))
  return app && { because: `${because}, ${app.path}` }
}

function markOf(tree: SourceTree): string | undefined {
  const file = FILES.find((name) => tree.paths.has(name))
  if (file !== undefined) return file
  if (isPythonProject(tree)) return 'pyproject.toml'
  const other =
    [...tree.paths].find((path) => FOLDERS.test(path) || isMisspelt(path)) ??
    SCRIPTS.find((name) => tree.paths.has(name))
  if (other !== undefined) return other
  return tree.read('runtime.txt')?.startsWith('python-') ? 'runtime.txt' : undefined
}

const isMisspelt = (path: string): boolean => /^req/i.test(path) && MISSPELT.test(path)

function isPythonProject(tree: SourceTree): boolean {
  const pyproject = readPyproject(tree)
  return pyproject !== undefined && isProject(pyproject)
}

/** What else would run the source: a server of Node.js, or the project of another language. */
function rivalOf(tree: SourceTree): string | undefined {
  const other = RIVALS.find((name) => tree.paths.has(name))
  if (other !== undefined) return other
  const scripts = readManifest(tree)?.scripts
  if (scripts?.['start'] !== undefined) return 'package.json'
  return ['server.js', 'index.js'].find((name) => tree.paths.has(name))
}

const webOfProcfile = (tree: SourceTree): string | undefined =>
  /^web\s{0,5}:\s{0,20}(.{1,1000})$/m.exec(tree.read('Procfile') ?? '')?.[1]
