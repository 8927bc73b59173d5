import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { type FoundLine, LogFilter } from '@vastrox/shared/log.ts'
import { harmless } from '@vastrox/shared/terminal-text.ts'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'

export const LogDownloadQuery = LogFilter.extend({
  /** `text`: time, source and what was printed, without control characters. `ndjson`: as it is. */
  format: z.enum(['text', 'ndjson']).default('text'),
  gzip: z.stringbool().default(false),
})

/** Many lines at a time: one write for each would cost more than the line. */
const GATHERED = 500

interface File {
  name: string
  format: 'text' | 'ndjson'
  gzip: boolean
}

/** As fast as the client takes it; ends with the client. */
export function sendLog(
  reply: FastifyReply,
  { name, format, gzip }: File,
  open: (signal: AbortSignal) => AsyncIterable<FoundLine>,
): FastifyReply {
  const client = new AbortController()
  const lines = open(client.signal)
  const text = Readable.from(textsOf(lines, format), { objectMode: false })
  text.on('close', () => client.abort())
  const ending = `${format === 'text' ? 'log' : 'ndjson'}${gzip ? '.gz' : ''}`
  reply
    .type(gzip ? 'application/gzip' : TYPES[format])
    .header('content-disposition', `attachment; filename="${name}.${ending}"`)
  if (!gzip) return reply.send(text)
  const packed = createGzip()
  // What breaks on one side is let go of on the other.
  text.on('error', (error) => packed.destroy(error))
  packed.on('close', () => text.destroy())
  return reply.send(text.pipe(packed))
}

const TYPES = { text: 'text/plain; charset=utf-8', ndjson: 'application/x-ndjson' }

async function* textsOf(
  lines: AsyncIterable<FoundLine>,
  format: File['format'],
): AsyncGenerator<string> {
  let gathered: string[] = []
  for await (const line of lines) {
    gathered.push(format === 'text' ? asText(line) : `${JSON.stringify(line)}\n`)
    if (gathered.length < GATHERED) continue
    yield gathered.join('')
    gathered = []
  }
  yield gathered.join('')
}

const asText = ({ at, source, text }: FoundLine): string => `${at} ${source} | ${harmless(text)}\n`
