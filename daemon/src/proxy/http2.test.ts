import { type ClientHttp2Session, connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createRig, HOST, instanceAt, type Rig, routeTo } from '#test/proxy/rig.ts'
import { createDefaultCertificate } from './default-certificate.ts'

let rig: Rig
const sessions: ClientHttp2Session[] = []
beforeEach(async () => {
  rig = await createRig({ https: true })
})
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await rig.end()
})

const certificate = (id: string, ...hosts: string[]) => ({
  id,
  hosts,
  ...createDefaultCertificate(new Date()),
})

function open(servername = HOST): ClientHttp2Session {
  const session = connect(`https://${servername}`, {
    createConnection: undefined,
    host: '127.0.0.1',
    port: rig.httpsPort,
    servername,
    rejectUnauthorized: false,
  })
  session.on('error', () => undefined)
  sessions.push(session)
  return session
}

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: string
  code: number
}

function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<Answer> {
  const stream = session.request(
    { ':authority': HOST, ':path': '/', ...headers },
    { endStream: body === undefined },
  )
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const answer: Answer = { status: 0, headers: {}, body: '', code: 0 }
  stream.on('response', (fields) => {
    answer.status = Number(fields[':status'])
    answer.headers = fields
  })
  stream.on('data', (chunk: Buffer) => {
    answer.body += chunk.toString()
  })
  stream.on('error', () => undefined)
  stream.on('close', () => resolve({ ...answer, code: stream.rstCode ?? 0 }))
  if (body !== undefined) stream.end(body)
  return promise
}

async function publishTo(port: number, changes = {}): Promise<void> {
  await rig.publish([routeTo([instanceAt(port)], changes)], {
    certificates: [certificate('one', HOST)],
  })
}

describe('HTTP/2', () => {
  it('carries requests to an app as HTTP/1.1, many at once', async () => {
    const { port } = await rig.upstream((req, res) => {
      let body = ''
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      req.on('end', () => {
        res.setHeader('set-cookie', ['a=1', 'b=2'])
        res.end(JSON.stringify({ url: req.url, method: req.method, headers: req.headers, body }))
      })
    })
    await publishTo(port)
    const session = open()

    const answers = await Promise.all([
      ask(session, { ':path': '/one?q=1', cookie: ['a=b', 'c=d'], 'x-mine': 'yes' }),
      ask(session, { ':method': 'POST', ':path': '/two' }, 'hello'),
      ask(session, { ':method': 'POST', 'content-length': '5' }, 'hello'),
      ask(session, { ':method': 'HEAD' }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(JSON.parse(answers[0]?.body ?? '')).toMatchObject({
      url: '/one?q=1',
      method: 'GET',
      headers: {
        host: HOST,
        cookie: 'a=b; c=d',
        'x-mine': 'yes',
        'x-forwarded-proto': 'https',
        'x-forwarded-for': '127.0.0.1',
      },
    })
    expect(JSON.parse(answers[1]?.body ?? '')).toMatchObject({
      body: 'hello',
      headers: { 'transfer-encoding': 'chunked' },
    })
    expect(JSON.parse(answers[2]?.body ?? '')).toMatchObject({
      body: 'hello',
      headers: { 'content-length': '5' },
    })
    expect(answers[3]).toMatchObject({ body: '', headers: { 'set-cookie': ['a=1', 'b=2'] } })
    expect(session.alpnProtocol).toBe('h2')
    expect(constants.NGHTTP2_NO_ERROR).toBe(answers[0]?.code)
  })
})
