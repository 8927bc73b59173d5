import {
  AddAlertRule,
  AddSilence,
  Alert,
  AlertRule,
  ChangeAlertRule,
  Silence,
} from '@vastrox/shared/alert.ts'
import { AlertSummary } from '@vastrox/shared/alert-summary.ts'
import { PageQuery, pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LoadAlerts } from '#core/alerts/alert-services.ts'

const READ = { access: { permission: 'alert.read', scope: 'team', filtered: true } } as const
const ANSWER = { access: { permission: 'alert.answer', scope: 'team' } } as const
const RULES = { access: { permission: 'alert.read', scope: 'team' } } as const
const MANAGE = { access: { permission: 'alert.manage', scope: 'team' } } as const
const Params = z.object({ id: z.string().max(64) })
const Wanted = PageQuery.extend({
  state: Alert.shape.state.default('firing'),
  app: z.string().max(100).optional(),
  rule: z.string().max(64).optional(),
})

/** What is wrong and was, who looks after it, the rules, and what nobody is told of for a while. */
export const alertRoutes =
  (load: LoadAlerts): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/alerts',
      {
        config: READ,
        schema: {
          summary: 'Alerts that fire, or with state=resolved those that are over, newest first',
          querystring: Wanted,
          response: { 200: pageOf(Alert) },
        },
      },
      async ({ actor, query }) => (await load()).alerts.list(actor, query),
    )

    server.get(
      '/alert-summary',
      {
        config: READ,
        schema: {
          summary: 'How many alerts fire, and whether anybody is told of them',
          response: { 200: AlertSummary },
        },
      },
      async ({ actor }) => (await load()).alerts.summary(actor),
    )

    server.get(
      '/alerts/:id',
      {
        config: READ,
        schema: { summary: 'An alert', params: Params, response: { 200: Alert } },
      },
      async ({ actor, params }) => (await load()).alerts.get(actor, params.id),
    )

    server.post(
      '/alerts/:id/acknowledge',
      {
        config: ANSWER,
        schema: {
          summary: 'Say that you look after it: nobody is reminded of it',
          params: Params,
          response: { 200: Alert },
        },
      },
      async ({ actor, params }) => (await load()).alerts.acknowledge(actor, params.id),
    )

    server.get(
      '/alert-rules',
      {
        config: RULES,
        schema: {
          summary: 'Rules of alerts: the built-in ones, and at most 200 of a team has made',
          response: { 200: pageOf(AlertRule) },
        },
      },
      async ({ actor }) => ({ items: (await load()).alertRules.list(actor), nextCursor: null }),
    )

    server.post(
      '/alert-rules',
      {
        config: MANAGE,
        schema: {
          summary: 'Watch a metric',
          body: AddAlertRule,
          response: { 201: AlertRule },
        },
      },
      async ({ actor, body }, reply) => {
        const added = (await load()).alertRules.add(actor, body)
        reply.code(201)
        return added
      },
    )

    server.patch(
      '/alert-rules/:id',
      {
        config: MANAGE,
        schema: {
          summary: 'Change the limits of a rule, or switch it off or on',
          params: Params,
          body: ChangeAlertRule,
          response: { 200: AlertRule },
        },
      },
      async ({ actor, params, body }) => (await load()).alertRules.change(actor, params.id, body),
    )

    server.delete(
      '/alert-rules/:id',
      {
        config: MANAGE,
        schema: {
          summary: 'Remove a rule; a built-in one is as from the first day again',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        const { alertRules } = await load()
        alertRules.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/silences',
      {
        config: READ,
        schema: {
          summary: 'What nobody is told of for a while; at most 200',
          response: { 200: pageOf(Silence) },
        },
      },
      async ({ actor }) => ({ items: (await load()).silences.list(actor), nextCursor: null }),
    )

    server.post(
      '/silences',
      {
        config: ANSWER,
        schema: {
          summary: 'Tell nobody of a rule, an app or all for a while; it is shown all the same',
          body: AddSilence,
          response: { 201: Silence },
        },
      },
      async ({ actor, body }, reply) => {
        const added = (await load()).silences.add(actor, body)
        reply.code(201)
        return added
      },
    )

    server.delete(
      '/silences/:id',
      {
        config: ANSWER,
        schema: {
          summary: 'Tell people again, of what fires meanwhile too',
          params: Params,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        const { silences } = await load()
        silences.remove(actor, params.id)
        reply.code(204)
        return null
      },
    )
  }
