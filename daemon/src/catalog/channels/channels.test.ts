import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { json } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Notification } from '@vastrox/shared/channel.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { channels } from '#catalog/channels/index.ts'
import { cutBytes, cutEscaped, escapeHtml } from '#catalog/channels/message.ts'
import { CHANNEL_CODES } from '#core/channels/channel-settings.ts'
import { readSettings } from '#core/secrets/kind-settings.ts'
import { certificateIn } from '#test/certificate.ts'
import {
  type ChannelService,
  SECRET,
  SERVICES,
  type ServiceReply,
  type ServiceRequest,
} from '#test/channel-services.ts'

const AT = '2026-11-22T12:00:00.000Z'
const SHORT: Notification = {
  key: 'app-5xx:1',
  kind: 'alert',
  severity: 'critical',
  title: 'hello answers one request in ten with an error',
  text: 'Since 11:58, 4 minutes after deployment 12.',
  fields: [{ name: 'Errors', value: '10.4 %' }],
  url: 'https://dash.example/alerts/1',
  app: 'hello',
  at: AT,
}
/** As an app could bring it about: markup of every service, and more of it than any takes. */
const NASTY = '<!channel> @everyone <script>&amp;</b> *_~`> [x](https://evil.example) 😀🔥 \u202e '
const HOSTILE: Notification = {
  ...SHORT,
  kind: 'resolved',
  title: NASTY.repeat(9).slice(0, 200),
  text: NASTY.repeat(99).slice(0, 4_000),
  fields: Array.from({ length: 12 }, (_, at) => ({
    name: at === 3 ? '' : NASTY.slice(0, 60),
    value: at === 4 ? '' : NASTY.repeat(9).slice(0, 300),
  })),
}
const EMPTY: Notification = { ...SHORT, severity: 'info', text: '', fields: [], app: null, url: '' }

