import { type AccessLine, AccessLogFilter, type TrafficPart } from '@vastrox/shared/traffic.ts'
import {
  type Command,
  numberOption,
  positional,
  textOption,
  UsageError,
} from '#commands/command.ts'
import { harmless, show, table } from '#commands/output.ts'
import { MAX_ACCESS_LINES } from '#core/logs/access-log-service.ts'
import { MAX_MINUTES } from '#core/metrics/traffic-service.ts'

const DEFAULT_LINES = 100

export const trafficCommands: readonly Command[] = [
  {
    name: 'traffic',
    usage: '<app> [--minutes 60]',
    summary: 'What visitors met in the last minutes: requests, failures, times, by release',
    permission: 'app.read',
    options: { minutes: { type: 'string' } },
    takes: [1, 1],
    async run(context, args) {
      const minutes = numberOption(args, 'minutes') ?? MAX_MINUTES
      if (minutes < 1 || minutes > MAX_MINUTES)
        throw new UsageError(`--minutes from 1 to ${MAX_MINUTES}.`)
      const traffic = context.traffic.read(context.actor, positional(args, 0), minutes)
      await show(context, traffic, () =>
        traffic.sums.requests === 0 && traffic.webSocketsOpen === 0
          ? `Nobody asked in the last ${traffic.minutes} minutes.\n`
          : table(
              ['', 'requests', '4xx', '5xx', 'left', 'p50 ms', 'p95 ms', 'p99 ms', 'WebSockets'],
              [
                rowOf('all', { ...traffic.sums, webSocketsOpen: traffic.webSocketsOpen }),
                ...traffic.byRelease.map((sums) =>
                  rowOf(sums.release === null ? 'the proxy itself' : `v${sums.release}`, sums),
                ),
                ...traffic.byRoute.map((sums) => rowOf(`${sums.host}${sums.pathPrefix}`, sums)),
              ],
            ),
      )
    },
  },
  {
    name: 'access-log',
    aliases: ['logs:access'],
    usage:
      '<app> [-f | --all] [-n 100] [--status 5xx] [--method GET] [--path /api] [--client 203.0.113.9] [--checks none]',
    summary: 'Who asked the app for what; -f goes on with what comes, --all gives all that is kept',
    permission: 'logs.read',
    options: {
      follow: { type: 'boolean', short: 'f' },
      all: { type: 'boolean' },
      number: { type: 'string', short: 'n' },
      status: { type: 'string' },
      method: { type: 'string' },
      path: { type: 'string' },
      client: { type: 'string' },
      checks: { type: 'string' },
    },
    takes: [1, 1],
    async run(context, args) {
      const app = positional(args, 0)
      const limit = numberOption(args, 'number') ?? DEFAULT_LINES
      if (limit < 1 || limit > MAX_ACCESS_LINES)
        throw new UsageError(`-n from 1 to ${MAX_ACCESS_LINES}.`)
      const filter = AccessLogFilter.safeParse({
        status: textOption(args, 'status'),
        method: textOption(args, 'method')?.toUpperCase(),
        path: textOption(args, 'path'),
        client: textOption(args, 'client'),
        checks: textOption(args, 'checks'),
      })
      if (!filter.success) throw new UsageError(filter.error.issues[0]?.message ?? 'A bad filter.')
      const print = (line: AccessLine): Promise<void> =>
        context.print(context.json ? `${JSON.stringify(line)}\n` : textOf(line))
      const { follow, all } = args.options
      if (follow === true && all === true) throw new UsageError('Use -f or --all.')
      if (all === true) {
        for await (const line of context.accessLog.all(context.actor, app, filter.data))
          await print(line)
        return
      }
      const lines =
        follow === true
          ? context.accessLog.follow(context.actor, app, filter.data, limit, context.signal)
          : await context.accessLog.tail(context.actor, app, filter.data, limit)
      for await (const line of lines) await print(line)
    },
  },
]

const rowOf = (name: string, sums: TrafficPart): string[] => [
  name,
  String(sums.requests),
  String(sums.clientErrors),
  String(sums.serverErrors),
  String(sums.gone),
  ...[sums.p50Ms, sums.p95Ms, sums.p99Ms].map((ms) => (ms === null ? '-' : String(ms))),
  String(sums.webSocketsOpen),
]

const textOf = (line: AccessLine): string =>
  harmless(
    [
      `${line.time.slice(0, 19)}Z`,
      line.client,
      line.status,
      `${line.ms} ms`,
      `${line.bytesOut} B`,
      line.method,
      `${line.host}${line.path}${line.query === '' ? '' : `?${line.query}`}`,
      ...(line.isUptimeCheck ? ['(uptime check)'] : []),
    ].join(' '),
  ) + '\n'
