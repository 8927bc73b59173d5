import { z } from 'zod'
import type { Notification } from '@vastrox/shared/channel.ts'
import { defineChannel } from '#ports/channel-kind.ts'
import { COLOURS, cut, escapeHtml, lookOf, plainText, WORDS } from './message.ts'

const SUBMISSION_PORT = 587
const MAX_RECIPIENTS = 20
const MAX_SUBJECT = 180
/** What a person would type: quoted and literal forms are left to others. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$/

export const email = defineChannel({
  kind: 'email',
  title: 'E-mail (SMTP)',
  settings: z.object({
    host: z
      .string()
      .trim()
      .max(255)
      .regex(/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/, 'Give the name or the address of a host.')
      .describe('The server that takes your mail: smtp.example.com'),
    port: z.coerce.number().int().min(1).max(65_535).default(SUBMISSION_PORT),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls (587), tls (465), or none: without a password, in an allowed network'),
    user: z
      .string()
      .max(300)
      .regex(/^\P{Cc}*$/u, 'A name has no control characters.')
      .default('')
      .describe('Empty where the server asks for none'),
    password: z.string().max(1_000).default(''),
    from: z
      .string()
      .trim()
      .regex(ADDRESS, 'Give an address such as alerts@example.com.')
      .describe('Who it is from: an address that the server lets you use'),
    to: z
      .string()
      .max(4_000)
      .refine(isListOfAddresses, `Give 1 to ${MAX_RECIPIENTS} addresses with commas between.`)
      .describe('Who is told, with commas between'),
  }),
  secrets: ['password'],
  sentTo: ['host', 'port', 'security', 'user'],
  where: ({ host, to }) => `${addressesIn(to).join(', ')} by ${host}`,
  async send({ mailer }, { from, to, ...server }, notification, signal) {
    if (server.security === 'none' && server.user !== '')
      return {
        isTaken: false,
        isFinal: true,
        answer: 'A password is not sent without encryption: use starttls or tls.',
      }
    return mailer.send(
      server,
      {
        from,
        to: addressesIn(to),
        subject: subjectOf(notification),
        text: `${notification.title}\n\n${plainText(notification)}\n\n-- \nSent by Vastrox\n`,
        html: htmlOf(notification),
        at: new Date(notification.at),
        identity: `${notification.key}|${notification.kind}|${notification.at}`,
        thread: notification.key,
      },
      signal,
    )
  },
})

const addressesIn = (text: string): string[] => [
  ...new Set(
    text
      .split(/[,;\s]+/)
      .map((one) => one.trim())
      .filter((one) => one !== ''),
  ),
]

function isListOfAddresses(text: string): boolean {
  const all = addressesIn(text)
  return all.length >= 1 && all.length <= MAX_RECIPIENTS && all.every((one) => ADDRESS.test(one))
}

/** One line: what is in it of an app's is no header of its own. */
function subjectOf(notification: Notification): string {
  const words = WORDS[lookOf(notification)].toLowerCase()
  return cut(`[${words}] ${notification.title}`.replace(/\s+/g, ' '), MAX_SUBJECT)
}

/** As every reader of mail shows it: tables and inline colours, nothing that is fetched from anywhere. */
function htmlOf(notification: Notification): string {
  const { title, text, fields, url, app, at } = notification
  const look = lookOf(notification)
  const colour = COLOURS[look]
  const rows = fields
    .map(
      ({ name, value }) =>
        `<tr><td style="padding:2px 16px 2px 0;color:#667085;vertical-align:top">${escapeHtml(name)}</td><td style="padding:2px 0">${lines(value)}</td></tr>`,
    )
    .join('')
  const about = [...(app === null ? [] : [app]), at].map(escapeHtml).join(' &middot; ')
  return `<!doctype html>
<html><head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:16px;background:#f2f4f7;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#101828">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px;background:#ffffff;border-left:4px solid ${colour}">
<tr><td style="padding:20px 24px">
<div style="color:${colour};font-size:13px;font-weight:600">${WORDS[look]}</div>
<div style="font-size:18px;font-weight:600;margin:2px 0 12px">${escapeHtml(title)}</div>
${text === '' ? '' : `<div style="margin:0 0 12px">${lines(text)}</div>`}
${rows === '' ? '' : `<table role="presentation" cellpadding="0" cellspacing="0" style="font-size:14px;margin:0 0 16px">${rows}</table>`}
${url === '' ? '' : `<a href="${escapeHtml(url)}" style="color:#175cd3">Open in Vastrox</a>`}
<div style="color:#667085;font-size:12px;margin-top:16px">${about}</div>
</td></tr></table></td></tr></table></body></html>
`
}

const lines = (text: string): string => escapeHtml(text).replaceAll('\n', '<br>')
