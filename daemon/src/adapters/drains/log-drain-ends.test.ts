import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:https'
import { createServer as createTcpServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { CodedError } from '@vastrox/shared/errors.ts'
import type { LogLine } from '@vastrox/shared/log.ts'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createLogDrainEnds } from '#adapters/drains/log-drain-ends.ts'
import { syslogFrames } from '#adapters/drains/syslog-message.ts'
import { createGuardedAddresses } from '#adapters/system/guarded-addresses.ts'
import { createGuardedHttp } from '#adapters/system/guarded-http.ts'
import { syslogTargetOf } from '#lib/drain-target.ts'
import type { DrainLine, DrainTarget } from '#ports/log-drain-end.ts'
import { certificateIn } from '#test/certificate.ts'
import { listen } from '#test/proxy/rig.ts'
import { type Rsyslog, startRsyslog } from '#test/rsyslog.ts'

const LINE: LogLine = {
  at: '2026-11-22T12:00:00.123Z',
  source: 'web.2',
  release: 12,
  stream: 'stdout',
  text: 'GET /hello 200 – done',
}
/** As the engine writes its times. */
const LONG = { at: '2026-11-22T12:00:01.999888777Z', text: 'x'.repeat(20_000) }
const lineOf = (wish: Partial<LogLine> = {}, app = 'hello'): DrainLine => ({
  app,
  line: { ...LINE, ...wish },
})
const signal = () => AbortSignal.timeout(20_000)

function endsWith(allowed: readonly string[] = ['127.0.0.0/8']) {
  const guard = (more = {}) =>
    createGuardedAddresses({ allowed: () => allowed, lowPorts: [514, 601], ...more })
  const addresses = guard()
  return createLogDrainEnds({
    http: createGuardedHttp({ addresses }),
    addresses,
    allowedAddresses: guard({ isUsable: () => false }),
    extraCa: () => '',
    hostName: () => 'dash.example',
  })
}
const targetOf = (wish: Partial<DrainTarget>): DrainTarget => ({
  kind: 'syslog',
  target: '',
  format: 'ndjson',
  secret: null,
  caPem: null,
  ...wish,
})

describe('a message of syslog (RFC 5424)', () => {
  const textOf = (line: DrainLine): string[] => syslogFrames(line, 'dash.example')

  it('has its length before it, and says whose line it is', () => {
    const [frame = ''] = textOf(lineOf())
    const [, length = '', message = ''] = /^(\d+) (.*)$/s.exec(frame) ?? []

    expect(message).toBe(
      '<14>1 2026-11-22T12:00:00.123Z dash.example hello web.2 stdout [vastrox@32473 app="hello" process="web" instance="web.2" release="12" stream="stdout" level="info"] GET /hello 200 – done',
    )
    expect(Number(length)).toBe(Buffer.byteLength(message))
  })

  it.each([
    ['{"level":"error","msg":"x"}', 'stdout', 11],
    ['WARN too slow', 'stdout', 12],
    ['as it is', 'stderr', 12],
    ['DEBUG x', 'stderr', 15],
  ] as const)('is as severe as the line says: %s on %s', (text, stream, priority) => {
    expect(textOf(lineOf({ text, stream }))[0]).toContain(` <${priority}>1 `)
  })

  it('cannot be ended or begun by what an app says, or what it is called', () => {
    const text = 'one\n<0>1 - evil - - - - two\0three'

    const [frame = ''] = textOf(lineOf({ text, source: 'we"b].1 x' }, 'a b\n"]c'))

    expect(frame).not.toMatch(/[\n\0]/)
    expect(frame).toContain(' dash.example a_b_"]c we"b].1_x stdout [')
    expect(frame).toContain('app="a b\n\\"\\]c"'.replace('\n', ' '))
  })

  it('comes in parts where the line is longer than receivers take, with no letter cut in two', () => {
    const text = 'é🔥x'.repeat(4_000)

    const frames = syslogFrames(lineOf({ text }), 'dash.example')

    expect(frames.length).toBeGreaterThan(2)
    const parts = frames.map((frame) => /\] (.*)$/s.exec(frame)?.[1] ?? '')
    expect(parts.join('')).toBe(text)
    expect(frames.every((frame) => Buffer.byteLength(frame) <= 8_192)).toBe(true)
    expect(frames[1]).toContain(`part="2/${frames.length}"`)
  })
})

