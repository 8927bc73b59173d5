import { CodedError } from '@vastrox/shared/errors.ts'
import { readSettings, tellsAnother } from '#core/secrets/kind-settings.ts'
import type { ChannelKind } from '#ports/channel-kind.ts'
import type { ChannelSettings } from '#store/channel-store.ts'

export const CHANNEL_CODES = {
  noun: 'channel',
  unknownKind: 'CHANNEL_KIND_UNKNOWN',
  invalid: 'CHANNEL_SETTINGS_INVALID',
} as const

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
  const left = kind.secrets.filter(
    (name) => given[name] === undefined && (before.secret[name] ?? '') !== '',
  )
  if (tellsAnother(kind, all, given) && left.length > 0)
    throw new CodedError(CHANNEL_CODES.invalid, {
      reason: `Give ${left.join(' and ')} again: it was given for another address, and is not sent to this one unasked.`,
    })
  return readSettings(kind, { ...all, ...given }, CHANNEL_CODES)
}

/** What is sealed is not seen by whoever reads answers and logs: each value, and the path of an address. */
export const wordsToHide = (secret: ChannelSettings): string[] =>
  Object.values(secret)
    .map(String)
    .filter((value) => value !== '')
    .flatMap((value) => {
      const url = URL.parse(value)
      return url === null ? [value] : [value, `${url.pathname}${url.search}`, url.pathname]
    })
