import type { EnvVariable } from '@vastrox/shared/env.ts'
import type { Variables } from '#core/env/variable.ts'
import type { SealedVariable } from '#store/env-store.ts'

interface How {
  /** Opened, where they are to be shown; one that is never revealed is not. */
  values?: Variables | undefined
  group?: string
  addon?: string
  /** Names of variables that go over these. */
  above?: ReadonlySet<string>
}

/** Variables as the API shows them. */
export const shownVariables = (
  records: readonly SealedVariable[],
  { values, group, addon, above }: How = {},
): EnvVariable[] =>
  records.map(({ key, changedAt, phase, neverReveal, isReference }) => ({
    key,
    value: neverReveal ? null : (values?.get(key)?.value ?? null),
    changedAt,
    phase,
    neverReveal,
    isReference,
    group: group ?? null,
    ...(addon === undefined ? {} : { addon }),
    isOverridden: above?.has(key) ?? false,
  }))
