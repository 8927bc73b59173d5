import { expect, it } from 'vitest'
import { sayBytes } from './bytes.ts'

it.each([
  [0, '0 B'],
  [900, '900 B'],
  [2_048, '2 KB'],
  [512 * 2 ** 20, '512 MB'],
  [1.5 * 2 ** 30, '1.5 GB'],
  [74 * 2 ** 30, '74 GB'],
  [5 * 2 ** 50, '5120 TB'],
])('%i bytes are said as "%s"', (bytes, words) => {
  expect(sayBytes(bytes)).toBe(words)
})
