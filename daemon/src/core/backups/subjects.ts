import type { Readable } from 'node:stream'
import { type Actor, sees } from '@vastrox/shared/actor.ts'
import type { BackupContent } from '@vastrox/shared/agent-api-backups.ts'
import type { BackupMode, BackupSubject } from '@vastrox/shared/backup.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { AddonCounts } from '#ports/addon-kind.ts'
import type { AppRecord, AppStore } from '#store/app-store.ts'
import type { VolumeStore } from '#store/volume-store.ts'

/** A subject that is there now. */
export interface KnownSubject {
  subject: BackupSubject
  teamId: string
  node: string
  /** The app that it is of; null for add-ons and the platform. */
  appId: string | null
}

/** What is backed up, as the node is told of it. */
export interface SubjectContent {
  content: BackupContent
  /** The content of type `body`; made anew for each backup. */
  body: Readable | null
  mode: BackupMode | null
  /** The one file of a dump or a tar; null for the files of a volume. */
  fileName: string | null
  /** What a restore needs to know of where it came from: `kind`, `version`. */
  origin: Record<string, string>
  /** The app that has to stand still meanwhile: it is stopped first and started again afterwards. */
  holdAppId: string | null
  /** It is to run: one that its people have stopped is not started again. */
  isAppWanted?: boolean
  /** Of its own, for whoever looks into the repository later. */
  tags?: readonly string[]
  /** Given what is stored of the same subject there: throws where nothing may be added to it. */
  judge?: (stored: readonly { time: string; tags: readonly string[] }[]) => void
  /** Takes away what was made for this backup alone, whatever became of it. */
  end?: () => Promise<void>
}

export interface AddonContent {
  content: BackupContent
  fileName: string
  origin: Record<string, string>
}

export interface AddonSubject {
  id: string
  name: string
  teamId: string
  node: string
}

/** Databases, as far as backups need to know of them. */
export interface AddonSubjects {
  /** Of the actor's team, those that have something to keep. */
  list(actor: Actor): AddonSubject[]
  findForPlatform(id: string): AddonSubject | undefined
  /** Attached to an app, those that have something to keep. */
  attachedTo(appId: string): AddonSubject[]
  /** Throws where it does not run. */
  contentOf(id: string): Promise<AddonContent>
  /** Rows of each table as they are now. */
  countsOf(id: string, signal: AbortSignal): Promise<AddonCounts>
}

interface Deps {
  apps: Pick<AppStore, 'findByName' | 'listNames' | 'findByIdForPlatform'>
  volumes: Pick<VolumeStore, 'listMadeOfAppsForPlatform' | 'findForPlatform'>
  addons: AddonSubjects
  /** The code, configuration and env of an app as one tar. */
  tarOfApp: (app: AppRecord) => Promise<Readable>
  /** The platform itself; undefined where that cannot be backed up. */
  platform: ((backupId: string) => Promise<SubjectContent>) | undefined
  isOperators: (teamId: string) => boolean
  operatorsTeamId: () => string
  /** Whether anything of the app runs now. */
  runs: (appId: string) => boolean
  node: string
}

const PLATFORM: BackupSubject = { type: 'platform', id: '', name: 'platform' }
export const APP_TAR = 'app.tar'

