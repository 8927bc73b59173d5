import type { Access } from '@vastrox/shared/permissions.ts'

/** A route of the API as Fastify told of it. */
export interface ApiRoute {
  method: string
  /** With the prefix; parameters as `:name`. */
  url: string
  access: Access
  schema: {
    summary?: string | undefined
    description?: string | undefined
    params?: unknown
    querystring?: unknown
    body?: unknown
    response?: unknown
    /** Written by hand, where a valid body cannot be made of its schema alone. */
    bodyExample?: unknown
    /** Whether the write takes If-Match. */
    ifMatch?: boolean | undefined
  }
}
