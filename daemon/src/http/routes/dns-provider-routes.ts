import { AddDnsProvider, DnsProviderInfo, DnsProviderList } from '@vastrox/shared/certificate.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DnsProviderService } from '#core/certificates/dns-provider-service.ts'

const READ = { permission: 'node.read', scope: 'platform' } as const
const CHANGE = { permission: 'node.change', scope: 'platform' } as const
const CHANGE_FRESH = { ...CHANGE, fresh: true } as const
const Zone = z.object({ zone: z.string().max(253) })

/** Who makes the records that wildcards are proven by. */
export const dnsProviderRoutes =
  (providers: DnsProviderService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/dns-providers',
      {
        config: { access: READ },
        schema: {
          summary: 'Who makes records in which zone, and what can be set up',
          response: { 200: DnsProviderList },
        },
      },
      async ({ actor }) => providers.list(actor),
    )

    server.post(
      '/dns-providers',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Prove names of a zone by its DNS; a record is made and removed to try it',
          body: AddDnsProvider,
          response: { 201: DnsProviderInfo },
        },
      },
      async ({ actor, body }, reply) => {
        const added = await providers.add(actor, body)
        reply.code(201)
        return added
      },
    )

    server.post(
      '/dns-providers/:zone/test',
      {
        config: { access: CHANGE },
        schema: {
          summary: 'Make a record in the zone, and remove it again',
          params: Zone,
          response: { 200: DnsProviderInfo },
        },
      },
      async ({ actor, params }) => providers.test(actor, params.zone),
    )

    server.delete(
      '/dns-providers/:zone',
      {
        config: { access: CHANGE_FRESH },
        schema: {
          summary: 'Make no more records in the zone',
          params: Zone,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        providers.remove(actor, params.zone)
        reply.code(204)
        return null
      },
    )
  }
