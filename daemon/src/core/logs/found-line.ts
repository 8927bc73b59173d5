import type { FoundLine, LogLine } from '@vastrox/shared/log.ts'
import { levelOf } from '#lib/log-level.ts'

/** A line with where it stands; without an id while it is not kept yet. */
export const found = (line: LogLine, number: number | null): FoundLine => ({
  ...line,
  id: number === null ? '' : String(number),
  level: levelOf(line.text),
})

/** Undefined for what was never given out as the id of a line. */
export const numberOf = (id: string | undefined): number | undefined =>
  id !== undefined && /^\d{1,15}$/.test(id) ? Number(id) : undefined
