import { CodedError } from '@vastrox/shared/errors.ts'
import { z } from 'zod'
import { defineDnsProvider } from '#ports/dns-provider.ts'

const TIMEOUT_MS = 60_000
const MOST_BYTES = 64 * 1024

/** A service of the operator's that makes the record; it speaks what lego calls "httpreq". */
export const webhook = defineDnsProvider({
  type: 'webhook',
  title: 'A service of your own, called over HTTPS',
  settings: z.object({
    url: z
      .url({ protocol: /^https$/, error: 'Give an address that begins with https://.' })
      .max(500)
      .describe('POST <address>/present and <address>/cleanup with {"fqdn", "value"}'),
    token: z.string().max(500).optional().describe('Sent as a bearer token'),
    waitSeconds: z.coerce
      .number()
      .int()
      .min(0)
      .max(3_600)
      .default(30)
      .describe('Seconds until every server of the zone has it'),
  }),
  secrets: ['token'],

  open({ url, token, waitSeconds }, _zone, { http }) {
    async function call(verb: 'present' | 'cleanup', name: string, value: string): Promise<void> {
      const { status, body } = await http.send({
        method: 'POST',
        url: `${url.replace(/\/+$/, '')}/${verb}`,
        headers: {
          'content-type': 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ fqdn: `${name}.`, value }),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MOST_BYTES,
      })
      if (status >= 200 && status < 300) return
      throw new CodedError('DNS_PROVIDER_FAILED', {
        reason: `The service answered ${status}: ${body.slice(0, 200)}`,
      })
    }
    return {
      add: (name, value) => call('present', name, value),
      remove: (name, value) => call('cleanup', name, value),
      isThere: async () => undefined,
      waitMs: waitSeconds * 1_000,
    }
  },
})
