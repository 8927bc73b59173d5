import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2'
import { createDefaultCertificate } from '#proxy/default-certificate.ts'
import { HOST, instanceAt, type Rig, routeTo } from './rig.ts'

export const certificate = (id: string, ...hosts: string[]) => ({
  id,
  hosts,
  ...createDefaultCertificate(new Date()),
})

/** One app at one host, with a certificate. */
export async function publishTo(rig: Rig, port: number): Promise<void> {
  await rig.publish([routeTo([instanceAt(port)])], { certificates: [certificate('one', HOST)] })
}

/** Node's own client. The certificates here are of no CA: what they are is tried elsewhere. */
export function openSession(rig: Rig, servername = HOST): ClientHttp2Session {
  const session = connect(`https://${servername}`, {
    host: '127.0.0.1',
    port: rig.httpsPort,
    servername,
    rejectUnauthorized: false,
  })
  session.on('error', () => undefined)
  rig.onEnd(() => session.destroy())
  return session
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  body: string
  code: number
}

export function ask(
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
