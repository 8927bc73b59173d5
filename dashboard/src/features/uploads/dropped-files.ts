export interface DroppedFile {
  /** Below the folder that it was dropped on. */
  path: string
  file: File
}

const MOST = 10_000

/** Every file of a drop, those in folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  // A browser that cannot look into folders still gives the files.
  if (entries.length === 0) return [...transfer.files].map((file) => ({ path: file.name, file }))
  const found: DroppedFile[] = []
  for (const entry of entries) await collect(entry, '', found)
  return found
}

/** Of a file input, with a folder's own names where a folder was chosen. */
export const chosenFiles = (files: FileList | null): DroppedFile[] =>
  [...(files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }))

async function collect(entry: FileSystemEntry, under: string, found: DroppedFile[]): Promise<void> {
  if (found.length >= MOST) return
  const path = under === '' ? entry.name : `${under}/${entry.name}`
  if (isFile(entry)) {
    const { promise, resolve, reject } = Promise.withResolvers<File>()
    entry.file(resolve, reject)
    found.push({ path, file: await promise })
  }
  if (!isDirectory(entry)) return
  const reader = entry.createReader()
  for (;;) {
    const { promise, resolve, reject } = Promise.withResolvers<FileSystemEntry[]>()
    reader.readEntries(resolve, reject)
    const batch = await promise
    if (batch.length === 0) return
    for (const each of batch) await collect(each, path, found)
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
