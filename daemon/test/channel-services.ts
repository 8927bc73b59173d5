import { z } from 'zod'

/** What a service answers to a message. */
export interface ServiceReply {
  status: number
  headers?: Record<string, string>
  body: string
}

export interface ServiceRequest {
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: unknown
}

/** A service as its documentation has it: what it takes, and how it refuses. */
export interface ChannelService {
  kind: string
  /** Settings that lead to it, all secrets with a mark. */
  settings: (base: string) => Record<string, string | number>
  /** Settings in which the secrets are wrong. */
  wrongSettings: (base: string) => Record<string, string | number>
  handle: (request: ServiceRequest) => ServiceReply
  /** Its "not so fast", which names a time. */
  tooFast: ServiceReply
}

export const SECRET = 'ZQ-secret-ZQ_1234567890abcdef'
const json = (status: number, body: unknown, headers = {}): ServiceReply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

const text = (most: number) => z.string().min(1).max(most)

/** https://docs.slack.dev/reference/block-kit/blocks */
const SlackBlock = z.discriminatedUnion('type', [
  z
    .strictObject({
      type: z.literal('section'),
      text: z
        .strictObject({
          type: z.enum(['plain_text', 'mrkdwn']),
          text: text(3_000),
          emoji: z.boolean().optional(),
        })
        .optional(),
      fields: z
        .array(
          z.strictObject({
            type: z.enum(['plain_text', 'mrkdwn']),
            text: text(2_000),
            verbatim: z.boolean().optional(),
          }),
        )
        .min(1)
        .max(10)
        .optional(),
    })
    .refine((block) => block.text ?? block.fields, 'a section has a text or fields'),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(z.strictObject({ type: z.literal('mrkdwn'), text: text(3_000) }))
      .min(1)
      .max(10),
  }),
])
const SlackMessage = z.strictObject({
  text: text(40_000),
  unfurl_links: z.boolean(),
  unfurl_media: z.boolean(),
  attachments: z
    .array(
      z.strictObject({
        color: z.string().regex(/^#[0-9a-f]{6}$/),
        blocks: z.array(SlackBlock).min(1).max(50),
      }),
    )
    .max(20),
})

const slack: ChannelService = {
  kind: 'slack',
  settings: (base) => ({ webhookUrl: `${base}/services/T000/B000/${SECRET}` }),
  wrongSettings: (base) => ({ webhookUrl: `${base}/services/T000/B000/none` }),
  handle({ path, body }) {
    if (path !== `/services/T000/B000/${SECRET}`) return { status: 404, body: 'no_service' }
    const read = SlackMessage.safeParse(body)
    if (!read.success) return { status: 400, body: `invalid_payload ${read.error.message}` }
    // Whoever is called by it, or what leads elsewhere, is made of what is between these; not in
    // plain_text, which is shown as it is.
    const blocks = read.data.attachments.flatMap((one) => one.blocks)
    const texts = blocks.flatMap((block): ({ type: string; text: string } | undefined)[] =>
      block.type === 'context' ? block.elements : [block.text, ...(block.fields ?? [])],
    )
    const inside = [{ type: 'mrkdwn', text: read.data.text }, ...texts].flatMap((one) =>
      one?.type === 'mrkdwn' ? (one.text.match(/<[^>]*>/g) ?? []) : [],
    )
    const isOurs = inside.every((one) => /^<(?:!date\^\d+\^|https:\/\/dash\.example)/.test(one))
    return isOurs ? { status: 200, body: 'ok' } : { status: 400, body: `calls ${inside.join()}` }
  },
  tooFast: { status: 429, headers: { 'retry-after': '30' }, body: 'rate_limited' },
}

/** https://discord.com/developers/docs/resources/message#embed-object-embed-limits */
const DiscordMessage = z.strictObject({
  allowed_mentions: z.strictObject({ parse: z.array(z.never()) }),
  embeds: z
    .array(
      z.strictObject({
        title: text(256),
        url: z.url().optional(),
        color: z.int().min(0).max(0xff_ff_ff),
        timestamp: z.iso.datetime(),
        description: text(4_096).optional(),
        fields: z
          .array(z.strictObject({ name: text(256), value: text(1_024), inline: z.boolean() }))
          .max(25),
        footer: z.strictObject({ text: text(2_048) }),
      }),
    )
    .length(1),
})

const discord: ChannelService = {
  kind: 'discord',
  settings: (base) => ({ webhookUrl: `${base}/api/webhooks/123456/${SECRET}` }),
  wrongSettings: (base) => ({ webhookUrl: `${base}/api/webhooks/123456/none` }),
  handle({ path, body }) {
    if (path !== `/api/webhooks/123456/${SECRET}?wait=true`)
      return json(401, { message: 'Invalid Webhook Token', code: 50_027 })
    const read = DiscordMessage.safeParse(body)
    if (!read.success) return json(400, { message: read.error.message, code: 50_035 })
    const [embed] = read.data.embeds
    const length = [
      embed?.title,
      embed?.description,
      embed?.footer.text,
      ...(embed?.fields.flatMap(({ name, value }) => [name, value]) ?? []),
    ].reduce((sum, part) => sum + (part?.length ?? 0), 0)
    if (length > 6_000) return json(400, { message: `Embed size exceeds ${length}`, code: 50_035 })
    return json(200, { id: '1', content: '', embeds: read.data.embeds })
  },
  tooFast: json(429, { message: 'You are being rate limited.', retry_after: 29.6, global: false }),
}

/** https://core.telegram.org/bots/api#sendmessage */
const TelegramMessage = z.strictObject({
  chat_id: z.string().regex(/^(-?\d+|@\w+)$/),
  message_thread_id: z.int().positive().optional(),
  text: z.string().min(1),
  parse_mode: z.literal('HTML'),
  link_preview_options: z.strictObject({ is_disabled: z.literal(true) }),
  disable_notification: z.boolean(),
})
const TAGS = /<\/?b>|<a href="https:\/\/dash\.example[^"<>]*">|<\/a>/g
const ENTITIES = /&(?:lt|gt|amp|quot);/g

