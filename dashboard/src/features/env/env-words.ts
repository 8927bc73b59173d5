import type { EnvChange, EnvGenerator, EnvPhase } from '@vastrox/shared/env.ts'

export const PHASES: Record<EnvPhase, string> = {
  runtime: 'what runs',
  build: 'the build',
  both: 'the build and what runs',
}

export const GENERATED: Record<EnvGenerator, string> = {
  hex: '64 hexadecimal digits',
  base64: '32 bytes in base64',
  password: 'a password of 24 characters',
  uuid: 'a UUID',
}

/** "set API_KEY, unset DEBUG": names only. */
export function sayChange({ set, unset, marked, restored }: EnvChange): string {
  const parts = Object.entries({ set, unset, marked }).flatMap(([verb, keys]) =>
    keys.length === 0 ? [] : [`${verb} ${keys.join(', ')}`],
  )
  if (restored !== null) parts.unshift(`as after change ${restored}`)
  return parts.length === 0 ? 'what was set before' : parts.join(' · ')
}
