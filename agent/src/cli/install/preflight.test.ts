import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readOptions } from '#agent/cli/install/options.ts'
import { checkBeforehand } from '#agent/cli/install/preflight.ts'

let dataDir: string
let server: Server
let port: number
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'vastrox-preflight-'))
  server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterEach(async () => {
  server.close()
  await rm(dataDir, { recursive: true, force: true })
})

const check = (...args: string[]) =>
  checkBeforehand(
    readOptions(['--data-dir', dataDir, '--https-port', '1', '--dashboard-port', '2', ...args], {}),
  )

describe('before anything is changed', () => {
  it('names the program that uses a port, and the flag that gets round it', async () => {
    await expect(check('--http-port', String(port))).rejects.toMatchObject({
      message: expect.stringMatching(`^Port ${port} is used by .+ \\(pid ${process.pid}\\)\\.$`),
      hint: 'Stop it, or: ./install.sh --http-port 8080',
    })
  })

  it('leaves a port alone that the installation has already', async () => {
    await writeFile(join(dataDir, 'config.json'), JSON.stringify({ httpPort: port }))

    await expect(check()).resolves.toBeUndefined()
  })

  it('refuses one port for two purposes', async () => {
    await expect(check('--http-port', '1')).rejects.toThrow('Port 1 is asked for twice.')
  })

  it('refuses a directory with something else in it', async () => {
    await writeFile(join(dataDir, 'thesis.txt'), '')

    await expect(check('--http-port', '3')).rejects.toThrow('is not of Vastrox')
  })

  it('refuses data without its config.json, and never starts anew over it', async () => {
    await writeFile(join(dataDir, 'daemon'), '')

    await expect(check('--http-port', '3')).rejects.toThrow('its config.json is missing')
  })

  it('restores into an empty directory alone, and goes on with what was begun there', async () => {
    await expect(check('--restore', '/mnt/backups')).resolves.toBeUndefined()

    await writeFile(join(dataDir, 'config.json'), '{}')
    await expect(check('--restore', '/mnt/backups')).rejects.toThrow(
      'nothing is ever restored over',
    )

    await writeFile(join(dataDir, 'restore.json'), '{}')
    await expect(check('--restore', '/mnt/backups')).resolves.toBeUndefined()
    await expect(check('--http-port', '3')).rejects.toThrow('A restore was begun')
  })

  it('runs from a fresh clone, before any library is there', async () => {
    const [source, clone] = [join(import.meta.dirname, '../../..'), join(dataDir, 'agent')]
    await cp(join(source, 'package.json'), join(clone, 'package.json'))
    await cp(join(source, 'src/cli'), join(clone, 'src/cli'), { recursive: true })

    const run = promisify(execFile)(process.execPath, [
      join(clone, 'src/cli/install/preflight.ts'),
      '--help',
    ])
    await expect(run).resolves.toMatchObject({ stdout: expect.stringContaining('--base-domain') })
  })
})
