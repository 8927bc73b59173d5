import { readdir } from 'node:fs/promises'
import { run } from '@vastrox/shared/node/run.ts'
import { z } from 'zod'
import { LABEL } from '#agent/containers/labels.ts'
import { nameOf } from '#agent/containers/list-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'
import { folderOf, isMissing, recordedOwner } from '#agent/volumes/volume-folders.ts'

/** A volume of very many files takes its time; what takes longer is not known this time. */
const TIMEOUT_MS = 60_000
const ENV = { LC_ALL: 'C.UTF-8' }

const Containers = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    State: z.string(),
    SizeRw: z.number().default(0),
    Labels: z.record(z.string(), z.string()),
    Mounts: z
      .array(
        z.object({
          Type: z.string(),
          Name: z.string().optional(),
          Source: z.string().optional(),
          RW: z.boolean().default(true),
        }),
      )
      .default([]),
  }),
)

/** A container of an app's, an instance or a command; or an add-on's, whose id is in the app's place. */
export interface AppContainer {
  id: string
  name: string
  appId: string
  isInstance: boolean
  isAddon: boolean
  isRunning: boolean
  /** In its own layer; 0 unless it was asked for. */
  ownBytes: number
  /** In files of any disk that it has open and that have no name any more; as seldom asked for. */
  namelessBytes: number
  /** Volumes of the image that nobody has named: they go with the container. */
  anonymous: readonly string[]
  hasVolumes: boolean
  isReadOnly: boolean
}

interface Looking {
  /** Of layers: the engine walks through them. */
  withSizes: boolean
  id?: string | undefined
  withAddons?: boolean
}

/** What the engine knows of them. */
export async function listAppContainers(
  engine: Engine,
  instance: string,
  { withSizes, id, withAddons = false }: Looking,
): Promise<AppContainer[]> {
  const label = [`${LABEL.instance}=${instance}`]
  const found = await engine.get('/containers/json', Containers, {
    query: {
      all: true,
      size: withSizes,
      filters: JSON.stringify(id === undefined ? { label } : { label, id: [id] }),
    },
    timeoutMs: 2 * TIMEOUT_MS,
  })
  return found.flatMap((one) => {
    const kind = one.Labels[LABEL.kind]
    const isAddon = kind === 'addon' && withAddons
    const appId = one.Labels[isAddon ? LABEL.addon : LABEL.app]
    if (appId === undefined || (kind !== 'instance' && kind !== 'run' && !isAddon)) return []
    const volumes = one.Mounts.filter(({ Type }) => Type === 'volume')
    const named = volumes.filter(({ Name }) => Name?.startsWith('vastrox-'))
    return [
      {
        id: one.Id,
        name: nameOf(one),
        appId,
        isInstance: kind === 'instance',
        isAddon,
        isRunning: one.State === 'running',
        ownBytes: one.SizeRw,
        namelessBytes: 0,
        anonymous: volumes.flatMap(({ Name, Source }) =>
          Name?.startsWith('vastrox-') || !Source ? [] : [Source],
        ),
        hasVolumes: named.length > 0,
        isReadOnly: named.length > 0 && named.every(({ RW }) => !RW),
      },
    ]
  })
}

/**
 * The volumes of each app, by the records beside them. Throws where they cannot be read: that is no
 * word about what is held. Those of add-ons are no app's: a database that may not write is a broken one.
 */
export async function volumesByApp(volumesDir: string): Promise<Map<string, string[]>> {
  const names = await readdir(volumesDir).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const byApp = new Map<string, string[]>()
  for (const name of names) {
    const volumeId = /^([a-z0-9]+)\.json$/.exec(name)?.[1]
    if (volumeId === undefined) continue
    const owner = await recordedOwner({ volumesDir }, volumeId).catch(() => undefined)
    if (owner === undefined || owner.isOfAddon) continue
    const { appId } = owner
    const folders = byApp.get(appId) ?? []
    byApp.set(appId, [...folders, folderOf(volumesDir, volumeId)])
  }
  return byApp
}

/** What these folders take on the disk, holes not counted; undefined where it takes too long to know. */
export const bytesOf = (folders: readonly string[]): Promise<number | undefined> =>
  sumOf(folders, ['-B1'])

/** How many files, folders and links are in them. */
export const filesOf = (folders: readonly string[]): Promise<number | undefined> =>
  sumOf(folders, ['--inodes'])

async function sumOf(
  folders: readonly string[],
  unit: readonly string[],
): Promise<number | undefined> {
  let sum = 0
  for (const folder of folders) {
    const result = await run('/usr/bin/du', ['-s', '-x', ...unit, '--', folder], {
      env: ENV,
      timeoutMs: TIMEOUT_MS,
    }).catch(() => undefined)
    const one = Number(/^\d+/.exec(result?.stdout.toString() ?? '')?.[0])
    if (!Number.isSafeInteger(one)) return undefined
    sum += one
  }
  return sum
}
