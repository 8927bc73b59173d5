import { CodedError, type ErrorCode } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'

/** Flat, as forms give them. */
export type KindSettings = Record<string, string | number | boolean>

/** Of a catalog entry: what its settings are, which of them are secret, and who is told those. */
interface KindWithSettings {
  kind: string
  title: string
  settings: z.ZodObject
  secrets: readonly string[]
  sentTo: readonly string[]
}

interface Codes {
  /** `channel`, for people. */
  noun: string
  unknownKind: ErrorCode
  invalid: ErrorCode
}

/** The entry of that name. Throws `unknownKind`, which names those that there are. */
export function kindNamed<Kind extends { kind: string }>(
  kinds: readonly Kind[],
  name: string,
  { noun, unknownKind }: Codes,
): Kind {
  const found = kinds.find(({ kind }) => kind === name)
  if (found) return found
  const known = kinds.map(({ kind }) => kind).join(', ')
  throw new CodedError(unknownKind, {
    reason: `There is no kind of ${noun} called ${name.slice(0, 40)}: use one of ${known}.`,
  })
}

/** With what is left out filled in, and what is secret apart. Throws `invalid`, with the reason. */
export function readSettings(
  kind: KindWithSettings,
  given: Readonly<KindSettings>,
  { invalid }: Codes,
): { shown: KindSettings; secret: KindSettings } {
  const refuse = (reason: string): CodedError => new CodedError(invalid, { reason })
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(kind.settings.shape, name))
  if (unknown !== undefined) throw refuse(`${unknown.slice(0, 60)} is no setting of ${kind.title}.`)
  const read = kind.settings.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    throw refuse(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'not valid'}`)
  }
  const shown: KindSettings = {}
  const secret: KindSettings = {}
  for (const [name, value] of Object.entries(read.data)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      continue
    if (kind.secrets.includes(name)) secret[name] = value
    else shown[name] = value
  }
  return { shown, secret }
}

/** Whether secrets would be told to somebody else than they were given for. */
export const tellsAnother = (
  { sentTo }: Pick<KindWithSettings, 'sentTo'>,
  before: Readonly<KindSettings>,
  given: Readonly<KindSettings>,
): boolean =>
  sentTo.some((name) => given[name] !== undefined && String(given[name]) !== String(before[name]))
