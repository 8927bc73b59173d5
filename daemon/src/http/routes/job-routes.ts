import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import { Run } from '@vastrox/shared/run.ts'
import { ChangeJob, CreateJob, ScheduledJob } from '@vastrox/shared/scheduled-job.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { JobService } from '#core/scheduled-jobs/job-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

/** Any text: what is no job's name is not found. */
const JobParams = AppParams.extend({ job: z.string().max(100) })

export const jobRoutes =
  (jobs: JobService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/jobs',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The scheduled jobs of an app',
          params: AppParams,
          response: { 200: pageOf(ScheduledJob) },
        },
      },
      async ({ actor, params }) => ({ items: jobs.list(actor, params.name), nextCursor: null }),
    )

    server.post(
      '/apps/:name/jobs',
      {
        config: { access: { permission: 'app.run', scope: 'app' } },
        schema: {
          summary: 'Run a command at certain times',
          params: AppParams,
          body: CreateJob,
          response: { 201: ScheduledJob },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return jobs.create(actor, params.name, body)
      },
    )

    server.get(
      '/apps/:name/jobs/:job',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'A scheduled job',
          params: JobParams,
          response: { 200: ScheduledJob },
        },
      },
      async ({ actor, params }) => jobs.get(actor, params.name, params.job),
    )

    server.patch(
      '/apps/:name/jobs/:job',
      {
        config: { access: { permission: 'app.run', scope: 'app' } },
        schema: {
          summary: 'Change a scheduled job',
          params: JobParams,
          body: ChangeJob,
          response: { 200: ScheduledJob },
        },
      },
      async ({ actor, params, body }) => jobs.change(actor, params.name, params.job, body),
    )

    server.delete(
      '/apps/:name/jobs/:job',
      {
        config: { access: { permission: 'app.run', scope: 'app' } },
        schema: {
          summary: 'Remove a scheduled job with its history',
          params: JobParams,
          response: { 204: z.undefined() },
        },
      },
      async ({ actor, params }, reply) => {
        await jobs.remove(actor, params.name, params.job)
        reply.code(204)
      },
    )

    server.post(
      '/apps/:name/jobs/:job/run',
      {
        config: { access: { permission: 'app.run', scope: 'app' } },
        schema: {
          summary: 'Run a scheduled job now',
          params: JobParams,
          response: { 202: Run },
        },
      },
      async ({ actor, params }, reply) => {
        reply.code(202)
        return jobs.runNow(actor, params.name, params.job)
      },
    )

    server.get(
      '/apps/:name/jobs/:job/runs',
      {
        config: { access: { permission: 'logs.read', scope: 'app' } },
        schema: {
          summary: 'The runs of a scheduled job, newest first',
          params: JobParams,
          querystring: PageQuery,
          response: { 200: pageOf(Run) },
        },
      },
      async ({ actor, params, query }) => jobs.listRuns(actor, params.name, params.job, query),
    )
  }