it.each([
  ['logs.example.com', { host: 'logs.example.com', port: 6_514, secure: true }],
  ['tls://logs.example.com:1514', { host: 'logs.example.com', port: 1_514, secure: true }],
  ['tcp://10.0.0.5', { host: '10.0.0.5', port: 514, secure: false }],
  ['[2001:db8::1]:6514', { host: '2001:db8::1', port: 6_514, secure: true }],
  ['udp://logs.example.com', undefined],
  ['logs.example.com:0', undefined],
  ['logs.example.com:99999', undefined],
  ['me:pw@logs.example.com:1', undefined],
  ['logs.example.com/x', undefined],
  ['-x.example', undefined],
])('%s is read as where syslog is spoken', (text, expected) => {
  expect(syslogTargetOf(text)).toEqual(expected)
})

describe('a real rsyslog', () => {
  let rsyslog: Rsyslog
  beforeAll(async () => {
    rsyslog = await startRsyslog()
  }, 60_000)
  afterAll(() => rsyslog.end())
  const target = () => targetOf({ target: `localhost:${rsyslog.tlsPort}`, caPem: rsyslog.cert })

  it('receives every line over TLS, in order, with all that is known of it', async () => {
    const end = await endsWith().open(target(), signal())
    const lines = Array.from({ length: 5_000 }, (_, at) => lineOf({ text: `line ${at} ü` }))

    await end.send(lines.slice(0, 2_000), signal())
    await end.send(lines.slice(2_000), signal())
    await end.send([lineOf({ ...LONG, stream: 'stderr', source: 'worker.1' }, 'shop')], signal())
    end.close()
    await expect.poll(() => rsyslog.received().length, { timeout: 20_000 }).toBe(5_003)

    const all = rsyslog.received()
    expect(all.slice(0, 5_000).map(({ text }) => text.trim())).toEqual(
      lines.map(({ line }) => line.text),
    )
    expect(all[5_000]?.at).toBe('2026-11-22T12:00:01.999888Z')
    expect(all[0]).toMatchObject({
      priority: '14',
      at: LINE.at,
      host: 'dash.example',
      app: 'hello',
      process: 'web.2',
      id: 'stdout',
      data: '[vastrox@32473 app="hello" process="web" instance="web.2" release="12" stream="stdout" level="info"]',
    })
    expect(
      all
        .slice(5_000)
        .map(({ text }) => text.trim())
        .join(''),
    ).toBe('x'.repeat(20_000))
  }, 40_000)

  it('is not spoken to where its certificate is not one that we trust, or of somebody else', async () => {
    const unknown = endsWith().open({ ...target(), caPem: null }, signal())
    await expect(unknown).rejects.toMatchObject({
      code: 'DRAIN_UNREACHABLE',
      details: { reason: expect.stringContaining('certificate is not trusted') },
    })
    const another = endsWith().open(
      { ...target(), target: `127.0.0.2:${rsyslog.tlsPort}` },
      signal(),
    )
    await expect(another).rejects.toMatchObject({ code: 'DRAIN_UNREACHABLE' })
  })

  it('takes plain TCP where the operator has allowed the network, and nowhere else (rule C11)', async () => {
    const plain = targetOf({ target: `tcp://127.0.0.1:${rsyslog.plainPort}` })
    const before = rsyslog.received().length

    const end = await endsWith().open(plain, signal())
    await end.send([lineOf({ text: 'in the clear' })], signal())
    end.close()

    await expect.poll(() => rsyslog.received().length, { timeout: 20_000 }).toBe(before + 1)
    await expect(endsWith([]).open(plain, signal())).rejects.toMatchObject({
      code: 'DRAIN_UNREACHABLE',
    })
    await expect(endsWith([]).open(target(), signal())).rejects.toMatchObject({
      details: { reason: expect.stringContaining('not a public address') },
    })
  })

  it('that went is said to have gone, and takes lines again when it is back', async () => {
    const end = await endsWith().open(target(), signal())
    await end.send([lineOf({ text: 'before' })], signal())
    await rsyslog.stop()

    await expect
      .poll(() =>
        end.send([lineOf({ text: 'lost' })], signal()).then(
          () => 'sent',
          () => 'gone',
        ),
      )
      .toBe('gone')
    await expect(endsWith().open(target(), signal())).rejects.toMatchObject({
      details: { reason: expect.stringContaining('refuses the connection') },
    })
    await rsyslog.start()
    const again = await endsWith().open(target(), signal())
    await again.send([lineOf({ text: 'after' })], signal())
    again.close()

    await expect
      .poll(() => rsyslog.received().at(-1)?.text.trim(), { timeout: 20_000 })
      .toBe('after')
  }, 40_000)
})

it('a receiver that takes nothing is given up, and holds up nobody for ever', async () => {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.pause()
  })
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const end = await endsWith().open(targetOf({ target: `tcp://127.0.0.1:${port}` }), signal())
  const lines = Array.from({ length: 2_000 }, () => lineOf({ text: 'y'.repeat(7_000) }))

  await expect(end.send(lines, AbortSignal.timeout(300))).rejects.toMatchObject({
    code: 'DRAIN_UNREACHABLE',
    details: { reason: expect.stringContaining('takes nothing any more') },
  })
})

