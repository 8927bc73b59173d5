import type { AddonState } from '@vastrox/shared/addon.ts'
import type { ExecAddon } from '@vastrox/shared/agent-api-addons.ts'
import { CodedError, sayError } from '@vastrox/shared/errors.ts'
import { createRedactor, redact } from '@vastrox/shared/node/redactor.ts'
import type { AddonKinds } from '#core/addons/addon-kinds.ts'
import type { AddonSecrets } from '#core/addons/addon-secrets.ts'
import { createOneAtATime } from '#lib/one-at-a-time.ts'
import type { AddonCommand, AddonKind, AddonRoot } from '#ports/addon-kind.ts'
import type { Clock } from '#ports/clock.ts'
import type { EventStream } from '#ports/event-stream.ts'
import type { NodeAddons } from '#ports/node-addons.ts'
import type { AddonAttachmentStore } from '#store/addon-attachment-store.ts'
import type { AddonRecord, AddonStore } from '#store/addon-store.ts'

interface Deps {
  addons: AddonStore
  attachments: AddonAttachmentStore
  kinds: AddonKinds
  secrets: AddonSecrets
  node: NodeAddons
  events: EventStream
  clock: Clock
  crashPoint: (name: string) => void
}

const READY_WITHIN_MS = 300_000
const ASK_FIRST_MS = 250
const ASK_MOST_MS = 2_000
/** A server that ends again and again while it starts. */
const MAX_RESTARTS = 4
const LOG_LINES = 12
const SAY_MS = 1_000
const LOG_TIMEOUT_MS = 5_000

/** Nothing is wrong with the add-on: it is tried again by itself. */
const PASSING: readonly string[] = ['AGENT_UNREACHABLE', 'ENGINE_UNREACHABLE', 'FENCED']

/**
 * The servers behind add-ons: from a row to a container that answers, one step after the other for
 * each of them. Row first, effect, then the row again (rule K3); every step may be done twice.
 */
