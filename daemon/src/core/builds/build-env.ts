import { createHmac } from 'node:crypto'
import { ownOf } from '@vastrox/shared/own-of.ts'
import type { BuildPlan } from '#ports/stack.ts'

/** Of the app's env only what the plan names (rule C14); a name that is not set is left out. */
export const buildSecrets = (
  { buildEnvKeys = [] }: BuildPlan,
  env: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    buildEnvKeys.flatMap((name) => {
      const value = ownOf(env, name)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )

/**
 * A build argument that changes with the secrets: the builder does not look at the values of secrets
 * when it decides which steps to run again. Only stages that are thrown away ask for it. What they
 * print shows it, so that it is made with a key: a short secret cannot be guessed by it.
 */
export function secretsDigest(
  secrets: Readonly<Record<string, string>>,
  { appId, key }: { appId: string; key: Buffer },
): Record<string, string> {
  const sorted = Object.entries(secrets).toSorted(([one], [other]) => (one < other ? -1 : 1))
  if (sorted.length === 0) return {}
  const digest = createHmac('sha256', key)
    .update(JSON.stringify([appId, sorted]))
    .digest('hex')
  return { VASTROX_BUILD_ENV: digest }
}
