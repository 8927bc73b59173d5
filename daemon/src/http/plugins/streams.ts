import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { watchDrain } from '#http/drained.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

/** Every answer that is a stream comes to its end (see `watchDrain`). */
export const streams = rootPlugin(async (server: FastifyInstance) => {
  server.addHook('onSend', async (_request, reply, payload) => {
    if (payload instanceof Readable) watchDrain(reply.raw)
  })
})
