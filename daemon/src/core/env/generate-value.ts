import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import type { EnvGenerator } from '@vastrox/shared/env.ts'

const BYTES = 32
const PASSWORD_LENGTH = 24
/** Nothing that must be quoted anywhere, and none that look alike. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789'

/** A value that nobody can guess: at least 122 random bits. */
export function generateValue(how: EnvGenerator): string {
  return MAKERS[how]()
}

const MAKERS: Record<EnvGenerator, () => string> = {
  hex: () => randomBytes(BYTES).toString('hex'),
  base64: () => randomBytes(BYTES).toString('base64'),
  password: () =>
    Array.from({ length: PASSWORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)] ?? '').join(
      '',
    ),
  uuid: () => randomUUID(),
}
