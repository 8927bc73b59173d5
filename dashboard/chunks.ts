import { join } from 'node:path'
import type { Plugin } from 'vite'

const inSource = (...paths: string[]): string[] =>
  paths.map((path) => join(import.meta.dirname, 'src', path))
/** What is loaded whatever the page. */
const FIRST = inSource('main.tsx')
/** What every page inside is in. */
const SHELL = inSource('features/shell/shell.tsx')
/** Where most people begin; it has a file of its own. */
const APPS = inSource('features/apps/apps-page.tsx')
/** The other pages that are looked at most, with the frame that all of an app are in. */
const OFTEN = inSource(
  'features/overview/overview-page.tsx',
  'features/app/app-frame.tsx',
  'features/app/overview-tab.tsx',
)
/** Of packages that have one way in for everything: what no first page takes. */
const LATER_PARTS =
  /@tanstack\/(?:query-core|react-query)\/.*(?:queriesObserver|infiniteQueryObserver|useQueries|useInfinite|useSuspenseQueries|useSuspenseInfinite|HydrationBoundary)|@tanstack\/react-router\/.*\/useBlocker\./
const VENDOR = /node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|@tanstack|zod)\//
const FEATURE = /dashboard\/src\/features\//
const SHARED_CODE = /dashboard\/src\/(?:ui|lib)\/|\/shared\/src\//
const LUCIDE_EXPORT = /export \{([^}]*)\} from '\.\/icons\/([^/]+)\.mjs'/g
const ICON = /lucide-react\/dist\/esm\/icons\/([^/]+)\.mjs$/

type File = 'first' | 'later' | 'often' | 'several'

/**
 * Sorts what several pages share into files: `first` is loaded whatever the page, `later` by pages
 * that need some of it, `often` by the overviews and by what shares with them, `several` by pages
 * that have something with three others in common. What is loaded when it is needed is in none of
 * them: there would be a small file before it, to be asked for besides. The daemon speaks HTTP/1.1,
 * over which a browser asks for six at a time: few files are better than many small ones.
 */
export function createChunks() {
  /** Names of icons by the file that takes them: lucide has one way in for all. */
  const icons = new Map<string, string[]>()
  /** The file of each icon, by its names. */
  const iconFiles = new Map<string, string>()
  let first: ReadonlySet<string> = new Set()
  let shell: ReadonlySet<string> = new Set()
  let apps: ReadonlySet<string> = new Set()
  let often: ReadonlySet<string> = new Set()

  const isFirstIcon = (file: string): boolean =>
    [...icons].some(
      ([id, names]) => first.has(id) && names.some((name) => iconFiles.get(name) === file),
    )

  const plugin: Plugin = {
    name: 'vastrox-chunks',
    apply: 'build',
    transform: {
      order: 'pre',
      handler(code, id) {
        if (id.endsWith('/lucide-react.mjs'))
          for (const [, names = '', file = ''] of code.matchAll(LUCIDE_EXPORT))
            for (const [, name = ''] of names.matchAll(/default as (\w+)/g))
              iconFiles.set(name, file)
        const taken = /import \{([^}]*)\} from 'lucide-react'/.exec(code)?.[1]
        if (taken !== undefined) icons.set(id, taken.match(/\w+/g) ?? [])
        return undefined
      },
    },
    buildEnd() {
      const importsOf = (id: string) => this.getModuleInfo(id)?.importedIds ?? []
      first = reachedFrom(FIRST, importsOf)
      shell = reachedFrom(SHELL, importsOf)
      apps = reachedFrom(APPS, importsOf)
      often = reachedFrom(OFTEN, importsOf)
    },
  }

  /** The file that a module belongs to; null where the bundler puts it. */
  function fileOf(id: string): File | null {
    if (LATER_PARTS.test(id)) return 'later'
    if (VENDOR.test(id)) return 'first'
    const icon = ICON.exec(id)?.[1]
    if (icon !== undefined) return isFirstIcon(icon) ? 'first' : 'later'
    if (id.includes('/lucide-react/')) return 'first'
    if (FEATURE.test(id)) return fileOfFeature(id)
    if (!SHARED_CODE.test(id)) return null
    return first.has(id) ? 'first' : 'later'
  }

  function fileOfFeature(id: string): File | null {
    if (first.has(id)) return 'first'
    if (shell.has(id) || (apps.has(id) && often.has(id))) return 'later'
    if (apps.has(id)) return null
    if (OFTEN.includes(id)) return null
    return often.has(id) ? 'often' : 'several'
  }

  const group = (name: File, priority: number, more: object = {}) => ({
    name,
    test: (id: string) => fileOf(id) === name,
    priority,
    ...more,
  })

  return {
    plugin,
    /** What is sorted first takes with it what it imports, but for what belongs to pages. */
    groups: [
      group('first', 4),
      group('later', 3, { minShareCount: 2 }),
      group('often', 2, { includeDependenciesRecursively: false }),
      group('several', 1, { includeDependenciesRecursively: false, minShareCount: 4 }),
    ],
  }
}

function reachedFrom(
  roots: readonly string[],
  importsOf: (id: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(roots)
  for (const id of reached) {
    // Packages are sorted by their names; through the one way into lucide every icon is reached.
    if (id.includes('/node_modules/')) continue
    for (const imported of importsOf(id)) reached.add(imported)
  }
  return reached
}
