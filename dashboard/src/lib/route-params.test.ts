import { expect, it } from 'vitest'
import { isAppName, isCount, safeReturn } from './route-params.ts'

it('returns to pages of the dashboard after signing in', () => {
  expect(safeReturn('/apps/shop?x=1#log')).toBe('/apps/shop?x=1#log')
})

it.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '/sign-in/abc',
  undefined,
  7,
])('does not follow %s', (to) => {
  expect(safeReturn(to)).toBeUndefined()
})

it('lets nothing but a name or a number become part of a path of the API', () => {
  expect(isAppName('my-shop')).toBe(true)
  expect(['..', '../tokens', 'a/b', 'shop?x', '', 'Shop'].filter(isAppName)).toEqual([])
  expect(isCount('14')).toBe(true)
  expect(['0', '-1', '1/..', '1e3', ''].filter(isCount)).toEqual([])
})
