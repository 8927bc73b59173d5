import { tellingLine } from '#core/deployments/telling-line.ts'
import type { NodeAgent } from '#ports/node-agent.ts'

const TAIL = 40
const TIMEOUT_MS = 2_000

/** The line at the end of an instance's log that tells best why it ended; undefined where none can be had. */
export async function lastWords(
  agent: Pick<NodeAgent, 'readLogs'>,
  name: string,
): Promise<string | undefined> {
  const lines: string[] = []
  const input = { name, since: null, tail: TAIL, follow: false }
  try {
    for await (const { text } of agent.readLogs(input, AbortSignal.timeout(TIMEOUT_MS)))
      lines.push(text)
  } catch {
    // What came until then has to do.
  }
  return tellingLine(lines)
}
