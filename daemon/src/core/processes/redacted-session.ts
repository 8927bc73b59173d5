import type { Redactor } from '@vastrox/shared/node/redactor.ts'
import type { Session, SessionOutput } from '#ports/session.ts'

type Stream = SessionOutput['stream']

/** The same session with secrets hidden in what it prints; both streams across the borders of chunks. */
export const redactedSession = (session: Session, newRedactor: () => Redactor): Session => ({
  ...session,
  output: redacted(session.output, newRedactor),
})

async function* redacted(
  output: AsyncIterable<SessionOutput>,
  newRedactor: () => Redactor,
): AsyncGenerator<SessionOutput> {
  const streams = new Map<Stream, { decoder: TextDecoder; redactor: Redactor }>()
  const of = (stream: Stream) => {
    const known = streams.get(stream) ?? { decoder: new TextDecoder(), redactor: newRedactor() }
    streams.set(stream, known)
    return known
  }
  for await (const { stream, bytes } of output) {
    const { decoder, redactor } = of(stream)
    const text = redactor.push(decoder.decode(bytes, { stream: true }))
    if (text !== '') yield { stream, bytes: Buffer.from(text) }
  }
  for (const [stream, { decoder, redactor }] of streams) {
    const text = redactor.push(decoder.decode()) + redactor.end()
    if (text !== '') yield { stream, bytes: Buffer.from(text) }
  }
}
