import type { TreeChange, UploadedFile } from '@vastrox/shared/upload.ts'

/** `/a` + `b.txt` → `/a/b.txt`. */
export const below = (folder: string, name: string): string =>
  `${folder === '/' ? '' : folder}/${name}`

export const above = (folder: string): string => folder.slice(0, folder.lastIndexOf('/')) || '/'

/** Each folder on the way, for the row of links above a listing. */
export const waysTo = (folder: string): { name: string; path: string }[] =>
  folder
    .split('/')
    .filter((name) => name !== '')
    .map((name, at, names) => ({ name, path: `/${names.slice(0, at + 1).join('/')}` }))

/** A file that is a whole app, by its name. */
export const isArchive = (name: string): boolean => /\.(zip|tar|tar\.gz|tgz|tar\.zst)$/i.test(name)

/** What a listing says of an entry: its own change, or that there are some in the folder. */
export function changeIn(
  changes: readonly TreeChange[],
  folder: string,
  { name, kind }: UploadedFile,
): TreeChange['kind'] | 'inside' | undefined {
  const path = below(folder, name).slice(1)
  if (kind !== 'directory') return changes.find((change) => change.path === path)?.kind
  return changes.some((change) => change.path.startsWith(`${path}/`)) ? 'inside' : undefined
}
