import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { bindSshSocket } from '#agent/supervisor/listening-sockets.ts'

it('the port of SSH is held where it is free; where it is taken, that is said and nothing fails', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen({ host: '::', port: 0 }, resolve))
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const said: string[] = []

  expect(bindSshSocket(port, (line) => said.push(line))).toBeUndefined()
  expect(said).toEqual([expect.stringContaining(`the SSH port ${port} cannot be opened`)])

  await new Promise((resolve) => taken.close(resolve))
  expect(bindSshSocket(port, (line) => said.push(line))).toEqual(expect.any(Number))
  expect(said).toHaveLength(1)
})
