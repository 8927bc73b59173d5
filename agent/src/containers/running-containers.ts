import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError } from '@vastrox/shared/errors.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { LABEL } from '#agent/containers/labels.ts'
import { listContainers, nameOf } from '#agent/containers/list-instances.ts'
import type { Engine } from '#agent/engine/engine.ts'

/** Listed anew after so long even where no event came. */
const LIST_EVERY_MS = 60_000
/** While the engine tells no events. */
const LIST_UNTOLD_EVERY_MS = 5_000
const DIAL_AGAIN_MS = 2_000
/** One that takes the question and does not answer holds nobody up for longer. */
const PATIENCE_MS = 2_000

/** A container of this installation that runs. */
export interface RunningContainer {
  id: string
  name: string
  kind: 'instance' | 'addon' | 'run'
  /** The app's or the add-on's id. */
  owner: string
  /** Of an instance; otherwise empty and 0. */
  process: string
  ordinal: number
  release: number
}

interface Deps {
  engine: Engine
  instance: string
  now?: () => number
}

/**
 * What of this installation runs, for all who look at it many times a minute: the engine is asked when
 * it said that something changed, and once a minute.
 */
export function createRunningContainers({ engine, instance, now = () => performance.now() }: Deps) {
  let known: readonly RunningContainer[] = []
  let listedAt = Number.NEGATIVE_INFINITY
  let changes = 0
  let listedChanges = -1
  let isTold = false
  let listing: Promise<void> | undefined

  async function list(): Promise<void> {
    const until = changes
    const at = now()
    const all = await listContainers(engine, { [LABEL.instance]: instance }, false)
    known = all.flatMap((container) => {
      const isThere = container.State === 'running' || container.State === 'paused'
      const one = isThere ? toRunning(container) : undefined
      return one ? [one] : []
    })
    listedChanges = until
    listedAt = at
  }

  /** Rejects where it fails; resolves when it is done, or has taken too long and goes on. */
  async function listInTime(): Promise<void> {
    listing ??= list().finally(() => {
      listing = undefined
    })
    const done = new AbortController()
    const patience = sleep(PATIENCE_MS, undefined, { signal: done.signal, ref: false }).catch(
      () => undefined,
    )
    try {
      await Promise.race([listing, patience])
    } finally {
      done.abort()
    }
    if (listedAt === Number.NEGATIVE_INFINITY) throw new CodedError('ENGINE_UNREACHABLE')
  }

  return {
    /** Rejects where the engine is away and nothing was ever listed; otherwise what was known last. */
    async get(): Promise<readonly RunningContainer[]> {
      const age = now() - listedAt
      const isNew =
        listedChanges === changes && age < (isTold ? LIST_EVERY_MS : LIST_UNTOLD_EVERY_MS)
      if (isNew) return known
      await listInTime().catch((error: unknown) => {
        if (listedAt === Number.NEGATIVE_INFINITY) throw error
        // What runs goes on running without the engine; who has ended has no group any more.
      })
      return known
    },

    /** Hears of changes until the signal. */
    async follow(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          const events = await subscribe(engine, instance, signal)
          isTold = true
          changes += 1
          for await (const _event of readNdjson(events)) changes += 1
        } catch {
          // Away or cut off: listed anew from time to time until it is back.
        }
        isTold = false
        await sleep(DIAL_AGAIN_MS, undefined, { signal, ref: false }).catch(() => {
          // Stopping.
        })
      }
    },
  }
}
export type RunningContainers = ReturnType<typeof createRunningContainers>

const subscribe = (engine: Engine, instance: string, signal: AbortSignal) =>
  engine.stream('GET', '/events', {
    query: {
      filters: JSON.stringify({
        type: ['container'],
        event: ['start', 'die', 'rename'],
        label: [`${LABEL.instance}=${instance}`],
      }),
    },
    signal,
  })

function toRunning(container: {
  Id: string
  Names: string[]
  Labels: Record<string, string>
}): RunningContainer | undefined {
  const { Labels: labels, Id: id } = container
  const kind = labels[LABEL.kind]
  if (kind !== 'instance' && kind !== 'addon' && kind !== 'run') return undefined
  const isInstance = kind === 'instance'
  return {
    id,
    name: nameOf(container),
    kind,
    owner: labels[LABEL.app] ?? labels[LABEL.addon] ?? '',
    process: isInstance ? (labels[LABEL.process] ?? '') : '',
    ordinal: isInstance ? Number(labels[LABEL.ordinal] ?? 0) : 0,
    release: isInstance ? Number(labels[LABEL.releaseNumber] ?? 0) : 0,
  }
}
