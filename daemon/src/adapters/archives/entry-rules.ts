import { MAX_DEPTH, MAX_NAME_BYTES, MAX_PATH_BYTES } from '#adapters/files/file-names.ts'
import { findUnsafeLinks } from '#adapters/git/tree.ts'
import { type ArchiveEntry, refused, shown } from './archive-entry.ts'

/** Of all names and link targets together: they are held in memory, and a tar packs them to nothing. */
const MAX_NAMES_BYTES = 64 * 2 ** 20

/** What packers add for themselves. */
const LEFT_OUT = [/^__MACOSX(\/|$)/, /(^|\/)\.DS_Store$/, /(^|\/)\._[^/]*$/]

interface Limits {
  maxBytes: number
  maxEntries: number
}

/**
 * Says of each entry where it goes, or throws ARCHIVE_REFUSED with the reason (rule C6): nothing may
 * come to lie outside, twice, or below something that is no directory.
 */
export function createEntryRules({ maxBytes, maxEntries }: Limits) {
  const kinds = new Map<string, 'file' | 'directory' | 'symlink'>()
  const links = new Map<string, string>()
  let entries = 0
  let bytes = 0
  let namesBytes = 0

  function hold(text: string): void {
    namesBytes += text.length
    if (namesBytes > MAX_NAMES_BYTES)
      throw refused(`the names in it take more than ${MAX_NAMES_BYTES / 2 ** 20} MB`)
  }

  function take(sizeBytes: number): void {
    bytes += sizeBytes
    if (bytes > maxBytes)
      throw refused(`it unpacks to more than ${Math.floor(maxBytes / 2 ** 20)} MB`)
  }

  /** The directories above; those that no entry names are made too. */
  function mustBeBelowDirectories(path: string, written: string): void {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      const above = path.slice(0, at)
      const kind = kinds.get(above)
      if (kind === 'directory') continue
      if (kind !== undefined)
        throw refused(`${shown(written)} lies below ${shown(above)}, which is no directory`)
      count()
      hold(above)
      kinds.set(above, 'directory')
    }
  }

  function count(): void {
    entries += 1
    if (entries > maxEntries) throw refused(`it has more than ${maxEntries} entries`)
  }

  function place(path: string, kind: 'file' | 'directory' | 'symlink', written: string): boolean {
    mustBeBelowDirectories(path, written)
    const before = kinds.get(path)
    if (before === 'directory' && kind === 'directory') return false
    if (before !== undefined) throw refused(`${shown(written)} is in it twice`)
    count()
    hold(path)
    kinds.set(path, kind)
    return true
  }

  return {
    /** Where it goes; undefined for what is left out. */
    pathOf(entry: ArchiveEntry): string | undefined {
      const path = cleanPath(entry.path)
      if (entry.kind === 'device' || entry.kind === 'pipe' || entry.kind === 'socket')
        throw refused(`${shown(entry.path)} is a ${entry.kind}, no file`)
      if (path === '' || LEFT_OUT.some((pattern) => pattern.test(path))) return undefined
      if (entry.kind === 'hard-link') {
        const target = cleanPath(entry.target)
        if (kinds.get(target) !== 'file' || target === path)
          throw refused(
            `${shown(entry.path)} is a hard link to ${shown(entry.target)}, which is no file before it in the archive`,
          )
      }
      if (entry.kind === 'symlink') {
        mustBeTarget(entry)
        hold(entry.target)
        links.set(path, entry.target)
      }
      const kind = entry.kind === 'hard-link' ? 'file' : entry.kind
      take(entry.sizeBytes)
      place(path, kind, entry.path)
      return path
    },

    /** Of a hard link: it becomes a file of its own. */
    take,

    /** Once all entries are known: where links lead in the end. */
    mustStayInside(): void {
      const [first] = findUnsafeLinks(links)
      if (first)
        throw refused(`the link ${shown(first.path)} leads out of it (${shown(first.target)})`)
    },

    links: (): ReadonlyMap<string, string> => links,
    entries: () => entries,
    bytes: () => bytes,

    /** The one directory that holds everything; null where there is none. */
    onlyDirectory(): string | null {
      const top = new Set([...kinds.keys()].map((path) => path.split('/', 1)[0] ?? ''))
      const [only] = top
      return top.size === 1 && only !== undefined && kinds.get(only) === 'directory' ? only : null
    },
  }
}

export const cleanTarget = (target: string): string => cleanPath(target)

/** Without `./` and the slash at the end. Throws for what no path in an archive may be. */
function cleanPath(written: string): string {
  if (written.includes('\0')) throw refused(`the name ${shown(written)} holds a zero byte`)
  if (/^[/\\]/.test(written)) throw refused(`${shown(written)} is an absolute path`)
  if (/^[A-Za-z]:/.test(written)) throw refused(`${shown(written)} names a drive`)
  if (Buffer.byteLength(written) > MAX_PATH_BYTES)
    throw refused(`the path ${shown(written)} is longer than 4,095 bytes`)
  const names = written.split('/').filter((name) => name !== '' && name !== '.')
  for (const name of names) {
    if (name === '..' || /(^|\\)\.\.(\\|$)/.test(name))
      throw refused(`${shown(written)} leads out of it`)
    if (Buffer.byteLength(name) > MAX_NAME_BYTES)
      throw refused(`a name in ${shown(written)} is longer than 255 bytes`)
  }
  if (names.length > MAX_DEPTH)
    throw refused(`${shown(written)} is more than ${MAX_DEPTH} directories deep`)
  return names.join('/')
}

function mustBeTarget({ path, target }: ArchiveEntry): void {
  if (target === '') throw refused(`the link ${shown(path)} leads nowhere`)
  if (target.includes('\0')) throw refused(`the link ${shown(path)} holds a zero byte`)
  if (Buffer.byteLength(target) > MAX_PATH_BYTES)
    throw refused(`the link ${shown(path)} leads to a name that is too long`)
}
