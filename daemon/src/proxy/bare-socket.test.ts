import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { acceptBare, type BareSocket } from './bare-socket.ts'
import type { LaneListener } from './lane-socket.ts'

let server: Server | undefined
const clients: Socket[] = []
const accepted: BareSocket[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.destroy()
  for (const socket of accepted.splice(0)) socket.destroy()
  server?.close()
})

/** A server whose connections are bare; each is heard by what `hear` gives. */
async function listen(hear: (socket: BareSocket) => Partial<LaneListener>, mostOpen = 100) {
  const made = createServer({ allowHalfOpen: true })
  server = made
  made.listen(0, '127.0.0.1')
  await once(made, 'listening')
  const isBare = acceptBare(made, mostOpen, (socket) => {
    accepted.push(socket)
    socket.open({
      onShared: () => undefined,
      onData: () => undefined,
      onDrain: () => undefined,
      onEnd: () => socket.destroy(),
      onClose: () => undefined,
      ...hear(socket),
    })
  })
  const address = made.address()
  return { isBare, port: typeof address === 'object' ? (address?.port ?? 0) : 0 }
}

function open(port: number): Socket {
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  client.on('error', () => undefined)
  clients.push(client)
  return client
}

/** All that comes until the other side ends. */
async function readAll(client: Socket): Promise<string> {
  const chunks: Buffer[] = []
  client.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(client, 'end')
  return Buffer.concat(chunks).toString('latin1')
}

