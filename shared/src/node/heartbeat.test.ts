import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'

const HEARTBEAT = join(import.meta.dirname, 'heartbeat.ts')
const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process whose heart writes to descriptor 3. */
function start(body: string, descriptor: 'pipe' | number = 'pipe'): ChildProcess {
  const script = `import { openHeart } from ${JSON.stringify(HEARTBEAT)}
    const heart = openHeart('3')
    ${body}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'inherit', 'inherit', descriptor],
  })
  children.push(child)
  return child
}

function pipeOf(child: ChildProcess): Readable {
  const pipe = child.stdio[3]
  if (!pipe || !('read' in pipe)) throw new Error('no pipe')
  return pipe
}

async function textOf(pipe: Readable): Promise<string> {
  let text = ''
  for await (const chunk of pipe) text += String(chunk)
  return text
}

describe('a heart', () => {
  it('says ready first and beats after that, however early its process begins to beat', async () => {
    const child = start(`
      heart.beat()
      heart.announce()
      let left = 3
      const timer = setInterval(() => (left-- > 0 ? heart.beat() : clearInterval(timer)), 20)`)

    expect(await textOf(pipeOf(child))).toBe('ready\n...')
  })

  it('holds up nobody while its supervisor takes nothing', async () => {
    const home = await mkdtemp(join(tmpdir(), 'vastrox-heart-'))
    execFileSync('/usr/bin/mkfifo', [join(home, 'pipe')])
    const nobodyReads = await open(join(home, 'pipe'), 'r+')

    const child = start(
      `
      heart.announce()
      for (let turn = 0; turn < 80_000; turn++) {
        heart.beat()
        await new Promise(setImmediate)
      }
      process.exit(7)`,
      nobodyReads.fd,
    )
    const [exitCode] = await once(child, 'exit')
    await nobodyReads.close()
    await rm(home, { recursive: true })

    expect(exitCode).toBe(7)
  })

  it('goes on without a word when its supervisor has gone', async () => {
    const child = start(`
      heart.announce()
      setInterval(() => heart.beat(), 5)
      setTimeout(() => process.exit(7), 300)`)
    pipeOf(child).destroy()

    const [exitCode] = await once(child, 'exit')

    expect(exitCode).toBe(7)
  })
})
