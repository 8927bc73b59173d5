import { ChangeLogSettings } from '@vastrox/shared/log.ts'
import { describe, expect, it } from 'vitest'
import { KeepForm, toKeepForm, toKeepSettings } from '#features/logs/keep-form.ts'
import { MEGABYTE } from '#lib/bytes.ts'

const settings = { keepDays: 30, keepBytes: 100 * MEGABYTE, linesPerSecond: 10_000 }

describe('how long lines are kept', () => {
  it('is the same after a look at the form', () => {
    expect(toKeepSettings(KeepForm.parse(toKeepForm(settings)))).toEqual(settings)
  })

  it.each([
    ['keepDays', '0', '1 to 365 days.'],
    ['keepDays', 'for ever', '1 to 365 days.'],
    ['keepMb', '1', 'At least 2 MB.'],
    ['linesPerSecond', '9', '10 to 1,000,000 lines a second.'],
  ])('%s of %s is refused in words', (field, value, said) => {
    const { error } = KeepForm.safeParse({ ...toKeepForm(settings), [field]: value })
    expect(error?.issues[0]?.message).toBe(said)
  })

  it('is what the server takes', () => {
    const form = KeepForm.parse({ keepDays: '7', keepMb: '2', linesPerSecond: '10' })
    expect(ChangeLogSettings.safeParse(toKeepSettings(form)).success).toBe(true)
  })
})
