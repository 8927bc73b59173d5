import { isIP } from 'node:net'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance } from 'fastify'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

interface Deps {
  /** Host names that lead here; asked each time. */
  names: () => readonly string[]
  /** A proxy that the operator trusts looks after the names that it is reached by. */
  isTrustedProxy: (address: string) => boolean
}

/**
 * Answers under our own names and addresses only. A page whose name somebody has pointed at this
 * machine (DNS rebinding) is refused; an address that is written out cannot be pointed elsewhere.
 */
export const ownHost = ({ names, isTrustedProxy }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    server.addHook('onRequest', async (request, reply) => {
      // Of two, another program may have looked at the one that we do not look at.
      if (request.raw.rawHeaders.filter(isHost).length !== 1) {
        void reply.header('connection', 'close')
        throw new CodedError('REQUEST_INVALID', { reason: 'A request names its host, once.' })
      }
      const host = hostNameOf(request.headers.host ?? '')
      if (isIP(host) !== 0) return
      const ours = names()
      const isOurs = host !== '' && ours.includes(host)
      if (isOurs || isTrustedProxy(request.socket.remoteAddress ?? '')) return
      throw new CodedError('HOST_REFUSED', {
        reason: `This is the dashboard of ${ours[0]}: it does not answer to another name.`,
      })
    })
  })

const isHost = (text: string, at: number): boolean => at % 2 === 0 && /^host$/i.test(text)

/** Without port, brackets and the dot at the end; '' for what is no host at all. */
export function hostNameOf(header: string): string {
  const [, bracketed, name] =
    /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9._-]{1,253}))(?::\d{1,5})?$/i.exec(header) ?? []
  return (bracketed ?? name ?? '').toLowerCase().replace(/\.$/, '')
}
