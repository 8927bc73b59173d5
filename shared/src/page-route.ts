/**
 * Which of the routes (`/apps/$name/env`) a path is of. What is written out goes before what stands
 * for something: `/backups/history` is no `/backups/$id`.
 */
export function routeMatcher(routes: readonly string[]): (path: string) => string | undefined {
  const known = routes
    .map((route) => ({ route, pattern: patternOf(route), rank: rankOf(route) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  return (path) => {
    const wanted = path.length > 1 ? path.replace(/\/$/, '') : path
    return known.find(({ pattern }) => pattern.test(wanted))?.route
  }
}

const partsOf = (route: string): string[] => route.split('/').slice(1)
const isParameter = (part: string): boolean => part.startsWith('$')

const patternOf = (route: string): RegExp =>
  new RegExp(
    `^${partsOf(route)
      .map((part) => (isParameter(part) ? '/[^/]+' : `/${part.replaceAll('.', '\\.')}`))
      .join('')}$`,
  )

const rankOf = (route: string): string =>
  partsOf(route)
    .map((part) => (isParameter(part) ? '1' : '0'))
    .join('')
