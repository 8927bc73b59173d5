import { z } from 'zod'
import { WindowSize } from './agent-api.ts'
import { AppName } from './app.ts'
import { RunCommand } from './run.ts'

const size = WindowSize.default({ columns: 80, rows: 24 })

/** A shell, or another command, with a terminal. */
export const OpenAppTerminal = z.object({
  /** Inside of this running instance (`web.1`); null: in a container of its own, from the live release. */
  instance: z.string().max(80).nullable().default(null),
  /** A line for the shell; null: a shell. */
  command: RunCommand.nullable().default(null),
  size,
})
export type OpenAppTerminal = z.input<typeof OpenAppTerminal>

/** psql, mariadb, redis-cli and the like. */
export const OpenAddonTerminal = z.object({
  /** As the user of this app, which is attached to it; null: as the platform's own. */
  app: AppName.nullable().default(null),
  size,
})
export type OpenAddonTerminal = z.input<typeof OpenAddonTerminal>

/** One that is open, until its command ends or nobody has looked at it for a minute. */
export const Terminal = z.object({ id: z.string(), title: z.string() })
export type Terminal = z.infer<typeof Terminal>

/** What goes in: bytes that were typed, the new size of its window, or both. */
export const TerminalInput = z.object({
  /** At most 64 KiB at a time. */
  base64: z.base64().max(90_000).optional(),
  size: WindowSize.optional(),
})
export type TerminalInput = z.infer<typeof TerminalInput>

/** What comes out, as server-sent events; each has an id to go on behind. */
export const TerminalEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('output'), base64: z.string() }),
  /** The last one. `exitCode` is null where it did not end by itself, and `reason` says why. */
  z.object({
    type: z.literal('exit'),
    exitCode: z.int().nullable(),
    reason: z.string().nullable(),
  }),
])
export type TerminalEvent = z.infer<typeof TerminalEvent>
