import { z } from 'zod'
import { defineChannel } from '#ports/channel-kind.ts'
import { sendAndRead } from './http-answer.ts'
import { hostOf, webAddress } from './web-address.ts'

/** Raised when a field changes its meaning or goes. */
const VERSION = 1

/** Any program. Deliveries that are signed, and tried for a day, are those of outgoing webhooks. */
export const webhook = defineChannel({
  kind: 'webhook',
  title: 'Webhook (JSON)',
  settings: z.object({
    url: webAddress.describe('It is sent a POST with JSON'),
    token: z
      .string()
      .max(1_000)
      .regex(/^[\x21-\x7e]*$/, 'A token has no spaces.')
      .default('')
      .describe('Sent as a bearer token'),
  }),
  secrets: ['url', 'token'],
  sentTo: ['url'],
  where: ({ url }) => hostOf(url),
  send: ({ http }, { url, token }, notification, signal) =>
    sendAndRead(
      http,
      {
        url,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ version: VERSION, ...notification }),
      },
      signal,
    ),
})