const kindOf = (name: string) => {
  const found = channels.find(({ kind }) => kind === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}

describe.each(SERVICES)('the channel $kind, by the documentation of its service', (service) => {
  let folder: string
  let pair: ReturnType<typeof certificateIn>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-channels-'))
    pair = certificateIn(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function serve(
    handle: (request: ServiceRequest) => ServiceReply = service.handle,
    allowed = ['127.0.0.0/8'],
  ) {
    const server = createServer({ key: pair.key, cert: pair.cert }, (request, response) => {
      void json(request).then((body) => {
        const { url = '', headers } = request
        const reply = handle({ path: url, headers, body })
        response.writeHead(reply.status, reply.headers).end(reply.body)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const addresses = createGuardedAddresses({ allowed: () => allowed, lowPorts: [443] })
    const base = `https://localhost:${port}`
    const send = (
      notification: Notification,
      settings: ReturnType<ChannelService['settings']> = service.settings(base),
    ) =>
      kindOf(service.kind).send(
        {
          http: createGuardedHttp({ addresses, extraCa: () => pair.cert }),
          mailer: { send: () => Promise.reject(new Error('not by mail')) },
          now: () => new Date(AT),
        },
        settings,
        notification,
        AbortSignal.timeout(10_000),
      )
    return { base, send }
  }

  it.each([
    ['an alert', SHORT],
    ['what an app made as hostile and as long as it may be', HOSTILE],
    ['one with nothing but a title', EMPTY],
  ])('is taken: %s', async (_, notification) => {
    const { send } = await serve()

    expect(await send(notification)).toMatchObject({ isTaken: true })
  })

  it('is refused for good with the wrong secret, in the words of the service', async () => {
    const { base, send } = await serve()

    const outcome = await send(SHORT, service.wrongSettings(base))

    expect(outcome).toMatchObject({ isTaken: false, isFinal: true })
    expect(outcome.answer).toMatch(/It answers 40[134]: \w/)
  })

  it('waits as long as the service asks, and is not given up', async () => {
    const { send } = await serve(() => service.tooFast)

    const outcome = await send(SHORT)

    expect(outcome).toMatchObject({ isTaken: false, isFinal: false })
    expect(outcome.retryAfterMs).toBeGreaterThanOrEqual(29_600)
    expect(outcome.retryAfterMs).toBeLessThanOrEqual(30_000)
  })

  it('is tried again where the service has trouble of its own, and leads no further where it points', async () => {
    const broken = await serve(() => ({ status: 502, body: '<html>' }))
    const moved = await serve(() => ({
      status: 302,
      headers: { location: 'https://localhost/' },
      body: '',
    }))

    expect(await broken.send(SHORT)).toMatchObject({ isTaken: false, isFinal: false })
    expect((await moved.send(SHORT)).answer).toContain('redirect (302)')
  })

  it('reaches nothing inside, and says so (rule C11)', async () => {
    const { send } = await serve(service.handle, [])

    const outcome = await send(SHORT)

    expect(outcome).toMatchObject({ isTaken: false, isFinal: true })
    expect(outcome.answer).toContain('not a public address')
  })

  it('keeps its secrets apart from what is shown', async () => {
    const kind = kindOf(service.kind)
    const given = service.settings('https://service.example')

    const { shown, secret } = readSettings(kind, given, CHANNEL_CODES)

    const all = JSON.stringify([shown, kind.where({ ...shown, ...secret })])
    expect(all).not.toContain('ZQ-')
    expect(all).toContain('service.example')
    expect(JSON.stringify(secret)).toContain(SECRET)
  })
})

describe('every channel of the catalog', () => {
  it('is named once, and its form can be drawn', () => {
    const names = channels.map(({ kind }) => kind)

    expect(new Set(names).size).toBe(names.length)
    for (const { settings, secrets, sentTo } of channels) {
      const { properties } = z
        .object({ properties: z.record(z.string(), z.looseObject({ type: z.string() })) })
        .parse(z.toJSONSchema(settings, { io: 'input' }))
      expect(Object.keys(properties)).toEqual(expect.arrayContaining([...secrets, ...sentTo]))
    }
  })

  it.each([
    ['slack', { webhookUrl: 'http://hooks.slack.com/x' }],
    ['slack', { webhookUrl: 'https://me:pw@hooks.slack.com/x' }],
    ['telegram', { token: '1:../../x', chatId: '1' }],
    ['telegram', { token: `123456789:${SECRET}`, chatId: 'x/y' }],
    ['ntfy', { topic: 'a/b' }],
    ['ntfy', { topic: 'a', token: 'x\r\ny: z' }],
    ['webhook', { url: 'https://ops.example/', token: 'a b' }],
    ['email', { host: 'smtp.example', from: 'a@b.example\r\nBcc: c@d.example', to: 'a@b.example' }],
    ['email', { host: 'smtp.example', from: 'a@b.example', to: '' }],
    ['email', { host: 'smtp.example', from: 'a@b.example', to: 'a@b.example, nobody' }],
    ['email', { host: 'http://smtp', from: 'a@b.example', to: 'a@b.example' }],
  ])('refuses settings that are none: %s %j', (kind, settings) => {
    expect(() => readSettings(kindOf(kind), settings, CHANNEL_CODES)).toThrow(
      expect.objectContaining({ code: 'CHANNEL_SETTINGS_INVALID' }),
    )
  })
})

describe('a text that is too long', () => {
  it('is cut where no letter and no escape is cut in two', () => {
    expect(cutEscaped('a<b', 10, escapeHtml)).toBe('a&lt;b')
    expect(cutEscaped('<<<<', 10, escapeHtml)).toBe('&lt;&lt;…')
    expect(cutEscaped('😀😀😀', 4, (text) => text)).toBe('😀…')
    expect(cutBytes('ééééé', 8)).toBe('éé…')
    expect(cutBytes('🔥🔥🔥', 11)).toBe('🔥🔥…')
  })
})
