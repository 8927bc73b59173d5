import type { Notification } from '@vastrox/shared/channel.ts'
import { z } from 'zod'
import { defineChannel } from '#ports/channel-kind.ts'
import type { HttpReply } from '#ports/http-client.ts'
import { jsonIn, sendAndRead } from './http-answer.ts'
import { cutEscaped, escapeHtml, lookOf, SIGNS } from './message.ts'
import { hostOf, webAddress } from './web-address.ts'

/** Letters that are left once the markup has been read. Counted with it, which is always more. */
const MAX_MESSAGE = 4_096
const MAX_TITLE = 300
const MAX_FIELD = 400
const MAX_FIELDS_TOGETHER = 1_500

const Refusal = z.object({ parameters: z.object({ retry_after: z.number().nonnegative() }) })
const Words = z.object({ description: z.string() })

export const telegram = defineChannel({
  kind: 'telegram',
  title: 'Telegram',
  settings: z.object({
    token: z
      .string()
      .regex(/^\d{5,20}:[A-Za-z0-9_-]{20,100}$/, 'Give the token that BotFather printed.')
      .describe('Of the bot, as BotFather prints it'),
    chatId: z
      .string()
      .trim()
      .regex(/^(?:-?\d{1,20}|@[A-Za-z0-9_]{4,40})$/, 'Give a number such as -1001234567, or @name.')
      .describe('Of the person, group or channel: a number, or @name'),
    threadId: z.coerce
      .number()
      .int()
      .min(0)
      .max(2_147_483_647)
      .default(0)
      .describe('Of a topic in a group; 0 for none'),
    apiUrl: webAddress
      .default('https://api.telegram.org')
      .describe('Of a Bot API server of your own'),
  }),
  secrets: ['token'],
  sentTo: ['apiUrl'],
  where: ({ apiUrl, chatId }) => `${chatId} at ${hostOf(apiUrl)}`,
  send: ({ http }, { token, chatId, threadId, apiUrl }, notification, signal) =>
    sendAndRead(
      http,
      {
        // The token is in the address: nothing here puts the address into words.
        url: `${apiUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify({
          chat_id: chatId,
          ...(threadId === 0 ? {} : { message_thread_id: threadId }),
          text: messageOf(notification),
          parse_mode: 'HTML',
          link_preview_options: { is_disabled: true },
          disable_notification: notification.severity === 'info',
        }),
      },
      signal,
      { retryAfter, words },
    ),
})

function retryAfter(reply: HttpReply): number | undefined {
  const seconds = Refusal.safeParse(jsonIn(reply)).data?.parameters.retry_after
  return seconds === undefined ? undefined : seconds * 1_000
}

const words = (reply: HttpReply): string | undefined =>
  reply.status < 300 ? '' : Words.safeParse(jsonIn(reply)).data?.description

function messageOf(notification: Notification): string {
  const { title, text, fields, url } = notification
  const head = `${SIGNS[lookOf(notification)]} <b>${cutEscaped(title, MAX_TITLE, escapeHtml)}</b>`
  const link = url === '' ? '' : `<a href="${escapeHtml(url)}">Open in Vastrox</a>`
  let room = MAX_FIELDS_TOGETHER
  const lines = fields
    .map(({ name, value }) => cutEscaped(`${name}: ${value}`, MAX_FIELD, escapeHtml))
    .filter((line) => {
      room -= line.length + 1
      return room >= 0
    })
    .join('\n')
  const others = [head, lines, link].filter((part) => part !== '')
  const left = MAX_MESSAGE - others.reduce((sum, part) => sum + part.length + 2, 0)
  return [head, cutEscaped(text, left, escapeHtml), lines, link]
    .filter((part) => part !== '')
    .join('\n\n')
}
