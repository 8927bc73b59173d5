import type { LogLine } from '@vastrox/shared/log.ts'
import { type Command, numberOption, positional, textOption } from '#commands/command.ts'
import { harmless } from '#commands/output.ts'

const DEFAULT_LINES = 100

export const logCommands: readonly Command[] = [
  {
    name: 'logs',
    aliases: ['logs:tail'],
    usage: '<app> [-f] [-n 100] [--source web]',
    summary: 'Print the last lines of an app’s log; -f goes on with what comes',
    permission: 'logs.read',
    options: {
      follow: { type: 'boolean', short: 'f' },
      number: { type: 'string', short: 'n' },
      source: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      const source = textOption(args, 'source')
      const print = async (line: LogLine): Promise<void> => {
        if (source !== undefined && !isFrom(line, source)) return
        await context.print(context.json ? `${JSON.stringify(line)}\n` : text(line))
      }
      if (args.options['follow'] !== true) {
        for (const line of await context.logs.tail(context.actor, app, limit)) await print(line)
        return
      }
      const lines = context.logs.follow(context.actor, app, limit, context.signal)
      for await (const line of lines) await print(line)
    },
  },
]

/** `web` names all of its instances, `web.1` one. */
const isFrom = ({ source }: LogLine, wanted: string): boolean =>
  source === wanted || source.startsWith(`${wanted}.`)

const text = ({ at, source, text: said }: LogLine): string =>
  `${at.slice(0, 19)}Z ${source.padEnd(8)} | ${harmless(said)}\n`
