import { once } from 'node:events'
import { Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createHandshakes } from './handshakes.ts'

it('holds nobody who has gone, also of those that were reset before they were accepted and have no address', async () => {
  const handshakes = createHandshakes()
  const gone = [new Socket(), new Socket()]
  for (const socket of gone) handshakes.begin(socket)
  expect(handshakes.size).toBe(2)

  for (const socket of gone) {
    const closed = once(socket, 'close')
    socket.destroy()
    await closed
  }

  expect(handshakes.size).toBe(0)
  expect([...handshakes]).toEqual([])
})

it('lets go of whoever is done, and of nobody in his place when he has gone', async () => {
  const handshakes = createHandshakes()
  const first = new Socket()
  handshakes.begin(first)
  handshakes.done(first)
  expect(handshakes.size).toBe(0)

  const second = new Socket()
  handshakes.begin(second)
  const closed = once(first, 'close')
  first.destroy()
  await closed

  expect([...handshakes]).toEqual([second])
})
