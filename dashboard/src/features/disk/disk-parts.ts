import type { Ledger, LedgerDisk, LedgerLine, LedgerPart } from '@vastrox/shared/ledger.ts'
import { sayBytes } from '#lib/bytes.ts'
import { t } from '#lib/words.ts'

export const PART_NAME: Record<LedgerPart, string> = {
  images: t('Images'),
  cache: t('Build cache'),
  volumes: t('Volumes and databases'),
  backups: t('Backups'),
  sources: t('Sources'),
  uploads: t('Uploads'),
  logs: t('Logs'),
  writes: t('Written beside volumes'),
  other: t('Vastrox itself'),
}

export interface Segment {
  name: string
  bytes: number
  /** What is before it on the bar. */
  from: number
  /** Of the bar; class names are written out, so that they are found when the styles are made. */
  fill: string
  dot: string
}

const LOOK: Record<LedgerPart, { fill: string; dot: string }> = {
  volumes: { fill: 'fill-accent', dot: 'bg-accent' },
  backups: { fill: 'fill-good', dot: 'bg-good' },
  images: { fill: 'fill-busy', dot: 'bg-busy' },
  cache: { fill: 'fill-warn', dot: 'bg-warn' },
  sources: { fill: 'fill-ansi-magenta', dot: 'bg-ansi-magenta' },
  uploads: { fill: 'fill-bad', dot: 'bg-bad' },
  logs: { fill: 'fill-muted', dot: 'bg-muted' },
  writes: { fill: 'fill-ink', dot: 'bg-ink' },
  other: { fill: 'fill-accent-solid', dot: 'bg-accent-solid' },
}
const ORDER: readonly LedgerPart[] = [
  'volumes',
  'backups',
  'images',
  'cache',
  'sources',
  'uploads',
  'logs',
  'writes',
  'other',
]
/** A part of the whole disk that nobody sees is told among the others. */
const SEEN = 0.002

/** What is on the disk, ours by what it is for, then what is others'. Free space is what is left. */
export function segmentsOf(ledger: Ledger, disk: LedgerDisk): Segment[] {
  const ours = ORDER.map((part) => ({
    name: PART_NAME[part],
    bytes: sumOf(ledger.lines, part),
    ...LOOK[part],
  }))
  const others = {
    name: t('Others'),
    bytes: disk.othersBytes,
    fill: 'fill-line-strong',
    dot: 'bg-line-strong',
  }
  const seen = [...ours, others].filter(({ bytes }) => bytes > disk.bytes * SEEN)
  return seen.map((segment, at) => ({
    ...segment,
    from: seen.slice(0, at).reduce((sum, { bytes }) => sum + bytes, 0),
  }))
}

const sumOf = (lines: readonly LedgerLine[], part: LedgerPart): number =>
  lines.reduce((sum, { parts }) => sum + (parts[part] ?? 0), 0)

/** The largest parts of a line, in words. */
export const sayParts = ({ parts }: LedgerLine): string =>
  ORDER.flatMap((part) => {
    const bytes = parts[part] ?? 0
    return bytes > 0 ? [{ part, bytes }] : []
  })
    .toSorted((one, other) => other.bytes - one.bytes)
    .slice(0, 3)
    .map(({ part, bytes }) => `${PART_NAME[part].toLowerCase()} ${sayBytes(bytes)}`)
    .join(', ')

export function sayGrowth(bytesPerDay: number | null): string {
  if (bytesPerDay === null) return ''
  if (Math.abs(bytesPerDay) < 2 ** 20) return t('steady')
  const sign = bytesPerDay > 0 ? '+' : '−'
  return t('{growth} a day', { growth: `${sign}${sayBytes(Math.abs(bytesPerDay))}` })
}
