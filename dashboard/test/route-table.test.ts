import { expect, it } from 'vitest'
import { filled, pageRoutes, routeTable } from '../route-table.ts'

it('reads every page of the router, frames and redirects left out', () => {
  const table = routeTable()

  expect(table.length).toBeGreaterThan(60)
  expect(table).toContain('/apps')
  expect(table).toContain('/apps/$name')
  expect(table).toContain('/apps/$name/deployments/$number')
  expect(table).toContain('/node/metrics')
  expect(table.filter((path) => path === '' || path.endsWith('/$'))).toEqual([])
  expect(new Set(table).size).toBe(table.length)
})

it('knows what a page loads, its frames first', () => {
  const page = pageRoutes().find(({ path }) => path === '/apps/$name/env')

  expect(page?.modules).toEqual([
    '#features/shell/shell.tsx',
    '#features/app/app-frame.tsx',
    '#features/env/env-tab.tsx',
  ])
})

it('refuses a router that it cannot read whole', () => {
  const text = "const a = createRoute({\n  path: '/a',\n  getParentRoute: () => root,\n})"
  expect(() => routeTable(text)).toThrow('0 of 1 routes could be read')
})

it('fills in what stands for parameters, and says what it was not told of', () => {
  expect(filled('/apps/$name/deployments/$number', { name: 'shop', number: '3' })).toBe(
    '/apps/shop/deployments/3',
  )
  expect(() => filled('/apps/$name', {})).toThrow('$name')
})
