import { z } from 'zod'
import { defineChannel } from '#ports/channel-kind.ts'
import type { HttpReply } from '#ports/http-client.ts'
import { jsonIn, sendAndRead } from './http-answer.ts'
import { cut, cutBytes, type Look, lookOf } from './message.ts'
import { hostOf, webAddress } from './web-address.ts'

/** Of a message; what is longer becomes a file that nobody opens. */
const MAX_MESSAGE_BYTES = 4_000
const MAX_TITLE = 240

const PRIORITIES: Record<Look, number> = { critical: 5, warning: 4, info: 3, resolved: 3 }
const TAGS: Record<Look, string> = {
  critical: 'rotating_light',
  warning: 'warning',
  info: 'information_source',
  resolved: 'white_check_mark',
}
const Words = z.object({ error: z.string() })

/** ntfy.sh, or a server of one's own. Whoever knows a topic may read it, so that it is a secret. */
export const ntfy = defineChannel({
  kind: 'ntfy',
  title: 'ntfy',
  settings: z.object({
    server: webAddress.default('https://ntfy.sh'),
    topic: z
      .string()
      .regex(/^[-_A-Za-z0-9]{1,64}$/, 'A topic has up to 64 letters, digits, - and _.')
      .describe('Whoever knows it can read it: choose one that nobody guesses'),
    token: z
      .string()
      .max(500)
      .regex(/^[\x21-\x7e]*$/, 'A token has no spaces.')
      .default('')
      .describe('An access token, where the topic needs one'),
  }),
  secrets: ['topic', 'token'],
  sentTo: ['server'],
  where: ({ server }) => hostOf(server),
  send: ({ http }, { server, topic, token }, notification, signal) => {
    const { title, text, fields, url } = notification
    const look = lookOf(notification)
    const lines = fields.map(({ name, value }) => `${name}: ${value}`).join('\n')
    const message = [text, lines].filter((part) => part !== '').join('\n\n')
    return sendAndRead(
      http,
      {
        url: server,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({
          topic,
          title: cut(title, MAX_TITLE),
          message: cutBytes(message === '' ? title : message, MAX_MESSAGE_BYTES),
          priority: PRIORITIES[look],
          tags: [TAGS[look]],
          ...(url === '' ? {} : { click: url }),
        }),
      },
      signal,
      { words },
    )
  },
})

const words = (reply: HttpReply): string | undefined =>
  reply.status < 300 ? '' : Words.safeParse(jsonIn(reply)).data?.error
