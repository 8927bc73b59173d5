import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { DESTINATION_CODES } from '#core/destinations/destination-settings.ts'
import { type KindSettings, kindNamed } from '#core/secrets/kind-settings.ts'
import type { BackupDestinationKind } from '#ports/backup-destination.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { DestinationRecord, DestinationStore } from '#store/destination-store.ts'

interface Deps {
  destinations: Pick<DestinationStore, 'findForPlatform'>
  kinds: readonly BackupDestinationKind[]
  secretBox: SecretBox
}

const Secrets = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export const secretsContext = (id: string): string => `destinations|${id}|secrets_sealed`
export const passwordContext = (id: string): string => `destinations|${id}|password_sealed`

/** Repositories as one call needs them: opened for the call alone, kept nowhere. */
export function createRepositories({ destinations, kinds, secretBox }: Deps) {
  const secretsOf = ({ id, secretsSealed }: DestinationRecord): KindSettings =>
    Secrets.parse(JSON.parse(secretBox.open(secretsSealed, secretsContext(id))))

  const repositoryAt = (record: DestinationRecord): Repository => ({
    location: kindNamed(kinds, record.kind, DESTINATION_CODES).location(
      { ...record.settings, ...secretsOf(record) },
      record.folder,
    ),
    password: secretBox.open(record.passwordSealed, passwordContext(record.id)),
    uploadLimitKib: record.uploadLimitKib,
  })

  return {
    secretsOf,
    repositoryAt,

    /** Whether its place may be reached is judged by the node, which reaches it. Throws DESTINATION_NOT_FOUND. */
    async of(destinationId: string, signal?: AbortSignal): Promise<Repository> {
      signal?.throwIfAborted()
      const record = destinations.findForPlatform(destinationId)
      if (!record) throw new CodedError('DESTINATION_NOT_FOUND')
      return repositoryAt(record)
    },
  }
}
export type Repositories = ReturnType<typeof createRepositories>
