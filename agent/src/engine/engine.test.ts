import { expect, it } from 'vitest'
import { chooseVersion } from '#agent/engine/engine.ts'

it('speaks the engine’s newest API, never one that we do not know, and refuses engines before 20.10', () => {
  expect(chooseVersion('1.41')).toBe('1.41')
  expect(chooseVersion('1.47')).toBe('1.47')
  expect(chooseVersion('1.99')).toBe('1.51')
  expect(chooseVersion(undefined)).toBe('1.41')
  expect(() => chooseVersion('1.40')).toThrow('20.10 or later')
})
