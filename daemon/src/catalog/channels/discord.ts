import type { Notification } from '@vastrox/shared/channel.ts'
import { z } from 'zod'
import { defineChannel } from '#ports/channel-kind.ts'
import type { HttpReply } from '#ports/http-client.ts'
import { jsonIn, sendAndRead } from './http-answer.ts'
import { COLOURS, cutEscaped, lookOf, SIGNS } from './message.ts'
import { hostOf, webAddress } from './web-address.ts'

/** Of an embed: its parts, and all of them together. */
const MAX_TITLE = 256
const MAX_DESCRIPTION = 4_096
const MAX_NAME = 256
const MAX_VALUE = 1_024
const MAX_ALL = 6_000
const MAX_FIELDS = 25

const Refusal = z.object({ retry_after: z.number().nonnegative() })
const Words = z.object({ message: z.string() })

export const discord = defineChannel({
  kind: 'discord',
  title: 'Discord',
  settings: z.object({
    webhookUrl: webAddress.describe('Of a webhook: https://discord.com/api/webhooks/…'),
  }),
  secrets: ['webhookUrl'],
  sentTo: ['webhookUrl'],
  where: ({ webhookUrl }) => hostOf(webhookUrl),
  send: ({ http }, { webhookUrl }, notification, signal) =>
    sendAndRead(
      http,
      {
        url: waiting(webhookUrl),
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(messageOf(notification)),
      },
      signal,
      { retryAfter, words },
    ),
})

/** Without it the answer comes before anything was looked at. */
function waiting(address: string): string {
  const url = new URL(address)
  url.searchParams.set('wait', 'true')
  return url.href
}

function retryAfter(reply: HttpReply): number | undefined {
  const seconds = Refusal.safeParse(jsonIn(reply)).data?.retry_after
  return seconds === undefined ? undefined : Math.ceil(seconds * 1_000)
}

/** Of a message that was taken it sends all of it back. */
const words = (reply: HttpReply): string | undefined =>
  reply.status < 300 ? '' : Words.safeParse(jsonIn(reply)).data?.message

/** Nobody is mentioned by it, whatever is in it. */
function messageOf(notification: Notification) {
  const { url, at, app } = notification
  const look = lookOf(notification)
  const title = cutEscaped(`${SIGNS[look]} ${notification.title}`, MAX_TITLE, escapeMarkdown)
  const footer = ['Vastrox', ...(app === null ? [] : [app])].join(' · ')
  let room = MAX_ALL - title.length - footer.length
  const fields = notification.fields.slice(0, MAX_FIELDS).map(({ name, value }) => ({
    name: cutEscaped(name === '' ? '-' : name, MAX_NAME, escapeMarkdown),
    value: cutEscaped(value === '' ? '-' : value, MAX_VALUE, escapeMarkdown),
    inline: value.length <= 40,
  }))
  const lengthOfFields = fields.reduce((sum, one) => sum + one.name.length + one.value.length, 0)
  room -= Math.min(lengthOfFields, MAX_ALL / 2)
  const description = cutEscaped(notification.text, Math.min(MAX_DESCRIPTION, room), escapeMarkdown)
  let left = MAX_ALL - title.length - footer.length - description.length
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        ...(url === '' ? {} : { url }),
        color: Number.parseInt(COLOURS[look].slice(1), 16),
        timestamp: at,
        ...(description === '' ? {} : { description }),
        fields: fields.filter(({ name, value }) => {
          left -= name.length + value.length
          return left >= 0
        }),
        footer: { text: footer },
      },
    ],
  }
}

const escapeMarkdown = (text: string): string => text.replace(/[\\*_~`|>#[\]()<-]/g, '\\$&')
