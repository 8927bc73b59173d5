import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFtpHarness, type FtpHarness } from '#test/ftp-harness.ts'
import { dialFtps, type FtpsClient } from '#test/ftps-client.ts'
import { read } from '#test/staging-folder.ts'

let ftp: FtpHarness
let client: FtpsClient

beforeEach(async () => {
  ftp = await createFtpHarness()
  client = await dialFtps(ftp)
})
afterEach(async () => {
  client.close()
  await ftp.close()
})

/** Says each line, and expects the code at its end. */
async function talk(on: FtpsClient, lines: readonly (readonly [line: string, code: number])[]) {
  for (const [line, code] of lines) expect(await on.say(line), line).toMatch(new RegExp(`^${code}`))
}

/** As FileZilla 3.63 signs in; the order was taken from its log. */
async function signIn(on: FtpsClient): Promise<void> {
  await on.startTls()
  await talk(on, [
    ['USER hello', 331],
    [`PASS ${ftp.password}`, 230],
    ['SYST', 215],
    ['FEAT', 211],
    ['CLNT FileZilla', 200],
    ['OPTS UTF8 ON', 200],
    ['PBSZ 0', 200],
    ['PROT P', 200],
  ])
}

async function send(on: FtpsClient, command: string, content: Buffer): Promise<string> {
  const data = await on.passive()
  expect(await on.say(command)).toMatch(/^150/)
  const secure = await data.secure()
  expect(secure.isSessionReused()).toBe(true)
  secure.end(content)
  secure.resume()
  return on.reply()
}

async function fetch(on: FtpsClient, command: string, passive?: string): Promise<string> {
  const data = await on.passive(passive)
  expect(await on.say(command)).toMatch(/^150/)
  const got = await buffer(await data.secure())
  expect(await on.reply()).toMatch(/^226/)
  return got.toString()
}

describe('FileZilla’s sequence of commands over FTPS', () => {
  it('signs in, lists, makes a folder, uploads, sets times and modes, renames and removes', async () => {
    await signIn(client)
    const features = await client.say('FEAT')
    for (const name of ['UTF8', 'MLST', 'MFMT', 'REST STREAM', 'SIZE', 'MDTM', 'EPSV'])
      expect(features).toContain(` ${name}`)
    await talk(client, [
      ['CWD /', 250],
      ['PWD', 257],
      ['TYPE I', 200],
    ])
    expect(await fetch(client, 'MLSD')).toMatch(
      /^type=file;size=4;modify=\d{14};UNIX\.mode=0644; page\.html\r$/m,
    )

    await talk(client, [
      ['CWD /unter ordner ü', 550],
      ['CWD /', 250],
      ['MKD unter ordner ü', 257],
      ['CWD /unter ordner ü', 250],
      ['PWD', 257],
      ['TYPE A', 200],
    ])
    expect(await send(client, 'STOR run [1] 漢.sh', Buffer.from('#!/bin/sh\r\n'))).toMatch(/^226/)
    await talk(client, [
      ['MFMT 20200506070809 run [1] 漢.sh', 213],
      ['SITE CHMOD 755 run [1] 漢.sh', 200],
      ['SIZE run [1] 漢.sh', 213],
    ])
    expect(await client.say('MDTM run [1] 漢.sh')).toBe('213 20200506070809')
    // As it was sent, whatever the type.
    expect(await read(ftp.tree, '/unter ordner ü/run [1] 漢.sh')).toBe('#!/bin/sh\r\n')
    expect(await ftp.tree.stat('/unter ordner ü/run [1] 漢.sh')).toMatchObject({ mode: 0o755 })
    expect(await fetch(client, 'MLSD', 'EPSV')).toContain('UNIX.mode=0755; run [1] 漢.sh')

    await talk(client, [
      ['RNFR run [1] 漢.sh', 350],
      ['RNTO /renamed.sh', 250],
      ['DELE /renamed.sh', 250],
      ['CWD /', 250],
      ['RMD unter ordner ü', 250],
      ['RNTO nowhere', 503],
    ])
    expect(await ftp.state()).toMatchObject({ incomplete: [], openTransfers: 0 })
  })

  it('keeps the connection alive by what it says now and then', async () => {
    await signIn(client)
    for (const line of ['NOOP', 'TYPE A', 'TYPE I', 'PWD', 'NOOP'])
      expect(await client.say(line)).toMatch(/^2/)
  })

  it('aborts a transfer, and goes on where it was, by REST and STOR or by APPE', async () => {
    await signIn(client)
    const content = Buffer.alloc(600_000, 'abcdefghij')
    const data = await client.passive()
    await client.say('STOR big.bin')
    const secure = await data.secure()
    secure.write(content.subarray(0, 200_000))
    await expect.poll(async () => (await ftp.tree.stat('/big.bin')).sizeBytes).toBe(200_000)
    // Telnet's interrupt and mark before the word, as it is sent.
    client.write(Buffer.from('\xff\xf4\xff\xf2ABOR\r\n', 'latin1'))
    expect(await client.reply()).toMatch(/^426/)
    expect(await client.reply()).toMatch(/^226/)
    expect((await ftp.state()).incomplete).toEqual(['/big.bin'])

    expect(await client.say('SIZE big.bin')).toBe('213 200000')
    expect(await client.say('REST 200000')).toMatch(/^350/)
    const middle = content.subarray(200_000, 400_000)
    expect(await send(client, 'STOR big.bin', middle)).toMatch(/^226/)
    expect(await client.say('SIZE big.bin')).toBe('213 400000')
    expect(await send(client, 'APPE big.bin', content.subarray(400_000))).toMatch(/^226/)
    await client.say('NOOP')
    await expect.poll(async () => (await ftp.state()).incomplete).toEqual([])
    const got = await fetch(client, 'RETR big.bin')
    expect(got === content.toString()).toBe(true)
  })
})

