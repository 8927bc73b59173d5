import type { ReadLogsEvent } from '@vastrox/shared/agent-api.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import { createRedactor, type Redactor, redact } from '@vastrox/shared/node/redactor.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import type { AppLogs } from '#core/logs/app-logs.ts'
import { endedBy } from '#lib/ended-by.ts'
import type { Clock } from '#ports/clock.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

interface Deps {
  addons: Pick<AddonStore, 'listForPlatform' | 'findForPlatform'>
  attachments: Pick<AddonAttachmentStore, 'listUsersForPlatform'>
  secrets: Pick<AddonSecrets, 'rootOf' | 'nextRootOf' | 'userOf'>
  node: Pick<NodeAddons, 'readLogs'>
  logs: Pick<AppLogs, 'add' | 'drop' | 'lose' | 'lastTimes'>
  linesPerSecondOf: (addonId: string) => number
  clock: Clock
  onProblem: (what: string, error: unknown) => void
}

type Line = Extract<ReadLogsEvent, { type: 'line' }>

/** What a new add-on prints is with the engine meanwhile. */
const LOOK_MS = 15_000
const REDIAL_MS = 5_000
const AFTER_PROBLEM_MS = 60_000
const SETTLE_MS = 2_000
/** A password is in its row for longer than that before a server is told of it. */
const SECRETS_MS = 20
/** Passwords of before are hidden too, as long as lines with them may still come. */
const MAX_SECRETS = 200

/** One add-on that is read, from the line behind the last that was kept. */
interface Reader {
  id: string
  /** The server that `lastAt` is about: a restore puts another in its place. */
  serverId: string | undefined
  lastAt: string | null
  sealed: readonly Buffer[]
  secrets: readonly string[]
  redactor: Redactor
  lookAtSecretsMs: number
  stop: AbortController
  /** Ends what is read now, to be gone on with by what was said since. */
  again: AbortController
}

/**
 * Reads what the servers of add-ons print into logs of their own, which outlive containers. As with
 * instances: what is behind the last kept time is exactly what is missing.
 */
