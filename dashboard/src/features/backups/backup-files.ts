import type { BackupFile } from '@vastrox/shared/backup.ts'
import { language } from '#lib/language.ts'

/** The last part of a path. */
export const nameOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path

/** The folders on the way to this one, the outermost first: `/a/b` → a, b. */
export function foldersTo(folder: string): { name: string; path: string }[] {
  const parts = folder.split('/').filter((part) => part !== '')
  return parts.map((name, index) => ({ name, path: `/${parts.slice(0, index + 1).join('/')}` }))
}

/** Folders first, then by name; the folder itself, which some tools list too, is left out. */
export const sortFiles = (files: readonly BackupFile[], folder: string): BackupFile[] =>
  files
    .filter(({ path }) => withoutSlash(path) !== withoutSlash(folder))
    .toSorted(
      (a, b) =>
        Number(b.type === 'dir') - Number(a.type === 'dir') ||
        nameOf(a.path).localeCompare(nameOf(b.path), language, { numeric: true }),
    )

const withoutSlash = (path: string): string => path.replace(/^\/+|\/+$/g, '')
