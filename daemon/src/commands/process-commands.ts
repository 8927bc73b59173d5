import type { ChangeProcess, Instance, Process, ProcessLimits } from '@vastrox/shared/process.ts'
import { type Command, positional, UsageError } from '#commands/command.ts'
import { DEPLOYING, followDeployment } from '#commands/follow-deployment.ts'
import { age, megabytes, plain, show, table } from '#commands/output.ts'

export const processCommands: readonly Command[] = [
  {
    name: 'ps',
    aliases: ['processes', 'ps:list', 'processes:list'],
    usage: '<app>',
    summary: 'List the processes of an app and their instances',
    permission: 'app.read',
    takes: [1, 1],
    async run(context, args) {
      const processes = await context.processes.list(context.actor, positional(args, 0))
      const now = new Date()
      await show(context, processes, () => textOf(processes, now))
    },
  },
  {
    name: 'scale',
    aliases: ['ps:scale', 'processes:scale'],
    usage: '<app> <process>=<number> … [-d]',
    summary: 'Change how many instances processes have',
    permission: 'app.change',
    options: DEPLOYING,
    takes: [2, 50],
    async run(context, args) {
      const scale = Object.fromEntries(args.positionals.slice(1).map(scaleOf))
      const deployment = context.processSettings.scale(context.actor, positional(args, 0), scale)
      if (deployment === null) {
        await show(
          context,
          scale,
          () => 'Nothing is live yet: the first deployment starts with it.\n',
        )
        return undefined
      }
      return followDeployment(context, deployment, { detach: args.options['detach'] === true })
    },
  },
  {
    name: 'limits',
    aliases: ['ps:limits', 'processes:limits', 'limits:set'],
    usage: '<app> [<process> [memory=1G] [cpu=0.5] [grace=30s]] [--restart]',
    summary: 'Show or change what a process may take; `default` gives it back',
    permission: 'app.read',
    options: { ...DEPLOYING, restart: { type: 'boolean' } },
    takes: [1, 5],
    async run(context, args) {
      const app = positional(args, 0)
      const [, process, ...wishes] = args.positionals
      const restart = args.options['restart'] === true
      if (process === undefined || (wishes.length === 0 && !restart)) {
        const all = await context.processes.list(context.actor, app)
        const asked = all.filter(({ name }) => process === undefined || name === process)
        await show(context, asked, () => limitsTable(asked))
        return undefined
      }
      const change: ChangeProcess = Object.assign({ restart }, ...wishes.map(wishOf))
      const changed = context.processSettings.change(context.actor, app, process, change)
      if (changed.deployment)
        return followDeployment(context, changed.deployment, {
          detach: args.options['detach'] === true,
        })
      await show(context, changed, () =>
        [
          `${process}: ${sayLimits(changed.limits)}\n`,
          changed.needsRestart
            ? `In force with the next deployment or restart: vastrox restart ${app}\n`
            : '',
        ].join(''),
      )
      return undefined
    },
  },
]

function textOf(processes: readonly Process[], now: Date): string {
  const rows = processes.flatMap(({ instances }) => instances)
  const scale = processes.map(({ name, scale, limits, command }) => [
    name,
    `x${scale}`,
    megabytes(limits.memoryBytes),
    command ?? "the image's own",
  ])
  const running = table(
    ['Instance', 'State', 'Release', 'Up', 'Memory', 'CPU', 'Restarts', 'Ended last'],
    rows.map((each) => [
      `${each.process}.${each.ordinal}`,
      each.state,
      `v${each.release}`,
      age(each.startedAt, now),
      megabytes(each.memoryBytes),
      each.cpuPercent === null ? '-' : `${each.cpuPercent} %`,
      String(each.restarts),
      sayCrash(each, now),
    ]),
  )
  const waiting = processes.filter(({ needsRestart }) => needsRestart).map(({ name }) => name)
  const looping = rows.filter(({ state }) => state === 'crash-looping')
  return [
    `${table(['Process', 'Scale', 'Limit', 'Command'], scale)}\n${running}`,
    ...looping.map(lastWords),
    waiting.length === 0 ? '' : `\nNew limits wait for a restart: ${waiting.join(', ')}\n`,
  ].join('')
}

