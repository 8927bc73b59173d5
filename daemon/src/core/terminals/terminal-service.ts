import { type Actor, mustBeAble } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { z } from 'zod'
import type {
  OpenAddonTerminal,
  OpenAppTerminal,
  Terminal as TerminalView,
  TerminalInput,
} from '@vastrox/shared/terminal.ts'
import type { OpenAddons } from '#core/addons/addon-parts.ts'
import type { AppFinder } from '#core/apps/app-finder.ts'
import type { RunService } from '#core/processes/run-service.ts'
import { createTerminal, type NumberedEvent, type Terminal } from '#core/terminals/terminal.ts'
import type { Clock } from '#ports/clock.ts'
import type { NewId } from '#ports/ids.ts'
import type { Session } from '#ports/session.ts'

interface Deps {
  apps: AppFinder
  runs: Pick<RunService, 'open' | 'openExec'>
  addons: OpenAddons
  clock: Clock
  newId: NewId
}

/** Of one user or token, and of all together. */
const MOST_EACH = 5
const MOST = 50
const TERM = 'xterm-256color'
/** Inside of the container: the better shell, where there is one. */
const SHELL = 'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi'

/** What a terminal is of; whoever names another one does not find it. */
export type TerminalOf = `app ${string}` | `addon ${string}`

/** Terminals of browsers: a shell of an app, the console of an add-on. Each belongs to who opened it. */
export function createTerminalService({ apps, runs, addons, clock, newId }: Deps) {
  const open = new Map<string, { owner: string; of: TerminalOf; terminal: Terminal }>()
  /** Whose are being opened. */
  const opening: string[] = []

  const ownerOf = ({ kind, id }: Actor): string => `${kind} ${id}`

  function mustHaveRoom(actor: Actor): void {
    const owner = ownerOf(actor)
    const owners = [...[...open.values()].map((one) => one.owner), ...opening]
    const own = owners.filter((one) => one === owner).length
    if (own >= MOST_EACH || owners.length >= MOST)
      throw new CodedError('TERMINALS_TOO_MANY', { most: MOST_EACH })
  }

  async function start(
    actor: Actor,
    of: TerminalOf,
    title: string,
    begin: (signal: AbortSignal) => Promise<Session>,
  ): Promise<TerminalView> {
    mustHaveRoom(actor)
    const owner = ownerOf(actor)
    const ending = new AbortController()
    opening.push(owner)
    const session = await begin(ending.signal).finally(() =>
      opening.splice(opening.indexOf(owner), 1),
    )
    session.exit.catch(() => undefined)
    const terminal = createTerminal({ session, abort: () => ending.abort(), clock })
    const id = newId()
    open.set(id, { owner, of, terminal })
    void terminal.gone.then(() => open.delete(id))
    return { id, title }
  }

  function find(actor: Actor, of: TerminalOf, id: string): Terminal {
    const found = open.get(id)
    if (!found || found.of !== of || found.owner !== ownerOf(actor))
      throw new CodedError('TERMINAL_NOT_FOUND')
    return found.terminal
  }

  return {
    /** Throws what the commands `shell` and `exec` throw, and TERMINALS_TOO_MANY. */
    async openApp(
      actor: Actor,
      name: string,
      { instance, command, size }: z.output<typeof OpenAppTerminal>,
    ): Promise<TerminalView> {
      const app = apps.find(actor, name)
      mustBeAble(actor, 'app.run', app.id)
      const wish = { command: command ?? SHELL, terminal: size, term: TERM, stdin: true }
      return start(actor, `app ${name}`, instance ?? name, (signal) =>
        instance === null
          ? runs.open(actor, name, wish, signal)
          : runs.openExec(actor, name, instance, wish, signal),
      )
    },

    /** Throws what the command `addons:console` throws, and TERMINALS_TOO_MANY. */
    async openAddon(
      actor: Actor,
      name: string,
      { app, size }: z.output<typeof OpenAddonTerminal>,
    ): Promise<TerminalView> {
      const { service } = await addons()
      const wish = { terminal: size, term: TERM, stdin: true }
      return start(actor, `addon ${name}`, name, (signal) =>
        service.openConsole(actor, name, app ?? undefined, wish, signal),
      )
    },

    /** Throws TERMINAL_NOT_FOUND, as the others do, before anything is read. */
    read(
      actor: Actor,
      of: TerminalOf,
      id: string,
      after: number,
      signal: AbortSignal,
    ): AsyncGenerator<NumberedEvent> {
      return find(actor, of, id).read(after, signal)
    },

    async write(actor: Actor, of: TerminalOf, id: string, input: TerminalInput): Promise<void> {
      await find(actor, of, id).write(input)
    },

    /** Its command is ended; it is no error where it has ended already. */
    async close(actor: Actor, of: TerminalOf, id: string): Promise<void> {
      const terminal = find(actor, of, id)
      open.delete(id)
      await terminal.close()
    },

    /** At the daemon's end. */
    async closeAll(): Promise<void> {
      const all = [...open.values()]
      open.clear()
      await Promise.all(all.map(({ terminal }) => terminal.close()))
    },
  }
}
export type TerminalService = ReturnType<typeof createTerminalService>
/** Loaded when somebody opens the first one. */
export type LoadTerminals = () => Promise<TerminalService>
