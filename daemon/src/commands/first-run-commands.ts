import type { FirstRun, FirstStep } from '@vastrox/shared/first-run.ts'
import type { Command } from '#commands/command.ts'
import { plain, show } from '#commands/output.ts'

const LIMIT_MS = 10_000

export const firstRunCommands: readonly Command[] = [
  {
    name: 'first-run',
    usage: '',
    summary: 'The first steps, and which of them are done: each is looked at for real',
    permission: 'app.read',
    takes: [0, 0],
    async run(context) {
      const service = await context.firstRun()
      const found = await service.get(context.actor, AbortSignal.timeout(LIMIT_MS))
      await show(context, found, () => textOf(found))
    },
  },
  {
    name: 'first-run:dismiss',
    usage: '[--back]',
    summary: 'Put the list of first steps away; --back: have it back where it was left',
    permission: 'app.create',
    options: { back: { type: 'boolean' } },
    takes: [0, 0],
    async run(context, args) {
      const service = await context.firstRun()
      const change = { isDismissed: args.options['back'] !== true }
      const found = await service.change(context.actor, change, AbortSignal.timeout(LIMIT_MS))
      await show(context, found, () => textOf(found))
    },
  },
]

const markOf = ({ state, isSkipped }: FirstStep): string => {
  if (state === 'done') return 'x'
  return isSkipped ? '-' : ' '
}

const textOf = ({ steps }: FirstRun): string =>
  steps
    .map((step) => `${plain(`[${markOf(step)}] ${step.key.padEnd(8)} ${step.found}`)}\n`)
    .join('')
