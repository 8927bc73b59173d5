import {
  codeOfFloat,
  createByteReader,
  createByteWriter,
  FIXED_BYTES,
  floatOfCode,
  readHistogram,
  writeHistogram,
} from '#store/metrics-bytes.ts'
import type { MetricValue } from '#store/metrics-columns.ts'

/** By number, as a database knows it. */
export interface TickSubject {
  subject: number
  values: readonly (readonly [metric: number, value: MetricValue])[]
}

const ENTRY_BYTES = 2 * FIXED_BYTES

/**
 * Everything of 15 seconds in one piece: how many subjects there are, for each its number and where its
 * values end, by number, and then the values. One subject is found without reading the others.
 */
export function encodeTick(subjects: readonly TickSubject[]): Buffer {
  const head = createByteWriter(FIXED_BYTES + subjects.length * ENTRY_BYTES)
  const body = createByteWriter(subjects.length * 64)
  head.fixed(subjects.length)
  for (const { subject, values } of subjects.toSorted(
    (one, other) => one.subject - other.subject,
  )) {
    for (const [metric, value] of values) {
      body.unsigned(metric)
      if (typeof value !== 'number') writeHistogram(body, value)
      else body.unsigned(encodeValue(metric, value))
    }
    head.fixed(subject)
    head.fixed(body.length)
  }
  return Buffer.concat([head.view(), body.view()])
}

/** The kind of a metric is in its number: its last two bits are the place of the kind. */
const GAUGE = 0
const HISTOGRAM = 3
const kindOf = (metric: number): number => metric % 4

const encodeValue = (metric: number, value: number): number =>
  kindOf(metric) === GAUGE ? codeOfFloat(value) : Math.max(0, Math.round(value))

export const subjectsOf = (tick: Buffer): number[] =>
  Array.from({ length: tick.readUInt32LE(0) }, (_, at) =>
    tick.readUInt32LE(FIXED_BYTES + at * ENTRY_BYTES),
  )

/** Calls `each` with what the tick has of that subject. */
export function readTick(
  tick: Buffer,
  subject: number,
  each: (metric: number, value: MetricValue) => void,
): void {
  const count = tick.readUInt32LE(0)
  const at = placeOf(tick, count, subject)
  if (at === undefined) return
  const base = FIXED_BYTES + count * ENTRY_BYTES
  const endOf = (place: number): number =>
    place < 0 ? 0 : tick.readUInt32LE(2 * FIXED_BYTES + place * ENTRY_BYTES)
  const reader = createByteReader(tick, base + endOf(at - 1), base + endOf(at))
  while (!reader.isAtEnd) {
    const metric = reader.unsigned()
    if (kindOf(metric) === HISTOGRAM) each(metric, readHistogram(reader))
    else if (kindOf(metric) === GAUGE) each(metric, floatOfCode(reader.unsigned()))
    else each(metric, reader.unsigned())
  }
}

function placeOf(tick: Buffer, count: number, subject: number): number | undefined {
  let low = 0
  let high = count - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = tick.readUInt32LE(FIXED_BYTES + middle * ENTRY_BYTES)
    if (found === subject) return middle
    if (found < subject) low = middle + 1
    else high = middle - 1
  }
  return undefined
}
