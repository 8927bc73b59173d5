import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { createPassivePorts } from '#ftp/data-channel.ts'

it('A passive port that was connected to and never used is free again, its connection ended', async () => {
  const port = 41_000 + (process.pid % 2_000)
  const ports = createPassivePorts({ from: port, to: port })
  const channel = await ports.open('127.0.0.1', '127.0.0.1')
  const client = connect(port, '127.0.0.1')
  client.resume().on('error', () => {
    // It is ended by the other side.
  })
  await once(client, 'connect')
  // What the server does with a connection comes a turn later.
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await ports.open('127.0.0.1', '127.0.0.1')).toBeUndefined()

  const closed = once(client, 'close')
  channel?.close()
  await closed
  await expect
    .poll(async () => {
      const next = await ports.open('127.0.0.1', '127.0.0.1')
      next?.close()
      return next?.port
    })
    .toBe(port)
})
