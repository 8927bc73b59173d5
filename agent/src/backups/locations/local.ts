import { lstat, mkdir, readFile, realpath } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDeps } from '#agent/backups/backup-deps.ts'
import type { Opened } from '#agent/backups/locations/opened.ts'
import { readBackupSettings } from '#agent/backups/settings.ts'

type LocalPlace = Extract<Repository['location'], { type: 'local' }>

/** Lies in a root: a disk that is not mounted does not have it. */
export const ROOT_MARK = '.vastrox-destination'

/** Never a place for backups, nor anything in them. */
const SYSTEM = ['/proc', '/sys', '/dev', '/run', '/boot', '/etc', '/usr', '/bin', '/sbin', '/lib']

/** A folder below a root that root has registered, looked at again each time. */
export async function openLocal(
  { backupSettingsFile, dataDir }: Pick<BackupDeps, 'backupSettingsFile' | 'dataDir'>,
  { rootId, folder }: LocalPlace,
): Promise<Opened> {
  const { roots } = await readBackupSettings(backupSettingsFile)
  const root = roots.find((each) => each.rootId === rootId)
  if (root === undefined)
    throw refused('That directory of the server is not allowed for backups any more.')
  const problem = (await problemOfRoot(root.path, dataDir)) ?? (await problemOfMark(root))
  if (problem !== undefined) throw new CodedError('DESTINATION_UNREACHABLE', { reason: problem })
  const path = await makeFolders(root.path, folder)
  return {
    repository: path,
    options: [],
    env: {},
    shownAs: path,
    folder: path,
    close: async () => {},
  }
}

/** Why a directory cannot hold backups; undefined where it can. */
export async function problemOfRoot(path: string, dataDir: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined) return `${path} is not there.`
  if (real !== path) return `${path} leads over a link: name ${real}.`
  if (path === '/' || SYSTEM.some((place) => isWithin(path, place)))
    return `${path} belongs to the system.`
  const data = await realpath(dataDir).catch(() => dataDir)
  if (isWithin(path, data)) return `${path} is in the data directory, which the backups are of.`
  if (isWithin(data, path)) return `${path} holds the data directory, which the backups are of.`
  const stat = await lstat(path)
  if (!stat.isDirectory()) return `${path} is not a directory.`
  for (let folder = path; ; folder = dirname(folder)) {
    const { uid, mode } = await lstat(folder)
    const isSticky = (mode & 0o1000) !== 0 && folder !== path
    if (uid !== 0 || ((mode & 0o022) !== 0 && !isSticky))
      return `${folder} can be changed by others than root: chown root and chmod go-w.`
    if (folder === '/') return undefined
  }
}

async function problemOfMark({
  rootId,
  path,
}: {
  rootId: string
  path: string
}): Promise<string | undefined> {
  const mark = await readFile(join(path, ROOT_MARK), 'utf8').catch(() => '')
  return mark.trim() === rootId
    ? undefined
    : `${path} is not what it was when it was allowed: is its disk mounted? (There is no ${ROOT_MARK} in it.)`
}

async function makeFolders(root: string, folder: string): Promise<string> {
  const names = folder.split('/')
  if (names.some((name) => name === '' || name === '.' || name === '..'))
    throw refused(`${folder} is not a folder.`)
  let path = root
  for (const name of names) {
    path = join(path, name)
    await mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error)) throw error
      if (error.code === 'ENOSPC') throw new CodedError('DESTINATION_FULL', {}, { cause: error })
      if (error.code === 'EEXIST') return
      throw new CodedError('DESTINATION_UNREACHABLE', { reason: error.message }, { cause: error })
    })
    const stat = await lstat(path)
    if (!stat.isDirectory() || stat.uid !== 0) throw refused(`${path} is not a folder of root’s.`)
  }
  return path
}

const isWithin = (path: string, place: string): boolean =>
  path === place || path.startsWith(place === '/' ? '/' : `${place}/`)

const refused = (reason: string): CodedError => new CodedError('DESTINATION_REFUSED', { reason })
