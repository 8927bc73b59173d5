import { expect, it } from 'vitest'
import { AllowanceForm, toAllowanceText, toChange } from '#features/disk/allowance-form.ts'

it('takes gigabytes with a comma or a point, and nothing for what every app has', () => {
  const of = (gigabytes: string) => toChange(AllowanceForm.parse({ gigabytes }))

  expect(of('2,5')).toEqual({ allowanceBytes: 2.5 * 2 ** 30 })
  expect(of(' 20 ')).toEqual({ allowanceBytes: 20 * 2 ** 30 })
  expect(of('')).toEqual({ allowanceBytes: null })
  expect(AllowanceForm.safeParse({ gigabytes: '0' }).success).toBe(false)
  expect(AllowanceForm.safeParse({ gigabytes: 'much' }).success).toBe(false)
})

it('shows what was said as it is written', () => {
  expect(toAllowanceText({ allowanceBytes: 1.5 * 2 ** 30 })).toBe('1.5')
  expect(toAllowanceText({ allowanceBytes: null })).toBe('')
})