describe('somebody at the same address who has guessed the passive port', () => {
  const connectTo = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {
      // It is ended by the other side.
    })
    await once(socket, 'connect')
    return socket
  }
  const secured = async (socket: Socket): Promise<TLSSocket> => {
    const secure = connectTls({ socket, ca: readFileSync(ftp.caFile), servername: 'localhost' })
    secure.on('error', () => {
      // As above.
    })
    await once(secure, 'secureConnect')
    return secure
  }
  const textOf = (socket: TLSSocket): Promise<string> =>
    buffer(socket).then(
      (bytes) => bytes.toString(),
      () => '',
    )
  const portOf = (told: string): number => {
    const [, high = 0, low = 0] = /,(\d+),(\d+)\)/.exec(told)?.map(Number) ?? []
    return high * 256 + low
  }

  it('gets nothing of what a client fetches that proves to be the same one', async () => {
    await signIn(client)
    expect(await fetch(client, 'NLST')).toContain('page.html')

    const port = portOf(await client.say('PASV'))
    const [first, own] = [await connectTo(port), await connectTo(port)]
    expect(await client.say('RETR server.js')).toMatch(/^150/)
    // It was there first, shakes hands, and has no session of that client's.
    const theirs = await secured(first).catch(() => undefined)
    const mine = await client.secureOn(own)
    expect((await buffer(mine)).toString()).toBe('one')
    expect(await client.reply()).toMatch(/^226/)
    const got = theirs ? await textOf(theirs) : ''
    expect(got).toBe('')
  })

  it('makes a transfer fail where the client proves nothing, rather than be taken for it', async () => {
    await signIn(client)
    const port = portOf(await client.say('PASV'))
    const [first, own] = [await connectTo(port), await connectTo(port)]
    expect(await client.say('STOR hello.txt')).toMatch(/^150/)
    await Promise.allSettled([secured(first), client.secureOn(own, { resume: false })])
    expect(await client.reply()).toContain('somebody else at that address')
    await expect(ftp.tree.stat('/hello.txt')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('is not taken for a client by the session of another one', async () => {
    await signIn(client)
    expect(await fetch(client, 'NLST')).toContain('page.html')
    const other = await dialFtps(ftp)
    await signIn(other)
    const data = await client.passive()
    expect(await client.say('RETR server.js')).toMatch(/^150/)
    const theirs = await other.secureOn(data.raw).catch(() => undefined)
    expect(theirs?.isSessionReused() ?? false).toBe(false)
    expect(theirs ? await textOf(theirs) : '').toBe('')
    other.close()
  })
})
