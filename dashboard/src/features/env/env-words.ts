import type { EnvChange, EnvGenerator, EnvPhase } from '@vastrox/shared/env.ts'
import { t } from '#lib/words.ts'

export const PHASES: Record<EnvPhase, string> = {
  runtime: t('what runs'),
  build: t('the build'),
  both: t('the build and what runs'),
}

export const GENERATED: Record<EnvGenerator, string> = {
  hex: t('64 hexadecimal digits'),
  base64: t('32 bytes in base64'),
  password: t('a password of 24 characters'),
  uuid: t('a UUID'),
}

/** "set API_KEY, unset DEBUG": names only. */
export function sayChange({ set, unset, marked, restored }: EnvChange): string {
  const parts = Object.entries({ set, unset, marked }).flatMap(([verb, keys]) =>
    keys.length === 0 ? [] : [`${verb} ${keys.join(', ')}`],
  )
  if (restored !== null) parts.unshift(t('as after change {restored}', { restored }))
  return parts.length === 0 ? t('what was set before') : parts.join(' · ')
}
