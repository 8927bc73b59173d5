import type { FoundLine } from '@vastrox/shared/log.ts'
import type { EventSource } from '#http/event-sources.ts'

/** Each line as it comes, by its id, until the client has gone: `client` is what the lines end by. */
export async function sendLines(
  source: EventSource,
  lines: AsyncIterable<FoundLine>,
  client: AbortController,
): Promise<void> {
  source.signal.addEventListener('abort', () => client.abort(), { once: true })
  if (source.signal.aborted) client.abort()
  try {
    for await (const line of lines) await source.send(line, line.id === '' ? undefined : line.id)
  } finally {
    source.end()
  }
}
