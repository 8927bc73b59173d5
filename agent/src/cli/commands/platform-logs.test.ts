import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathsOf } from '@vastrox/shared/installation.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { platformLogs } from '#agent/cli/commands/platform-logs.ts'

vi.mock('#agent/cli/platform/platform.ts', () => ({ hasSystemd: () => false }))

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vastrox-logs-'))
  await mkdir(pathsOf(dataDir).processLogs)
  await writeFile(join(pathsOf(dataDir).processLogs, 'daemon.log'), 'one\ntwo\nthree\n')
  await writeFile(join(pathsOf(dataDir).processLogs, 'agent.log'), 'ready\n')
  await writeFile(join(pathsOf(dataDir).processLogs, 'agent.log.1'), 'before\n')
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

async function logs(...args: string[]) {
  const config = { instance: 'abc123' }
  let printed = ''
  const code = await platformLogs({ config, paths: pathsOf(dataDir) }, args, (text) => {
    printed += `${text}\n`
  })
  return { code, printed }
}

describe('vastrox logs --platform, which the hint of INTERNAL names', () => {
  it('prints the last lines of every process, and nothing of pieces that were put away', async () => {
    const { code, printed } = await logs('--platform', '-n', '2')

    expect(code).toBe(0)
    expect(printed).toBe('==> agent.log\nready\n\n==> daemon.log\ntwo\nthree\n\n')
  })

  it('prints one process as JSON for programs', async () => {
    const { printed } = await logs('--platform', 'daemon', '--json')

    expect(JSON.parse(printed)).toEqual([{ name: 'daemon.log', lines: ['one', 'two', 'three'] }])
  })

  it('says so by its exit code when there is no such process', async () => {
    expect((await logs('--platform', 'nobody')).code).toBe(1)
  })

  it('refuses what is no number of lines', async () => {
    await expect(logs('--platform', '-n', 'many')).rejects.toThrow('a number from 1')
    await expect(logs('--platform', '--wrong')).rejects.toThrow('--wrong')
  })
})
