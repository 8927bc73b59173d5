import { z } from 'zod'
import { defineDnsProvider } from '#ports/dns-provider.ts'

const TTL_SECONDS = 60

/** BIND, Knot, PowerDNS and every other server that takes dynamic updates. */
export const rfc2136 = defineDnsProvider({
  type: 'rfc2136',
  title: 'A name server of your own (dynamic updates, RFC 2136)',
  settings: z.object({
    server: z
      .string()
      .regex(
        /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i,
        'Give a server such as ns1.example.com or 192.0.2.53:53.',
      )
      .describe('Primary name server'),
    keyName: z.string().max(250).optional().describe('Name of the TSIG key'),
    algorithm: z
      .enum(['hmac-sha256', 'hmac-sha384', 'hmac-sha512'])
      .default('hmac-sha256')
      .describe('Algorithm of the TSIG key'),
    secret: z
      .base64('The secret of a TSIG key is base64.')
      .optional()
      .describe('Secret of the TSIG key'),
    waitSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(600)
      .default(2)
      .describe('Seconds that other servers of the zone take'),
  }),
  secrets: ['secret'],

  open({ server, keyName, algorithm, secret, waitSeconds }, zone, { update }) {
    const key =
      keyName === undefined || secret === undefined
        ? undefined
        : { name: keyName, algorithm, secret }
    const change = { server, zone, key }
    return {
      add: (name, value, signal) =>
        update.change({ ...change, add: { name, value, ttlSeconds: TTL_SECONDS } }, signal),
      remove: (name, value, signal) =>
        update.change({ ...change, remove: { name, value } }, signal),
      isThere: async (name, value, signal) =>
        (await update.texts(server, name, signal)).includes(value),
      waitMs: waitSeconds * 1_000,
    }
  },
})
