import type { Repository } from '@vastrox/shared/agent-api-backups.ts'

export const DESTINATION_CODES = {
  noun: 'destination',
  unknownKind: 'DESTINATION_KIND_UNKNOWN',
  invalid: 'DESTINATION_SETTINGS_INVALID',
} as const

type Location = Repository['location']

/** For people, and for whoever opens it with restic by hand. Nothing in it is secret. */
export function sayLocation(location: Location): string {
  if (location.type === 'local') return `${location.rootId}/${location.folder}`
  if (location.type === 'sftp')
    return `sftp://${location.user}@${location.host}:${location.port}/${location.path}`
  return `s3:${location.endpoint}/${location.bucket}/${location.prefix}`
}