export function createAddonLogCollector(deps: Deps) {
  const { addons, logs, node, secrets, clock } = deps
  const readers = new Map<string, Reader>()
  const underWay = new Set<Promise<void>>()
  let stopping = new AbortController()
  let running: Promise<void> | undefined

  function begin(id: string): Reader {
    const reader: Reader = {
      id,
      serverId: undefined,
      lastAt: null,
      sealed: [],
      secrets: [],
      redactor: createRedactor([]),
      lookAtSecretsMs: Number.NEGATIVE_INFINITY,
      stop: new AbortController(),
      again: new AbortController(),
    }
    readers.set(id, reader)
    const work = follow(reader).finally(() => {
      if (readers.get(id) === reader) readers.delete(id)
      underWay.delete(work)
    })
    underWay.add(work)
    return reader
  }

  /** Until nobody wants the add-on any more. */
  async function follow(reader: Reader): Promise<void> {
    const signal = AbortSignal.any([reader.stop.signal, stopping.signal])
    let isGone = false
    while (!signal.aborted) {
      let pauseMs = REDIAL_MS
      const again = reader.again.signal
      try {
        const addon = addons.findForPlatform(reader.id)
        if (!addon || !isRead(addon)) return
        // One that somebody has stopped is not asked for again before it is wanted.
        if (addon.wanted) isGone = false
        if (!isGone) await read(reader, addon, true, AbortSignal.any([signal, again]))
      } catch (error) {
        // There is no container yet, or the agent or the engine is away: nothing is lost here.
        isGone = error instanceof CodedError && error.code === 'ADDON_NOT_RUNNING'
        if (!(error instanceof CodedError) && !signal.aborted && !again.aborted) {
          deps.onProblem('the log of an add-on could not be read', error)
          pauseMs = AFTER_PROBLEM_MS
        }
      }
      if (!again.aborted) await clock.sleep(pauseMs, signal).catch(() => undefined)
    }
  }

  async function read(
    reader: Reader,
    addon: AddonRecord,
    follow: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { serverId } = addon
    if (reader.serverId !== serverId) {
      const times = await logs.lastTimes(addon.id)
      if (reader.serverId !== serverId) {
        reader.serverId = serverId
        reader.lastAt = times.get(serverId) ?? null
      }
    }
    const input = { addonId: serverId, since: reader.lastAt, tail: null, follow }
    const lines = node.readLogs(
      follow ? { ...input, linesPerSecond: deps.linesPerSecondOf(addon.id) } : input,
      signal,
    )
    for await (const line of lines) await take(reader, addon, line)
  }

  /** A line that another reading of the same server took already is left. */
  async function take(
    reader: Reader,
    { id, name, serverId }: AddonRecord,
    { at, stream, text, dropped = 0, lostAfter }: Line,
  ): Promise<void> {
    if (reader.serverId !== serverId) return
    if (reader.lastAt !== null && at <= reader.lastAt) return
    if (lostAfter !== undefined && reader.lastAt !== null && lostAfter >= reader.lastAt)
      logs.lose(id, name, [lostAfter, at], null)
    // The agent gives a second's worth after each gap: this is said once a second at most.
    if (dropped > 0) logs.drop(id, name, dropped, null)
    reader.lastAt = at
    const shown = redact(redactorOf(reader), text)
    const line = { at, source: name, release: null, stream, text: shown }
    await logs.add(id, { line, instance: serverId })
  }

  function redactorOf(reader: Reader): Redactor {
    const nowMs = clock.elapsedMs()
    if (nowMs < reader.lookAtSecretsMs) return reader.redactor
    reader.lookAtSecretsMs = nowMs + SECRETS_MS
    const addon = addons.findForPlatform(reader.id)
    if (!addon) return reader.redactor
    const users = deps.attachments.listUsersForPlatform(addon.id)
    const { rootSealed, nextRootSealed } = addon
    const sealed = [rootSealed, ...users.map(({ passwordSealed }) => passwordSealed)]
    if (nextRootSealed !== null) sealed.push(nextRootSealed)
    const isAsBefore =
      sealed.length === reader.sealed.length &&
      sealed.every((bytes, index) => reader.sealed[index]?.equals(bytes))
    if (isAsBefore) return reader.redactor
    const next = secrets.nextRootOf(addon)
    const now = [
      secrets.rootOf(addon).password,
      ...users.map((user) => secrets.userOf(user).password),
      ...(next ? [next.password] : []),
    ]
    reader.sealed = sealed
    reader.secrets = [...new Set([...now, ...reader.secrets])].slice(0, MAX_SECRETS)
    reader.redactor = createRedactor(reader.secrets)
    return reader.redactor
  }

  function look(): void {
    const wanted = new Set(
      addons
        .listForPlatform()
        .filter(isRead)
        .map(({ id }) => id),
    )
    for (const id of wanted) if (!readers.has(id)) begin(id)
    for (const [id, reader] of readers) if (!wanted.has(id)) reader.stop.abort()
  }

  return {
    /** A second time it changes nothing. */
    start(): void {
      if (running) return
      stopping = new AbortController()
      const { signal } = stopping
      running = (async () => {
        while (!signal.aborted) {
          try {
            look()
          } catch (error) {
            deps.onProblem('the logs of add-ons could not be looked for', error)
          }
          await clock.sleep(LOOK_MS, signal).catch(() => undefined)
        }
      })()
    },

    async stop(): Promise<void> {
      stopping.abort()
      await running
      await Promise.allSettled(underWay)
      running = undefined
    },

    /** By what is said of it now. */
    readAgain(addonId: string): void {
      const reader = readers.get(addonId)
      if (!reader) return
      const { again } = reader
      reader.again = new AbortController()
      again.abort()
    },

    /** Reads what it has printed by now to its end. Never rejects, and takes some seconds at most. */
    async settle(addon: AddonRecord): Promise<void> {
      if (!running || !isRead(addon)) return
      const reader = readers.get(addon.id) ?? begin(addon.id)
      const signal = AbortSignal.any([AbortSignal.timeout(SETTLE_MS), stopping.signal])
      // Beside the reading that follows: it alone says where the end is.
      await endedBy(read(reader, addon, false, signal), signal)
    },
  }
}
export type AddonLogCollector = ReturnType<typeof createAddonLogCollector>

/** Also one that is stopped, whose container may still say its last words. */
const isRead = ({ isThrowAway, destroyedAt }: AddonRecord): boolean =>
  !isThrowAway && destroyedAt === null