function sayCrash({ lastCrash }: Instance, now: Date): string {
  if (!lastCrash) return ''
  const how = lastCrash.oomKilled ? 'out of memory' : `code ${lastCrash.exitCode ?? 'unknown'}`
  return `${how}, ${age(lastCrash.at, now)} ago`
}

/** What a crash-looping instance printed last, and when it is tried again. */
function lastWords({ process, ordinal, lastCrash, nextTryAt }: Instance): string {
  const again = nextTryAt === null ? 'being tried now' : `tried again at ${nextTryAt}`
  const lines = (lastCrash?.lines ?? []).map((line) => `    ${plain(line)}\n`)
  return `\n${process}.${ordinal} is crash-looping (${again}). It printed last:\n${lines.join('')}`
}

const limitsTable = (processes: readonly Process[]): string =>
  table(
    ['Process', 'Memory', 'CPU', 'Stop grace', 'Own', ''],
    processes.map(({ name, limits, ownLimits, needsRestart }) => [
      name,
      megabytes(limits.memoryBytes),
      limits.cpuMillis === 0 ? 'no cap' : String(limits.cpuMillis / 1_000),
      `${limits.stopGraceMs / 1_000} s`,
      Object.keys(ownLimits).length === 0 ? 'as the app' : Object.keys(ownLimits).join(' '),
      needsRestart ? 'waits for a restart' : '',
    ]),
  )

const sayLimits = ({ memoryBytes, cpuMillis, stopGraceMs }: ProcessLimits): string =>
  `memory ${megabytes(memoryBytes)}, ${cpuMillis === 0 ? 'no cap on CPU' : `cpu ${cpuMillis / 1_000}`}, stop grace ${stopGraceMs / 1_000} s`

function scaleOf(text: string): [string, number] {
  const [, name, count] = /^([a-z][a-z0-9_-]{0,62})=(\d{1,3})$/.exec(text) ?? []
  if (name === undefined || Number(count) > 100)
    throw new UsageError(`${text} is not <process>=<number up to 100>.`)
  return [name, Number(count)]
}

const LIMIT = { memory: 'memoryBytes', cpu: 'cpuMillis', grace: 'stopGraceMs' } as const

/** `memory=1G`, `cpu=0.5`, `grace=30s`, `memory=default`. */
export function wishOf(text: string): ChangeProcess {
  const [, name, value = ''] = /^(memory|cpu|grace)=(.{1,20})$/.exec(text) ?? []
  if (name !== 'memory' && name !== 'cpu' && name !== 'grace')
    throw new UsageError(`${text} is none of memory=1G, cpu=0.5 and grace=30s.`)
  if (value === 'default') return { [LIMIT[name]]: null }
  return { [LIMIT[name]]: READ[name](value) }
}

const READ = { memory: bytesOf, cpu: millisOf, grace: graceOf }

const UNITS: Record<string, number> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 }

/** `512M`, `1G`, `1.5 GB`; a bare number is megabytes. */
export function bytesOf(text: string): number {
  const [, number, unit = 'M'] = /^(\d{1,7}(?:\.\d{1,3})?) ?([KMG])?i?B?$/i.exec(text) ?? []
  const bytes = Math.round(Number(number) * (UNITS[unit.toUpperCase()] ?? 0))
  if (number === undefined || bytes < 32 * 2 ** 20 || bytes > 2 ** 40)
    throw new UsageError(`memory=${text}: say it as 512M or 1.5G; at least 32M.`)
  return bytes
}

function millisOf(text: string): number {
  const cores = Number(/^\d{1,3}(\.\d{1,3})?$/.exec(text)?.[0] ?? Number.NaN)
  if (!(cores >= 0 && cores <= 256))
    throw new UsageError(`cpu=${text}: say it in cores, as 0.5 or 2; 0 means no cap.`)
  return Math.round(cores * 1_000)
}

function graceOf(text: string): number {
  const seconds = Number(/^(\d{1,3})s?$/.exec(text)?.[1] ?? Number.NaN)
  if (!(seconds <= 600))
    throw new UsageError(`grace=${text}: say it in seconds, as 30s; up to 600s.`)
  return seconds * 1_000
}
