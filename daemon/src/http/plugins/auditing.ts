import type { Actor } from '@vastrox/shared/actor.ts'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createRefusals } from '#core/audit/refusals.ts'
import { pathOf } from '#http/plugins/errors.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

interface Deps {
  auditLog: AuditLog
  now: () => Date
}

const WRITES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Refusals that nobody else writes down. Those of permissions are the permissions' own. */
const REFUSED = new Map<string, string>([
  ['ORIGIN_REFUSED', 'origin'],
  ['RATE_LIMITED', 'rate'],
  ['PROOF_REQUIRED', 'proof'],
])

/** Writes that leave no event, with the reason. Whatever is not here leaves one, from its first day. */
export const SILENT_ROUTES: Readonly<Record<string, string>> = {
  'POST /api/v1/firewall/preview': 'changes nothing: it says what a change would do',
  'PUT /api/v1/apps/:name/sources/files/content':
    'one file of an upload of many: what is published of them is written down',
  'POST /api/v1/apps/:name/domains/:host/check': 'changes nothing: it looks at the domain again',
}

/**
 * The audit log cannot be forgotten: a write that somebody who is known has made, and of which its
 * service has told nothing, is written down here, before the answer leaves; so is one that failed,
 * and one that was refused for where it came from or how often it was tried.
 */
export const auditing = ({ auditLog, now }: Deps) =>
  rootPlugin(async (server: FastifyInstance) => {
    const noteRefusal = createRefusals({ auditLog, clock: { now } })

    server.addHook('onError', async (request, _reply, error) => {
      if (!(error instanceof CodedError) || !WRITES.has(request.method)) return
      const what = REFUSED.get(error.code)
      const actor = what === undefined ? undefined : request.whoever()
      if (what === undefined || !actor) return
      noteRefusal(actor, `denied ${what}`, targetOf(request), { code: error.code })
    })

    server.addHook('onSend', async (request, reply) => {
      if (!WRITES.has(request.method)) return
      const actor = knownActorOf(request)
      if (!actor || isSilent(request)) return
      const hasFailed = reply.statusCode >= 500
      if (!hasFailed && (reply.statusCode >= 400 || auditLog.hasTold(actor))) return
      if (reply.hasHeader('idempotency-replayed')) return
      auditLog.append({
        actor,
        action: 'api.call',
        target: targetOf(request),
        result: hasFailed ? 'failed' : 'ok',
        details: { status: reply.statusCode },
      })
    })
  })

const targetOf = (request: FastifyRequest): string => `${request.method} ${pathOf(request.url)}`

const isSilent = ({ method, routeOptions }: FastifyRequest): boolean =>
  SILENT_ROUTES[`${method} ${routeOptions.url}`] !== undefined

/** Nobody is known on a public route: what asks for a secret of its own there tells of it itself. */
function knownActorOf(request: FastifyRequest): Actor | undefined {
  const { access } = request.routeOptions.config
  return !access || access.permission === 'public' ? undefined : request.known()
}
