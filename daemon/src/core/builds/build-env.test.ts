import { expect, it } from 'vitest'
import type { BuildPlan } from '#ports/stack.ts'
import { buildSecrets, secretsDigest } from './build-env.ts'

const plan = { buildEnvKeys: ['NPM_TOKEN', 'MISSING'] } satisfies Partial<BuildPlan>
const PLAN: BuildPlan = {
  stack: 'node',
  summary: [],
  images: [],
  dockerfile: '',
  ignore: [],
  processes: {},
  releaseCommand: null,
  env: {},
  ...plan,
}

it('gives the build what the plan names and the app has, and nothing else (rule C14)', () => {
  expect(buildSecrets(PLAN, { NPM_TOKEN: 'x', DATABASE_URL: 'y' })).toEqual({ NPM_TOKEN: 'x' })
})

it('tells the builder that a secret has changed, and not what it is', () => {
  const before = secretsDigest({ A: '1', B: '2' }, 'app')['VASTROX_BUILD_ENV']

  expect(secretsDigest({ B: '2', A: '1' }, 'app')['VASTROX_BUILD_ENV']).toBe(before)
  expect(secretsDigest({ A: '1', B: '3' }, 'app')['VASTROX_BUILD_ENV']).not.toBe(before)
  expect(secretsDigest({ A: '1', B: '2' }, 'other')['VASTROX_BUILD_ENV']).not.toBe(before)
  expect(secretsDigest({}, 'app')).toEqual({})
})
