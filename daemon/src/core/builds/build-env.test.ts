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
  const key = Buffer.alloc(32, 1)
  const digestOf = (secrets: Record<string, string>, appId = 'app', by = key) =>
    secretsDigest(secrets, { appId, key: by })['VASTROX_BUILD_ENV']
  const before = digestOf({ A: '1', B: '2' })

  expect(digestOf({ B: '2', A: '1' })).toBe(before)
  expect(digestOf({ A: '1', B: '3' })).not.toBe(before)
  expect(digestOf({ A: '1', B: '2' }, 'other')).not.toBe(before)
  // Whoever sees it in a build's log and has no key cannot try values against it.
  expect(digestOf({ A: '1', B: '2' }, 'app', Buffer.alloc(32, 2))).not.toBe(before)
  expect(secretsDigest({}, { appId: 'app', key })).toEqual({})
})
