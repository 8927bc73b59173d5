import type { Repository } from '@vastrox/shared/agent-api-backups.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { type DestinationSettings, hostOf, kindNamed } from '#core/backups/destination-settings.ts'
import type { BackupDestinationKind } from '#ports/backup-destination.ts'
import type { GuardedAddresses } from '#ports/guarded-address.ts'
import type { SecretBox } from '#ports/secret-box.ts'
import type { DestinationRecord, DestinationStore } from '#store/destination-store.ts'

interface Deps {
  destinations: Pick<DestinationStore, 'findForPlatform'>
  kinds: readonly BackupDestinationKind[]
  secretBox: SecretBox
  addresses: GuardedAddresses
}

const Secrets = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))

export const secretsContext = (id: string): string => `destinations|${id}|secrets_sealed`
export const passwordContext = (id: string): string => `destinations|${id}|password_sealed`

/** Repositories as one call needs them: opened for the call alone, kept nowhere. */
export function createRepositories({ destinations, kinds, secretBox, addresses }: Deps) {
  const secretsOf = ({ id, secretsSealed }: DestinationRecord): DestinationSettings =>
    Secrets.parse(JSON.parse(secretBox.open(secretsSealed, secretsContext(id))))

  const repositoryAt = (record: DestinationRecord): Repository => ({
    location: kindNamed(kinds, record.kind).location(
      { ...record.settings, ...secretsOf(record) },
      record.folder,
    ),
    password: secretBox.open(record.passwordSealed, passwordContext(record.id)),
    uploadLimitKib: record.uploadLimitKib,
  })

  /** Looked up anew each time: a name may lead elsewhere by now (rule C11). */
  async function mustBeAllowed(repository: Repository, signal?: AbortSignal): Promise<void> {
    const target = hostOf(repository.location)
    if (!target) return
    try {
      await addresses.resolve(target.host, target.port, signal)
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== 'HOST_NOT_FOUND') throw error
      const reason = `${target.host} is not found.`
      throw new CodedError('DESTINATION_UNREACHABLE', { reason }, { cause: error })
    }
  }

  return {
    secretsOf,
    repositoryAt,
    mustBeAllowed,

    /** Throws DESTINATION_NOT_FOUND, ADDRESS_REFUSED, DESTINATION_UNREACHABLE. */
    async of(destinationId: string, signal?: AbortSignal): Promise<Repository> {
      const record = destinations.findForPlatform(destinationId)
      if (!record) throw new CodedError('DESTINATION_NOT_FOUND')
      const repository = repositoryAt(record)
      await mustBeAllowed(repository, signal)
      return repository
    },
  }
}
export type Repositories = ReturnType<typeof createRepositories>
