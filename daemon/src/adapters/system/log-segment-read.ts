import { listSegments, readSegment, type SegmentFiles } from '#adapters/system/log-segment-files.ts'
import { readKeys, readLine } from '#adapters/system/log-segment-text.ts'
import type { NumberedLine } from '#ports/log-archive.ts'

/** However long the lines are: what one reading may go through. */
const MAX_READ_BYTES = 16 * 2 ** 20
const HASH = 35

/** The last lines of an app, oldest first; `next` is the number behind them. */
export async function lastLines(
  folder: string,
  next: number,
  limit: number,
): Promise<NumberedLine[]> {
  const found: NumberedLine[][] = []
  let missing = limit
  let read = 0
  for (const name of namesOf(await listSegments(folder)).toReversed()) {
    if (missing <= 0 || read >= MAX_READ_BYTES) break
    const content = await segmentNow(folder, name)
    read += content.length
    const lines = linesOf(content, Math.max(0, next - limit), Number.POSITIVE_INFINITY)
    found.push(lines.slice(-missing))
    missing -= lines.length
  }
  return found.toReversed().flat()
}

/** Lines behind a number, oldest first. */
export async function linesBehind(
  folder: string,
  number: number,
  limit: number,
): Promise<NumberedLine[]> {
  const files = await listSegments(folder)
  const closed = files.closed.filter(({ first, count }) => first + count - 1 > number)
  const found: NumberedLine[] = []
  let read = 0
  for (const name of namesOf({ ...files, closed })) {
    if (found.length >= limit || read >= MAX_READ_BYTES) break
    const content = await segmentNow(folder, name)
    read += content.length
    found.push(...linesOf(content, number + 1, limit - found.length))
  }
  return found
}

/** Oldest first; one that was compressed a moment ago is there twice, and named once. */
export const namesOf = ({ closed, open }: SegmentFiles): string[] =>
  [...closed, ...openOnly({ closed, open })]
    .toSorted((a, b) => a.number - b.number)
    .map(({ name }) => name)

export const openOnly = ({ closed, open }: Pick<SegmentFiles, 'closed' | 'open'>) =>
  open.filter(({ number }) => closed.every((each) => each.number !== number))

/** A segment that was compressed since it was listed is read as it is now; one that is gone is empty. */
export async function segmentNow(folder: string, name: string): Promise<Buffer> {
  try {
    return await readSegment(folder, name)
  } catch (error) {
    const number = Number(name.slice(0, 8))
    const { closed } = await listSegments(folder)
    const now = closed.find((segment) => segment.number === number)
    if (now && now.name !== name) return readSegment(folder, now.name)
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

/** Those from a number on, at most so many. A damaged line is left out, and keeps its number. */
function linesOf(content: Buffer, from: number, limit: number): NumberedLine[] {
  const text = content.toString()
  const keys = readKeys(text)
  if (!keys) return []
  const lines: NumberedLine[] = []
  let { first: number } = keys.head
  let at = text.indexOf('\n') + 1
  for (let end = text.indexOf('\n', at); end !== -1; end = text.indexOf('\n', at)) {
    if (lines.length >= limit) break
    if (text.charCodeAt(at) !== HASH) {
      const found = number < from ? undefined : readLine(text.slice(at, end), keys)
      if (found) lines.push({ number, line: found.line })
      number += 1
    }
    at = end + 1
  }
  return lines
}
