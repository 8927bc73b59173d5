import type { SourceTree, Wishes } from '#ports/stack.ts'
import type { Django } from './python-django.ts'
import type { Imports } from './python-import.ts'
import type { Pipfile, Pyproject } from './python-manifest.ts'
import type { PythonPackages } from './python-packages.ts'
import type { PythonModule } from './python-source.ts'

/** What is known of the source before anything is decided. */
export interface PythonProject {
  tree: SourceTree
  wishes: Wishes
  pyproject: Pyproject | undefined
  pipfile: Pipfile | undefined
  modules: readonly PythonModule[]
  imports: Imports
  packages: PythonPackages | null
  /** Of the packages that are asked for. */
  names: ReadonlySet<string>
  /** Of all that are installed, as far as that is known. */
  lockedNames: ReadonlySet<string>
  django: Django | undefined
}