describe('batches over HTTP', () => {
  let folder: string
  let pair: ReturnType<typeof certificateIn>
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'vastrox-drain-'))
    pair = certificateIn(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  async function serve(
    statusOf: (count: number, body: string) => number = () => 204,
    says = 'not now',
  ) {
    const taken: { headers: Record<string, unknown>; body: string }[] = []
    const server = createServer({ key: pair.key, cert: pair.cert }, (request, response) => {
      void buffer(request).then((bytes) => {
        const body = gunzipSync(bytes).toString()
        const status = statusOf(body.split('\n').length - 1, body)
        if (status < 300) taken.push({ headers: request.headers, body })
        response.writeHead(status, { 'retry-after': '7' }).end(status < 300 ? '' : says)
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
    const open = (wish: Partial<DrainTarget> = {}) =>
      endsWith().open(
        targetOf({
          kind: 'http',
          target: `https://localhost:${port}/in`,
          secret: 'ZQ-secret',
          caPem: pair.cert,
          ...wish,
        }),
        signal(),
      )
    return { open, taken, port }
  }

  it('are packed JSON, one object a line or an array of them, with the secret as a bearer', async () => {
    const { open, taken } = await serve()
    const lines = [lineOf(), lineOf({ text: 'two\u2028', source: 'release.3', release: null })]

    await (await open()).send(lines, signal())
    await (await open({ format: 'array' })).send(lines, signal())

    const expected = [
      {
        timestamp: LINE.at,
        message: LINE.text,
        level: 'info',
        app: 'hello',
        process: 'web',
        instance: 'web.2',
        release: 12,
        stream: 'stdout',
      },
      expect.objectContaining({ process: 'release', instance: 'release.3', release: null }),
    ]
    const [ndjson, array] = taken
    expect(ndjson?.headers).toMatchObject({
      authorization: 'Bearer ZQ-secret',
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
    })
    expect(
      ndjson?.body
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual(expected)
    expect(JSON.parse(array?.body ?? '')).toEqual(expected)
  })

  it('are halved where the other side takes no such long ones', async () => {
    const { open, taken } = await serve((count) => (count > 300 ? 413 : 200))
    const lines = Array.from({ length: 1_000 }, (_, at) => lineOf({ text: `line ${at}` }))

    await (await open()).send(lines, signal())

    const all = taken.flatMap(({ body }) => body.trimEnd().split('\n'))
    expect(all).toHaveLength(1_000)
    expect(all.at(-1)).toContain('line 999')
  })

  it('go on without the line that is too long for the other side, and tell of it', async () => {
    const { open, taken } = await serve((_, body) => (body.length > 8_000 ? 413 : 200))
    const end = await open()

    const leftOut = await end.send([lineOf(), lineOf(LONG), lineOf({ text: 'behind' })], signal())

    expect(leftOut).toBe(1)
    const all = taken.flatMap(({ body }) => body.trimEnd().split('\n'))
    expect(all.map((line) => Object(JSON.parse(line)).message)).toEqual([LINE.text, 'behind'])
  })

  it('are not left out where each of them, however short, is called too long', async () => {
    const { open } = await serve(() => 413)

    await expect((await open()).send([lineOf()], signal())).rejects.toMatchObject({
      code: 'DRAIN_UNREACHABLE',
    })
  })

  it.each([
    ['in full', 'You sent Bearer ZQ-secret to /in?key=ZQ-query'],
    ['at the end of what is shown', `${'x'.repeat(293)}ZQ-secret`],
    ['at the end of what is read', `${' '.repeat(4_091)}ZQ-secret`],
  ])('are refused without the secrets that the other side says again: %s', async (_, says) => {
    const { open, port } = await serve(() => 401, says)
    const end = await open({ target: `https://localhost:${port}/in?key=ZQ-query` })

    const error = await end.send([lineOf()], signal()).catch((thrown: unknown) => thrown)

    const { reason } = error instanceof CodedError ? error.details : {}
    expect(reason).toContain('answers 401')
    expect(reason).not.toContain('ZQ-')
  })

  it('are refused in the words of the other side, with how long it asks to wait', async () => {
    const { open } = await serve(() => 503)

    await expect((await open()).send([lineOf()], signal())).rejects.toMatchObject({
      code: 'DRAIN_UNREACHABLE',
      details: { reason: expect.stringContaining('answers 503: not now'), retryAfterMs: 7_000 },
    })
    await expect((await open({ caPem: null })).send([lineOf()], signal())).rejects.toMatchObject({
      code: 'DRAIN_UNREACHABLE',
      details: { reason: expect.stringContaining('not trusted') },
    })
  })
})
