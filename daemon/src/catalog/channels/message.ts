import type { Notification } from '@vastrox/shared/channel.ts'

/** How it looks: whether it is well again counts for more than how bad it was. */
export type Look = 'critical' | 'warning' | 'info' | 'resolved'

export const lookOf = ({ kind, severity }: Notification): Look =>
  kind === 'resolved' ? 'resolved' : severity

export const COLOURS: Record<Look, string> = {
  critical: '#d92d20',
  warning: '#f79009',
  info: '#2e90fa',
  resolved: '#12b76a',
}

export const SIGNS: Record<Look, string> = {
  critical: '🔴',
  warning: '🟠',
  info: '🔵',
  resolved: '✅',
}

export const WORDS: Record<Look, string> = {
  critical: 'Critical',
  warning: 'Warning',
  info: 'Info',
  resolved: 'Resolved',
}

/** No longer than that, and no half of a letter at its end. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, Math.max(0, most - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/** No longer than that in UTF-8. */
export function cutBytes(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text
  const end = Buffer.from(text)
    .subarray(0, Math.max(0, most - 3))
    .toString()
    .replace(/\uFFFD$/, '')
  return `${end}…`
}

/** What is written in markup, cut so that it is no longer than that once it is escaped. */
export function cutEscaped(text: string, most: number, escape: (text: string) => string): string {
  const whole = escape(text)
  if (whole.length <= most) return whole
  let [low, high] = [0, Math.min(text.length, most)]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (escape(cut(text, middle)).length <= most) low = middle
    else high = middle - 1
  }
  return escape(cut(text, low))
}

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** What a text for programs and old phones has: no markup at all. */
export const plainText = ({ text, fields, url }: Notification): string =>
  [text, fields.map(({ name, value }) => `${name}: ${value}`).join('\n'), url]
    .filter((part) => part !== '')
    .join('\n\n')
