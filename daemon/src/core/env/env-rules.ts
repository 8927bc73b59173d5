import { EnvKey, EnvValue } from '@vastrox/shared/env.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { RESERVED_ENV_PREFIX } from '#core/env/platform-env.ts'

const MAX_VALUE_BYTES = 65_536
const MAX_TOTAL_BYTES = 262_144
/** Of an app or a group: their lists are in memory, and a group's go in one answer. */
const MAX_VARIABLES = 1_000

/** Throws ENV_KEY_INVALID, ENV_VALUE_INVALID or ENV_TOO_LARGE. null unsets. */
export function checkVariable(key: string, value: string | null): void {
  if (!EnvKey.safeParse(key).success) throw new CodedError('ENV_KEY_INVALID', { key })
  if (key.startsWith(RESERVED_ENV_PREFIX))
    throw new CodedError('ENV_KEY_INVALID', {
      key,
      reason: `Names that begin with ${RESERVED_ENV_PREFIX} are set by Vastrox itself.`,
    })
  if (value === null) return
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES) throw new CodedError('ENV_TOO_LARGE', { key })
  if (!EnvValue.safeParse(value).success || !value.isWellFormed())
    throw new CodedError('ENV_VALUE_INVALID', { key })
}

/** Throws ENV_TOO_LARGE where all of them together would take more than they may. */
export function checkTotal(
  before: ReadonlyMap<string, string>,
  changed: readonly [string, string | null][],
): void {
  const after = new Map<string, string | null>([...before, ...changed])
  let bytes = 0
  for (const [key, value] of after)
    if (value !== null) bytes += Buffer.byteLength(key) + Buffer.byteLength(value)
  if (bytes > MAX_TOTAL_BYTES) throw new CodedError('ENV_TOO_LARGE', { bytes })
}

/** Throws ENV_TOO_LARGE where there are more than may be, and more than before. */
export function checkCount(before: number, after: number): void {
  if (after > MAX_VARIABLES && after > before)
    throw new CodedError('ENV_TOO_LARGE', {
      reason: `An app, and an env group, may have ${MAX_VARIABLES} variables.`,
    })
}
