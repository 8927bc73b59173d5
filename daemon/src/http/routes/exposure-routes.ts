import { ExposureReport, FencePort } from '@vastrox/shared/exposure.ts'
import { FirewallChange } from '@vastrox/shared/firewall.ts'
import { HostCare } from '@vastrox/shared/host-care.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ExposureService } from '#core/nodes/exposure-service.ts'

export const exposureRoutes =
  (exposure: ExposureService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/exposure',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'What is reachable on the server, foreign programs and containers included',
          response: { 200: ExposureReport },
        },
      },
      () => exposure.list(),
    )

    server.post(
      '/exposure/test',
      {
        config: { access: { permission: 'node.change', scope: 'platform' } },
        schema: {
          summary: 'Try every port from a network namespace outside of the server; takes seconds',
          response: { 200: ExposureReport },
        },
      },
      ({ actor }) => exposure.test(actor),
    )

    server.post(
      '/exposure/fence',
      {
        config: { access: { permission: 'firewall.change', scope: 'platform', fresh: true } },
        schema: {
          summary: 'Close a port that somebody else has opened, by one rule of the firewall',
          body: FencePort,
          response: { 201: FirewallChange },
        },
      },
      async ({ actor, body }, reply) => {
        const change = await exposure.fence(actor, body)
        reply.code(201)
        return change
      },
    )

    server.get(
      '/host-care',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Updates, clock, disks, engine and what else the server needs',
          response: { 200: HostCare },
        },
      },
      () => exposure.care(),
    )
  }