/** What can be backed up, by the names of people and by id (rule B6: names are given again). */
export function createSubjects(deps: Deps) {
  const { apps, volumes, addons } = deps

  const ofAddon = ({ id, name, teamId, node }: AddonSubject): KnownSubject => ({
    subject: { type: 'addon', id, name },
    teamId,
    node,
    appId: null,
  })
  const ofApp = ({
    id,
    name,
    teamId,
  }: Pick<AppRecord, 'id' | 'name' | 'teamId'>): KnownSubject => ({
    subject: { type: 'app', id, name },
    teamId,
    node: deps.node,
    appId: id,
  })
  const ofVolume = (volume: {
    id: string
    name: string
    teamId: string
    node: string
    appId: string
    appName: string
  }): KnownSubject => ({
    subject: { type: 'volume', id: volume.id, name: `${volume.appName}/${volume.name}` },
    teamId: volume.teamId,
    node: volume.node,
    appId: volume.appId,
  })
  const ofPlatform = (): KnownSubject => ({
    subject: PLATFORM,
    teamId: deps.operatorsTeamId(),
    node: deps.node,
    appId: null,
  })

  const notFound = (name: string): CodedError =>
    new CodedError('BACKUP_SUBJECT_NOT_FOUND', { subject: name.slice(0, 100) })

  /** What has been made: an empty volume has nothing to keep yet. */
  const madeVolumes = (appIds: readonly string[]): KnownSubject[] =>
    volumes.listMadeOfAppsForPlatform(appIds).map(ofVolume)

  function findForPlatform({
    type,
    id,
  }: Pick<BackupSubject, 'type' | 'id'>): KnownSubject | undefined {
    if (type === 'platform') return deps.platform && ofPlatform()
    if (type === 'addon') {
      const addon = addons.findForPlatform(id)
      return addon && ofAddon(addon)
    }
    if (type === 'volume') {
      const volume = volumes.findForPlatform(id)
      return volume && volume.destroyedAt === null ? ofVolume(volume) : undefined
    }
    const app = apps.findByIdForPlatform(id)
    return app && app.destroyedAt === null ? ofApp(app) : undefined
  }

  function volumeMode(appId: string, wanted: 'live' | 'paused' | 'stopped'): BackupMode {
    return deps.runs(appId) ? wanted : 'stopped'
  }

  return {
    findForPlatform,

    /** `addon:shop-db`, `volume:shop/uploads`, `app:shop`, `platform`. Throws BACKUP_SUBJECT_NOT_FOUND. */
    find(actor: Actor, ref: string): KnownSubject {
      const at = ref.indexOf(':')
      const [type, name] = at === -1 ? [ref, ''] : [ref.slice(0, at), ref.slice(at + 1)]
      const known = this.list(actor).find(
        ({ subject }) => subject.type === type && (type === 'platform' || subject.name === name),
      )
      if (!known) throw notFound(ref)
      return known
    },

    /** Everything of the actor's team that can be backed up, as far as the actor sees it. */
    list(actor: Actor): KnownSubject[] {
      const seen = apps.listNames(actor).filter(({ id }) => sees(actor, id))
      return [
        ...seen.map(({ id, name }) => ofApp({ id, name, teamId: actor.teamId })),
        ...madeVolumes(seen.map(({ id }) => id)),
        ...(actor.appIds === null ? addons.list(actor).map(ofAddon) : []),
        ...(deps.platform && actor.appIds === null && deps.isOperators(actor.teamId)
          ? [ofPlatform()]
          : []),
      ]
    },

    /** An app with its volumes and the databases that are attached to it. */
    groupOf(app: AppRecord): KnownSubject[] {
      return [ofApp(app), ...madeVolumes([app.id]), ...addons.attachedTo(app.id).map(ofAddon)]
    },

    /** Throws BACKUP_SUBJECT_NOT_FOUND where it has gone, and what the add-on says. */
    async contentOf(
      { type, id, name }: BackupSubject,
      { backupId, mode }: ContentWish,
    ): Promise<SubjectContent> {
      if (type === 'platform') {
        if (!deps.platform) throw notFound(name)
        return deps.platform(backupId)
      }
      if (!findForPlatform({ type, id })) throw notFound(name)
      if (type === 'addon')
        return { ...(await addons.contentOf(id)), body: null, mode: 'dump', holdAppId: null }
      if (type === 'app') {
        const app = apps.findByIdForPlatform(id)
        if (!app) throw notFound(name)
        return {
          content: { type: 'body', fileName: APP_TAR, minBytes: 1_024 },
          body: await deps.tarOfApp(app),
          mode: null,
          fileName: APP_TAR,
          origin: { app: app.name },
          holdAppId: null,
        }
      }
      const volume = volumes.findForPlatform(id)
      if (!volume) throw notFound(name)
      const still = volumeMode(volume.appId, mode)
      return {
        content: {
          type: 'volume',
          ownerId: volume.appId,
          volumeId: id,
          mode: still === 'paused' ? 'paused' : 'live',
        },
        body: null,
        mode: still,
        fileName: null,
        origin: { app: volume.appName, volume: volume.name, mountPath: volume.mountPath },
        holdAppId: still === 'stopped' && deps.runs(volume.appId) ? volume.appId : null,
        isAppWanted: apps.findByIdForPlatform(volume.appId)?.wanted === true,
      }
    },

    /** Rows of each table of an add-on as they are now; null for all else. */
    async countsOf({ type, id }: BackupSubject, signal: AbortSignal): Promise<AddonCounts | null> {
      return type === 'addon' ? addons.countsOf(id, signal) : null
    },
  }
}
export type Subjects = ReturnType<typeof createSubjects>

interface ContentWish {
  backupId: string
  mode: 'live' | 'paused' | 'stopped'
}
