import type { FastifyInstance } from 'fastify'
import type { ApiRoute } from '#http/api-route.ts'
import { rootPlugin } from '#http/plugins/root-plugin.ts'

interface Info {
  version: string
  /** `https://<host>:<port>` as configured. */
  serverUrl: () => string
}

const PUBLIC = { access: { permission: 'public', scope: 'platform' } } as const

/**
 * OpenAPI 3.1 at /api/v1/openapi.json and to read at /api/docs. Registered before the routes, so
 * that it hears of each; the document is made, and its code loaded, when it is first asked for.
 */
export const openapi = ({ version, serverUrl }: Info) =>
  rootPlugin(async (server: FastifyInstance) => {
    const routes: ApiRoute[] = []
    let made: Promise<string> | undefined

    /** As text: that is what is asked for, and takes the least to keep. */
    const document = (): Promise<string> =>
      (made ??= import('#http/openapi-document.ts').then(({ openapiDocument }) =>
        JSON.stringify(openapiDocument(routes, { version, serverUrl: serverUrl() })),
      ))

    server.addHook('onRoute', ({ method, url, config, schema }) => {
      const access = config?.access
      if (!access || !url.startsWith('/api/v1/')) return
      for (const name of [method].flat())
        routes.push({
          method: name,
          url,
          access,
          schema: { ...schema, ifMatch: config.ifMatch !== undefined },
        })
    })

    server.get(
      '/api/v1/openapi.json',
      { config: PUBLIC, schema: { summary: 'This document' } },
      async (_request, reply) => {
        reply.header('cache-control', 'no-cache').type('application/json; charset=utf-8')
        return document()
      },
    )

    server.get('/api/docs', { config: PUBLIC }, async (_request, reply) => {
      const { docsPage } = await import('#http/docs-page.ts')
      reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8')
      return docsPage(JSON.parse(await document()))
    })

    server.get('/api/docs/style.css', { config: PUBLIC }, async (_request, reply) => {
      const { DOCS_STYLE } = await import('#http/docs-page.ts')
      reply.type('text/css; charset=utf-8')
      return DOCS_STYLE
    })
  })

declare module 'fastify' {
  interface FastifySchema {
    /** A body that is valid, where the schema alone does not say how to make one. */
    bodyExample?: unknown
    /** One short sentence, for the API's document. */
    summary?: string
  }
}
