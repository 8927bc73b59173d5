import type { FastifyPluginAsync } from 'fastify'

/** The local CA's certificate, for people to trust: public, as certificates are. */
export const caRoutes =
  (certificates: () => Promise<string>): FastifyPluginAsync =>
  async (server) => {
    server.get(
      '/ca.pem',
      {
        config: { access: { permission: 'public', scope: 'platform' } },
        // The dashboard asks by HEAD whether there is one to trust.
        exposeHeadRoute: true,
        schema: { summary: "The local CA's certificate" },
      },
      async (_request, reply) =>
        reply
          .type('application/x-pem-file')
          .header('content-disposition', 'attachment; filename="vastrox-ca.pem"')
          .send(await certificates()),
    )
  }
