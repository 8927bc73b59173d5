import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { SetupError } from '#agent/cli/setup-error.ts'

/** What REPOSITORY of `--restore` may be. */
export type RepositoryPlace =
  | { type: 'local'; path: string }
  | { type: 'sftp'; user: string; host: string; port: number; path: string }
  | { type: 's3'; endpoint: string; bucket: string; prefix: string }

const SFTP_URL = /^sftp:\/\/(?:([^@/]+)@)?(\[[0-9a-fA-F:]+\]|[^:/]+)(?::(\d{1,5}))?\/(.+)$/
const SFTP_SCP = /^sftp:(?:([^@/:]+)@)?([^:/@]+):(.+)$/
/** They become words of ssh's command line, which restic cuts up at spaces. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253}[A-Za-z0-9])?)$/
const FORMS =
  'Give a path, sftp:user@host:/path, sftp://user@host:port//path, or s3:https://host/bucket/path.'

/** Throws a SetupError for what is none of the forms that restic knows too. */
export function readPlace(text: string): RepositoryPlace {
  if (text.startsWith('/')) return { type: 'local', path: text.replace(/(?<=.)\/+$/, '') }
  if (text.startsWith('sftp:')) return sftpPlace(text)
  if (text.startsWith('s3:')) return s3Place(text)
  throw new SetupError(`--restore ${withoutPassword(text)} is no place of a repository.`, FORMS)
}

function sftpPlace(text: string): RepositoryPlace {
  const url = SFTP_URL.exec(text)
  const found = url ?? SFTP_SCP.exec(text)
  const [, user = 'root', host = ''] = found ?? []
  const port = Number(url?.[3] ?? 22)
  const path = (url ? url[4] : found?.[3]) ?? ''
  const isSane = USER.test(user) && HOST.test(host) && port >= 1 && port <= 65_535 && path !== ''
  if (isSane) return { type: 'sftp', user, host: host.replace(/^\[|\]$/g, ''), port, path }
  throw new SetupError(`--restore ${withoutPassword(text)} is no place of a repository.`, FORMS)
}

function s3Place(text: string): RepositoryPlace {
  const url = URL.parse(text.slice('s3:'.length))
  const [bucket = '', ...rest] = (url?.pathname ?? '').split('/').filter((part) => part !== '')
  if ((url?.protocol === 'https:' || url?.protocol === 'http:') && url.username === '' && bucket)
    return { type: 's3', endpoint: url.origin, bucket, prefix: rest.join('/') }
  throw new SetupError(`--restore ${withoutPassword(text)} is no place of a repository.`, FORMS)
}

/** For people; never the password that somebody may have put into an address. */
export const withoutPassword = (text: string): string =>
  text.replace(/(?<=\/\/|sftp:)([^@/\s]*):[^@/\s]*@/, '$1:…@')

/** In the form that `--restore` takes. */
export function sayPlace(place: RepositoryPlace): string {
  if (place.type === 'local') return place.path
  if (place.type === 's3')
    return `s3:${[place.endpoint, place.bucket, place.prefix].filter((part) => part !== '').join('/')}`
  const host = place.host.includes(':') ? `[${place.host}]` : place.host
  return `sftp://${place.user}@${host}:${place.port}/${place.path}`
}

const MOST_LOOKED_AT = 200
const DEPTH = 3

/**
 * Somebody who carries a disk knows its folder, and perhaps not which folder on it is the repository.
 * Gives the one that there is; throws a SetupError for none, and for several.
 */
export async function findLocalRepository(path: string): Promise<string> {
  const found = await repositoriesBelow(path, DEPTH, { left: MOST_LOOKED_AT })
  const [first, second] = found
  if (first !== undefined && second === undefined) return first
  if (first === undefined)
    throw new SetupError(
      `There is no repository in ${path}.`,
      'Mount the disk with the backups, and name the folder that has the file "config" in it.',
    )
  throw new SetupError(
    `There are ${found.length} repositories in ${path}.`,
    `Name one of them: ${found.join(', ')}`,
  )
}

async function repositoriesBelow(
  path: string,
  depth: number,
  budget: { left: number },
): Promise<string[]> {
  if (['config', 'keys', 'snapshots', 'data'].every((name) => existsSync(join(path, name))))
    return [path]
  if (depth === 0) return []
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  const found: string[] = []
  for (const entry of entries) {
    if (!entry.isDirectory() || budget.left <= 0) continue
    budget.left -= 1
    found.push(...(await repositoriesBelow(join(path, entry.name), depth - 1, budget)))
  }
  return found
}
