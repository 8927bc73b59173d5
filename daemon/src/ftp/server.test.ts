import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { FtpLimits } from '#ftp/server.ts'
import { createFtpHarness, type FtpHarness } from '#test/ftp-harness.ts'

let ftp: FtpHarness

afterEach(() => ftp.close())

async function start(limits: Partial<FtpLimits> = {}): Promise<void> {
  ftp = await createFtpHarness({ limits })
  await ftp.uploads.settings.change(ftp.actor, 'hello', { plainFtp: true })
}

/** Says one line after the other, each when the one before has been answered. */
async function dial() {
  const socket = connect(ftp.port, '127.0.0.1')
  const lines: string[] = []
  const closed = once(socket, 'close')
  socket.on('error', () => {
    // It may be ended by the other side.
  })
  socket.setEncoding('utf8').on('data', (text: string) => lines.push(...text.trim().split('\r\n')))
  const answer = async (code: string): Promise<string> => {
    const found = (): string | undefined => lines.find((line) => line.startsWith(`${code} `))
    await expect.poll(found, { timeout: 5_000 }).toBeDefined()
    const line = found() ?? ''
    lines.splice(0, lines.indexOf(line) + 1)
    return line
  }
  const say = (line: string, code: string): Promise<string> => {
    socket.write(`${line}\r\n`)
    return answer(code)
  }
  await answer('220')
  const signIn = async (): Promise<void> => {
    await say('USER hello', '331')
    await say(`PASS ${ftp.password}`, '230')
  }
  const channel = async () => {
    const [, port = ''] = /\|\|\|(\d+)\|/.exec(await say('EPSV', '229')) ?? []
    const data = connect(Number(port), '127.0.0.1')
    data.on('error', () => {
      // As above.
    })
    await once(data, 'connect')
    return data
  }
  return { socket, closed, say, answer, signIn, channel }
}

describe('the FTP server', () => {
  it('ends whoever does not sign in, whatever they say meanwhile', async () => {
    await start({ signInMs: 400 })
    const inside = await dial()
    await inside.signIn()
    const talker = await dial()
    const talking = setInterval(() => talker.socket.write('NOOP\r\n'), 50)
    await talker.closed
    clearInterval(talking)
    expect(await inside.say('NOOP', '200')).toContain('Yes')
    inside.socket.destroy()
  })

  it('lets those make room who have been signing in for the longest', async () => {
    await start({ connections: 3 })
    const inside = await dial()
    await inside.signIn()
    const [first, second] = [await dial(), await dial()]
    const last = await dial()
    await last.signIn()
    await first.closed
    expect(await second.say('NOOP', '200')).toContain('Yes')
    expect(await inside.say('NOOP', '200')).toContain('Yes')
    for (const { socket } of [inside, second, last]) socket.destroy()
  })

  it('takes a file again whose transfer broke off, and nothing is marked then', async () => {
    await start()
    const client = await dial()
    await client.signIn()
    const broken = await client.channel()
    await client.say('STOR big.bin', '150')
    broken.write('half')
    await expect.poll(async () => (await ftp.tree.stat('/big.bin')).sizeBytes).toBe(4)
    broken.resetAndDestroy()
    await client.answer('425')
    expect(await ftp.state()).toMatchObject({ incomplete: ['/big.bin'], openTransfers: 0 })

    const whole = await client.channel()
    await client.say('REST 4', '350')
    await client.say('STOR big.bin', '150')
    whole.end(' and half')
    await client.answer('226')
    await client.say('QUIT', '221')
    await client.closed
    await expect.poll(async () => (await ftp.state()).openTransfers).toBe(0)
    expect((await ftp.state()).incomplete).toEqual([])
    expect((await ftp.tree.stat('/big.bin')).sizeBytes).toBe(13)
  })
})
