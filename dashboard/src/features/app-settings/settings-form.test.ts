import { DEFAULT_APP_SETTINGS } from '@vastrox/shared/app.ts'
import { expect, it } from 'vitest'
import { SettingsForm, toForm, toSettings } from './settings-form.ts'

const app = {
  id: '1',
  name: 'shop',
  stack: null,
  state: 'running' as const,
  urls: [],
  gitUrl: '',
  gitSshUrl: '',
  liveRelease: null,
  settings: { ...DEFAULT_APP_SETTINGS, healthPath: '/healthz', cpuMillis: 500 },
  createdAt: '2026-11-22T12:00:00.000Z',
}

it('gives back the settings that it was given', () => {
  expect({ ...app.settings, ...toSettings(toForm(app)) }).toEqual(app.settings)
})

it.each([
  { isolation: 'compatible', readOnlyRoot: false },
  { isolation: 'compatible', readOnlyRoot: true },
  { isolation: 'strict', readOnlyRoot: false },
] as const)('shows $isolation, read-only $readOnlyRoot, as one choice', (chosen) => {
  const settings = { ...app.settings, ...chosen }

  expect({ ...settings, ...toSettings(toForm({ ...app, settings })) }).toEqual(settings)
})

it('takes what people type, and names what it cannot take', () => {
  const typed = { ...toForm(app), memoryMb: '256', healthTimeoutS: '1.5', deployBranch: '' }
  expect(toSettings(SettingsForm.parse(typed))).toMatchObject({
    memoryBytes: 256 * 2 ** 20,
    healthTimeoutMs: 1_500,
    deployBranch: null,
  })
  const wrong = SettingsForm.safeParse({ ...typed, memoryMb: 'much', deployBranch: '--upload' })
  expect(wrong.error?.issues.map(({ path }) => path[0])).toEqual(['deployBranch', 'memoryMb'])
})
