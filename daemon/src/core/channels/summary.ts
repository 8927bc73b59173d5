import type { Notification } from '@vastrox/shared/channel.ts'
import { worstOf } from '#core/channels/notify.ts'

const MOST_LINES = 25
const MOST_TITLE = 120

/** One message in place of many that came together. */
export function summaryOf(told: readonly Notification[], at: Date, url: string): Notification {
  const resolved = told.filter(({ kind }) => kind === 'resolved').length
  const counts = [
    ...(['critical', 'warning', 'info'] as const).map((severity) => {
      const count = told.filter(
        (one) => one.kind !== 'resolved' && one.severity === severity,
      ).length
      return count === 0 ? '' : `${count} ${severity}`
    }),
    resolved === 0 ? '' : `${resolved} resolved`,
  ].filter((part) => part !== '')
  const worstFirst = told.toSorted((one, other) => placeOf(one) - placeOf(other))
  const lines = worstFirst.slice(0, MOST_LINES).map(lineOf)
  const more = told.length - lines.length
  return {
    key: `summary:${at.toISOString()}`,
    kind: 'summary',
    severity: worstOf(told.filter(({ kind }) => kind !== 'resolved').map((one) => one.severity)),
    title: `${told.length} notifications within a minute: ${counts.join(', ')}`,
    text: [...lines, ...(more > 0 ? [`… and ${more} more.`] : [])].join('\n'),
    fields: [],
    url,
    app: null,
    at: at.toISOString(),
  }
}

const PLACES = ['critical', 'warning', 'info', 'resolved']
const placeOf = ({ kind, severity }: Notification): number =>
  PLACES.indexOf(kind === 'resolved' ? kind : severity)

function lineOf({ kind, severity, title, app }: Notification): string {
  const word = kind === 'resolved' ? 'resolved' : severity
  const short = title.length > MOST_TITLE ? `${title.slice(0, MOST_TITLE - 1)}…` : title
  return `• ${word}: ${short}${app === null || short.includes(app) ? '' : ` (${app})`}`
}
