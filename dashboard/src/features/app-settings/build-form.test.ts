import { type BuildSettings, DEFAULT_BUILD_SETTINGS } from '@vastrox/shared/build-settings.ts'
import { expect, it } from 'vitest'
import { BuildForm, toBuildForm, toBuildSettings } from './build-form.ts'

const build: BuildSettings = {
  ...DEFAULT_BUILD_SETTINGS,
  stack: 'php',
  version: '8.4',
  buildArguments: { A: '1', B: 'x=y' },
  buildEnvKeys: ['NPM_TOKEN', 'OTHER'],
  uploadMaxBytes: 64 * 2 ** 20,
}

it('gives back the settings that it was given', () => {
  for (const settings of [build, DEFAULT_BUILD_SETTINGS])
    expect(toBuildSettings(toBuildForm(settings))).toEqual(settings)
})

it('takes what people type, and names what it cannot take', () => {
  const typed = { ...toBuildForm(build), buildEnvKeys: ' A, B\nC ', uploadMb: '128', version: '' }
  expect(toBuildSettings(BuildForm.parse(typed))).toMatchObject({
    buildEnvKeys: ['A', 'B', 'C'],
    uploadMaxBytes: 128 * 2 ** 20,
    version: null,
  })

  const wrong = BuildForm.safeParse({
    ...typed,
    rootDirectory: '../x',
    version: 'latest',
    buildArguments: 'no pair',
    buildEnvKeys: 'A-B',
    uploadMb: 'much',
  })
  expect(wrong.error?.issues.map(({ path }) => path[0])).toEqual([
    'rootDirectory',
    'version',
    'buildArguments',
    'buildEnvKeys',
    'uploadMb',
  ])
})
