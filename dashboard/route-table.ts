import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROUTER = join(import.meta.dirname, 'src/router.tsx')
const ROUTE =
  /(?:const (\w+) = )?createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*(path|id): '([^']*)'/g
const LOADED = /import\(\s*'([^']+)'/g

/** A page of the dashboard, by its path (`/apps/$name/env`). */
export interface PageRoute {
  path: string
  /** What the router loads to show it, its frames' first: `#features/app/app-frame.tsx`. */
  modules: string[]
}

/** Every page of the dashboard as its router has it, so that none is forgotten. */
export function pageRoutes(text = readFileSync(ROUTER, 'utf8')): PageRoute[] {
  const above = new Map<string, PageRoute>([['root', { path: '', modules: [] }]])
  const parents = new Set<string>()
  const pages: (PageRoute & { name: string })[] = []
  const found = [...text.matchAll(ROUTE)]
  for (const [at, [, name = '', parent = '', kind = '', path = '']] of found.entries()) {
    const before = above.get(parent)
    if (before === undefined) throw new Error(`the parent ${parent} of ${path} stands below it`)
    const block = text.slice(found[at]?.index, found[at + 1]?.index)
    const route = {
      path: kind === 'id' ? before.path : joined(before.path, path),
      modules: [...before.modules, ...[...block.matchAll(LOADED)].map(([, file = '']) => file)],
    }
    if (name !== '') above.set(name, route)
    parents.add(parent)
    if (kind === 'path') pages.push({ name, ...route })
  }
  const written = text.match(/createRoute\(\{/g)?.length ?? 0
  if (found.length !== written)
    throw new Error(`${found.length} of ${written} routes could be read`)
  // Frames have an index page of the same path; `$` is every other address.
  return pages
    .filter(({ name, path }) => !parents.has(name) && !path.endsWith('$'))
    .map(({ path, modules }) => ({ path, modules }))
}

/** The paths of every page, each once. */
export const routeTable = (text?: string): string[] => [
  ...new Set(pageRoutes(text).map(({ path }) => path)),
]

const joined = (before: string, path: string): string =>
  path === '/' ? before || '/' : `${before}${path}`

/** A path with what stands for its parameters; throws for one that nothing was said of. */
export const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`what stands for $${name} in ${path}?`)
    return value
  })
