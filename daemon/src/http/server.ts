import type { SecureContextOptions, TLSSocket } from 'node:tls'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { InstallationConfig } from '@vastrox/shared/installation.ts'
import { type FastifyPluginAsync, fastify } from 'fastify'
import {
  type FastifyPluginAsyncZod,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { AccessService } from '#core/access/access-service.ts'
import type { IdempotencyService } from '#core/access/idempotency-service.ts'
import type { AuditLog } from '#core/audit/audit-log.ts'
import { createConnectionLimit } from '#http/connection-limit.ts'
import { auditing } from '#http/plugins/auditing.ts'
import { auth } from '#http/plugins/auth.ts'
import { connectionTimes } from '#http/plugins/connection-times.ts'
import { csrf } from '#http/plugins/csrf.ts'
import { dashboardFiles } from '#http/plugins/dashboard-files.ts'
import { errors, type LogError } from '#http/plugins/errors.ts'
import { etags } from '#http/plugins/etag.ts'
import { idempotency } from '#http/plugins/idempotency.ts'
import { actorLimits, type Limits, limits } from '#http/plugins/limits.ts'
import { openapi } from '#http/plugins/openapi.ts'
import { manualFiles } from '#http/plugins/manual-files.ts'
import { pages } from '#http/plugins/pages.ts'
import { type DeclaredRoute, permissions } from '#http/plugins/permissions.ts'
import { streams } from '#http/plugins/streams.ts'
import { securityHeaders } from '#http/plugins/security-headers.ts'
import { auditRoutes } from '#http/routes/audit-routes.ts'
import { type Health, healthRoutes } from '#http/routes/health-routes.ts'
import { identityRoutes } from '#http/routes/identity-routes.ts'
import { passkeyRoutes } from '#http/routes/passkey-routes.ts'
import { proofRoutes } from '#http/routes/proof-routes.ts'
import { sessionRoutes } from '#http/routes/session-routes.ts'
import { teamRoutes } from '#http/routes/team-routes.ts'
import { tokenRoutes } from '#http/routes/token-routes.ts'
import { userRoutes } from '#http/routes/user-routes.ts'
import { refuseConnection, refusePath } from '#http/raw-refusal.ts'
import { type DashboardPlace, formerNames } from '#http/plugins/former-names.ts'
import { hostNameOf, ownHost } from '#http/plugins/own-host.ts'
import { jsonBodies } from '#http/plugins/json-bodies.ts'
import { openRequests } from '#http/plugins/open-requests.ts'
import { createTlsChoice, TLS_FLOOR, type TlsChoice, type TlsPair } from '#http/tls-choice.ts'

export type { TlsPair }

interface Deps {
  config: Pick<InstallationConfig, 'instance' | 'dashboardPort' | 'publicAddress'>
  /** Where the platform is, and was. */
  place: DashboardPlace
  version: string
  tls: TlsPair
  access: AccessService
  auditLog: AuditLog
  idempotency: IdempotencyService
  /** Whether what a peer says about the address of a visitor is believed (rule P3). */
  isTrustedProxy: (address: string) => boolean
  /** 32 bytes of their own purpose, for access tokens. */
  accessTokenKey: Buffer
  /** `https://<host>:<port>` as configured (rule C12). */
  dashboardUrl: () => string
  now: () => Date
  logError: LogError
  health: () => Promise<Health['parts']>
  /** The built dashboard; null where there is none. */
  dashboardFolder: string | null
  /** Routes under /api/v1, besides those of access. */
  api: readonly FastifyPluginAsyncZod[]
  /** Plugins at the root: git over HTTPS. */
  root: readonly FastifyPluginAsync[]
  /** From the connection to the end of the TLS handshake; 10 s. */
  handshakeTimeoutMs?: number | undefined
  /** In which all of a body of JSON must have come; 30 s. */
  bodyWithinMs?: number | undefined
  /** Requests in a minute; what is allowed where it is left out. */
  limits?: Limits | undefined
}

/** A body of the API; routes that take more say so themselves. */
const BODY_LIMIT_BYTES = 2 * 2 ** 20
/** A push of 512 MB over a slow line; slow heads are cut off long before. */
const REQUEST_TIMEOUT_MS = 3_600_000
const HEADERS_TIMEOUT_MS = 20_000
const IDLE_SOCKET_MS = 300_000
const MAX_CONNECTIONS = 2_000
const HANDSHAKE_TIMEOUT_MS = 10_000
const CLOSE_GRACE_MS = 5_000

/** The dashboard, the API and git: HTTPS ended in the daemon, HTTP/1.1. */
export async function createHttpServer(deps: Deps) {
  const choice = createTlsChoice({ local: deps.tls })
  const server = fastify({
    https: {
      ...secureContext(choice.pair),
      SNICallback: (servername, done) => choice.sniCallback(servername, done),
      ALPNCallback(this: TLSSocket, offer) {
        return choice.alpnCallback(this, offer)
      },
      // own-host.ts says it in the one shape.
      requireHostHeader: false,
      headersTimeout: HEADERS_TIMEOUT_MS,
      handshakeTimeout: deps.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
    },
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_SOCKET_MS,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (_error, _request, { raw }) => refusePath(raw),
    clientErrorHandler: refuseConnection,
    trustProxy: (address) => deps.isTrustedProxy(address),
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 260 },
    schemaController: { compilersFactory: NO_COMPILERS },
  }).withTypeProvider<ZodTypeProvider>()

  server.server.maxConnections = MAX_CONNECTIONS
  server.server.on('connection', createConnectionLimit())
  server.setValidatorCompiler(validatorCompiler)
  server.setSerializerCompiler(serializerCompiler)

  const { access, auditLog } = deps
  const routes: DeclaredRoute[] = []
  // The order counts: what is refused earlier costs less, and a body is read last of all.
  await server.register(errors(deps.logError))
  await server.register(securityHeaders(() => deps.place.baseDomain()))
  await server.register(
    ownHost({ names: () => namesOf(deps), isTrustedProxy: deps.isTrustedProxy }),
  )
  await server.register(formerNames(deps))
  await server.register(limits(deps.now, deps.limits))
  await server.register(connectionTimes(deps.now))
  await server.register(auth({ ...deps, instance: deps.config.instance }))
  await server.register(auditing({ auditLog, now: deps.now }))
  await server.register(csrf)
  await server.register(
    permissions({
      onDenied: (...denied) => access.noteDenied(...denied),
      onRoute: (route) => routes.push(route),
      mustSuit: (...asked) => access.proofs.mustSuit(...asked),
      appIdOf: (actor, name) => access.appIdOf(actor, name),
    }),
  )
  await server.register(openRequests())
  await server.register(jsonBodies(deps.bodyWithinMs))
  await server.register(actorLimits(deps.now, deps.limits))
  await server.register(idempotency(deps.idempotency))
  await server.register(etags)
  await server.register(pages)
  await server.register(streams)
  await server.register(openapi({ version: deps.version, serverUrl: deps.dashboardUrl }))

  const api = [
    healthRoutes(deps.health),
    sessionRoutes(access),
    proofRoutes(access),
    passkeyRoutes(access),
    identityRoutes(access),
    tokenRoutes(access.tokens),
    userRoutes(access),
    auditRoutes(auditLog),
    teamRoutes(access),
    ...deps.api,
  ]
  for (const routes of api) await server.register(routes, { prefix: '/api/v1' })
  for (const plugin of deps.root) await server.register(plugin)
  if (deps.dashboardFolder !== null) {
    await server.register(manualFiles(deps.dashboardFolder))
    await server.register(dashboardFiles(deps.dashboardFolder))
  }
  server.setNotFoundHandler(() => {
    throw new CodedError('ROUTE_NOT_FOUND')
  })

  return {
    /** Fastify itself, for tests (`inject`) and for plugins. */
    fastify: server,

    /** Every route there is, with what it asks of its caller. */
    routes: routes satisfies readonly DeclaredRoute[],

    /** Listens on every address, IPv6 included where the machine has it. */
    async listen(): Promise<void> {
      try {
        await server.listen({ host: '::', port: deps.config.dashboardPort })
      } catch (error) {
        if (!isNoIpv6(error)) throw error
        await server.listen({ host: '0.0.0.0', port: deps.config.dashboardPort })
      }
    },

    /** New connections get the new certificates; those that are open stay open. */
    replaceCertificates(tls: TlsChoice): void {
      choice.replace(tls)
      server.server.setSecureContext(secureContext(choice.pair))
    },

    /** Takes no more requests, lets those under way finish for a while, then ends them. */
    async close(): Promise<void> {
      const timer = setTimeout(() => server.server.closeAllConnections(), CLOSE_GRACE_MS)
      try {
        await server.close()
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
export type HttpServer = Awaited<ReturnType<typeof createHttpServer>>

const secureContext = ({ cert, key }: TlsPair): SecureContextOptions => ({
  cert,
  key,
  ...TLS_FLOOR,
})

const neverAsked = (): never => {
  throw new Error('Schemas are made with zod.')
}
/** Named, so that Fastify does not load its own (ajv, a third of its code): zod's are set below. */
const NO_COMPILERS = { buildValidator: () => neverAsked, buildSerializer: () => neverAsked }

/** By what names people come; addresses may always be written out. The first is what they are told. */
function namesOf({
  config,
  place,
  dashboardUrl,
}: Pick<Deps, 'config' | 'place' | 'dashboardUrl'>): string[] {
  const url = new URL(dashboardUrl())
  const former = place.former().flatMap(({ name, dashboardHost }) => [name, dashboardHost])
  const ours = [place.baseDomain(), hostNameOf(config.publicAddress), 'localhost']
  return [hostNameOf(url.host), ...ours, ...former]
}

const isNoIpv6 = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL')
