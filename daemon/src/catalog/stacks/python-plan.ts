import { CodedError } from '@vastrox/shared/errors.ts'
import { type BuildPlan, type SourceTree, type Wishes, whereSaid } from '#ports/stack.ts'
import { buildsAssets, chooseAssets } from './node-assets.ts'
import { plainText } from './plain-text.ts'
import { type Command, chooseProcesses, type Processes } from './processes.ts'
import type { Django } from './python-django.ts'
import { pythonDockerfile } from './python-dockerfile.ts'
import { chooseLibraries } from './python-libraries.ts'
import { readProject, rootsOf, whyInstalled } from './python-project.ts'
import type { PythonProject } from './python-facts.ts'
import { chooseWeb, type Web, withPort } from './python-serve.ts'
import {
  DJANGO_FILE,
  djangoFile,
  GUNICORN_ENV,
  GUNICORN_FILE,
  gunicornFile,
  SERVE_FILE,
  SERVER_ENV,
  SERVER_FOLDER,
  serveFile,
} from './python-server.ts'
import { chooseSupply, starts } from './python-supply.ts'
import { choosePythonVersion } from './python-version.ts'
import { slugIgnore } from './slug-ignore.ts'

const IGNORED = [
  '.git',
  '__pycache__',
  '*.pyc',
  '.venv',
  '/venv',
  '/env',
  '.pytest_cache',
  '.mypy_cache',
  '.ruff_cache',
  '.tox',
  'node_modules',
]

