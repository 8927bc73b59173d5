import type { ChangeJob, ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import { CreateJob } from '@vastrox/shared/scheduled-job.ts'
import {
  type Arguments,
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { show, table } from '#commands/output.ts'
import { bytesOf } from '#commands/process-commands.ts'
import { tableOf } from '#commands/run-commands.ts'
import { lineOf } from '#commands/terminal.ts'

const MAX_LISTED = 50

export const jobCommands: readonly Command[] = [
  {
    name: 'jobs',
    aliases: ['jobs:list', 'cron'],
    usage: '<app>',
    summary: 'List the scheduled jobs of an app',
    permission: 'logs.read',
    takes: [1, 1],
    async run(context, args) {
      const jobs = context.jobs.list(context.actor, positional(args, 0))
      await show(context, jobs, () =>
        jobs.length === 0
          ? 'No scheduled jobs. vastrox jobs:add <app> <name> "30 2 * * *" -- <command> makes one; `cron` in vastrox.json or app.json does too.\n'
          : table(
              ['Job', 'Schedule', 'Zone', 'Next run', 'Last run', 'From', 'Command'],
              jobs.map((job) => [
                job.name,
                job.schedule,
                job.timeZone,
                job.nextRunAt ?? (job.enabled ? 'the app is stopped' : 'switched off'),
                sayLast(job),
                job.origin === 'source' ? 'the source' : 'here',
                job.command,
              ]),
            ),
      )
    },
  },
  {
    name: 'jobs:add',
    aliases: ['jobs:create'],
    usage:
      '<app> <name> "<schedule>" [--zone Europe/Berlin] [--overlap skip|allow|replace] [--timeout 3600] [--memory 512M] [--late] -- <command> …',
    summary: 'Run a command at certain times; --late makes up for a run that was missed',
    permission: 'app.run',
    options: {
      zone: { type: 'string' },
      overlap: { type: 'string' },
      timeout: { type: 'string' },
      memory: { type: 'string', short: 'm' },
      late: { type: 'boolean' },
    },
    takes: [4, 1_000],
    async run(context, args) {
      const [app = '', name, schedule, ...words] = args.positionals
      const seconds = numberOption(args, 'timeout', 1)
      const memory = textOption(args, 'memory')
      const wish = CreateJob.safeParse({
        name,
        schedule,
        command: lineOf(words),
        timeZone: textOption(args, 'zone'),
        overlap: textOption(args, 'overlap'),
        timeoutMs: seconds === undefined ? undefined : seconds * 1_000,
        memoryBytes: memory === undefined ? undefined : bytesOf(memory),
        runLate: args.options['late'] === true,
      })
      if (!wish.success) {
        const [issue] = wish.error.issues
        throw new UsageError(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`)
      }
      const job = context.jobs.create(context.actor, app, wish.data)
      await show(
        context,
        job,
        () => `${job.name} runs next at ${job.nextRunAt ?? 'no time yet'}.\n`,
      )
    },
  },
  {
    name: 'jobs:run',
    usage: '<app> <job>',
    summary: 'Run a scheduled job now',
    permission: 'app.run',
    takes: [2, 2],
    async run(context, args) {
      const app = positional(args, 0)
      const run = context.jobs.runNow(context.actor, app, positional(args, 1))
      await show(
        context,
        run,
        () => `Run ${run.number} has begun: vastrox runs:log ${app} ${run.number}\n`,
      )
    },
  },
  {
    name: 'jobs:runs',
    aliases: ['jobs:history'],
    usage: '<app> <job> [-n 20]',
    summary: 'List the runs of a scheduled job, newest first',
    permission: 'logs.read',
    options: { number: { type: 'string', short: 'n' } },
    takes: [2, 2],
    async run(context, args) {
      const limit = Math.min(numberOption(args, 'number', 1) ?? 20, MAX_LISTED)
      const [app, job] = [positional(args, 0), positional(args, 1)]
      const page = { cursor: undefined, limit }
      const { items } = context.jobs.listRuns(context.actor, app, job, page)
      await show(context, items, () => tableOf(items))
    },
  },
  turn('jobs:enable', 'Let a scheduled job run at its times again', { enabled: true }),
  turn('jobs:disable', 'Switch a scheduled job off', { enabled: false }),
  {
    name: 'jobs:remove',
    aliases: ['jobs:destroy'],
    usage: '<app> <job>',
    summary: 'Remove a scheduled job with its history',
    permission: 'app.run',
    takes: [2, 2],
    async run(context, args) {
      const name = positional(args, 1)
      await context.jobs.remove(context.actor, positional(args, 0), name)
      await show(context, { removed: name }, () => `Removed ${name}.\n`)
    },
  },
]

function turn(name: string, summary: string, change: ChangeJob): Command {
  return {
    name,
    usage: '<app> <job>',
    summary,
    permission: 'app.run',
    takes: [2, 2],
    async run(context, args: Arguments) {
      const [app, job] = [positional(args, 0), positional(args, 1)]
      const changed = context.jobs.change(context.actor, app, job, change)
      await show(
        context,
        changed,
        () => `${job}: ${changed.enabled ? `next run ${changed.nextRunAt ?? 'unknown'}` : 'off'}\n`,
      )
    },
  }
}

function sayLast({ lastRun, running }: ScheduledJob): string {
  if (running > 0) return 'running'
  if (!lastRun) return '-'
  const code = lastRun.state === 'failed' && lastRun.exitCode !== null ? ` ${lastRun.exitCode}` : ''
  return `${lastRun.state}${code}`
}
