import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import {
  type ByteReader,
  type ByteWriter,
  codeOfFloat,
  createByteReader,
  createByteWriter,
  floatOfCode,
  readHistogram,
  writeHistogram,
} from '#store/metrics-bytes.ts'
import { type Column, METRIC_KINDS, noValues } from '#store/metrics-columns.ts'

const LEVEL = 6
/** Far more than any block has: what claims more is damage. */
const MOST_BYTES = 2 ** 24
const MOST_STEPS = 10_000

const VALUES = 0
const PEAKS = 1
const HISTOGRAMS = 2

/**
 * Columns of one subject: for each its metric, what it holds and its length, then the difference of each
 * value to the one before. Values are whole numbers (metrics-bytes.ts), 0 is a gap. zstd over all of it.
 */
export function encodeBlock(columns: readonly (readonly [metric: number, Column])[]): Buffer {
  const whole = createByteWriter(4_096)
  const part = createByteWriter(2_048)
  const steps = Math.max(0, ...columns.map(([, column]) => lengthOf(column)))
  whole.unsigned(steps)
  const add = (metric: number, holds: number, write: () => void): void => {
    part.clear()
    write()
    whole.unsigned(metric)
    whole.unsigned(holds)
    whole.unsigned(part.length)
    whole.append(part.view())
  }
  for (const [metric, { kind, values, peaks, histograms }] of columns) {
    if (histograms) {
      add(metric, HISTOGRAMS, () => writeHistograms(part, histograms, steps))
      continue
    }
    const encode = kind === 'gauge' ? codeOfFloat : Math.round
    add(metric, VALUES, () => writeNumbers(part, values, encode))
    if (peaks) add(metric, PEAKS, () => writeNumbers(part, peaks, encode))
  }
  return zstdCompressSync(whole.view(), {
    params: { [constants.ZSTD_c_compressionLevel]: LEVEL },
  })
}

/** Those columns alone that `isWanted` says; what is left out is passed over unread. */
export function decodeBlock(
  block: Buffer,
  isWanted: (metric: number) => boolean,
): { steps: number; columns: Map<number, Column> } {
  const reader = createByteReader(zstdDecompressSync(block, { maxOutputLength: MOST_BYTES }))
  const steps = reader.unsigned()
  if (steps > MOST_STEPS) throw new RangeError('a block has too many steps')
  const columns = new Map<number, Column>()
  while (!reader.isAtEnd) {
    const metric = reader.unsigned()
    const holds = reader.unsigned()
    const length = reader.unsigned()
    if (!isWanted(metric)) {
      reader.skip(length)
      continue
    }
    const kind = METRIC_KINDS[metric % 4] ?? 'gauge'
    const decode = kind === 'gauge' ? floatOfCode : same
    const known = columns.get(metric)
    if (holds === HISTOGRAMS)
      columns.set(metric, {
        kind,
        values: new Float64Array(0),
        histograms: readHistograms(reader, steps),
      })
    else if (holds === PEAKS && known) known.peaks = readNumbers(reader, steps, decode)
    else columns.set(metric, { kind, values: readNumbers(reader, steps, decode) })
  }
  return { steps, columns }
}

const same = (value: number): number => value

const lengthOf = ({ values, histograms }: Column): number => histograms?.length ?? values.length

function writeNumbers(
  writer: ByteWriter,
  values: Float64Array,
  encode: (value: number) => number,
): void {
  let last = 0
  for (const value of values) {
    const code = Number.isNaN(value) ? 0 : encode(value) + 1
    writer.signed(code - last)
    last = code
  }
}

function readNumbers(
  reader: ByteReader,
  steps: number,
  decode: (code: number) => number,
): Float64Array {
  const values = noValues(steps)
  let code = 0
  for (let at = 0; at < steps; at += 1) {
    code += reader.signed()
    if (code > 0) values[at] = decode(code - 1)
  }
  return values
}

/** A histogram follows 1; 0 is a gap. */
function writeHistograms(
  writer: ByteWriter,
  histograms: readonly (readonly number[] | undefined)[],
  steps: number,
): void {
  for (let at = 0; at < steps; at += 1) {
    const histogram = histograms[at]
    writer.unsigned(histogram ? 1 : 0)
    if (histogram) writeHistogram(writer, histogram)
  }
}

const readHistograms = (reader: ByteReader, steps: number): (number[] | undefined)[] =>
  Array.from({ length: steps }, () => (reader.unsigned() === 0 ? undefined : readHistogram(reader)))