export function planPython(tree: SourceTree, wishes: Wishes): BuildPlan {
  const project = readProject(tree, wishes)
  const { modules, packages, django } = project
  const version = choosePythonVersion(tree, wishes, project)
  const web = chooseWeb(project)
  const running = chooseProcesses(tree, wishes, {
    web: web.command,
    workers: web.workers,
    release: releaseOf(project),
    resolve: withPort,
  })
  if (Object.keys(running.processes).length === 0) throw nothingToStart(project)
  const commands = [...Object.values(running.processes), running.releaseCommand ?? '']
  const supply = chooseSupply(project, commands)
  const libraries = chooseLibraries(tree, project.lockedNames, {
    version: version.version,
    usesGeoDjango: modules.some(({ text }) => /["']django\.contrib\.gis["']/.test(text)),
  })
  const assets = chooseAssets(tree, wishes)
  const installs = whyInstalled(project, commands)
  const files = addedFiles(project, commands)
  const step = chooseLastStep(project)
  const ignored = slugIgnore(tree)
  const env = {
    PYTHONUNBUFFERED: '1',
    ...SERVER_ENV,
    ...(files[GUNICORN_FILE] === undefined ? {} : GUNICORN_ENV),
    ...web.env,
  }

  return {
    stack: 'python',
    summary: [
      `Python ${version.version} (${version.because})`,
      ...(packages?.because ?? ['no file names packages to install']),
      ...(packages?.needsSource === undefined
        ? []
        : [`installed with the whole source beside it: ${packages.needsSource}`]),
      ...supply.because,
      ...(installs === undefined ? [] : [`the project itself is installed: ${installs}`]),
      ...libraries.because,
      ...(assets?.because ?? []),
      ...web.because,
      ...buildCommandOf(wishes),
      ...step.because,
      ...running.because,
      ...ignored.because,
    ].map(plainText),
    alternatives: [
      ...version.advice,
      ...(packages?.alternatives ?? []),
      ...alternativesOf(web, running),
      ...(django?.advice ?? []),
    ].map(plainText),
    images: [{ stack: 'python', version: version.version }, ...(assets ? [assets.image] : [])],
    dockerfile: pythonDockerfile({
      packages,
      supplied: supply.packages,
      libraries,
      installsProject: installs !== undefined,
      assets,
      buildCommand: buildsAssets(wishes) ? null : wishes.buildCommand,
      secretKeys: wishes.buildEnvKeys,
      files: Object.keys(files),
      env,
      path: [
        ...(files[DJANGO_FILE] === undefined ? [] : [SERVER_FOLDER]),
        ...rootsOf(project, web.roots).map((root) => `/srv/app/${root}`),
      ],
      lastStep: step.command,
      command: running.processes['web'] ?? null,
    }),
    files: { ...files, ...packages?.added },
    ...(wishes.buildEnvKeys.length === 0 ? {} : { buildEnvKeys: wishes.buildEnvKeys }),
    ignore: [...IGNORED, ...ignored.patterns],
    processes: running.processes,
    releaseCommand: running.releaseCommand,
    env: {},
  }
}

const buildCommandOf = (wishes: Wishes): string[] =>
  wishes.buildCommand === null || buildsAssets(wishes)
    ? []
    : [`build: ${wishes.buildCommand} (${whereSaid(wishes, 'buildCommand')})`]

function addedFiles(
  { django }: PythonProject,
  commands: readonly string[],
): Record<string, string> {
  const usesGunicorn = commands.some((command) => starts(command, 'gunicorn'))
  const usesServe = commands.some((command) => command.includes(`${SERVER_FOLDER}/serve `))
  return {
    ...(usesGunicorn ? { [GUNICORN_FILE]: gunicornFile } : {}),
    ...(usesServe ? { [SERVE_FILE]: serveFile } : {}),
    ...(django?.needsWhiteNoise
      ? { [DJANGO_FILE]: djangoFile(django.settings, django.target) }
      : {}),
  }
}

function releaseOf({ django }: PythonProject): Command | undefined {
  if (!django?.hasDatabase) return undefined
  return { command: `python ${manageOf(django)} migrate --noinput`, where: 'Django' }
}

const manageOf = ({ root }: Django): string => (root === '' ? 'manage.py' : `${root}/manage.py`)

/** What is done in the image once the source is in it. */
function chooseLastStep({ django, wishes }: PythonProject): {
  command: string | null
  because: string[]
} {
  if (!django) return { command: null, because: [] }
  const skipped = wishes.envKeys.includes('DISABLE_COLLECTSTATIC')
    ? 'DISABLE_COLLECTSTATIC is set'
    : django.collectsNothing
  const manage = `python ${manageOf(django)}`
  const steps = [
    ...(skipped === undefined ? [`${manage} collectstatic --noinput`] : []),
    ...(django.hasOwnFile ? [`${manage} migrate --noinput --verbosity 0`] : []),
  ]
  const because = [
    skipped === undefined
      ? `build: ${manage} collectstatic`
      : `static files are not collected: ${skipped}`,
    ...(django.hasOwnFile
      ? [`build: ${manage} migrate, for the file of SQLite that is in the image`]
      : []),
  ]
  if (steps.length === 0) return { command: null, because }
  const stand = Object.entries(django.buildEnv).map(
    ([name, value]) => `export ${name}="\${${name}:-${value}}"; `,
  )
  return { command: `${stand.join('')}${steps.join(' && ')}`, because }
}

function alternativesOf(web: Web, { processes }: Processes): string[] {
  const others = Object.entries(web.workers)
    .filter(([name, { command }]) => processes[name] === command && 'web' in processes)
    .map(
      ([name, { where }]) =>
        `\`${name}\` does not run until it is scaled: vastrox scale ${name}=1 (${where}).`,
    )
  return [...web.alternatives, ...others]
}

function nothingToStart({ tree, pyproject }: PythonProject): CodedError {
  const scripts = Object.keys(pyproject?.project?.scripts ?? {})
  const file = [...tree.paths].find((path) => /^[^/]+\.py$/.test(path) && path !== 'setup.py')
  const advice =
    scripts[0] === undefined
      ? file === undefined
        ? 'Add a Procfile with a line such as: web: python main.py'
        : `If ${file} is the app, add a Procfile: web: python ${file}`
      : `Add a Procfile: web: ${scripts[0]}`
  return new CodedError('START_COMMAND_MISSING', {
    reason: plainText(
      `No app of Flask, FastAPI, Django or the like was found, and no main.py or app.py. ${advice}`,
    ),
  })
}
