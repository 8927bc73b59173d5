import { relative } from 'node:path'
import { run } from '@vastrox/shared/node/run.ts'

/** A tree of very many files takes its time; what takes longer is not known this time. */
const TIMEOUT_MS = 240_000
const ENV = { LC_ALL: 'C.UTF-8' }

export interface FolderSize {
  path: string
  sizeBytes: number
}

/**
 * What lies directly in these folders takes on the disk, and each of them as a whole: holes of sparse
 * files are not counted, other file systems below are left out. At the lowest priority. Undefined
 * where it takes too long; a folder that is not there has no line.
 */
export async function folderSizes(
  folders: readonly string[],
  { base, excluded }: { base: string; excluded?: string },
): Promise<FolderSize[] | undefined> {
  const result = await run(
    '/usr/bin/nice',
    [
      '-n',
      '19',
      '/usr/bin/du',
      '-x',
      '-B1',
      '-a',
      '-0',
      '--max-depth=1',
      ...(excluded === undefined ? [] : [`--exclude=${excluded}`]),
      '--',
      ...folders,
    ],
    { env: ENV, timeoutMs: TIMEOUT_MS },
  ).catch(() => undefined)
  return result && readSizes(result.stdout.toString(), base)
}

/** Lines end with NUL: names of files are anybody's. */
export const readSizes = (printed: string, base: string): FolderSize[] =>
  printed.split('\0').flatMap((line) => {
    const [, bytes, path] = /^(\d+)\t([\s\S]+)$/.exec(line) ?? []
    return bytes === undefined || path === undefined
      ? []
      : [{ path: relative(base, path), sizeBytes: Number(bytes) }]
  })
