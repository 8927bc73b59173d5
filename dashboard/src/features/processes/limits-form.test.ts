import { expect, it } from 'vitest'
import { LimitsForm, toChange, toLimitsText } from './limits-form.ts'

it('gives back the limits that a process has of its own, and leaves the others to the app', () => {
  const text = toLimitsText({ ownLimits: { memoryBytes: 2 ** 30, cpuMillis: 500 } })

  expect(text).toEqual({ memoryMb: '1024', cpuCores: '0.5', stopGraceS: '' })
  expect(toChange(LimitsForm.parse(text))).toEqual({
    memoryBytes: 2 ** 30,
    cpuMillis: 500,
    stopGraceMs: null,
  })
})

it('names what it cannot take', () => {
  const wrong = LimitsForm.safeParse({ memoryMb: 'much', cpuCores: '-1', stopGraceS: '3' })

  expect(wrong.error?.issues.map(({ path }) => path[0])).toEqual(['memoryMb', 'cpuCores'])
})
