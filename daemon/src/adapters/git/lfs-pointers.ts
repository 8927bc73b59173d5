import { gitOk } from './git-program.ts'
import { isFile, type TreeEntry } from './tree.ts'

/** A file of which the repository holds only where its content is. */
export interface LfsPointer {
  path: string
  /** SHA-256 of the content, in hex. */
  oid: string
  sizeBytes: number
}

/** From the shortest there is to the longest that Git LFS writes. */
const POINTER_BYTES = [100, 1_024] as const
const POINTER =
  /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:ext-[^\n]*\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,15})\n$/
const MAX_CANDIDATES = 10_000
const AT_ONCE = 500

/** The pointers of a tree, where it has attributes that could make some. */
export async function findPointers(
  repository: string,
  entries: readonly TreeEntry[],
): Promise<LfsPointer[]> {
  if (!entries.some(({ path }) => /(^|\/)\.gitattributes$/.test(path))) return []
  const [least, most] = POINTER_BYTES
  const small = entries
    .filter((entry) => isFile(entry) && entry.sizeBytes >= least && entry.sizeBytes <= most)
    .slice(0, MAX_CANDIDATES)
  const found: LfsPointer[] = []
  for (let from = 0; from < small.length; from += AT_ONCE)
    found.push(...(await pointersAmong(repository, small.slice(from, from + AT_ONCE))))
  return found
}

async function pointersAmong(
  repository: string,
  entries: readonly TreeEntry[],
): Promise<LfsPointer[]> {
  const output = await gitOk(repository, ['cat-file', '--batch'], {
    input: entries.map(({ oid }) => `${oid}\n`).join(''),
    maxOutputBytes: AT_ONCE * 2_048,
  })
  const found: LfsPointer[] = []
  let at = 0
  for (const { path, sizeBytes } of entries) {
    const begin = output.indexOf(10, at) + 1
    const [, oid, size] = POINTER.exec(output.toString('latin1', begin, begin + sizeBytes)) ?? []
    if (oid !== undefined) found.push({ path, oid, sizeBytes: Number(size) })
    at = begin + sizeBytes + 1
  }
  return found
}
