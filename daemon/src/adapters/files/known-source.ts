import { readFile } from 'node:fs/promises'
import { writeAtomically } from '@vastrox/shared/node/atomic-file.ts'
import { z } from 'zod'
import { codeOf } from './explain-file-error.ts'
import type { ScannedEntry } from './scan-tree.ts'

const Entry = z.object({
  kind: z.enum(['file', 'symlink']),
  sizeBytes: z.number(),
  executable: z.boolean(),
  target: z.string().nullable(),
  /** SHA-256 of a file's content. */
  hash: z.string().nullable(),
  /** As it lay in the tree when it was as the source has it; 0 where it did not. */
  ino: z.number(),
  ctimeMs: z.number(),
})
export type KnownEntry = z.infer<typeof Entry>

const Stored = z.object({
  sourceId: z.string().nullable(),
  /** Of a tree that was packed: the source that it began with then. */
  packedOn: z.string().nullish(),
  entries: z.array(z.tuple([z.string(), Entry])),
})

/** The files and links of a source, as far as they have to be known to see what is different. */
export interface KnownSource {
  sourceId: string | null
  packedOn?: string | null | undefined
  entries: Map<string, KnownEntry>
}

export async function readKnownSource(path: string): Promise<KnownSource | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const { sourceId, packedOn, entries } = Stored.parse(JSON.parse(text))
  return { sourceId, packedOn, entries: new Map(entries) }
}

export const writeKnownSource = (path: string, source: KnownSource): Promise<void> =>
  writeAtomically(path, JSON.stringify({ ...source, entries: [...source.entries] }))

/** Whether nothing has been done to an entry since it was as the source has it. */
export const isUntouched = (entry: ScannedEntry, known: KnownEntry): boolean =>
  known.ino !== 0 && entry.ino === known.ino && entry.ctimeMs === known.ctimeMs

export const isSameSource = (one: KnownEntry, other: KnownEntry): boolean =>
  one.kind === other.kind &&
  one.hash === other.hash &&
  one.target === other.target &&
  one.executable === other.executable
