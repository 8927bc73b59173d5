import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withHostLock } from '#agent/node/host-lock.ts'
import { processStart } from '#agent/node/process-start.ts'

let home: string
let directory: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'host-lock-'))
  directory = join(home, 'locks')
})
afterEach(() => rmSync(home, { recursive: true }))

const pathOf = (name: string): string => join(directory, `${name}.lock`)

describe('a lock of the whole machine', () => {
  it('lets one work at a time, and is gone afterwards', async () => {
    let atOnce = 0
    let most = 0
    const work = async (): Promise<void> => {
      atOnce += 1
      most = Math.max(most, atOnce)
      await sleep(15)
      atOnce -= 1
    }

    await Promise.all(Array.from({ length: 5 }, () => withHostLock('x', work, { directory })))

    expect(most).toBe(1)
    expect(existsSync(pathOf('x'))).toBe(false)
  })

  it('lies where only root may look, and is given back when the work fails', async () => {
    const failing = withHostLock('x', () => Promise.reject(new Error('no')), { directory })
    await expect(failing).rejects.toThrow('no')

    expect(statSync(directory).mode & 0o777).toBe(0o700)
    expect(existsSync(pathOf('x'))).toBe(false)
  })

  it('is taken over from a holder who died, also when its number is somebody else’s by now', async () => {
    const child = spawn('/bin/sleep', ['30'])
    const start = await processStart(child.pid ?? 0)
    mkdirSync(directory)
    writeFileSync(pathOf('dead'), `${child.pid} ${start} 1`)
    child.kill('SIGKILL')
    await once(child, 'exit')
    writeFileSync(pathOf('other'), `${process.pid} 1 1`)

    for (const name of ['dead', 'other']) {
      const seen = await withHostLock(name, async () => readFileSync(pathOf(name), 'utf8'), {
        directory,
      })
      expect(seen.split(' ')[0]).toBe(String(process.pid))
      expect(seen.split(' ')[1]).not.toBe('1')
    }
  })

  it('is waited for, and after a while done without; the holder keeps it', async () => {
    const child = spawn('/bin/sleep', ['30'])
    const held = `${child.pid} ${await processStart(child.pid ?? 0)} 1`
    mkdirSync(directory)
    writeFileSync(pathOf('x'), held)
    const startedAt = performance.now()

    const done = await withHostLock('x', async () => 'done', { directory, giveUpMs: 200 })
    child.kill('SIGKILL')

    expect(done).toBe('done')
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(190)
    expect(readFileSync(pathOf('x'), 'utf8')).toBe(held)
  })
})
