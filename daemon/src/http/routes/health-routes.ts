import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'

const Health = z.object({
  status: z.enum(['ok', 'degraded']),
  /** Each part that the daemon leans on, by name. */
  parts: z.record(z.string(), z.enum(['ok', 'failing'])),
})
export type Health = z.infer<typeof Health>

/** `ask` answers within a second; it names parts, never says why: the route is public. */
export const healthRoutes =
  (ask: () => Promise<Health['parts']>): FastifyPluginAsyncZod =>
  async (server) => {
    server.get(
      '/health',
      {
        config: { access: { permission: 'public', scope: 'platform' } },
        schema: { summary: 'Whether Vastrox is well', response: { 200: Health } },
      },
      async (): Promise<Health> => {
        const parts = await ask()
        const isWell = Object.values(parts).every((part) => part === 'ok')
        return { status: isWell ? 'ok' : 'degraded', parts }
      },
    )
  }
