import {
  AppPort,
  AppPorts,
  ChangeAppPort,
  CreateAppPort,
  PortPolicy,
} from '@vastrox/shared/app-port.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { PortService } from '#core/routing/port-service.ts'
import { AppParams } from '#http/routes/app-routes.ts'

const PUBLISH = { permission: 'port.publish', scope: 'app' } as const
/** Any text: what is no port is refused once the app is found. */
const PortParams = AppParams.extend({ port: z.string().max(100) })

export const portRoutes =
  (ports: PortService): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/apps/:name/ports',
      {
        config: { access: { permission: 'app.read', scope: 'app' } },
        schema: {
          summary: 'TCP and UDP ports of the server that lead to an app',
          params: AppParams,
          response: { 200: AppPorts },
        },
      },
      async ({ actor, params }) => ports.list(actor, params.name),
    )

    server.post(
      '/apps/:name/ports',
      {
        config: { access: PUBLISH },
        schema: {
          summary: 'Publish a port, or a range of them, for an app',
          description:
            'In force when the reply comes: no deployment is needed. Clients keep their addresses. ' +
            'A port of Vastrox, of SSH, of a program of the server or of another app is refused.',
          params: AppParams,
          body: CreateAppPort,
          response: { 201: AppPort },
        },
      },
      async ({ actor, params, body }, reply) => {
        const port = await ports.add(actor, params.name, body)
        reply.code(201)
        return port
      },
    )

    server.patch(
      '/apps/:name/ports/:port',
      {
        config: { access: PUBLISH },
        schema: {
          summary: 'Change who may use a port, its limits, and where it leads',
          params: PortParams,
          body: ChangeAppPort,
          response: { 200: AppPort },
        },
      },
      async ({ actor, params, body }) => ports.change(actor, params.name, params.port, body),
    )

    server.delete(
      '/apps/:name/ports/:port',
      {
        config: { access: PUBLISH },
        schema: {
          summary: 'Close a port; whoever is connected over it is cut off',
          params: PortParams,
          response: { 204: z.null() },
        },
      },
      async ({ actor, params }, reply) => {
        await ports.remove(actor, params.name, params.port)
        reply.code(204)
        return null
      },
    )

    server.get(
      '/port-policy',
      {
        config: { access: { permission: 'node.read', scope: 'platform' } },
        schema: {
          summary: 'Which ports of the server apps may have',
          response: { 200: PortPolicy },
        },
      },
      async ({ actor }) => ports.getPolicy(actor),
    )

    server.put(
      '/port-policy',
      {
        config: { access: { permission: 'node.change', scope: 'platform' } },
        schema: {
          summary: 'Say which ports apps may have; those that they have stay',
          body: PortPolicy,
          response: { 200: PortPolicy },
        },
      },
      async ({ actor, body }) => ports.setPolicy(actor, body),
    )
  }
