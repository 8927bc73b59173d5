import {
  AddDomain,
  AddedDomain,
  ChangeDomain,
  Domain,
  HostName,
  MoveDomain,
} from '@vastrox/shared/domain.ts'
import { pageOf } from '@vastrox/shared/page.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DomainService } from '#core/domains/domain-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

/** Whoever waits longer reads what comes of it from the domain itself. */
const CHECK_WAIT_MS = 18_000

const DomainParams = AppParams.extend({ host: HostName })

export const domainRoutes =
  (domains: DomainService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/domains',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'The domains of an app, with how their DNS and certificates stand',
          params: AppParams,
          response: { 200: pageOf(Domain) },
        },
      },
      async ({ actor, params }) => ({
        items: domains.list(actor, params.name),
        nextCursor: null,
      }),
    )

    server.post(
      '/apps/:name/domains',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Add a domain: it is served at once, and HTTPS comes once its records lead here',
          params: AppParams,
          body: AddDomain,
          response: { 201: AddedDomain },
        },
      },
      async ({ actor, params, body }, reply) => {
        reply.code(201)
        return domains.add(actor, params.name, body)
      },
    )

    server.get(
      '/apps/:name/domains/:host',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: { summary: 'One domain', params: DomainParams, response: { 200: Domain } },
      },
      async ({ actor, params }) => domains.get(actor, params.name, params.host),
    )

    server.patch(
      '/apps/:name/domains/:host',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Redirect a domain to another of the app, or make it the primary one',
          params: DomainParams,
          body: ChangeDomain,
          response: { 200: Domain },
        },
      },
      async ({ actor, params, body }) => domains.change(actor, params.name, params.host, body),
    )

    server.delete(
      '/apps/:name/domains/:host',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Remove a domain: its route is gone at once, certificates are kept',
          params: DomainParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await domains.remove(actor, params.name, params.host)
        reply.code(204)
        return null
      },
    )

    server.post(
      '/apps/:name/domains/:host/check',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'Look at a domain now: what is wrong, and which records are to be set',
          params: DomainParams,
          response: { 200: Domain },
        },
      },
      async ({ actor, params }) =>
        domains.check(actor, params.name, params.host, AbortSignal.timeout(CHECK_WAIT_MS)),
    )

    server.post(
      '/apps/:name/domains/:host/move',
      {
        config: { access: { permission: 'app.change', scope: 'app' } },
        schema: {
          summary: 'Hand a domain over to another app, with no request lost',
          params: DomainParams,
          body: MoveDomain,
          response: { 200: Domain },
        },
      },
      async ({ actor, params, body }) => domains.move(actor, params.name, params.host, body.to),
    )
  }
