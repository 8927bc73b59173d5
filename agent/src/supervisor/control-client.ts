import { connect } from 'node:net'
import { z } from 'zod'
import type { ControlRequest } from '#agent/supervisor/control-protocol.ts'

const ControlReply = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), result: z.unknown() }),
  z.object({ ok: z.literal(false), reason: z.string() }),
])

/** Asks the supervisor. Rejects with its reason, or with ECONNREFUSED or ENOENT where none runs. */
export async function askSupervisor(
  socketPath: string,
  request: ControlRequest,
  timeoutMs = 120_000,
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const socket = connect(socketPath)
  let text = ''
  socket.setTimeout(timeoutMs, () =>
    socket.destroy(new Error(`the supervisor did not answer in ${timeoutMs} ms`)),
  )
  socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`))
  socket.on('data', (chunk) => {
    text += chunk.toString()
  })
  socket.on('error', reject)
  socket.on('close', () => resolve(text))
  const reply = ControlReply.parse(
    JSON.parse((await promise) || '{"ok":false,"reason":"no answer"}'),
  )
  if (!reply.ok) throw new Error(reply.reason)
  return reply.result
}
