import { CodedError } from '@vastrox/shared/errors.ts'
import type { SourceTree } from '#ports/stack.ts'
import { shellWord } from './shell-word.ts'
import { LOCK_NEEDS, LOCK_PROGRAM, lockProgram } from './python-lock.ts'
import { isProject, type Pipfile, type Pyproject } from './python-manifest.ts'
import { namesOf, normalName, readRequirements } from './python-requirements.ts'

/** How the packages of a project get into its virtual environment. */
export interface PythonPackages {
  /** Normalised names of what is asked for, each with its extras too: `psycopg[binary]`. */
  names: ReadonlySet<string>
  /** The same, and all that the lock file names. */
  lockedNames: ReadonlySet<string>
  /** Files that decide what is installed, copied before all others. */
  files: string[]
  /** Why installing looks at more of the source than these; undefined where it does not. */
  needsSource: string | undefined
  /** One shell line, run in the folder of the project. */
  install: string
  /** Files for the context: the reader of lock files, and requirements that had to be mended. */
  added: Record<string, string>
  because: string[]
  alternatives: string[]
}

interface Manifests {
  pyproject: Pyproject | undefined
  pipfile: Pipfile | undefined
}

const MISSPELT = new Set([
  'requirement.txt',
  'requirements.text',
  'requirements.txt.txt',
  'requirements',
  'requirments.txt',
  'requirments.text',
  'requiremnts.txt',
  'requiremets.txt',
  'requirementss.txt',
  'requierments.txt',
  'requeriments.txt',
  'requrements.txt',
])
const OTHER_REQUIREMENTS = [
  'requirements/production.txt',
  'requirements/prod.txt',
  'requirements/deploy.txt',
  'requirements/requirements.txt',
  'requirements/main.txt',
  'requirements/base.txt',
  'requirements/common.txt',
  'requirements-prod.txt',
  'requirements-production.txt',
  'requirements_prod.txt',
  'requirements.prod.txt',
  'requirements.in',
]

/** The files that can name packages, those that pin them best first. */
const SOURCES = [
  'uv.lock',
  'poetry.lock',
  'pdm.lock',
  'pylock.toml',
  'Pipfile.lock',
  'requirements.txt',
  'Pipfile',
] as const

const PIP = 'uv pip install'
/** pip takes the best version of any index, which is what such files were written for. */
const ALL_INDEXES = ' --index-strategy unsafe-best-match'

/**
 * What is installed, and how. null where no file names a package. Throws STACK_NOT_DETECTED where a
 * lock file stands without the file that it locks.
 */
export function choosePackages(tree: SourceTree, manifests: Manifests): PythonPackages | null {
  const { pyproject } = manifests
  const there: string[] = SOURCES.filter((path) => tree.paths.has(path))
  const [first] = there
  const unused = there.slice(1).filter((path) => path !== 'Pipfile' || first !== 'Pipfile.lock')
  const alternatives =
    first === undefined
      ? []
      : unused.map((path) => `${path} is not used, since ${first} says more: remove one of them.`)
  const found = first === undefined ? withoutLock(tree, pyproject) : choose(first, tree, manifests)
  return found && { ...found, alternatives }
}

type Found = Omit<PythonPackages, 'alternatives'>

function choose(first: string, tree: SourceTree, manifests: Manifests): Found {
  switch (first) {
    case 'uv.lock':
      return byUv(tree, mustHave(first, manifests.pyproject))
    case 'poetry.lock':
    case 'pdm.lock':
      return byLock(first, tree, mustHave(first, manifests.pyproject))
    case 'Pipfile.lock':
    case 'Pipfile':
      return byPipfile(first, tree, manifests.pipfile)
    case 'pylock.toml':
      return byPylock(tree)
    default:
      return byRequirements(tree, first)
  }
}

function mustHave(lock: string, pyproject: Pyproject | undefined): Pyproject {
  if (pyproject) return pyproject
  throw new CodedError('STACK_NOT_DETECTED', {
    reason: `There is ${lock}, and no pyproject.toml beside it: commit that too.`,
  })
}