const telegram: ChannelService = {
  kind: 'telegram',
  settings: (base) => ({
    token: `123456789:${SECRET}`,
    chatId: '-1001234567890',
    threadId: 7,
    apiUrl: base,
  }),
  wrongSettings: (base) => ({
    token: '123456789:not-the-one-that-is-right-at-all',
    chatId: '-1',
    apiUrl: base,
  }),
  handle({ path, body }) {
    const no = (code: number, description: string) =>
      json(code, { ok: false, error_code: code, description })
    if (path !== `/bot123456789:${SECRET}/sendMessage`) return no(401, 'Unauthorized')
    const read = TelegramMessage.safeParse(body)
    if (!read.success) return no(400, `Bad Request: ${read.error.message}`)
    const plain = read.data.text.replaceAll(TAGS, '')
    if (/[<>]/.test(plain) || /&/.test(plain.replaceAll(ENTITIES, '')))
      return no(400, "Bad Request: can't parse entities")
    if (plain.replaceAll(ENTITIES, '.').length > 4_096)
      return no(400, 'Bad Request: message is too long')
    return json(200, { ok: true, result: { message_id: 5 } })
  },
  tooFast: json(429, {
    ok: false,
    error_code: 429,
    description: 'Too Many Requests: retry after 30',
    parameters: { retry_after: 30 },
  }),
}

/** https://docs.ntfy.sh/publish/#publish-as-json */
const NtfyMessage = z.strictObject({
  topic: z.string().regex(/^[-_A-Za-z0-9]{1,64}$/),
  title: text(256),
  message: z
    .string()
    .min(1)
    .refine((message) => Buffer.byteLength(message) <= 4_096),
  priority: z.int().min(1).max(5),
  tags: z.array(z.string()).max(10),
  click: z.url().optional(),
})

const ntfy: ChannelService = {
  kind: 'ntfy',
  settings: (base) => ({ server: base, topic: 'ZQ-topic-ZQ-987', token: `tk_${SECRET}` }),
  wrongSettings: (base) => ({ server: base, topic: 'ZQ-topic-ZQ-987', token: 'tk_wrong' }),
  handle({ path, headers, body }) {
    if (path !== '/') return json(404, { code: 40_401, error: 'page not found' })
    if (headers['authorization'] !== `Bearer tk_${SECRET}`)
      return json(403, { code: 40_301, http: 403, error: 'forbidden' })
    const read = NtfyMessage.safeParse(body)
    if (!read.success) return json(400, { code: 40_024, error: read.error.message })
    return json(200, { id: 'x', event: 'message', topic: read.data.topic })
  },
  tooFast: json(
    429,
    { code: 42_901, error: 'limit reached: too many requests' },
    {
      'retry-after': '30',
    },
  ),
}

const webhook: ChannelService = {
  kind: 'webhook',
  settings: (base) => ({ url: `${base}/in/ZQ-path-ZQ-4321`, token: SECRET }),
  wrongSettings: (base) => ({ url: `${base}/in/ZQ-path-ZQ-4321`, token: 'wrong' }),
  handle({ headers, body }) {
    if (headers['authorization'] !== `Bearer ${SECRET}`)
      // As careless services do: it repeats what it was told.
      return { status: 403, body: `not you: ${String(headers['authorization'])}` }
    const read = z.looseObject({ version: z.literal(1), title: z.string() }).safeParse(body)
    return read.success ? { status: 204, body: '' } : { status: 422, body: 'what is that?' }
  },
  tooFast: { status: 503, headers: { 'retry-after': '30' }, body: 'busy' },
}

export const SERVICES: readonly ChannelService[] = [slack, discord, telegram, ntfy, webhook]
