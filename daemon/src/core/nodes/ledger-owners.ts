import type { Actor } from '@vastrox/shared/actor.ts'
import type { LedgerLine } from '@vastrox/shared/ledger.ts'
import { type Owner, type Owners, PLATFORM } from '#core/nodes/ledger-lines.ts'
import type { AddonStore } from '#store/addon-store.ts'
import type { AppStore } from '#store/app-store.ts'
import type { BackupStore } from '#store/backup-store.ts'
import type { DeploymentStore } from '#store/deployment-store.ts'
import type { VolumeStore } from '#store/volume-store.ts'

/** Whoever bytes can belong to. */
export interface NamedOwner {
  owner: Owner
  kind: LedgerLine['kind']
  name: string
  isInTrash: boolean
  teamId: string
  /** Whose apps' people may see it; null: whoever is in the team. */
  appId: string | null
}

export interface OwnerDeps {
  apps: Pick<AppStore, 'listOwnersForPlatform'>
  volumes: Pick<VolumeStore, 'listForPlatform'>
  deployments: Pick<DeploymentStore, 'listSourceOwnersForPlatform'>
  addons: Pick<AddonStore, 'listForPlatform'>
  backups: Pick<BackupStore, 'addedOnNodeForPlatform'>
}

/**
 * Who is there and in the trash, and whose each volume, source and folder of the disk is, by the rows
 * of now. A source is of the same app for ever: `sources` may be from when the disk was measured.
 */
export function readOwners(
  deps: Omit<OwnerDeps, 'deployments'>,
  sources: ReadonlyMap<string, string>,
): { owners: Owners; named: Map<Owner, NamedOwner> } {
  const named = new Map<Owner, NamedOwner>()
  const ids = new Map<string, Owner>()
  const volumes = new Map<string, Owner>()
  const note = (id: string, entry: NamedOwner): void => {
    named.set(entry.owner, entry)
    ids.set(id, entry.owner)
  }
  for (const { id, name, teamId, destroyedAt } of deps.apps.listOwnersForPlatform())
    note(id, {
      owner: `app:${id}`,
      kind: 'app',
      name,
      isInTrash: destroyedAt !== null,
      teamId,
      appId: id,
    })
  for (const {
    id,
    serverId,
    name,
    teamId,
    destroyedAt,
    volumeId,
  } of deps.addons.listForPlatform()) {
    const owner = `addon:${id}`
    note(id, { owner, kind: 'addon', name, isInTrash: destroyedAt !== null, teamId, appId: null })
    ids.set(serverId, owner)
    if (volumeId !== null) volumes.set(volumeId, owner)
  }
  for (const { id, appId, appName, teamId } of deps.volumes.listForPlatform()) {
    // A volume outlives its app's row.
    if (!ids.has(appId))
      note(appId, {
        owner: `app:${appId}`,
        kind: 'app',
        name: appName,
        isInTrash: true,
        teamId,
        appId,
      })
    if (!volumes.has(id)) volumes.set(id, `app:${appId}`)
  }
  const backups = new Map<Owner, number>()
  for (const { type, id, bytes } of deps.backups.addedOnNodeForPlatform()) {
    const owner = (type === 'volume' ? volumes.get(id) : ids.get(id)) ?? PLATFORM
    backups.set(owner, (backups.get(owner) ?? 0) + bytes)
  }
  return {
    named,
    owners: {
      ofVolume: (id) => volumes.get(id),
      ofId: (id) => ids.get(id),
      backups,
      ofSource: (id) => {
        const appId = sources.get(id)
        return appId === undefined ? undefined : ids.get(appId)
      },
    },
  }
}

export const maySee = (actor: Actor, { teamId, appId }: NamedOwner): boolean =>
  teamId === actor.teamId && (actor.appIds === null || (appId !== null && actor.appIds.has(appId)))
