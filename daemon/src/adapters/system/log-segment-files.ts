import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress, zstdDecompress } from 'node:zlib'

/** Measured: 6 costs twice as much as 3 and saves 3 % of the disk. */
const COMPRESSION = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }
/** Of a segment that is damaged nothing larger is made. */
const MAX_CONTENT_BYTES = 64 * 2 ** 20

const compressed = promisify(zstdCompress)
const decompressed = promisify(zstdDecompress)

/** A file of lines that is not written to any more. What there is to know of it is in its name. */
export interface ClosedSegment {
  number: number
  /** Number of its first line, and how many there are. */
  first: number
  count: number
  fromMs: number
  toMs: number
  /** Before compression. */
  lineBytes: number
  name: string
  /** Name and size of what an older version wrote, where it was made from that. */
  madeFrom: string | null
}

/** A file of lines that is written to, or was when the daemon was killed. */
export interface OpenSegment {
  number: number
  name: string
}

export interface SegmentFiles {
  /** Oldest first. */
  closed: ClosedSegment[]
  open: OpenSegment[]
  /** Of older versions. */
  old: { number: number; name: string }[]
}

const CLOSED =
  /^(\d{8})-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)(?:-m(\d+x\d+))?\.log\.zst$/
const OPEN = /^(\d{8})\.log$/
const OLD = /^(\d{8})\.ndjson$/

const base36 = (text: string | undefined): number => Number.parseInt(text ?? '', 36)

/** Empty where there is no such folder. Rejects where it cannot be read: it is not begun anew then. */
export async function listSegments(folder: string): Promise<SegmentFiles> {
  const names = await readdir(folder).catch((error: unknown): string[] => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const files: SegmentFiles = { closed: [], open: [], old: [] }
  for (const name of names.toSorted((one, other) => (one < other ? -1 : 1))) {
    const open = OPEN.exec(name)
    if (open) files.open.push({ number: Number(open[1]), name })
    const old = OLD.exec(name)
    if (old) files.old.push({ number: Number(old[1]), name })
    const parts = CLOSED.exec(name)
    if (!parts) continue
    files.closed.push({
      number: Number(parts[1]),
      first: base36(parts[2]),
      count: base36(parts[3]),
      fromMs: base36(parts[4]),
      toMs: base36(parts[5]),
      lineBytes: base36(parts[6]),
      madeFrom: parts[7] ?? null,
      name,
    })
  }
  return files
}

export const openName = (number: number): string => `${String(number).padStart(8, '0')}.log`

export function closedName(segment: Omit<ClosedSegment, 'name'>): string {
  const { number, first, count, fromMs, toMs, lineBytes, madeFrom } = segment
  const parts = [first, count, Math.max(0, fromMs), Math.max(0, toMs), lineBytes]
  const made = madeFrom === null ? '' : `-m${madeFrom}`
  return `${String(number).padStart(8, '0')}-${parts.map((part) => part.toString(36)).join('-')}${made}.log.zst`
}

export const compress = (content: Buffer): Promise<Buffer> => compressed(content, COMPRESSION)

/** What is in a segment, taken out of its compression. */
export async function readSegment(folder: string, name: string): Promise<Buffer> {
  const content = await readFile(join(folder, name))
  if (!name.endsWith('.zst')) return content
  return decompressed(content, { maxOutputLength: MAX_CONTENT_BYTES })
}

/** Of each file that is still there. */
export async function sizeOf(folder: string, name: string): Promise<number> {
  const found = await stat(join(folder, name)).catch(() => undefined)
  return found?.size ?? 0
}
