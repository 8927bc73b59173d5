import { expect, it } from 'vitest'
import { safeReturn } from './router-search.ts'

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
