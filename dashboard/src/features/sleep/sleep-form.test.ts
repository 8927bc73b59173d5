import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { expect, it } from 'vitest'
import { SleepForm, toSleepForm, toSleepSettings } from './sleep-form.ts'

const app = (settings: Partial<typeof DEFAULT_APP_SETTINGS>) => ({
  id: 'a',
  name: 'shop',
  stack: null,
  state: 'running' as const,
  urls: [],
  gitUrl: '',
  gitSshUrl: '',
  liveRelease: 1,
  settings: { ...DEFAULT_APP_SETTINGS, ...settings },
  createdAt: '2026-11-22T12:00:00.000Z',
})

it('gives back what it was given, in minutes', () => {
  const settings = { sleepAfterMs: 1_800_000, sleepWorkers: true, sleepIgnoresMonitors: false }
  const form = toSleepForm(app(settings))

  expect(form.afterMinutes).toBe(30)
  expect(toSleepSettings(SleepForm.parse(form))).toEqual(settings)
})

it('takes an empty field for never', () => {
  const form = toSleepForm(app({}))

  expect(form.afterMinutes).toBe('')
  expect(toSleepSettings(SleepForm.parse(form)).sleepAfterMs).toBeNull()
  expect(SleepForm.safeParse({ ...form, afterMinutes: 'soon' }).success).toBe(false)
})
