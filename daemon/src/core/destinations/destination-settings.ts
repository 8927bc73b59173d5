import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { BackupDestinationKind } from '#ports/backup-destination.ts'

type Value = string | number | boolean
export type DestinationSettings = Record<string, Value>

/** Throws DESTINATION_KIND_UNKNOWN. */
export function kindNamed(
  kinds: readonly BackupDestinationKind[],
  name: string,
): BackupDestinationKind {
  const found = kinds.find(({ kind }) => kind === name)
  if (found) return found
  const known = kinds.map(({ kind }) => kind).join(', ')
  throw new CodedError('DESTINATION_KIND_UNKNOWN', {
    reason: `There is no kind of destination called ${name.slice(0, 40)}: use one of ${known}.`,
  })
}

/** With what is left out filled in, and what is secret apart. Throws DESTINATION_SETTINGS_INVALID. */
export function readSettings(
  kind: BackupDestinationKind,
  given: DestinationSettings,
): { shown: DestinationSettings; secret: DestinationSettings } {
  const unknown = Object.keys(given).find((name) => !(name in kind.settings.shape))
  if (unknown !== undefined) throw invalid(`${unknown} is no setting of ${kind.title}.`)
  const read = kind.settings.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    throw invalid(`${issue?.path.join('.') ?? 'settings'}: ${issue?.message ?? 'not valid'}`)
  }
  const shown: DestinationSettings = {}
  const secret: DestinationSettings = {}
  for (const [name, value] of Object.entries(read.data)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      continue
    if (kind.secrets.includes(name)) secret[name] = value
    else shown[name] = value
  }
  return { shown, secret }
}

const invalid = (reason: string): CodedError =>
  new CodedError('DESTINATION_SETTINGS_INVALID', { reason })

type Location = Repository['location']

/** For people, and for whoever opens it with restic by hand. Nothing in it is secret. */
export function sayLocation(location: Location): string {
  if (location.type === 'local') return `${location.rootId}/${location.folder}`
  if (location.type === 'sftp')
    return `sftp://${location.user}@${location.host}:${location.port}/${location.path}`
  return `s3:${location.endpoint}/${location.bucket}/${location.prefix}`
}
