import { readFileSync } from 'node:fs'
import { createEventSources } from '#http/event-sources.ts'
import { createHttpHarness } from '#test/http-harness.ts'

/*
 * The real server with the built dashboard on a port of its own, for tests that come with a browser:
 * `DIST`, `KEY`, `CERT` and `DOMAIN` say what it serves, and its one line of output is JSON.
 */
const given = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} must be given`)
  return value
}

const sources = createEventSources()
/** What browsers said of themselves with each request, the oldest first. */
const seen: { url: string; site: string; mode: string; hasCookies: boolean; status: number }[] = []
const server = await createHttpHarness({
  baseDomain: given('DOMAIN'),
  dashboardFolder: given('DIST'),
  tls: { cert: readFileSync(given('CERT'), 'utf8'), key: readFileSync(given('KEY'), 'utf8') },
  api: [
    async (api) => {
      api.addHook('preClose', async () => sources.closeAll())
      api.get(
        '/told',
        { config: { access: { permission: 'signed-in', scope: 'platform' } } },
        async (request, reply) => {
          await sources.open(request, reply).send({ told: request.actor.id })
        },
      )
      api.get(
        '/seen',
        { config: { access: { permission: 'signed-in', scope: 'platform' } } },
        async () => seen,
      )
    },
  ],
})
await server.listen()
server.fastify.server.on('request', ({ url = '', headers }, reply) =>
  reply.once('close', () =>
    seen.push({
      url,
      site: String(headers['sec-fetch-site']),
      mode: String(headers['sec-fetch-mode']),
      hasCookies: headers.cookie?.includes('__Host-') ?? false,
      status: reply.statusCode,
    }),
  ),
)

const address = server.fastify.server.address()
const { access } = server
const made = access.tokens.create(access.rootActor(), {
  name: 'looks on',
  kind: 'api',
  apps: null,
  expiresInDays: null,
})
console.log(
  JSON.stringify({
    port: typeof address === 'object' && address ? address.port : 0,
    token: made.token,
    links: [access.createSignInLink().token, access.createSignInLink().token],
  }),
)
process.once('SIGTERM', () => process.exit(0))
