import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isAlive } from './is-alive.ts'

/**
 * Starts a child and never asks for its end: exec keeps the pid, sleep reaps nobody. The child ends only
 * when that is so; the shell itself would have reaped it.
 */
const PARENT_THAT_REAPS_NOBODY =
  'until [ "$(cat /proc/$$/comm)" = sleep ]; do sleep 0.01; done & echo $!; exec sleep 30'

describe('whether a process is alive', () => {
  it('is said of this one, and not of numbers that name none', () => {
    expect(isAlive(process.pid)).toBe(true)
    expect(isAlive(0)).toBe(false)
    expect(isAlive(-1)).toBe(false)
    expect(isAlive(Number.NaN)).toBe(false)
    expect(isAlive(2 ** 30)).toBe(false)
  })

  it('is denied of one that has ended and that nobody has reaped', async () => {
    const parent = spawn('/bin/sh', ['-c', PARENT_THAT_REAPS_NOBODY], { stdio: 'pipe' })
    try {
      const [said] = await once(parent.stdout, 'data')
      const pid = Number(String(said).trim())
      for (let tries = 0; tries < 100 && stateOf(pid) !== 'Z'; tries++) await sleep(20)

      expect(stateOf(pid)).toBe('Z')
      expect(() => process.kill(pid, 0)).not.toThrow()
      expect(isAlive(pid)).toBe(false)
    } finally {
      parent.kill('SIGKILL')
    }
  })
})

const stateOf = (pid: number): string =>
  /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
