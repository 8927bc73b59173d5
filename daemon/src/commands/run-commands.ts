import { CodedError } from '@vastrox/shared/errors.ts'
import { CreateRun, type Run } from '@vastrox/shared/run.ts'
import {
  type Arguments,
  type Command,
  type CommandContext,
  EXIT_FAILED,
  positional,
  textOption,
  numberOption,
  UsageError,
} from '#commands/command.ts'
import { age, harmless, show, table } from '#commands/output.ts'
import { bytesOf } from '#commands/process-commands.ts'
import { lineOf, workWith } from '#commands/terminal.ts'
import { readToEnd } from '#core/logs/read-to-end.ts'
import type { SessionWish } from '#core/processes/run-service.ts'

/** What `vastrox` on the server looks at as well: agent/src/cli/terminal-client.ts. */
const TERMINAL = { 'no-tty': { type: 'boolean' } } as const
const MEMORY = { memory: { type: 'string', short: 'm' } } as const
/** bash where there is one; an image has sh at least. */
const SHELL = 'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi'
const INSTANCE = /^[a-z][a-z0-9_-]{0,62}\.\d{1,4}$/
const MAX_LISTED = 200

export const runCommands: readonly Command[] = [
  {
    name: 'run',
    aliases: ['apps:run'],
    usage: '<app> [--memory 1G] [-d] -- <command> …',
    summary: "Run a command with the app's image and env, with a terminal; -d: only start it",
    permission: 'app.run',
    options: { ...TERMINAL, ...MEMORY, detach: { type: 'boolean', short: 'd' } },
    takes: [2, 1_000],
    async run(context, args) {
      const app = positional(args, 0)
      const command = lineOf(args.positionals.slice(1))
      if (args.options['detach'] === true) {
        const order = CreateRun.safeParse({ command, memoryBytes: memoryOf(args) })
        if (!order.success) throw new UsageError(order.error.issues[0]?.message ?? 'No command.')
        const run = context.runs.start(context.actor, app, order.data)
        await show(
          context,
          run,
          () => `Run ${run.number} has begun: vastrox runs:log ${app} ${run.number}\n`,
        )
        return 0
      }
      const wish = wishOf(context, args, command)
      return workWith(context, await context.runs.open(context.actor, app, wish, context.signal))
    },
  },
  {
    name: 'shell',
    aliases: ['console', 'apps:shell'],
    usage: '<app> [--memory 1G]',
    summary: "A shell with the app's image and env",
    permission: 'app.run',
    options: { ...TERMINAL, ...MEMORY },
    takes: [1, 1],
    async run(context, args) {
      const wish = wishOf(context, args, SHELL)
      return workWith(
        context,
        await context.runs.open(context.actor, positional(args, 0), wish, context.signal),
      )
    },
  },
  {
    name: 'exec',
    aliases: ['ps:exec'],
    usage: '<app> [web.1] -- <command> …',
    summary: 'Run a command inside of a running instance, with a terminal',
    permission: 'app.run',
    options: TERMINAL,
    takes: [2, 1_000],
    async run(context, args) {
      const [app = '', second = '', ...rest] = args.positionals
      const isNamed = INSTANCE.test(second) && rest.length > 0
      const wish = wishOf(context, args, lineOf(isNamed ? rest : [second, ...rest]))
      const { runs, actor, signal } = context
      return workWith(
        context,
        await runs.openExec(actor, app, isNamed ? second : undefined, wish, signal),
      )
    },
  },
  {
    name: 'runs',
    aliases: ['runs:list'],
    usage: '<app> [-n 20]',
    summary: 'List one-off commands, release commands and runs of scheduled jobs, newest first',
    permission: 'logs.read',
    options: { number: { type: 'string', short: 'n' } },
    takes: [1, 1],
    async run(context, args) {
      const limit = Math.min(numberOption(args, 'number', 1) ?? 20, MAX_LISTED)
      const page = { cursor: undefined, limit }
      const { items } = context.runs.list(context.actor, positional(args, 0), page)
      await show(context, items, () => tableOf(items))
    },
  },
  {
    name: 'runs:log',
    usage: '<app> <run>',
    summary: 'Show what a run printed, to its end',
    permission: 'logs.read',
    takes: [2, 2],
    async run(context, args) {
      const [app, number] = [positional(args, 0), numberOf(args)]
      const { runs, actor, signal } = context
      for await (const { text } of readToEnd(runs, actor, app, number, 0, signal))
        if (!context.json) await context.print(`${harmless(text)}\n`)
      const run = runs.get(actor, app, number)
      if (context.json) await show(context, run, () => '')
      return run.state === 'succeeded' || run.state === 'running' ? 0 : EXIT_FAILED
    },
  },
  {
    name: 'runs:stop',
    usage: '<app> <run>',
    summary: 'End a run that is under way',
    permission: 'app.run',
    takes: [2, 2],
    async run(context, args) {
      const run = await context.runs.stop(context.actor, positional(args, 0), numberOf(args))
      await show(context, run, () => `Run ${run.number} was stopped.\n`)
    },
  },
]

function wishOf({ terminal }: CommandContext, args: Arguments, command: string): SessionWish {
  if (command.length > 8_192 || command.trim() === '') throw new UsageError('Say a command.')
  return {
    command,
    terminal: args.options['no-tty'] === true ? null : (terminal?.size ?? null),
    term: terminal?.term,
    stdin: terminal?.hasInput ?? false,
    memoryBytes: memoryOf(args),
  }
}

function memoryOf(args: Arguments): number | undefined {
  const memory = textOption(args, 'memory')
  return memory === undefined ? undefined : bytesOf(memory)
}

function numberOf(args: Arguments): number {
  const number = Number(/^\d{1,9}$/.exec(positional(args, 1))?.[0] ?? Number.NaN)
  if (!Number.isSafeInteger(number)) throw new CodedError('RUN_NOT_FOUND')
  return number
}

export const tableOf = (runs: readonly Run[]): string =>
  table(
    ['Run', 'Kind', 'State', 'Exit', 'Release', 'By', 'When', 'Command'],
    runs.map((run) => [
      String(run.number),
      run.kind,
      run.state,
      run.exitCode === null ? '-' : String(run.exitCode),
      run.release === null ? '-' : `v${run.release}`,
      run.actor,
      `${age(run.startedAt, new Date())} ago`,
      run.command,
    ]),
  )