describe('a bare connection', () => {
  it('is what this Node gives: it hears, says who is there, answers, and ends', async () => {
    const heard: string[] = []
    const { isBare, port } = await listen((socket) => ({
      onShared(chunk) {
        heard.push(`${socket.remoteAddress} ${chunk.toString()}`)
        socket.write('hello ', 'latin1')
        socket.write(Buffer.from('there'), (error) => {
          heard.push(`written ${String(error)}`)
          socket.destroySoon()
        })
        heard.push('said')
      },
      onClose: () => heard.push('closed'),
    }))
    expect(isBare).toBe(true)
    const client = open(port)
    client.write('anybody?')

    expect(await readAll(client)).toBe('hello there')
    expect(heard).toEqual(['127.0.0.1 anybody?', 'said', 'written undefined', 'closed'])
  })

  it('makes a writer wait for a client that does not read, and every byte arrives once', async () => {
    const total = 24 * 2 ** 20
    let drained = 0
    let sent = 0
    const { promise: allDone, resolve } = Promise.withResolvers<void>()
    const { port } = await listen((socket) => {
      const end = (): void => {
        socket.destroySoon()
        resolve()
      }
      const fill = (): void => {
        while (sent < total) {
          const chunk = Buffer.alloc(65_536, sent / 65_536)
          sent += chunk.length
          if (!socket.write(chunk, sent === total ? end : undefined)) return
        }
      }
      return {
        onShared: fill,
        onDrain() {
          drained += 1
          fill()
        },
      }
    })
    const client = open(port)
    client.write('go')
    await sleep(200)
    const held = sent
    await sleep(100)
    expect(sent).toBe(held)
    expect(held).toBeLessThan(total)

    let at = 0
    let isWhole = true
    client.on('data', (chunk: Buffer) => {
      for (let index = 0; index < chunk.length; index += 4_096)
        isWhole &&= chunk[index] === (((at + index) / 65_536) & 0xff)
      at += chunk.length
    })
    await allDone
    await once(client, 'end')
    expect({ at, isWhole, waited: drained > 0 }).toEqual({ at: total, isWhole: true, waited: true })
  })

  it('keeps the order of what is written together', async () => {
    const { port } = await listen((socket) => ({
      onShared() {
        socket.cork()
        socket.write('é5\r\n', 'latin1')
        socket.write(Buffer.from('hello'))
        socket.write('\r\n', 'latin1', () => socket.destroySoon())
        socket.uncork()
      },
    }))
    const client = open(port)
    client.write('go')

    expect(await readAll(client)).toBe('é5\r\nhello\r\n')
  })

  it('reads nothing while it is paused', async () => {
    let heard = ''
    const { port } = await listen((socket) => {
      setTimeout(() => socket.pause(), 0)
      return {
        onShared(chunk) {
          heard += chunk.toString()
        },
      }
    })
    const client = open(port)
    await sleep(50)
    client.write('hello')
    await sleep(50)
    expect(heard).toBe('')

    accepted[0]?.resume()
    await sleep(50)
    expect(heard).toBe('hello')
  })

  it('becomes a stream, which reads what comes from then on and is counted until it closes', async () => {
    const texts: string[] = []
    let closed = 0
    const { port } = await listen((socket) => {
      socket.onceClosed(() => {
        closed += 1
      })
      return {
        onShared(chunk) {
          const stream = socket.toStream()
          stream.unshift(Buffer.from(chunk))
          stream.on('data', (each: Buffer) => texts.push(each.toString()))
          stream.on('end', () => stream.end('bye'))
          stream.resume()
        },
      }
    }, 1)
    const client = open(port)
    client.write('one')
    await sleep(50)
    client.write('two')
    await sleep(50)
    // There is room for one, and the stream is it.
    const refused = open(port)
    refused.resume()
    await once(refused, 'end')
    expect(closed).toBe(0)
    client.end('three')

    expect(await readAll(client)).toBe('bye')
    expect(texts.join(' ')).toBe('one two three')
    await sleep(50)
    expect(closed).toBe(1)
    const next = open(port)
    await sleep(50)
    expect({ accepted: accepted.length, isOpen: !next.destroyed }).toEqual({
      accepted: 2,
      isOpen: true,
    })
  })

  it('tells of an end, of a reset, and of writes that went nowhere, once each', async () => {
    const told: string[] = []
    const { port } = await listen((socket) => ({
      onShared() {
        const bytes = Buffer.alloc(16 * 2 ** 20)
        socket.write(bytes, (error) =>
          told.push(`${accepted.length} ${error ? 'lost' : 'written'}`),
        )
      },
      onEnd() {
        told.push(`${accepted.length} end`)
        socket.destroySoon()
      },
      onClose: () => told.push(`${accepted.length} closed`),
    }))
    open(port).end()
    await sleep(50)
    const reset = open(port)
    await once(reset, 'connect')
    reset.resetAndDestroy()
    await sleep(50)
    const away = open(port)
    away.write('go')
    await sleep(50)
    away.resetAndDestroy()
    await sleep(50)

    expect(told.slice(0, 3)).toEqual(['1 end', '1 closed', '2 closed'])
    expect(told.slice(3).toSorted()).toEqual(['3 closed', '3 lost'])
  })

  it('P8 lingers for a client that still sends, who gets the answer and no reset', async () => {
    let closedAfterMs = 0
    const { port } = await listen((socket) => {
      const begun = performance.now()
      return {
        onShared() {
          socket.lingerAtEnd(300)
          socket.write('refused', 'latin1', () => socket.destroySoon())
        },
        onClose() {
          closedAfterMs = performance.now() - begun
        },
      }
    })
    const client = open(port)
    const errors: Error[] = []
    client.on('error', (error) => errors.push(error))
    client.write(Buffer.alloc(4 * 2 ** 20))

    expect(await readAll(client)).toBe('refused')
    await sleep(500)
    expect(errors).toEqual([])
    expect(closedAfterMs).toBeGreaterThan(290)
    expect(closedAfterMs).toBeLessThan(1_000)
  })

  it('P8 lingers after a last write that the kernel did not take at once, too', async () => {
    const told: string[] = []
    const total = 8 * 2 ** 20
    const { port } = await listen((socket) => ({
      onShared() {
        if (told.push('asked') > 1) return
        socket.lingerAtEnd(30_000)
        socket.write(Buffer.alloc(total, 'x'), () => {
          told.push('written')
          socket.destroySoon()
        })
      },
      onClose: () => told.push('closed'),
    }))
    const client = open(port)
    const errors: Error[] = []
    client.on('error', (error) => errors.push(error))
    client.write('go')
    await sleep(50)
    const text = readAll(client)
    const sending = setInterval(() => client.write('more'), 20)

    expect((await text).length).toBe(total)
    await sleep(200)
    clearInterval(sending)
    // It waits for the client's own end, and drops what comes until then.
    expect(told).not.toContain('closed')
    expect(errors).toEqual([])
    client.end()
    await once(client, 'close')
    await sleep(50)
    expect(told.at(-1)).toBe('closed')
  })

  it('ends soon also where it was told so before everything was sent on its way', async () => {
    const { port } = await listen((socket) => ({
      onShared() {
        socket.cork()
        socket.write('one ', 'latin1')
        socket.write('two', 'latin1')
        socket.destroySoon()
        socket.uncork()
        socket.cork()
        socket.uncork()
      },
    }))
    const client = open(port)
    client.write('go')

    expect(await readAll(client)).toBe('one two')
  })

  it('is asked after by the kernel, also as a stream', async () => {
    const { port } = await listen((socket) => ({
      onShared(chunk) {
        if (chunk.toString() === 'stream') socket.toStream()
      },
    }))
    open(port).write('bare')
    open(port).write('stream')
    await sleep(100)
    const { stdout } = await promisify(execFile)('ss', ['-tnoH', `sport = :${port}`])

    expect(stdout.match(/timer:\(keepalive,\d+sec,0\)/g)).toHaveLength(2)
  })

  it('resets on request', async () => {
    const { port } = await listen((socket) => ({ onShared: () => void socket.resetAndDestroy() }))
    const client = open(port)
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    client.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    client.write('go')

    expect(await promise).toBe('ECONNRESET')
  })
})
