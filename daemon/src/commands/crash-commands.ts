import type { Crash, CrashDetails } from '@vastrox/shared/process.ts'
import { type Command, positional, UsageError } from '#commands/command.ts'
import { bytesOf, facts, megabytes, plain, show, table } from '#commands/output.ts'

/** The black box of apps. */
export const crashCommands: readonly Command[] = [
  {
    name: 'crashes',
    aliases: ['ps:crashes'],
    usage: '<app> [<number>]',
    summary: 'How instances ended by themselves; one with all that is known of it',
    permission: 'logs.read',
    takes: [1, 2],
    async run(context, args) {
      const app = positional(args, 0)
      const [, text] = args.positionals
      if (text !== undefined) {
        const number = Number(text)
        if (!Number.isSafeInteger(number)) throw new UsageError(`${text} is not a number.`)
        const crash = context.processes.getCrash(context.actor, app, number)
        await show(context, crash, () => detailsOf(crash))
        return
      }
      const crashes = context.processes.listCrashes(context.actor, app)
      await show(context, crashes, () =>
        crashes.length === 0
          ? 'No instance has ended by itself.\n'
          : `${crashes.map(shortly).join('\n')}\nMore of one: vastrox crashes ${app} <number>\n`,
      )
    },
  },
]

const howOf = ({ oomKilled, memoryBytes, exitCode, signal }: Crash): string => {
  if (oomKilled) return `ran out of memory (limit ${megabytes(memoryBytes)})`
  const code = `exited with code ${exitCode ?? 'unknown'}`
  return signal === null ? code : `${code} (${signal})`
}

const titleOf = (crash: Crash): string =>
  `#${crash.number}  ${crash.at}  ${crash.process}.${crash.ordinal} of v${crash.release} ${howOf(crash)}\n`

const shortly = (crash: Crash): string =>
  [
    titleOf(crash),
    crash.explanation === null ? '' : `    ${plain(crash.explanation)}\n`,
    ...crash.lines.map((line) => `    ${plain(line)}\n`),
  ].join('')

function detailsOf(crash: CrashDetails): string {
  const { curve, changes, lines } = crash
  return [
    titleOf(crash),
    facts([
      ['Why', crash.explanation ?? 'no rule knows; its last lines may'],
      ['Instance', crash.instance],
      ['Last well', crash.healthyAt ?? 'never'],
      ['Requests cut off', crash.requestsInFlight === null ? '-' : String(crash.requestsInFlight)],
      ['Memory before', curveText(curve.memory, bytesOf)],
      ['Processor before', curveText(curve.cpu, (cores) => `${cores?.toFixed(2) ?? '-'} cores`)],
    ]),
    '\nWhat had changed:\n',
    changes.length === 0
      ? '  nothing in the hour before it was last well, nor since\n'
      : table(
          ['  At', 'What'],
          changes.map(({ at, title }) => [`  ${at}`, title]),
        ),
    `\nThe last ${lines.length} lines:\n`,
    ...lines.map((line) => `    ${plain(line)}\n`),
  ].join('')
}

/** "200 MB to 512 MB, 511 MB at the end". */
function curveText(
  values: readonly (number | null)[],
  say: (value: number | null) => string,
): string {
  const known = values.filter((value) => value !== null)
  if (known.length === 0) return 'not measured'
  const ends = [Math.min(...known), Math.max(...known)].map(say).join(' to ')
  return `${ends} in ten minutes, ${say(known.at(-1) ?? null)} at the end`
}
