import { type IncomingMessage, request } from 'node:http'
import { PrepareImageEvent } from '@vastrox/shared/agent-api.ts'
import { readNdjson } from '@vastrox/shared/node/ndjson.ts'
import { SetupError } from '#agent/cli/setup-error.ts'

/** Asks the agent for a runtime image, and reports what it prints. Resolves when the image is there. */
export async function prepareImage(
  socketPath: string,
  stack: 'node',
  version: string,
  progress: (line: string) => void,
): Promise<{ prepared: boolean }> {
  const response = await post(socketPath, '/v1/prepare-image', { stack, version })
  for await (const raw of readNdjson(response)) {
    const event = PrepareImageEvent.parse(raw)
    if (event.type === 'done') return { prepared: event.prepared }
    if (event.type === 'failed')
      throw new SetupError(
        `The ${stack} ${version} image could not be prepared: ${event.reason}`,
        'This machine must reach the package mirrors of its distribution; then run ./install.sh again.',
      )
    for (const line of event.text.split('\n')) if (line.trim() !== '') progress(line)
  }
  throw new SetupError('The agent ended while it prepared the image.', 'Run ./install.sh again.')
}

async function post(socketPath: string, path: string, body: unknown): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const headers = { 'content-type': 'application/json' }
  const asked = request({ socketPath, method: 'POST', path, headers }, resolve)
  asked.on('error', reject)
  asked.end(JSON.stringify(body))
  return promise
}
