import type { SourceTree, Wishes } from '#ports/stack.ts'
import { readDjango } from './python-django.ts'
import type { PythonProject } from './python-facts.ts'
import { readImports } from './python-import.ts'
import { isProject, readPipfile, readPyproject } from './python-manifest.ts'
import { choosePackages } from './python-packages.ts'
import { readModules } from './python-source.ts'
import { starts } from './python-supply.ts'

export function readProject(tree: SourceTree, wishes: Wishes): PythonProject {
  const pyproject = readPyproject(tree)
  const pipfile = readPipfile(tree)
  const modules = readModules(tree)
  const imports = readImports(tree, modules)
  const packages = choosePackages(tree, { pyproject, pipfile })
  const names = packages?.names ?? new Set<string>()
  const lockedNames = packages?.lockedNames ?? names
  const django = readDjango(tree, modules, imports, lockedNames)
  return {
    tree,
    wishes,
    pyproject,
    pipfile,
    modules,
    imports,
    packages,
    names,
    lockedNames,
    django,
  }
}

/** Where the modules of the app are, besides the root: `src`, or the folder of manage.py. */
export function rootsOf(
  { tree, django, pyproject }: PythonProject,
  found: readonly string[],
): string[] {
  const isSource = pyproject !== undefined && isProject(pyproject)
  const source = isSource && [...tree.paths].some((path) => /^src\/[^/]+\/__init__\.py$/.test(path))
  return [...new Set([...found, django?.root ?? '', source ? 'src' : ''])].filter(
    (root) => root !== '',
  )
}

/** Why the project must be installed as a package; undefined where its files are enough. */
export function whyInstalled(
  { pyproject, packages, modules, tree }: PythonProject,
  commands: readonly string[],
): string | undefined {
  const isPackage =
    pyproject?.['build-system'] !== undefined &&
    pyproject.tool.poetry?.['package-mode'] !== false &&
    pyproject.tool.uv?.package !== false
  if (!isPackage || packages?.install.endsWith(' .')) return undefined
  const scripts = [
    ...Object.keys(pyproject.project?.scripts ?? {}),
    ...Object.keys(pyproject.tool.poetry?.scripts ?? {}),
  ]
  const script = scripts.find((name) => commands.some((command) => starts(command, name)))
  if (script !== undefined) return `a process starts by ${script}`
  if (
    Object.keys({ ...pyproject.project?.['entry-points'], ...pyproject.tool.poetry?.plugins })
      .length > 0
  )
    return 'it has entry points'
  const reads = modules.find(({ calls }) =>
    [
      'importlib.metadata.version',
      'importlib_metadata.version',
      'importlib.metadata.metadata',
      'pkg_resources.get_distribution',
    ].some((call) => calls.has(call)),
  )
  if (reads) return `${reads.path} asks for the version of a package`
  const compiles = ['maturin', 'scikit_build_core', 'mesonpy', 'setuptools_rust'].find((name) =>
    pyproject['build-system']?.['build-backend']?.startsWith(name),
  )
  if (compiles !== undefined) return `${compiles} builds a part of it`
  return [...tree.paths].some((path) => path.endsWith('.pyx'))
    ? 'a part of it is compiled'
    : undefined
}
