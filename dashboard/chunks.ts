import { join } from 'node:path'
import type { Plugin } from 'vite'

/** What everybody loads to see a first page; the router loads the last two itself. */
const FIRST = ['main.tsx', 'features/shell/shell.tsx', 'features/apps/apps-page.tsx'].map((path) =>
  join(import.meta.dirname, 'src', path),
)
/** Of packages that have one way in for everything: what no first page takes. */
const LATER_PARTS =
  /@tanstack\/(?:query-core|react-query)\/.*(?:queriesObserver|infiniteQueryObserver|useQueries|useInfinite|useSuspenseQueries|useSuspenseInfinite|HydrationBoundary)|@tanstack\/react-router\/.*\/useBlocker\./
const VENDOR = /node_modules\/(?:react|react-dom|scheduler|use-sync-external-store|@tanstack|zod)\//
const SHARED_CODE = /dashboard\/src\/(?:ui|lib)\/|\/shared\/src\//
const isFeature = (id: string): boolean => id.includes('/dashboard/src/features/')
const LUCIDE_EXPORT = /export \{([^}]*)\} from '\.\/icons\/([^/]+)\.mjs'/g
const ICON = /lucide-react\/dist\/esm\/icons\/([^/]+)\.mjs$/

/**
 * Sorts what several pages share into files: `vendor` and `common` are loaded with every page,
 * `later` by pages that need some of it. The daemon speaks HTTP/1.1, so few files are better than
 * many small ones.
 */
export function createChunks() {
  /** Names of icons by the file that takes them: lucide has one way in for all. */
  const icons = new Map<string, string[]>()
  /** The file of each icon, by its names. */
  const iconFiles = new Map<string, string>()
  let first: ReadonlySet<string> = new Set()
  let always: ReadonlySet<string> = new Set()

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
      // Since the language is awaited, the bundler puts nothing of this together by itself.
      always = new Set([...reachedFrom(FIRST.slice(0, 1), importsOf)].filter(isFeature))
    },
  }

  /** The file that a module belongs to; null where the bundler puts it. */
  function fileOf(id: string): 'vendor' | 'common' | 'later' | null {
    if (LATER_PARTS.test(id)) return 'later'
    if (VENDOR.test(id)) return 'vendor'
    const icon = ICON.exec(id)?.[1]
    if (icon !== undefined) return isFirstIcon(icon) ? 'common' : 'later'
    if (id.includes('/lucide-react/')) return 'common'
    if (always.has(id)) return 'common'
    if (!SHARED_CODE.test(id)) return null
    return first.has(id) ? 'common' : 'later'
  }

  return {
    plugin,
    /** What is sorted first takes with it what it imports. */
    groups: [
      { name: 'vendor', test: (id: string) => fileOf(id) === 'vendor', priority: 3 },
      { name: 'common', test: (id: string) => fileOf(id) === 'common', priority: 2 },
      {
        name: 'later',
        test: (id: string) => fileOf(id) === 'later',
        priority: 1,
        minShareCount: 2,
      },
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
