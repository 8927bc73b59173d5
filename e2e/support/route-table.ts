import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROUTER = join(import.meta.dirname, '../../dashboard/src/router.tsx')
const ROUTE =
  /(?:const (\w+) = )?createRoute\(\{\s*getParentRoute: \(\) => (\w+),\s*(path|id): '([^']*)'/g

/** Every page of the dashboard as its router has it (`/apps/$name/env`), so that none is forgotten. */
export function routeTable(text = readFileSync(ROUTER, 'utf8')): string[] {
  const prefixes = new Map([['root', '']])
  const parents = new Set<string>()
  const routes: { name: string; path: string }[] = []
  for (const [, name = '', parent = '', kind = '', path = ''] of text.matchAll(ROUTE)) {
    const before = prefixes.get(parent)
    if (before === undefined) throw new Error(`the parent ${parent} of ${path} stands below it`)
    const whole = kind === 'id' ? before : joined(before, path)
    if (name !== '') prefixes.set(name, whole)
    parents.add(parent)
    if (kind === 'path') routes.push({ name, path: whole })
  }
  const written = text.match(/createRoute\(\{/g)?.length ?? 0
  const read = [...text.matchAll(ROUTE)].length
  if (read !== written) throw new Error(`${read} of ${written} routes could be read`)
  // Frames have an index page of the same path; `$` is every other address.
  return [
    ...new Set(
      routes
        .filter(({ name, path }) => !parents.has(name) && !path.endsWith('$'))
        .map(({ path }) => path),
    ),
  ]
}

const joined = (before: string, path: string): string =>
  path === '/' ? before || '/' : `${before}${path}`

/** A path with what stands for its parameters; throws for one that nothing was said of. */
export const filled = (path: string, values: Readonly<Record<string, string>>): string =>
  path.replaceAll(/\$(\w+)/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`what stands for $${name} in ${path}?`)
    return value
  })
