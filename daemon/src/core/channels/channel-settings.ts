import { CodedError } from '@vastrox/shared/errors.ts'
import type { ChannelKind } from '#ports/channel-kind.ts'
import type { ChannelSettings } from '#store/channel-store.ts'

/** Throws CHANNEL_KIND_UNKNOWN. */
export function kindNamed(kinds: readonly ChannelKind[], name: string): ChannelKind {
  const found = kinds.find(({ kind }) => kind === name)
  if (found) return found
  const known = kinds.map(({ kind }) => kind).join(', ')
  throw new CodedError('CHANNEL_KIND_UNKNOWN', {
    reason: `There is no kind of channel called ${name.slice(0, 40)}: use one of ${known}.`,
  })
}

/** With what is left out filled in, and what is secret apart. Throws CHANNEL_SETTINGS_INVALID. */
export function readSettings(
  kind: ChannelKind,
  given: ChannelSettings,
): { shown: ChannelSettings; secret: ChannelSettings } {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(kind.settings.shape, name))
  if (unknown !== undefined)
    throw invalid(`${unknown.slice(0, 60)} is no setting of ${kind.title}.`)
  const read = kind.settings.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    throw invalid(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'not valid'}`)
  }
  const shown: ChannelSettings = {}
  const secret: ChannelSettings = {}
  for (const [name, value] of Object.entries(read.data)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      continue
    if (kind.secrets.includes(name)) secret[name] = value
    else shown[name] = value
  }
  return { shown, secret }
}

/**
 * Settings that are left out stay as they are. Secrets are for whom they were given: where another one
 * is to be told them, they are given once more. Throws CHANNEL_SETTINGS_INVALID.
 */
export function changedSettings(
  kind: ChannelKind,
  before: { shown: ChannelSettings; secret: ChannelSettings },
  given: ChannelSettings,
): { shown: ChannelSettings; secret: ChannelSettings } {
  const all: ChannelSettings = { ...before.shown, ...before.secret }
  const isAnother = kind.sentTo.some(
    (name) => given[name] !== undefined && String(given[name]) !== String(all[name]),
  )
  const left = kind.secrets.filter(
    (name) => given[name] === undefined && (before.secret[name] ?? '') !== '',
  )
  if (isAnother && left.length > 0)
    throw invalid(
      `Give ${left.join(' and ')} again: it was given for another address, and is not sent to this one unasked.`,
    )
  return readSettings(kind, { ...all, ...given })
}

const invalid = (reason: string): CodedError =>
  new CodedError('CHANNEL_SETTINGS_INVALID', { reason })

/** What is sealed is not seen by whoever reads answers and logs: each value, and the path of an address. */
export const wordsToHide = (secret: ChannelSettings): string[] =>
  Object.values(secret)
    .map(String)
    .filter((value) => value !== '')
    .flatMap((value) => {
      const url = URL.parse(value)
      return url === null ? [value] : [value, `${url.pathname}${url.search}`, url.pathname]
    })
