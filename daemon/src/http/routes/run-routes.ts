import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import { CreateRun, Run, RunLogLine } from '@vastrox/shared/run.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { readToEnd } from '#core/logs/read-to-end.ts'
import type { RunService } from '#core/processes/run-service.ts'
import { type EventSources, lastEventId } from '#http/event-sources.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const RunParams = AppParams.extend({ number: z.coerce.number().int().positive() })
const After = z.object({ after: z.coerce.number().int().min(0).default(0) })

export const runRoutes =
  (runs: RunService, sources: EventSources): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/runs',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'One-off commands, release commands and runs of jobs, newest first',
          params: AppParams,
          querystring: PageQuery,
          response: { 200: pageOf(Run) },
        },
      },
      async ({ actor, params, query }) => runs.list(actor, params.name, query),
    )

    server.post(
      '/apps/:name/runs',
      {
        config: { access: { permission: 'app.run', scope: 'app', fresh: true } },
        schema: {
          summary: "Run a command once, in a container of its own with the live release's env",
          params: AppParams,
          body: CreateRun,
          response: { 202: Run },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(202)
        return runs.start(actor, params.name, body)
      },
    )

    server.get(
      '/apps/:name/runs/:number',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: { summary: 'A run', params: RunParams, response: { 200: Run } },
      },
      async ({ actor, params }) => runs.get(actor, params.name, params.number),
    )

    server.post(
      '/apps/:name/runs/:number/stop',
      {
        config: { access: { permission: 'app.run', scope: 'app' } },
        schema: {
          summary: 'End a run that is under way',
          params: RunParams,
          response: { 200: Run },
        },
      },
      async ({ actor, params }) => runs.stop(actor, params.name, params.number),
    )

    server.get(
      '/apps/:name/runs/:number/log',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'What a run printed',
          params: RunParams,
          querystring: After,
          response: { 200: pageOf(RunLogLine) },
        },
      },
      async ({ actor, params, query }) => ({
        items: runs.readLog(actor, params.name, params.number, query.after),
        nextCursor: null,
      }),
    )

    server.get(
      '/apps/:name/runs/:number/log/stream',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'What a run prints, as it comes, to its end (server-sent events)',
          params: RunParams,
          querystring: After,
        },
      },
      async (request, reply) => {
        const { actor, params, query } = request
        const resumed = Number(lastEventId(request) ?? 0)
        const after = Number.isSafeInteger(resumed) ? Math.max(query.after, resumed) : query.after
        runs.get(actor, params.name, params.number)
        const source = sources.open(request, reply)
        const lines = readToEnd(runs, actor, params.name, params.number, after, source.signal)
        try {
          for await (const line of lines) await source.send(line, line.seq)
        } finally {
          source.end()
        }
      },
    )
  }
