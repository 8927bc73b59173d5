import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { slowDown } from '#agent/containers/log-throttle.ts'
import { CodedError } from '@vastrox/shared/errors.ts'

it('ends with the container, with an engine that is away, and with whoever asked', async () => {
  const { signal } = new AbortController()
  const away = {
    hijack: async () => {
      throw new CodedError('ENGINE_UNREACHABLE')
    },
  }
  await expect(slowDown(away, 'web-1', signal)).resolves.toBeUndefined()

  const socket = new Socket()
  const gone = { hijack: async () => ({ socket, head: Buffer.alloc(0) }) }
  const slowing = slowDown(gone, 'web-1', signal)
  socket.destroy()
  await expect(slowing).resolves.toBeUndefined()

  const asked = new AbortController()
  const open = new Socket()
  const waiting = slowDown(
    { hijack: async () => ({ socket: open, head: Buffer.alloc(0) }) },
    'web-1',
    asked.signal,
  )
  asked.abort()
  await expect(waiting).resolves.toBeUndefined()
  expect(open.destroyed).toBe(true)
})
