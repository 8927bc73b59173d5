import type { SourceTree } from '#ports/stack.ts'
import type { PythonModule } from './python-source.ts'

/** How Python finds a file: the name of the module, and the folder that has to be on its path. */
export interface ImportName {
  module: string
  /** Without slashes around it; empty for the root. */
  root: string
}

export interface Imports {
  /**
   * The name that a file is imported by; undefined for one that cannot be, such as `my-app.py`. A
   * folder is a package where it has `__init__.py`, or where the source imports it by its name.
   */
  nameOf(path: string): ImportName | undefined
  moduleNamed(name: string): PythonModule | undefined
}

const IDENTIFIER = /^[A-Za-z_]\w*$/
/** What may stand in the value of an ENV line as it is. */
const PLAIN_FOLDER = /^[\w.@+-]+$/

export function readImports(tree: SourceTree, modules: readonly PythonModule[]): Imports {
  const imported = new Set(
    modules.flatMap(({ imports }) => [...imports].map((name) => name.split('.', 1)[0] ?? '')),
  )
  const nameOf = (path: string): ImportName | undefined => {
    const parts = path.replace(/\.py$/, '').split('/')
    const file = parts.pop() ?? ''
    const root = rootOf(tree, parts, imported)
    const inside = parts.slice(root)
    const names = file === '__init__' ? inside : [...inside, file]
    if (names.length === 0 || !names.every((name) => IDENTIFIER.test(name))) return undefined
    if (!parts.slice(0, root).every((name) => PLAIN_FOLDER.test(name))) return undefined
    return { module: names.join('.'), root: parts.slice(0, root).join('/') }
  }
  const byName = new Map(modules.map((module) => [nameOf(module.path)?.module, module]))
  return { nameOf, moduleNamed: (name) => byName.get(name) }
}

/** How many of the folders lie above the outermost package. */
function rootOf(
  tree: SourceTree,
  folders: readonly string[],
  imported: ReadonlySet<string>,
): number {
  let root = folders.length
  while (root > 0 && tree.paths.has(`${folders.slice(0, root).join('/')}/__init__.py`)) root -= 1
  const above = folders.slice(0, root).findIndex((name) => imported.has(name))
  return above === -1 ? root : above
}
