import { expect, it } from 'vitest'
import { routeMatcher } from './page-route.ts'

const routeOf = routeMatcher(['/backups/$id', '/', '/backups/history', '/apps/$name/env', '/apps'])

it.each([
  ['/', '/'],
  ['/apps', '/apps'],
  ['/apps/', '/apps'],
  ['/backups/b1', '/backups/$id'],
  ['/backups/history', '/backups/history'],
  ['/apps/shop/env', '/apps/$name/env'],
])('knows that %s is the page %s', (path, route) => {
  expect(routeOf(path)).toBe(route)
})

it.each(['/nothing', '/apps/shop', '/apps//env', '/backups/a/b', ''])(
  'knows no page at %j',
  (path) => {
    expect(routeOf(path)).toBeUndefined()
  },
)