function byUv(tree: SourceTree, pyproject: Pyproject): Found {
  const uv = pyproject.tool.uv
  const local = Object.entries(uv?.sources ?? {}).find(([, said]) =>
    /"(path|workspace)":/.test(JSON.stringify(said) ?? ''),
  )
  const needsSource =
    uv?.workspace === undefined
      ? local && `${local[0]} of tool.uv.sources is in it`
      : 'a workspace of uv'
  const names = new Set((pyproject.project?.dependencies ?? []).flatMap(namesOf))
  return {
    names,
    lockedNames: new Set([...names, ...namesIn(tree, 'uv.lock')]),
    files: present(tree, ['pyproject.toml', 'uv.lock', 'uv.toml']),
    needsSource,
    install: `uv sync --frozen --no-dev --no-install-project${needsSource === undefined ? '' : ' --no-editable'}`,
    added: {},
    because: ['uv sync --frozen (uv.lock)'],
  }
}

function byLock(lock: 'poetry.lock' | 'pdm.lock', tree: SourceTree, pyproject: Pyproject): Found {
  const names = namesOfProject(pyproject)
  const poetry = Object.entries(pyproject.tool.poetry?.dependencies ?? {})
  const local = poetry.find(
    ([, said]) => typeof said === 'object' && said !== null && 'path' in said,
  )
  return {
    names,
    lockedNames: new Set([...names, ...namesIn(tree, lock)]),
    files: ['pyproject.toml', lock],
    needsSource: local && `${local[0]} is in it`,
    install: convert(lock, ' --no-deps'),
    added: { [LOCK_PROGRAM]: lockProgram },
    because: [`what ${lock} pins, installed by uv`],
  }
}

function byPipfile(
  file: 'Pipfile' | 'Pipfile.lock',
  tree: SourceTree,
  pipfile: Pipfile | undefined,
): Found {
  const packages = Object.entries(pipfile?.packages ?? {})
  const names = new Set(packages.flatMap(([name, said]) => withExtras(name, said)))
  const locked = file === 'Pipfile.lock' ? namesInPipfileLock(tree) : []
  const local = packages.find(
    ([, said]) => typeof said === 'object' && said !== null && ('path' in said || 'file' in said),
  )
  return {
    names: names.size > 0 ? names : new Set(locked),
    lockedNames: new Set([...names, ...locked]),
    files: [file],
    needsSource: local && `${local[0]} is in it`,
    install: convert(file, file === 'Pipfile' ? '' : ' --no-deps'),
    added: { [LOCK_PROGRAM]: lockProgram },
    because: [
      file === 'Pipfile.lock'
        ? 'what Pipfile.lock pins, installed by uv'
        : 'the Pipfile, installed by uv (no lock file: versions may differ from build to build; commit Pipfile.lock)',
    ],
  }
}

function byPylock(tree: SourceTree): Found {
  const names = new Set(namesIn(tree, 'pylock.toml'))
  return {
    names,
    lockedNames: names,
    files: ['pylock.toml'],
    needsSource: undefined,
    install: `${PIP} -r pylock.toml`,
    added: {},
    because: ['uv pip install -r pylock.toml'],
  }
}

function byRequirements(tree: SourceTree, path: string, taken = path): Found {
  const found = readRequirements(tree, path)
  const { names, files, needsSource, hasMoreIndexes, mended, because } = found
  return {
    names,
    lockedNames: names,
    files,
    needsSource,
    install: `${PIP}${hasMoreIndexes ? ALL_INDEXES : ''} -r ${shellWord(path)}`,
    added: mended,
    because: [`uv pip install -r ${path}${taken === path ? '' : ` (${taken})`}`, ...because],
  }
}

/** Without any of the usual files: requirements by another name, pyproject.toml, setup.py. */
function withoutLock(tree: SourceTree, pyproject: Pyproject | undefined): Found | null {
  if (pyproject && isProject(pyproject)) return byPyproject(pyproject)
  const other = OTHER_REQUIREMENTS.find((path) => tree.paths.has(path))
  if (other !== undefined) return byRequirements(tree, other, 'there is no requirements.txt')
  const misspelt = [...tree.paths].find((path) => {
    const name = path.toLowerCase()
    return MISSPELT.has(name) || name === 'requirements.txt'
  })
  if (misspelt !== undefined)
    return byRequirements(tree, misspelt, 'taken for requirements.txt: give it that name')
  const setup = ['setup.py', 'setup.cfg'].find((path) => tree.paths.has(path))
  const isSetup = setup === 'setup.py' || /^\[options\]/m.test(tree.read('setup.cfg') ?? '')
  return setup !== undefined && isSetup ? bySetup(tree, setup) : null
}

