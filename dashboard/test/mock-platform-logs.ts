import type { FoundLine } from '@vastrox/shared/log.ts'

/** What Vastrox has printed, the newest last: few lines, as on a quiet day. */
const TEXTS: readonly (readonly [source: string, text: string, level: FoundLine['level']])[] = [
  ['supervisor', 'agent, daemon and 2 proxy workers run', null],
  ['daemon', 'shop: deployment 14 is live', null],
  ['agent', 'swept 3 images that no release needs', null],
  ['proxy-0', 'warning: the upstream of blog closed the connection early', 'warning'],
  ['daemon', 'problem: the destination offsite does not answer: connect ETIMEDOUT', 'error'],
  ['daemon', 'offsite answers again', null],
]
const EVERY_MS = 60_000

const lines = (): FoundLine[] =>
  TEXTS.map(([source, text, level], index) => ({
    id: `p-${index}`,
    at: new Date(Date.now() - (TEXTS.length - index) * EVERY_MS).toISOString(),
    source,
    release: null,
    stream: 'platform',
    text,
    level,
  }))

export function searchPlatformLog(query: URLSearchParams) {
  const text = query.get('text')?.toLowerCase() ?? ''
  const source = query.get('source')
  const items = lines()
    .filter((line) => line.text.toLowerCase().includes(text))
    .filter((line) => source === null || line.source.startsWith(source))
    .toReversed()
  return { items, nextCursor: null, scannedBytes: 600, tookMs: 2 }
}
