import { createServer, type Socket } from 'node:net'
import type { Notification } from '@vastrox/shared/channel.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSmtpMailer } from '#adapters/mail/smtp-mailer.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { email } from '#catalog/channels/email.ts'
import { type Exim, MAIL_USER, startExim } from '#test/exim.ts'
import { listen } from '#test/proxy/rig.ts'

const ALERT: Notification = {
  key: 'disk-full',
  kind: 'alert',
  severity: 'critical',
  title: 'The disk is full on Tuesday – 2 GB left\r\nBcc: evil@b.example',
  text: 'It grows by 2 GB a day.\n.\nA line of its own: <b>"é"</b>',
  fields: [{ name: 'Free', value: '2 GB' }],
  url: 'https://dash.example/alerts/1',
  app: null,
  at: '2026-11-22T12:00:00.000Z',
}

describe('mail to a real SMTP server', () => {
  let exim: Exim
  beforeAll(async () => {
    exim = await startExim()
  }, 60_000)
  afterAll(() => exim.stop())

  const taken = (): number => exim.log().match(/ <= /g)?.length ?? 0

  function sendWith(
    settings: Record<string, unknown> = {},
    { allowed = ['127.0.0.0/8'], ca = exim.cert } = {},
  ) {
    const guard = (more = {}) => createGuardedAddresses({ allowed: () => allowed, ...more })
    const mailer = createSmtpMailer({
      addresses: guard(),
      allowedAddresses: guard({ isUsable: () => false }),
      extraCa: () => ca,
      hostName: () => 'dash.example',
    })
    return email.send(
      {
        mailer,
        http: { send: () => Promise.reject(new Error('not by HTTP')) },
        now: () => new Date(ALERT.at),
      },
      {
        host: 'localhost',
        port: exim.startTlsPort,
        ...MAIL_USER,
        from: 'vastrox@a.example',
        to: 'anna@b.example, ben@b.example',
        ...settings,
      },
      ALERT,
      AbortSignal.timeout(30_000),
    )
  }

  it('is taken after STARTTLS, by everybody it is for, with what mail needs', async () => {
    const outcome = await sendWith()

    expect(outcome).toMatchObject({ isTaken: true })
    expect(outcome.answer).toMatch(/^250 /)
    await expect.poll(() => exim.mails(), { timeout: 10_000 }).toContain('Envelope-to: ')
    const mail = exim.mails()
    expect(mail).toMatch(/^To: .*anna@b\.example.*,\s+.*ben@b\.example/m)
    expect(mail).toMatch(/^From: "?Vastrox"? <vastrox@a\.example>/m)
    expect(mail).toMatch(/^Subject: .*critical/m)
    expect(mail).toMatch(/^Message-ID: <[0-9a-f]{40}@a\.example>/im)
    expect(mail).toMatch(/^References: <[0-9a-f]{40}@a\.example>/m)
    expect(mail).toMatch(/^Date: Sun, 22 Nov 2026 12:00:00 \+0000/m)
    expect(mail).toMatch(/^Auto-Submitted: auto-generated/m)
    expect(mail).toMatch(/^Content-Type: multipart\/alternative/m)
    expect(mail).toMatch(/^Content-Type: text\/html/m)
    expect(mail).toContain('A line of its own')
    expect(mail.slice(0, mail.search(/\r?\n\r?\n/))).not.toMatch(/^Bcc:/m)
    expect(exim.log()).toMatch(/<= vastrox@a\.example .*X=TLS1\.[23].*A=plain:vastrox/)
  })

  it('is taken over TLS from the first byte', async () => {
    expect(await sendWith({ port: exim.tlsPort, security: 'tls' })).toMatchObject({ isTaken: true })
  })

  it('is not sent where the server is not who it says, nor without encryption', async () => {
    const before = taken()

    const untrusted = await sendWith({}, { ca: '' })
    const unencrypted = await sendWith({ security: 'none' })

    expect(untrusted).toMatchObject({ isTaken: false })
    expect(untrusted.answer).toMatch(/certificate/)
    expect(unencrypted.answer).toContain('A password is not sent without encryption')
    expect(exim.log()).not.toContain(MAIL_USER.password)
    expect(taken()).toBe(before)
  })

  it('says in the words of the server what it refuses, for good or for now', async () => {
    const wrong = await sendWith({ password: 'another one' })
    const nobody = await sendWith({ to: 'nobody@b.example' })
    const later = await sendWith({ to: 'later@b.example' })
    const some = await sendWith({ to: 'anna@b.example, nobody@b.example' })
    const unknown = await sendWith({ user: '', password: '' })

    expect(wrong).toMatchObject({ isTaken: false, isFinal: true })
    expect(wrong.answer).toContain('does not let us in')
    expect(nobody).toMatchObject({ isTaken: false, isFinal: true })
    expect(nobody.answer).toContain('no such person')
    expect(later).toMatchObject({ isTaken: false, isFinal: false })
    expect(later.answer).toContain('come back later')
    expect(some).toMatchObject({ isTaken: true })
    expect(some.answer).toContain('not taken for nobody@b.example')
    expect(unknown.answer).toContain('relay not permitted')
  })

  it('reaches nothing inside that no operator has allowed (rule C11)', async () => {
    const inside = await sendWith({}, { allowed: [] })
    const refused = await sendWith({ port: 22 + 3 + 2 })

    expect(inside).toMatchObject({ isTaken: false, isFinal: true })
    expect(inside.answer).toContain('not a public address')
    expect(refused.answer).toContain('Port 27')
  })

  it('refuses a server that takes STARTTLS away, and gives up one that says nothing', async () => {
    const plain = await listenTo((socket) => {
      socket.write('220 plain.test ESMTP\r\n')
      socket.on('data', (part) =>
        socket.write(part.toString().startsWith('EHLO') ? '250 plain.test\r\n' : '500 no\r\n'),
      )
    })
    const silent = await listenTo(() => {})
    const begun = performance.now()

    const stripped = await sendWith({ port: plain })
    const mailer = createSmtpMailer({
      addresses: createGuardedAddresses({ allowed: () => ['127.0.0.0/8'] }),
      allowedAddresses: createGuardedAddresses({ allowed: () => [] }),
      extraCa: () => '',
      hostName: () => 'dash.example',
    })
    const hung = await mailer.send(
      { host: '127.0.0.1', port: silent, security: 'tls', user: '', password: '' },
      {
        from: 'a@a.example',
        to: ['b@b.example'],
        subject: '',
        text: '',
        html: '',
        at: new Date(0),
        identity: '',
        thread: '',
      },
      AbortSignal.timeout(500),
    )

    expect(stripped).toMatchObject({ isTaken: false })
    expect(stripped.answer).toMatch(/STARTTLS|encryption/)
    expect(hung).toMatchObject({ isTaken: false, isFinal: false })
    expect(performance.now() - begun).toBeLessThan(15_000)
  })
})

async function listenTo(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    greet(socket)
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return listen(server)
}
