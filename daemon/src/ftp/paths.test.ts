import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import {
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFtpHarness, type FtpHarness } from '#test/ftp-harness.ts'
import { startSwapping } from '#test/swapper.ts'

let ftp: FtpHarness
let outside: string
let root: string

beforeEach(async () => {
  ftp = await createFtpHarness()
  await ftp.uploads.settings.change(ftp.actor, 'hello', { plainFtp: true })
  outside = mkdtempSync(join(tmpdir(), 'vastrox-outside-'))
  writeFileSync(join(outside, 'secret'), 'secret')
  const found = readdirSync(ftp.uploadsFolder, { recursive: true })
    .map(String)
    .find((path) => path.endsWith('server.js'))
  root = dirname(join(ftp.uploadsFolder, found ?? 'nothing is staged'))
})
afterEach(async () => {
  await ftp.close()
  rmSync(outside, { recursive: true, force: true })
})

/** The whole protocol by hand: a client's library would not send most of these. */
async function signIn() {
  const socket = connect(ftp.port, '127.0.0.1')
  const replies: string[] = []
  let text = ''
  let wake = (): void => {}
  socket.on('error', () => {
    // It may be ended by the other side.
  })
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    const lines = text.split('\r\n')
    text = lines.pop() ?? ''
    replies.push(...lines.filter((line) => /^\d{3} /.test(line)))
    wake()
  })
  const reply = async (): Promise<string> => {
    while (replies.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    return replies.shift() ?? ''
  }
  const say = (line: string): Promise<string> => {
    socket.write(`${line}\r\n`)
    return reply()
  }
  await reply()
  await say('USER hello')
  expect(await say(`PASS ${ftp.password}`)).toMatch(/^230/)

  /** The last reply to a command with a data connection, and what came over it. */
  async function transfer(line: string, bytes?: string): Promise<{ last: string; got: string }> {
    const [, port = ''] = /\|\|\|(\d+)\|/.exec(await say('EPSV')) ?? []
    const data = connect(Number(port), '127.0.0.1')
    let got = ''
    data.setEncoding('utf8').on('data', (chunk: string) => {
      got += chunk
    })
    data.on('error', () => {
      // As above.
    })
    await once(data, 'connect')
    const first = await say(line)
    if (!first.startsWith('1')) {
      data.destroy()
      return { last: first, got: '' }
    }
    if (bytes !== undefined) data.end(bytes)
    const last = await reply()
    data.destroy()
    return { last, got }
  }
  return { socket, say, transfer }
}

describe('nothing outside of an app’s files is reached over FTP (rule C5)', () => {
  it('by any path, link, hard link, device or odd name', async () => {
    symlinkSync(join(outside, 'secret'), join(root, 'file'))
    symlinkSync(outside, join(root, 'directory'))
    symlinkSync('../../../../../../..', join(root, 'up'))
    symlinkSync('loop', join(root, 'loop'))
    linkSync(join(outside, 'secret'), join(root, 'second-name'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    const client = await signIn()
    const paths = [
      'file',
      'directory/secret',
      'directory/../secret',
      'up/etc/hostname',
      'loop',
      'loop/x',
      'pipe',
      'second-name',
      `${outside}/secret`,
      `/../../../../../../..${outside}/secret`,
      '../../../../../../../../etc/hostname',
      'server.js/x',
      'server.js\0',
      `\0${outside}/secret`,
      'x'.repeat(256),
      `directory/${'x'.repeat(255)}`,
    ]
    const passed: string[] = []
    const expectRefusal = (line: string, answer: string): void => {
      if (!/^[45]/.test(answer)) passed.push(`${line.slice(0, 60)}: ${answer}`)
    }
    for (const path of paths) {
      const { last, got } = await client.transfer(`RETR ${path}`)
      expectRefusal(`RETR ${path}`, last)
      expect(got).toBe('')
      for (const line of [`DELE ${path}/secret`, `SIZE ${path}`, `CWD ${path}`, `RMD ${path}/x`])
        expectRefusal(line, await client.say(line))
      await client.say('RNFR page.html')
      expectRefusal(`RNTO ${path}/page`, await client.say(`RNTO ${path}/page`))
    }
    for (const path of [
      'directory/new',
      'up/tmp/new',
      '../../../../../../tmp/vastrox-new',
      'loop/x',
    ])
      await client.transfer(`STOR ${path}`, 'written')
    for (const path of ['directory', 'up', '../../..'])
      expectRefusal(`LIST ${path}`, listed(await client.transfer(`MLSD ${path}`)))
    await client.transfer('STOR second-name', 'written')
    expect((await client.transfer(`STOR ${'n'.repeat(255)}`, 'x')).last).toMatch(/^226/)

    // Nothing is opened to say how large it is.
    expect(passed).toEqual(['SIZE pipe: 213 0', 'SIZE second-name: 213 6'])
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    expect(() => readFileSync('/tmp/vastrox-new')).toThrow('ENOENT')
    client.socket.destroy()
  })

  it('by a directory that is swapped for a link, again and again, while files are written', async () => {
    const client = await signIn()
    const swapping = await startSwapping(root, outside)
    let written = 0
    let read = ''
    for (let tries = 0; tries < 200; tries += 1) {
      const stored = await client.transfer(`STOR d/file${tries % 20}`, 'x')
      if (stored.last.startsWith('226')) written += 1
      read += (await client.transfer('RETR d/secret')).got
    }

    expect(await swapping.end()).toBeGreaterThan(20)
    expect(written).toBeGreaterThan(0)
    expect(read).toBe('')
    expect(readdirSync(outside)).toEqual(['secret'])
    expect(readFileSync(join(outside, 'secret'), 'utf8')).toBe('secret')
    client.socket.destroy()
  })
})

/** A list of nothing is as good as a refusal: what lies outside is not named. */
const listed = ({ last, got }: { last: string; got: string }): string =>
  /secret|etc|usr/.test(got) ? `it named ${got.slice(0, 80)}` : last.replace(/^226/, '550')
