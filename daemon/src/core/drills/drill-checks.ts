import type { DrillCheck } from '@vastrox/shared/backup.ts'
import type { RecordedContent } from '#core/backups/way-back.ts'
import type { AddonCounts } from '#ports/addon-kind.ts'

/** Beyond it tables that are as they should be are told of together. */
const MAX_NAMED_TABLES = 200
const MAX_CHECKS = 1_000

/**
 * Each table against what was counted around the backup: with people writing meanwhile the truth lies
 * between the two. A table that came or went meanwhile may be there or not.
 */
export function compareCounts(
  counts: NonNullable<RecordedContent['counts']>,
  found: AddonCounts,
): DrillCheck[] {
  const { before, after } = counts
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...Object.keys(found)])]
  const checks = names.toSorted().map((table) => compareTable(table, counts, found[table]))
  if (checks.length === 0)
    return [{ what: 'tables', expected: 'none', found: 'none', isGood: true }]
  return shortened(checks)
}

/** Without anything to compare with, as of an import: what is there is said. */
export const describeCounts = (found: AddonCounts): DrillCheck[] =>
  shortened(
    Object.entries(found)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([table, rows]) => ({
        what: what(table),
        expected: null,
        found: amountOf(table, rows),
        isGood: true,
      })),
  )

/** The bytes of a dump that came back, against those that were sent. */
export const compareDump = (
  recorded: Pick<RecordedContent, 'sha256' | 'sizeBytes'>,
  found: { sha256: string | null; sizeBytes: number },
): DrillCheck[] => [
  recorded.sha256 === null
    ? {
        what: 'the whole dump',
        expected: `${number(recorded.sizeBytes)} bytes`,
        found: `${number(found.sizeBytes)} bytes`,
        isGood: found.sizeBytes === recorded.sizeBytes,
      }
    : {
        what: 'the whole dump (SHA-256)',
        expected: short(recorded.sha256),
        found: found.sha256 === null ? null : short(found.sha256),
        isGood: found.sha256 === recorded.sha256,
      },
]

/** Files that came back, whose content the node has compared with what their names say. */
export function compareFiles(
  recorded: Pick<RecordedContent, 'sizeBytes' | 'files'>,
  found: { sizeBytes: number; files: number },
): DrillCheck[] {
  return [
    {
      what: 'files',
      expected: number(recorded.files),
      found: number(found.files),
      isGood: found.files === recorded.files,
    },
    {
      what: 'content of every file, read again and compared',
      expected: `${number(recorded.sizeBytes)} bytes`,
      found: `${number(found.sizeBytes)} bytes`,
      isGood: found.sizeBytes === recorded.sizeBytes,
    },
  ]
}

export const isAllGood = (checks: readonly DrillCheck[]): boolean =>
  checks.length > 0 && checks.every(({ isGood }) => isGood)

/** The first that is not as it should be, in one line. */
export function sayWorst(checks: readonly DrillCheck[]): string {
  const bad = checks.filter(({ isGood }) => !isGood)
  const [first] = bad
  if (!first) return 'Nothing was checked.'
  const expected = first.expected === null ? '' : `, expected ${first.expected}`
  const more = bad.length > 1 ? `; ${bad.length - 1} more` : ''
  return `${first.what}: found ${first.found ?? 'nothing'}${expected}${more}`
}

function compareTable(
  table: string,
  { before, after }: NonNullable<RecordedContent['counts']>,
  found: number | undefined,
): DrillCheck {
  const [first, last] = [before[table], after[table]]
  const mayBeAbsent = first === undefined || last === undefined
  const least = Math.min(first ?? 0, last ?? 0)
  const most = Math.max(first ?? 0, last ?? 0)
  const isKnown = first !== undefined || last !== undefined
  const isGood =
    found === undefined ? mayBeAbsent : isKnown && found >= least && (mayBeAbsent || found <= most)
  return {
    what: what(table),
    expected: isKnown ? rangeOf(table, least, most) : 'no such table',
    found: found === undefined ? null : amountOf(table, found),
    isGood,
  }
}

function shortened(checks: DrillCheck[]): DrillCheck[] {
  if (checks.length <= MAX_NAMED_TABLES) return checks
  const bad = checks.filter(({ isGood }) => !isGood).slice(0, MAX_CHECKS - MAX_NAMED_TABLES - 1)
  const good = checks.filter(({ isGood }) => isGood)
  const named = good.slice(0, MAX_NAMED_TABLES)
  const rest = good.length - named.length
  if (rest === 0) return [...bad, ...named]
  const all = `${number(rest)} more tables`
  return [...bad, ...named, { what: all, expected: null, found: null, isGood: true }]
}

const MAX_NAME = 180
const what = (table: string): string =>
  table.length <= MAX_NAME ? table : `${table.slice(0, MAX_NAME)}…`

const number = (value: number): string => value.toLocaleString('en-US')
const rowsOf = (rows: number): string => `${number(rows)} ${rows === 1 ? 'row' : 'rows'}`
/** `(policies)` are counted, not read. */
const amountOf = (table: string, rows: number): string =>
  table.startsWith('(') ? number(rows) : rowsOf(rows)
const rangeOf = (table: string, least: number, most: number): string =>
  least === most ? amountOf(table, least) : `${number(least)} to ${amountOf(table, most)}`
const short = (sha256: string): string => sha256.slice(0, 16)