function byPyproject(pyproject: Pyproject): Found | null {
  const { project, tool } = pyproject
  const names = namesOfProject(pyproject)
  const found = {
    names,
    lockedNames: names,
    files: ['pyproject.toml'],
    needsSource: undefined,
    added: {},
  }
  const unpinned = '(no lock file: versions may differ from build to build)'
  if (project?.dynamic.includes('dependencies'))
    return {
      ...found,
      needsSource: 'the dependencies in pyproject.toml are dynamic',
      install: `${PIP} .`,
      because: [`uv pip install . ${unpinned}`],
    }
  if (names.size === 0) return null
  if (tool.poetry && (project?.dependencies.length ?? 0) === 0)
    return {
      ...found,
      install: convert('pyproject.toml', ''),
      added: { [LOCK_PROGRAM]: lockProgram },
      because: [`the dependencies of Poetry in pyproject.toml, installed by uv ${unpinned}`],
    }
  return {
    ...found,
    install: `${PIP} -r pyproject.toml`,
    because: [`uv pip install -r pyproject.toml ${unpinned}`],
  }
}

function bySetup(tree: SourceTree, setup: string): Found {
  const text = (tree.read(setup) ?? '').slice(0, 100_000)
  const strings = [...text.matchAll(/["']([^"'\n]{1,200})["']/g)].map((match) => match[1] ?? '')
  const lines = setup === 'setup.cfg' ? text.split('\n').map((line) => line.trim()) : strings
  const names = new Set(lines.flatMap(namesOf))
  return {
    names,
    lockedNames: names,
    files: [setup],
    needsSource: `${setup} names the dependencies`,
    install: `${PIP} .`,
    added: {},
    because: [`uv pip install . (${setup}; no lock file: versions may differ from build to build)`],
  }
}

/** Runs the reader of lock files, then uv with what it says. */
const convert = (file: string, flags: string): string =>
  `uv run --quiet --no-project --python /srv/venv/bin/python ${LOCK_NEEDS} ${LOCK_PROGRAM} ${file} >/tmp/requirements.txt && ${PIP}${flags}${ALL_INDEXES} -r /tmp/requirements.txt`

/** What pyproject.toml asks for, in the project's own form or Poetry's. */
export const namesOfProject = ({ project, tool }: Pyproject): ReadonlySet<string> =>
  new Set([
    ...(project?.dependencies ?? []).flatMap(namesOf),
    ...Object.entries(tool.poetry?.dependencies ?? {})
      .filter(([name, said]) => name !== 'python' && !isOptional(said))
      .flatMap(([name, said]) => withExtras(name, said)),
  ])

const isOptional = (said: unknown): boolean =>
  typeof said === 'object' && said !== null && 'optional' in said && said.optional === true

function withExtras(written: string, said: unknown): string[] {
  const name = normalName(written)
  const extras =
    typeof said === 'object' && said !== null && 'extras' in said && Array.isArray(said.extras)
      ? said.extras.filter((extra: unknown) => typeof extra === 'string')
      : []
  return [name, ...extras.map((extra: string) => `${name}[${extra}]`)]
}

/** uv.lock, poetry.lock, pdm.lock and pylock.toml all give a package's name a line of its own. */
const namesIn = (tree: SourceTree, lock: string): string[] =>
  [...(tree.read(lock) ?? '').matchAll(/^name = "([^"\n]{1,200})"/gm)].map((match) =>
    normalName(match[1] ?? ''),
  )

function namesInPipfileLock(tree: SourceTree): string[] {
  try {
    const lock: unknown = JSON.parse(tree.read('Pipfile.lock') ?? '{}')
    if (typeof lock !== 'object' || lock === null || !('default' in lock)) return []
    return Object.entries(lock.default ?? {}).flatMap(([name, said]) => withExtras(name, said))
  } catch {
    // It is read again in the build, which says what is wrong with it.
    return []
  }
}

const present = (tree: SourceTree, names: readonly string[]): string[] =>
  names.filter((name) => tree.paths.has(name))
