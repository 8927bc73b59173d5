import type { FastifyPluginAsync } from 'fastify'

/** Marks a plugin whose hooks and decorators hold for the whole server, not for its own scope. */
export function rootPlugin<Options extends object>(
  plugin: FastifyPluginAsync<Options>,
): FastifyPluginAsync<Options> {
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
