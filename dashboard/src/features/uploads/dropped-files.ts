import { ApiError } from '#lib/api-error.ts'
import { language } from '#lib/language.ts'
import { t } from '#lib/words.ts'

export interface DroppedFile {
  /** Below the folder that it was dropped on. */
  path: string
  file: File
}

/** What of a browser's entries is used here. */
interface Entry {
  name: string
  isFile: boolean
  isDirectory: boolean
}
interface FileEntry extends Entry {
  file(done: (file: File) => void, failed: (error: DOMException) => void): void
}
interface DirectoryEntry extends Entry {
  createReader(): {
    readEntries(done: (entries: Entry[]) => void, failed: (error: DOMException) => void): void
  }
}

const MOST = 10_000

/** Every file of a drop, those in folders included; what is not wanted is not even looked into. */
export async function droppedFiles(
  transfer: DataTransfer,
  isWanted?: (path: string) => boolean,
): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  // A browser that cannot look into folders still gives the files.
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }))
  return filesBelow(entries, isWanted)
}

/** Of a file input, with a folder's own names where a folder was chosen. */
export const chosenFiles = (files: FileList | null): DroppedFile[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))

/** Refuses more than can be sent one by one: a part of a folder is worse than none of it. */
export async function filesBelow(
  entries: readonly Entry[],
  isWanted: (path: string) => boolean = () => true,
  most = MOST,
): Promise<DroppedFile[]> {
  const found: DroppedFile[] = []

  async function collect(entry: Entry, under: string): Promise<void> {
    const path = under === '' ? entry.name : `${under}/${entry.name}`
    if (!isWanted(path)) return
    if (isFile(entry)) {
      if (found.length >= most) throw tooMany(most)
      const { promise, resolve, reject } = Promise.withResolvers<File>()
      entry.file(resolve, reject)
      found.push({ path, file: await promise })
    }
    if (!isDirectory(entry)) return
    const reader = entry.createReader()
    for (;;) {
      const { promise, resolve, reject } = Promise.withResolvers<Entry[]>()
      reader.readEntries(resolve, reject)
      const batch = await promise
      if (batch.length === 0) return
      for (const each of batch) await collect(each, path)
    }
  }

  for (const entry of entries) await collect(entry, '')
  return found
}

const tooMany = (most: number): ApiError =>
  new ApiError({
    code: 'TOO_MANY_FILES',
    message: t('There are more than {most} files in it.', { most: most.toLocaleString(language) }),
    hint: t('Pack them into a zip or tar and drop that, or bring them by SFTP.'),
    status: 0,
  })

const isFile = (entry: Entry): entry is FileEntry => entry.isFile
const isDirectory = (entry: Entry): entry is DirectoryEntry => entry.isDirectory
