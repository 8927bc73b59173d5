import type { Actor } from '@vastrox/shared/actor.ts'
import {
  type StackImageList,
  type StackImageRefresh,
  StackImageRound,
} from '@vastrox/shared/stack-image.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAgent } from '#ports/node-agent.ts'
import { fromJson, type Transact } from '#store/database.ts'
import type { MetaStore } from '#store/meta-store.ts'

interface Deps {
  agent: Pick<NodeAgent, 'listStackImages' | 'refreshStackImages'>
  meta: Pick<MetaStore, 'readNoteForPlatform' | 'writeNoteForPlatform'>
  audit: Pick<AuditLog, 'append'>
  clock: Clock
  transact: Transact
  onProblem: (what: string, error: unknown) => void
}

const DAY_MS = 24 * 3_600_000
const NOTE = 'stack_image_round'

/** The images that are prepared once for all apps, and their security updates. */
export function createStackImageService(deps: Deps) {
  const { agent, meta, audit, clock, transact, onProblem } = deps
  const stopping = new AbortController()
  const readers = new Set<(text: string) => void>()
  let running: { since: Date; ended: Promise<StackImageRound> } | undefined

  const last = (): StackImageRound | null => {
    const note = meta.readNoteForPlatform(NOTE)
    return note === undefined ? null : fromJson(StackImageRound, note)
  }

  const state = (): StackImageRefresh => ({
    runningSince: running?.since.toISOString() ?? null,
    last: last(),
  })

  /** At most one is under way: whoever asks meanwhile joins it. */
  function round(): Promise<StackImageRound> {
    if (running) return running.ended
    const tell = (text: string): void => {
      for (const reader of readers) reader(text)
    }
    const ended = agent
      .refreshStackImages(tell, stopping.signal)
      .then(({ checked, madeAnew, failed }) => {
        const done = { at: clock.now().toISOString(), checked, madeAnew, failed }
        meta.writeNoteForPlatform(NOTE, JSON.stringify(done))
        return done
      })
      .finally(() => {
        running = undefined
      })
    running = { since: clock.now(), ended }
    return ended
  }

  const asked = (actor: Actor): void =>
    transact(() => audit.append({ actor, action: 'stack-images.refresh', target: 'stack-images' }))

  return {
    async list(): Promise<StackImageList> {
      const { images, bases } = await agent.listStackImages()
      return { items: images, nextCursor: null, bases, updates: state() }
    },

    /** Begins a round and does not wait for it. */
    startRefresh(actor: Actor): StackImageRefresh {
      asked(actor)
      round().catch((error: unknown) => onProblem('refreshing the stack images failed', error))
      return state()
    },

    /** To the end of the round, told as it goes; a reader that leaves does not end it. */
    async refresh(actor: Actor, onOutput: (text: string) => void): Promise<StackImageRound> {
      asked(actor)
      readers.add(onOutput)
      try {
        return await round()
      } finally {
        readers.delete(onOutput)
      }
    },

    /** Asked every hour; a round once a day is enough. */
    async refreshWhenDue(): Promise<void> {
      const at = last()?.at
      if (at !== undefined && clock.now().getTime() - Date.parse(at) < DAY_MS) return
      await round()
    },

    /** Ends a round that is under way: what was made is there, the rest comes with the next one. */
    stop(): void {
      stopping.abort()
    },
  }
}
export type StackImageService = ReturnType<typeof createStackImageService>
