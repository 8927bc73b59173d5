import { expect, it } from 'vitest'
import { wishOf } from '#commands/process-commands.ts'

it.each([
  ['memory=1G', { memoryBytes: 2 ** 30 }],
  ['memory=512M', { memoryBytes: 2 ** 29 }],
  ['memory=1.5GB', { memoryBytes: 1.5 * 2 ** 30 }],
  ['memory=256', { memoryBytes: 2 ** 28 }],
  ['memory=default', { memoryBytes: null }],
  ['cpu=0.5', { cpuMillis: 500 }],
  ['cpu=0', { cpuMillis: 0 }],
  ['grace=30s', { stopGraceMs: 30_000 }],
  ['grace=default', { stopGraceMs: null }],
])('%s is understood', (text, wish) => {
  expect(wishOf(text)).toEqual(wish)
})

it.each([
  'memory=',
  'memory=1',
  'memory=2T',
  'memory=lots',
  'cpu=-1',
  'cpu=300',
  'grace=700s',
  'disk=1G',
  'memory',
])('%s is not, and is said to be so', (text) => {
  expect(() => wishOf(text)).toThrow(/memory=|cpu=|grace=/)
})
