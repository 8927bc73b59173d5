import { z } from 'zod'
import type {
  AuthorityProblem,
  AuthorityOrder,
  Authorization,
} from '#ports/certificate-authority.ts'

/** What a CA may send: read at the border, and what we do not know is passed over. */
export const Directory = z.object({
  newNonce: z.url(),
  newAccount: z.url(),
  newOrder: z.url(),
  revokeCert: z.url().optional(),
  renewalInfo: z.url().optional(),
  meta: z
    .object({
      termsOfService: z.string().optional(),
      caaIdentities: z.array(z.string()).optional(),
      externalAccountRequired: z.boolean().optional(),
      profiles: z.record(z.string(), z.string()).optional(),
    })
    .optional(),
})
export type Directory = z.infer<typeof Directory>

const Problem = z.object({
  type: z.string().default('about:blank'),
  detail: z.string().default(''),
  status: z.int().optional(),
  subproblems: z
    .array(
      z.object({
        type: z.string().default('about:blank'),
        detail: z.string().default(''),
        identifier: z.object({ value: z.string() }).optional(),
      }),
    )
    .optional(),
})

const Order = z.object({
  status: z.enum(['pending', 'ready', 'processing', 'valid', 'invalid']),
  expires: z.iso.datetime({ offset: true }).optional(),
  authorizations: z.array(z.url()).max(100),
  finalize: z.url(),
  certificate: z.url().optional(),
  error: Problem.optional(),
})

const Challenge = z.object({
  type: z.string(),
  url: z.url(),
  token: z.string().max(200).optional(),
  status: z.enum(['pending', 'processing', 'valid', 'invalid']),
  error: Problem.optional(),
})

const AuthorizationReply = z.object({
  identifier: z.object({ value: z.string() }),
  status: z.enum(['pending', 'valid', 'invalid', 'deactivated', 'expired', 'revoked']),
  challenges: z.array(Challenge).max(20).default([]),
  wildcard: z.boolean().optional(),
})

export const RenewalInfoReply = z.object({
  suggestedWindow: z.object({
    start: z.iso.datetime({ offset: true }),
    end: z.iso.datetime({ offset: true }),
  }),
  explanationURL: z.string().optional(),
})

const KNOWN = ['http-01', 'tls-alpn-01', 'dns-01'] as const
/** Text of others that is kept and shown. */
const MOST_TEXT = 2_000

export function toProblem(value: unknown, status: number): AuthorityProblem {
  const read = Problem.safeParse(value)
  if (!read.success)
    return { type: 'about:blank', detail: `HTTP status ${status}`, status, subproblems: [] }
  const { type, detail, subproblems = [] } = read.data
  return {
    type: shortType(type),
    detail: detail.slice(0, MOST_TEXT),
    status: read.data.status ?? status,
    subproblems: subproblems.slice(0, 20).map((each) => ({
      type: shortType(each.type),
      detail: each.detail.slice(0, MOST_TEXT),
      name: each.identifier?.value,
    })),
  }
}

const shortType = (type: string): string => type.replace(/^urn:ietf:params:acme:error:/, '')

export function toOrder(
  value: unknown,
  url: string,
  retryAfterMs: number | undefined,
): AuthorityOrder {
  const order = Order.parse(value)
  return {
    url,
    status: order.status,
    expires: order.expires === undefined ? undefined : new Date(order.expires),
    authorizations: order.authorizations,
    finalizeUrl: order.finalize,
    certificateUrl: order.certificate,
    problem: order.error && toProblem(order.error, order.error.status ?? 0),
    retryAfterMs,
  }
}

export function toAuthorization(
  value: unknown,
  url: string,
  retryAfterMs: number | undefined,
): Authorization {
  const reply = AuthorizationReply.parse(value)
  return {
    url,
    name: reply.identifier.value,
    isWildcard: reply.wildcard ?? false,
    status: reply.status,
    challenges: reply.challenges.flatMap(({ type, token, error, ...rest }) => {
      const known = KNOWN.find((each) => each === type)
      if (!known || token === undefined || !/^[A-Za-z0-9_-]{1,200}$/.test(token)) return []
      return [
        {
          ...rest,
          type: known,
          token,
          problem: error && toProblem(error, error.status ?? 0),
        },
      ]
    }),
    retryAfterMs,
  }
}