export function createAddonServers(deps: Deps) {
  const { addons, kinds, secrets, node, clock, crashPoint } = deps
  const turns = new Map<string, ReturnType<typeof createOneAtATime>>()

  function mustFind(id: string): AddonRecord {
    const addon = addons.findForPlatform(id)
    if (!addon) throw new CodedError('ADDON_NOT_FOUND', { id })
    return addon
  }

  function emit({ teamId, isThrowAway }: AddonRecord): void {
    if (isThrowAway) return
    deps.events.emit({ teamId, type: 'addons.changed', app: null, subject: null })
  }

  /** Onto the row as it is now: others write other parts of it. */
  function note(id: string, change: Partial<AddonRecord>): AddonRecord {
    const next = { ...mustFind(id), ...change }
    addons.saveForPlatform(next)
    emit(next)
    return next
  }

  const say = (id: string, state: AddonState, reason: string | null = null): AddonRecord =>
    note(id, { state, reason })

  async function exec(addon: AddonRecord, command: AddonCommand) {
    const { argv, stdin = '', env = {}, timeoutMs } = command
    const spec: ExecAddon = { addonId: addon.serverId, argv, stdin, env, timeoutMs }
    return node.exec(spec)
  }

  /** Throws ADDON_COMMAND_FAILED with what the tool said last, and no secret in it. */
  async function run(addon: AddonRecord, commands: readonly AddonCommand[]): Promise<string> {
    let printed = ''
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await exec(addon, command)
      if (exitCode !== 0) {
        const hidden = createRedactor(Object.values(command.env ?? {}))
        const said = lastLine(redact(hidden, stderr)) ?? lastLine(redact(hidden, stdout))
        throw new CodedError('ADDON_COMMAND_FAILED', {
          addon: addon.name,
          exitCode,
          reason: `${command.argv[0] ?? ''} ended with ${exitCode}${said === undefined ? '' : `: ${said}`}`,
        })
      }
      printed = stdout
    }
    return printed
  }

  const keepLinks = (): Promise<void> =>
    node.keepLinks(deps.attachments.listLinksForPlatform().slice(0, 10_000))

  async function lastLines({ serverId }: AddonRecord, root: AddonRoot): Promise<string[]> {
    const lines: string[] = []
    const hidden = createRedactor([root.password])
    const input = { addonId: serverId, since: null, tail: LOG_LINES, follow: false }
    try {
      for await (const { text } of node.readLogs(input, AbortSignal.timeout(LOG_TIMEOUT_MS)))
        lines.push(redact(hidden, text).slice(0, 500))
    } catch {
      // What came until then is what there is to say.
    }
    return lines
  }

  /** undefined where there is no server to be asked. */
  const ask = (addon: AddonRecord, command: AddonCommand) =>
    exec(addon, command).catch((error: unknown) => {
      if (!(error instanceof CodedError) || PASSING.includes(error.code)) throw error
      return undefined
    })

  /** Throws ADDON_START_FAILED with what it printed last. */
  async function untilReady(addon: AddonRecord, kind: AddonKind, signal: AbortSignal) {
    const root = secrets.rootOf(addon)
    // A change of the platform's own password that broke off: the one that the server takes is it.
    const next = secrets.nextRootOf(addon)
    const until = clock.elapsedMs() + READY_WITHIN_MS
    let said = 'it does not answer'
    for (let wait = ASK_FIRST_MS; ; wait = Math.min(ASK_MOST_MS, wait * 2)) {
      signal.throwIfAborted()
      const answered = await ask(addon, kind.ready(root))
      if (answered?.exitCode === 0) return
      if (next && (await ask(addon, kind.ready(next)))?.exitCode === 0) {
        note(addon.id, { rootSealed: secrets.sealRoot(addon.id, next.password) })
        return
      }
      if (answered) said = lastLine(answered.stderr) ?? said
      const seen = (await node.list()).find(
        ({ addonId, generation }) => addonId === addon.serverId && generation === addon.generation,
      )
      const isGone = seen === undefined || seen.status === 'exited' || seen.status === 'dead'
      if (isGone || seen.restarts >= MAX_RESTARTS || clock.elapsedMs() >= until) {
        const lines = await lastLines(addon, root)
        throw new CodedError('ADDON_START_FAILED', {
          addon: addon.name,
          reason: seen?.oomKilled
            ? `${kind.title} ran out of memory while it started.`
            : `${kind.title} did not start: ${lines.at(-1) ?? said}`,
          lines,
        })
      }
      await clock.sleep(wait, signal)
    }
  }

  /** What it prints is what people see of an add-on that is being made: a line a second. */
  async function prepare(addon: AddonRecord, kind: AddonKind, signal: AbortSignal): Promise<void> {
    let saidMs = Number.NEGATIVE_INFINITY
    const image = kinds.imageOf(kind, addon.version)
    const tell = (text: string): void => {
      const line = lastLine(text)
      if (line === undefined || clock.elapsedMs() - saidMs < SAY_MS) return
      saidMs = clock.elapsedMs()
      note(addon.id, { reason: line.slice(0, 200) })
    }
    try {
      await node.prepare(image, tell, signal)
    } catch (error) {
      if ('prepared' in image || !(error instanceof CodedError) || PASSING.includes(error.code))
        throw error
      throw new CodedError(
        'ADDON_START_FAILED',
        {
          reason: `${kind.title} ${addon.version} is an image of a registry (${image.reference}), and none gives it here: ${sayError(error)}`,
        },
        { cause: error },
      )
    }
  }

  async function start(addon: AddonRecord, kind: AddonKind, signal: AbortSignal): Promise<void> {
    const { id, serverId, generation } = addon
    await prepare(addon, kind, signal)
    signal.throwIfAborted()
    crashPoint('addon.prepared')
    await keepLinks()
    await node.stop(serverId, generation, kind.stopGraceMs)
    const root = secrets.rootOf(addon)
    const { memoryBytes, cpuMillis, version } = addon
    const { command, env } = kind.container({ version, memoryBytes, settings: {}, root })
    await node.start({
      addonId: serverId,
      addonName: addon.name,
      generation,
      image: kinds.imageOf(kind, version),
      command,
      env,
      volume:
        addon.volumeId === null || kind.dataPath === null
          ? null
          : {
              volumeId: addon.volumeId,
              mountPath: kind.dataPath,
              isNew: addon.volumeMadeAt === null,
            },
      limits: { memoryBytes, cpuMillis },
      stopGraceMs: kind.stopGraceMs,
    })
    if (addon.volumeId !== null && addon.volumeMadeAt === null)
      note(id, { volumeMadeAt: clock.now().toISOString() })
    crashPoint('addon.started')
    await untilReady(addon, kind, signal)
    const ready = note(id, { nextRootSealed: null })
    await run(ready, kind.setUp(secrets.rootOf(ready)))
  }

  return {
    exec,
    run,
    note,
    say,
    emit,
    mustFind,
    keepLinks,

    /** One act at a time on each of them. */
    inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
      const turn = turns.get(id) ?? createOneAtATime()
      turns.set(id, turn)
      return turn(work)
    },

    /**
     * From whatever there is to a server that answers, where it is wanted. Never rejects for what is
     * wrong with the server itself: the row says it. True once it runs.
     */
    async bringUp(id: string, signal: AbortSignal): Promise<boolean> {
      const before = addons.findForPlatform(id)
      if (!before || !before.wanted || before.destroyedAt !== null) return false
      const kind = kinds.get(before.kind)
      if (before.state !== 'restoring') say(id, 'creating', before.reason)
      try {
        await start(before, kind, signal)
        say(id, 'running')
        return true
      } catch (error) {
        if (signal.aborted) throw error
        const isPassing = error instanceof CodedError && PASSING.includes(error.code)
        const state = isPassing ? 'creating' : 'failed'
        if (addons.findForPlatform(id))
          say(id, before.state === 'restoring' ? 'restoring' : state, sayError(error).slice(0, 500))
        return false
      }
    },

    /** Its container goes, its data stays. */
    async takeDown(id: string): Promise<void> {
      const addon = mustFind(id)
      await node.stop(addon.serverId, null, kinds.get(addon.kind).stopGraceMs)
      say(id, 'stopped')
    },

    /** Throws ADDON_NOT_RUNNING. */
    mustRun(addon: AddonRecord): void {
      if (addon.state !== 'running')
        throw new CodedError('ADDON_NOT_RUNNING', {
          addon: addon.name,
          reason: `${addon.name} is ${addon.state}${addon.reason === null ? '' : `: ${addon.reason}`}.`,
        })
    },
  }
}
export type AddonServers = ReturnType<typeof createAddonServers>

const lastLine = (text: string): string | undefined =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .at(-1)
    ?.slice(0, 300)
