import { z } from 'zod'
import type { Notification } from '@vastrox/shared/channel.ts'
import { defineChannel } from '#ports/channel-kind.ts'
import { sendAndRead } from './http-answer.ts'
import { COLOURS, cut, cutEscaped, lookOf, SIGNS } from './message.ts'
import { hostOf, webAddress } from './web-address.ts'

/** Of Block Kit: of a section's text, of a field, of fields in a section. */
const MAX_TEXT = 3_000
const MAX_FIELD = 2_000
const MAX_FIELDS = 10
const MAX_HEAD = 300

/** Slack, and what takes the same incoming webhooks. */
export const slack = defineChannel({
  kind: 'slack',
  title: 'Slack',
  settings: z.object({
    webhookUrl: webAddress.describe('Of an incoming webhook: https://hooks.slack.com/services/…'),
  }),
  secrets: ['webhookUrl'],
  sentTo: ['webhookUrl'],
  where: ({ webhookUrl }) => hostOf(webhookUrl),
  send: ({ http }, { webhookUrl }, notification, signal) =>
    sendAndRead(
      http,
      {
        url: webhookUrl,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(messageOf(notification)),
      },
      signal,
    ),
})

/** The head is what a phone shows; the rest has the colour beside it. */
function messageOf(notification: Notification) {
  const { title, text, fields, url, app, at } = notification
  const look = lookOf(notification)
  const seconds = Math.floor(Date.parse(at) / 1_000)
  const when = `<!date^${seconds}^{date_short_pretty} {time}|${at}>`
  const shown = fields.slice(0, MAX_FIELDS)
  return {
    text: `${SIGNS[look]} *${cutEscaped(title, MAX_HEAD, escapeSlack)}*`,
    unfurl_links: false,
    unfurl_media: false,
    attachments: [
      {
        color: COLOURS[look],
        blocks: [
          ...(text === ''
            ? []
            : [
                {
                  type: 'section',
                  text: { type: 'plain_text', text: cut(text, MAX_TEXT), emoji: false },
                },
              ]),
          ...(shown.length === 0
            ? []
            : [
                {
                  type: 'section',
                  fields: shown.map(({ name, value }) => ({
                    type: 'mrkdwn',
                    text: cutEscaped(`*${name}*\n${value}`, MAX_FIELD, escapeSlack),
                    verbatim: true,
                  })),
                },
              ]),
          {
            type: 'context',
            elements: [
              {
                type: 'mrkdwn',
                text: [
                  ...(app === null ? [] : [escapeSlack(app)]),
                  when,
                  ...(url === '' ? [] : [`<${escapeSlack(url)}|Open in Vastrox>`]),
                ].join('  ·  '),
              },
            ],
          },
        ],
      },
    ],
  }
}

/** Three characters are Slack's own; without them nobody is called and no link is made. */
const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
